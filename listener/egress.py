"""The one way to fetch an address that a stranger may have chosen: a feed's, a redirect's, one pasted by a user.

A server that fetches what it is told to can be told to fetch what only it can reach: the router, the cloud's secrets,
a database beside it. Looking at the address first is not enough, since a name may mean one machine when it is looked
at and another when it is called (Postiz CVE-2026-42346, after two fixes that only looked). So a name is resolved once,
every address it gives is checked, and the very address that was checked is called; after a redirect all of it again.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import httpcore
import httpx

from listener.punctual import Exchange, PunctualStream, uptime_s
from listener.source import SourceError, Unavailable
from listener.web import MAX_BODY, error_for, trusted

MOST_REDIRECTS = 5
ADDRESSES_TRIED = 4  # a name may give many; a machine without IPv6 gets past those to the others
NO_HEADERS: Mapping[str, str] = {}
DEFAULT_PORT = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# From a host and a port to the addresses that it has, as text.
Resolve = Callable[[str, int], Sequence[str]]

# IANA's IPv4 special-purpose registry, with multicast and class E. Written out, since `is_global` changed its mind
# between releases of Python (CVE-2024-4032, mended in 3.11.10 and 3.12.4). CGNAT holds Alibaba's metadata server, and
# 192.0.0.192 is Oracle's; Azure's stands in the midst of public addresses, and only its own machines reach it
# (learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
# Of IPv6 only 2000::/3 is given out to the public: that alone leaves out loopback, link-local, unique local (with the
# metadata server fd00:ec2::254), multicast, NAT64 and every address that has an IPv4 one mapped into it.
PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
# Within it: IANA's own protocols with Teredo, documentation, and 6to4, which is an IPv4 address in disguise.
NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\Z")
# The end of a host that the C library would read as a number: 127.1, 0x7f000001, 017700000001, 2130706433.
_NUMERIC = re.compile(r"(?:\d+|0x[0-9a-f]*)\Z")


class NotAllowed(SourceError):
    """An address that Warmline does not call; the message says why, and what an operator who wants it may write."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered: 200 or its like, or 304 without a body. Header names are in lower case.

    `url` is where the redirects ended; `whole` is False where the body went on past what was asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    whole: bool = True


def resolve(host: str, port: int) -> Sequence[str]:
    """The host's addresses, as this machine's resolver gives them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Egress:
    """Fetches public addresses by GET, and no others. Keeps no connection, no cookie and no name between calls.

    `private_hosts` are the operator's exceptions, each exactly `host:port` (an intranet, a test). Any port may be
    called: feeds stand on odd ones, and the machine behind it is public. No proxy is taken from the environment, since
    a proxy would resolve the name a second time.
    """

    def __init__(
        self,
        timeout_s: float,
        private_hosts: Collection[str] = (),
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`timeout_s` is for one whole fetch with all its redirects (but for the system's resolver, which has its own).

        `trust` are the certificates to trust where they are not `listener.web`'s.
        """
        self._timeout_s = timeout_s
        self._private = frozenset(host.lower() for host in private_hosts)
        self._resolve = resolve
        self._trust = trust

    def get(
        self, url: str, headers: Mapping[str, str] = NO_HEADERS, most: int = MAX_BODY, *, cut: bool = False
    ) -> Fetched:
        """What stands at `url`, unpacked. `headers` go to every host of a chain of redirects: they hold no secret.

        Raises NotAllowed; RateLimited (429), Revoked (401, 403), OutOfCredits (402), NotFound (404, 410); Unavailable
        for all else, and for a body beyond `most` bytes, unless `cut` says that its beginning is enough.
        """
        give_up_at = uptime_s() + self._timeout_s
        network = _Guarded(self._private, self._resolve, give_up_at)
        asked = checked(url, self._private)
        with httpcore.ConnectionPool(ssl_context=self._trust or trusted(), network_backend=network) as pool:
            for _ in range(MOST_REDIRECTS + 1):
                answer = self._ask(pool, asked, headers, most, cut)
                if not isinstance(answer, str):
                    return answer
                asked = _onward(asked, answer, self._private)
        raise Unavailable(f"{asked.host} redirected more than {MOST_REDIRECTS} times")

    def _ask(
        self, pool: httpcore.ConnectionPool, url: httpx.URL, headers: Mapping[str, str], most: int, cut: bool
    ) -> Fetched | str:
        """The answer of one address, or where it sends us."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        polite = {"User-Agent": "warmline", "Accept": "*/*", "Accept-Encoding": "gzip", **headers}
        waits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        try:
            with pool.stream("GET", target, headers=list(polite.items()), extensions={"timeout": waits}) as answer:
                told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                if answer.status in {301, 302, 303, 307, 308} and told.get("location"):
                    return told["location"]
                body, whole = _read(answer, told.get("content-encoding", ""), most)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, zlib.error) as why:
            raise Unavailable(f"{url.host} did not answer: {type(why).__name__}") from why
        if not 200 <= answer.status < 300 and answer.status != 304:
            raise error_for(answer.status, f"{url.host} said {answer.status}", told)
        if not (whole or cut):
            raise Unavailable(f"{url.host}: the answer is longer than {most:,} bytes")
        return Fetched(answer.status, told, body, str(url), whole)


def checked(url: str, private_hosts: Collection[str] = ()) -> httpx.URL:
    """The address, if its writing is plain. Raises NotAllowed. Whom its name means is checked when it is called.

    Two readers of one odd address may see two hosts in it; so what could be read in two ways is not read at all.
    """
    if not url.isprintable() or re.search(r"[\s\\]", url):
        raise NotAllowed("an address has no spaces, backslashes or control characters in it")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as why:
        raise NotAllowed(f"this is no web address: {why}") from why
    if parsed.scheme not in DEFAULT_PORT or not parsed.host:
        raise NotAllowed("an address begins with http:// or https:// and names a host")
    if "@" in re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]:
        raise NotAllowed("an address has no user name in it")
    host, port = parsed.raw_host.decode("ascii").lower(), parsed.port
    if port == 0:
        raise NotAllowed("an address has no port 0")
    _check_host(host, _named(host, port or DEFAULT_PORT[parsed.scheme]), private_hosts)
    return parsed


def is_public(address: Address) -> bool:
    """Whether this address is one of the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    return address in PUBLIC_6 and not any(address in network for network in NOT_PUBLIC_6)


