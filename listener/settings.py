"""The read half of settings.toml: what to listen for, where, and where to keep it."""

from __future__ import annotations

import difflib
import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from listener.query.error import QueryError
from listener.query.fields import WATCH_FIELDS, value_of
from listener.query.parser import parse


class SettingsError(Exception):
    """Something in settings.toml, or in a secret it names, that a person must mend; the message says where and how."""


class Part(BaseModel):
    """One table of settings.toml: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(Part):
    """What every source takes.

    `every_s` is the time between polls; `base_url` may point at this machine; `first_look_days` is how far back a
    first connection listens. What we keep is read again every `recheck_h` hours while it is younger than
    `recheck_days`, for what its author deleted or edited (0: never). After `keep_days` their words are forgotten.
    `forget_unread_h` is for a platform that obliges us to delete in time what its people deleted: what could not be
    read again for so long is forgotten, where the platform's limit, or ours on what it may cost, lets us read no more
    for at least an hour. An outage, theirs or ours, forgets nothing: it is made up for when it is over.
    """

    enabled: bool = True
    base_url: str
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    every_s: float = Field(default=60.0, ge=0.2)
    first_look_days: float = Field(default=30.0, gt=0, le=36_500)
    recheck_h: float = Field(default=24.0, ge=0, le=8_760)
    recheck_days: float = Field(default=30.0, gt=0, le=36_500)
    keep_days: float | None = Field(default=None, gt=0, le=36_500)
    forget_unread_h: float | None = Field(default=None, gt=0, le=8_760)

    @property
    def first_look(self) -> timedelta:
        """How far back a first connection listens."""
        return timedelta(days=self.first_look_days)


def _value(name: str) -> AfterValidator:
    """The value of a field, as a query with that field would have it. Raises ValueError."""
    return AfterValidator(lambda value: value_of(name, WATCH_FIELDS[name], value.strip()))


def readable(query: str) -> str:
    """A query that can be read. Raises ValueError that shows where it can't."""
    try:
        if query:
            parse(query)
    except QueryError as why:
        raise ValueError(why.shown(query)) from None
    return query


def _with_words(phrase: str) -> str:
    if not phrase.strip():
        raise ValueError("it is empty: write a word or a phrase, or take it away")
    return phrase


Phrase = Annotated[str, AfterValidator(_with_words)]
Account = Annotated[str, _value("from")]
Community = Annotated[str, _value("community")]
Host = Annotated[str, _value("site")]


class WatchSettings(Part):
    """A brand, competitor or topic: what names it, and our handles there if it is us; see `Watch`, docs/queries.md."""

    name: str = Field(min_length=1)
    kind: Literal["brand", "competitor", "topic"] = "brand"
    terms: tuple[Phrase, ...] = ()
    handles: tuple[str, ...] = ()
    exclude: tuple[Phrase, ...] = ()
    query: Annotated[str, AfterValidator(readable)] = ""
    require: tuple[Phrase, ...] = ()
    exclude_authors: tuple[Account, ...] = ()
    exclude_communities: tuple[Community, ...] = ()
    domains: tuple[Host, ...] = ()
    context: str = Field(default="", max_length=300)
    relevance_from: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.terms or self.query or self.handles or self.domains):
            raise ValueError('nothing names it: write terms = ["Acme"], or a query')
        return self


class Exclusions(Part):
    """`[exclude]`: what no watch is to find: words and phrases, authors ("spammer", "x:spammer") and communities."""

    terms: tuple[Phrase, ...] = ()
    authors: tuple[Account, ...] = ()
    communities: tuple[Community, ...] = ()

    def beside(self, watch: WatchSettings) -> WatchSettings:
        """The watch with these exclusions beside its own, each once however often this is asked."""
        pairs = {
            "exclude": (watch.exclude, self.terms),
            "exclude_authors": (watch.exclude_authors, self.authors),
            "exclude_communities": (watch.exclude_communities, self.communities),
        }
        return watch.model_copy(update={name: tuple(dict.fromkeys(own + all_)) for name, (own, all_) in pairs.items()})


class PatiencePart(Part):
    """`[triage.priority.patience_h]`: the hours until somebody should have looked; who is over that comes first.

    Praise has hours of its own, so that thanks are not kept waiting behind every complaint.
    """

    high: float = Field(default=4.0, ge=0, le=8_760)
    normal: float = Field(default=24.0, ge=0, le=8_760)
    low: float = Field(default=72.0, ge=0, le=8_760)
    praise: float = Field(default=24.0, ge=0, le=8_760)


Points = Annotated[int, Field(ge=-1_000, le=1_000)]


class PriorityPart(Part):
    """`[triage.priority]`: what each reason weighs, and from how many points on a mention is normal or high.

    Urgent is not a matter of points: only danger is. `reach` counts once from 10,000 followers and twice from
    100,000; `noticed` once from 100 likes, reposts and replies and twice from 1,000. The last four are what lies
    between a person and us: they wrote before within `returning_days`, about the same matter, we gave our word and its
    day has come, or we never answered.
    """

    normal_from: Points = 20
    high_from: Points = 50
    danger: Points = 100
    asks: Points = 40
    failure: Points = 35
    complaint: Points = 35
    loss: Points = 35
    leaving: Points = 25
    long_waiting: Points = 25
    damage: Points = 25
    question: Points = 20
    buying: Points = 20
    praise_of_substance: Points = 20
    praise: Points = 10
    to_us: Points = 15
    reach: Points = 20
    noticed: Points = 10
    to_others: Points = -10
    spam: Points = -100
    returning: Points = 5
    returning_days: float = Field(default=30.0, ge=0, le=36_500)
    same_again: Points = 10
    promised: Points = 25
    unanswered: Points = 15
    patience_h: PatiencePart = PatiencePart()


