"""Addresses in Markdown, as people write it."""

from __future__ import annotations

import time

import pytest

from listener.markdown_links import links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see [the pier](https://pier.example/a) there", ["https://pier.example/a"]),
        ("see https://pier.example/a, or <http://quay.example>.", ["https://pier.example/a", "http://quay.example"]),
        ("(as in https://pier.example/wiki/Lamp_(pier))", ["https://pier.example/wiki/Lamp_(pier)"]),
        ("[x](https://pier.example/a_(b))", ["https://pier.example/a_(b)"]),
        ("[x][1]\n\n[1]: HTTPS://Quay.example", ["HTTPS://Quay.example"]),
        ("**https://pier.example** `https://quay.example`", ["https://pier.example", "https://quay.example"]),
        ('<img src="https://sea.example/x.png">', ["https://sea.example/x.png"]),
        ("https://pier.example/a\\_b", ["https://pier.example/a_b"]),
        ("https://pier.example https://pier.example!", ["https://pier.example"]),
        ("https:// and http://... and ftp://pier.example", []),
    ],
)  # fmt: skip
def test_each_address_is_found_once_and_whole(text: str, links: list[str]) -> None:
    assert links_in(text) == links


@pytest.mark.parametrize("odd", ["https://(", "(", "https://a(((((((((", "https://_", "https://x/((a)", "[", "_"])
def test_odd_texts_take_no_longer_than_others(odd: str) -> None:
    began = time.perf_counter()
    links_in("https://a" + odd * (400_000 // len(odd)))
    assert time.perf_counter() - began < 1
