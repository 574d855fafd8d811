"""A whole real Bluesky network on loopback: the reference servers, started for as long as a test needs them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from tests.running import until

HERE = Path(__file__).parent / "bluesky"


@dataclass(frozen=True, slots=True)
class Person:
    """An account on the network, signed in."""

    did: str
    handle: str
    password: str = field(repr=False)
    access: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """A post by address and content hash, as replies name it."""

    uri: str
    cid: str

    @property
    def rkey(self) -> str:
        """The post's record key."""
        return self.uri.rpartition("/")[2]


class Network:
    """The running network: what people on it can do, and what can be read there."""

    def __init__(self, pds_url: str, bsky_url: str) -> None:
        self.pds_url = pds_url
        self.bsky_url = bsky_url
        self._client = httpx.Client(timeout=30, trust_env=False)

    def create_account(self, handle: str, password: str = "a-pretend-password") -> Person:
        """A new person, whose handle ends in `.test`; known to the app view when this returns."""
        told = {"email": f"{handle}@example.test", "handle": handle, "password": password}
        made = self._post("com.atproto.server.createAccount", told)
        person = Person(made["did"], made["handle"], password, made["accessJwt"])
        until(lambda: self.profile(person.did), f"the app view to know {handle}")
        return person

    def post(self, person: Person, text: str, reply: tuple[Ref, Ref] | None = None, **more: Any) -> Ref:
        """A post by this person; `reply` is (root, parent), `more` goes into the record (facets, langs, embed)."""
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": _iso_now(), **more}
        if reply is not None:
            root, parent = reply
            record["reply"] = {
                "root": {"uri": root.uri, "cid": root.cid},
                "parent": {"uri": parent.uri, "cid": parent.cid},
            }
        body = {"repo": person.did, "collection": "app.bsky.feed.post", "record": record}
        made = self._post("com.atproto.repo.createRecord", body, person)
        return Ref(made["uri"], made["cid"])

    def mention(self, person: Person, whom: Person, text: str) -> Ref:
        """A post that tags `whom`; the text must hold their @handle."""
        start = text.encode().index(b"@" + whom.handle.encode())
        index = {"byteStart": start, "byteEnd": start + len(whom.handle.encode()) + 1}
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": whom.did}
        return self.post(person, text, facets=[{"index": index, "features": [feature]}])

    def follow(self, person: Person, whom: Person) -> None:
        """`person` follows `whom`."""
        record = {"$type": "app.bsky.graph.follow", "subject": whom.did, "createdAt": _iso_now()}
        body = {"repo": person.did, "collection": "app.bsky.graph.follow", "record": record}
        self._post("com.atproto.repo.createRecord", body, person)

    def delete(self, person: Person, post: Ref) -> None:
        """Take one's own post away."""
        body = {"repo": person.did, "collection": "app.bsky.feed.post", "rkey": post.rkey}
        self._post("com.atproto.repo.deleteRecord", body, person)

    def thread(self, uri: str) -> dict[str, Any]:
        """The thread as the app view shows it now: `post`, `parent`, `replies`; empty while it knows none."""
        answer = self._client.get(f"{self.bsky_url}/xrpc/app.bsky.feed.getPostThread", params={"uri": uri})
        thread: dict[str, Any] = answer.json().get("thread", {}) if answer.is_success else {}
        return thread

    def replies(self, uri: str, count: int = 1) -> list[dict[str, Any]]:
        """The posts that answer this one, once there are at least `count`."""

        def enough() -> list[dict[str, Any]]:
            found = [reply["post"] for reply in self.thread(uri).get("replies", [])]
            return found if len(found) >= count else []

        return until(enough, f"{count} replies to {uri}")

    def records(self, person: Person) -> list[dict[str, Any]]:
        """Every post in this person's own repository, straight from the PDS."""
        asked = {"repo": person.did, "collection": "app.bsky.feed.post", "limit": 100}
        answer = self._client.get(f"{self.pds_url}/xrpc/com.atproto.repo.listRecords", params=asked)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["records"]
        return found

    def profile(self, did: str) -> dict[str, Any]:
        """A person as the app view shows them; empty while it doesn't know them."""
        answer = self._client.get(f"{self.bsky_url}/xrpc/app.bsky.actor.getProfile", params={"actor": did})
        profile: dict[str, Any] = answer.json() if answer.is_success else {}
        return profile

    def close(self) -> None:
        """Let go of connections; the network runs on."""
        self._client.close()

    def _post(self, method: str, body: dict[str, Any], person: Person | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {person.access}"} if person else {}
        answer = self._client.post(f"{self.pds_url}/xrpc/{method}", json=body, headers=headers)
        assert answer.is_success, f"{method}: {answer.status_code} {answer.text[:300]}"
        said: dict[str, Any] = answer.json()
        return said


def why_not() -> str | None:
    """One line that says what is missing to run the network here; None where nothing is."""
    if not (home() / "complete").exists():
        return "the Bluesky network is not installed: run tests/servers/bluesky/install.sh"
    if _postgres() is None:
        return "PostgreSQL is not installed: apt-get install postgresql"
    if shutil.which("redis-server") is None:
        return "Redis is not installed: apt-get install redis-server"
    return None


def home() -> Path:
    """Where install.sh puts the servers that belong to the committed lock file."""
    locked = b"".join(
        f"{sha256((HERE / name).read_bytes()).hexdigest()}  {name}\n".encode()
        for name in ("package-lock.json", "requirements.txt")
    )
    cache = os.environ.get("WARMLINE_TEST_CACHE") or Path.home() / ".cache" / "warmline"
    return Path(cache) / "bluesky-network" / sha256(locked).hexdigest()[:16]


@contextmanager
def running_network(pds_options: dict[str, Any] | None = None) -> Iterator[Network]:
    """A fresh network, empty but for its own test accounts, gone without a trace afterwards. Takes about 15 s."""
    with ExitStack() as stack:
        room = stack.enter_context(_room())
        database, redis = stack.enter_context(_running_postgres(room)), stack.enter_context(_running_redis(room))
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(room),
            "TMPDIR": str(room),  # where the servers keep the book of their ports
            "NODE_ENV": "development",
            "LOG_ENABLED": "false",
            "NETWORK_HOME": str(home()),
            "DB_POSTGRES_URL": database,
            "REDIS_HOST": redis,
            "PDS_OPTIONS": json.dumps(pds_options or {}),
        }
        log = stack.enter_context((room / "network.log").open("w+b"))
        node = [str(home() / "node"), str(HERE / "network.mjs")]
        servers = subprocess.Popen(node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environ)
        stack.callback(_stop, servers)
        assert servers.stdout is not None
        ready = servers.stdout.readline()
        assert ready, f"the network did not start: {(room / 'network.log').read_text()[-2000:]}"
        urls = json.loads(ready)
        network = Network(urls["pds"], urls["bsky"])
        stack.callback(network.close)
        yield network


