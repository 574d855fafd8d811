"""`warmline doctor`: one line for each thing that is missing or broken, with the fix, and nothing is changed."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from listener import sources
from listener.archive.connect import connect
from listener.archive.record import Recorder
from listener.archive.schema import migrations as listener_migrations
from listener.mention import Batch, Unreadable
from listener.source import OutOfCredits, RateLimited, Revoked, Unavailable
from responders import publisher, publishers
from responders.controls import Controls
from responders.doctor.finding import Check, Finding, look_everywhere
from responders.doctor.platforms import access
from responders.schema import migrations as responders_migrations
from tests.servers.scripted import Say, Scripted, scripted
from tests.smtp_server import PASSWORD, USER, smtp_server

Run = Callable[..., Result]
NOW = datetime.now(UTC)
PLAZA = """
[listener.sources.plaza]
account = "harbourlight"
base_url = "{url}"
timeout_s = 0.4
[responders.publishers.plaza]
account = "harbourlight"
base_url = "{url}"
timeout_s = 0.4
"""


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def house(settings: Path, free_port: int) -> Path:
    """Settings in which all is well: a desk's port that is free, and a database that is up to date."""
    settings.write_text(settings.read_text().replace("[desk]", f"[desk]\nport = {free_port}"))
    connect(settings.parent / "warmline.db", [listener_migrations, responders_migrations]).close()
    return settings


@pytest.fixture
def examined(warmline: Run) -> Callable[..., dict[str, Any]]:
    """What doctor says, by what it is about and the bank: the first line of each."""

    def run(expect: int = 0) -> dict[str, Any]:
        told = json.loads(warmline("doctor", "--json", expect=expect).stdout)
        assert told["well"] is (expect == 0)
        found: dict[str, Any] = {}
        for one in told["findings"]:
            found.setdefault(f"{one['about']} {one['bank']}".strip(), one)
        return found

    return run


def add(settings: Path, more: str) -> None:
    settings.write_text(settings.read_text() + more)


