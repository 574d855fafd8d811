"""The weekly letter: what it says, that foreign text cannot bend it, and that it reaches each person once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from responders.digest.assemble import assemble
from responders.digest.plainly import cut
from responders.digest.postman import send_due, send_week
from responders.digest.render import Rendered, render
from responders.digest.week import Post, Week
from responders.mailer import DigestSettings
from responders.queue import NotPossible
from responders.rendering.layout import columns, web_link, wrapped
from responders.rendering.renderer import TemplateError
from responders.shipped import shipped
from tests.small_week import World, at
from tests.smtp_server import PASSWORD, USER, Running, smtp_server

WEEK = Week(2026, 47)
DESK = "http://127.0.0.1:8100/"
SIGNED_IN = {"WARMLINE_SMTP_PASSWORD": PASSWORD}
SHIPPED = shipped("templates", "digest")


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def letter(world: World, brand: str = "Fernweg", folders: tuple[Path, ...] = (SHIPPED,)) -> Rendered:
    return render(assemble(world.db, WEEK, at(7, 8)), brand, DESK, folders)


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


class Page(HTMLParser):
    """The tags, attributes and words of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        self.words += data


def test_people_come_first_and_counts_last(world: World) -> None:
    asked = world.says("ada", at(-3), "My lid is stuck", name="Ada Ngo")
    world.answers(asked, at(-2), "Try it warm", "r1")
    world.says("ada", at(1), "Warm was the word, it came off at once", name="Ada Ngo", in_reply_to="r1")
    waits = world.says("bo", at(2), "Where has my order gone?", lane="help", priority="high")
    world.drafted(waits, at(2))
    kind = "Somebody carried my bags up the whole stair"
    world.says("cy", at(3), kind, mood="positive", compound=0.9, lane="praise")
    hard = "They laughed at my mother for asking twice"
    sour = world.says("dee", at(3), hard, mood="negative", compound=-0.9, lane="complaint", priority="low")
    world.ends(sour, "no_reply", at(4), "spoke with her by phone")
    world.heard(at(-3), at(2, 2, 10))
    world.heard(at(2, 5, 40), at(8))

    made = letter(world)
    assert made.subject == "Fernweg, 16 to 22 November 2026: one person waits for a word from us"
    for said in (made.text, Page(made.html).words):
        flat = " ".join(said.split())
        assert in_order(
            flat.casefold(),
            "four people wrote about fernweg this week, three of them for the first time.",
            "one person wrote back after we had answered.",
            "one person still waits for a word from us, for four days.",
            "they wrote back",
            "ada ngo (@ada) on bluesky wrote back on tuesday, 17 november.",
            "“warm was the word, it came off at once”",
            "we had said: “try it warm”",
            "waiting for a word from us",
            "@bo on bluesky asked for help four days ago. a draft is at the desk.",
            "“where has my order gone?”",
            "kind words",
            f"“{kind.casefold()}”",
            "hard to hear",
            "left without a reply, on purpose.",
            f"“{hard.casefold()}”",
            "the week in plain counts",
            "without a reply, on purpose: spoke with her by phone (1)",
            "not heard wed 18 nov 02:10 to 05:40.",
        )
    assert max(columns(line) for line in made.text.splitlines()) <= 72


def test_an_empty_week_is_a_short_honest_letter(world: World) -> None:
    made = letter(world)
    assert made.subject.endswith(": nothing was listened to")
    world.heard(at(-3), at(8))
    made = letter(world)
    assert made.subject == "Fernweg, 16 to 22 November 2026: a quiet week"
    assert "A quiet week: we heard nobody write about Fernweg." in made.text
    assert "One stream was listened to, without a gap." in made.text
    assert len(made.text.splitlines()) < 30


def test_the_week_before_is_compared_in_words(world: World) -> None:
    for day in (-5, -4, -3, 1):
        world.says("ada", at(day))
    assert "Mentions: 1; 2 fewer than the week before (3)." in letter(world).text


def test_mentions_of_others_are_told_in_one_line_where_there_are_any(world: World) -> None:
    world.says("ada", at(1))
    assert "others we watch" not in letter(world).text
    world.says("bo", at(1), about_us=0)
    assert "Others: Beside these, 1 mention of others we watch." in letter(world).text
    world.says("bo", at(2), about_us=0)
    made = letter(world)
    assert "one person wrote about fernweg" in made.text.casefold()
    for said in (made.text, Page(made.html).words):
        assert said.count("Beside these, 2 mentions of others we watch") == 1


