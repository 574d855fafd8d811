"""Bluesky: `source.py` listens, by XRPC (`xrpc.py`) and to all of it by Jetstream (`jetstream.py`, `stream.py`)."""

from listener.sources.bluesky.posts import PLATFORM, parse
from listener.sources.bluesky.search import SYNTAX
from listener.sources.bluesky.source import ACCESS, Bluesky, Settings, connect, lookup

__all__ = ["ACCESS", "PLATFORM", "Bluesky", "SYNTAX", "Settings", "connect", "lookup", "parse"]
