"""The one way out to addresses that a stranger may have chosen: what it refuses, with a trap that counts callers."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address

import pytest
import trustme

from listener import egress
from listener.egress import Egress, NotAllowed, is_public
from listener.source import NotFound, OutOfCredits, RateLimited, Revoked, SourceError, Unavailable
from tests.figures import count_figures, record_figure
from tests.servers.scripted import Say, Scripted, scripted


class Trap:
    """Listens on every loopback address there is, and counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.closing = False
        self.line = socket.create_server(("0.0.0.0", 0))
        self.port = self.line.getsockname()[1]

    def wait(self) -> None:
        while True:
            caller, _ = self.line.accept()
            caller.close()
            if self.closing:
                return
            self.calls += 1


@contextmanager
def trap() -> Iterator[Trap]:
    trap = Trap()
    thread = threading.Thread(target=trap.wait)
    thread.start()
    try:
        yield trap
    finally:
        trap.closing = True
        socket.create_connection(("127.0.0.1", trap.port)).close()
        thread.join()
        trap.line.close()


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


def port_of(server: Scripted) -> int:
    return int(server.url.rpartition(":")[2])


def going_to(server: Scripted, *addresses: str) -> Egress:
    """Lets the scripted server be called under the name news.example."""
    named = f"news.example:{port_of(server)}"
    return Egress(0.5, [named], lambda host, port: addresses or ("127.0.0.1",))


