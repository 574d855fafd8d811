"""The fields a query may name, what each takes, and what is wrong with what somebody wrote instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from listener.query.habits import instead_of_field

Kind = Literal["handle", "lang", "site", "platform", "community", "flag", "number", "fact"]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a field takes. `values`: all it may be, where they are known; `example` is shown beside an error."""

    kind: Kind
    example: str
    values: tuple[str, ...] = ()


def fact(example: str, *values: str) -> FieldRule:
    """A field of what triage found (`lane:complaint`), which only a rule may ask for."""
    return FieldRule("fact", example, values)


ALIASES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("in", "subreddit", "channel"), "community"),
        **dict.fromkeys(("url", "link", "domain"), "site"),
        **dict.fromkeys(("author", "user"), "from"),
        "language": "lang",
        "source": "platform",
    }
)

WATCH_FIELDS: Mapping[str, FieldRule] = MappingProxyType(
    {
        "from": FieldRule("handle", "from:mia"),
        "lang": FieldRule("lang", "lang:en"),
        "site": FieldRule("site", "site:acme.com"),
        "platform": FieldRule("platform", "platform:reddit"),
        "community": FieldRule("community", "community:lamps"),
        "is": FieldRule("flag", "is:reply", ("reply", "addressed")),
        "has": FieldRule("flag", "has:link", ("link", "question")),
        "followers": FieldRule("number", "followers:>1000"),
        "likes": FieldRule("number", "likes:>=10"),
    }
)

# What a rule over triaged mentions may ask for beside these.
RULE_FIELDS: Mapping[str, FieldRule] = MappingProxyType(
    {
        **WATCH_FIELDS,
        "lane": fact("lane:complaint"),
        "sentiment": fact("sentiment:negative", "positive", "neutral", "negative", "unscored"),
        "intent": fact("intent:leaving"),
        "priority": fact("priority:urgent", "low", "normal", "high", "urgent"),
        "watch": fact("watch:acme"),
        "tag": fact("tag:refund"),
    }
)

_HOST = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def value_of(name: str, rule: FieldRule, value: str) -> str:
    """A field's value as it is compared. Raises ValueError that says what to write instead."""
    match rule.kind:
        case "handle":
            return _handle(name, value)
        case "lang":
            if not _LANG.fullmatch(value):
                raise ValueError(f"{name}: takes a language's code of two or three letters: {rule.example}")
            return value.lower()
        case "site":
            return _host(value)
        case "community":
            bare = re.sub(r"^/?r/|^[!#]", "", value, flags=re.IGNORECASE).strip("/ ")
            return _not_empty(bare, rule)
        case _:
            return _listed(name, rule, value.casefold())  # as the facts are when they are asked for


def _handle(name: str, value: str) -> str:
    platform, colon, handle = value.rpartition(":")
    bare = re.sub(r"^/?u/", "", handle.lstrip("@"))
    if not bare:
        raise ValueError(f"{name}: needs an account's name: {name}:mia")
    return f"{platform.lower()}{colon}{bare.casefold()}"


def _host(value: str) -> str:
    host = re.sub(r"^(?:https?://)?(?:\*\.|www\.)?", "", value.lower())
    host = re.sub(r"[/?#].*$|:\d+(?:/.*)?$", "", host).rstrip(".")
    if not _HOST.fullmatch(host):
        raise ValueError("site: needs a host's name with a full stop in it: site:acme.com")
    return host


def _listed(name: str, rule: FieldRule, value: str) -> str:
    if rule.values and value not in rule.values:
        near = difflib.get_close_matches(value, rule.values, n=1)
        hint = f"did you mean {name}:{near[0]}?" if near else f"it takes {', '.join(rule.values)}"
        raise ValueError(f"{name}: does not know that; {hint}")
    return _not_empty(value, rule)


def _not_empty(value: str, rule: FieldRule) -> str:
    if not value:
        raise ValueError(f"a value is missing; write {rule.example}")
    return value


def unknown(name: str, fields: Mapping[str, FieldRule]) -> str:
    """What to say of a field that there is none of."""
    if instead := instead_of_field(name):
        return f"there is no field {name}: here; {instead}"
    near = difflib.get_close_matches(name.lower(), [*fields, "raw"], n=1, cutoff=0.7)
    hint = f"did you mean {near[0]}:?" if near else f"there are {', '.join(f'{one}:' for one in fields)}."
    return f"there is no field {name}:; {hint} To look for the words themselves, put them in quotes"
