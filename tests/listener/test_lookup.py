"""From a link or a text to a mention: named alike however it is written, read where it can be, never fetched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.connect import connect
from listener.archive.schema import migrations
from listener.lookup import author_named, canonical, find_post, look_up, post_named
from listener.pasted import LINK, Pasted, Unclear, checked, mention_in, name_of
from listener.settings import ListenerSettings
from listener.source import NotFound, Revoked, Unavailable
from tests.servers.scripted import Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PAGE = "https://lamps.example/t/flicker/9"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://x.com/mira/status/1850?s=20", ("x", "1850")),
        ("http://www.twitter.com/mira/statuses/1850/photo/1", ("x", "1850")),
        ("https://mobile.twitter.com/i/web/status/1850", ("x", "1850")),
        ("https://www.reddit.com/r/lamps/comments/1AbC/why_does_it_hum/", ("reddit", "t3_1abc")),
        ("https://old.reddit.com/r/lamps/comments/1abc/why/k9x?context=3", ("reddit", "t1_k9x")),
        ("https://reddit.com/r/lamps/comments/1abc/comment/k9x/", ("reddit", "t1_k9x")),
        ("https://reddit.com/comments/1abc", ("reddit", "t3_1abc")),
        ("https://reddit.com/user/mira/comments/1abc/a_lamp", ("reddit", "t3_1abc")),
        ("https://redd.it/1abc", ("reddit", "t3_1abc")),
        ("https://www.reddit.com/r/lamps/s/Xy12", None),
        ("https://x.com/mira", None),
        ("https://x.com.lamps.example/mira/status/1850", None),
        ("https://lamps.example/x.com/mira/status/1850", None),
        ("https://x.com:99999999/mira/status/1850", None),
        ("ftp://x.com/mira/status/1850", None),
    ],
)
def test_a_post_is_named_by_its_link(url: str, named: tuple[str, str] | None) -> None:
    assert post_named(url) == named


def test_the_author_is_taken_from_a_link_that_says_it() -> None:
    assert author_named("https://x.com/mira/status/1850") == "mira"
    assert author_named("https://x.com/i/web/status/1850") == ""
    assert author_named("https://redd.it/1abc") == ""


@pytest.mark.parametrize(
    ("url", "same"),
    [
        (f" {PAGE}?utm_source=mail&utm_medium=x#top ", PAGE),
        ("HTTPS://Lamps.Example:443/t/flicker/9?fbclid=1", PAGE),
        (f"{PAGE}?page=2&utm_id=3", f"{PAGE}?page=2"),
        (f"{PAGE}?q=a+b&x=%20", f"{PAGE}?q=a+b&x=%20"),
        (f"{PAGE}#comment-17", f"{PAGE}#comment-17"),
        (f"{PAGE}#:~:text=9", PAGE),
        ("https://jo:secret@lamps.example/t/flicker/9", PAGE),
        ("https://lamps.example", "https://lamps.example/"),
        ("at://did:plc:abc/app.bsky.feed.post/3k", "at://did:plc:abc/app.bsky.feed.post/3k"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("https://two words.example/", ""),
        ("not a link", ""),
    ],
)
def test_one_page_has_one_name(url: str, same: str) -> None:
    assert canonical(url) == same
    assert canonical(same) == same


def test_two_comments_under_one_article_stay_two_people() -> None:
    names = {name_of(checked(Pasted(link=f"{PAGE}#comment-{number}", text="hm"))) for number in (17, 18)}
    assert len(names) == 2


# From a link to what its platform says


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


def settings_with(**sources: dict[str, Any]) -> ListenerSettings:
    return ListenerSettings.model_validate({"listener": {"sources": sources}})


def a_post(server: Scripted, **changes: Any) -> dict[str, Any]:
    at = "2026-11-20T11:00:00+00:00"
    author = {"handle": "mira", "name": "Mira"}
    raw = {"post_id": "p7", "author": author, "text": "@harbourlight it hums", "tags": ["harbourlight"]}
    return {**raw, "posted_at": at, "received_at": at, "url": f"{server.url}/posts/p7", **changes}


def test_a_post_is_read_without_an_account_at_the_address_in_the_settings(server: Scripted, tmp_path: Path) -> None:
    server.on("/api/posts/p7", lambda asked: Say(a_post(server)))
    off = settings_with(plaza={"account": "harbourlight", "base_url": server.url, "enabled": False})
    found = find_post(f"{server.url}/posts/p7", off, tmp_path / "settings.toml")
    assert found is not None
    assert (found.platform, found.post_id, found.text) == ("plaza", "p7", "@harbourlight it hums")
    assert "Authorization" not in server.asked[0].headers


def test_our_own_account_tells_that_they_speak_to_us(
    server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_PLAZA_READ_TOKEN", "read-token-of-ours")
    connect(tmp_path / "warmline.db", [migrations]).close()
    server.on("/api/posts/p7", lambda asked: Say(a_post(server)))
    # Another source that is not set up yet stands in nobody's way.
    on = settings_with(x={}, plaza={"account": "harbourlight", "base_url": server.url})
    url = f"{server.url}/posts/p7"
    assert (look_up(url, {"plaza": server.url}) or pytest.fail("not found")).to_us is False
    found = find_post(url, on, tmp_path / "settings.toml")
    assert found is not None
    assert found.to_us
    monkeypatch.delenv("WARMLINE_PLAZA_READ_TOKEN")
    without = find_post(url, on, tmp_path / "settings.toml")
    assert without is not None
    assert not without.to_us


def test_what_its_author_took_back_is_not_found(server: Scripted, tmp_path: Path) -> None:
    on = settings_with(plaza={"account": "harbourlight", "base_url": server.url})
    with pytest.raises(NotFound):
        find_post(f"{server.url}/posts/p7", on, tmp_path / "settings.toml")
    server.fault = Say({}, 500)
    with pytest.raises(Unavailable):
        find_post(f"{server.url}/posts/p7", on, tmp_path / "settings.toml")


class OnlyWithAccount:
    """A source that shows one post to its account, and remembers what it was asked."""

    def __init__(self, answer: object) -> None:
        self.platform = "x"
        self.answer = answer
        self.asked: list[Any] = []
        self.closed = False

    def reread(self, mentions: Any) -> Any:
        self.asked += mentions
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.closed = True


def test_a_post_that_only_an_account_may_see_is_asked_for_by_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = OnlyWithAccount({"1850": None})
    monkeypatch.setattr("listener.lookup.open_sources", lambda settings, path: [(source, None)])
    on, url = settings_with(x={}), "https://x.com/mira/status/1850"
    with pytest.raises(NotFound):
        find_post(url, on, tmp_path / "settings.toml")
    assert [(one.platform, one.post_id, one.author.handle) for one in source.asked] == [("x", "1850", "mira")]
    assert source.closed
    source.answer = Revoked("the account is locked")
    with pytest.raises(Revoked):
        find_post(url, on, tmp_path / "settings.toml")
    asked = len(source.asked)
    assert find_post(url, settings_with(x={"enabled": False}), tmp_path / "settings.toml") is None
    assert find_post(url, settings_with(), tmp_path / "settings.toml") is None
    assert len(source.asked) == asked


def test_who_hides_from_our_account_is_left_alone(
    server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("/api/posts/p7", Say(a_post(server)))
    monkeypatch.setattr("listener.lookup.open_sources", lambda settings, path: [(OnlyWithAccount({"p7": None}), None)])
    on = settings_with(plaza={"account": "harbourlight", "base_url": server.url})
    with pytest.raises(NotFound):
        find_post(f"{server.url}/posts/p7", on, tmp_path / "settings.toml")


def test_a_link_of_nobody_we_know_is_never_called(tmp_path: Path, server: Scripted) -> None:
    for url in (PAGE, f"{server.url}/t/9", "http://169.254.169.254/latest/meta-data"):
        assert find_post(url, settings_with(), tmp_path / "settings.toml") is None
    assert server.asked == []


# From what a person typed


def test_what_was_typed_becomes_a_mention() -> None:
    typed = checked(Pasted(f"{PAGE}?utm_source=x", " it hums\r\n", " @Jo ", "2026-11-17"))
    mention = mention_in(typed, NOW)
    assert (mention.platform, mention.post_id, mention.url, mention.text) == (LINK, PAGE, PAGE, "it hums")
    assert (mention.author.author_id, mention.author.handle) == ("jo", "Jo")
    assert mention.posted_at == datetime(2026, 11, 17, tzinfo=UTC)


def test_a_text_alone_is_known_again_by_its_words() -> None:
    first, again, other = (checked(Pasted(text=text, author="jo")) for text in ("it hums", " it hums ", "it sings"))
    assert name_of(first) == name_of(again) != name_of(other)
    assert name_of(first) != name_of(checked(Pasted(text="it hums", author="sol")))
    assert mention_in(first, NOW).posted_at == NOW


def test_people_who_were_not_named_are_not_one_person() -> None:
    one, two = (mention_in(checked(Pasted(text=text)), NOW).author for text in ("it hums", "it sings"))
    assert one.author_id != two.author_id


def test_a_post_of_a_known_platform_keeps_its_name_there() -> None:
    typed = checked(Pasted("https://x.com/mira/status/1850", "it hums"))
    mention = mention_in(typed, NOW)
    assert (mention.platform, mention.post_id, mention.author.handle) == ("x", "1850", "mira")
    elsewhere = checked(Pasted("https://threads.example/@jo/post/3", "it hums", platform="Threads"))
    assert name_of(elsewhere)[0] == "threads"


@pytest.mark.parametrize(
    ("pasted", "field"),
    [
        (Pasted(), "link"),
        (Pasted(link="  ", text=" \n"), "link"),
        (Pasted(link="lamps.example/t/9", text="it hums"), "link"),
        (Pasted(link="https://lamps.example/" + "a" * 3000, text="it hums"), "link"),
        (Pasted(link=PAGE), "text"),
        (Pasted(link=PAGE, text="it hums", posted_at="the other day"), "posted_at"),
        (Pasted(link=PAGE, text="it hums", posted_at="2026-11-23"), "posted_at"),
        (Pasted(link=PAGE, text="it hums", platform="../x"), "platform"),
        (Pasted(link=PAGE, text="it hums", platform="bluesky"), "platform"),
    ],
)
def test_what_is_unclear_is_named_by_its_field(pasted: Pasted, field: str) -> None:
    with pytest.raises(Unclear) as why:
        mention_in(checked(pasted), NOW)
    assert why.value.field == field


def test_a_day_that_has_begun_elsewhere_is_now() -> None:
    ahead = (NOW + timedelta(hours=20)).isoformat()
    assert mention_in(checked(Pasted(text="it hums", posted_at=ahead)), NOW).posted_at == NOW
