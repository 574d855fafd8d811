"""One rendering child, seen from outside: started bare, asked one thing at a time, ended."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from listener.settings import SettingsError

ROOT = Path(__file__).parents[2]
START_S = 30.0  # 0.05 s on an idle machine
FRAME_MOST = 32_000_000  # bytes of an answer: the longest text, all of it in JSON's longest escapes

# -I and -S: no environment, no folder of the user's, no site and none of its .pth files; then only what is needed, and
# behind Python's own modules, so that nothing installed takes the place of one.
_PROGRAM = "import sys; sys.path += sys.argv[1:]; from responders.rendering.child import main; main()"


class CannotRender(SettingsError):
    """No template can be rendered at all, whichever: the child can't be started, and nothing is rendered without."""


class Ended(Exception):
    """The child gave no answer and is no more: it took too long (`by_clock`), or it ended with `code`."""

    def __init__(self, code: int, *, by_clock: bool) -> None:
        super().__init__(code)
        self.code = code
        self.by_clock = by_clock


class Child:
    """A running child. Not for two threads at once. Raises CannotRender where it can't be started."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.known: set[str] = set()  # the sheets that it was given
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own program, by this Python  # nosec B603
                [sys.executable, "-I", "-S", "-c", _PROGRAM, *_paths()],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                bufsize=0, cwd="/", env=_environment(), start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as why:
            raise CannotRender(f"no template can be rendered: its child process can't be started ({why})") from why
        self._pipes = [pipe for pipe in (self._child.stdin, self._child.stdout) if pipe]
        self._to, self._from = (pipe.fileno() for pipe in self._pipes)
        for pipe in self._pipes:
            os.set_blocking(pipe.fileno(), False)
        try:
            self._read(time.monotonic() + START_S)
        except Ended as why:
            words = f"no template can be rendered: its child process did not come up (it ended with {why.code})"
            raise CannotRender(words) from why

    @property
    def pid(self) -> int:
        """Its number."""
        return self._child.pid

    def ask(self, message: bytes, patience_s: float) -> bytes:
        """The answer to a message. Raises Ended where there is none within `patience_s`; the child is no more then."""
        by = time.monotonic() + patience_s
        self._write(len(message).to_bytes(4) + message, by)
        return self._read(by)

    def end(self) -> int:
        """Kill it, if it still lives, and give its exit code."""
        if self.owner == os.getpid():  # a process that was forked off has the pipes, but not the child
            self._child.kill()
            code = self._child.wait()
        else:
            code = self._child.returncode = 0
        for pipe in self._pipes:
            pipe.close()
        return code

    def _write(self, message: bytes, by: float) -> None:
        left = memoryview(message)
        while left:
            try:
                left = left[os.write(self._to, left) :]
            except BlockingIOError:
                self._wait(self._to, select.POLLOUT, by)
            except OSError as why:
                raise Ended(self.end(), by_clock=False) from why

    def _read(self, by: float) -> bytes:
        size = int.from_bytes(b"".join(self._bytes(4, by)))
        if size > FRAME_MOST:
            raise Ended(self.end(), by_clock=False)
        return b"".join(self._bytes(size, by))

    def _bytes(self, size: int, by: float) -> Iterator[bytes]:
        while size:
            self._wait(self._from, select.POLLIN, by)
            some = os.read(self._from, min(size, 1 << 16))
            if not some:
                raise Ended(self.end(), by_clock=False)
            size -= len(some)
            yield some

    def _wait(self, pipe: int, until: int, by: float) -> None:
        waiting = select.poll()
        waiting.register(pipe, until)
        if not waiting.poll(max(0.0, by - time.monotonic()) * 1000):
            raise Ended(self.end(), by_clock=True)


def _environment() -> dict[str, str]:
    """Nothing of ours, save where the linker finds libpython: some builds of Python can't start without."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


def _paths() -> list[str]:
    """Where this package lies, and where Jinja and MarkupSafe do. Raises ValueError where that can't be told."""
    found = [find_spec(name) for name in ("jinja2", "markupsafe")]
    homes = [str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin]
    return list(dict.fromkeys([str(ROOT), *homes]))
