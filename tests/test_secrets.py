"""Every secret is a canary: whatever fails, and however a server throws it back, none is found where it may not be.

All sources, all publishers, mail and the plaza with a distinct secret each, against servers that echo what they are
asked, with every library's own logging turned up: looked for in logs, output, pages, exports, and the database's bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import shutil
import stat
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from listener import sources
from listener.log import OneLine
from listener.mention import Author, Mention
from responders import publishers
from responders.__main__ import main
from responders.office import Office
from responders.publisher import Order
from responders.settings import read_settings
from tests.echo_server import MODES, Echo, echoing
from tests.echo_server import echoing_lines as lines
from tests.figures import record_figure
from tests.responders.desk.seeded import Visitor

VARIABLES = (
    "WARMLINE_BLUESKY_READ_PASSWORD", "WARMLINE_BLUESKY_WRITE_PASSWORD", "WARMLINE_DISCOURSE_READ_TOKEN",
    "WARMLINE_DISCOURSE_WRITE_TOKEN", "WARMLINE_GITHUB_READ_TOKEN", "WARMLINE_GITHUB_WRITE_TOKEN",
    "WARMLINE_LEMMY_READ_TOKEN", "WARMLINE_LEMMY_WRITE_TOKEN", "WARMLINE_MAILBOX_PASSWORD",
    "WARMLINE_MASTODON_READ_TOKEN", "WARMLINE_MASTODON_WRITE_TOKEN", "WARMLINE_PLAZA_READ_TOKEN",
    "WARMLINE_PLAZA_WRITE_TOKEN", "WARMLINE_REDDIT_CLIENT_SECRET", "WARMLINE_REDDIT_REFRESH_TOKEN",
    "WARMLINE_REDDIT_WRITE_CLIENT_SECRET", "WARMLINE_REDDIT_WRITE_REFRESH_TOKEN", "WARMLINE_SMTP_PASSWORD",
    "WARMLINE_STACKEXCHANGE_READ_TOKEN", "WARMLINE_X_BEARER_TOKEN", "WARMLINE_X_WRITE_ACCESS_SECRET",
    "WARMLINE_X_WRITE_ACCESS_TOKEN", "WARMLINE_X_WRITE_API_KEY", "WARMLINE_X_WRITE_API_SECRET",
    "WARMLINE_YOUTUBE_READ_TOKEN",
)  # fmt: skip
# What a login gives us is as secret as what we show for it.
GIVEN = ("bluesky access", "bluesky refresh", "reddit access")


def canary(name: str) -> str:
    """A secret of its own for each name, with what must be escaped in an address (a `+`, a `/`) in it."""
    return f"{hashlib.sha256(name.encode()).hexdigest()[:24]}+/{hashlib.sha256(name[::-1].encode()).hexdigest()[:24]}"


LOGINS: Mapping[str, object] = {
    "/xrpc/com.atproto.server.createSession": {
        "did": "did:plc:acme", "handle": "acme.example", "accessJwt": canary("bluesky access"),
        "refreshJwt": canary("bluesky refresh"), "active": True,
    },
    "/api/v1/access_token": {"access_token": canary("reddit access"), "token_type": "bearer", "expires_in": 3600,
                             "scope": "identity read history submit privatemessages"},
}  # fmt: skip


def traces(name: str) -> dict[str, str]:
    """The ways in which a secret shows itself: whole, in part, escaped, or packed for a login."""
    secret = canary(name)
    packed = {f"base64 {at}": base64.b64encode(b"x" * at + secret.encode()).decode()[4:40] for at in range(3)}
    return {
        "whole": secret, "beginning": secret[:16], "end": secret[-16:], "escaped": quote(secret, safe="")[:30], **packed
    }  # fmt: skip


def found_in(text: str) -> set[str]:
    return {f"{name} ({how})" for name in (*VARIABLES, *GIVEN) for how, trace in traces(name).items() if trace in text}


SETTINGS = """
[brand]
name = "Acme"
[[watches]]
name = "acme"
terms = ["Acme"]
handles = ["acme", "acme.example"]
[listener.sources.bluesky]
base_url = "{at}"
public_url = "{at}"
jetstream = false
handle = "acme.example"
session_file = "{folder}/read.json"
[listener.sources.discourse]
base_url = "{at}"
account = "acme"
[listener.sources.feed]
base_url = "{at}"
urls = ["/feed"]
private_hosts = ["{host}"]
[listener.sources.github]
base_url = "{at}"
account = "acme"
repositories = ["acme/lamp"]
[listener.sources.hackernews]
base_url = "{at}"
[listener.sources.lemmy]
base_url = "{at}"
account = "acme"
[listener.sources.mailbox]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "alerts"
[listener.sources.mastodon]
base_url = "{at}"
handle = "acme@acme.example"
hashtags = ["acme"]
[listener.sources.plaza]
base_url = "{at}"
account = "acme"
[listener.sources.reddit]
base_url = "{at}"
login_url = "{at}"
approved_on = 2026-05-03
approved_as = "our own brand"
client_id = "acme-id"
user_agent = "linux:com.example.acme:v1 (by /u/acme)"
username = "acme"
subreddits = ["lamps"]
[listener.sources.stackexchange]
base_url = "{at}"
[listener.sources.x]
base_url = "{at}"
account = "acme"
[listener.sources.youtube]
base_url = "{at}"
channels = ["UCacme"]
[responders]
mode = "live"
undo_s = 0
[responders.publishers.bluesky]
base_url = "{at}"
handle = "acme.example"
session_file = "{folder}/write.json"
[responders.publishers.discourse]
base_url = "{at}"
account = "acme"
[responders.publishers.github]
base_url = "{at}"
account = "acme"
[responders.publishers.lemmy]
base_url = "{at}"
account = "acme"
[responders.publishers.mastodon]
base_url = "{at}"
handle = "acme@acme.example"
[responders.publishers.plaza]
base_url = "{at}"
account = "acme"
[responders.publishers.reddit]
base_url = "{at}"
login_url = "{at}"
approved_on = 2026-05-03
approved_as = "our own brand"
client_id = "acme-id"
user_agent = "linux:com.example.acme:v1 (by /u/acme)"
username = "acme"
subreddits = ["lamps"]
[responders.publishers.x]
base_url = "{at}"
account = "acme"
[desk]
person = "Ana"
[digest]
recipients = ["ana@acme.example"]
[digest.mail]
host = "127.0.0.1"
port = {smtp}
security = "none"
username = "post"
sender = "post@acme.example"
"""

# A post of each platform to answer to, as its own source writes it.
PARENTS: Mapping[str, dict[str, Any]] = {
    "bluesky": {"post_id": "at://did:plc:mira/app.bsky.feed.post/3l6oveex3ii2l", "extra": {"cid": "bafyreia"}},
    "discourse": {"post_id": "7", "thread_id": "3", "extra": {"id": "7", "topic_id": "3", "post_number": "1"}},
    "github": {"post_id": "acme/lamp#4:41", "thread_id": "acme/lamp#4"},
    "lemmy": {"post_id": "https://lemmy.example/comment/1", "extra": {"kind": "comment", "local_id": "1"}},
    "mastodon": {"post_id": "1", "extra": {"visibility": "public"}},
    "plaza": {"post_id": "p1"},
    "reddit": {"post_id": "t1_abc", "extra": {"community": "lamps"}},
    "x": {"post_id": "1"},
}


@pytest.fixture
def echo() -> Iterator[Echo]:
    with echoing(LOGINS) as echo:
        yield echo


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that anybody logs, at the lowest level, in the form in which Warmline logs it."""
    log = io.StringIO()
    log_to = logging.StreamHandler(log)
    log_to.setFormatter(OneLine([canary(name) for name in VARIABLES]))
    root, set_level = logging.getLogger(), logging.Logger.setLevel
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setattr(logging.Logger, "setLevel", lambda self, level: set_level(self, logging.DEBUG))
    root.addHandler(log_to)
    before = root.level
    set_level(root, logging.DEBUG)
    yield log
    root.removeHandler(log_to)
    set_level(root, before)


