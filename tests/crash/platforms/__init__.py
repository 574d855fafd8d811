"""One file a platform that we may speak on; each is loaded by itself, so that a child is quickly forked."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import isclass

from tests.crash.platforms.platform import Platform

NAMES = ("plaza", "bluesky", "mastodon", "x", "reddit", "discourse", "github", "lemmy")


def platform(name: str) -> Callable[[str], Platform]:
    """What makes this platform anew at an address."""
    found = [one for one in vars(import_module(f"{__name__}.{name}")).values() if isclass(one)]
    return next(one for one in found if issubclass(one, Platform) and getattr(one, "name", "") == name)
