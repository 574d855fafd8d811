"""The responders' tables, as numbered migrations. They refer to mentions; mentions know nothing of them."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from listener.archive.connect import moment
from listener.settings import PatiencePart
from listener.triage import Priority
from responders.audit import START, seal_of
from responders.turns import place_of

migrations = Migrations("responders")


@migrations()
def m001_what_we_answer(db: Database) -> None:
    """Permissions, drafts and their revisions, decisions, attempts to send, receipts, outcomes, controls."""
    for statement in ANSWERS.split(";"):
        if statement.strip():
            db.execute(statement)
    # How many drafts stand where, kept as they move: counting 100,000 of them costs 8 ms, and every page shows it.
    more = "INSERT INTO draft_counts VALUES (new.state, new.lane, 1) ON CONFLICT DO UPDATE SET n = n + 1; "
    less = "UPDATE draft_counts SET n = n - 1 WHERE state = old.state AND lane = old.lane; "
    for when, what in (("INSERT", more), ("UPDATE OF state, lane", less + more), ("DELETE", less)):
        db.execute(f"CREATE TRIGGER drafts_counted_{when.split()[0].lower()} AFTER {when} ON drafts BEGIN {what} END")


@migrations()
def m002_desk_and_digest(db: Database) -> None:
    """Who is signed in at the desk, and which digest is due to whom."""
    for statement in DESK.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m003_do_not_contact(db: Database) -> None:
    """Who must not be contacted."""
    for statement in DO_NOT_CONTACT.split(";"):
        db.execute(statement)


@migrations()
def m004_why_set_aside(db: Database) -> None:
    """Why a mention is kept without a draft, so that each kind can be looked through by itself."""
    db.execute("ALTER TABLE set_aside ADD COLUMN why TEXT NOT NULL DEFAULT 'older'")
    db.execute("CREATE INDEX set_aside_by_why ON set_aside (why, mention_id DESC)")


@migrations()
def m005_turns_and_rules(db: Database) -> None:
    """Whose turn it is by when they should be answered; what rules and people mark mentions with; alerts."""
    for statement in TURNS.split(";"):
        db.execute(statement)
    for row in list(db.query(_PLACED)):
        place = place_of(_BY_TURN[row["turn"]], row["lane"], moment(row["posted_at"]), row["platform"], row["post_id"],
                         PatiencePart())  # fmt: skip
        db.execute("UPDATE drafts SET place = ? WHERE draft_id = ?", [place, row["draft_id"]])
    _count_marks(db)


def _count_marks(db: Database) -> None:
    """How many of those who wait are assigned to whom and tagged how, kept as it changes: every list shows it."""
    sides = (("person", "assignments", "person"), ("tag", "tags", "tag"))
    held = "EXISTS (SELECT 1 FROM drafts WHERE mention_id = {}.mention_id AND state = 'held')"
    more = "INSERT INTO mark_counts VALUES ('{0}', new.{2}, 1) ON CONFLICT DO UPDATE SET n = n + 1;"
    less = "UPDATE mark_counts SET n = n - 1 WHERE kind = '{0}' AND mark = old.{2};"
    for side in sides:
        for when, row, what in (("INSERT", "new", more), ("DELETE", "old", less), ("UPDATE", "new", less + more)):
            db.execute(
                f"CREATE TRIGGER {side[1]}_counted_{when.lower()} AFTER {when} ON {side[1]} "
                f"WHEN {held.format(row)} BEGIN {what.format(*side)} END"
            )
    come = "".join(
        "INSERT INTO mark_counts SELECT '{0}', {2}, 1 FROM {1} WHERE mention_id = new.mention_id "  # nosec B608
        "ON CONFLICT DO UPDATE SET n = n + 1;".format(*side)
        for side in sides
    )
    go = "".join(
        "UPDATE mark_counts SET n = n - 1 WHERE kind = '{0}' AND mark IN "  # nosec B608
        "(SELECT {2} FROM {1} WHERE mention_id = old.mention_id);".format(*side)
        for side in sides
    )
    for name, when, which, what in (
        ("come", "INSERT", "new.state = 'held'", come),
        ("back", "UPDATE OF state", "new.state = 'held' AND old.state != 'held'", come),
        ("gone", "UPDATE OF state", "old.state = 'held' AND new.state != 'held'", go),
        ("lost", "DELETE", "old.state = 'held'", go),
    ):
        db.execute(f"CREATE TRIGGER marks_counted_{name} AFTER {when} ON drafts WHEN {which} BEGIN {what} END")


_BY_TURN: tuple[Priority, ...] = ("urgent", "high", "normal", "low")
_PLACED = """
SELECT d.draft_id, d.turn, d.lane, d.posted_at, m.platform, m.post_id FROM drafts d JOIN mentions m USING (mention_id)
"""


@migrations()
def m009_not_sure(db: Database) -> None:
    """Which waiting drafts a person should judge the sound of, in the queue's own order."""
    for statement in NOT_SURE.split(";"):
        db.execute(statement)


