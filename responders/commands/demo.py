"""`warmline demo`: the whole way, from heard to answered, on a pretend network on this machine."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from listener.log import start_logging
from responders.commands.common import failing_in_one_line
from responders.commands.run import run_all
from responders.settings import read_settings

TOKENS = ("WARMLINE_PLAZA_READ_TOKEN", "WARMLINE_PLAZA_WRITE_TOKEN", "WARMLINE_PLAZA_CONTROL_TOKEN")

# The demo's settings are a file like any other, so that one can look at it and change it.
SETTINGS = """\
# The demo's settings: the pretend network plaza, heard and answered like any other platform.
[brand]
name = "Harbourlight"
signature = ""
help_url = ""

[[watches]]
name = "harbourlight"
kind = "brand"
terms = ["Harbourlight"]
handles = ["harbourlight"]

[[watches]]
name = "glowly"
kind = "competitor"
terms = ["Glowly"]

[listener]
database = "warmline.db"

[listener.sources.plaza]
account = "harbourlight"
base_url = "http://127.0.0.1:{plaza}"
every_s = 2
first_look_days = 400

[responders]
undo_s = 5
answer_within_days = 7
backlog_days = 7

[responders.publishers.plaza]
account = "harbourlight"
base_url = "http://127.0.0.1:{plaza}"

[desk]
port = {desk}
"""


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("warmline-demo"),
    show_default=True,
    help="Where the demo keeps its files.",
)
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="The desk's port.")
@click.option("--plaza-port", default=8101, show_default=True, type=click.IntRange(1, 65535), help="The network's.")
@click.option("--pace", default=1.0, show_default=True, help="How slowly the people speak: 2 is half as fast.")
@click.option("--keep", is_flag=True, help="Go on with the last demo instead of beginning anew.")
@failing_in_one_line
def demo(folder: Path, port: int, plaza_port: int, pace: float, keep: bool) -> None:
    """Hear a dozen people on a pretend network, read the drafts, approve them, and watch the people answer.

    Needs no account and no network beyond this machine. Ctrl+C ends it.
    """
    start_logging()
    _check_free(port, "--port")
    _check_free(plaza_port, "--plaza-port")
    settings_path = _prepare(folder, port, plaza_port, keep)
    for name in TOKENS:
        os.environ[name] = secrets.token_urlsafe(24)
    with _plaza(plaza_port, folder / "plaza.db", pace):
        click.echo(f"The pretend network is at http://127.0.0.1:{plaza_port}")
        run_all(read_settings(settings_path), settings_path)


def _prepare(folder: Path, port: int, plaza_port: int, keep: bool) -> Path:
    """The demo's folder with its settings; what an earlier demo left is removed, and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    if not keep:
        for name in ("warmline.db", "plaza.db"):
            for left in folder.glob(f"{name}*"):
                left.unlink()
    settings_path = folder / "settings.toml"
    settings_path.write_text(SETTINGS.format(desk=port, plaza=plaza_port), encoding="utf-8")
    return settings_path


def _check_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as why:
            raise click.ClickException(f"port {port} is in use; name another with {option}") from why


@contextmanager
def _plaza(port: int, world: Path, pace: float) -> Iterator[None]:
    """The plaza's server, in a process of its own, ready; ended with the demo, however the demo ends."""
    asked = ["--port", str(port), "--world", str(world), "--pace", str(pace), "--with-parent"]
    # Its own session: Ctrl+C reaches the demo alone, which then ends the plaza last. A demo that is killed ends
    # nothing, but lets go of this pipe, which nothing is ever written to.
    server = subprocess.Popen(  # noqa: S603  # nosec B603 # our own interpreter and words
        [sys.executable, "-m", "listener.plaza", *asked],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        if server.stdout is None or "plaza is at" not in server.stdout.readline():
            raise click.ClickException("the pretend network did not start; what it said stands above")
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)
        for pipe in (server.stdin, server.stdout):
            if pipe is not None:
                pipe.close()
