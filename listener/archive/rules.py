"""The rules as they are kept, in their order, and what each did lately."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.rules import Rule, Standing, Unfit, fit


class Rules:
    """Keeps the rules. Whoever sorts mentions sees by the number of lessons that something has changed."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> tuple[Rule, ...]:
        """Every rule, in the order in which they are tried."""
        return tuple(_rule(row) for row in self._db.query("SELECT * FROM rules ORDER BY position, rule_id"))

    def live(self) -> tuple[Rule, ...]:
        """Those that are in force, in order."""
        return tuple(rule for rule in self.all() if rule.state == "live")

    def get(self, rule_id: int) -> Rule:
        """One rule. Raises KeyError."""
        for row in self._db.query("SELECT * FROM rules WHERE rule_id = ?", [rule_id]):
            return _rule(row)
        raise KeyError(f"there is no rule {rule_id}")

    def named(self, name: str) -> Rule:
        """The rule of this name, in any case. Raises KeyError."""
        for row in self._db.query("SELECT * FROM rules WHERE name = ?", [name]):
            return _rule(row)
        raise KeyError(f"there is no rule {name!r}; warmline rules lists them")

    def add(self, rule: Rule, person: str, now: datetime) -> Rule:
        """Keep a new rule behind all others, as it stands. Raises Unfit."""
        rule = fit(rule)
        with writing(self._db):
            self._free(rule)
            made = self._db.execute(_ADD, {**_row(rule), "person": person, "at": stamp(now)})
            return self.get(int(made.lastrowid or 0))

    def change(self, rule_id: int, rule: Rule, person: str, now: datetime) -> Rule:
        """Write a rule anew in its place. What was live is a draft again, to be tried first. Raises Unfit, KeyError."""
        rule = replace(fit(rule), rule_id=rule_id, state="draft")
        with writing(self._db):
            was = self.get(rule_id)
            self._free(rule)
            self._db.execute(_CHANGE, {**_row(rule), "rule_id": rule_id, "person": person, "at": stamp(now)})
            self._db.execute("UPDATE triage SET rule = ? WHERE rule = ? AND rule != ''", [rule.name, was.name])
            return self.get(rule_id)

    def set_state(self, rule_id: int, state: Standing, person: str, now: datetime) -> Rule:
        """Put a rule in force, or out of it. Raises Unfit where its condition can't be read, KeyError."""
        with writing(self._db):
            if state == "live":
                fit(self.get(rule_id))
            row = [state, person, stamp(now), rule_id]
            self._db.execute("UPDATE rules SET state = ?, person = ?, at = ? WHERE rule_id = ?", row)
            return self.get(rule_id)

    def move(self, rule_id: int, way: Literal["up", "down"]) -> None:
        """Change places with the rule before or behind; nothing where there is none. Raises KeyError."""
        with writing(self._db):
            self.get(rule_id)
            order = [rule.rule_id for rule in self.all()]
            at = order.index(rule_id)
            to = max(0, at - 1) if way == "up" else min(len(order) - 1, at + 1)
            order[at], order[to] = order[to], order[at]
            places = list(enumerate(order))
            self._db.conn.executemany("UPDATE rules SET position = ? WHERE rule_id = ?", places)

    def remove(self, rule_id: int) -> None:
        """Forget a rule. What it did stays done, and keeps its name beside it."""
        with writing(self._db):
            self._db.execute("DELETE FROM rules WHERE rule_id = ?", [rule_id])

    def did(self, since: datetime) -> Mapping[str, int]:
        """How many of the mentions heard since then each rule was applied to, by its name."""
        return {row["rule"]: row["n"] for row in self._db.query(_DID, {"since": stamp(since)})}

    def _free(self, rule: Rule) -> None:
        taken = "SELECT 1 FROM rules WHERE name = ? AND rule_id != ?"
        if self._db.execute(taken, [rule.name, rule.rule_id]).fetchone():
            raise Unfit("name", f"there is a rule “{rule.name}” already")


def _row(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "condition": rule.condition,
        "lane": rule.lane,
        "assign": rule.assign,
        "tags": json.dumps(rule.tags, ensure_ascii=False),
        "alert": int(rule.alert),
        "no_reply": rule.no_reply,
        "state": rule.state,
    }


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        name=row["name"],
        condition=row["condition"],
        lane=row["lane"],
        assign=row["assign"],
        tags=tuple(json.loads(row["tags"])),
        alert=bool(row["alert"]),
        no_reply=row["no_reply"],
        state=row["state"],
        rule_id=row["rule_id"],
        person=row["person"],
        at=moment(row["at"]),
    )


_ADD = """
INSERT INTO rules (position, name, condition, lane, assign, tags, alert, no_reply, state, person, at)
VALUES ((SELECT coalesce(max(position), 0) + 1 FROM rules), :name, :condition, :lane, :assign, :tags, :alert, :no_reply,
  :state, :person, :at)
"""

_CHANGE = """
UPDATE rules SET name = :name, condition = :condition, lane = :lane, assign = :assign, tags = :tags, alert = :alert,
  no_reply = :no_reply, state = :state, person = :person, at = :at WHERE rule_id = :rule_id
"""

_DID = """
SELECT t.rule, count(*) AS n FROM triage t JOIN mentions m USING (mention_id)
WHERE t.rule != '' AND m.heard_at >= :since GROUP BY t.rule
"""
