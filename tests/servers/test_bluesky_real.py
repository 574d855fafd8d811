"""The source and the publisher against the real servers: heard, answered, and answered once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from listener.mention import Batch, Mention
from listener.source import NotFound, RateLimited, Revoked
from listener.sources import bluesky as hearing
from responders import publisher as outcome
from responders.publisher import Order, TooLong, Unknown
from responders.publishers import bluesky as speaking
from tests.fakes import UNLIMITED
from tests.running import until
from tests.servers.bluesky_network import Network, Person, Ref

# All on one worker: the network is started once, and not once a core.
pytestmark = [pytest.mark.network, pytest.mark.xdist_group("network")]

_numbers = itertools.count(1)


@pytest.fixture
def us(network: Network) -> Person:
    """A fresh account of ours, so that no test hears another's mentions."""
    return network.create_account(f"harbour{next(_numbers)}.test")


@pytest.fixture
def mara(network: Network) -> Person:
    return network.create_account(f"mara{next(_numbers)}.test")


@pytest.fixture(autouse=True)
def passwords(us: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_BLUESKY_READ_PASSWORD", us.password)
    monkeypatch.setenv("WARMLINE_BLUESKY_WRITE_PASSWORD", us.password)


@pytest.fixture
def source(network: Network, us: Person, tmp_path: Path) -> Iterator[hearing.Bluesky]:
    opened = source_for(network, us, tmp_path, "hisses")
    yield opened
    opened.close()


@pytest.fixture
def publisher(network: Network, us: Person, tmp_path: Path) -> Iterator[speaking.Bluesky]:
    opened = publisher_for(network, us, tmp_path)
    yield opened
    opened.close()


def source_for(network: Network, us: Person | None, tmp_path: Path, *searches: str) -> hearing.Bluesky:
    settings = hearing.Settings(
        base_url=network.pds_url,
        public_url=network.bsky_url,
        handle=us.handle if us else None,
        jetstream=False,  # it speaks for the whole of the real Bluesky, and stands on no loopback
        session_file=str(tmp_path / "read.json"),
    )
    return hearing.connect(settings, searches, UNLIMITED)


def publisher_for(network: Network, us: Person, tmp_path: Path) -> speaking.Bluesky:
    file = str(tmp_path / "write.json")
    return speaking.connect(speaking.Settings(base_url=network.pds_url, handle=us.handle, session_file=file))


def heard(source: hearing.Bluesky, stream: str, enough: Callable[[Batch], bool]) -> Batch:
    """What the stream says from its beginning, once that is enough."""

    def look() -> Batch | None:
        batch = source.fetch(stream, None, datetime.now(UTC))
        return batch if enough(batch) else None

    batch = until(look, f"{stream} to say enough")
    assert batch is not None
    assert batch.unreadable == ()
    return batch


def block(network: Network, person: Person, whom: Person) -> None:
    """`person` wants nothing more to do with `whom`."""
    record = {"$type": "app.bsky.graph.block", "subject": whom.did, "createdAt": datetime.now(UTC).isoformat()}
    body = {"repo": person.did, "collection": "app.bsky.graph.block", "record": record}
    told = httpx.post(
        f"{network.pds_url}/xrpc/com.atproto.repo.createRecord",
        json=body,
        headers={"Authorization": f"Bearer {person.access}"},
        trust_env=False,
    )
    assert told.is_success, told.text


def one_mention(network: Network, source: hearing.Bluesky, us: Person, mara: Person) -> Mention:
    network.mention(mara, us, f"@{us.handle} my lantern hisses, is that meant to be?")
    return heard(source, "mentions", lambda batch: len(batch.mentions) == 1).mentions[0]


def order_for(mention: Mention, text: str) -> Order:
    now = datetime.now(UTC)
    return Order(mention, text, speaking.fix(mention, now), now, now + timedelta(seconds=1))


def test_a_mention_a_reply_and_a_quote_are_heard(
    network: Network, source: hearing.Bluesky, us: Person, mara: Person
) -> None:
    network.follow(us, mara)
    ours = network.post(us, "New lanterns on the pier today.")
    # Two people's posts are taken in side by side: a quote of one that is not known yet would be told to nobody.
    until(lambda: network.thread(ours.uri), "our post to be known")
    tagged = network.mention(mara, us, f"@{us.handle} my lantern hisses")
    answered = network.post(mara, "How late are you open?", (ours, ours), langs=["en"])
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": ours.uri, "cid": ours.cid}}
    quoted = network.post(mara, "Go and see these.", embed=quote)
    until(lambda: network.profile(mara.did).get("followersCount") == 1, "the follower to be counted")
    batch = heard(source, "mentions", lambda batch: len(batch.mentions) == 3)
    by_post = {mention.post_id: mention for mention in batch.mentions}
    assert set(by_post) == {tagged.uri, answered.uri, quoted.uri}
    assert all(mention.to_us and mention.author.followers == 1 for mention in batch.mentions)
    reply = by_post[answered.uri]
    assert (reply.text, reply.lang) == ("How late are you open?", "en")
    assert (reply.in_reply_to, reply.thread_id) == (ours.uri, ours.uri)
    assert dict(reply.extra) == {"cid": answered.cid, "root_uri": ours.uri, "root_cid": ours.cid}
    assert reply.author.handle == mara.handle


def test_a_search_is_heard_with_an_account_and_without(
    network: Network, us: Person, mara: Person, tmp_path: Path
) -> None:
    word = f"wick{next(_numbers)}x"
    found = network.post(mara, f"A {word} that never burns down.")
    own = network.post(us, f"Our own word on the {word}.")
    for person in (us, None):
        source = source_for(network, person, tmp_path, word)
        batch = heard(source, f"search:{word}", lambda batch: len(batch.mentions) == 2)
        # Without an account nobody is us.
        ours = {mention.post_id: mention.ours for mention in batch.mentions}
        assert ours == {found.uri: False, own.uri: person is not None}
        assert all(mention.author.followers == 0 for mention in batch.mentions)
        assert [mention.to_us for mention in batch.mentions] == [False, False]
        source.close()


def test_more_than_a_page_is_heard_and_then_only_what_is_new(
    network: Network, source: hearing.Bluesky, us: Person, mara: Person
) -> None:
    posts = {network.mention(mara, us, f"@{us.handle} hisses, take {number}").uri for number in range(130)}
    batch = heard(source, "mentions", lambda batch: len(batch.mentions) >= 130)
    assert {mention.post_id for mention in batch.mentions} == posts
    assert not batch.more
    new = network.mention(mara, us, f"@{us.handle} hisses still").uri

    def again() -> bool:
        after = source.fetch("mentions", batch.cursor, datetime.now(UTC))
        return new in {mention.post_id for mention in after.mentions}

    until(again, "the new mention")


def test_a_post_can_be_looked_up_until_it_is_gone(network: Network, mara: Person) -> None:
    post = network.post(mara, "Look me up.")
    for link in (f"https://bsky.app/profile/{mara.handle}/post/{post.rkey}", post.uri):
        until(lambda: network.thread(post.uri), "the post to be known")
        found = hearing.lookup(link, network.bsky_url)
        assert found is not None
        assert (found.text, found.post_id) == ("Look me up.", post.uri)
    network.delete(mara, post)
    until(lambda: not network.thread(post.uri).get("post"), "the post to be gone")
    with pytest.raises(NotFound):
        hearing.lookup(post.uri, network.bsky_url)
    with pytest.raises(NotFound):
        hearing.lookup(f"https://bsky.app/profile/nobody-at-all.test/post/{post.rkey}", network.bsky_url)


def test_what_its_author_deleted_is_gone_when_read_again(
    network: Network, us: Person, mara: Person, tmp_path: Path
) -> None:
    kept, gone = network.post(mara, "This one stays."), network.post(mara, "This one goes.")
    until(lambda: network.thread(kept.uri) and network.thread(gone.uri), "the posts to be known")
    found = [hearing.lookup(post.uri, network.bsky_url) for post in (kept, gone)]
    mentions = [mention for mention in found if mention is not None]
    network.delete(mara, gone)
    until(lambda: not network.thread(gone.uri).get("post"), "the post to be gone")
    for person in (us, None):
        source = source_for(network, person, tmp_path)
        now = source.reread(mentions)
        assert set(now) == {kept.uri, gone.uri}
        assert now[gone.uri] is None
        still = now[kept.uri]
        assert still is not None
        assert (still.text, still.author.handle) == ("This one stays.", mara.handle)
        source.close()


def test_who_blocks_us_has_not_deleted_anything(network: Network, us: Person, mara: Person, tmp_path: Path) -> None:
    post = network.post(mara, "Not for you.")
    until(lambda: network.thread(post.uri), "the post to be known")
    mention = hearing.lookup(post.uri, network.bsky_url)
    assert mention is not None
    block(network, mara, us)
    source = source_for(network, us, tmp_path)
    until(lambda: source.reread([mention]) == {}, "the block to be known")
    source.close()


def test_a_probe_of_either_bank_says_who_we_are(
    network: Network,
    source: hearing.Bluesky,
    publisher: speaking.Bluesky,
    us: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert source.probe() == f"let in as {us.handle}; hears mentions, ours, search:hisses"
    assert publisher.probe() == f"let in as {us.handle}, to reply"
    assert network.records(us) == []
    public = source_for(network, None, tmp_path, "hisses")
    assert public.probe() == "lets the public in; hears search:hisses"
    public.close()
    for variable in ("WARMLINE_BLUESKY_READ_PASSWORD", "WARMLINE_BLUESKY_WRITE_PASSWORD"):
        monkeypatch.setenv(variable, "not-the-password")
    elsewhere = tmp_path / "elsewhere"
    shut_in, shut_out = source_for(network, us, elsewhere), publisher_for(network, us, elsewhere)
    with pytest.raises(Revoked):
        shut_in.probe()
    with pytest.raises(outcome.Revoked):
        shut_out.probe()
    shut_in.close()
    shut_out.close()


def test_a_reply_is_under_its_parent_once_and_byte_for_byte(
    network: Network, source: hearing.Bluesky, publisher: speaking.Bluesky, us: Person, mara: Person
) -> None:
    mention = one_mention(network, source, us, mara)
    text = f"@{mara.handle} no —  turn the wick down 🕯️\n\nhttps://pier.example/wick?a=ü #lanterns"
    order = order_for(mention, text)
    receipt = publisher.reply(order)
    (shown,) = network.replies(mention.post_id)
    assert shown["uri"] == receipt.post_id
    assert shown["record"]["text"] == text
    assert shown["record"]["reply"]["parent"]["uri"] == mention.post_id
    kinds = [facet["features"][0]["$type"].partition("#")[2] for facet in shown["record"]["facets"]]
    assert kinds == ["mention", "link", "tag"]
    with pytest.raises(Unknown):
        publisher.reply(order)  # as if the first answer had been lost
    found = publisher.find(order)
    assert found is not None
    assert (found.post_id, found.url, found.how) == (receipt.post_id, receipt.url, "found")
    assert len(network.records(us)) == 1


def test_what_a_colleague_answered_by_hand_is_seen_and_nobody_elses(
    network: Network, source: hearing.Bluesky, publisher: speaking.Bluesky, us: Person, mara: Person
) -> None:
    mention = one_mention(network, source, us, mara)
    theirs = Ref(mention.post_id, mention.extra["cid"])
    network.post(mara, "Anyone?", (theirs, theirs))
    network.post(us, "New lanterns today.")
    order = order_for(mention, "Turn the wick down a little.")
    assert publisher.answered(order) is None
    receipt = publisher.reply(order)
    known = replace(order, known=frozenset({receipt.post_id}))
    assert publisher.answered(known) is None
    native = network.post(us, "And if that does not help, write to me.", (theirs, theirs))
    found = publisher.answered(known)
    assert found is not None
    assert found.post_id == native.uri


def test_what_the_last_look_forbids_never_reaches_the_server(
    network: Network, source: hearing.Bluesky, publisher: speaking.Bluesky, us: Person, mara: Person
) -> None:
    def forbid() -> None:
        raise outcome.Overruled("paused by Ana")

    order = order_for(one_mention(network, source, us, mara), "Never sent.")
    with pytest.raises(outcome.Overruled):
        publisher.reply(replace(order, last_look=forbid))
    assert network.records(us) == []
    assert publisher.reply(order).post_id


def test_what_was_never_posted_is_not_found(
    network: Network, source: hearing.Bluesky, publisher: speaking.Bluesky, us: Person, mara: Person
) -> None:
    order = order_for(one_mention(network, source, us, mara), "Never sent.")
    assert publisher.find(order) is None


def test_a_mention_known_by_its_address_alone_can_be_answered(
    network: Network, publisher: speaking.Bluesky, us: Person, mara: Person
) -> None:
    root = network.post(us, "New lanterns today.")
    post = network.post(mara, "Lovely!", (root, root))
    until(lambda: network.thread(post.uri), "the post to be known")
    found = hearing.lookup(post.uri, network.bsky_url)
    assert found is not None
    bare = Mention("bluesky", post.uri, found.author, found.text, found.posted_at)
    receipt = publisher.reply(order_for(bare, "Thank you!"))
    (shown,) = network.replies(post.uri)
    assert shown["uri"] == receipt.post_id
    assert shown["record"]["reply"]["root"]["uri"] == root.uri


def test_three_hundred_graphemes_go_out_and_one_more_never_leaves(
    network: Network, source: hearing.Bluesky, publisher: speaking.Bluesky, us: Person, mara: Person
) -> None:
    mention = one_mention(network, source, us, mara)
    with pytest.raises(TooLong):
        publisher.reply(order_for(mention, "ë" * 301))
    assert network.records(us) == []
    publisher.reply(order_for(mention, "ë" * 300))
    assert len(network.records(us)) == 1


def test_a_session_outlives_restarts(
    network: Network, source: hearing.Bluesky, us: Person, mara: Person, tmp_path: Path
) -> None:
    mention = one_mention(network, source, us, mara)
    kept = {}
    for number in range(3):
        again = source_for(network, us, tmp_path)
        again.fetch("mentions", None, datetime.now(UTC))
        again.close()
        out = publisher_for(network, us, tmp_path)
        out.reply(order_for(mention, f"Answer {number}."))
        out.close()
        kept[number] = [(tmp_path / name).read_bytes() for name in ("read.json", "write.json")]
    assert kept[0] == kept[1] == kept[2]


def test_an_access_token_that_the_server_refuses_is_renewed(
    network: Network, source: hearing.Bluesky, us: Person, mara: Person, tmp_path: Path
) -> None:
    one_mention(network, source, us, mara)
    file = tmp_path / "read.json"
    before = file.read_text()
    file.write_text(before.replace('"access": "', '"access": "x'))
    again = source_for(network, us, tmp_path)
    assert len(again.fetch("mentions", None, datetime.now(UTC)).mentions) == 1
    again.close()
    assert file.read_text() != before


def test_a_wrong_password_is_revoked(
    network: Network, us: Person, mara: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_BLUESKY_READ_PASSWORD", "not-the-password")
    monkeypatch.setenv("WARMLINE_BLUESKY_WRITE_PASSWORD", "not-the-password")
    source, publisher = source_for(network, us, tmp_path), publisher_for(network, us, tmp_path)
    with pytest.raises(Revoked, match="Invalid identifier or password"):
        source.fetch("mentions", None, datetime.now(UTC))
    post = network.post(mara, "Hello.")
    until(lambda: network.thread(post.uri), "the post to be known")
    found = hearing.lookup(post.uri, network.bsky_url)
    assert found is not None
    with pytest.raises(outcome.Revoked, match="Invalid identifier or password"):
        publisher.reply(order_for(found, "Hello yourself."))
    source.close()
    publisher.close()


def test_too_many_logins_are_told_to_wait(network: Network, us: Person, tmp_path: Path) -> None:
    for number in range(30):
        log_in(network, us, tmp_path / str(number))
    with pytest.raises(RateLimited) as caught:
        log_in(network, us, tmp_path / "one more")
    assert caught.value.retry_at is not None
    assert timedelta(0) < caught.value.retry_at - datetime.now(UTC) <= timedelta(minutes=5, seconds=1)


def log_in(network: Network, us: Person, tmp_path: Path) -> None:
    """One fetch, as it would be if sessions were not kept."""
    source = source_for(network, us, tmp_path)
    try:
        source.fetch("mentions", None, datetime.now(UTC))
    finally:
        source.close()
