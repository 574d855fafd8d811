"""What stands on this machine: the watches, the secrets' files, the database, the templates, the desk, the mail."""

from __future__ import annotations

import http.client
import os
import re
import socket
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from listener.archive.connect import ArchiveError, StorageError, look_into
from listener.archive.examine import behind, damage
from listener.archive.schema import migrations as listener_migrations
from listener.query.parser import parse
from listener.settings import SettingsError
from responders import audit
from responders.compose.templates import CannotRender, Replies
from responders.controls import Controls
from responders.digest.render import check as check_letter
from responders.doctor.finding import Check, Finding
from responders.mailer import MailError, greet
from responders.office import database_path, template_folders
from responders.schema import migrations as responders_migrations
from responders.settings import Settings

SETS = (listener_migrations, responders_migrations)
SHORT = 4  # letters: a shorter term is part of too many people's sentences
DESK_PATIENCE_S = 3.0


def house_checks(settings: Settings, path: Path) -> Iterator[Check]:
    """A check for each of these things."""
    yield Check("watches", partial(_watches, settings))
    yield Check("secrets", partial(_secrets, settings))
    yield Check("database", partial(_database, settings, path))
    yield Check("sending", partial(_sending, settings, path))
    yield Check("templates", partial(_templates, settings, path))
    yield Check("desk", partial(_desk, settings))
    yield Check("mail", partial(_mail, settings))


def _watches(settings: Settings) -> Iterator[Finding]:
    if not settings.watches:
        fix = "write a table [[watches]] with a name and its terms into the settings"
        yield Finding("missing", "watches", "there is no watch: nothing would be looked for", fix)
        return
    short = [term for watch in settings.watches for term in watch.terms if len(term.strip()) < SHORT]
    for term in short:
        fix = "take a longer name or a phrase, or keep the strays out with exclude"
        yield Finding("note", "watches", f"{term!r} is short: it may name many other things", fix)
    names = [watch.name for watch in settings.watches]
    for name in sorted({name for name in names if names.count(name) > 1}):
        fix = "give each a name of its own, or put their terms into one"
        yield Finding("note", "watches", f"more than one watch is called {name!r}: they can't be told apart", fix)
    for watch in settings.watches:
        for warned in parse(watch.query).warnings if watch.query else ():
            fix = f"warmline query --watch {watch.name} shows what it means"
            yield Finding(
                "note", "watches", f"the query of {watch.name}, column {warned.column}: {warned.message}", fix
            )
    if not any(watch.kind == "brand" and watch.handles for watch in settings.watches):
        fix = "name your own accounts as handles of a brand's watch"
        yield Finding("note", "watches", "no handles of ours are named: our own posts would be taken for mentions", fix)
    yield Finding("ok", "watches", ", ".join(watch.name for watch in settings.watches))


def _secrets(settings: Settings) -> Iterator[Finding]:
    files = dict(_secret_files(settings))
    wrong = [one for key, file in files.items() for one in _secret(key, Path(file).expanduser())]
    yield from wrong
    if files and not wrong:
        yield Finding("ok", "secrets", f"{len(files)} looked at: {', '.join(files)}")


def _secret(key: str, file: Path) -> Iterator[Finding]:
    try:
        mode = file.stat().st_mode
    except OSError as why:
        fix = "write the secret into it, or take the line out"
        yield Finding("missing", "secrets", f"{key}: cannot read {file}: {why.strerror}", fix)
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("broken", "secrets", f"{key}: {file} can be read by others", f"run chmod 600 {file}")


def _secret_files(settings: Settings) -> Iterator[tuple[str, str]]:
    tables: Mapping[str, Mapping[str, Any]] = {
        **{f"listener.sources.{name}": table for name, table in settings.listener.sources.items()},
        **{f"responders.publishers.{name}": table for name, table in settings.responders.publishers.items()},
        "digest.mail": settings.digest.mail.model_dump() if settings.digest.mail else {},
    }
    for name, table in tables.items():
        for key, value in table.items():
            if isinstance(value, str) and re.fullmatch(r".*(password|token|secret|key)\w*_file", key):
                yield f"{name}.{key}", value


