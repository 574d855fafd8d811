"""How much of a very long text is read: enough of its start and its end to judge it by."""

from __future__ import annotations

CHARACTERS_MOST = 2_000
WORDS_MOST = 300


def head_and_tail(text: str) -> str:
    """The text, or of a very long one its two thirds from the start and a third from the end: where people judge."""
    if len(text) > CHARACTERS_MOST:
        text = f"{text[: CHARACTERS_MOST * 2 // 3]} {text[-CHARACTERS_MOST // 3 :]}"
    if len(text) > 2 * WORDS_MOST:  # no fewer characters can hold that many words
        words = text.split()
        if len(words) > WORDS_MOST:
            return " ".join(words[: WORDS_MOST * 2 // 3] + words[-WORDS_MOST // 3 :])
    return text
