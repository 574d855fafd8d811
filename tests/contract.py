"""The contract that every platform's file is held to, over real sockets, against a server in the platform's own shape.

A subclass of `SourceContract` or `PublisherContract` tells how its platform looks on the wire; the promises are here.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from listener import punctual
from listener.archive.connect import connect as open_archive
from listener.archive.ledger import Ledger
from listener.archive.schema import migrations
from listener.clean import clean_mention
from listener.mention import Batch, Mention
from listener.source import OutOfCredits, RateLimited, Revoked, Source, SourceError, Unavailable
from responders import publisher as out
from responders.publisher import Order, Overruled, Postponed, Publisher, PublishError, Refused, TooLong, Unknown
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "hush-hush-4711-do-not-tell"  # every subclass uses it as its token or password
HANGS_UP_AFTER_S = 0.4

pytestmark = pytest.mark.contract


@dataclass(frozen=True, slots=True)
class Posted:
    """One post as a test thinks of it. `at` is when the platform took it in; `said_at` what its author claims."""

    number: int
    at: datetime = NOW - timedelta(minutes=5)
    text: str = "my lantern hisses"
    handle: str = "mara"
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One raw item in the platform's own shape, and when the platform took it in."""

    raw: Any
    at: datetime


FAULTS: Mapping[str, tuple[Say, type[SourceError]]] = {
    "told to wait, in seconds": (Say({}, 429, {"Retry-After": "30"}), RateLimited),
    "told to wait, not how long": (Say({}, 429), RateLimited),
    "told to wait, until a date": (
        Say({}, 429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(minutes=9), usegmt=True)}),
        RateLimited,
    ),
    "not let in": (Say({"error": "nobody knows you"}, 401), Revoked),
    "forbidden": (Say({"message": "suspended"}, 403), Revoked),
    "to be paid": (Say({"title": "CreditsDepleted"}, 402), OutOfCredits),
    "broken": (Say({}, 500), Unavailable),
    "bad gateway": (Say(b"<html>502</html>", 502, {"Content-Type": "text/html"}), Unavailable),
    "overloaded": (Say(b"", 503), Unavailable),
    "never answers": (Say(fault="hang"), Unavailable),
    "dripping": (Say(fault="drip"), Unavailable),
    "dripping in the headers": (Say(fault="drip in the headers"), Unavailable),
    "reset half-way": (Say({"items": ["x" * 500]}, fault="reset"), Unavailable),
    "a page of HTML": (Say(b"<!doctype html><html>Hello", 200, {"Content-Type": "text/html"}), Unavailable),
    "a body of 50 MB": (Say(lambda: b"[" + b" " * 50_000_000 + b"]"), Unavailable),
    "not UTF-8": (Say(b'{"items": "\xff\xfe\xfa"}'), Unavailable),
    "an error that is a list": (Say([{"code": 1}], 500), Unavailable),
    "an error that is a number": (Say({"error": 404}, 500), Unavailable),
    "null": (Say(b"null"), Unavailable),
    "cut short": (Say(b'{"items": ['), Unavailable),
    "moved": (Say(b"", 302, {"Location": "http://127.0.0.1:9/elsewhere"}), Unavailable),
}


