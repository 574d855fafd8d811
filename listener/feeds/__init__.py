"""Feeds, read in a process of their own that can be killed: only there is feedparser."""
