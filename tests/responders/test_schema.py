"""A database from before there were turns is taken along: who waited waits in the right place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from listener.archive.connect import connect, stamp
from listener.archive.schema import migrations as listener_migrations
from listener.settings import PriorityPart
from responders.inbox import Inbox
from responders.resorted import sort_anew
from responders.schema import migrations
from responders.turns import is_place
from tests.builders import NOON


def test_who_waited_before_there_were_turns_keeps_a_place(tmp_path: Path) -> None:
    db = connect(tmp_path / "warmline.db", [listener_migrations])
    migrations.apply(db, stop_before="m005_turns_and_rules")
    db.execute(
        "INSERT INTO authors (person_id, platform, author_id, handle, name, url, first_heard_at, last_heard_at) "
        "VALUES (1, 'x', 'm', 'mira', 'Mira', '', '', '')"
    )
    waiting = {1: (3, NOON), 2: (1, NOON), 3: (0, NOON), 4: (2, NOON - timedelta(days=3))}
    for number, (turn, at) in waiting.items():
        db.execute(
            "INSERT INTO mentions (mention_id, platform, post_id, person_id, text, url, posted_at, heard_at, to_us, "
            "links, extra, stream) VALUES (?, 'x', ?, 1, 'hello', '', ?, ?, 1, '[]', '{}', 's')",
            [number, str(number), stamp(at), stamp(at)],
        )
        db.execute(
            "INSERT INTO drafts (mention_id, revision, text, text_sha256, state, route, lane, turn, posted_at, "
            "template, evidence, made_at, changed_at) "
            "VALUES (?, 1, 'hi', '', 'held', 'api', 'help', ?, ?, '', '[]', '', ?)",
            [number, turn, stamp(at), stamp(at)],
        )
    migrations.apply(db)
    cards, _ = Inbox(db).waiting()
    assert [card.mention_id for card in cards] == [3, 4, 2, 1]
    assert all(is_place(row["place"]) for row in db.query("SELECT place FROM drafts"))
    sort_anew(db, PriorityPart())  # nothing was triaged: they stay where they are
    assert [card.mention_id for card in Inbox(db).waiting()[0]] == [3, 4, 2, 1]
    db.close()