class SourceContract:
    """What every source promises. A subclass says how its platform looks on the wire."""

    platform: ClassVar[str]
    stream: ClassVar[str] = "search:lantern"
    page: ClassVar[int] = 10  # how many items the subclass's server gives at once
    sdk: ClassVar[str | None] = None  # the package that must not be imported before the source is on
    author_dates: ClassVar[bool] = False  # whether what is listed is dated by its author
    rereads: ClassVar[bool] = True
    keyless: ClassVar[bool] = False  # whether it is heard without any secret of ours
    reach: ClassVar[timedelta | None] = None  # how far back the platform shows anything
    unheard_of: ClassVar[frozenset[str]] = frozenset()  # names of FAULTS that this platform's way can't have
    spared: ClassVar[frozenset[str]] = frozenset()  # paths that stay well under a fault: where a token is fetched

    # How the platform looks: a subclass writes these.

    def connect(self, url: str, budget: Ledger, folder: Path) -> Source:
        """The source, pointed at the server, with SECRET as its secret and HANGS_UP_AFTER_S as its timeout."""
        raise NotImplementedError

    def raw(self, post: Posted) -> Any:
        """The post as the platform writes it."""
        raise NotImplementedError

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        """List these items (in any order) as the platform does: newest first, `page` at a time, since what is asked.

        Never called with a cursor in mind: the server does what the documents say, and knows nothing of the source.
        """
        raise NotImplementedError

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        """Answer a re-read: these posts are there as they are here, and no others."""
        raise NotImplementedError

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        """Whole items from the platform's documents, and exactly what each one means."""
        raise NotImplementedError

    # What every source promises.

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        with scripted() as script:
            script.spared = set(self.spared)
            yield script

    @pytest.fixture
    def budget(self, tmp_path: Path) -> Ledger:
        database = tmp_path / "warmline.db"
        open_archive(database, [migrations]).close()
        return Ledger(database, self.platform, lambda: NOW)

    @pytest.fixture
    def source(self, server: Scripted, budget: Ledger, tmp_path: Path) -> Iterator[Source]:
        opened = self.connect(server.url, budget, tmp_path)
        yield opened
        opened.close()

    @pytest.fixture(autouse=True)
    def nobody_sleeps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def awake(seconds: float) -> None:
            raise AssertionError(f"an adapter sleeps for {seconds} s: waiting is the poll loop's business")

        monkeypatch.setattr(time, "sleep", awake)

    def list_posts(self, server: Scripted, posts: Sequence[Posted]) -> None:
        self.serve(server, [Listed(self.raw(post), post.at) for post in posts])

    def hear(self, source: Source, cursor: str | None = None, now: datetime = NOW) -> Batch:
        return source.fetch(self.stream, cursor, now)

    def hear_all(self, source: Source, cursor: str | None = None, now: datetime = NOW) -> tuple[list[Mention], Batch]:
        """Fetch until nothing more is waiting, as the poll loop does."""
        heard: list[Mention] = []
        for _ in range(60):
            batch = self.hear(source, cursor, now)
            heard += batch.mentions
            cursor = batch.cursor or cursor
            if not batch.more:
                return heard, replace(batch, cursor=cursor)
        raise AssertionError("there is always more waiting: the walk does not end")

    def ids(self, posts: Sequence[Posted]) -> set[str]:
        """The post ids that these posts have on the platform, by way of a source of its own."""
        return {self.post_id(post) for post in posts}

    def post_id(self, post: Posted) -> str:
        """The post's id as a mention has it. A subclass changes it where it isn't the number."""
        return str(post.number)

    def test_it_is_named_as_its_file_and_says_how_to_get_in(self, source: Source) -> None:
        module = importlib.import_module(f"listener.sources.{self.platform}")
        assert source.platform == self.platform == module.PLATFORM
        assert module.ACCESS
        assert "\n" not in module.ACCESS
        assert self.stream in source.streams()
        assert list(source.streams()) == list(source.streams())

    def test_samples_mean_exactly_this(self, source: Source, server: Scripted) -> None:
        for raw, meant in self.samples():
            self.serve(server, [Listed(raw, meant.posted_at)])
            heard, batch = self.hear_all(source, now=meant.posted_at + timedelta(minutes=1))
            assert batch.unreadable == ()
            assert heard == [meant]

    def test_what_is_heard_is_clean_and_whole(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(1)])
        (mention,) = self.hear_all(source)[0]
        assert mention.platform == mention.author.platform == self.platform
        assert mention.post_id == self.post_id(Posted(1))
        assert "my lantern hisses" in mention.text
        assert mention.posted_at.utcoffset() == timedelta(0)
        assert mention.url.startswith(("http://", "https://"))
        assert not mention.author.handle.startswith("@")
        assert clean_mention(mention) == mention

    def test_unknown_fields_are_ignored(self, source: Source, server: Scripted) -> None:
        raw = self.raw(Posted(1))
        self.serve(server, [Listed(self.with_unknown_fields(raw), Posted(1).at)])
        assert [one.post_id for one in self.hear_all(source)[0]] == [self.post_id(Posted(1))]

    def with_unknown_fields(self, raw: Any) -> Any:
        """The raw item as a later version of the platform may write it."""
        return {**raw, "brand_new": {"deep": [1, None]}, "another": None} if isinstance(raw, dict) else raw

    def broken(self) -> Sequence[Any]:
        """Raw items that no mention can be made of: by default each of a good one's fields in turn made nonsense."""
        raw = self.raw(Posted(2))
        return [{**raw, key: nonsense} for key in raw for nonsense in (None, [[7]])] if isinstance(raw, dict) else []

    def test_one_bad_item_is_set_aside_raw_and_the_rest_is_heard(self, source: Source, server: Scripted) -> None:
        for raw in [*self.broken(), None, "a word", 7]:
            items = [Listed(raw, NOW - timedelta(minutes=2)), Listed(self.raw(Posted(1)), Posted(1).at)]
            self.serve(server, items)
            heard, batch = self.hear_all(source)
            assert self.post_id(Posted(1)) in {one.post_id for one in heard}, raw
            assert len(heard) + len(batch.unreadable) <= 2, raw
            assert all(item.raw and item.reason for item in batch.unreadable)

    def test_a_word_where_a_post_should_be_is_kept_raw(self, source: Source, server: Scripted) -> None:
        self.serve(server, [Listed("a word of theirs", NOW), Listed(self.raw(Posted(1)), Posted(1).at)])
        _, batch = self.hear_all(source)
        assert any("a word of theirs" in item.raw for item in batch.unreadable)

    def test_an_empty_listing_loses_no_place(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(1)])
        _, batch = self.hear_all(source)
        self.list_posts(server, [])
        later = NOW + timedelta(minutes=1)
        _, empty = self.hear_all(source, batch.cursor, later)
        assert empty.cursor is not None
        assert empty.lost is None
        new = Posted(9, at=NOW + timedelta(minutes=2))
        self.list_posts(server, [Posted(1), new])
        heard, _ = self.hear_all(source, empty.cursor, NOW + timedelta(minutes=3))
        assert self.post_id(new) in {one.post_id for one in heard}

    def test_paging_goes_back_to_what_is_known_and_stops(self, source: Source, server: Scripted) -> None:
        old = [Posted(number, at=NOW - timedelta(hours=number)) for number in range(1, self.page * 6)]
        self.list_posts(server, old)
        _, batch = self.hear_all(source)
        first_time = len(server.asked)
        fresh = [Posted(1000 + number, at=NOW + timedelta(seconds=number)) for number in range(self.page + 3)]
        self.list_posts(server, [*old, *fresh])
        server.asked.clear()
        heard, _ = self.hear_all(source, batch.cursor, NOW + timedelta(minutes=2))
        assert self.ids(fresh) <= {one.post_id for one in heard}
        assert len(server.asked) < first_time + 3

    def test_posts_with_lower_ids_than_the_last_are_still_heard(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(500)])
        _, batch = self.hear_all(source)
        late = Posted(3, at=NOW + timedelta(seconds=30))
        self.list_posts(server, [Posted(500), late])
        heard, _ = self.hear_all(source, batch.cursor, NOW + timedelta(minutes=1))
        assert self.post_id(late) in {one.post_id for one in heard}

    def test_a_late_arrival_dated_before_the_last_is_still_heard(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(500, at=NOW - timedelta(minutes=1))])
        _, batch = self.hear_all(source)
        late = Posted(501, at=NOW - timedelta(minutes=4))
        self.list_posts(server, [Posted(500, at=NOW - timedelta(minutes=1)), late])
        heard, _ = self.hear_all(source, batch.cursor, NOW + timedelta(minutes=1))
        assert self.post_id(late) in {one.post_id for one in heard}

    def test_a_post_from_the_future_never_moves_the_cursor_past_real_ones(
        self, source: Source, server: Scripted
    ) -> None:
        ahead = Posted(7, at=NOW + timedelta(days=2), said_at=NOW + timedelta(days=400))
        self.list_posts(server, [ahead, Posted(1)])
        _, batch = self.hear_all(source)
        real = Posted(8, at=NOW + timedelta(minutes=1))
        self.list_posts(server, [ahead, Posted(1), real])
        heard, _ = self.hear_all(source, batch.cursor, NOW + timedelta(minutes=2))
        assert self.post_id(real) in {one.post_id for one in heard}

    def test_a_burst_larger_than_the_pages_is_fetched_on_and_none_is_dropped(
        self, source: Source, server: Scripted
    ) -> None:
        self.list_posts(server, [Posted(1, at=NOW - timedelta(hours=2))])
        _, batch = self.hear_all(source)
        burst = [Posted(100 + number, at=NOW + timedelta(seconds=number // 2)) for number in range(self.page * 12 + 3)]
        self.list_posts(server, [Posted(1, at=NOW - timedelta(hours=2)), *burst])
        later = NOW + timedelta(hours=1)
        assert self.hear(source, batch.cursor, later).more
        heard, end = self.hear_all(source, batch.cursor, later)
        assert self.ids(burst) <= {one.post_id for one in heard}
        assert end.heard_until is not None

    def test_posts_of_one_second_are_all_kept(self, source: Source, server: Scripted) -> None:
        crowd = [Posted(100 + number, at=NOW - timedelta(minutes=3)) for number in range(self.page * 2 + 1)]
        self.list_posts(server, crowd)
        heard, _ = self.hear_all(source)
        assert self.ids(crowd) <= {one.post_id for one in heard}

    def test_two_fetches_give_the_same_keys(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(number, at=NOW - timedelta(minutes=number)) for number in range(1, 8)])
        first, second = self.hear_all(source)[0], self.hear_all(source)[0]
        assert [(one.platform, one.post_id) for one in first] == [(one.platform, one.post_id) for one in second]

    def test_after_an_outage_all_that_can_be_reached_is_heard_and_the_rest_is_called_lost(
        self, source: Source, server: Scripted
    ) -> None:
        self.list_posts(server, [Posted(1)])
        _, batch = self.hear_all(source)
        back = NOW + timedelta(days=10)
        missed = [Posted(100 + hour, at=NOW + timedelta(hours=hour)) for hour in range(1, 240, 3)]
        self.list_posts(server, [Posted(1), *missed])
        heard, end = self.hear_all(source, batch.cursor, back)
        shown = [post for post in missed if self.reach is None or post.at > back - self.reach]
        assert self.ids(shown) <= {one.post_id for one in heard}
        if self.reach is None:
            assert end.lost is None
            assert end.heard_from is not None
            assert end.heard_from <= NOW
        else:
            assert end.lost is not None
            assert end.lost[0] <= NOW
            assert abs(end.lost[1] - (back - self.reach)) < timedelta(hours=2)

    def test_a_quiet_stretch_is_not_a_loss(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(1)])
        _, batch = self.hear_all(source)
        for day in range(1, 12):
            _, batch = self.hear_all(source, batch.cursor, NOW + timedelta(days=day))
            assert batch.lost is None

    @pytest.mark.parametrize("fault", FAULTS)
    def test_every_fault_has_one_name(self, source: Source, server: Scripted, fault: str) -> None:
        if fault in self.unheard_of:
            return
        server.fault, error = FAULTS[fault]
        with pytest.raises(SourceError) as caught:
            self.hear_all(source)
        assert type(caught.value) is error
        assert str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("wait", ["30", None])
    def test_a_wait_is_passed_on(self, source: Source, server: Scripted, wait: str | None) -> None:
        server.fault = Say({}, 429, {"Retry-After": wait} if wait else {})
        with pytest.raises(RateLimited) as caught:
            self.hear_all(source)
        if wait and caught.value.retry_at is not None:
            assert caught.value.retry_at > datetime.now(UTC) - timedelta(seconds=30)

    def test_no_secret_is_repeated(self, source: Source, server: Scripted) -> None:
        if self.keyless:
            return
        quoted = {"error": f"bad token {SECRET}", "message": f"Bearer {SECRET}", "detail": SECRET, "title": SECRET}
        for status in (400, 401, 403, 500):
            server.fault = Say(quoted, status)
            with pytest.raises(SourceError) as caught:
                self.hear_all(source)
            assert SECRET not in str(caught.value)

    def test_nobody_at_the_address_is_unavailable(self, budget: Ledger, tmp_path: Path) -> None:
        away = self.connect("http://127.0.0.1:1", budget, tmp_path)
        with pytest.raises(Unavailable):
            self.hear_all(away)
        away.close()

    def test_what_was_deleted_or_edited_is_seen_when_read_again(self, source: Source, server: Scripted) -> None:
        if not self.rereads:
            assert source.reread([]) == {}
            return
        posts = [Posted(1), Posted(2, text="my lantern hums"), Posted(3)]
        self.list_posts(server, posts)
        heard = {one.post_id: one for one in self.hear_all(source)[0]}
        kept = [heard[self.post_id(post)] for post in posts]
        self.serve_now(server, [posts[0], replace(posts[1], text="my lantern is silent")])
        now = source.reread(kept)
        same, edited = now[kept[0].post_id], now[kept[1].post_id]
        assert same is not None
        assert same.text == kept[0].text
        assert edited is not None
        assert "my lantern is silent" in edited.text
        assert now[kept[2].post_id] is None

    def test_what_cannot_be_read_again_is_not_called_gone(self, source: Source, server: Scripted) -> None:
        if not self.rereads:
            return
        self.list_posts(server, [Posted(1)])
        kept = self.hear_all(source)[0]
        for fault in ("broken", "never answers", "a page of HTML", "told to wait, in seconds", "not let in"):
            server.fault = FAULTS[fault][0]
            with pytest.raises(SourceError):
                source.reread(kept)

    def test_a_probe_reads_and_changes_nothing(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(1)])
        said = source.probe()
        assert said
        assert SECRET not in said
        assert server.asked
        assert server.writes() == []
        server.fault = FAULTS["not let in"][0]
        with pytest.raises(Revoked):
            source.probe()

    def test_listening_writes_nothing(self, source: Source, server: Scripted) -> None:
        self.list_posts(server, [Posted(1)])
        self.hear_all(source)
        assert server.writes() == []

    def test_importing_it_fetches_nothing_and_loads_no_sdk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()  # waiting for a process of the test's own is no adapter asleep
        assert_quiet_import(f"listener.sources.{self.platform}", self.sdk)


