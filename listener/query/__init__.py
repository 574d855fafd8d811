"""The language that watches and rules are written in: read, asked about a mention, put into other words.

A rule is read once, `parse(text, RULE_FIELDS, must_find=False)`, and asked of each mention through one `Sight` of it:
`Sight(Subject.of(mention, facts)).ask(query.root)` gives where its words stand, None where it does not match.
"""

from listener.query.ask import Sight
from listener.query.error import QueryError
from listener.query.fields import RULE_FIELDS, WATCH_FIELDS, FieldRule, fact
from listener.query.parser import Query, parse
from listener.query.subject import Subject

__all__ = ["parse", "Query", "QueryError", "Subject", "Sight", "WATCH_FIELDS", "RULE_FIELDS", "FieldRule", "fact"]
