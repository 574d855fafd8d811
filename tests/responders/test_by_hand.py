"""The page a person opens to post a reply themselves, and the link they bring back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from responders.by_hand import page_for, platform_at, what_is_wrong
from tests.builders import a_mention

TEXT = "A buzz? 100% not right & not “normal” #wren.\n\nWhich bulb is in it? 💡"
ON_X = a_mention(1, platform="x", post_id="1857", url="https://x.com/mira/status/1857")


def test_x_opens_its_own_compose_page_with_the_post_and_the_text() -> None:
    page = urlsplit(page_for(ON_X, TEXT))
    assert (page.scheme, page.netloc, page.path, page.fragment) == ("https", "x.com", "/intent/tweet", "")
    assert parse_qs(page.query) == {"in_reply_to": ["1857"], "text": [TEXT]}
    assert "+" not in page.query


def test_a_post_on_x_without_a_number_is_opened_itself() -> None:
    imported = a_mention(1, platform="x", post_id="row-7", url="https://x.com/mira/status/1857")
    assert page_for(imported, TEXT) == imported.url


def test_mastodon_is_answered_where_we_are_signed_in() -> None:
    post = a_mention(1, platform="mastodon", url="https://talk.example/@otto/2?a=b")
    page = urlsplit(page_for(post, TEXT, home="https://lamps.example/"))
    assert (page.netloc, page.path) == ("lamps.example", "/authorize_interaction")
    assert parse_qs(page.query) == {"uri": [post.url]}
    assert page_for(post, TEXT) == post.url


@pytest.mark.parametrize("platform", ["reddit", "bluesky", "feed", "youtube", "plaza"])
def test_everywhere_else_it_is_their_post(platform: str) -> None:
    post = a_mention(1, platform=platform, url="https://lamps.example/posts/1")
    assert page_for(post, TEXT, home="https://home.example") == post.url
    assert page_for(a_mention(1, platform=platform, url=""), TEXT) == ""


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://x.com/a/status/1", "x"),
        ("https://mobile.twitter.com/a/status/1", "x"),
        ("https://old.reddit.com/r/a", "reddit"),
        ("https://diy.stackexchange.com/q/1", "stackexchange"),
        ("https://NEWS.ycombinator.com./item?id=1", "hackernews"),
        ("https://notx.com/", ""),
        ("https://x.com.evil.example/", ""),
        ("https://[half", ""),
        ("", ""),
    ],
)
def test_a_page_is_known_by_its_host(url: str, platform: str) -> None:
    assert platform_at(url) == platform


@pytest.mark.parametrize(
    ("link", "platform", "word"),
    [
        ("done!", "x", "beginning with https://"),
        ("javascript:alert(1)", "plaza", "beginning with https://"),
        ("https://x.com.evil.example/a/status/2", "x", "x.com or twitter.com"),
        ("https://talk.example/@us/3", "reddit", "reddit.com"),
        ("at://did:plc:us/app.bsky.feed.post/3", "x", "x.com"),
        ("https://x.com/mira/status/1857", "x", "link of their post"),
        ("https://x.com/mira/status/1857/", "x", "link of their post"),
    ],
)
def test_a_link_that_cannot_be_our_reply_is_told_so(link: str, platform: str, word: str) -> None:
    said = what_is_wrong(link, a_mention(1, platform=platform, url=ON_X.url))
    assert word in said
    assert not said.endswith(".")


@pytest.mark.parametrize(
    ("link", "platform"),
    [
        ("https://twitter.com/us/status/9", "x"),
        ("https://www.reddit.com/r/lamps/comments/1/_/2", "reddit"),
        ("at://did:plc:us/app.bsky.feed.post/3", "bluesky"),
        ("https://bsky.app/profile/us/post/3", "bluesky"),
        ("https://lamps.example/@us/3", "mastodon"),
        ("https://anything.example/comment-9", "feed"),
    ],
)
def test_a_link_that_can_be_our_reply_is_taken(link: str, platform: str) -> None:
    assert what_is_wrong(link, a_mention(1, platform=platform, url="https://elsewhere.example/1")) == ""
