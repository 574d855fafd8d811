"""HTML to text, for every platform that writes its posts in it."""

from __future__ import annotations

import time

import pytest

from listener.html.posts import own_words, read_html
from tests.pace import took


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p>\n\n<p>two</p>\n", "one\n\ntwo"),
        ("<p>a line\n  that goes on</p>", "a line that goes on"),
        ("<p> one </p><div> two </div>", "one\n\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>after", "one\ntwo\n\nafter"),
        ("<pre><code>if a:\n    glow()\n</code></pre>", "if a:\n    glow()"),
        ("</pre>one\n  two", "one two"),
        ("<pre>  glow()\n    wait()</pre>", "  glow()\n    wait()"),
        ("<table><tr><th>A</th><th>B</th></tr>\n<tr><td>1</td>\n<td>2</td></tr></table>", "A B\n1 2"),
        ("<blockquote><p>they said</p></blockquote><p>I say</p>", "> they said\n\nI say"),
        ("I say<blockquote>one<br>two<p>three", "I say\n\n> one\n> two\n>\n> three"),
        ("<blockquote><blockquote>first</blockquote>second</blockquote>third", "> > first\n>\n> second\n\nthird"),
        ("</blockquote>I say</aside>", "I say"),
        ('see <img alt="a lamp,\nunlit" src="x">', "see [image: a lamp, unlit]"),
        ('see <img alt="enter image description here" src="x">', "see"),
        ('warm <img alt="hot tea" class="emoji" src="x"> <img alt="☕" src="x">', "warm hot tea ☕"),
        ('it is <img alt=":smile:" src="x"> and <img src="y">', "it is :smile: and"),
        ("<h2>Title</h2>words", "Title\n\nwords"),
        ("tight<b>ly</b> <i>knit</i>", "tightly knit"),
        ("no&nbsp;break &amp; no <em>loss", "no\xa0break & no loss"),
        ("", ""),
        ("\ud83d half &#55357; done", "\ud83d half \ufffd done"),
    ],
)
def test_words_stand_as_a_person_reads_them(html: str, text: str) -> None:
    assert read_html(html) == (text, [])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('see <a href="https://a.example/b/c">https://a.example/b...</a>.', "see https://a.example/b/c."),
        ('see <a href="https://www.a.example/b/c">a.example/b/…</a>', "see https://www.a.example/b/c"),
        (
            '<a href="https://a.example/b"><span class="invisible">https://</span><span>a.example/b</span></a>',
            "https://a.example/b",
        ),
        ('see <a href="https://a.example/b">the <em>page</em></a> there', "see the page there"),
        ('<a href="https://a.example/b"><img src="x"></a>', "https://a.example/b"),
        ('I love <a href="https://a.example/b">A</a>', "I love A"),
        ('my <a href="https://a.example/b">a</a> leaks', "my a leaks"),
        ('<a href="https://a.example/b">www.a.example</a>', "https://a.example/b"),
        ('<a href="https://a.example/b">A…</a>', "https://a.example/b"),
        ('<a href="https://a.example/b" class="inline-onebox">The page</a>', "[link: The page]"),
        ('open <a href="https://a.example/b">https://a.ex', "open https://a.example/b"),
    ],
)
def test_a_link_is_whole_and_one_with_words_keeps_them(html: str, text: str) -> None:
    said, links = read_html(html)
    assert said == text
    assert [link.removeprefix("https://").removeprefix("www.")[:11] for link in links] == ["a.example/b"]


@pytest.mark.parametrize(
    "html",
    [
        '<a class="u-url mention" href="https://a.example/@mara">@<span>mara</span></a>',
        '<a href="/u/mara">@mara</a>',
        "<a href='javascript:alert(1)'>@mara</a>",
        "<a href='mailto:x@y.example'>@mara</a>",
        "<a>@mara</a>",
    ],
)
def test_what_the_platform_made_of_a_word_or_leads_nowhere_is_no_link(html: str) -> None:
    assert read_html(html) == ("@mara", [])


@pytest.mark.parametrize(
    "nasty",
    [
        "<a " * 50_000,
        "<" * 150_000,
        "<!" * 75_000,
        "&#" * 75_000,
        "<a href='" * 15_000,
        "<blockquote>x" * 12_000,
        "<pre>" + " " * 150_000 + "x",
    ],
)
def test_however_long_it_is_it_is_read_in_one_pass(nasty: str) -> None:
    began = time.process_time()
    read_html(nasty)
    assert took(began) < 5  # the standard library's parser takes minutes for some of these


QUOTE = (
    '<aside class="quote no-group" data-username="bob">\n<div class="title">\n<div class="quote-controls"></div>\n'
    '<img alt="bob" src="x" class="avatar"> <a href="https://f.example/t/1">bob</a>:</div>\n'
    "<blockquote>\n<p>The lantern hisses</p>\n</blockquote>\n</aside>\n<p>Mine does not.</p>"
)
ONEBOX = (
    '<p>Look:</p><aside class="onebox allowlistedgeneric" data-onebox-src="https://news.example/a">\n'
    '<header class="source"><a href="https://news.example/a">News Example, 1 May</a></header>\n'
    '<article class="onebox-body"><h3><a href="https://news.example/a">Lanterns recalled</a></h3>\n'
    "<p>All of them.</p></article></aside><p>So there.</p>"
)
LIGHTBOX = (
    '<p>Broken <div class="lightbox-wrapper"><a class="lightbox" href="https://f.example/1.png">'
    '<img alt="my lantern" src="x"><div class="meta"><svg><use href="#i"></use></svg><span>my lantern</span>'
    "<span>1280×720 90 KB</span></div></a></div> today</p>"
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (QUOTE, "> The lantern hisses\n\nMine does not."),
        (ONEBOX, "Look:\n\n> Lanterns recalled\n>\n> All of them.\n\nSo there."),
        (LIGHTBOX, "Broken\n\n[image: my lantern]\n\ntoday"),
        ('<aside class="quote"><div class="title">bob:</aside>I say', "I say"),
    ],
)
def test_what_others_said_is_marked_and_what_nobody_said_left_out(html: str, text: str) -> None:
    assert read_html(html)[0] == text


def test_own_words_are_those_without_quotes() -> None:
    assert own_words(read_html(QUOTE)[0]).strip() == "Mine does not."
