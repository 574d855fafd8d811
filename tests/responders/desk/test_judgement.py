"""How well we judge is said honestly; a random ten is blind; a word goes into the lexicon as it was seen, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from listener.archive.judged import Judgements
from responders.office import Office
from responders.settings import Settings
from tests.builders import NOON, Clock, a_mention, an_author, an_office, some_settings
from tests.responders.desk.seeded import Visitor, hear, rows


def said(office: Office, number: int, text: str = "The Wren again", **triage: object) -> int:
    author = an_author(f"p{number}")
    return hear(office, a_mention(number, author=author, text=text), **{"engine": "mixed", **triage})


def judged(office: Office, count: int, right: int, *, sampled: bool, first: int = 1, negative: float = 0.85) -> None:
    for number in range(first, first + count):
        meant = "negative" if number < first + right else "positive"
        mention_id = said(office, number, negative=negative)
        office.taught.correct(mention_id, "sentiment", meant, "Ana", NOON, sampled=sampled)


def sick(office: Office) -> None:
    for number, text in enumerate(("This lamp is sick", "sick light, truly", "so SICK, this glow"), 900):
        mention_id = said(office, number, text, words=(("sick", -2.3),))
        office.taught.correct(mention_id, "sentiment", "positive", "Ana", NOON)
    for number in range(910, 920):
        mention_id = said(office, number, f"The lamp {number} broke", words=(("broke", -1.4),))
        office.taught.correct(mention_id, "sentiment", "negative", "Ana", NOON)


@pytest.fixture
def with_lexicon(tmp_path: Path, clock: Clock) -> Iterator[Visitor]:
    settings = Settings.model_validate({**some_settings().model_dump(), "triage": {"lexicon": "words.tsv"}})
    with an_office(tmp_path, clock, settings) as office:
        yield Visitor(office)


def test_without_anything_said_it_says_so(visitor: Visitor) -> None:
    page = visitor.read("/judgement")
    assert "Nothing was checked yet." in page
    assert "None yet. A word is proposed" in page
    assert "<table" not in page


def test_only_what_was_drawn_at_random_makes_the_figure(visitor: Visitor) -> None:
    judged(visitor.office, 20, 17, sampled=True)
    judged(visitor.office, 40, 0, sampled=False, first=100)
    page = visitor.read("/judgement")
    assert "17 of 20: 85 %, most likely between 64 % and 95 %" in page
    assert "Of what people looked at, 17 of 60 (28 %) were as Warmline had said." in page
    assert page.count("most likely between") == 1, "no interval where nothing was drawn"
    assert "Of those it thought unhappy with about 90 %, <strong>17 of 20</strong> were." in page
    assert "Of those drawn at random." in page


def test_where_it_was_not_sure_is_counted_apart(visitor: Visitor) -> None:
    judged(visitor.office, 20, 19, sampled=True)
    for number in range(50, 53):
        mention_id = said(visitor.office, number, unsure=True)
        visitor.office.taught.correct(mention_id, "sentiment", "positive", "Ana", NOON, sampled=True)
    page = visitor.read("/judgement")
    assert 'Where it was sure <span class="meta">19 of 20: 95 %' in page
    assert 'Where it was not <span class="meta">0 of 3, too few to say' in page


def test_below_twenty_it_is_too_few_to_say(visitor: Visitor) -> None:
    judged(visitor.office, 19, 19, sampled=True)
    page = visitor.read("/judgement")
    assert "19 of 19, too few to say" in page
    assert "%" not in page.split("Checked at random")[1].split("How sure it is")[0]
    assert "this makes Warmline look worse than it is" in page


def test_the_table_and_the_newest_disagreements_are_shown(visitor: Visitor) -> None:
    office = visitor.office
    wrong = said(office, 1, "<b>Wicked</b> glow")
    office.taught.correct(wrong, "sentiment", "positive", "Ana", NOON - timedelta(hours=3))
    office.taught.correct(wrong, "lane", "praise", "Ana", NOON)
    page = visitor.read("/judgement")
    assert re.search(r'<th scope="row">unhappy</th><td>1</td><td class="same"></td>', page)
    assert f'<a href="/mentions/{wrong}"><bdi>&lt;b&gt;Wicked&lt;/b&gt; glow</bdi></a>' in page
    assert "unhappy; <bdi>Ana</bdi> says glad, " in page
    assert "needs help; <bdi>Ana</bdi> says praise, " in page


def the_ten(visitor: Visitor) -> tuple[str, str]:
    address = visitor.web.get("/judgement/check").headers["location"]
    return address, visitor.read(address)


def test_a_random_ten_is_asked_without_what_we_said(visitor: Visitor) -> None:
    for number in range(1, 31):
        said(visitor.office, number, reasons=("a very telling reason",))
    address, page = the_ten(visitor)
    assert len(set(re.findall(r'action="/mentions/(\d+)/sounds"', page))) == 10
    assert "10 to go." in page
    for telling in ("sounds unhappy", "a very telling reason", "needs help", "Warmline had said"):
        assert telling not in page
    number = re.findall(r'action="/mentions/(\d+)/sounds"', page)[0]
    answer = visitor.send(f"/mentions/{number}/sounds", page, sounds="positive")
    assert answer.headers["location"].startswith(address)
    page = visitor.read(answer.headers["location"])
    assert "9 to go." in page
    assert page.count("Warmline had said: unhappy.") == 1
    correction = visitor.office.taught.corrections_of(int(number))["sentiment"]
    assert (correction.sampled, correction.meant) == (True, "positive")
    assert visitor.send(f"/mentions/{number}/uncorrect", page).headers["location"].startswith(address)
    assert "10 to go." in visitor.read(address)


def test_what_was_not_drawn_does_not_count_as_drawn(visitor: Visitor) -> None:
    numbers = [said(visitor.office, number) for number in range(1, 31)]
    address, page = the_ten(visitor)
    drawn = {int(number) for number in re.findall(r'action="/mentions/(\d+)/sounds"', page)}
    other = next(number for number in numbers if number not in drawn)
    form = visitor.form(page, f"/mentions/{min(drawn)}/sounds") | {"sounds": "negative"}
    visitor.web.post(f"/mentions/{other}/sounds", data=form)
    visitor.web.post(f"/mentions/{min(drawn)}/sounds", data=form | {"back_to": "nonsense"})
    assert [one.sampled for one in Judgements(visitor.office.db).of("sentiment")] == [False, False]
    assert address.startswith("/judgement/check?draw=")


def test_a_draw_that_is_none_is_not_there(visitor: Visitor) -> None:
    for draw in ("x", "1", "1-x", "-", "9" * 40 + "-1"):
        visitor.read(f"/judgement/check?draw={draw}", 404)
    assert "Nothing was scored yet." in the_ten(visitor)[1]


def test_a_word_is_proposed_with_what_speaks_for_it_and_added_once(with_lexicon: Visitor) -> None:
    office = with_lexicon.office
    sick(office)
    page = with_lexicon.read("/judgement")
    assert "3 texts by 3 people were glad; it weighed −2.3 so far" in page
    form = with_lexicon.form(page, "/judgement/add")
    assert form["word"] == "sick"
    assert with_lexicon.web.post("/judgement/add", data=form).headers["location"] == "/judgement?done=word_added#words"
    file = office.settings_path.parent / "words.tsv"
    assert file.read_text(encoding="utf-8") == form["line"] + "\n"
    assert re.fullmatch(r"sick\t[12](\.\d)?", form["line"])
    page = with_lexicon.read("/judgement?done=word_added")
    assert "“warmline triage” sorts what is kept anew" in page
    assert "it weighed −2.3" not in page
    again = with_lexicon.web.post("/judgement/add", data=form)
    assert again.status_code == 409
    assert "not proposed any more" in again.text
    assert file.read_text(encoding="utf-8") == form["line"] + "\n"


def test_no_form_can_write_what_was_not_proposed(with_lexicon: Visitor) -> None:
    sick(with_lexicon.office)
    form = with_lexicon.form(with_lexicon.read("/judgement"), "/judgement/add")
    for wrong in ({"line": "sick\t4"}, {"word": "love", "line": "love\t-4"}, {"line": form["line"] + "\nlove\t-4"}):
        assert with_lexicon.web.post("/judgement/add", data=form | wrong).status_code == 409
    assert with_lexicon.web.post("/judgement/add", data=form | {"form_token": "x"}).status_code == 403
    assert not (with_lexicon.office.settings_path.parent / "words.tsv").exists()


def test_without_a_lexicon_in_the_settings_it_says_what_to_write_there(visitor: Visitor) -> None:
    sick(visitor.office)
    page = visitor.read("/judgement")
    assert "[triage]\nlexicon = &#34;words.tsv&#34;" in page or '[triage]\nlexicon = "words.tsv"' in page
    assert "Add to the lexicon" not in page
    form = visitor.form(page, "/judgement/add")
    assert visitor.web.post("/judgement/add", data=form).status_code == 409


def test_a_word_that_is_not_wanted_is_proposed_no_more(visitor: Visitor) -> None:
    sick(visitor.office)
    form = visitor.form(visitor.read("/judgement"), "/judgement/add")
    assert visitor.web.post("/judgement/dismiss", data=form).status_code == 303
    assert Judgements(visitor.office.db).dismissed() == {"sick"}
    page = visitor.read("/judgement?done=word_dismissed")
    assert "None yet. A word is proposed" in page
    before = rows(visitor.office)
    assert visitor.web.post("/judgement/dismiss", data=form).status_code == 409
    assert rows(visitor.office) == before
    assert visitor.send("/judgement/propose", page).status_code == 303
    assert visitor.form(visitor.read("/judgement"), "/judgement/add") == form
