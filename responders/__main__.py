"""The `warmline` command: the composition root of the answering half."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from listener.log import printable

# Each command stands in a file of its own that is imported only when it is asked for: `warmline --help` must answer
# at once, and importing everything costs more than a second.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "See it all work, on a pretend network: no account, no set-up."),
    "try": ("try_it", "How one mention would be triaged and answered. Stores and sends nothing."),
    "init": ("init", "Write a settings.toml to begin with."),
    "run": ("run", "Listen, draft, and open the desk: the daemon."),
    "login": ("login", "Print a one-time link that signs you in at the desk."),
    "poll": ("poll", "Listen once, now."),
    "import": ("import_file", "Take mentions from a JSONL or CSV file."),
    "link": ("link", "Bring in one post that you found, by its link or its text."),
    "triage": ("triage", "Triage a file without keeping it, or what is kept anew."),
    "query": ("query", "What a watch's query means, where it is asked, and what it would have caught."),
    "inbox": ("inbox", "Who waits for an answer, the most pressing first."),
    "show": ("show", "One mention: its thread, its person, its draft."),
    "correct": ("correct", "Say what triage should have said of a mention, or that it was right."),
    "judgement": ("judgement", "How well we judge, by what people said; words that the lexicon should know."),
    "edit": ("decisions:edit", "Change a draft's text."),
    "approve": ("decisions:approve", "Approve a draft: exactly this text goes out."),
    "decline": ("decisions:decline", "Say no to a draft, with a reason."),
    "no-reply": ("decisions:no_reply", "Leave a mention unanswered on purpose, with a reason."),
    "settle": ("decisions:settle", "Say what became of a reply that was perhaps sent."),
    "about": ("about", "Say whether a mention is about a watch; what the watches have learned."),
    "deliver": ("deliver", "Send what is approved and due, now."),
    "pause": ("controls:pause", "Stop all sending at once."),
    "resume": ("controls:resume", "Allow sending again."),
    "audit": ("audit", "Whatever was decided, edited and sent; see that nobody has changed it since."),
    "digest": ("digest", "The week in a letter: look at it, save it, or mail it."),
    "rules": ("rules", "Your rules: list, try, write, put in force."),
    "costs": ("costs", "What each watch cost, and what a useful mention cost."),
    "export": ("export", "Take away what was heard and what became of it, as CSV or JSONL."),
    "backup": ("backup", "Copy the database whole, while everything runs."),
    "restore": ("restore", "Go back to a backup; nothing is sent until you say so."),
    "doctor": ("doctor", "What is missing or broken, one line each, with the fix."),
}


@contextmanager
def _errors_shown_safely() -> Iterator[None]:
    try:
        yield
    except click.ClickException as why:
        vars(why)["message"] = printable(why.message, keep="\n")
        raise


class Lazy(click.Group):
    """A group that knows its commands by name, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the story, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's own file, imported now; None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"responders.commands.{module}"), name or module)
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """The context of what was typed. What an error quotes of it steers no terminal."""
        with _errors_shown_safely():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. What an error quotes (a file's columns, a word that was typed) steers no terminal."""
        with _errors_shown_safely():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, from the table above: no file is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="warmline", prog_name="warmline")
def main() -> None:
    """Hear what people say about you, and answer as people.

    Nothing is ever posted that a person has not approved: exactly that text, exactly once.
    """


if __name__ == "__main__":
    sys.exit(main())
