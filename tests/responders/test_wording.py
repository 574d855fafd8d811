"""Whether a post says what was approved, after what platforms make of a text."""

from __future__ import annotations

import pytest

from responders.wording import same_words


@pytest.mark.parametrize(
    ("shown", "approved"),
    [
        ("a quarter turn  left\r\n\r\nplease", "a quarter turn left\n\nplease "),
        ("cafe\u0301", "café"),
        ("(http://example.com/)", "(example.com)"),
        ("“http://example.com”", "“example.com”"),
        ("read:https://example.com", "read:example.com"),
        ("have you seen https://example.com/?", "have you seen example.com?"),
        ("https://example.com/Path", "HTTPS://Example.COM/Path"),
        ("see https://example.com/help.", "see https://example.com/help?utm_source=l&utm_medium=x."),
        ("[help](https://example.com/help)!", "[help](https://example.com/help?fbclid=1)!"),
        ("https://example.com/%C3%A4?q=%C3%BC", "https://example.com/ä?q=ü"),
        ("see (https://t.co/0123456789) and https://t.co/1", "see (example.com/a) and www.example.org"),
        ("1.5.2 is out, mail me@example.com", "1.5.2 is out, mail me@example.com"),
        ("http://127.0.0.1:8080/x/", "http://127.0.0.1:8080/x"),
    ],
)
def test_what_platforms_make_of_a_text_is_the_same_text(shown: str, approved: str) -> None:
    assert same_words(shown, approved)


@pytest.mark.parametrize(
    ("shown", "approved"),
    [
        ("C is fine!", "C++ is fine?"),
        ("no, thanks", "no thanks"),
        ("see example.com/a", "see example.com/b"),
        ("see example.com", "see example.org"),
        ("see", "see example.com"),
        ("mail you@example.com", "mail me@example.com"),
        ("1.5.3 is out", "1.5.2 is out"),
        ("Café", "cafe"),
    ],
)
def test_other_words_are_another_text(shown: str, approved: str) -> None:
    assert not same_words(shown, approved)
