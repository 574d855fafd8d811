"""Logging to standard error, one line an event, whatever foreign text is in it."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType

from listener.secrecy import secrets_named, strike, strike_shown


class OneLine(logging.Formatter):
    """Keeps an event on one line and control characters out of it, so that a mention can't forge a log line.

    Our own tracebacks stay readable: their lines are indented. `secrets` are struck out of every line, and so is what
    stands where tokens stand: a library that is asked to be loud writes down the headers it sends.
    """

    converter = staticmethod(time.gmtime)

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line, with tracebacks indented below it."""
        # What went wrong may quote foreign text: each line of it is escaped, and none stands where an event begins.
        trace = "\n".join(f"    {self._fit(line)}" for line in self._trace(record).split("\n") if line)
        said = self._fit(record.getMessage())
        line = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%SZ')} {record.levelname.lower()} {said}"
        return line + ("\n" + trace if trace else "")

    def _fit(self, line: str) -> str:
        return printable(strike_shown(strike(line, self._secrets)))

    def _trace(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


def printable(text: str, keep: str = "") -> str:
    """The text with control and format characters escaped, save those in `keep`: safe for a terminal and a log."""
    if text.isprintable():
        return text
    return "".join(char if char in keep or char.isprintable() else repr(char)[1:-1] for char in text)


def start_logging(level: int = logging.INFO) -> None:
    """Log our own events; libraries only from a warning up (httpx would log every address it fetches)."""
    log_to = logging.StreamHandler(sys.stderr)
    log_to.setFormatter(OneLine(secrets_named(os.environ)))
    logging.basicConfig(level=logging.WARNING, handlers=[log_to], force=True)
    # A beat that comes while the last one's work goes on is left out by design, and not worth a line.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for ours in ("listener", "responders"):
        logging.getLogger(ours).setLevel(level)
    # Whatever Python itself would write down, it writes down here.
    logging.captureWarnings(True)
    sys.excepthook = _unforeseen
    threading.excepthook = _unforeseen_in_a_thread
    sys.unraisablehook = _not_raised


def _unforeseen(kind: type[BaseException], why: BaseException, trace: TracebackType | None) -> None:
    """The end that nobody foresaw, in the log's own form: what it quotes is as foreign as in any other line."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, why, trace)
        return
    logging.getLogger("listener").critical("ended by an unforeseen %s", kind.__name__, exc_info=(kind, why, trace))


def _unforeseen_in_a_thread(end: threading.ExceptHookArgs) -> None:
    if end.exc_value is not None and not isinstance(end.exc_value, SystemExit):
        _not_caught(end.thread.name if end.thread else "a thread", end.exc_value)


def _not_raised(end: sys.UnraisableHookArgs) -> None:
    if end.exc_value is not None:
        _not_caught(end.err_msg or "what runs when a thing is dropped", end.exc_value)


def _not_caught(where: str, why: BaseException) -> None:
    logging.getLogger("listener").error("%s: an unforeseen %s", where, type(why).__name__, exc_info=why)