class TriagePart(Part):
    """`[triage]`: how mentions are judged.

    `engine` scores sentiment: "vader", or "mixed" (a small model that ships with Warmline). `lexicon` names a file with
    the brand's own words and their valence, beside settings.toml.
    """

    engine: Literal["mixed", "vader"] = "mixed"
    lexicon: str | None = None
    priority: PriorityPart = PriorityPart()


class ListenerPart(Part):
    """`[listener]`: the database file, and each source's own table, read by the source itself."""

    database: str = "warmline.db"
    sources: Mapping[str, Mapping[str, Any]] = {}


class Watching(BaseModel):
    """What to listen for. Once read, each watch has what is excluded from all of them beside its own."""

    watches: tuple[WatchSettings, ...] = ()
    exclude: Exclusions = Exclusions()

    @model_validator(mode="after")
    def _excluded_from_each(self) -> Self:
        object.__setattr__(self, "watches", tuple(map(self.exclude.beside, self.watches)))  # it is frozen once read
        return self


class ListenerSettings(Watching):
    """What a listening process needs to know; the tables of the answering half are not its business."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    triage: TriagePart = TriagePart()
    listener: ListenerPart = ListenerPart()


Model = TypeVar("Model", bound=BaseModel)


def read_listener_settings(path: Path) -> ListenerSettings:
    """The read half of the file at `path`. Raises SettingsError."""
    return checked(ListenerSettings, read_toml(path), path)


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises SettingsError where it can't be read or isn't TOML, with line and column."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as why:
        raise SettingsError(
            f"cannot read {path}: {why.strerror}. To make one: warmline init, or name it with --settings"
        ) from why
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise SettingsError(f"{path} is not TOML: {why}") from why


def checked(model: type[Model], tables: Mapping[str, Any], path: Path, prefix: Sequence[str] = ()) -> Model:
    """The tables as a model. Raises SettingsError that names line, key and what to write instead."""
    try:
        return model.model_validate(tables)
    except ValidationError as why:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        said = [_explain(error, model, path, text, prefix) for error in why.errors()]
        raise SettingsError("\n".join(said)) from None


# What to write, where pydantic only says what it should have been.
_INSTEAD = {"tuple_type": 'write a list, as in ["Acme"]', "string_type": 'write it in quotes, as in "Acme"'}


def _explain(error: Any, model: type[BaseModel], path: Path, text: str, prefix: Sequence[str]) -> str:
    loc = [*prefix, *error["loc"]]
    where = f"{path}:{line}" if (line := _line_of(loc, text)) else str(path)
    name = ".".join(str(part) for part in loc)
    if error["type"] != "extra_forbidden":
        # The value itself is left out: someone may have pasted a password into the wrong place.
        said = _INSTEAD.get(error["type"]) or error["msg"].removeprefix("Value error, ")
        return f"{where}: {name}: {said}"
    known = _fields_at(model, error["loc"][:-1])
    near = difflib.get_close_matches(str(loc[-1]), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known) or 'nothing'}"
    return f"{where}: unknown key {name!r}; {hint}"


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    for part in loc:
        field = model.model_fields.get(str(part))
        inner = _models_in(field.annotation) if field else []
        if inner:
            model = inner[0]
    return list(model.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _models_in(part)]


def _line_of(loc: Sequence[str | int], text: str) -> int | None:
    """The line on which a key stands, found by its table's header; None where it can't be told."""
    names = [str(part) for part in loc if isinstance(part, str)]
    nth = next((part for part in loc if isinstance(part, int)), 0)
    table: list[str] = []
    seen = -1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", line):
            table = [part.strip(" \"'") for part in header[1].split(".")]
            seen += line.lstrip().startswith("[[") and table == names[: len(table)]
            if table == names and max(seen, 0) == nth:
                return number
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            full = [*table, *(part.strip("\"'") for part in key[1].split("."))]
            if full == names[: len(full)] and len(full) == len(names) and max(seen, 0) == nth:
                return number
    return None


def read_secret(variable: str, file: str | None = None, environ: Mapping[str, str] = os.environ) -> SecretStr | None:
    """A secret from the environment variable, else from a file that only its owner can read; None where neither is set.

    Raises SettingsError where the file is missing or readable by others.
    """
    if environ.get(variable):
        return SecretStr(environ[variable])
    if file is None:
        return None
    path = Path(file).expanduser()
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"{path} can be read by others: run chmod 600 {path}")
        return SecretStr(path.read_text(encoding="utf-8").strip())
    except OSError as why:
        raise SettingsError(f"cannot read the secret in {path}: {why.strerror}. Set {variable} instead?") from why