@pytest.fixture
def folder(tmp_path: Path, echo: Echo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with everything set up, and each secret in its variable."""
    for name in VARIABLES:
        monkeypatch.setenv(name, canary(name))
    monkeypatch.chdir(tmp_path)
    with lines("* OK hello", echo.shown, smtp=False) as imap, lines("220 hello", echo.shown, smtp=True) as smtp:
        host = echo.url.removeprefix("http://")
        known = {"at": echo.url, "host": host, "folder": tmp_path, "imap": imap, "smtp": smtp}
        (tmp_path / "settings.toml").write_text(SETTINGS.format(**known), encoding="utf-8")
        yield tmp_path


def test_all_variables_are_canaries() -> None:
    import re

    root = Path(__file__).parent.parent
    named = {
        name
        for room in ("listener", "responders")
        for path in (root / room).rglob("*.py")
        for name in re.findall(r"WARMLINE_[A-Z_]+(?:TOKEN|PASSWORD|SECRET|KEY)\b", path.read_text(encoding="utf-8"))
    }
    assert named - set(VARIABLES) - {"WARMLINE_PLAZA_CONTROL_TOKEN"} == set()


def test_all_platforms_are_in_it(folder: Path) -> None:
    settings = read_settings(folder / "settings.toml")
    assert set(settings.listener.sources) == set(sources.FILES.names())
    assert set(settings.responders.publishers) == set(publishers.FILES.names()) == set(PARENTS)


AFTERWARDS = """
deliver
digest --send
digest
inbox --json
show 1 --json
costs
export --jsonl
export
judgement
triage
link https://x.com/a/status/1
link https://reddit.com/comments/abc
link https://bsky.app/profile/a.example/post/1
audit --json
audit verify
backup backup.db
""".strip().splitlines()


@pytest.mark.contract
def test_no_secret_is_found_where_it_may_not_be(folder: Path, echo: Echo, loud: io.StringIO) -> None:
    seen: dict[str, str] = {}
    rows = folder / "rows.jsonl"
    rows.write_text('{"text": "Acme is down", "posted_at": "2026-01-01"}\n', encoding="utf-8")
    told("import", "rows.jsonl")
    for mode in MODES:
        echo.mode = mode
        for words in (("poll",), ("doctor", "--json")):
            seen[f"{mode}: {' '.join(words)}"] = told(*words)
        seen[f"{mode}: answering"] = "\n".join(answers(folder))
        for file in ("read.json", "write.json"):
            with suppress(FileNotFoundError):
                assert stat.S_IMODE((folder / file).stat().st_mode) == 0o600
    for line in AFTERWARDS:
        words = line.split()
        seen[" ".join(words)] = told(*words)
    seen["the log"] = loud.getvalue()
    assert len(seen["the log"]) > 10_000
    # Each was shown to a server: else there would have been nothing to find. Two of X's only ever sign, and Bluesky's
    # refresh token waits in its file for the day when it is needed.
    shown = {hit.partition(" (")[0] for hit in found_in("\n".join(echo.shown))}
    unshown = {"WARMLINE_X_WRITE_ACCESS_SECRET", "WARMLINE_X_WRITE_API_SECRET", "bluesky refresh"}
    assert {*VARIABLES, *GIVEN} - shown == unshown
    seen |= pages(folder) | files(folder)
    found = {where: sorted(hits) for where, text in seen.items() if (hits := found_in(text))}
    assert found == {}
    canaries, failures = len(VARIABLES) + len(GIVEN), len(MODES)
    record_figure(f"secrets: {canaries} canaries, {failures} ways to fail, {len(seen)} places looked at: 0 found")


def told(*words: str) -> str:
    """What a command prints, and the traceback of what it did not foresee."""
    result = CliRunner().invoke(main, list(words))
    trace = "".join(traceback.format_exception(result.exception)) if result.exception else ""
    assert result.exception is None or isinstance(result.exception, SystemExit), trace
    return result.output + trace


def answers(folder: Path) -> Iterator[str]:
    """All that each publisher says of its failures: the message, and the whole traceback with its causes."""
    settings = read_settings(folder / "settings.toml")
    now = datetime.now(UTC)
    for name, part in settings.responders.publishers.items():
        who = Author(name, "did:plc:mira", "mira.example")
        parent = Mention(name, author=who, text="Acme?", posted_at=now, to_us=True, **PARENTS[name])
        order = Order(parent, "Here is why, Mira.", publishers.fix(name, parent, now), now, now - timedelta(minutes=1))
        own = publishers.FILES.settings_for(name, part, folder / "settings.toml")
        with closing(publishers.connect(name, own, live=True)) as publisher:
            for act in (
                publisher.probe,
                partial(publisher.reply, order),
                partial(publisher.find, order),
                partial(publisher.answered, order),
            ):
                yield from _whole_failure(act)


def _whole_failure(act: Callable[[], object]) -> Iterator[str]:
    try:
        yield repr(act())
    except Exception as why:  # noqa: BLE001 - whatever it is, it is looked at
        yield f"{why!r} {why} {getattr(why, '__notes__', '')}"
        yield "".join(traceback.format_exception(why))


def pages(folder: Path) -> dict[str, str]:
    settings = read_settings(folder / "settings.toml")
    with Office.open(settings, folder / "settings.toml") as office:
        visitor = Visitor(office)
        paths = ("/", "/listening", "/mentions/1", "/aside", "/judgement", "/rules", "/watches", "/link", "/nowhere")
        return {f"page {path}": visitor.web.get(path).text for path in paths}


def files(folder: Path) -> dict[str, str]:
    """Every byte that is left in the folder (the database, its log, a copy of both), but for the sessions."""
    (folder / "copy").mkdir()
    for path in folder.glob("warmline.db*"):
        shutil.copy(path, folder / "copy")
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name not in ("read.json", "write.json")]
    return {f"file {path.relative_to(folder)}": path.read_bytes().decode("latin-1") for path in kept}
