"""`warmline digest`: the week in a letter, to look at, to keep, or to mail."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from listener.settings import SettingsError
from responders.commands.common import failing_in_one_line, json_option, open_office, say, say_json, settings_option
from responders.digest.assemble import assemble
from responders.digest.postman import send_week
from responders.digest.render import Rendered, render
from responders.digest.week import Outcome, Week, WeekError
from responders.mailer import build
from responders.office import Office, template_folders


@click.command()
@click.option("--week", "name", metavar="2026-W47", help="The ISO week; else the last whole one.")
@click.option(
    "--preview", "way", flag_value="preview", default="preview", help="Print the letter (this is the default)."
)
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write the mail to a file (.eml).")
@click.option("--send", "way", flag_value="send", help="Mail it to everyone in [digest], each once for that week.")
@settings_option
@json_option
@failing_in_one_line
def digest(name: str | None, way: str, file: Path | None, settings_path: Path, as_json: bool) -> None:
    """Tell the week: who came back, who waits, the best and the hardest word, plain counts."""
    with open_office(settings_path) as office:
        week = _week(office, name)
        if way == "send":
            _send(office, week)
        elif as_json:
            say_json(assemble(office.db, week, office.now()))
        elif file is not None:
            _write(office, week, file)
        else:
            letter = _rendered(office, week)
            say(f"Subject: {letter.subject}\n\n{letter.text}")


def _week(office: Office, name: str | None) -> Week:
    zone = office.settings.digest.zone
    try:
        return Week.parse(name, zone) if name else Week.current(office.now(), zone).previous
    except WeekError as why:
        raise click.UsageError(str(why)) from why


def _rendered(office: Office, week: Week) -> Rendered:
    letter = assemble(office.db, week, office.now())
    folders = template_folders(office.settings, office.settings_path, "digest")
    return render(letter, office.settings.brand.name, office.settings.desk_url, folders)


def _write(office: Office, week: Week, file: Path) -> None:
    letter, mail = _rendered(office, week), office.settings.digest.mail
    sender = mail.sender if mail else "Warmline <warmline@localhost>"
    recipient = next(iter(office.settings.digest.recipients), sender)
    message = build(
        letter.subject, letter.text, letter.html,
        sender=sender, recipient=recipient, message_id=f"<digest.{week.name}@localhost>", at=office.now(),
    )  # fmt: skip
    try:
        file.write_bytes(message.as_bytes())
    except OSError as why:
        raise click.ClickException(f"cannot write {file}: {why.strerror}") from why
    say(f"Wrote {file}. Nothing was sent.")


def _send(office: Office, week: Week) -> None:
    settings = office.settings
    if settings.digest.mail is None or not settings.digest.recipients:
        raise SettingsError("nobody to send to: name recipients under [digest], and a server under [digest.mail]")
    folders = template_folders(settings, office.settings_path, "digest")
    outcomes = send_week(
        office.db, settings.digest, settings.brand.name, settings.desk_url, folders, week, office.now()
    )  # fmt: skip
    for outcome in outcomes:
        say(_line(outcome, week), err=outcome.state != "sent")
    sys.exit(0 if all(outcome.state == "sent" for outcome in outcomes) else 1)


def _line(outcome: Outcome, week: Week) -> str:
    beside = f": {outcome.detail}" if outcome.detail else ""
    return f"{week.name} to {outcome.recipient}: {outcome.state}{beside}"
