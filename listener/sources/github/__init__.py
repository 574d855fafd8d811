"""GitHub: `source.py` listens; `issues.py` parses."""

from listener.sources.github.issues import PLATFORM, parse
from listener.sources.github.source import ACCESS, READ_TOKEN, GitHub, Settings, connect

__all__ = ["ACCESS", "PLATFORM", "READ_TOKEN", "GitHub", "Settings", "connect", "parse"]
