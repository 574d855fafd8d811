"""`warmline` in a process of its own, as a person starts it: a folder, a settings file, secrets in the environment."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

PATIENCE_S = 60.0
T = TypeVar("T")


def until(look: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """What `look` sees once it is anything at all; fails when patience runs out."""
    give_up_at = time.monotonic() + patience_s
    while not (seen := look()):
        assert time.monotonic() < give_up_at, f"waited {patience_s:g} s in vain for {what}"
        threading.Event().wait(0.02)
    return seen


@dataclass
class Warmline:
    """A folder with settings.toml, and the commands one can give there."""

    folder: Path
    environ: Mapping[str, str]
    module: str = "responders"  # what the daemon is started as
    log: str = "daemon.log"

    def __call__(self, *words: str, expect: int = 0, typed: str | None = None) -> str:
        """Run one command and return what it printed; fails where its exit code isn't `expect`."""
        done = subprocess.run(
            [sys.executable, "-m", "responders", *words],
            cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=120, input=typed,
        )  # fmt: skip
        assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if expect == 0 else done.stderr

    def json(self, *words: str) -> Any:
        """What a command prints with --json."""
        return json.loads(self(*words, "--json"))

    @contextmanager
    def running(self, *words: str) -> Iterator[Daemon]:
        """The daemon, from when its desk answers until the block ends with a SIGTERM and a clean stop."""
        with (self.folder / self.log).open("w+b") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", self.module, *(words or ("run",))],
                cwd=self.folder, env=self.environment(), stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
            try:
                assert process.stdout is not None
                lines = iter(process.stdout.readline, "")
                link = next((found[0] for line in lines if (found := re.search(r"http\S+/login/\S+", line))), None)
                assert link, (self.folder / self.log).read_text()
                yield Daemon(process, link)
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                    assert process.wait(30) == 0, (self.folder / self.log).read_text()
            finally:
                process.kill()
                process.wait()
                if process.stdout is not None:
                    process.stdout.close()

    def environment(self) -> dict[str, str]:
        """The process's whole environment: nothing of ours leaks in."""
        root = str(Path(__file__).parent.parent)
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": root, **self.environ}


@dataclass(frozen=True, slots=True)
class Daemon:
    """The running daemon: its process, and the one-time link it printed."""

    process: subprocess.Popen[str]
    link: str

    @property
    def desk(self) -> str:
        """The desk's address."""
        return self.link.partition("/login/")[0]


def a_folder(tmp_path: Path, settings: str, environ: Mapping[str, str]) -> Warmline:
    """A folder with these settings."""
    (tmp_path / "settings.toml").write_text(settings, encoding="utf-8")
    return Warmline(tmp_path, environ)
