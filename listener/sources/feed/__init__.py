"""Feeds: `source.py` listens; `reading.py` has each one parsed in a process that can be killed, `child.py`."""

from listener.sources.feed.source import ACCESS, PLATFORM, Feeds, Settings, connect

__all__ = ["ACCESS", "PLATFORM", "Feeds", "SEARCHED", "Settings", "connect"]

SEARCHED = False  # a feed shows what it shows
