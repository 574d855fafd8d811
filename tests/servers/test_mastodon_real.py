"""The source and the publisher against a Mastodon server that others wrote: heard, answered, and answered once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Mention
from listener.source import Revoked
from listener.sources import mastodon as hearing
from listener.sources.mastodon.source import READ_VARIABLE
from responders import publisher as outcome
from responders.publisher import Order, Overruled, Refused
from responders.publishers import mastodon as speaking
from tests.servers.mastodon_mock.pier import Pier, running_pier, token_of, why_not

# All on one worker: the server is started once, and emptied for each test.
pytestmark = [pytest.mark.network, pytest.mark.xdist_group("mastodon_mock")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pier]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    with running_pier(tmp_path_factory.mktemp("pier")) as running:
        yield running


@pytest.fixture
def pier(server: Pier) -> Pier:
    server.empty()
    return server


@pytest.fixture
def source(pier: Pier, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[hearing.Mastodon]:
    monkeypatch.setenv(READ_VARIABLE, token_of("acme"))
    opened = hearing.connect(hearing.Settings(base_url=pier.url, handle="@acme", timeout_s=10), ["lantern"], budget)
    yield opened
    opened.close()


@pytest.fixture
def publisher(pier: Pier, monkeypatch: pytest.MonkeyPatch) -> Iterator[speaking.Mastodon]:
    monkeypatch.setenv(speaking.WRITE_VARIABLE, token_of("acme"))
    opened = speaking.connect(speaking.Settings(base_url=pier.url, handle="acme", timeout_s=10))
    yield opened
    opened.close()


def heard(source: hearing.Mastodon, stream: str) -> list[Mention]:
    return list(source.fetch(stream, None, datetime.now(UTC)).mentions)


def an_order(parent: Mention, text: str) -> Order:
    now = datetime.now(UTC)
    return Order(parent, text, speaking.fix(parent, now), now, now)


def by_text(mentions: list[Mention]) -> Mapping[str, Mention]:
    return {mention.text: mention for mention in mentions}


def test_a_mention_is_heard_answered_once_and_found_again(
    pier: Pier, source: hearing.Mastodon, publisher: speaking.Mastodon
) -> None:
    asked = pier.post("mara", "@acme my lantern hisses <softly> & hums", visibility="unlisted")
    pier.favourite("sol", pier.post("acme", "we make lamps"))
    (mention,) = heard(source, "mentions")
    assert mention.text == "@acme my lantern hisses <softly> & hums"
    assert mention.to_us
    assert mention.author.handle == "mara@127.0.0.1"
    order = an_order(mention, "@mara a quarter turn left — “gently”.\n\nSee https://pier.example/valve ✨")
    receipt = publisher.reply(order)
    again = publisher.reply(order)  # never done by us: the server itself knows the key
    assert again == receipt
    (reply,) = pier.replies(asked)
    assert (reply["uri"], reply["visibility"]) == (receipt.post_id, "unlisted")
    assert pier.told("mara") == ["mention"]
    found = publisher.find(order)
    assert found is not None
    assert (found.post_id, found.how) == (receipt.post_id, "found")
    assert publisher.find(an_order(mention, "@mara something else")) is None


def test_what_a_colleague_answered_by_hand_is_seen_and_what_the_last_look_forbids_is_not_posted(
    pier: Pier, source: hearing.Mastodon, publisher: speaking.Mastodon
) -> None:
    def forbid() -> None:
        raise Overruled("paused by Ana")

    asked = pier.post("mara", "@acme my lantern hisses")
    other = pier.post("mara", "@acme and it hums")
    mention = by_text(heard(source, "mentions"))["@acme my lantern hisses"]
    order = an_order(mention, "@mara a quarter turn left")
    with pytest.raises(Overruled):
        publisher.reply(replace(order, last_look=forbid))
    pier.post("acme", "@mara humming is fine", in_reply_to_id=other["id"])
    pier.post("sol", "@mara mine, too", in_reply_to_id=asked["id"])
    assert publisher.answered(order) is None
    native = pier.post("acme", "@mara on my way", in_reply_to_id=asked["id"])
    found = publisher.answered(order)
    assert found is not None
    assert found.post_id == native["uri"]
    assert publisher.answered(replace(order, known=frozenset({found.post_id}))) is None


def test_our_answers_and_what_they_say_to_them_stand_in_one_thread(
    pier: Pier, source: hearing.Mastodon, publisher: speaking.Mastodon
) -> None:
    first = pier.post("mara", "@acme my lantern hisses")
    (mention,) = heard(source, "mentions")
    receipt = publisher.reply(an_order(mention, "@mara a quarter turn left"))
    (ours,) = heard(source, "ours")
    assert ours.ours
    assert (ours.post_id, ours.in_reply_to) == (receipt.post_id, mention.post_id)
    pier.post("mara", "@acme silent now, thank you", in_reply_to_id=pier.replies(first)[0]["id"])
    thanks = by_text(heard(source, "mentions"))["@acme silent now, thank you"]
    assert (thanks.in_reply_to, thanks.thread_id) == (receipt.post_id, mention.post_id)
    assert ours.thread_id == mention.thread_id == mention.post_id


def test_hashtags_are_heard_without_an_account_and_the_search_with_one(
    pier: Pier, source: hearing.Mastodon, budget: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    pier.post("mara", "harbour at dusk #Lantern")
    pier.post("sol", "my lantern hums")
    pier.post("sol", "psst #lantern", visibility="private")
    assert [mention.text for mention in heard(source, "tag:lantern")] == ["harbour at dusk #Lantern"]
    assert "my lantern hums" in by_text(heard(source, "search:lantern"))
    monkeypatch.delenv(READ_VARIABLE)
    keyless = hearing.connect(hearing.Settings(base_url=pier.url, public=True), ["lantern"], budget)
    tagged, public = heard(keyless, "tag:lantern"), heard(keyless, "public")
    assert {mention.post_id for mention in tagged} < {mention.post_id for mention in public}
    assert keyless.probe()
    keyless.close()


def test_more_than_a_page_is_heard_whole(pier: Pier, source: hearing.Mastodon) -> None:
    for number in range(90):
        pier.post("mara", f"@acme lamp {number}")
    assert len({mention.post_id for mention in heard(source, "mentions")}) == 90


def test_what_is_edited_or_deleted_is_seen(pier: Pier, source: hearing.Mastodon) -> None:
    gone, changed = pier.post("mara", "@acme one"), pier.post("mara", "@acme two")
    kept = heard(source, "mentions")
    pier.delete("mara", gone)
    pier.edit("mara", changed, "@acme three")
    now = source.reread(kept)
    assert now[gone["uri"]] is None
    edited = now[changed["uri"]]
    assert edited is not None
    assert edited.text == "@acme three"
    assert edited.extra["edited_at"]


def test_the_servers_own_words_reach_the_person(
    pier: Pier, source: hearing.Mastodon, publisher: speaking.Mastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    pier.post("mara", "@acme my lantern hisses")
    (mention,) = heard(source, "mentions")
    with pytest.raises(Refused, match="blank"):
        publisher.reply(an_order(mention, " "))
    assert "acme" in publisher.probe()
    assert "acme" in source.probe()
    monkeypatch.setenv(speaking.WRITE_VARIABLE, "revoked-long-ago")
    stranger = speaking.connect(speaking.Settings(base_url=pier.url, handle="acme", timeout_s=10))
    with pytest.raises(outcome.Revoked):
        stranger.reply(an_order(mention, "@mara hello"))
    stranger.close()


def test_a_revoked_token_stops_the_source(pier: Pier, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(READ_VARIABLE, "revoked-long-ago")
    stranger = hearing.connect(hearing.Settings(base_url=pier.url, handle="acme", timeout_s=10), [], budget)
    for stream in stranger.streams():
        with pytest.raises(Revoked):
            heard(stranger, stream)
    stranger.close()


def test_the_answer_goes_to_a_post_heard_on_another_server(
    pier: Pier, source: hearing.Mastodon, publisher: speaking.Mastodon
) -> None:
    pier.post("mara", "@acme my lantern hisses")
    (mention,) = heard(source, "mentions")
    elsewhere: Any = {**mention.extra, "server": "fosstodon.example", "status_id": "1"}
    away = Mention(**{name: getattr(mention, name) for name in mention.__slots__ if name != "extra"}, extra=elsewhere)
    # This stand-in resolves no addresses: our server can't find it, and so nothing is posted.
    with pytest.raises(Refused, match="can't find"):
        publisher.reply(an_order(away, "@mara hello"))
    assert pier.told("mara") == []