def test_nothing_in_the_letter_is_fetched_or_run(world: World) -> None:
    evil = "<script>alert(1)</script><img src=https://t.example/p.gif>{{ 7*7 }} " * 2
    for url in ("javascript:alert(1)", 'https://ok.example/"onmouseover=x', "https://a.example\\@b.example/"):
        world.says(f"h{len(url)}", at(1), evil + url, name=evil, url=url, lane="help", mood="negative", compound=-0.9)
    page = Page(letter(world, brand=evil).html)
    assert page.tags.isdisjoint({"script", "img", "iframe", "link", "object", "svg", "style", "form"})
    assert not any(name.startswith("on") for name in page.attributes)
    assert page.attributes["href"] == {DESK}
    assert "src" not in page.attributes
    assert "<script>alert(1)</script>" in page.words
    assert "{{ 7*7 }}" in page.words


def test_marks_that_bend_the_text_around_them_stay_out(world: World) -> None:
    world.says("ada", at(1), "I ask \u202eesrever ni\u2066 for\u200b help\x07", name="A\r\nB\u2028C", lane="help")
    made = letter(world)
    for said in (made.subject, made.text, made.html):
        assert not set("\u202e\u2066\u200b\x07\u2028\r") & set(said)
    assert "A B C (@ada)" in made.text


def test_long_texts_are_cut_after_a_word_and_lines_hold_72_columns(world: World) -> None:
    world.says("ada", at(1), "really " * 200, lane="help")
    world.says("bo", at(2), "東京" * 300, lane="help", name="x" * 200)
    text = letter(world).text
    assert "really…”" in text
    assert max(columns(line) for line in text.splitlines()) <= 72
    assert cut("x" * 50, 10) == "x" * 9 + "…"
    assert wrapped("東" * 5, width=4) == "東東\n東東\n東"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://a.example\\@b.example", "https://u@b.example/", "https://a.example/ b", "http://[x",
     "https://a.example/\"x", "https://еxample.org/", ""],
)  # fmt: skip
def test_a_link_is_shown_only_where_everybody_reads_it_alike(url: str) -> None:
    assert web_link(url) == ""


def test_a_folder_of_ones_own_overrides_file_by_file(world: World, tmp_path: Path) -> None:
    (tmp_path / "week.txt").write_text("Hi. {{ letter.opening }}")
    made = letter(world, folders=(SHIPPED, tmp_path))
    assert made.text.startswith("Hi. Nothing could be heard")
    assert "<table" in made.html


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ 'x' * 10 ** 9 }}", "week.txt: it takes more than 256 MB of memory"),
        ("Hi.\n{{ letter.opning }}", "week.txt: 'dict object' has no attribute 'opning'"),
        ("Hi.\n{% for %}", "week.txt, line 2: "),
        ("Hi.\n{% include 'part.txt' %}", "part.txt, line 3: "),
        ("{% include '../../settings.toml' %}", "week.txt: ../../settings.toml"),
    ],
)
def test_what_is_wrong_with_a_letter_of_ones_own_is_told_by_its_file(
    world: World, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "week.txt").write_text(text)
    (tmp_path / "part.txt").write_text("1\n2\n{% for %}")
    with pytest.raises(TemplateError) as caught:
        letter(world, folders=(SHIPPED, tmp_path))
    assert str(caught.value).startswith(f"{tmp_path}/{says}")


def test_a_letter_of_ones_own_may_use_all_of_the_week(world: World, tmp_path: Path) -> None:
    world.says("ada", at(1), "Is anybody there?", lane="question")
    (tmp_path / "week.txt").write_text(
        "{{ digest.week.label }}, {{ digest.written_at }}, {{ digest.figures.by_lane.question }}, "
        "{{ digest.waits.longest[0].who.handle }}, {{ digest.waits.longest | length }}"
    )
    made = letter(world, folders=(SHIPPED, tmp_path))
    assert made.text == f"{WEEK.label}, {at(7, 8).isoformat()}, 1, ada, 1"


# By mail


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with smtp_server(tmp_path) as running:
        yield running


def settings(server: Running, *recipients: str) -> DigestSettings:
    mail = {"host": "127.0.0.1", "port": server.port, "username": USER, "sender": "Acme <post@acme.example>"}
    to = recipients or ("Anna <Anna@acme.example>",)
    return DigestSettings.model_validate(
        {"recipients": to, "mail": {**mail, "ca_file": str(server.ca_file), "timeout_s": 5}}
    )


def tick(world: World, how: DigestSettings, now: datetime, folder: Path = SHIPPED) -> list[str]:
    return [one.state for one in send_due(world.db, how, "Fernweg", DESK, [folder], now, SIGNED_IN)]


