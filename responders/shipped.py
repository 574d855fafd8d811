"""Where the files that ship with Warmline lie: inside the wheel, else in the checkout."""

from __future__ import annotations

from pathlib import Path

_ROOM = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, such as `shipped("templates", "replies")` or `shipped("settings.toml")`.

    Raises FileNotFoundError where the install holds neither.
    """
    for home in (_ROOM / "_shipped", _ROOM.parent):
        path = home.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"{'/'.join(parts)} did not come with this install: install warmline again")
