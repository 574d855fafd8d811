"""YouTube: `source.py` listens; `comments.py` parses."""

from listener.sources.youtube.comments import PLATFORM, parse
from listener.sources.youtube.source import ACCESS, READ_TOKEN, Settings, YouTube, connect

__all__ = ["ACCESS", "PLATFORM", "READ_TOKEN", "YouTube", "SEARCHED", "Settings", "connect", "parse"]

SEARCHED = False  # whole channels are heard