@contextmanager
def _room() -> Iterator[Path]:
    """A folder of the servers' own, and of the unprivileged user's they run as."""
    room = Path(tempfile.mkdtemp(prefix="warmline-network-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(room, "postgres", "postgres")
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def _running_postgres(room: Path) -> Iterator[str]:
    postgres = _postgres()
    assert postgres is not None
    initdb = [postgres / "initdb", "-D", room / "data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"]
    subprocess.run([str(word) for word in initdb], check=True, stdout=subprocess.DEVNULL, cwd=room, **_unprivileged())
    port = _free_port()
    # Nothing here outlives the test, so nothing needs to reach the disk.
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    options |= {"max_connections": 200, "log_min_messages": "fatal"}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with _running([str(postgres / "postgres"), "-D", str(room / "data"), *settings], port, room):
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def _running_redis(room: Path) -> Iterator[str]:
    port = _free_port()
    asked = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(room)]
    with _running(asked, port, room):
        yield f"127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], port: int, room: Path) -> Iterator[None]:
    """The server, from when it answers at its port until the block ends."""
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, cwd=room, **_unprivileged())
    try:
        until(lambda: _answers(server, port), f"{command[0]} to answer")
        yield
    finally:
        _stop(server)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    assert server.poll() is None, f"{server.args} ended at once with {server.returncode}"
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End a server: the network by closing its standard input, the others by SIGINT, all by force if they linger."""
    if server.stdin is not None:
        server.stdin.close()
    else:
        server.send_signal(2)  # for PostgreSQL the fast way down: no waiting for clients to leave
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout is not None:
        server.stdout.close()


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root lends it Debian's own user for it."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _postgres() -> Path | None:
    """The folder of PostgreSQL's programs, the newest if there are several; Debian keeps them out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda found: int(found.parts[-3]))
    on_path = shutil.which("postgres")
    found = debian[-1] if debian else Path(on_path) if on_path else None
    return found.parent if found else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _iso_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