@migrations()
def m010_sealed(db: Database) -> None:
    """The audit sealed row by row; who may send; what a person had read when they approved."""
    for statement in SEALED.split(";"):
        db.execute(statement)
    before = START
    for number, row in enumerate(list(db.query("SELECT * FROM decisions_before ORDER BY decision_id")), start=1):
        row |= {"decision_id": number, "state": None}
        before = seal_of(row, before)
        db.execute(_SEAL, row | {"seal": before})
    db.execute("DROP TABLE decisions_before")
    db.execute("CREATE INDEX decisions_by_mention ON decisions (mention_id, at)")
    db.execute("CREATE INDEX decisions_by_draft ON decisions (draft_id) WHERE draft_id IS NOT NULL")
    for what in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER decisions_no_{what.lower()} BEFORE {what} ON decisions "
            "BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END"
        )


_SEAL = """
INSERT INTO decisions (decision_id, at, verb, person, reason, mention_id, draft_id, revision, text_sha256, seal)
VALUES (:decision_id, :at, :verb, :person, :reason, :mention_id, :draft_id, :revision, :text_sha256, :seal)
"""


# `lane` and `posted_at` stand in drafts as well, and `turn` (0 for urgent to 3 for low).
ANSWERS = """
CREATE TABLE permissions (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (mention_id) ON DELETE CASCADE,
  route TEXT NOT NULL CHECK (route IN ('api', 'by_hand', 'listen_only', 'do_not_contact')),
  rule TEXT NOT NULL,
  source TEXT NOT NULL,
  dated TEXT NOT NULL
);
CREATE TABLE drafts (
  draft_id INTEGER PRIMARY KEY,
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  text TEXT NOT NULL,
  text_sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'approved', 'rehearsed', 'by_hand', 'declined', 'escalated',
    'superseded', 'sending', 'sent', 'refused', 'unknown')),
  route TEXT NOT NULL CHECK (route IN ('api', 'by_hand')),
  lane TEXT NOT NULL,
  turn INTEGER NOT NULL,
  posted_at TEXT NOT NULL,
  template TEXT NOT NULL,
  evidence TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  key TEXT,
  approved_by TEXT,
  approved_at TEXT,
  send_after TEXT,
  made_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE INDEX drafts_by_state ON drafts (state, turn, posted_at, draft_id);
CREATE INDEX drafts_by_lane ON drafts (state, lane, turn, posted_at, draft_id);
CREATE UNIQUE INDEX drafts_one_a_mention ON drafts (mention_id) WHERE state NOT IN ('declined', 'superseded');
CREATE INDEX drafts_by_mention ON drafts (mention_id);
CREATE TABLE set_aside (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (mention_id) ON DELETE CASCADE
);
CREATE TABLE draft_counts (
  state TEXT NOT NULL,
  lane TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (state, lane)
) WITHOUT ROWID;
CREATE TABLE revisions (
  draft_id INTEGER NOT NULL REFERENCES drafts (draft_id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  text TEXT NOT NULL,
  text_sha256 TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (draft_id, revision)
) WITHOUT ROWID;
CREATE TABLE decisions (
  decision_id INTEGER PRIMARY KEY,
  mention_id INTEGER REFERENCES mentions (mention_id) ON DELETE SET NULL,
  draft_id INTEGER REFERENCES drafts (draft_id) ON DELETE SET NULL,
  verb TEXT NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  revision INTEGER,
  text_sha256 TEXT,
  at TEXT NOT NULL
);
CREATE INDEX decisions_by_mention ON decisions (mention_id, at);
CREATE TABLE attempts (
  attempt_id INTEGER PRIMARY KEY,
  draft_id INTEGER NOT NULL REFERENCES drafts (draft_id) ON DELETE CASCADE,
  text_sha256 TEXT NOT NULL,
  started_at TEXT NOT NULL,
  lease_until TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT,
  detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX attempts_by_draft ON attempts (draft_id);
CREATE TABLE receipts (
  draft_id INTEGER PRIMARY KEY REFERENCES drafts (draft_id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  post_id TEXT NOT NULL,
  url TEXT NOT NULL,
  text_sha256 TEXT NOT NULL,
  how TEXT NOT NULL CHECK (how IN ('api', 'found', 'by_hand')),
  at TEXT NOT NULL
);
CREATE TABLE outcomes (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (mention_id) ON DELETE CASCADE,
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'declined', 'no_reply')),
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX outcomes_by_time ON outcomes (at);
CREATE TABLE controls (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL
)
"""

