"""Templates as they are loaded: which file wins, and what is wrong with one, by file and line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from responders.compose.known import NAMES
from responders.compose.templates import CONDITIONS, LANES, Replies, TemplateError
from responders.rendering.grammar import capital, led_by, quoted
from responders.shipped import shipped

SHIPPED = shipped("templates", "replies")
REPLIES = Replies.load([SHIPPED])
BANNED = (
    "inconvenience", "valued customer", "reach out", "reaching out", "we value", "your feedback is important", "kindly",
    "rest assured", "at this time", "we strive", "delighted to", "happy to help", "dear customer", "hear that you", "!",
)  # fmt: skip


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def values(**changed: str | bool) -> dict[str, dict[str, str | bool]]:
    given: dict[str, dict[str, str | bool]] = {owner: dict.fromkeys(names, "") for owner, names in NAMES.items()}
    for name, value in changed.items():
        owner, _, key = name.partition("_")
        given[owner][key] = value
    return given


def test_a_later_folder_overrides_file_by_file(tmp_path: Path) -> None:
    write(tmp_path, "help/short", "---\nOurs: {{ mention.detail }}")
    write(tmp_path, "chat/how-so", " \n")
    replies = Replies.load([SHIPPED, tmp_path, tmp_path / "not-there"])
    assert replies.by_name["help/short"].render(values(mention_detail="the lamp")) == "Ours: the lamp"
    assert "chat/how-so" not in replies.by_name
    assert "help/where-it-stands" in replies.by_name
    assert replies.body("help/short") == "Ours: {{ mention.detail }}"
    assert replies.body("help/none") is None


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("Hello", 1, "no line `---`"),
        ("mod: negative\n---\nx", 1, "did you mean 'mood'?"),
        ("mood: cross\n---\nx", 1, "mood can't be 'cross'"),
        ("# a remark\n\nmax: many\n---\nx", 3, "max is a number"),
        ("who: first, returning\n---\nx", 1, "one word"),
        ("negative\n---\nx", 1, "key: value"),
        ("needs: detail\n---\n\nHello\n{{ person.frist_name }}", 5, "did you mean 'person.first_name'?"),
        ("---\n{{ name }}", 2, "'name' alone is no value"),
        ("---\n{{ person }}", 2, "'person' alone is no value"),
        ("---\n{{ mention.detail.upper() }}", 2, "can't call anything"),
        ("---\n{{ mention.detail.upper }}", 2, "there is no value"),
        ("---\n{{ mention['detail'] }}", 2, "reach into values"),
        ("---\nx\n{% for a in mention.detail %}x{% endfor %}", 3, "can't loop"),
        ("---\n{% set a = 'x' %}", 2, "can't set values"),
        ("---\n{{ 'x' * 50000000 }}", 2, "can't hold a mul"),
        ("---\n{{ '%050000000d' % 7 }}", 2, "can't hold a mod"),
        ("---\n{{ 9 ** 999999 }}", 2, "can't hold a pow"),
        ("---\n{{ range(9) }}", 2, "can't call anything"),
        ("---\n{{ mention.__class__ }}", 2, "there is no value"),
        ("---\n{{ mention.detail | center(99999999) }}", 2, "center"),
        ("---\n{{ mention.detail | attr('upper') }}", 2, "attr"),
        ("---\n{% include '/etc/passwd' %}", 2, "can't hold a include"),
        ("---\n{% if mention.detail %}\nnever closed", 2, "see docs/templates.md"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = write(tmp_path, "help/mine", text)
    with pytest.raises(TemplateError) as caught:
        Replies.load([tmp_path])
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ " + "(" * 4_000 + "mention.detail" + ")" * 4_000 + " }}", "nested too deeply"),
        ("{% if mention.detail %}" * 200 + "x" + "{% endif %}" * 200, "too many"),
    ],
)
def test_a_text_nested_beyond_reason_is_a_fault(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, "help/mine", f"---\n{text}")
    with pytest.raises(TemplateError, match=says) as caught:
        Replies.load([tmp_path])
    assert str(caught.value).startswith(str(path))


def test_an_unknown_lane_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "complaints/mine", "---\nx")
    with pytest.raises(TemplateError, match="no lane 'complaints'"):
        Replies.load([tmp_path])


def test_a_text_that_is_not_utf8_or_endless_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "help/mine", "---\n" + "x" * 10_001)
    with pytest.raises(TemplateError, match="longer than"):
        Replies.load([tmp_path])
    (tmp_path / "help" / "mine.txt").write_bytes(b"---\n\xff")
    with pytest.raises(TemplateError, match="UTF-8"):
        Replies.load([tmp_path])
    (tmp_path / "help" / "mine.txt").unlink()
    (tmp_path / "help" / "mine.txt").symlink_to("/dev/zero")
    with pytest.raises(TemplateError, match="no file"):
        Replies.load([tmp_path])
    (tmp_path / "help" / "mine.txt").unlink()
    os.mkfifo(tmp_path / "help" / "mine.txt")
    with pytest.raises(TemplateError, match="no file"):
        Replies.load([tmp_path])


def test_what_they_wrote_is_text_and_never_a_template(tmp_path: Path) -> None:
    write(tmp_path, "help/mine", "---\n{{ mention.detail | quoted }}")
    said = "{{7*7}} {% raw %} {{ person.first_name }}"
    assert Replies.load([tmp_path]).by_name["help/mine"].render(values(mention_detail=said)) == f"“{said}”"


def test_lines_join_and_paragraphs_stay(tmp_path: Path) -> None:
    write(tmp_path, "help/mine", "---\nOne\ntwo.\n\n\nThree.\n")
    assert Replies.load([tmp_path]).by_name["help/mine"].render(values()) == "One two.\n\nThree."


def test_the_filters() -> None:
    assert (quoted("the lamp"), quoted('the "lamp"'), quoted("")) == ("“the lamp”", '‘the "lamp"’', "")
    assert (led_by("Kim", ", "), led_by("", ", ")) == (", Kim", "")
    assert (capital("in March"), capital("")) == ("In March", "")


def test_each_lane_has_its_templates() -> None:
    replies = list(REPLIES)
    for lane in LANES:
        ours = [reply for reply in replies if reply.lane == lane]
        assert len(ours) >= 4
        assert any(reply.when.who == "returning" for reply in ours)
        assert any(reply.when.most is not None and reply.when.most <= 120 for reply in ours)


@pytest.mark.parametrize("name", sorted(REPLIES.by_name))
def test_every_shipped_template_reads_like_a_person(name: str) -> None:
    reply = REPLIES.by_name[name]
    assert reply.when.needs & {"detail", "question", "history"}
    for first in ("", "Priya"):
        for answered in (True, False):
            for help_url in ("", "https://lumino.example/help"):
                given = values(
                    person_first_name=first,
                    person_answered_before=answered,
                    person_said_before="my new lamp flickers in the hallway",
                    person_said_when="in March",
                    person_we_said="a new lamp leaves here on Friday",
                    person_we_said_when="on 7 November",
                    mention_detail="the lamp in my daughter's room flickers",
                    mention_question="can I use the lamp in a bathroom?",
                    brand_help_url=help_url,
                )
                text = reply.render(given)
                assert not [phrase for phrase in BANNED if phrase in text.casefold()]
                assert "lamp" in text
                assert text.endswith((".", "?", ".)")), text
                assert len(text) <= (reply.when.most or 300), text
                assert "  " not in text
                assert " ," not in text
                assert " ." not in text


def test_the_documented_example_loads_and_every_name_is_documented(tmp_path: Path) -> None:
    told = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
    example = told.split("```text\n")[1].split("```")[0]
    write(tmp_path, "help/which-socket", example)
    text = Replies.load([tmp_path]).by_name["help/which-socket"].render(values(mention_detail="the lamp hums"))
    assert text == "Hello. You mentioned “the lamp hums”. Does another lamp work in the same socket?"
    for owner, names in NAMES.items():
        for name in names:
            assert f"`{owner}.{name}`" in told
    for condition in (*CONDITIONS, "again", "trouble", "calm", "glad", "history"):
        assert f"`{condition}`" in told