def plaza_up(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("READ", "WRITE"):
        monkeypatch.setenv(f"WARMLINE_PLAZA_{name}_TOKEN", f"{name.lower()}-token-of-ours")
    server.otherwise = Say({"posts": [], "handle": "harbourlight", "next": None})


def test_without_settings_it_says_how_to_make_them(folder: Path, warmline: Run) -> None:
    said = warmline("doctor", expect=1).stdout
    assert said.startswith("missing  settings")
    assert "warmline init" in said
    (folder / "settings.toml").write_text("[listner]\n")
    assert "did you mean 'listener'" in warmline("doctor", expect=1).stdout


def test_where_all_is_well_it_says_so_and_what_is_not_set_up(
    house: Path, server: Scripted, warmline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plaza_up(server, monkeypatch)
    add(house, PLAZA.format(url=server.url))
    said = warmline("doctor").stdout
    assert "All is well." in said
    assert "let in, as @harbourlight" in said
    last = said.splitlines()[-1]
    assert last.startswith("not set up: ")
    assert "hackernews" in last
    assert "plaza" not in last
    assert "[listener.sources.hackernews]" in warmline("doctor", "--all").stdout


def test_looking_writes_nothing_anywhere(
    house: Path, server: Scripted, warmline: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    plaza_up(server, monkeypatch)
    add(house, PLAZA.format(url=server.url))
    database = house.parent / "warmline.db"
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    warmline("doctor")
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    assert server.asked
    assert server.writes() == []


def test_no_database_is_made_by_looking_for_one(settings: Path, examined: Callable[..., Any], free_port: int) -> None:
    add(settings, f"port = {free_port}\n")
    assert examined()["database"]["mark"] == "note"
    assert not (settings.parent / "warmline.db").exists()


def test_every_platform_has_its_place_on_the_page_that_is_named() -> None:
    page = (Path(__file__).parents[3] / "docs" / "platforms.md").read_text()
    headings = {line[3:].lower().replace(" ", "-") for line in page.splitlines() if line.startswith("## ")}
    places = headings | set(re.findall(r'<a id="([^"]+)"></a>', page))
    named = {
        access(name).rpartition("docs/platforms.md#")[2] for name in {*sources.FILES.names(), *publishers.FILES.names()}
    }
    assert named - places == set()


def test_a_missing_secret_and_a_refused_one(
    house: Path, server: Scripted, examined: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plaza_up(server, monkeypatch)
    add(house, PLAZA.format(url=server.url))
    monkeypatch.delenv("WARMLINE_PLAZA_WRITE_TOKEN")
    server.fault = Say({"error": "no such token read-token-of-ours"}, 401)
    found = examined(expect=1)
    hear, answer = found["plaza hear"], found["plaza answer"]
    assert hear["mark"] == "broken"
    assert "docs/platforms.md#plaza" in hear["fix"]
    assert "read-token-of-ours" not in json.dumps(found)
    assert answer["mark"] == "missing"
    assert "WARMLINE_PLAZA_WRITE_TOKEN" in answer["words"]


@pytest.mark.parametrize(
    ("why", "mark", "fix"),
    [
        (Revoked("401"), "broken", "docs/platforms.md#hackernews"),
        (OutOfCredits("402"), "broken", "top up"),
        (Unavailable("silent"), "broken", "try again"),
        (RateLimited("429", NOW), "note", "nothing to mend"),
        (publisher.Revoked("401"), "broken", "docs/platforms.md#hackernews"),
        (publisher.Unknown("silent"), "broken", "try again"),
        (ZeroDivisionError("oh: secret-in-a-message"), "broken", "report"),
    ],
)
def test_each_way_to_fail_has_its_own_fix(
    house: Path, examined: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, why: Exception, mark: str, fix: str
) -> None:
    add(house, "[listener.sources.hackernews]\n")

    def fails(self: object) -> str:
        raise why

    monkeypatch.setattr("listener.sources.hackernews.HackerNews.probe", fails)
    one = examined(expect=0 if mark == "note" else 1)["hackernews hear"]
    assert (one["mark"], fix in one["fix"]) == (mark, True)
    assert "secret-in-a-message" not in one["words"]


def test_one_slow_platform_holds_up_no_other() -> None:
    release, began = threading.Event(), threading.Barrier(3, timeout=5)

    def good() -> list[Finding]:
        began.wait()  # only passes where all three are under way at once
        return [Finding("ok", "good", "let in")]

    def slow() -> list[Finding]:
        began.wait()
        release.wait(10)
        return []

    at = time.monotonic()
    found = look_everywhere([Check("slow", slow, "hear"), Check("good", good), Check("also", good)], patience_s=0.5)
    release.set()
    assert time.monotonic() - at < 4
    assert [(one.mark, one.about) for one in found] == [("broken", "slow"), ("ok", "good"), ("ok", "good")]
    assert "gave no answer" in found[0].words


def test_in_shadow_mode_nothing_that_could_post_is_built(
    house: Path, examined: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(house, '[responders.publishers.bluesky]\nhandle = "acme.example"\n')
    monkeypatch.setattr("responders.publishers.bluesky.connect", lambda settings: pytest.fail("built"))
    found = examined()
    assert found["bluesky answer"]["mark"] == "off"
    assert found["sending"]["mark"] == "note"


def test_what_is_switched_off_is_not_asked(house: Path, examined: Callable[..., Any]) -> None:
    add(house, "[listener.sources.hackernews]\nenabled = false\n")
    assert examined()["hackernews hear"]["mark"] == "off"


def test_the_database_is_looked_through(house: Path, examined: Callable[..., Any]) -> None:
    database = house.parent / "warmline.db"
    database.chmod(0o644)
    assert "whole and up to date" in examined()["database"]["words"]
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    assert examined(expect=1)["database"]["mark"] == "broken"
    database.write_bytes(b"")
    assert "another program" in examined(expect=1)["database"]["words"]


def test_streams_that_fail_are_one_line_a_reason(house: Path, examined: Callable[..., Any], warmline: Run) -> None:
    add(house, "[listener.sources.hackernews]\nbase_url = 'http://127.0.0.1:9'\n")
    database = connect(house.parent / "warmline.db")
    recorder = Recorder(database)
    for stream in ("search:a", "search:b"):
        recorder.failed("hackernews", stream, "revoked", "said 403", None, NOW - timedelta(hours=2))
    recorder.failed("bluesky", "mentions", "revoked", "of a source that is off", None, NOW)
    recorder.record("hackernews", "search:c", [], Batch(unreadable=(Unreadable("{", "no"),)), NOW)
    Controls(database).pause("Ana", "press", NOW)
    database.close()
    told = examined(expect=1)
    said = warmline("doctor", expect=1).stdout
    assert "search:a, search:b could not be heard, last asked 2 hours ago: said 403" in said
    assert said.count("said 403") == 1
    assert "1 that came in could not be read" in said
    assert "paused by Ana: press" in said
    assert "bluesky hear" not in told


def test_a_daemon_that_is_not_running_is_noticed(house: Path, examined: Callable[..., Any]) -> None:
    add(house, "[listener.sources.hackernews]\nbase_url = 'http://127.0.0.1:9'\n")
    assert "no source was listened to yet" in examined(expect=1)["hearing"]["words"]
    database = connect(house.parent / "warmline.db")
    for at, silent in ((NOW - timedelta(hours=5), True), (NOW, False)):
        Recorder(database).record("hackernews", "search:c", [], Batch(), at)
        assert ("hearing" in examined(expect=1)) is silent
    database.close()


def test_a_secret_that_others_can_read(house: Path, examined: Callable[..., Any]) -> None:
    token = house.parent / "token"
    token.write_text("shh")
    token.chmod(0o644)
    add(house, f'[listener.sources.plaza]\nenabled = false\naccount = "a"\ntoken_file = "{token}"\n')
    assert examined(expect=1)["secrets"]["fix"] == f"run chmod 600 {token}"
    token.chmod(0o600)
    examined()


def test_watches_are_looked_at(house: Path, warmline: Run) -> None:
    add(house, '[[watches]]\nname = "tv"\nkind = "topic"\nterms = ["TV"]\n')
    assert "'TV' is short" in warmline("doctor").stdout
    add(house, '[[watches]]\nname = "tv"\nkind = "topic"\nterms = ["telly"]\n')
    assert "more than one watch is called 'tv'" in warmline("doctor").stdout
    house.write_text("[desk]\nport = 0\n")
    assert "there is no watch" in warmline("doctor", expect=1).stdout


def test_rules_are_read_and_their_alerts_reach_somebody(
    house: Path, examined: Callable[..., Any], warmline: Run
) -> None:
    assert "rules" not in examined()
    warmline("rules", "add", "Press", "--when", "press", "--alert", "--live")
    ring = examined()["rules"]
    assert (ring["mark"], ring["words"]) == ("note", "the alerts of Press are shown at the desk only")
    db = connect(house.parent / "warmline.db", [listener_migrations, responders_migrations])
    db.execute("UPDATE rules SET condition = 'colour:red', alert = 0")
    db.close()
    broken = examined(expect=1)["rules"]
    assert broken["words"].startswith("“Press” is passed over: there is no field colour:")


def test_the_desks_port_is_free_or_ours_or_in_the_way(
    house: Path, examined: Callable[..., Any], server: Scripted
) -> None:
    assert "is free" in examined()["desk"]["words"]
    port = server.url.rpartition(":")[2]
    house.write_text(house.read_text().replace("port = ", f"port = {port} # "))
    assert examined(expect=1)["desk"]["mark"] == "broken"
    server.otherwise = Say(b"<title>Sign in \xc2\xb7 Warmline</title>", 401)
    assert "open at" in examined()["desk"]["words"]


def test_a_template_that_cannot_be_read(house: Path, examined: Callable[..., Any]) -> None:
    mine = house.parent / "mine/replies/help"
    mine.mkdir(parents=True)
    (mine / "broken.txt").write_text("{{ nothing of the kind")
    house.write_text(house.read_text().replace("undo_s = 0", 'undo_s = 0\ntemplates = "mine"'))
    assert examined(expect=1)["templates"]["mark"] == "broken"


def test_a_letter_that_cannot_be_read_and_pages_that_are_not_used(house: Path, examined: Callable[..., Any]) -> None:
    mine = house.parent / "mine"
    (mine / "desk").mkdir(parents=True)
    (mine / "digest").mkdir()
    house.write_text(house.read_text().replace("undo_s = 0", 'undo_s = 0\ntemplates = "mine"'))
    assert examined()["templates"]["words"] == "mine/desk is not used"
    (mine / "desk").rmdir()
    assert examined()["templates"]["words"] == "all replies and the letter can be read, with yours from mine"
    (mine / "digest/week.txt").write_text("{{ 'x' * 10 ** 9 }}{% if %}")
    told = examined(expect=1)["templates"]
    assert (told["mark"], "week.txt, line 1" in told["words"]) == ("broken", True)


def test_the_mail_server_is_greeted_and_given_nothing(
    house: Path, examined: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WARMLINE_SMTP_PASSWORD", PASSWORD)
    with smtp_server(tmp_path) as mail:
        add(
            house,
            f"""
[digest]
recipients = ["ana@acme.example"]
[digest.mail]
host = "127.0.0.1"
port = {mail.port}
username = "{USER}"
sender = "post@acme.example"
ca_file = "{mail.ca_file}"
timeout_s = 3
""",
        )
        assert "takes our mail" in examined()["mail"]["words"]
        assert (mail.inbox.logins, mail.inbox.taken) == (1, [])
        monkeypatch.setenv("WARMLINE_SMTP_PASSWORD", "another one entirely")
        wrong = examined(expect=1)["mail"]
        assert wrong["mark"] == "broken"
        assert "another one entirely" not in json.dumps(wrong)
    assert examined(expect=1)["mail"]["mark"] == "broken"


def test_every_platform_can_tell_how_to_be_let_in() -> None:
    from listener import sources

    assert all(len(access(name)) > 30 for name in sources.FILES.names())


def test_a_platform_that_is_answered_must_be_listened_to(house: Path, examined: Callable[..., Any]) -> None:
    add(house, '[responders.publishers.bluesky]\nhandle = "acme.example"\n')
    house.write_text(house.read_text().replace("[responders]", '[responders]\nmode = "live"', 1))
    finding = examined(expect=1)["bluesky answer"]
    assert finding["mark"] == "missing"
    assert "[listener.sources.bluesky]" in finding["fix"]
