"""Reddit, through praw: `source.py` listens; `gate.py` keeps praw from sleeping and asking twice; `posts.py` parses."""

from listener.sources.reddit.posts import PLATFORM
from listener.sources.reddit.search import SYNTAX
from listener.sources.reddit.source import ACCESS, Reddit, Settings, connect

__all__ = ["ACCESS", "PLATFORM", "Reddit", "SYNTAX", "Settings", "connect"]
