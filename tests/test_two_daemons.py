"""Two daemons, two desks and the command line on one database: what was approved goes out once, or not at all.

Real processes, real sockets, real signals: one is stopped or killed in the middle of an attempt to send.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from listener.archive.connect import writing
from responders import decide
from responders.draft import Draft, State
from responders.office import Office
from responders.queue import Seen
from responders.settings import read_settings
from tests.figures import record_figure
from tests.plaza_server import PlazaHandle, running_plaza
from tests.running import Daemon, Warmline, a_folder, until
from tests.test_river import SETTINGS, form

pytestmark = [pytest.mark.network, pytest.mark.xdist_group("two daemons")]
REPLY = "A buzz isn’t right for the dimmer, number {}. Which bulb is in it?"
_ALL_ENDED = "SELECT min(ended_at IS NOT NULL) FROM attempts"
SHORT_LEASE_S = 3.0  # what an attempt may take here: the first is relieved while the test waits


@pytest.fixture
def plaza() -> Iterator[PlazaHandle]:
    with running_plaza() as plaza:
        yield plaza


@pytest.fixture
def warmline(plaza: PlazaHandle, tmp_path: Path) -> Warmline:
    return a_folder(tmp_path, SETTINGS.format(plaza=plaza.base_url), plaza.environ)


@contextmanager
def two_daemons(warmline: Warmline, lease_s: float = 180.0) -> Iterator[list[httpx.Client]]:
    """Two on one folder, each with a desk of its own, and a person signed in there."""
    environ = {**warmline.environ, "LEASE_S": f"{lease_s}"}
    first = replace(warmline, environ=environ, module="tests.halting", log="first.log")
    second = replace(first, log="second.log")
    with first.running() as one, second.running() as other, a_browser(one) as here, a_browser(other) as there:
        yield [here, there]


@contextmanager
def an_office(warmline: Warmline) -> Iterator[Office]:
    """The database as a third process sees it."""
    path = warmline.folder / "settings.toml"
    with Office.open(read_settings(path), path) as office:
        yield office


def heard(plaza: PlazaHandle, warmline: Warmline, how_many: int) -> list[int]:
    """So many people speak to us; the mentions, once all are drafted for."""
    for number in range(how_many):
        plaza.post(f"person{number}", f"@harbourlight my Wren buzzes after {number} hours, is that normal?")

    def all_drafted() -> list[int]:
        cards = warmline.json("inbox", "--limit", "200")
        return [card["mention_id"] for card in cards] if len(cards) == how_many else []

    return until(all_drafted, "everybody to be drafted for")


def approve(office: Office, mention_id: int) -> Draft:
    draft = office.queue.draft_of(mention_id)
    assert draft is not None
    return decide.approve(
        office, draft.draft_id, Seen(draft.revision, draft.text_sha256), REPLY.format(mention_id), "Ben"
    )


@contextmanager
def a_browser(daemon: Daemon) -> Iterator[httpx.Client]:
    headers = {"Origin": daemon.desk}
    with httpx.Client(base_url=daemon.desk, headers=headers, follow_redirects=True, trust_env=False) as browser:
        assert browser.get(daemon.link).status_code == 200
        yield browser


def at_the_desk(browser: httpx.Client) -> Callable[[int], None]:
    """A person who approves there."""

    def approves(mention_id: int) -> None:
        page = browser.get(f"/mentions/{mention_id}").text
        sent = form(page, "/approve") | {"text": REPLY.format(mention_id)}
        assert browser.post(f"/mentions/{mention_id}/approve", data=sent).status_code == 200

    return approves


def arrived(plaza: PlazaHandle) -> Counter[str]:
    """How often each text arrived on the wire, whatever became of it."""
    return Counter(json.loads(entry["body"])["text"] for entry in plaza.wire_log("POST"))


def locks(warmline: Warmline) -> list[str]:
    return [file.name for file in warmline.folder.glob("*.sending-*")]


def test_approved_at_two_desks_and_on_the_command_line_all_go_out_once(plaza: PlazaHandle, warmline: Warmline) -> None:
    with two_daemons(warmline) as browsers:
        mentions = heard(plaza, warmline, 18)

        def typed(mention_id: int) -> None:
            warmline("edit", str(mention_id), "--text", REPLY.format(mention_id))
            warmline("approve", str(mention_id), "--yes")
            warmline("deliver")

        shares = (
            (typed, mentions[:2]),
            (at_the_desk(browsers[0]), mentions[2:10]),
            (at_the_desk(browsers[1]), mentions[10:]),
        )
        with ThreadPoolExecutor(3) as people:
            for part in [people.submit(lambda way=way, some=some: [*map(way, some)]) for way, some in shares]:
                part.result()
        until(lambda: len(arrived(plaza)) == len(mentions), "every reply to be on the network")
        assert warmline("audit", "verify")
    assert arrived(plaza) == Counter(REPLY.format(one) for one in mentions)
    assert locks(warmline) == []


@pytest.fixture
def stopped(plaza: PlazaHandle, warmline: Warmline) -> Callable[[str], tuple[int, list[int]]]:
    """Have whichever daemon sends first stop or die at this place; its process, and the mentions approved."""

    def stop(where: str) -> tuple[int, list[int]]:
        mentions = heard(plaza, warmline, 2)
        (warmline.folder / "halt").write_text(where)
        with an_office(warmline) as office:
            for mention_id in mentions:
                approve(office, mention_id)
        halted = warmline.folder / "halted"
        until(halted.exists, "one to begin to send")
        process = int(halted.read_text())
        if where.endswith("STOP"):
            # Nobody could relieve one who stood still in the middle of writing to the database itself.
            with an_office(warmline) as office, writing(office.db):
                os.kill(process, signal.SIGSTOP)
                os.waitpid(process, os.WUNTRACED)
        return process, mentions

    return stop


def wake(warmline: Warmline, process: int) -> None:
    (warmline.folder / "go").touch()
    os.kill(process, signal.SIGCONT)


def state(office: Office, mention_id: int) -> State | None:
    draft = office.queue.draft_of(mention_id)
    return draft and draft.state


def test_one_stopped_before_its_last_look_is_relieved_and_writes_nothing_when_it_wakes(
    plaza: PlazaHandle, warmline: Warmline, stopped: Callable[[str], tuple[int, list[int]]]
) -> None:
    with two_daemons(warmline, SHORT_LEASE_S):
        process, (first, second) = stopped("before STOP")
        with an_office(warmline) as office:
            (held,) = (one for one in (first, second) if state(office, one) is State.SENDING)
            other = first + second - held
            until(lambda: state(office, other) is State.SENT, "the other daemon to take over")
            warmline("deliver")
            assert state(office, held) is State.UNKNOWN
            assert f"end process {process} first" in warmline("settle", str(held), "--again", expect=1)
            assert arrived(plaza) == {REPLY.format(other): 1}
            wake(warmline, process)
            until(lambda: state(office, held) is State.SENT, "it to be sent after all, by an attempt of its own")
            verbs = [row["verb"] for row in warmline.json("show", str(held))["decisions"]]
        assert verbs[-5:] == ["claim", "deliver", "never sent", "claim", "sent"]
    assert arrived(plaza) == {REPLY.format(one): 1 for one in (first, second)}
    assert locks(warmline) == []


def test_one_stopped_after_its_last_look_writes_once_or_never_and_nobody_else_does(
    plaza: PlazaHandle, warmline: Warmline, stopped: Callable[[str], tuple[int, list[int]]]
) -> None:
    """No look can be the last in time; what it can't see, the lock can: nobody sends again what it may still send."""
    with two_daemons(warmline, SHORT_LEASE_S):
        process, (first, second) = stopped("after STOP")
        with an_office(warmline) as office:
            (held,) = (one for one in (first, second) if state(office, one) is State.SENDING)
            until(lambda: state(office, first + second - held) is State.SENT, "the other daemon to take over")
            warmline("deliver")
            assert f"end process {process} first" in warmline("settle", str(held), "--again", expect=1)
            wake(warmline, process)
            until(lambda: office.db.execute(_ALL_ENDED).fetchone() == (1,), "its attempt to end")
            # Its connection may not have lived as long as it stood still: then nothing was written, and that is known.
            ended = state(office, held)
        assert warmline("audit", "verify")
    posts = arrived(plaza)
    assert posts[REPLY.format(first + second - held)] == 1
    assert (ended, posts[REPLY.format(held)]) in ((State.SENT, 1), (State.APPROVED, 0), (State.UNKNOWN, 1))
    assert locks(warmline) == []


