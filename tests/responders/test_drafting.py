"""What is drafted where: nothing that could never be sent, and on each platform what reaches its author."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.mention import Author, Batch, Mention
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from responders import decide
from responders.draft import Draft, State
from responders.drafting import draft_new
from responders.limits import limit_for
from responders.office import Office
from responders.permission import rules
from responders.queue import NotPossible, Seen
from responders.rendering import started
from responders.rendering.renderer import SHARED
from responders.settings import Settings
from tests.builders import Clock, a_mention, an_office, some_settings
from tests.fakes import FakeSource

THANKS = "@harbourlight my daughter reads under the Wren every night, thank you for it"
OTHER_THANKS = "@harbourlight thank you for the spare bulb that came with my Heron lamp"


@pytest.fixture
def live(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """An office that may post on many platforms."""
    reddit = {"approved_on": "2026-05-03", "subreddits": ["lamps"]}
    on = {"x": {}, "mastodon": {}, "reddit": reddit, "stackexchange": {}}
    settings = some_settings(mode="live", publishers=on, staff=["ana"], bots=["x:feeder"])
    with an_office(tmp_path, clock, settings) as opened:
        yield opened


@pytest.fixture
def hear(live: Office, vader: Vader) -> Callable[..., int]:
    """Hear one mention on a platform, draft for it, and return its number."""

    def heard(platform: str, handle: str = "mira", *, bot: bool = False, **changes: Any) -> int:
        author = Author(platform, f"id-{handle}", handle, handle.partition("@")[0].title(), bot=bot)
        mention: Mention = a_mention(1, **{"platform": platform, "author": author, "text": THANKS, **changes})
        sifter = Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",))], vader)
        (number,) = Poller(live.db, sifter, live.now).take_in("test", [mention])
        while draft_new(live):
            pass
        return number

    return heard


def of(office: Office, mention_id: int) -> Draft:
    draft = office.queue.draft_of(mention_id)
    assert draft is not None
    return draft


def approve(office: Office, draft: Draft, text: str | None = None) -> Draft:
    return decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), text or draft.text, "Ana")


@pytest.mark.parametrize(
    ("heard", "route"),
    [
        ({"platform": "x"}, "api"),
        ({"platform": "x", "to_us": False}, "by_hand"),
        ({"platform": "reddit", "extra": {"community": "lamps"}}, "api"),
        ({"platform": "reddit", "extra": {"community": "diy"}}, "by_hand"),
        ({"platform": "mastodon", "handle": "mira@talk.example", "extra": {"nobot": "1"}}, "by_hand"),
        ({"platform": "feed", "to_us": False, "url": "https://lamps.example/review"}, "by_hand"),
    ],
)
def test_a_draft_knows_how_it_will_be_posted(
    live: Office, hear: Callable[..., int], heard: dict[str, Any], route: str
) -> None:
    draft = of(live, hear(**heard))
    assert (draft.route, draft.state, bool(draft.text)) == (route, State.HELD, True)
    assert approve(live, draft).state is (State.APPROVED if route == "api" else State.BY_HAND)


@pytest.mark.parametrize(
    ("heard", "rule"),
    [
        ({"platform": "hackernews"}, rules.HACKER_NEWS),
        ({"platform": "link", "url": "https://news.ycombinator.com/item?id=1"}, rules.HACKER_NEWS),
        ({"platform": "x", "bot": True}, rules.SAYS_BOT),
        ({"platform": "x", "handle": "feeder"}, rules.KNOWN_BOT),
        ({"platform": "x", "handle": "Ana"}, rules.STAFF),
        ({"platform": "x", "handle": "harbourlight"}, rules.OURSELVES),
    ],
)
def test_what_could_never_be_sent_is_not_drafted_and_is_kept_with_its_rule(
    live: Office, hear: Callable[..., int], heard: dict[str, Any], rule: Any
) -> None:
    number = hear(**heard)
    assert live.queue.draft_of(number) is None
    assert live.inbox.permission_of(number) == rule
    assert [card.mention_id for card in live.inbox.older()[0]] == [number]
    with pytest.raises(NotPossible):
        decide.write_draft(live, number, "Ana")


def test_where_generated_answers_are_not_wanted_a_person_begins_with_an_empty_box(
    live: Office, hear: Callable[..., int]
) -> None:
    draft = of(live, hear("stackexchange"))
    assert (draft.text, draft.template, draft.evidence, draft.route) == ("", "", (), "by_hand")


def test_on_mastodon_a_draft_begins_with_whom_it_is_for(live: Office, hear: Callable[..., int]) -> None:
    draft = of(live, hear("mastodon", "mira@talk.example"))
    assert draft.text.startswith("@mira@talk.example ")
    assert draft.text.count("@mira@talk.example") == 1
    assert not [problem for problem in decide.problems(live, draft) if problem.blocks or problem.code == "not told"]
    bare = draft.text.removeprefix("@mira@talk.example ")
    assert [problem.code for problem in decide.problems(live, draft, bare)] == ["not told"]
    assert approve(live, draft, bare).text == bare


def test_the_name_and_the_draft_together_are_short_enough(
    live: Office, hear: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []
    monkeypatch.setattr("responders.drafting.compose", lambda *given, **_: limits.append(given[4]))
    hear("mastodon", "mira@talk.example")
    (limit,) = limits
    assert limit.most == limit_for("mastodon").most - len("@mira ")


@pytest.mark.parametrize("platform", ["x", "reddit", "stackexchange"])
def test_elsewhere_an_answer_needs_no_name(live: Office, hear: Callable[..., int], platform: str) -> None:
    assert "@" not in of(live, hear(platform)).text


def test_a_rule_that_changed_since_the_draft_was_made_holds(
    live: Office, hear: Callable[..., int], tmp_path: Path, clock: Clock
) -> None:
    """A subreddit that was taken off the list is answered by hand, whatever its draft was meant for."""
    draft = of(live, hear("reddit", extra={"community": "lamps"}))
    stricter: Settings = some_settings(mode="live", publishers={"reddit": {"approved_on": "2026-05-03"}})
    with an_office(tmp_path, clock, stricter) as office:
        assert approve(office, draft).state is State.BY_HAND


def test_somebody_who_became_one_of_ours_is_not_answered(
    live: Office, hear: Callable[..., int], tmp_path: Path, clock: Clock
) -> None:
    draft = of(live, hear("x"))
    ours_now = some_settings(mode="live", publishers={"x": {}}, staff=["mira"])
    with an_office(tmp_path, clock, ours_now) as office, pytest.raises(NotPossible, match="own people"):
        approve(office, draft)


def test_the_link_of_what_was_posted_must_be_of_that_platform(live: Office, hear: Callable[..., int]) -> None:
    draft = approve(live, of(live, hear("x", to_us=False, url="https://x.com/mira/status/1")))
    for wrong in ("https://talk.example/@us/2", "https://x.com/mira/status/1", "at://did/post/1", "posted"):
        with pytest.raises(NotPossible, match="paste"):
            decide.posted_by_hand(live, draft.draft_id, wrong, "Ana")
    assert decide.posted_by_hand(live, draft.draft_id, "https://x.com/us/status/2", "Ana").state is State.SENT


def test_a_first_connection_drafts_for_the_recent_part_of_its_backlog_alone(
    office: Office, poller: Poller, clock: Clock
) -> None:
    asked = "Harbourlight, may I bring lamp number {} back?"
    backlog = [
        a_mention(day, text=asked.format(day), posted_at=clock() - timedelta(days=day, minutes=1)) for day in range(10)
    ]
    source = FakeSource(mentions=[Batch(tuple(backlog), "one"), Batch((), "two")])
    poller.poll(source)
    while draft_new(office):
        pass
    waiting, _ = office.inbox.waiting(limit=50)
    kept, _ = office.inbox.older(limit=50)
    assert {card.mention_id for card in waiting} == {1, 2}
    assert len(kept) == 8


def test_what_an_outage_kept_from_us_still_calls_for_an_answer(office: Office, poller: Poller, clock: Clock) -> None:
    late = a_mention(1, posted_at=clock() + timedelta(days=1))
    source = FakeSource(mentions=[Batch((), "one"), Batch((late,), "two")])
    poller.poll(source)
    clock.forward(days=8)
    poller.poll(source)
    draft_new(office)
    assert len(office.inbox.waiting()[0]) == 1


def test_a_rendering_child_that_was_killed_costs_nobody_a_draft(hear: Callable[..., int], live: Office) -> None:
    first = of(live, hear("x"))
    child = SHARED._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    second = of(live, hear("x", "jo", post_id="p2", text=OTHER_THANKS))
    assert first.text
    assert second.text
    assert SHARED._child is not child


def test_where_no_child_can_be_started_the_box_is_empty_and_the_mention_waits(
    hear: Callable[..., int], live: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_memory(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    SHARED.close()
    monkeypatch.setattr(started.subprocess, "Popen", no_memory)
    draft = of(live, hear("x"))
    assert (draft.state, draft.text) == (State.HELD, "")
    assert "its child process can't be started" in caplog.text
    monkeypatch.undo()
    assert of(live, hear("x", "jo", post_id="p2", text=OTHER_THANKS)).text
