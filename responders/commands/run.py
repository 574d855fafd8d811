"""`warmline run`: listening, drafting, delivering and the desk, in one process, until told to stop."""

from __future__ import annotations

import gc
import socket
from pathlib import Path

import click
import uvicorn

from listener.daemon import Daemon
from listener.jobs import listening_jobs
from listener.log import printable, start_logging
from listener.settings import SettingsError
from listener.thrift import share_memory
from responders.commands.common import failing_in_one_line, load, settings_option
from responders.desk.app import build_app
from responders.desk.session import new_link
from responders.jobs import answering_jobs, open_publishers, open_readers
from responders.office import Office
from responders.restored import heed_copy
from responders.settings import Settings


@click.command()
@settings_option
@click.option("--port", type=click.IntRange(0, 65535), help="The desk's port; else as [desk] says.")
@failing_in_one_line
def run(settings_path: Path, port: int | None) -> None:
    """Listen, draft and open the desk; SIGTERM or Ctrl+C finishes the work under way and stops."""
    start_logging()
    share_memory()
    run_all(load(settings_path, needed=True), settings_path, port)


def run_all(settings: Settings, settings_path: Path, port: int | None = None) -> None:
    """The whole daemon, until a signal ends it. Raises SettingsError, ArchiveError, TemplateError."""
    office = Office.open(settings, settings_path)
    heed_copy(office)
    publishers = open_publishers(settings, settings_path)
    readers = open_readers(settings, settings_path) if publishers else {}
    listening = settings.listening
    # The door is taken before anything is begun: where the port is in use nothing has happened yet.
    door = _door(settings.desk.host, settings.desk.port if port is None else port)
    daemon = Daemon(
        [
            *listening_jobs(listening, settings_path),
            *answering_jobs(lambda: Office.open(settings, settings_path, replies=office.replies), publishers, readers),
        ]
    )
    # Ours are set first: uvicorn takes the signals while it serves, and gives them back to these when it is done.
    daemon.stop_on_signals()
    daemon.start()
    # What lives as long as the process need not be looked at by every collection: pages answer evenly.
    gc.freeze()
    try:
        announce(office, "http://{}:{}".format(*door.getsockname()[:2]))
        # The access log would hold the one-time links.
        config = uvicorn.Config(build_app(office), log_config=None, access_log=False)
        uvicorn.Server(config).run([door])
    finally:
        daemon.stop()
        office.close()


def _door(host: str, port: int) -> socket.socket:
    """The desk's listening socket. Raises SettingsError where it can't be had."""
    # The protocol is named, or asyncio leaves Nagle's algorithm on and every answer waits 40 ms (bench/desk.py saw it).
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen()
    except OSError as why:
        door.close()
        raise SettingsError(f"the desk cannot listen at {host}:{port}: {why.strerror}. Another port: --port") from why
    return door


def announce(office: Office, address: str) -> None:
    """Print where the desk is, with a link that signs in once."""
    person = office.settings.person
    token = new_link(office.db, person, office.now())
    click.echo(f"The desk is at {address}")
    click.echo(f"Sign in as {person}, once, within a day: {address}/login/{token}")
    if paused := office.controls.paused():
        click.echo(printable(f"Sending is paused {paused}. To go on: warmline resume"))
    if office.settings.responders.mode == "shadow":
        click.echo("Shadow mode: everything works, and nothing leaves this machine for a real network.")