DESK = """
CREATE TABLE sessions (
  token_sha256 TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('link', 'session')),
  person TEXT NOT NULL,
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE TABLE digests (
  recipient TEXT NOT NULL,
  week TEXT NOT NULL,
  due_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'unknown', 'refused')),
  tries INTEGER NOT NULL DEFAULT 0,
  next_at TEXT,
  message_id TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  changed_at TEXT NOT NULL,
  PRIMARY KEY (recipient, week)
)
"""

# Named by the platform's own id and their handle (in lower case) and nothing else: a promise to leave someone alone
# outlives what they said, and holds where they are known by their handle only.
DO_NOT_CONTACT = """
CREATE TABLE do_not_contact (
  platform TEXT NOT NULL,
  author_id TEXT NOT NULL,
  handle TEXT NOT NULL DEFAULT '',
  mention_id INTEGER REFERENCES mentions (mention_id) ON DELETE SET NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (platform, author_id)
) WITHOUT ROWID;
CREATE INDEX do_not_contact_by_handle ON do_not_contact (platform, handle)
"""

# The queue's order is one column (see turns.py), and so one index read forward from any place. `points` and `also`
# are what lies between the person and us, beside what triage said.
TURNS = """
ALTER TABLE drafts ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE drafts ADD COLUMN points INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN also TEXT NOT NULL DEFAULT '[]';
DROP INDEX drafts_by_state;
DROP INDEX drafts_by_lane;
CREATE INDEX drafts_by_state ON drafts (state, place, draft_id);
CREATE INDEX drafts_by_lane ON drafts (state, lane, place, draft_id);
CREATE TABLE assignments (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (mention_id) ON DELETE CASCADE,
  person TEXT NOT NULL COLLATE NOCASE,
  by TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX assignments_by_person ON assignments (person);
CREATE TABLE tags (
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  by TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (mention_id, tag)
) WITHOUT ROWID;
CREATE INDEX tags_by_tag ON tags (tag);
CREATE TABLE mark_counts (
  kind TEXT NOT NULL CHECK (kind IN ('person', 'tag')),
  mark TEXT NOT NULL COLLATE NOCASE,
  n INTEGER NOT NULL,
  PRIMARY KEY (kind, mark)
) WITHOUT ROWID;
CREATE TABLE alerts (
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  at TEXT NOT NULL,
  seen_by TEXT,
  seen_at TEXT,
  letter INTEGER,
  PRIMARY KEY (mention_id, rule)
) WITHOUT ROWID;
CREATE INDEX alerts_unseen ON alerts (at) WHERE seen_at IS NULL;
CREATE INDEX alerts_unsent ON alerts (at) WHERE letter IS NULL;
CREATE INDEX alerts_by_letter ON alerts (letter) WHERE letter IS NOT NULL;
CREATE TABLE alert_letters (
  letter INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'unknown', 'refused')),
  tries INTEGER NOT NULL DEFAULT 0,
  next_at TEXT,
  message_id TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  made_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (letter, recipient)
) WITHOUT ROWID
"""

NOT_SURE = """
ALTER TABLE drafts ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
UPDATE drafts SET unsure = 1 WHERE mention_id IN (SELECT mention_id FROM triage WHERE unsure);
CREATE INDEX drafts_not_sure ON drafts (state, place, draft_id) WHERE unsure
"""

# A row of the audit outlives what it tells of, and refers to it by number only. `state`: the draft's from then on.
# `leases.token`: a number that rises with every attempt; `attempts.token`: the one that it was begun with. `read_as`:
# the mention's words as they stood when a person approved, until the draft is done with; `told_of`: the replies of ours
# on the platform itself that they were told of. `looks`: how often an unknown one was looked for in vain; `look_at`:
# when to look next.
SEALED = """
ALTER TABLE decisions RENAME TO decisions_before;
DROP INDEX decisions_by_mention;
CREATE TABLE decisions (
  decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  verb TEXT NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  mention_id INTEGER,
  draft_id INTEGER,
  revision INTEGER,
  text_sha256 TEXT,
  state TEXT,
  seal TEXT NOT NULL
);
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  token INTEGER NOT NULL,
  until TEXT NOT NULL
) WITHOUT ROWID;
ALTER TABLE attempts ADD COLUMN token INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN read_as TEXT;
CREATE INDEX drafts_read_as ON drafts (changed_at) WHERE read_as IS NOT NULL;
ALTER TABLE drafts ADD COLUMN told_of TEXT NOT NULL DEFAULT '[]';
ALTER TABLE drafts ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN look_at TEXT
"""
