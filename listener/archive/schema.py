"""The listener's tables, as numbered migrations."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("listener")


@migrations()
def m001_what_was_heard(db: Database) -> None:
    """Mentions with their authors, what triage said of them, and how far each stream has been heard."""
    for statement in HEARD.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m002_search(db: Database) -> None:
    """A full-text index over the mentions' words; filled a batch at a time, three times as fast as by trigger."""
    db.table("mentions").enable_fts(["text"], fts_version="FTS5", tokenize="unicode61 remove_diacritics 2")
    db.execute(
        "CREATE TRIGGER mentions_forgotten AFTER DELETE ON mentions BEGIN "
        "INSERT INTO mentions_fts(mentions_fts, rowid, text) VALUES ('delete', old.mention_id, old.text); END"
    )
    db.execute(
        "CREATE TRIGGER mentions_changed AFTER UPDATE OF text ON mentions BEGIN "
        "INSERT INTO mentions_fts(mentions_fts, rowid, text) VALUES ('delete', old.mention_id, old.text); "
        "INSERT INTO mentions_fts(rowid, text) VALUES (new.mention_id, new.text); END"
    )


@migrations()
def m003_what_became_of_it(db: Database) -> None:
    """What was deleted or edited since, which accounts are bots, what was used up and paid, when a stream began."""
    for statement in BECAME.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m004_what_could_not_be_told(db: Database) -> None:
    """What reading again could not tell yet, what is scrubbed from the file, and who turned out to speak to us."""
    for statement in UNTOLD.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m005_judgement(db: Database) -> None:
    """Triage with its doubts, its intents and its reasons for the priority; what people taught us about it."""
    for statement in JUDGEMENT.split(";"):
        if statement.strip():
            db.execute(statement)
    # Whoever sorts mentions looks at one number to see whether anything was taught since.
    for table in ("thumbs", "corrections"):
        for verb in "insert", "update", "delete":
            db.execute(
                f"CREATE TRIGGER {table}_taught_by_{verb} AFTER {verb} ON {table} "  # nosec B608
                "BEGIN UPDATE lessons SET n = n + 1; END"
            )


@migrations()
def m006_rules(db: Database) -> None:
    """The manager's rules; a change to one is a lesson as well."""
    for statement in RULES.split(";"):
        db.execute(statement)
    for verb in "insert", "update", "delete":
        db.execute(
            f"CREATE TRIGGER rules_taught_by_{verb} AFTER {verb} ON rules "  # nosec B608
            "BEGIN UPDATE lessons SET n = n + 1; END"
        )


@migrations()
def m007_echoes(db: Database) -> None:
    """Which mentions are one post in several places, and the numbers by which they are found."""
    for statement in ECHOES.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m009_how_well_we_judge(db: Database) -> None:
    """How sure triage was of what is corrected, what was drawn at random to be judged, which words were no good."""
    for statement in HOW_WELL.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m010_three_strikes(db: Database) -> None:
    """A mention that could be read and not sifted is kept as such, with how often it was tried."""
    db.execute("ALTER TABLE quarantine ADD COLUMN mention TEXT")
    db.execute("ALTER TABLE quarantine ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0")


