from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listener.clean import clean_text
from listener.mention import Mention
from listener.rows import UNDATED, BadRow, RowsError, parse_mapping, read_rows
from listener.rows.dates import parse_time


@pytest.fixture
def rows(tmp_path: Path):  # type: ignore[no-untyped-def]  # pytest gives it away as a function
    """Write content to a file and read it back as (mentions, bad rows)."""

    def read(
        content: str | bytes, name: str = "rows.csv", mapping: Mapping[str, str] | None = None
    ) -> tuple[list[Mention], list[BadRow]]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        read = list(read_rows(path, mapping or {}))
        return [row for row in read if isinstance(row, Mention)], [row for row in read if isinstance(row, BadRow)]

    return read


def test_where_no_time_is_needed_one_that_is_missing_or_broken_loses_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,posted_at\nhello,2026-11-23\nhello,soon\nhello,\n", encoding="utf-8")
    assert [row.posted_at for row in read_rows(path, dated=False) if isinstance(row, Mention)] == [
        datetime(2026, 11, 23, tzinfo=UTC), UNDATED, UNDATED,
    ]  # fmt: skip
    path.write_text("text\nhello\n", encoding="utf-8")
    assert [row.text for row in read_rows(path, dated=False) if isinstance(row, Mention)] == ["hello"]


def test_all_columns_arrive_and_the_others_are_kept(rows) -> None:  # type: ignore[no-untyped-def]
    [mention], bad = rows(
        "platform,post_id,author_handle,author_name,author_followers,text,url,posted_at,in_reply_to,thread_id,lang,"
        "likes,reposts,replies,campaign\n"
        'plaza,7,@ana,Ana Lima,"12,400","Hi, you",https://p.example/7,2026-11-23T02:43:00Z,6.0,5,en,3,2.0,,winter\n'
    )
    assert bad == []
    assert (mention.platform, mention.post_id, mention.in_reply_to, mention.thread_id) == ("plaza", "7", "6", "5")
    assert (mention.author.handle, mention.author.name, mention.author.followers) == ("ana", "Ana Lima", 12_400)
    assert (mention.text, mention.url, mention.lang) == ("Hi, you", "https://p.example/7", "en")
    assert (mention.likes, mention.reposts, mention.replies) == (3, 2, None)
    assert mention.posted_at == datetime(2026, 11, 23, 2, 43, tzinfo=UTC)
    assert dict(mention.extra) == {"campaign": "winter"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,posted_at\nhello,2026-11-23\n"),
        ("a.csv", "\ufefftext;posted_at\r\nhello;2026-11-23\r\n"),
        ("a.csv", '"text"\t"posted_at"\n"hello"\t2026-11-23'),
        ("a.tsv", "text\tposted_at\nhello\t2026-11-23\n"),
        ("a.jsonl", '{"text": "hello", "posted_at": "2026-11-23"}\n'),
        ("a.ndjson", '\n{"text": "hello", "posted_at": 1795392000}\n\n'),
        ("a.json", '[\n {"text": "hello", "posted_at": "2026-11-23"}\n]'),
        ("A.CSV", "text,posted_at\nhello,2026-11-23\n"),
    ],
)
def test_every_kind_of_file(rows, name: str, content: str) -> None:  # type: ignore[no-untyped-def]
    [mention], bad = rows(content, name)
    assert (mention.text, mention.posted_at, bad) == ("hello", datetime(2026, 11, 23, tzinfo=UTC), [])


def test_bad_rows_say_where_and_why_and_cost_no_other(rows) -> None:  # type: ignore[no-untyped-def]
    content = (
        b"text,posted_at\n"
        b"one,2026-11-23\n"
        b'"two\nlines",2026-11-23\n'  # lines 3 and 4
        b",2026-11-23\n"
        b"six,\n"
        b"seven,yesterday\n"
        b"\n"
        b"nine \xff,2026-11-23\n"
        b"ten,2026-11-23,too,many\n"
        b"eleven,2026-11-23\n"
    )
    mentions, bad = rows(content)
    assert [mention.text for mention in mentions] == ["one", "two\nlines", "eleven"]
    assert [row.line for row in bad] == [5, 6, 7, 9, 10]
    reasons = [row.reason for row in bad]
    assert reasons[:2] == ["no text", "no posted_at"]
    assert "'yesterday'" in reasons[2]
    assert reasons[3] == "not UTF-8"
    assert "4 columns" in reasons[4]
    assert bad[3].raw == "nine \\udcff,2026-11-23"


def test_a_quote_that_never_closes_costs_one_row(rows) -> None:  # type: ignore[no-untyped-def]
    mentions, bad = rows('text,posted_at\none,2026-11-23\n"two,2026-11-23\nthree,2026-11-23\nfour,2026-11-23\n')
    assert [mention.text for mention in mentions] == ["one", "three", "four"]
    assert [row.line for row in bad] == [3]


