"""A Mastodon server on loopback, by other people than us (mastodon_mock): started for as long as a test needs it."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from tests.running import until

HERE = Path(__file__).parent
PEOPLE = ("acme", "mara", "sol")  # each with the token that token_of gives


class Pier:
    """The running server: what people on it do, and what can be read there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=10, trust_env=False)

    def post(self, who: str, text: str, **more: Any) -> dict[str, Any]:
        """A status by this person."""
        return self._ask("POST", "/api/v1/statuses", who, {"status": text, **more})

    def edit(self, who: str, status: dict[str, Any], text: str) -> None:
        """Other words for one's own status."""
        self._ask("PUT", f"/api/v1/statuses/{status['id']}", who, {"status": text})

    def delete(self, who: str, status: dict[str, Any]) -> None:
        """Take one's own status away."""
        self._ask("DELETE", f"/api/v1/statuses/{status['id']}", who)

    def favourite(self, who: str, status: dict[str, Any]) -> None:
        """`who` likes a status."""
        self._ask("POST", f"/api/v1/statuses/{status['id']}/favourite", who)

    def replies(self, status: dict[str, Any]) -> list[dict[str, Any]]:
        """What stands under a status."""
        context = self._ask("GET", f"/api/v1/statuses/{status['id']}/context", "mara")
        return list(context["descendants"])

    def told(self, who: str) -> list[str]:
        """The types of this person's notifications, newest first."""
        return [one["type"] for one in self._ask("GET", "/api/v1/notifications", who)]

    def empty(self) -> None:
        """Nobody has said anything yet."""
        self._ask("POST", "/api/v1/_mock/reset", "acme")

    def close(self) -> None:
        """Let go of connections; the server runs on."""
        self._client.close()

    def _ask(self, verb: str, path: str, who: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token_of(who)}"}
        answer = self._client.request(verb, path, json=body, headers=headers)
        assert answer.is_success, f"{verb} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()


def token_of(who: str) -> str:
    """The token of one of PEOPLE."""
    return f"{who}-pretend-token"


def why_not() -> str | None:
    """One line that says what is missing to run it here; None where nothing is."""
    if not (home() / "complete").exists():
        return "mastodon_mock is not installed: run tests/servers/mastodon_mock/install.sh"
    return None


def home() -> Path:
    """Where install.sh puts the versions that the committed list names."""
    cache = os.environ.get("WARMLINE_TEST_CACHE") or Path.home() / ".cache" / "warmline"
    listed = sha256((HERE / "requirements.txt").read_bytes()).hexdigest()[:16]
    return Path(cache) / "mastodon-mock" / listed


@contextmanager
def running_pier(folder: Path) -> Iterator[Pier]:
    """A fresh server with PEOPLE on it, in memory only. Takes about two seconds."""
    port = _free_port()
    config = folder / "mastodon_mock.toml"
    config.write_text("".join(_seeded(who) for who in PEOPLE), encoding="utf-8")
    command = [str(home() / "venv/bin/mastodon_mock"), "serve", "--in-memory", "--config", str(config)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--domain", f"127.0.0.1:{port}", "--log-level", "warning"]
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with (folder / "mastodon_mock.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environ)
        try:
            until(lambda: _answers(server, port), "mastodon_mock to answer")
            pier = Pier(f"http://127.0.0.1:{port}")
            yield pier
            pier.close()
        finally:
            server.terminate()
            server.wait(20)


def _seeded(who: str) -> str:
    return f'[[seed.accounts]]\nusername = "{who}"\ndisplay_name = "{who.title()}"\naccess_token = "{token_of(who)}"\n'


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    assert server.poll() is None, f"mastodon_mock ended at once with {server.returncode}"
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
