"""The main job, whole: heard, drafted, approved by a person, on the network once. Real processes, real sockets."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from responders import decide
from responders.__main__ import main
from responders.deliver import deliver_once
from responders.jobs import open_publishers, open_readers
from responders.office import Office
from responders.queue import Seen
from responders.reconcile import reconcile
from responders.settings import read_settings
from tests.plaza_server import PlazaHandle, running_plaza
from tests.running import Warmline, a_folder, until

SETTINGS = """
[brand]
name = "Harbourlight"
[[watches]]
name = "harbourlight"
terms = ["Harbourlight"]
handles = ["harbourlight"]
[listener.sources.plaza]
account = "harbourlight"
base_url = "{plaza}"
every_s = 0.2
[responders]
undo_s = 0
[responders.publishers.plaza]
account = "harbourlight"
base_url = "{plaza}"
timeout_s = 2
[desk]
port = 0
person = "Ana"
"""

SAID = "@harbourlight the dimmer on my Wren buzzes after an hour, is that normal? It’s driving the cat mad"


@pytest.fixture
def plaza() -> Iterator[PlazaHandle]:
    with running_plaza() as plaza:
        yield plaza


@pytest.fixture
def warmline(plaza: PlazaHandle, tmp_path: Path) -> Warmline:
    return a_folder(tmp_path, SETTINGS.format(plaza=plaza.base_url), plaza.environ)


def form(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that leads to `action`, as a browser would send them."""
    (found,) = [one for one in re.findall(r"<form.*?</form>", page, re.S) if action in one]
    return dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', found))


def test_from_heard_to_answered_at_the_desk(plaza: PlazaHandle, warmline: Warmline) -> None:
    post = plaza.post("mira", SAID, followers=80)
    reply = "A buzz after an hour isn’t right for the dimmer.\nWhich bulb is in it? And sorry about the cat 🐈"
    with warmline.running() as daemon, httpx.Client(follow_redirects=True, trust_env=False) as browser:
        assert browser.get(daemon.link).status_code == 200
        (card,) = until(lambda: warmline.json("inbox"), "the mention to be drafted for")
        page = browser.get(f"{daemon.desk}/mentions/{card['mention_id']}").text
        assert "driving the cat mad" in page
        sent = form(page, "/approve") | {"text": reply.replace("\n", "\r\n")}
        answer = browser.post(
            f"{daemon.desk}/mentions/{card['mention_id']}/approve", data=sent, headers={"Origin": daemon.desk}
        )
        assert answer.status_code == 200
        (there,) = until(lambda: plaza.replies_to(post["post_id"]), "the reply to be on the network")
    assert (there["text"], there["author"]["handle"]) == (reply, "harbourlight")
    assert [entry["method"] for entry in plaza.wire_log("POST")] == ["POST"]
    told = warmline.json("show", str(card["mention_id"]))
    assert told["draft"]["state"] == "sent"
    assert told["receipt"]["post_id"] == there["post_id"]
    assert [one["verb"] for one in told["decisions"]] == ["hold", "edit", "approve", "claim", "sent"]


@pytest.mark.parametrize(
    ("fault", "first", "state", "posts"),
    [
        ("accept_then_reset", "unknown", "sent", 1),
        ("accept_then_504", "unknown", "sent", 1),
        ("ok_without_id", "unknown", "sent", 1),
        ("late_answer", "unknown", "sent", 1),
        ("drop_before", "unknown", "unknown", 0),
        ("429_with_reset", "approved", "approved", 0),
        ("429_bare", "approved", "approved", 0),
        ("401", "approved", "approved", 0),
        ("403", "refused", "refused", 0),
    ],
)
def test_whatever_the_network_does_the_reply_is_there_at_most_once(
    plaza: PlazaHandle, warmline: Warmline, monkeypatch: pytest.MonkeyPatch,
    fault: str, first: str, state: str, posts: int,
) -> None:  # fmt: skip
    for name, token in plaza.environ.items():
        monkeypatch.setenv(name, token)
    post = plaza.post("mira", SAID)
    path = warmline.folder / "settings.toml"
    assert CliRunner().invoke(main, ["poll", "--settings", str(path)]).exit_code == 0
    with Office.open(read_settings(path), path) as office:
        (card,), _ = office.inbox.waiting()
        draft = office.queue.get(card.draft_id or 0)
        decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
        publishers, readers = open_publishers(office.settings, path), open_readers(office.settings, path)
        plaza.fault(fault)
        tried = deliver_once(office, publishers, readers)
        assert tried is not None
        assert tried.state == first
        plaza.release()
        reconcile(office, publishers)
        assert deliver_once(office, publishers, readers) is None
        publishers["plaza"].close()
        readers["plaza"].close()
        assert office.queue.get(draft.draft_id).state == state
    assert [reply["text"] for reply in plaza.replies_to(post["post_id"])] == [draft.text] * posts
    assert len(plaza.wire_log("POST")) == 1


def test_listening_alone_hears_and_needs_no_way_to_write(plaza: PlazaHandle, tmp_path: Path) -> None:
    plaza.post("mira", SAID)
    environ = {"WARMLINE_PLAZA_READ_TOKEN": plaza.read_token}
    warmline = a_folder(tmp_path, SETTINGS.format(plaza=plaza.base_url), environ)
    command = [sys.executable, "-m", "listener"]
    with (tmp_path / "listener.log").open("w+") as log:
        listening = subprocess.Popen(command, cwd=tmp_path, env=warmline.environment(), stderr=log)
        try:
            until(lambda: "1 new" in (tmp_path / "listener.log").read_text(), "the mention to be heard")
            listening.send_signal(signal.SIGTERM)
            assert listening.wait(20) == 0
        finally:
            listening.kill()
            listening.wait()
    assert plaza.wire_log("POST") == []


def test_the_daemon_finishes_its_work_on_sigterm_and_goes_on_where_it_was(
    plaza: PlazaHandle, warmline: Warmline
) -> None:
    for number in range(60):
        plaza.post(f"person{number}", f"@harbourlight question number {number}: does the Wren dim?")
    with warmline.running():
        until(lambda: warmline.json("inbox"), "the first drafts")
    with warmline.running():
        until(lambda: len(warmline.json("inbox", "--limit", "100")) == 60, "everybody to be drafted for")
    assert warmline.json("poll")[0]["new"] == 0


def test_a_port_in_use_is_said_in_one_line(plaza: PlazaHandle, warmline: Warmline) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = warmline("run", "--port", str(port), expect=1)
    assert said.startswith(f"Error: the desk cannot listen at 127.0.0.1:{port}: Address already in use")
    assert len(said.strip().splitlines()) == 1
