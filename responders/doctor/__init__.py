"""What is missing or broken, found without changing anything: no platform is written to, no table, no file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from responders.doctor.finding import Finding, look_everywhere
from responders.doctor.hearing import hearing_checks
from responders.doctor.house import house_checks
from responders.doctor.platforms import platform_checks
from responders.doctor.rules import rule_checks
from responders.settings import Settings

__all__ = ["Finding", "examine"]


def examine(settings: Settings, path: Path, now: Callable[[], datetime]) -> list[Finding]:
    """Everything that was looked at, in order: this machine, then each platform, then how well we hear."""
    house = [*house_checks(settings, path), *rule_checks(settings, path)]
    return look_everywhere([*house, *platform_checks(settings, path), *hearing_checks(settings, path, now)])