def _check_host(host: str, named: str, private_hosts: Collection[str]) -> None:
    """Raises NotAllowed for a host that names this machine, or an address in another than its plain writing."""
    if named in private_hosts:
        return
    address = _literal(host)
    if address is None and (not _HOST.match(host) or _NUMERIC.match(host.rpartition(".")[2])):
        raise NotAllowed(f"{host} is neither a plain name nor an address in its plain writing")
    if host == "localhost" or host.endswith(".localhost") or (address is not None and not is_public(address)):
        raise _private(named)


def _literal(host: str) -> Address | None:
    """The address that is written here in plain (no zone, no octal, no short form); None for a name."""
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None


def _named(host: str, port: int) -> str:
    """`host:port`, as an operator names an exception."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _private(named: str) -> NotAllowed:
    return NotAllowed(
        f"{named} is not on the public internet. If it is meant, write it into this source's settings: "
        f'private_hosts = ["{named}"]'
    )


def _onward(asked: httpx.URL, location: str, private_hosts: Collection[str]) -> httpx.URL:
    """Where a redirect leads, as the address there is checked itself. Raises NotAllowed."""
    if not location.isprintable() or re.search(r"[\s\\]", location):
        raise NotAllowed(f"{asked.host} redirects to something that is no plain address")
    try:
        onward = checked(str(asked.join(location)), private_hosts)
    except httpx.InvalidURL as why:
        raise NotAllowed(f"{asked.host} redirects to something that is no web address") from why
    if asked.scheme == "https" and onward.scheme == "http":
        raise NotAllowed(f"{asked.host} redirects from https to http")
    return onward


class _Guarded(httpcore.NetworkBackend):
    """The last door: every connection of one fetch is made here, to an address that was checked here."""

    def __init__(self, private: Collection[str], resolve: Resolve, give_up_at: float) -> None:
        self._private = private
        self._resolve = resolve
        self._fetch = Exchange()
        self._fetch.ends_at = give_up_at
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port)[:ADDRESSES_TRIED]:
            try:
                stream = self._network.connect_tcp(address, port, self._fetch.left(None, httpcore.ConnectTimeout))
                return PunctualStream(stream, self._fetch)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as why:
                failed = why
        raise failed

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as why:
            raise httpcore.ConnectError(f"{host} has no address") from why
        named = _named(host, port)
        # One private address among public ones is refused whole: which of them is called is not ours to say.
        if named not in self._private and not all(is_public(_plain(address)) for address in found):
            raise _private(named)
        return found


def _plain(address: str) -> Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _read(answer: httpcore.Response, encoding: str, most: int) -> tuple[bytes, bool]:
    """The body's first `most` bytes, and whether that is all of it. Raises zlib.error, Unavailable."""
    body = bytearray()
    for chunk in _unpacked(answer.iter_stream(), encoding.strip().lower(), most):
        body += chunk
        if len(body) > most:
            return bytes(body[:most]), False
    return bytes(body), True


def _unpacked(chunks: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """The body as it was before it was packed, never more than `most` and a byte at once: a bomb goes off outside."""
    if encoding in {"", "identity"}:
        yield from chunks
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise Unavailable(f"the answer is packed as {encoding[:40]!r}, which was not asked for")
    unpacker = zlib.decompressobj(wbits=47)  # gzip or zlib, as its first bytes say
    begun = False
    for chunk in chunks:
        begun = True
        yield unpacker.decompress(chunk, most + 1)
    if begun and not unpacker.eof:
        raise Unavailable("the packed answer is cut short")
