"""The language that watches and rules are written in: read, asked about a mention, put into other words."""

from listener.query.error import QueryError
from listener.query.fields import RULE_FIELDS, WATCH_FIELDS, FieldRule, fact
from listener.query.parser import Query, parse
from listener.query.subject import Subject

__all__ = ["parse", "Query", "QueryError", "Subject", "WATCH_FIELDS", "RULE_FIELDS", "FieldRule", "fact"]