def test_one_killed_in_the_middle_is_relieved_at_once(
    plaza: PlazaHandle, warmline: Warmline, stopped: Callable[[str], tuple[int, list[int]]]
) -> None:
    with two_daemons(warmline, lease_s=180):
        _, (first, second) = stopped("before KILL")
        died = time.monotonic()
        with an_office(warmline) as office:
            until(lambda: State.SENT in (state(office, first), state(office, second)), "the other to go on", 20)
            relieved_s = time.monotonic() - died
            warmline("deliver")
            assert {state(office, first), state(office, second)} == {State.SENT, State.UNKNOWN}
            (lost,) = (one for one in (first, second) if state(office, one) is State.UNKNOWN)
            # As it is after two looks, a minute apart.
            office.db.execute("UPDATE drafts SET looks = 2 WHERE mention_id = ?", [lost])
            office.db.conn.commit()
            warmline("settle", str(lost), "--again")
            until(lambda: state(office, lost) is State.SENT, "it to be sent by a person's word")
    assert arrived(plaza) == {REPLY.format(one): 1 for one in (first, second)}
    assert locks(warmline) == []
    assert relieved_s < 10
    record_figure(f"two daemons: one killed in the middle of sending was relieved after {relieved_s:.1f} s")


def test_a_pause_takes_effect_within_a_second_and_holds_over_restarts_and_is_said_everywhere(
    plaza: PlazaHandle, warmline: Warmline
) -> None:
    after = {}
    with two_daemons(warmline) as desks:
        mentions = heard(plaza, warmline, 60)
        for way, some in (("command line", mentions[:30]), ("desk", mentions[30:])):
            plaza.fault("late_answer", times=100, seconds=0.25)  # so that it takes seconds to send them all
            before = len(arrived(plaza))
            with an_office(warmline) as office:
                for mention_id in some:
                    approve(office, mention_id)
            until(lambda before=before: len(arrived(plaza)) > before + 3, "sending to be under way")
            paused_at = pause(warmline, desks[1], way)
            last = max(datetime.fromisoformat(entry["at"]).timestamp() for entry in plaza.wire_log("POST"))
            after[way] = last - paused_at
            written = len(arrived(plaza))
            said_everywhere(warmline, desks)
            assert len(arrived(plaza)) == written, "nothing goes out while it is paused"
            if way == "command line":
                plaza.clear()
                warmline("resume")
                until(lambda: len(arrived(plaza)) == 30, "the rest to go out")
    assert len(arrived(plaza)) < 60, "the pause came too late to show anything"
    with two_daemons(warmline) as desks:
        said_everywhere(warmline, desks)
        assert len(arrived(plaza)) == written
        plaza.clear()
        warmline("resume")
        until(lambda: len(arrived(plaza)) == 60, "the rest to go out")
    assert set(arrived(plaza).values()) == {1}
    assert max(after.values()) < 1, after
    shown = ", ".join(f"{max(late, 0) * 1000:.0f} ms after it was said at the {way}" for way, late in after.items())
    record_figure(f"pause, with two daemons sending: the last write came {shown}")


def pause(warmline: Warmline, desk: httpx.Client, way: str) -> float:
    """Pause all sending; when it was said to have been done."""
    if way == "command line":
        warmline("pause", "press", "call")
    else:
        page = desk.get("/listening").text
        assert desk.post("/pause", data=form(page, "/pause")).status_code == 200
    return time.time()


def said_everywhere(warmline: Warmline, desks: list[httpx.Client]) -> None:
    assert "Sending is paused" in warmline("inbox")
    assert "Sending is paused" in warmline("deliver")
    assert "paused" in warmline("doctor")
    for desk in desks:
        for page in ("/", "/listening", "/answered", "/search"):
            assert "Nothing goes out until someone resumes it" in desk.get(page).text, page
