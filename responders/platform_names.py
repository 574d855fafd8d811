"""Platforms by the names that their people write."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "github": "GitHub",
    "hackernews": "Hacker News",
    "linkedin": "LinkedIn",
    "stackexchange": "Stack Exchange",
    "youtube": "YouTube",
}


def platform_name(platform: str) -> str:
    """The platform as people write it; one that an imported file named, with its first letter large."""
    return _NAMES.get(platform, platform[:1].upper() + platform[1:])
