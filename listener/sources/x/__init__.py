"""X, through tweepy: `source.py` listens; beside it what X costs, how it answers, and what its posts look like."""

from listener.sources.x.search import SYNTAX
from listener.sources.x.source import ACCESS, PLATFORM, Settings, X, connect, forecasts

__all__ = ["ACCESS", "PLATFORM", "SYNTAX", "Settings", "X", "connect", "forecasts"]
