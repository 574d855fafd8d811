"""`warmline run`: listening, drafting, delivering and the desk, in one process, until told to stop."""

from __future__ import annotations

import gc
from pathlib import Path

import click
import uvicorn

from listener.daemon import Daemon
from listener.jobs import listening_jobs
from listener.log import start_logging
from listener.settings import ListenerSettings
from responders.commands.common import failing_in_one_line, load, settings_option
from responders.desk.app import build_app
from responders.desk.session import new_link
from responders.jobs import answering_jobs, open_publishers
from responders.office import Office
from responders.settings import Settings


@click.command()
@settings_option
@click.option("--port", type=click.IntRange(0, 65535), help="The desk's port; else as [desk] says.")
@failing_in_one_line
def run(settings_path: Path, port: int | None) -> None:
    """Listen, draft and open the desk; SIGTERM or Ctrl+C finishes the work under way and stops."""
    start_logging()
    run_all(load(settings_path, needed=True), settings_path, port)


def run_all(settings: Settings, settings_path: Path, port: int | None = None) -> None:
    """The whole daemon, until a signal ends it. Raises SettingsError, ArchiveError, TemplateError."""
    office = Office.open(settings, settings_path)
    publishers = open_publishers(settings, settings_path)
    listening = ListenerSettings.model_validate(settings.model_dump(include={"watches", "listener"}))
    daemon = Daemon(
        [
            *listening_jobs(listening, settings_path),
            *answering_jobs(lambda: Office.open(settings, settings_path, replies=office.replies), publishers),
        ]
    )
    desk = _desk(office, settings.desk.host, settings.desk.port if port is None else port)
    # Ours are set first: uvicorn takes the signals while it serves, and gives them back to these when it is done.
    daemon.stop_on_signals()
    daemon.start()
    # What lives as long as the process need not be looked at by every collection: pages answer evenly.
    gc.freeze()
    try:
        desk.run()
    finally:
        daemon.stop()
        office.close()


class _Desk(uvicorn.Server):
    """The desk's server, which prints where it is once it really listens."""

    def __init__(self, config: uvicorn.Config, office: Office) -> None:
        super().__init__(config)
        self._office = office

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            announce(self._office, f"http://{host}:{port}")


def _desk(office: Office, host: str, port: int) -> _Desk:
    # The access log would hold the one-time links.
    config = uvicorn.Config(build_app(office), host=host, port=port, log_config=None, access_log=False)
    return _Desk(config, office)


def announce(office: Office, address: str) -> None:
    """Print where the desk is, with a link that signs in once."""
    person = office.settings.person
    token = new_link(office.db, person, office.now())
    mode = office.settings.responders.mode
    click.echo(f"The desk is at {address}")
    click.echo(f"Sign in as {person}, once, within a day: {address}/login/{token}")
    if mode == "shadow":
        click.echo("Shadow mode: everything works, and nothing leaves this machine for a real network.")