def test_each_recipient_gets_the_week_once(world: World, server: Running) -> None:
    how = settings(server, "Anna <Anna@acme.example>", "bo@acme.example")
    world.says("ada", at(1), "Is anybody there?", lane="question")
    assert tick(world, how, at(2)) == []  # begun on Wednesday: last week's letter is nobody's
    assert tick(world, how, at(7, 7, 59)) == []
    assert tick(world, how, at(7, 8)) == ["sent", "sent"]
    assert tick(world, how, at(7, 8, 1)) == []
    assert sorted(to for envelope, _ in server.inbox.taken for to in envelope) == [
        "Anna@acme.example",
        "bo@acme.example",
    ]
    first, second = server.inbox.mails()
    assert first["Subject"] == "Fernweg, 16 to 22 November 2026: one person waits for a word from us"
    assert first["Message-ID"] != second["Message-ID"]
    # The daemon slept for four weeks: one letter, about the last of them.
    assert tick(world, how, at(35, 9)) == ["sent", "sent"]
    assert "14 to 20 December" in server.inbox.mails()[-1]["Subject"]


def test_six_hours_without_a_mail_server_still_make_one_letter(world: World, server: Running) -> None:
    how = settings(server)
    tick(world, how, at(2))
    server.inbox.fails["RCPT"] = "451 come back later"
    now, states = at(7, 8), []
    while now < at(7, 14):
        states += tick(world, how, now)
        now += timedelta(minutes=1)
    assert states == ["due"] * 5
    server.inbox.fails.clear()
    while now < at(8):
        states += tick(world, how, now)
        now += timedelta(minutes=10)
    assert states == ["due"] * 5 + ["sent"]
    assert len(server.inbox.taken) == 1


def test_a_letter_that_may_have_arrived_is_never_sent_again(world: World, server: Running) -> None:
    how = settings(server)
    tick(world, how, at(2))
    server.inbox.fails["END"] = "keep and drop"
    assert tick(world, how, at(7, 8)) == ["unknown"]
    server.inbox.fails.clear()
    for hours in range(9, 100, 7):
        assert tick(world, how, at(7, hours)) == []
    assert len(server.inbox.taken) == 1
    # Unless somebody asks for it.
    assert Post(world.db).again("anna@acme.example", WEEK, at(12))
    assert tick(world, how, at(12)) == ["sent"]


def test_a_wrong_password_is_told_without_it(world: World, server: Running) -> None:
    how = settings(server)
    tick(world, how, at(2))
    (outcome,) = send_due(world.db, how, "Fernweg", DESK, [SHIPPED], at(7, 8), {"WARMLINE_SMTP_PASSWORD": "hunter2"})
    assert (outcome.state, outcome.detail) == (
        "refused",
        f"the mail server does not accept the login of {USER} (535)",
    )


def test_a_broken_template_costs_no_letter(
    world: World, server: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    how = settings(server)
    tick(world, how, at(2))
    (tmp_path / "week.txt").write_text("{{ no_such_thing }}")
    with caplog.at_level(logging.CRITICAL):
        assert tick(world, how, at(7, 8), tmp_path) == ["due"]
    assert "no_such_thing" in Post(world.db).standing("anna@acme.example", "2026-W47").detail
    assert tick(world, how, at(7, 8, 5)) == ["sent"]


def test_who_is_no_recipient_any_more_gets_nothing(world: World, server: Running) -> None:
    how = settings(server)
    tick(world, how, at(2))
    server.inbox.fails["RCPT"] = "451 come back later"
    assert tick(world, how, at(7, 8)) == ["due"]
    server.inbox.fails.clear()
    assert sorted(tick(world, settings(server, "bo@acme.example"), at(7, 9))) == ["refused", "sent"]
    assert [to for to, _ in server.inbox.taken] == [["bo@acme.example"]]


def test_a_person_can_ask_for_a_week_and_nobody_gets_it_twice(world: World, server: Running) -> None:
    both = settings(server, "anna@acme.example", "bo@acme.example")

    def asked(how: DigestSettings, week: Week = WEEK) -> list[str]:
        return [one.state for one in send_week(world.db, how, "Fernweg", DESK, [SHIPPED], week, at(7, 9), SIGNED_IN)]

    assert asked(settings(server, "anna@acme.example")) == ["sent"]
    server.inbox.fails["RCPT"] = "550 no"
    assert asked(both) == ["sent", "refused"]
    server.inbox.fails.clear()
    assert asked(both) == ["sent", "sent"]
    assert [to for to, _ in server.inbox.taken] == [["anna@acme.example"], ["bo@acme.example"]]
    with pytest.raises(NotPossible, match="2026-W48 is not over yet"):
        asked(both, WEEK.next)
