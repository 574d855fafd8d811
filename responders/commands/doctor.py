"""`warmline doctor`: what is missing or broken, one line each, with the fix."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from listener.log import start_logging
from listener.poll import utc_now
from listener.settings import SettingsError
from responders.commands.common import failing_in_one_line, json_option, load, say, say_json, settings_option, table
from responders.doctor import Finding, examine
from responders.doctor.platforms import not_set_up


@click.command()
@click.option("--all", "everything", is_flag=True, help="How to be let in at the platforms that are not set up, too.")
@settings_option
@json_option
@failing_in_one_line
def doctor(everything: bool, settings_path: Path, as_json: bool) -> None:
    """Look at this machine and ask each platform one question; change nothing anywhere.

    Exit code 0 where all is well, 1 where something is missing or broken.
    """
    start_logging(logging.ERROR)
    try:
        settings = load(settings_path, needed=True)
    except SettingsError as why:
        found, left_out = [Finding("missing", "settings", str(why))], {}
    else:
        found = [Finding("ok", "settings", str(settings_path)), *examine(settings, settings_path, utc_now)]
        left_out = not_set_up(settings)
    if as_json:
        say_json({"well": not any(one.wrong for one in found), "findings": found, "not_set_up": left_out})
    else:
        _tell(found, left_out, everything)
    sys.exit(1 if any(one.wrong for one in found) else 0)


def _tell(found: list[Finding], left_out: dict[str, str], everything: bool) -> None:
    table((one.mark, one.about, one.bank, _line(one)) for one in found)
    wrong = sum(one.wrong for one in found)
    say("\nAll is well." if not wrong else f"\n{wrong} to mend.")
    if left_out and everything:
        say("\nNot set up:")
        table((name, how) for name, how in left_out.items())
    elif left_out:
        say(f"not set up: {', '.join(left_out)}. How: warmline doctor --all")


def _line(one: Finding) -> str:
    words = " ".join(one.words.split()).rstrip(".")
    return f"{words}. {one.fix[:1].upper()}{one.fix[1:]}." if one.fix else f"{words}."