def test_two_stray_quotes_do_not_swallow_what_lies_between(rows) -> None:  # type: ignore[no-untyped-def]
    mentions, bad = rows('text,posted_at\n"one,2026-11-23\ntwo,2026-11-23\n"three,2026-11-23\nfour,2026-11-23\n')
    assert [mention.text for mention in mentions] == ["two", "four"]
    assert [row.line for row in bad] == [2, 4]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=8), st.sampled_from(",;\t"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_no_row_is_lost_or_made_up(tmp_path: Path, texts: list[str], delimiter: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("text", "posted_at"), *((text, "2026-11-23") for text in texts)])
    path = tmp_path / "any.csv"
    path.write_bytes(written.getvalue().encode("utf-8"))
    read = list(read_rows(path))
    assert len(read) == len(texts)
    for text, row in zip(texts, read, strict=True):
        assert row.text == clean_text(text.strip()) if isinstance(row, Mention) else not text.strip()


def test_bad_json_lines_are_bad_rows(rows) -> None:  # type: ignore[no-untyped-def]
    good = json.dumps({"text": "good", "posted_at": "2026-11-23", "post_id": 1234567890123456789012, "tags": ["a"]})
    content = f'{good}\n{{"text": \n[1, 2\n"just text"\n' + "[" * 100_000 + f"\n{good}\n"
    mentions, bad = rows(f'{good}\n{{"text": \n"just text"\n{{"text": "x"}}\n{good}\n', "a.jsonl")
    assert [row.line for row in bad] == [2, 3, 4]
    assert [mention.post_id for mention in mentions] == ["1234567890123456789012"] * 2
    assert dict(mentions[0].extra) == {"tags": '["a"]'}
    mentions, bad = rows(content, "b.jsonl")
    assert (len(mentions), [row.line for row in bad]) == (2, [2, 3, 4, 5])


def test_a_line_that_is_a_list_costs_that_line_alone(rows) -> None:  # type: ignore[no-untyped-def]
    good = [json.dumps({"text": f"cup {n}", "posted_at": "2026-11-23"}) for n in range(11)]
    mentions, bad = rows("\n".join([good[0], "[1, 2]", *good[1:]]), "a.jsonl")
    assert [mention.text for mention in mentions] == [f"cup {n}" for n in range(11)]
    assert [(row.line, row.reason, row.raw) for row in bad] == [(2, "not a JSON object", "[1, 2]")]


def test_what_follows_an_array_is_told_line_by_line(rows) -> None:  # type: ignore[no-untyped-def]
    good = json.dumps({"text": "tea", "posted_at": "2026-11-23"})
    mentions, bad = rows(f"\n\n [{good},\n1, [2]] trailing\n\n{good}\n{good}\n", "a.json")
    assert [mention.text for mention in mentions] == ["tea"]
    assert [(row.line, row.reason[:5], row.raw) for row in bad] == [
        (4, "not a", "1"),
        (4, "not a", "[2]"),
        (4, "stand", " trailing"),
        (6, "stand", good),
        (7, "stand", good),
    ]


def test_a_broken_array_keeps_what_comes_before(rows) -> None:  # type: ignore[no-untyped-def]
    mentions, bad = rows('[{"text": "a", "posted_at": "2026-11-23"},\n\n 3,\n{"text": "b"', "a.json")
    assert [mention.text for mention in mentions] == ["a"]
    assert [(row.line, row.reason[:8]) for row in bad] == [(3, "not a JS"), (4, "not JSON")]


def test_the_same_file_gives_the_same_ids_and_two_people_two(rows) -> None:  # type: ignore[no-untyped-def]
    content = (
        "text,posted_at,author_handle\n"
        "hi,2026-11-23,ana\nhi,2026-11-23,bo\nhi,2026-11-24,ana\nho,2026-11-23,ana\nhi,2026-11-23,@ana\n"
    )
    ids = [mention.post_id for mention in rows(content)[0]]
    assert ids == [mention.post_id for mention in rows(content)[0]]
    assert len(set(ids)) == 4
    assert ids[0] == ids[4]
    assert ids[0].startswith("row:")
    assert len(ids[0]) == 36


def test_ids_that_a_table_has_changed(rows) -> None:  # type: ignore[no-untyped-def]
    mentions, _ = rows("text,posted_at,post_id,author_handle\na,2026-11-23,12.0,7.0\nb,2026-11-23,5.70306E+17,c\n")
    assert (mentions[0].post_id, mentions[0].author.handle) == ("12", "7")
    assert mentions[1].post_id.startswith("row:")  # rounded by a spreadsheet: others may share it