# Times are text, UTC, always of one width (2026-11-23T02:43:00.000Z), so that they sort as they read.
HEARD = """
CREATE TABLE authors (
  person_id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  author_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  followers INTEGER,
  url TEXT NOT NULL,
  first_heard_at TEXT NOT NULL,
  last_heard_at TEXT NOT NULL,
  UNIQUE (platform, author_id)
);
CREATE TABLE mentions (
  mention_id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  post_id TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES authors (person_id),
  text TEXT NOT NULL,
  url TEXT NOT NULL,
  posted_at TEXT NOT NULL,
  heard_at TEXT NOT NULL,
  in_reply_to TEXT,
  thread_id TEXT,
  lang TEXT,
  likes INTEGER,
  reposts INTEGER,
  replies INTEGER,
  to_us INTEGER NOT NULL,
  ours INTEGER NOT NULL DEFAULT 0,
  about_us INTEGER NOT NULL DEFAULT 1,
  links TEXT NOT NULL,
  extra TEXT NOT NULL,
  stream TEXT NOT NULL,
  UNIQUE (platform, post_id)
);
CREATE INDEX mentions_by_time ON mentions (posted_at DESC);
CREATE INDEX mentions_by_person ON mentions (person_id, posted_at DESC);
CREATE INDEX mentions_ours ON mentions (platform, in_reply_to) WHERE ours;
CREATE INDEX mentions_by_thread ON mentions (platform, thread_id) WHERE thread_id IS NOT NULL;
CREATE TABLE matches (
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  watch TEXT NOT NULL,
  PRIMARY KEY (mention_id, watch)
) WITHOUT ROWID;
CREATE TABLE triage (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (mention_id) ON DELETE CASCADE,
  sentiment TEXT NOT NULL CHECK (sentiment IN ('positive', 'neutral', 'negative', 'unscored')),
  compound REAL,
  lane TEXT NOT NULL CHECK (lane IN ('help', 'complaint', 'praise', 'question', 'chat')),
  priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  reasons TEXT NOT NULL,
  words TEXT NOT NULL,
  engine TEXT NOT NULL
);
CREATE TABLE cursors (
  platform TEXT NOT NULL,
  stream TEXT NOT NULL,
  cursor TEXT,
  state TEXT NOT NULL DEFAULT 'listening' CHECK (state IN ('listening', 'waiting', 'unavailable', 'revoked')),
  detail TEXT NOT NULL DEFAULT '',
  failures INTEGER NOT NULL DEFAULT 0,
  polled_at TEXT,
  heard_at TEXT,
  next_at TEXT,
  PRIMARY KEY (platform, stream)
);
CREATE TABLE coverage (
  coverage_id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  stream TEXT NOT NULL,
  heard_from TEXT NOT NULL,
  heard_until TEXT NOT NULL,
  lost INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX coverage_by_stream ON coverage (platform, stream, heard_until);
CREATE TABLE quarantine (
  quarantine_id INTEGER PRIMARY KEY,
  platform TEXT NOT NULL,
  stream TEXT NOT NULL,
  raw TEXT NOT NULL,
  raw_sha256 TEXT NOT NULL,
  reason TEXT NOT NULL,
  heard_at TEXT NOT NULL,
  UNIQUE (platform, stream, raw_sha256)
)
"""

# `checked_at`: when a mention was last read again; `changed_at`: when its author was found to have edited it;
# `gone_at`: when it was found deleted, or grew too old to keep, and its words were forgotten.
BECAME = """
ALTER TABLE authors ADD COLUMN bot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mentions ADD COLUMN checked_at TEXT;
ALTER TABLE mentions ADD COLUMN changed_at TEXT;
ALTER TABLE mentions ADD COLUMN gone_at TEXT;
CREATE INDEX mentions_to_check ON mentions (platform, coalesce(checked_at, heard_at))
  WHERE gone_at IS NULL AND NOT ours;
CREATE INDEX mentions_changed_since ON mentions (changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX mentions_gone_since ON mentions (gone_at) WHERE gone_at IS NOT NULL;
ALTER TABLE cursors ADD COLUMN connected_at TEXT;
CREATE TABLE allowances (
  platform TEXT NOT NULL,
  pool TEXT NOT NULL,
  began_at TEXT NOT NULL,
  used REAL NOT NULL,
  blocked_until TEXT,
  PRIMARY KEY (platform, pool)
) WITHOUT ROWID;
CREATE TABLE charged (
  platform TEXT NOT NULL,
  what TEXT NOT NULL,
  item TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (platform, what, item, day)
) WITHOUT ROWID;
CREATE TABLE costs (
  platform TEXT NOT NULL,
  stream TEXT NOT NULL,
  what TEXT NOT NULL,
  day TEXT NOT NULL,
  items INTEGER NOT NULL,
  usd REAL NOT NULL,
  PRIMARY KEY (platform, stream, what, day)
) WITHOUT ROWID
"""

# `tried_at`: when it was last asked for without an answer about it; `missing_at`: when it first seemed gone together
# with many others, which is not believed until it is seen again; `scrubbed_at`: when the words of what is gone had left
# the file's every corner; `addressed_at`: when a mention known before turned out to be said to us, or by us.
UNTOLD = """
ALTER TABLE mentions ADD COLUMN tried_at TEXT;
ALTER TABLE mentions ADD COLUMN missing_at TEXT;
ALTER TABLE mentions ADD COLUMN scrubbed_at TEXT;
ALTER TABLE mentions ADD COLUMN addressed_at TEXT;
CREATE INDEX mentions_unscrubbed ON mentions (gone_at) WHERE gone_at IS NOT NULL AND scrubbed_at IS NULL;
CREATE INDEX mentions_addressed_since ON mentions (addressed_at) WHERE addressed_at IS NOT NULL;
CREATE INDEX mentions_by_stream ON mentions (platform, stream, posted_at)
"""

