"""What was deleted is forgotten everywhere it stood, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from listener.about_us import AboutUs
from listener.archive.connect import connect
from listener.archive.forget import Forgetting
from listener.jobs import sifter_from, watches
from listener.mention import Batch, Mention, Unreadable
from listener.poll import Poller
from listener.rules import Rule
from listener.triaged import Triaged
from responders import about, correcting
from responders.commands.triage import anew
from responders.drafting import draft_new
from responders.office import Office
from responders.overtaken import draw_back
from tests.builders import NOON, Clock, a_mention, an_author
from tests.fakes import FakeSource

SAID = "Harbourlight: the zanzibarbuzz in my lamp won't stop"


@pytest.fixture
def forgetting(office: Office) -> Forgetting:
    return Forgetting(office.db)


def test_no_trace_of_the_words_is_left_in_the_file(
    office: Office, poller: Poller, forgetting: Forgetting, tmp_path: Path, clock: Clock
) -> None:
    raw = Unreadable('{"uri": "at://x/post/3kabcdef", "text": "zanzibarbuzz"}', "odd")
    mention = a_mention(1, post_id="at://x/post/3kabcdef", text=SAID, links=("https://example.org/zanzibarbuzz",))
    poller.poll(FakeSource(mentions=[Batch((mention,), "one", unreadable=(raw,))]))
    assert office.archive.search("zanzibarbuzz")
    assert forgetting.forget_posts("plaza", ["at://x/post/3kabcdef"], clock()) == (1,)
    assert office.archive.search("zanzibarbuzz") == []
    forgetting.scrub(clock())
    left = b"".join(file.read_bytes() for file in tmp_path.glob("warmline.db*"))
    assert b"zanzibarbuzz" not in left
    assert office.archive.get(1).gone_at == clock()


def test_a_forgotten_post_is_never_heard_anew(office: Office, poller: Poller, forgetting: Forgetting) -> None:
    source = FakeSource(mentions=[Batch((a_mention(1),), "one")])
    poller.poll(source)
    forgetting.forget_posts("plaza", ["p1"], NOON)
    (again,) = poller.poll(source)
    assert again.new == ()
    assert office.archive.get(1).mention.text == ""


def test_others_keep_their_words_and_names(office: Office, poller: Poller, forgetting: Forgetting) -> None:
    odd = Unreadable('{"p2": "42"}', "odd")
    poller.poll(FakeSource(mentions=[Batch((a_mention(1), a_mention(2)), "one", unreadable=(odd,))]))
    forgetting.forget_posts("plaza", ["p1"], NOON)
    assert office.archive.get(2).mention == a_mention(2)
    assert office.archive.get(1).mention.author == an_author()
    assert office.archive.quarantined() == 1
    forgetting.forget_posts("plaza", ["p2"], NOON)
    assert office.archive.get(2).mention.author.name == ""


def test_an_account_that_is_no_more_leaves_no_name_and_no_id(
    office: Office, poller: Poller, forgetting: Forgetting
) -> None:
    poller.poll(FakeSource(mentions=[Batch((a_mention(1), a_mention(2, author=an_author("sol"))), "one")]))
    assert forgetting.forget_authors("plaza", ["mira", "nobody"], NOON) == (1,)
    gone, other = office.archive.get(1).mention.author, office.archive.get(2).mention.author
    assert (gone.author_id, gone.handle, gone.name, gone.url, gone.followers) == ("gone:1", "", "", "", None)
    assert other == an_author("sol")


def test_what_we_said_ourselves_is_not_forgotten(office: Office, poller: Poller, forgetting: Forgetting) -> None:
    poller.poll(FakeSource(ours=[Batch((a_mention(1, ours=True),), "one")]))
    assert forgetting.forget_posts("plaza", ["p1"], NOON) == ()
    assert forgetting.due("plaza", NOON + timedelta(days=9), NOON - timedelta(days=9), NOON, 10) == []


def test_words_too_old_to_keep_are_forgotten(office: Office, poller: Poller, forgetting: Forgetting) -> None:
    old = a_mention(1, posted_at=NOON - timedelta(days=31))
    poller.poll(FakeSource(mentions=[Batch((old, a_mention(2)), "one")]))
    assert forgetting.forget_older("plaza", NOON - timedelta(days=30), NOON) == (1,)
    assert forgetting.forget_older("plaza", NOON - timedelta(days=30), NOON) == ()


def test_the_longest_unread_comes_first_and_the_read_wait_again(
    office: Office, poller: Poller, forgetting: Forgetting, clock: Clock
) -> None:
    poller.poll(FakeSource(mentions=[Batch((a_mention(1),), "one")]))
    clock.forward(hours=1)
    poller.poll(FakeSource(mentions=[Batch((a_mention(2),), "two")]))
    later, ever = clock.forward(hours=24), NOON - timedelta(days=9)

    def due() -> list[int]:
        return [one.mention_id for one in forgetting.due("plaza", later - timedelta(hours=23), ever, later, 10)]

    assert due() == [1, 2]
    forgetting.checked([1], later)
    assert due() == [2]
    assert forgetting.unread("plaza", later - timedelta(hours=23), ever) == 1
    assert forgetting.due("plaza", later, NOON + timedelta(hours=1), later, 10) == []


def test_scrubbing_waits_for_no_reader_and_is_done_again(
    office: Office, poller: Poller, forgetting: Forgetting, tmp_path: Path, clock: Clock
) -> None:
    poller.poll(FakeSource(mentions=[Batch((a_mention(1, text=SAID),), "one")]))
    reader = connect(tmp_path / "warmline.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM mentions").fetchone()
    forgetting.forget_posts("plaza", ["p1"], clock())
    forgetting.scrub(clock.forward(hours=1))
    reader.execute("ROLLBACK")
    reader.close()
    forgetting.scrub(clock.forward(hours=1))
    left = b"".join(file.read_bytes() for file in tmp_path.glob("warmline.db*"))
    assert b"zanzibarbuzz" not in left


def test_an_id_that_is_the_name_goes_with_the_last_post(office: Office, poller: Poller, forgetting: Forgetting) -> None:
    number = an_author("sol", author_id="77")
    poller.poll(FakeSource(mentions=[Batch((a_mention(1), a_mention(2), a_mention(3, author=number)), "one")]))
    forgetting.forget_posts("plaza", ["p1", "p3"], NOON)
    assert office.archive.get(1).mention.author.author_id == "mira"  # her other post is kept: she is one person
    assert office.archive.get(3).mention.author.author_id == "77"
    forgetting.forget_posts("plaza", ["p2"], NOON)
    assert office.archive.get(1).mention.author.author_id == office.archive.get(2).mention.author.author_id == "gone:1"


def test_a_post_id_that_names_a_deleted_account_is_veiled_and_never_heard_anew(
    office: Office, poller: Poller, forgetting: Forgetting
) -> None:
    uri, mara = "at://did:plc:mara123/app.bsky.feed.post/1", an_author("mara", author_id="did:plc:mara123")
    first = a_mention(1, post_id=uri, thread_id=uri, author=mara)
    source = FakeSource(mentions=[Batch((first, a_mention(2, in_reply_to=uri, thread_id=uri)), "one")])
    poller.poll(source)
    forgetting.forget_authors("plaza", ["did:plc:mara123"], NOON)
    rows = [str(row) for table in ("mentions", "authors") for row in office.db.query(f"SELECT * FROM {table}")]
    assert not any("mara123" in row for row in rows)
    (again,) = poller.poll(source)
    assert again.new == ()
    assert office.archive.number_of("plaza", uri) == 1
    assert [one.mention_id for one in office.archive.thread(office.archive.get(2))] == [2, 1]


def test_the_source_that_brought_it_says_how_long_it_is_kept(
    office: Office, poller: Poller, forgetting: Forgetting
) -> None:
    mailbox = FakeSource(inbox=[Batch((a_mention(1, platform="reddit"),), "one")])
    mailbox.platform = "mailbox"
    poller.poll(mailbox)
    assert forgetting.forget_older("feed", NOON, NOON) == ()
    assert forgetting.forget_older("mailbox", NOON, NOON) == (1,)


def test_what_a_file_brought_is_never_read_again(poller: Poller, forgetting: Forgetting) -> None:
    poller.take_in("import week.csv", [a_mention(1)])
    later, ever = NOON + timedelta(days=2), NOON - timedelta(days=9)
    assert forgetting.due("plaza", later, ever, later, 10) == []
    assert forgetting.unread("plaza", later, ever) == 0
    assert forgetting.forget_unread("plaza", later, later) == ()


def test_no_trace_is_left_in_what_was_judged_taught_ruled_and_drafted(
    office: Office, poller: Poller, forgetting: Forgetting, tmp_path: Path, clock: Clock
) -> None:
    kept = office.rules.add(Rule("Lamps", "lamp", tags=("lamp",), assign="Ben", alert=True), "Ana", clock())
    office.rules.set_state(kept.rule_id, "live", "Ana", clock())
    wren = an_author("zanzibarwren", author_id="77", name="Zanzibar Wren", url="https://example.org/zanzibarwren")
    text = (
        f"{SAID}, @harbourlight, this is the worst zanzibarbuzz ever, I want a refund. Your zanzibarbuzz caught fire!"
    )
    poller.poll(FakeSource(mentions=[Batch((a_mention(1, text=text, author=wren), a_mention(2)), "one")]))
    while draft_new(office):
        pass
    about_us = AboutUs(watches(office.settings.watches))
    about.thumb(office, 1, "us", True, "Ana")
    about.thumb(office, 2, "us", False, "Ana")
    correcting.correct(office, 1, {"sentiment": "positive", "intent": "praise"}, "Ana")
    about.judge_anew(office, about_us)
    assert office.alerts.unseen()
    forgetting.forget_posts("plaza", ["p1"], clock.forward(minutes=1))
    draw_back(office)
    about.judge_anew(office, about_us)
    anew(office, sifter_from(office.settings))
    forgetting.scrub(clock.forward(minutes=20))
    left = b"".join(file.read_bytes() for file in tmp_path.glob("warmline.db*")).lower()
    assert b"zanzibar" not in left
    assert [alert.mention_id for alert in office.alerts.unseen()] == [2]
    model = about_us.judge.model("us")
    assert model is None or "zanzibarbuzz" not in str(model.strongest())


def test_what_is_forgotten_while_all_is_triaged_anew_stays_forgotten(
    office: Office, poller: Poller, forgetting: Forgetting, tmp_path: Path, clock: Clock
) -> None:
    poller.poll(
        FakeSource(mentions=[Batch((a_mention(1, text=f"{SAID}, worst zanzibarbuzz ever"), a_mention(2)), "one")])
    )
    sifter = sifter_from(office.settings)
    keep = sifter.keep

    def and_meanwhile(mention: Mention) -> Triaged:
        forgetting.forget_posts("plaza", ["p1"], clock())
        return keep(mention)

    sifter.keep = and_meanwhile  # type: ignore[method-assign]
    anew(office, sifter)
    forgetting.scrub(clock.forward(minutes=20))
    left = b"".join(file.read_bytes() for file in tmp_path.glob("warmline.db*"))
    assert b"zanzibarbuzz" not in left
