"""The audit says what it knows, and never that all is well where nobody was asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import main, read
from tests.servers.scripted import Say, scripted

LOCK = "jinja2==3.1.5 \\\n    --hash=sha256:8fefff8dc3034e27bb80d67c671eb8a9bc424c0ef4c0826edbff304cceff43bb\n"
FLAW = {
    "id": "PYSEC-2025-1", "aliases": ["CVE-2025-27516"], "details": "a way out of the sandbox", "summary": "x",
    "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.6"}]}], "versions": ["3.1.5"]}],
    "schema_version": "1.6.0", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
}  # fmt: skip


def test_what_was_not_found_is_not_checked() -> None:
    skipped = {"name": "a", "skip_reason": "Dependency not found on PyPI and could not be audited: a (1)"}
    fine = {"name": "b", "version": "1", "vulns": []}
    assert read({"dependencies": [skipped]}).code == 3
    assert read({"dependencies": [skipped, fine]}).code == 3
    assert read({"dependencies": []}).code == 3
    assert read({"dependencies": [fine]}).code == 0
    flawed = {"name": "c", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
    verdict = read({"dependencies": [skipped, fine, flawed]})
    assert verdict.code == 1
    assert next(verdict.lines()) == "c 1: CVE-1, mended in 2"
    assert "NOT CHECKED: 1 of 3" in list(verdict.lines())[-1]


@pytest.mark.parametrize(
    ("say", "code", "said"),
    [(Say({"vulns": [FLAW]}), 1, "jinja2 3.1.5: PYSEC-2025-1, mended in 3.1.6"),
     (Say({}), 0, "1 packages checked, 0 known"), (Say("no", 503), 3, "NOT CHECKED"),
     (Say(fault="reset"), 3, "NOT CHECKED")],
)  # fmt: skip
def test_the_real_tool_against_a_service_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], say: Say, code: int, said: str
) -> None:
    pytest.importorskip("pip_audit", reason="pip-audit is not installed")
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK, encoding="utf-8")
    with scripted() as server:
        server.on("/v1/query", say)
        assert main([str(lock)], [("-s", "osv", "--osv-url", f"{server.url}/v1/query")]) == code
        assert len(server.at("/v1/query")) >= 1
    assert said in capsys.readouterr().out


def test_a_tool_that_fails_is_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere.lock")], [("-s", "osv")]) == 3
    assert "NOT CHECKED" in capsys.readouterr().out