# A table's checks can't be changed in place: a new one is filled and takes the old one's name.
# `thumbs`: whether a person says that a mention is about a watch; `corrections`: what a person says that triage should
# have said, or that it was right (then `said` is `meant`).
JUDGEMENT = """
CREATE TABLE triage_anew (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (mention_id) ON DELETE CASCADE,
  sentiment TEXT NOT NULL CHECK (sentiment IN ('positive', 'neutral', 'negative', 'unscored')),
  compound REAL,
  negative REAL,
  unsure INTEGER NOT NULL DEFAULT 0,
  language TEXT NOT NULL DEFAULT 'und',
  intent TEXT NOT NULL DEFAULT 'chat',
  intents TEXT NOT NULL DEFAULT '[]',
  lane TEXT NOT NULL CHECK (lane IN ('help', 'complaint', 'praise', 'question', 'chat', 'spam')),
  priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  points INTEGER NOT NULL DEFAULT 0,
  because TEXT NOT NULL DEFAULT '',
  reasons TEXT NOT NULL,
  words TEXT NOT NULL,
  rule TEXT NOT NULL DEFAULT '',
  engine TEXT NOT NULL
);
INSERT INTO triage_anew (mention_id, sentiment, compound, lane, priority, reasons, words, engine)
  SELECT mention_id, sentiment, compound, lane, priority, reasons, words, engine FROM triage;
DROP TABLE triage;
ALTER TABLE triage_anew RENAME TO triage;
CREATE INDEX triage_unsure ON triage (mention_id DESC) WHERE unsure;
ALTER TABLE matches ADD COLUMN relevance REAL;
ALTER TABLE matches ADD COLUMN why TEXT NOT NULL DEFAULT '';
CREATE TABLE thumbs (
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  watch TEXT NOT NULL,
  relevant INTEGER NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (mention_id, watch)
) WITHOUT ROWID;
CREATE INDEX thumbs_by_watch ON thumbs (watch);
CREATE TABLE corrections (
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  about TEXT NOT NULL CHECK (about IN ('sentiment', 'intent', 'lane')),
  said TEXT NOT NULL,
  meant TEXT NOT NULL,
  engine TEXT NOT NULL,
  person TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (mention_id, about)
) WITHOUT ROWID;
CREATE TABLE lessons (n INTEGER NOT NULL);
INSERT INTO lessons VALUES (0)
"""

RULES = """
CREATE TABLE rules (
  rule_id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  condition TEXT NOT NULL,
  lane TEXT CHECK (lane IN ('help', 'complaint', 'praise', 'question', 'chat')),
  assign TEXT NOT NULL,
  tags TEXT NOT NULL,
  alert INTEGER NOT NULL,
  no_reply TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'live', 'off')),
  person TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX triage_by_rule ON triage (rule, mention_id DESC) WHERE rule != ''
"""

# `sampled`: the mention was drawn at random to be judged, so that it tells how often triage is right; `negative` and
# `unsure` are triage's own at the time.
HOW_WELL = """
ALTER TABLE corrections ADD COLUMN sampled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE corrections ADD COLUMN negative REAL;
ALTER TABLE corrections ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0;
CREATE TABLE dismissed_words (
  word TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  at TEXT NOT NULL
) WITHOUT ROWID
"""

# `same_as`: the first heard of those that say the same, where it is not itself; `repost`: it passes on what another
# said; `regrouped_at`: when it was left on its own, or at the head, by one that was edited or deleted.
# `echoes.at` is in seconds.
ECHOES = """
ALTER TABLE mentions ADD COLUMN same_as INTEGER REFERENCES mentions (mention_id) ON DELETE SET NULL;
ALTER TABLE mentions ADD COLUMN repost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mentions ADD COLUMN regrouped_at TEXT;
CREATE INDEX mentions_same_as ON mentions (same_as) WHERE same_as IS NOT NULL;
CREATE INDEX mentions_regrouped_since ON mentions (regrouped_at) WHERE regrouped_at IS NOT NULL;
CREATE TABLE echoes (
  key INTEGER NOT NULL,
  at INTEGER NOT NULL,
  mention_id INTEGER NOT NULL REFERENCES mentions (mention_id) ON DELETE CASCADE,
  PRIMARY KEY (key, at, mention_id)
) WITHOUT ROWID;
CREATE INDEX echoes_by_mention ON echoes (mention_id)
"""
