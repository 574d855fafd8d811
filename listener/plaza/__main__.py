"""`python -m listener.plaza`: the pretend network in a process of its own, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sqlite3
import sys
import threading

from listener.plaza.api import Tokens
from listener.plaza.server import Plaza

VARIABLES = ("WARMLINE_PLAZA_READ_TOKEN", "WARMLINE_PLAZA_WRITE_TOKEN", "WARMLINE_PLAZA_CONTROL_TOKEN")


def main() -> None:
    """Serve until SIGTERM or Ctrl-C, or with --with-parent until whoever started it is gone."""
    asked = _arguments()
    tokens = {name: os.environ.get(name) or secrets.token_urlsafe(16) for name in VARIABLES}
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if asked.with_parent:
        threading.Thread(target=_await_parent, args=(stop,), name="plaza-parent", daemon=True).start()
    try:
        plaza = Plaza(Tokens(*tokens.values()), port=asked.port, world=asked.world, pace=asked.pace, empty=asked.empty)
    except (OSError, sqlite3.Error) as why:
        sys.exit(f"plaza cannot start on port {asked.port} with {asked.world}: {why}")
    plaza.start()
    print(f"plaza is at {plaza.base_url}", flush=True)
    for name in VARIABLES:
        if not os.environ.get(name):  # made up just now, and good for nothing but this plaza
            print(f"export {name}={tokens[name]}", flush=True)
    stop.wait()
    plaza.close()


def _await_parent(stop: threading.Event) -> None:
    """Stop at the end of standard input, which comes when the parent lets go of it, in whatever way it ends."""
    # Not sys.stdin.read: its lock, held by a thread that waits, aborts the interpreter when another thread ends it.
    while os.read(0, 4096):
        pass
    stop.set()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m listener.plaza", description=__doc__)
    parser.add_argument("--port", type=int, default=8101, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--world", default=":memory:", metavar="FILE", help="where the plaza is kept")
    parser.add_argument("--pace", type=float, default=1.0, help="2.0 is half as fast, 0.1 ten times as fast")
    parser.add_argument("--with-parent", action="store_true", help="stop at the end of standard input")
    parser.add_argument("--empty", action="store_true", help="without the cast")
    return parser.parse_args()


if __name__ == "__main__":
    main()