# What a resolver, a browser or a C library takes for an address of this machine, of its network or of its cloud.
TABLE = """
http://127.0.0.1:{p}/ http://127.1:{p}/ http://127.0.1:{p}/ http://127.127.127.127:{p}/ http://0:{p}/
http://0.0.0.0:{p}/ http://0x7f000001:{p}/ http://0x7f.0.0.1:{p}/ http://0x7F.1:{p}/ http://2130706433:{p}/
http://017700000001:{p}/ http://0177.0.0.1:{p}/ http://0177.1:{p}/ http://127.0.0.01:{p}/ http://127.00.00.1:{p}/
http://0x0:{p}/ http://4294967297:{p}/ http://127.0.0.1.:{p}/ http://localhost:{p}/ http://LOCALHOST:{p}/
http://localhost.:{p}/ http://a.localhost:{p}/ http://[::1]:{p}/ http://[0:0:0:0:0:0:0:1]:{p}/ http://[::]:{p}/
http://[::ffff:127.0.0.1]:{p}/ http://[::ffff:7f00:1]:{p}/ http://[::127.0.0.1]:{p}/ http://[::7f00:1]:{p}/
http://[2002:7f00:1::]:{p}/ http://[2001:0:7f00:1::1]:{p}/ http://[64:ff9b::7f00:1]:{p}/
http://[64:ff9b:1::7f00:1]:{p}/ http://[fe80::1%25lo]:{p}/ http://[fe80::1]:{p}/ http://[fc00::1]:{p}/
http://[fd00:ec2::254]/ http://[ff02::1]:{p}/ http://[fec0::1]:{p}/ http://[2001:db8::1]:{p}/
http://[::ffff:0:127.0.0.1]:{p}/ http://[100::1]:{p}/ http://[3fff::1]:{p}/ http://169.254.169.254/latest/meta-data
http://169.254.170.2/ http://100.100.100.200/ http://100.64.0.1:{p}/ http://168.63.129.16/machine
http://metadata.google.internal/ http://METADATA.google.internal./ http://[fd20:ce::254]/ http://[fd00:c1::a9fe:a9fe]/
http://[::ffff:169.254.169.254]/ http://[::ffff:a9fe:a9fe]/ http://[64:ff9b::a9fe:a9fe]/ http://2852039166/
http://0xa9fea9fe/ http://0251.0376.0251.0376/ http://169.16689662/ http://10.0.0.1/ http://172.16.0.1/
http://172.31.255.255/ http://192.168.0.1/ http://192.0.0.192/ http://198.18.0.1/ http://224.0.0.1/
http://239.255.255.250/ http://240.0.0.1/ http://255.255.255.255/ http://192.0.2.1/ http://①②⑦.⓪.⓪.①:{p}/
http://１２７．０．０．１:{p}/ http://１２７.１:{p}/ http://127｡0｡0｡1:{p}/ http://127．0．0．1:{p}/ http://127.0.0.1.nip.example:{p}/
http://7f000001.nip.example:{p}/ http://app.127-0-0-1.nip.example:{p}/ http://LOCALTEST.nip.example:{p}/
http://%6c%6f%63%61%6c%68%6f%73%74:{p}/ http://127%2e0%2e0%2e1:{p}/ http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/ http://[::1%25lo]:{p}/
http://[::ffff:127.1]:{p}/ http://[::%31]:{p}/ http://[[::1]]:{p}/ http://127.0.0.1:{p}:80/
http://127.0.0.1\u2024.example:{p}/ http://0x7f.0x0.0x0.0x1:{p}/ http://00000177.0.0.1:{p}/ http://127.0.0.1..:{p}/
http://.127.0.0.1:{p}/ http://1.1.1.1&@127.0.0.1:{p}/ HTTP://127.0.0.1:{p}/ http://127。0。0。1:{p}/
http://ｌocalhost:{p}/ http://127.0.0.1%2f@news.example:{p}/ http://user@127.0.0.1:{p}/
http://news.example:80@127.0.0.1:{p}/ http://@127.0.0.1:{p}/ http://news.example@127.0.0.1:{p}/
http://127.0.0.1:{p}\\@news.example/ http://news.example\\@127.0.0.1:{p}/ http:\\\\127.0.0.1:{p}/
http:/\\127.0.0.1:{p}/ http:///127.0.0.1:{p}/ http:127.0.0.1:{p}/ //127.0.0.1:{p}/ http://127.0.0.1:{p}#@news.example/
http://127.0.0.1:{p}?@news.example/ http://%31%32%37.0.0.1:{p}/ http://127.0.0.1%00.news.example:{p}/
http://inside.example:{p}/ http://nip.127.0.0.1.inside.example:{p}/ https://inside.example:{p}/
http://mixed.example:{p}/ http://metadata.example/ http://six.example:{p}/ http://mapped.example:{p}/
http://news.example:0/ http://:{p}/ http:// file://127.0.0.1/etc ldap://127.0.0.1:{p}/ ws://127.0.0.1:{p}/
unix:/run/x.sock jar:http://127.0.0.1:{p}/!/ view-source:http://127.0.0.1:{p}/ file:///etc/passwd
gopher://127.0.0.1:{p}/ ftp://127.0.0.1:{p}/ dict://127.0.0.1:{p}/ data:text/xml,<rss/> javascript:0
"""
BYPASSES = TABLE.split()
CONTROLS = [
    "http://127.0.0.1:{p}/\r\nHost: x", "ht\ttp://127.0.0.1:{p}/", "http://127.0.\n0.1:{p}/", "http://127.0.0.1\u00ad:{p}/",
    "http://127.0.0.1\u200b:{p}/", "\ufeffhttp://127.0.0.1:{p}/", "http://127.0.0.1:{p}/\u2028", "http://127.0.0.1\t:{p}/",
    " http://127.0.0.1:{p}/", "http://a b/", "",
]  # fmt: skip
# Names as nip.io and its like give them out: public to look at, and of this machine. `metadata` is Google's.
NAMES = {
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "7f000001.nip.example": ["127.0.0.1"],
    "app.127-0-0-1.nip.example": ["127.0.0.1"],
    "localtest.nip.example": ["127.0.0.1", "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "metadata.google.internal.": ["169.254.169.254"],
    "inside.example": ["127.0.0.1"],
    "nip.127.0.0.1.inside.example": ["127.0.0.1"],
    "mixed.example": ["93.184.216.34", "127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
}


def test_no_way_of_writing_an_address_leads_inside() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        if host in NAMES:
            return NAMES[host]
        # What is not one of the names is given to the machine's own reading of numbers, which is a liberal one.
        found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
        return [str(entry[4][0]) for entry in found]

    assert len(BYPASSES) > 120
    with trap() as inside:
        for url in [*BYPASSES, *CONTROLS]:
            with pytest.raises((NotAllowed, Unavailable)) as caught:
                Egress(0.5, (), resolve).get(url.format(p=inside.port))
            assert "\n" not in str(caught.value)
            if url.startswith(("http://127.0.0.1:{p}/", "http://inside", "http://[", "http://0x", "http://mixed")):
                assert type(caught.value) is NotAllowed, url
        assert inside.calls == 0
    record_figure(f"egress: {len(BYPASSES) + len(CONTROLS)} ways to write an address inside: 0 connections")


def test_what_is_refused_says_what_to_do() -> None:
    with pytest.raises(NotAllowed, match=r'private_hosts = \["127\.0\.0\.1:8080"\]'):
        Egress(0.5).get("http://127.0.0.1:8080/feed")
    with pytest.raises(NotAllowed, match=r'private_hosts = \["\[::1\]:443"\]'):
        Egress(0.5).get("https://[::1]/feed")


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("1.1.1.1", True), ("100.63.255.255", True), ("100.128.0.1", True), ("172.32.0.1", True),
     ("2606:4700::1111", True), ("2a00:1450::1", True), ("2003::1", True), ("100.127.255.255", False),
     ("192.88.99.1", False), ("2001:1ff::1", False), ("2002::1", False), ("::", False), ("4000::1", False)],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_a_name_that_changes_its_mind_is_asked_once_and_never_called_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def connect(self: object, host: str, port: int, *more: object) -> object:
        called.append(host)
        raise egress.httpcore.ConnectError("nobody there")

    monkeypatch.setattr(egress.httpcore.SyncBackend, "connect_tcp", connect)
    with trap() as inside:
        for flips in (["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "93.184.216.34"]):
            answers = iter(flips)
            with pytest.raises(SourceError):
                Egress(0.5, (), lambda *_, answers=answers: [next(answers)]).get(f"http://flip.example:{inside.port}/")
            assert next(answers, None) is not None, "the name was asked twice"
        assert inside.calls == 0
    assert called == ["93.184.216.34"]


def test_an_exception_is_one_host_and_one_port(server: Scripted) -> None:
    server.on("/", Say(b"hello"))
    allowed = Egress(0.5, [f"127.0.0.1:{port_of(server)}"])
    assert allowed.get(server.url + "/").body == b"hello"
    with trap() as inside, pytest.raises(NotAllowed):
        allowed.get(f"http://127.0.0.1:{inside.port}/")
    with pytest.raises(NotAllowed):
        allowed.get(f"http://localhost:{port_of(server)}/")


def test_the_server_is_asked_under_its_name(server: Scripted) -> None:
    server.on("/a", Say(b"hello", headers={"ETag": '"one"'}))
    answer = going_to(server).get(f"http://news.example:{port_of(server)}/a?b=1", {"If-None-Match": '"none"'})
    assert (answer.status, answer.headers["etag"], answer.body) == (200, '"one"', b"hello")
    assert server.asked[0].headers["Host"] == f"news.example:{port_of(server)}"
    assert server.asked[0].headers["If-None-Match"] == '"none"'
    assert server.asked[0].one("b") == "1"


def test_the_next_address_is_tried_where_one_does_not_answer(server: Scripted) -> None:
    server.on("/", Say(b"hello"))
    assert going_to(server, "::1", "127.0.0.1").get(f"http://news.example:{port_of(server)}/").body == b"hello"


INSIDE = (
    "http://127.0.0.1:{p}/", "//127.0.0.1:{p}/", "http://127.1:{p}/", "http://169.254.169.254/", "file:///etc",
    "http://news.example\\@127.0.0.1:{p}/", "http://[::1]:{p}/", "gopher://127.0.0.1:{p}/", "http://inside.example:{p}/",
    "http://168.63.129.16/", "http://100.100.100.200/", "http://[::ffff:127.0.0.1]:{p}/", "http://2130706433:{p}/",
    "http://127。0。0。1:{p}/", "http://user@127.0.0.1:{p}/", "http://mixed.example:{p}/", "\\\\127.0.0.1:{p}\\",
)  # fmt: skip


def test_a_redirect_leads_nowhere_inside(server: Scripted) -> None:
    """Each kind of redirect to each kind of place, at once and after a step that was fine."""
    named = f"news.example:{port_of(server)}"
    names = {**NAMES, "news.example": ["127.0.0.1"]}
    egress = Egress(5, [named], lambda host, port: names[host])
    tried = 0
    with trap() as trapped:
        for status in (301, 302, 303, 307, 308):
            for inside in INSIDE:
                server.on("/", Say(b"", status, {"Location": quoted(inside.format(p=trapped.port))}))
                server.on("/first", Say(b"", status, {"Location": "/"}))
                for begin in ("/", "/first"):
                    with pytest.raises(NotAllowed):
                        egress.get(f"http://{named}{begin}")
                    tried += 1
        assert trapped.calls == 0
    record_figure(f"egress: {tried} redirects inside: 0 connections")


def quoted(location: str) -> str:
    """As a server may send it: headers are Latin-1, and what is beyond is percent-encoded UTF-8."""
    return "".join(char if ord(char) < 256 else "".join(f"%{byte:02X}" for byte in char.encode()) for char in location)


@pytest.mark.parametrize(
    "second",
    [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], ["fe80::1%lo"]],
)
def test_a_name_that_changes_its_mind_between_redirects_is_not_called_inside(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, second: list[str]
) -> None:
    """The first answer is a public address (which the test lets through to the server), the next one is inside."""
    connect = egress.httpcore.SyncBackend.connect_tcp
    called: list[str] = []

    def public_is_here(self: object, host: str, port: int, *more: object) -> object:
        called.append(host)
        return connect(self, "127.0.0.1" if host == "93.184.216.34" else host, port, *more)

    monkeypatch.setattr(egress.httpcore.SyncBackend, "connect_tcp", public_is_here)
    answers = iter([["93.184.216.34"], second])
    server.on("/", Say(b"", 302, {"Location": f"http://flip.example:{port_of(server)}/again"}))
    with pytest.raises(NotAllowed):
        Egress(0.5, (), lambda *_: next(answers)).get(f"http://flip.example:{port_of(server)}/")
    assert called == ["93.184.216.34"]
    count_figures("egress: names that change their mind", ways=1, connections=0)
    assert [asked.path for asked in server.asked] == ["/"]


def test_redirects_are_followed_five_times(server: Scripted) -> None:
    for step in range(9):
        server.on(f"/{step}", Say(b"", 301 if step % 2 else 307, {"Location": f"/{step + 1}"}))
    server.on("/5", Say(b"there"))
    egress = going_to(server)
    answer = egress.get(f"http://news.example:{port_of(server)}/0")
    assert (answer.body, answer.url) == (b"there", f"http://news.example:{port_of(server)}/5")
    server.on("/5", Say(b"", 302, {"Location": "/6"}))
    server.asked.clear()
    with pytest.raises(Unavailable, match="redirected more than 5 times"):
        egress.get(f"http://news.example:{port_of(server)}/0")
    assert len(server.asked) == 6


@contextmanager
def tls(answer: bytes) -> Iterator[tuple[int, list[str | None], ssl.SSLContext]]:
    """A server with a certificate for news.example: its port, the names it was asked for, and whom to trust."""
    authority = trustme.CA()
    context, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("news.example").configure_cert(context)
    authority.configure_trust(trust)
    names: list[str | None] = []
    context.sni_callback = lambda line, name, _: names.append(name)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = server.accept()
        try:
            with context.wrap_socket(line, server_side=True) as inside:
                inside.recv(65_536)
                inside.sendall(answer)
        except OSError:
            line.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1], names, trust
    finally:
        thread.join()
        server.close()


def test_over_tls_the_name_is_asked_for_and_checked() -> None:
    with tls(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as (port, names, trust):
        egress = Egress(2, [f"news.example:{port}"], lambda host, port: ["127.0.0.1"], trust)
        assert egress.get(f"https://news.example:{port}/").body == b"hi"
        assert names == ["news.example"]
    with tls(b"") as (port, _, trust):
        egress = Egress(2, [f"other.example:{port}"], lambda host, port: ["127.0.0.1"], trust)
        with pytest.raises(Unavailable):
            egress.get(f"https://other.example:{port}/")


def test_https_is_never_left_for_http(server: Scripted) -> None:
    away = f"HTTP/1.1 302 Found\r\nLocation: http://news.example:{port_of(server)}/\r\nContent-Length: 0\r\n\r\n"
    with tls(away.encode()) as (port, _, trust):
        hosts = [f"news.example:{port}", f"news.example:{port_of(server)}"]
        with pytest.raises(NotAllowed, match="from https to http"):
            Egress(2, hosts, lambda host, port: ["127.0.0.1"], trust).get(f"https://news.example:{port}/")
    assert server.asked == []


@pytest.mark.parametrize(
    ("say", "error"),
    [(Say({}, 429, {"Retry-After": "30"}), RateLimited), (Say({}, 401), Revoked), (Say({}, 403), Revoked),
     (Say({}, 402), OutOfCredits), (Say({}, 404), NotFound), (Say({}, 500), Unavailable),
     (Say(fault="hang"), Unavailable), (Say(b"x" * 900, fault="reset"), Unavailable),
     (Say(b"no gzip", headers={"Content-Encoding": "gzip"}), Unavailable),
     (Say(gzip.compress(b"x" * 900)[:-20], headers={"Content-Encoding": "gzip"}), Unavailable),
     (Say(b"x", headers={"Content-Encoding": "br"}), Unavailable), (Say(b"", 302), Unavailable)],
)  # fmt: skip
def test_every_bad_answer_has_its_name(server: Scripted, say: Say, error: type[SourceError]) -> None:
    server.on("/", say)
    with pytest.raises(SourceError) as caught:
        going_to(server).get(f"http://news.example:{port_of(server)}/")
    assert type(caught.value) is error


def test_a_bomb_goes_off_outside(server: Scripted) -> None:
    bomb = gzip.compress(b"\0" * 80_000_000)
    server.on("/", Say(bomb, headers={"Content-Encoding": "gzip"}))
    url = f"http://news.example:{port_of(server)}/"
    tracemalloc.start()
    with pytest.raises(Unavailable, match="longer than 5,000,000"):
        Egress(5, [f"news.example:{port_of(server)}"], lambda host, port: ["127.0.0.1"]).get(url)
    assert tracemalloc.get_traced_memory()[1] < 25_000_000
    tracemalloc.stop()
    answer = going_to(server).get(url, most=1000, cut=True)
    assert (len(answer.body), answer.whole) == (1000, False)


def test_nothing_new_has_no_body(server: Scripted) -> None:
    server.on("/", Say(b"", 304, {"Content-Encoding": "gzip"}))
    assert going_to(server).get(f"http://news.example:{port_of(server)}/").status == 304


@pytest.mark.parametrize("drip", [b"X", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_a_drip_ends_in_good_time(drip: bytes) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        line, _ = server.accept()
        with line:
            line.recv(9_000)
            try:
                line.sendall(drip)
                while not stop.wait(0.05):
                    line.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    port = server.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(Unavailable):
        Egress(0.5, [f"127.0.0.1:{port}"]).get(f"http://127.0.0.1:{port}/")
    assert time.monotonic() - began < 2
    stop.set()
    thread.join()
    server.close()


def test_no_proxy_of_the_environment_is_used(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    server.on("/", Say(b"hello"))
    with trap() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert going_to(server).get(f"http://news.example:{port_of(server)}/").body == b"hello"
        assert proxy.calls == 0
