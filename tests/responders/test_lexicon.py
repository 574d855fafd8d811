"""A word is added to the brand's own file once, and the file is never half there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from responders import lexicon
from responders.queue import NotPossible


def test_a_word_is_added_to_a_file_that_is_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    lexicon.add(path, "sick", "sick\t1.7")
    lexicon.add(path, "frayed", "frayed\t-2")
    assert path.read_text(encoding="utf-8") == "sick\t1.7\nfrayed\t-2\n"
    assert lexicon.words_in(path) == {"sick", "frayed"}
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_person_wrote_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_bytes("\ufeff# ours\r\nGöttlich\t3\r\n\r\nlast\t1".encode())
    path.chmod(0o640)
    lexicon.add(path, "sick", "sick\t1.7")
    assert path.read_bytes() == "\ufeff# ours\r\nGöttlich\t3\r\n\r\nlast\t1\nsick\t1.7\n".encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert lexicon.words_in(path) == {"göttlich", "last", "sick"}


@pytest.mark.parametrize("there", ["sick\t1", "SICK 1 # as in good\n", "  sick \t1\n"])
def test_a_word_is_never_added_twice(tmp_path: Path, there: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(there, encoding="utf-8")
    with pytest.raises(NotPossible, match="already"):
        lexicon.add(path, "sick", "sick\t1.7")
    assert path.read_text(encoding="utf-8") == there


@pytest.mark.parametrize("there", ["very 1\n", "two words 1\n", "sick 9\n"])
def test_a_file_with_a_mistake_is_left_for_a_person_to_mend(tmp_path: Path, there: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(there, encoding="utf-8")
    with pytest.raises(NotPossible, match=r"words\.tsv:1.*Mend that first"):
        lexicon.add(path, "frayed", "frayed\t-2")
    assert path.read_text(encoding="utf-8") == there


@pytest.mark.parametrize("line", ["very\t1", "frayed\t-5", "frayed"])
def test_a_line_that_would_keep_us_from_starting_is_not_written(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("sick 1.7\n", encoding="utf-8")
    with pytest.raises(NotPossible, match=r"^words\.tsv:2"):
        lexicon.add(path, line.split("\t")[0], line)
    assert path.read_text(encoding="utf-8") == "sick 1.7\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    odd = tmp_path / "odd.tsv"
    odd.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotPossible, match="not UTF-8"):
        lexicon.add(odd, "sick", "sick\t1.7")
    with pytest.raises(NotPossible, match="can't be written"):
        lexicon.add(tmp_path / "nowhere" / "words.tsv", "sick", "sick\t1.7")


def test_when_the_disk_is_full_nothing_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("last\t1\n", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotPossible, match="No space left"):
        lexicon.add(path, "sick", "sick\t1.7")
    assert path.read_text(encoding="utf-8") == "last\t1\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.tsv", tmp_path / "words.tsv"
    real.write_text("", encoding="utf-8")
    link.symlink_to(real)
    lexicon.add(link, "sick", "sick\t1.7")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "sick\t1.7\n"