def _database(settings: Settings, path: Path) -> Iterator[Finding]:
    file = database_path(settings, path)
    if not file.exists():
        yield _no_database(file)
        return
    try:
        with closing(look_into(file, SETS)) as db:
            if said := damage(db):
                fix = "stop Warmline, keep a copy of the file, and go back to the last backup"
                yield Finding("broken", "database", f"{file} is damaged: {said}", fix)
            elif waiting := behind(db, SETS):
                words = f"{file} is of an older Warmline ({len(waiting)} changes are to be made)"
                yield Finding("note", "database", words, "nothing to do: the next start makes them")
            elif not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
                fix = "give this user the right to write the file and into its folder"
                yield Finding("broken", "database", f"{file} can't be written", fix)
            else:
                yield Finding("ok", "database", f"{file}, whole and up to date, {_mb(file):,.1f} MB")
    except (ArchiveError, StorageError) as why:
        fix = "name the right file under [listener] database, or go back to the last backup"
        yield Finding("broken", "database", str(why), fix)


def _mb(file: Path) -> float:
    """What the database takes up, with the log that its last changes are in."""
    parts = (file, file.with_name(f"{file.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists()) / 1_000_000


def _no_database(file: Path) -> Finding:
    if file.parent.is_dir() and os.access(file.parent, os.W_OK):
        return Finding("note", "database", f"{file} is not there yet", "nothing to do: the first poll makes it")
    fix = "make the folder, or name another place under [listener] database"
    return Finding("missing", "database", f"{file} can't be made: its folder is not there, or not to be written", fix)


def _sending(settings: Settings, path: Path) -> Iterator[Finding]:
    if settings.responders.mode == "live":
        yield Finding("ok", "sending", "live: what a person approves is posted")
    else:
        fix = 'once you trust it: [responders] mode = "live"'
        yield Finding("note", "sending", "shadow mode: all works, and nothing leaves for a real network", fix)
    file = database_path(settings, path)
    try:
        with closing(look_into(file)) as db:
            paused, verdict = Controls(db).paused(), audit.verify(db)
    except (ArchiveError, StorageError):
        return  # said where the database is looked at, or of an older Warmline
    if paused:
        yield Finding("note", "sending", f"paused {paused}", "to go on: warmline resume")
    if verdict.wrong:
        fix = "find out who has the file; compare with the heads in your weekly letters: warmline audit verify --head …"
        yield Finding("broken", "audit", verdict.wrong, fix)
    else:
        yield Finding("ok", "audit", f"{verdict.rows:,} rows, each as it was written")


def _templates(settings: Settings, path: Path) -> Iterator[Finding]:
    try:
        Replies.load(template_folders(settings, path, "replies"), shipped_too=True)
        check_letter(template_folders(settings, path, "digest"))
    except CannotRender as why:
        fix = "free memory, or let this user start processes: until then there are neither drafts nor letters"
        yield Finding("broken", "templates", str(why), fix)
        return
    except SettingsError as why:
        yield Finding("broken", "templates", str(why), "docs/templates.md tells how a template is written")
        return
    own = settings.responders.templates
    if own and (path.parent / Path(own).expanduser() / "desk").is_dir():
        fix = "take that folder away: the desk's pages are code, and can't be replaced"
        yield Finding("note", "templates", f"{own}/desk is not used", fix)
    yield Finding(
        "ok", "templates", f"all replies and the letter can be read{f', with yours from {own}' if own else ''}"
    )


def _desk(settings: Settings) -> Iterator[Finding]:
    host, port = settings.desk.host, settings.desk.port
    where = f"http://{host}:{port}"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as why:
            in_the_way = why
        else:
            yield Finding("ok", "desk", f"{where} is free: warmline run opens the desk there")
            return
    if _is_ours(host, port):
        yield Finding("ok", "desk", f"open at {where}; to sign in: warmline login")
    else:
        fix = "end what stands there, or name another port under [desk]"
        yield Finding("broken", "desk", f"cannot listen at {where}: {in_the_way.strerror}", fix)


def _is_ours(host: str, port: int) -> bool:
    """Whether what answers there is a desk: its sign-in page is the same for everyone."""
    everywhere = host == "0.0.0.0"  # noqa: S104 - compared, not listened at  # nosec B104
    asking = http.client.HTTPConnection("127.0.0.1" if everywhere else host, port, timeout=DESK_PATIENCE_S)
    try:
        asking.request("GET", "/")
        answer = asking.getresponse()
        return answer.status == http.client.UNAUTHORIZED and b"Warmline" in answer.read(10_000)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def _mail(settings: Settings) -> Iterator[Finding]:
    mail = settings.digest.mail
    if mail is None or not settings.digest.recipients:
        yield Finding("off", "mail", "the week's letter is mailed to nobody", "to have it: [digest] in the settings")
        return
    try:
        greet(mail)
    except MailError as why:
        yield Finding("broken", "mail", str(why), "check [digest.mail] in the settings, and the password")
    else:
        yield Finding("ok", "mail", f"{mail.host}:{mail.port} takes our mail")
