"""Stack Exchange: `source.py` listens; `posts.py` parses."""

from listener.sources.stackexchange.posts import PLATFORM, parse
from listener.sources.stackexchange.source import ACCESS, READ_TOKEN, Settings, StackExchange, connect

__all__ = ["ACCESS", "PLATFORM", "READ_TOKEN", "StackExchange", "Settings", "connect", "parse"]
