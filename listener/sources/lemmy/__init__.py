"""Lemmy: `source.py` listens; `posts.py` parses."""

from listener.sources.lemmy.posts import PLATFORM, parse
from listener.sources.lemmy.source import ACCESS, READ_TOKEN, Lemmy, Settings, connect

__all__ = ["ACCESS", "PLATFORM", "READ_TOKEN", "Lemmy", "Settings", "connect", "parse"]
