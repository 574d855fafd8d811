"""`python -m listener`: listen only. Starts with read credentials and nothing that could post."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from listener.archive.connect import ArchiveError
from listener.daemon import Daemon
from listener.jobs import listening_jobs
from listener.log import printable, start_logging
from listener.settings import SettingsError, read_listener_settings
from listener.thrift import share_memory


def main() -> int:
    """Listen until told to stop; 0 after a clean stop, 1 where it could not start."""
    parser = argparse.ArgumentParser(prog="python -m listener", description="Hear mentions; post nothing.")
    parser.add_argument("--settings", type=Path, default=Path("settings.toml"))
    path: Path = parser.parse_args().settings
    start_logging()
    share_memory()
    try:
        daemon = Daemon(listening_jobs(read_listener_settings(path), path))
    except (SettingsError, ArchiveError) as why:
        print(printable(str(why), keep="\n"), file=sys.stderr)
        return 1
    daemon.stop_on_signals()
    daemon.start()
    daemon.wait()
    daemon.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
