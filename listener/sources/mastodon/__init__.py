"""Mastodon, through Mastodon.py: `source.py` listens; `instance.py` asks one server; `statuses.py` parses."""

from listener.sources.mastodon.source import ACCESS, Mastodon, Settings, connect
from listener.sources.mastodon.statuses import PLATFORM

__all__ = ["ACCESS", "PLATFORM", "Mastodon", "Settings", "connect"]
