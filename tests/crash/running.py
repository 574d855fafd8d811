"""`python -m tests.crash` for a test, and how many deaths each case is to die."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
POINTS = int(os.environ.get("WARMLINE_CRASH_POINTS", "1000"))


def tally(case: str, points: int = POINTS, *, seen: bool = False) -> dict[str, Any]:
    """What so many deaths come to, in a process that has nothing else loaded: it is forked three times a death.

    With `seen`, how far it has got is shown meanwhile.
    """
    asked = [sys.executable, "-m", "tests.crash", "--case", case, "--points", str(points), "--json"]
    told = None if seen else subprocess.PIPE
    done = subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