def assert_quiet_import(module: str, sdk: str | None) -> None:
    """In a process of its own: importing the module opens no socket, and leaves the SDK unloaded."""
    code = (
        "import sys\n"
        "sys.addaudithook(lambda event, _: event.startswith('socket.connect') and sys.exit('it calls somebody'))\n"
        f"import {module}\n"
        f"sys.exit('the SDK is loaded' if {sdk!r} in sys.modules else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


# A refusal as this platform words it: its answer, and words of it that the person must see.
Refusal = tuple[Say, str]
# Who has answered on the platform itself, and whom: the author of our parent, or of another post.
Who = Literal["us", "sol"]
Whom = Literal["them", "others"]


class PublisherContract:
    """What every publisher promises. A subclass says how its platform looks on the wire."""

    platform: ClassVar[str]
    sdk: ClassVar[str | None] = None
    spared: ClassVar[frozenset[str]] = frozenset()
    # A second attempt with the same order: what the platform makes of it. "nothing" knows no native dedupe.
    find_is: ClassVar[Literal["by key", "by looking"]] = "by looking"
    text: ClassVar[str] = "Hello Mara — the hiss is the valve; “quarter turn” left. ✨"

    # How the platform looks: a subclass writes these.

    def connect(self, url: str, folder: Path) -> Publisher:
        """The publisher, pointed at the server, with SECRET as its secret and HANGS_UP_AFTER_S as its timeout."""
        raise NotImplementedError

    def parent(self) -> Mention:
        """A mention of this platform that is answered."""
        raise NotImplementedError

    def let_in(self, server: Scripted) -> None:
        """Give sessions and tokens, where the platform has such."""

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        """Let the server take replies and list them afterwards, as the platform does.

        `answer` may spoil what is said to the write, after it was taken.
        """
        raise NotImplementedError

    def taken(self, server: Scripted) -> Sequence[str]:
        """The texts of the replies that were taken, as the platform has them."""
        raise NotImplementedError

    def writes(self, server: Scripted) -> Sequence[Asked]:
        """The requests that would post."""
        return server.writes()

    def refusals(self) -> Sequence[Refusal]:
        """Definite refusals, as the platform answers them."""
        raise NotImplementedError

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        """Let a reply stand there that Warmline did not send, under our parent or another post, and return its id."""
        raise NotImplementedError

    def order(self, text: str | None = None) -> Order:
        parent = self.parent()
        module = importlib.import_module(f"responders.publishers.{self.platform}")
        key = module.fix(parent, NOW) if hasattr(module, "fix") else None
        return Order(parent, self.text if text is None else text, key, NOW, datetime.now(UTC))

    def too_long(self, publisher: Publisher) -> str:
        return "a" * (publisher.limit + 1)

    # What every publisher promises.

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        with scripted() as script:
            script.spared = set(self.spared)
            yield script

    @pytest.fixture
    def publisher(self, server: Scripted, tmp_path: Path) -> Iterator[Publisher]:
        opened = self.connect(server.url, tmp_path)
        yield opened
        opened.close()

    @pytest.fixture(autouse=True)
    def nobody_sleeps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def awake(seconds: float) -> None:
            raise AssertionError(f"a publisher sleeps for {seconds} s: waiting is the outbox's business")

        monkeypatch.setattr(time, "sleep", awake)

    def test_what_was_approved_is_what_is_posted(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        receipt = publisher.reply(self.order())
        assert self.taken(server) == [self.text]
        assert receipt.post_id
        assert receipt.url.startswith(("http://", "https://"))
        assert receipt.how == "api"
        assert len(self.writes(server)) == 1

    def test_too_long_is_said_before_any_call(self, publisher: Publisher, server: Scripted) -> None:
        text = self.too_long(publisher)
        assert publisher.length(text) > publisher.limit
        with pytest.raises(TooLong):
            publisher.reply(self.order(text))
        assert server.asked == []

    def test_half_a_character_is_refused_before_any_write(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        with pytest.raises(Refused):
            publisher.reply(self.order("half a character: \ud83d"))
        assert self.taken(server) == []

    def test_a_definite_refusal_carries_the_platforms_own_words(self, publisher: Publisher, server: Scripted) -> None:
        for say, words in self.refusals():
            server.asked.clear()
            self.accept(server, lambda _, say=say: say)  # type: ignore[misc]  # bound now, not later
            with pytest.raises(Refused) as caught:
                publisher.reply(self.order())
            assert words in str(caught.value)
            assert len(self.writes(server)) == 1

    @pytest.mark.parametrize(
        ("say", "error"),
        [
            (Say({}, 429, {"Retry-After": "30"}), Postponed),
            (Say({}, 429), Postponed),
            (Say({"error": "nobody knows you"}, 401), out.Revoked),
            (Say({}, 500), Unknown),
            (Say(b"<html>bad gateway</html>", 502), Unknown),
            (Say(b"", 503), Unknown),
            (Say({}, 504), Unknown),
            (Say({}, 408), Unknown),
            (Say(fault="hang"), Unknown),
            (Say(fault="drip"), Unknown),
            (Say(fault="drip in the headers"), Unknown),
            (Say({"x": "x" * 400}, fault="reset"), Unknown),
            (Say(b"<html>hello</html>", 200), Unknown),
            (Say({}, 200), Unknown),
            (Say(b"null", 200), Unknown),
            (Say([], 200), Unknown),
            (Say({"error": 404}, 500), Unknown),
            (Say(b'{"id": "\xff\xfe"}', 200), Unknown),
            (Say(lambda: b" " * 50_000_000, 200), Unknown),
        ],
    )
    def test_every_end_has_one_name_and_one_post(
        self, publisher: Publisher, server: Scripted, say: Say, error: type[PublishError]
    ) -> None:
        self.accept(server, lambda _: say)
        began = time.monotonic()
        with pytest.raises(PublishError) as caught:
            publisher.reply(self.order())
        assert type(caught.value) is error
        assert len(self.writes(server)) == 1
        assert time.monotonic() - began < 2 * HANGS_UP_AFTER_S + 0.5  # a lease waits for nobody

    def test_a_wait_is_passed_on(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server, lambda _: Say({}, 429, {"Retry-After": "30"}))
        with pytest.raises(Postponed) as caught:
            publisher.reply(self.order())
        assert caught.value.retry_at is not None

    def test_where_nobody_is_nothing_was_posted(self, tmp_path: Path) -> None:
        away = self.connect("http://127.0.0.1:1", tmp_path)
        with pytest.raises(Postponed):
            away.reply(self.order())
        away.close()

    def test_taken_but_unanswered_is_unknown_and_then_found(self, publisher: Publisher, server: Scripted) -> None:
        for spoilt in (Say({"x": "x" * 400}, fault="reset"), Say(b"", 504), Say(fault="hang"), Say({}, 200)):
            server.asked.clear()
            self.accept(server, lambda _, say=spoilt: say)  # type: ignore[misc]  # bound now, not later
            order = self.order()
            with pytest.raises(Unknown):
                publisher.reply(order)
            found = publisher.find(order)
            assert found is not None
            assert found.how == "found"
            assert found.post_id
            assert len(self.writes(server)) == 1

    def test_what_was_never_taken_is_not_found(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        assert publisher.find(self.order()) is None
        assert self.taken(server) == []

    def test_another_reply_of_ours_is_not_taken_for_this_one(self, publisher: Publisher, server: Scripted) -> None:
        if self.find_is == "by key":
            return
        self.accept(server)
        publisher.reply(self.order("Something else entirely, about the lantern."))
        assert publisher.find(self.order()) is None

    def test_the_receipt_of_another_reply_is_not_this_one(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        receipt = publisher.reply(order)
        assert publisher.find(replace(order, known=frozenset({receipt.post_id}))) is None
        assert publisher.find(replace(order, known=frozenset({"another"}))) is not None

    def test_a_clock_of_ours_that_is_fast_hides_nothing(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        publisher.reply(order)
        assert publisher.find(replace(order, attempted_at=order.attempted_at + timedelta(minutes=50))) is not None

    def test_where_it_cannot_be_looked_for_it_stays_unknown(self, publisher: Publisher, server: Scripted) -> None:
        for fault in ("broken", "never answers", "a page of HTML", "reset half-way", "null"):
            server.fault = FAULTS[fault][0]
            with pytest.raises(Unknown):
                publisher.find(self.order())
        server.fault = FAULTS["not let in"][0]
        with pytest.raises((Unknown, out.Revoked)):
            publisher.find(self.order())

    def test_the_last_look_comes_after_all_that_is_read_on_an_open_line(
        self, publisher: Publisher, server: Scripted
    ) -> None:
        self.accept(server)
        looks: list[tuple[int, int, bool]] = []

        def look() -> None:
            looks.append((len(server.asked), len(self.writes(server)), server.silent_lines(1)))

        publisher.reply(replace(self.order(), last_look=look))
        assert looks == [(len(server.asked) - 1, 0, True)]
        assert self.writes(server) == server.asked[-1:]
        publisher.find(self.order())
        assert len(looks) == 1

    def test_what_the_last_look_forbids_is_not_written(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        asked: list[str] = []

        def forbid() -> None:
            asked.append("looked")
            raise Overruled("paused by Ana")

        with pytest.raises(Overruled, match=r"^paused by Ana$"):
            publisher.reply(replace(self.order(), last_look=forbid))
        assert asked == ["looked"]
        assert self.writes(server) == []
        assert server.silent_lines(0)  # it has hung up
        publisher.reply(self.order())  # and the next one is not held to it
        assert len(self.writes(server)) == 1

    def test_who_was_frozen_between_looking_and_writing_writes_nothing(
        self, publisher: Publisher, server: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.accept(server)
        slept = [0.0]
        clock = punctual.uptime_s
        monkeypatch.setattr(punctual, "uptime_s", lambda: clock() + slept[0])

        def freeze() -> None:
            slept[0] += punctual.LOOK_HOLDS_S

        with pytest.raises(Postponed):
            publisher.reply(replace(self.order(), last_look=freeze))
        assert self.writes(server) == []

    def test_what_a_colleague_answered_there_is_seen(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        assert publisher.answered(order) is None
        self.said_there(server, "Not to them.", to="others", by="us")
        self.said_there(server, order.text, to="them", by="sol")
        assert publisher.answered(order) is None
        native = self.said_there(server, "Mara, I am on my way with a new valve.", to="them", by="us")
        found = publisher.answered(order)
        assert found is not None
        assert (found.post_id, found.how) == (native, "found")
        assert found.url.startswith(("http://", "https://"))
        assert publisher.answered(replace(order, known=frozenset({native}))) is None
        assert self.writes(server) == []

    def test_our_own_reply_is_known_and_no_colleagues(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        receipt = publisher.reply(order)
        assert publisher.answered(replace(order, known=frozenset({receipt.post_id}))) is None
        found = publisher.answered(order)
        assert found is not None
        assert found.post_id == receipt.post_id

    def test_where_it_cannot_be_told_whether_it_was_answered_nobody_says_no(
        self, publisher: Publisher, server: Scripted
    ) -> None:
        for fault in ("broken", "never answers", "a page of HTML", "reset half-way", "null"):
            server.fault = FAULTS[fault][0]
            with pytest.raises(Unknown):
                publisher.answered(self.order())
        server.fault = FAULTS["not let in"][0]
        with pytest.raises((Unknown, out.Revoked)):
            publisher.answered(self.order())

    def test_no_secret_is_repeated(self, publisher: Publisher, server: Scripted) -> None:
        quoted = {"error": f"bad {SECRET}", "message": f"Bearer {SECRET}", "detail": SECRET, "title": SECRET}
        for status in (400, 401, 403, 422, 500):
            self.accept(server, lambda _, status=status: Say(quoted, status))  # type: ignore[misc]  # bound now
            with pytest.raises(PublishError) as caught:
                publisher.reply(self.order())
            assert SECRET not in str(caught.value)

    def test_a_probe_reads_and_changes_nothing(self, publisher: Publisher, server: Scripted) -> None:
        self.accept(server)
        said = publisher.probe()
        assert said
        assert SECRET not in said
        assert self.writes(server) == []
        server.fault = FAULTS["not let in"][0]
        with pytest.raises(out.Revoked):
            publisher.probe()
        server.fault = FAULTS["broken"][0]
        with pytest.raises(Unknown):
            publisher.probe()

    def test_importing_it_fetches_nothing_and_loads_no_sdk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()  # waiting for a process of the test's own is no adapter asleep
        assert_quiet_import(f"responders.publishers.{self.platform}", self.sdk)
