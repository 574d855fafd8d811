"""What a person reads beside the words of a post, as lines of its text: a poll's options, what pictures show, a card.

Marked as what they are, so that triage can tell them from what the author said: "- option", "[image: …]", "[link: …]".
"""

from __future__ import annotations

from collections.abc import Iterable


def with_beside(text: str, *, options: Iterable[str] = (), shown: Iterable[str] = (), card: str = "") -> str:
    """The text with the options of its poll, what its pictures show, and, where it says nothing itself, its card.

    `shown` are lines by `picture`; `card` is the title of the page it links to, which its author did not write.
    """
    listed = "\n".join(f"- {line}" for option in options if (line := _one_line(option)))
    pictured = "\n".join(line for line in shown if line)
    title = f"[link: {_one_line(card)}]" if card.strip() and not _says_something(text) else ""
    return "\n\n".join(part for part in (text, listed, pictured, title) if part)


def picture(description: object, kind: str = "image") -> str:
    """The line for a picture, a video or a recording that its author described; empty for one that nobody did."""
    line = _one_line(description) if isinstance(description, str) else ""
    return f"[{kind}: {line}]" if line else ""


def _says_something(text: str) -> bool:
    """Whether there is a word in it beside addresses, which an app may have cut short."""
    return any("://" not in word and not word.endswith(("...", "…")) for word in text.split())


def _one_line(words: str) -> str:
    return " ".join(words.split())
