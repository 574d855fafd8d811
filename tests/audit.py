"""`python -m tests.audit LOCK…`: whether anything that is locked has a known vulnerability, or that nobody could say.

pip-audit alone ends well where its service does not know a single package ("could not be audited", exit 0), as behind
a mirror that answers no such questions: a pass that says nothing. So its answer is read here. Exit code 0: all of it
was checked and nothing is known; 1: something is known; 3: not checked, or not all of it, and why.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SERVICES: Sequence[Sequence[str]] = (("-s", "pypi"), ("-s", "osv"))
PATIENCE_S = 300
KNOWN, NOT_CHECKED = 1, 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many were asked about and how many of them answered for; what is known of them, one line each."""

    asked: int
    checked: int
    known: tuple[str, ...]
    why_not: str = ""

    @property
    def code(self) -> int:
        """The exit code."""
        if self.known:
            return KNOWN
        return 0 if self.asked and self.checked == self.asked else NOT_CHECKED

    def lines(self) -> Iterator[str]:
        """What to print."""
        yield from self.known
        if self.known:
            yield f"pip-audit: {len(self.known)} known vulnerabilities in {self.checked} packages"
        if self.checked < self.asked or not self.asked:
            unchecked = f"{self.asked - self.checked} of {self.asked} packages"
            yield f"pip-audit: NOT CHECKED: {unchecked}. {self.why_not}".rstrip()
        elif not self.known:
            yield f"pip-audit: {self.checked} packages checked, 0 known vulnerabilities"


def read(report: Mapping[str, Any]) -> Verdict:
    """What pip-audit's JSON says."""
    packages = report["dependencies"]
    known = tuple(
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in packages
        for flaw in one.get("vulns", ())
    )
    skipped = [one["skip_reason"] for one in packages if "skip_reason" in one]
    return Verdict(len(packages), len(packages) - len(skipped), known, skipped[0] if skipped else "")


def ask(locks: Sequence[str], service: Sequence[str]) -> Verdict:
    """What one service knows of these locks."""
    files = [word for lock in locks for word in ("-r", lock)]
    command = [sys.executable, "-m", "pip_audit", *files, "--disable-pip", "--require-hashes", "-f", "json",
               "--progress-spinner", "off", "--timeout", "15", *service]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        return read(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return Verdict(0, 0, (), f"no answer in {PATIENCE_S} s")
    except (ValueError, KeyError):
        return Verdict(0, 0, (), f"{service[1]}: {(done.stderr.strip().splitlines() or ['no answer'])[-1][:200]}")


def main(locks: Sequence[str], services: Sequence[Sequence[str]] = SERVICES) -> int:
    """Ask one service after the other until one has checked something; the exit code."""
    verdict = Verdict(0, 0, (), "no service was asked")
    for service in services:
        found = ask(locks, service)
        verdict = found if found.checked or found.asked > verdict.asked else verdict
        if found.checked:
            break
    for line in verdict.lines():
        print(line)
    return verdict.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["requirements.lock"]))