def test_people_without_a_handle_are_not_one_person(rows) -> None:  # type: ignore[no-untyped-def]
    mentions, _ = rows("text,posted_at,author_name\na,2026-11-23,Ana\nb,2026-11-23,\n")
    assert [mention.author.handle for mention in mentions] == ["unknown", "unknown"]
    assert mentions[0].author.author_id != mentions[1].author.author_id
    assert mentions[0].author.name == "Ana"


def test_foreign_text_is_cleaned_on_the_way_in(rows) -> None:  # type: ignore[no-untyped-def]
    [mention], _ = rows('{"text": "nul \\u0000 and half \\ud83d", "posted_at": "2026-11-23"}', "a.jsonl")
    assert mention.text == "nul  and half \ufffd"


def test_a_field_may_be_long(rows) -> None:  # type: ignore[no-untyped-def]
    [mention], bad = rows("text,posted_at\n" + "x" * 300_000 + ",2026-11-23\n")
    assert (len(mention.text), bad) == (10_000, [])


@pytest.mark.parametrize(
    ("dates", "month"),
    [
        (("03/04/2026",), 3),
        (("03/04/2026", "24/12/2025"), 4),
        (("03/04/2026", "12/24/2025"), 3),
        (("03.04.2026",), 4),
        (("2026/03/04",), 3),
    ],
)
def test_the_whole_file_says_which_number_is_the_day(rows, dates: tuple[str, ...], month: int) -> None:  # type: ignore[no-untyped-def]
    mentions, bad = rows("text,posted_at\n" + "".join(f"x,{date}\n" for date in dates))
    assert bad == []
    assert mentions[0].posted_at.month == month


@pytest.mark.parametrize(
    "text",
    [
        "2017-10-31T22:10:35Z",
        "2017-10-31 22:10:35",
        "2017-10-31 22:10:35 UTC",
        "2017-10-31 14:10:35 -0800",
        "2017-11-01T03:40:35+05:30",
        "20171031221035",
        "1509487835",
        "1509487835.0",
        "1509487835000",
        "1509487835000000",
        "Tue, 31 Oct 2017 22:10:35 GMT",
        "Tue, 31 Oct 2017 15:10:35 -0700",
        "Tue Oct 31 22:10:35 +0000 2017",
        "31-10-2017 22.10.35",
        "10/31/2017 10:10:35 PM",
        " 31/10/17  22:10:35 ",
    ],
)
def test_times(text: str) -> None:
    assert parse_time(text) == datetime(2017, 10, 31, 22, 10, 35, tzinfo=UTC)
    assert parse_time(text).tzinfo is UTC


def test_noon_and_midnight() -> None:
    assert [parse_time(f"10/31/2017 12:30 {half}").hour for half in ("AM", "pm")] == [0, 12]


@pytest.mark.parametrize(
    "text", ["soon", "31/31/2017", "99999999999999999999", "0001-01-01T00:00+14:00", "٣", "12", "1/2"]
)
def test_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="cannot read the time"):
        parse_time(text)


def test_mapping() -> None:
    assert parse_mapping(["text=tweet_text", " posted_at = created at "]) == {
        "text": "tweet_text",
        "posted_at": "created at",
    }


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        (["text"], "OURS=THEIRS"),
        (["=x"], "OURS=THEIRS"),
        (["txt=x"], "did you mean 'text'"),
        (["text=a", "text=b"], "twice"),
    ],
)
def test_a_wrong_mapping_says_what_to_write(pairs: list[str], says: str) -> None:
    with pytest.raises(RowsError, match=says):
        parse_mapping(pairs)


@pytest.mark.parametrize(
    ("name", "content", "mapping", "says"),
    [
        ("a.txt", b"x", {}, "name it .csv"),
        ("a.csv", b"", {}, "empty"),
        ("a.csv", b"\n\n", {}, "empty"),
        ("a.jsonl", b"", {}, "empty"),
        ("a.jsonl", b"hello\n", {}, "one object a line"),
        ("a.csv", "text,posted_at\n".encode("utf-16"), {}, "UTF-16"),
        ("a.csv", b"t\xffxt,posted_at\n", {}, "not UTF-8"),
        ("a.csv", b"tweet_text,posted_at\n", {}, r"try --map text=tweet_text"),
        ("a.csv", b"text,created_at\n", {}, r"try --map posted_at=created_at"),
        (
            "a.csv",
            b"text,created_at\n",
            {"posted_at": "createdat"},
            "did you mean 'created_at'.*It has: text, created_at",
        ),
        ("a.jsonl", b'{"body": "x", "posted_at": 1}\n', {}, r"try --map text=body"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(  # type: ignore[no-untyped-def]
    rows, name: str, content: bytes, mapping: dict[str, str], says: str
) -> None:
    with pytest.raises(RowsError, match=says) as failed:
        rows(content, name, mapping)
    assert "\n" not in str(failed.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RowsError, match="cannot read"):
        read_rows(tmp_path / "none.csv")
