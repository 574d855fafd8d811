"""One event is one line, whatever foreign text is in it; what went wrong is told below it, and steers nothing."""

from __future__ import annotations

import io
import logging
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.log import OneLine, printable

FORGED = 'x\n2026-11-30T00:00:00Z info all is well\r\n{"level":"info"}\x1b]8;;http://evil.example\x07\x9b31m\u202e\u2028y\x85z'
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \w+ ")


def logged(text: str, *, trace: bool) -> list[str]:
    """The lines of one event whose message and, with `trace`, whose exception quote this text."""
    out = io.StringIO()
    log_to = logging.StreamHandler(out)
    log_to.setFormatter(OneLine())
    log = logging.Logger("test")
    log.addHandler(log_to)
    try:
        raise ValueError(text)
    except ValueError as why:
        why.add_note(text)
        log.error("a post said %s", text, exc_info=trace)
    assert out.getvalue().endswith("\n")
    return out.getvalue()[:-1].split("\n")


def test_a_forged_line_is_no_line() -> None:
    assert len(logged(FORGED, trace=False)) == 1
    first, *below = logged(FORGED, trace=True)
    assert STAMP.match(first)
    assert any("ValueError" in line for line in below)
    assert [line for line in below if not line.startswith("    ")] == []
    assert [char for line in (first, *below) for char in line if not char.isprintable()] == []


@given(st.text())
def test_no_text_steers_a_log_or_makes_a_line(text: str) -> None:
    assert len(logged(text, trace=False)) == 1
    first, *below = logged(text, trace=True)
    assert all(line.startswith("    ") for line in below)
    for line in (first, *below):
        assert not {"Cc", "Cf", "Zl", "Zp", "Cs"} & {unicodedata.category(char) for char in line}


@given(st.text())
def test_what_is_printable_is_left_as_it_is(text: str) -> None:
    shown = printable(text, keep="\n")
    assert all(char.isprintable() or char == "\n" for char in shown)
    if text.replace("\n", "").isprintable():
        assert shown == text


ENDS = {
    "in the main thread": "raise ValueError(SAID)",
    "in another thread": "threading.Thread(target=broken).start()",
    "where nobody can catch it": "class Thing:\n    def __del__(self): broken()\nThing()",
    "as a warning": "import warnings; warnings.warn('ValueError' + SAID)",
}


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
def test_an_unforeseen_end_is_told_in_the_same_form(ends: str) -> None:
    secret = "a-secret-of-some-length"
    begins = f"""import threading
from listener.log import start_logging
SAID = {FORGED!r} + '{secret}'
def broken(): raise ValueError(SAID)
start_logging()
"""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]), "WARMLINE_X_BEARER_TOKEN": secret}
    done = subprocess.run([sys.executable, "-c", begins + ends], capture_output=True, env=env, check=False, timeout=60)
    told = done.stderr.decode().rstrip("\n").split("\n")
    assert STAMP.match(told[0])
    assert "ValueError" in told[0]
    assert [line for line in told[1:] if not line.startswith("    ")] == []
    assert [char for line in told for char in line if not char.isprintable()] == []
    assert secret not in "".join(told)


def test_an_unforeseen_end_is_a_failed_command() -> None:
    ends = "from listener.log import start_logging; start_logging(); raise ValueError"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", ends], capture_output=True, env=env, check=False, timeout=60)
    assert (done.returncode, b"ended by an unforeseen ValueError" in done.stderr) == (1, True)
