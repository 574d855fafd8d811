"""Connections on which a whole answer must come in time, and not only each bit of it.

A timeout of httpx's or requests' is one for a single read: a server that lets a byte of its headers drip in now and
then is listened to for ever, while a lease runs out and other platforms wait. So each exchange here has an end, and
no read on its connection waits past it.

An exchange may also carry a last look: a question that is asked on the open connection, right before the first byte is
written. Whoever was frozen between looking and writing (SIGSTOP, a lid that was closed) writes nothing on waking.
"""

from __future__ import annotations

import http.client
import io
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import httpcore
import httpx
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError

LAST_LOOK = "warmline.last_look"  # the name of a last look among an httpx request's extensions
# What was seen by a last look holds this long, in seconds: no longer than a pause may take to be heeded.
LOOK_HOLDS_S = 1.0
# The clock of this machine that goes on while it sleeps (time.monotonic stops there): Linux has one of its own, and
# on macOS it is CLOCK_MONOTONIC (clock_gettime(3) of both).
_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def uptime_s() -> float:
    """Seconds since some moment in the past, those included that the machine slept, where it can tell."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class Exchange(threading.local):
    """The request that this thread has under way: when it must have its whole answer, and what is asked before it."""

    ends_at = float("inf")  # by `uptime_s`
    begun = False  # whether a byte of it may be on its way
    _look: Callable[[], None] | None = None

    def begin(self, timeout_s: float | None, look: Callable[[], None] | None = None) -> None:
        """A new request, which may take this long from now on."""
        self.ends_at = float("inf") if timeout_s is None else uptime_s() + timeout_s
        self.begun, self._look = False, look

    def left(self, waits: float | None, late: type[Exception]) -> float:
        """Seconds that this one wait may take. Raises `late` where the time is up."""
        left = self.ends_at - uptime_s()
        if left <= 0:
            raise late("the whole answer did not come in time")
        return left if waits is None else min(left, waits)

    def may_write(self, too_late: Callable[[str], Exception]) -> None:
        """To be asked right before each write: before the first one it takes the last look, once.

        Raises what the look raises, and `too_late` where the time is up, or the look was taken too long ago, and no
        byte was written yet.
        """
        if self.begun:
            return
        look, self._look = self._look, None
        looked_at = uptime_s()
        if look is not None:
            look()
        now = uptime_s()
        if now >= self.ends_at or (look is not None and now - looked_at > LOOK_HOLDS_S):
            raise too_late("there was no time left to write it")
        self.begun = True


class PunctualTransport(httpx.HTTPTransport):
    """httpx's own transport, where one exchange, its connecting and its body included, takes `timeout_s` at most.

    The system's resolver keeps a time of its own.
    """

    def __init__(self, timeout_s: float, verify: ssl.SSLContext, limits: httpx.Limits) -> None:
        """Opens no connection yet."""
        super().__init__(verify=verify, trust_env=False, limits=limits)
        self._timeout_s = timeout_s
        self._exchange = Exchange()
        # httpx hands no backend on to the pool that it makes: so the pool is made here, as httpx makes it.
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(self._exchange),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request, its body not read yet. Raises httpx.TimeoutException where the time is up.

        It is httpx.ConnectTimeout only where nothing was written.
        """
        self._exchange.begin(self._timeout_s, request.extensions.get(LAST_LOOK))
        return super().handle_request(request)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._exchange.left(timeout, httpcore.ConnectTimeout)
        stream = self._plain.connect_tcp(host, port, left, local_address, socket_options)
        return PunctualStream(stream, self._exchange)


class PunctualStream(httpcore.NetworkStream):
    """A connection on which no wait goes past the end of the exchange."""

    def __init__(self, stream: httpcore.NetworkStream, exchange: Exchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._exchange.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._exchange.may_write(httpcore.ConnectTimeout)
        self._stream.write(buffer, self._exchange.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._exchange.left(timeout, httpcore.ConnectTimeout)
        return PunctualStream(self._stream.start_tls(ssl_context, server_hostname, left), self._exchange)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class PunctualAdapter(HTTPAdapter):
    """requests' own adapter, where a whole answer, headers and body, takes no longer than the timeout.

    Connecting and asking may take as long once more.
    """

    def __init__(self, **options: Any) -> None:
        """Opens no connection yet."""
        self._exchange = Exchange()
        self._looks = threading.local()
        super().__init__(**options)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """As requests does it, with connections of ours."""
        super().init_poolmanager(*sizes, **options)
        pools = (("http", _Pool), ("https", _TlsPool))
        ours: dict[str, Any] = {scheme: partial(pool, exchange=self._exchange) for scheme, pool in pools}
        self.poolmanager.pool_classes_by_scheme = ours

    def look_before(self, look: Callable[[], None] | None) -> None:
        """Take this last look before the next request of this thread; None takes it back."""
        self._looks.next = look

    def send(self, request: Any, *more: Any, **options: Any) -> Any:
        """As requests' own. Raises what the last look raises; then nothing was written."""
        look, self._looks.next = getattr(self._looks, "next", None), None
        waits = options.get("timeout")
        self._exchange.begin(waits if isinstance(waits, int | float) else None, look)
        return super().send(request, *more, **options)


class _Incoming(io.RawIOBase):
    """What comes in on a socket, until the time is up."""

    def __init__(self, line: Any, raw: io.RawIOBase) -> None:
        """The socket's own timeout, which urllib3 has just set, is from now on that of the whole."""
        self._line, self._raw = line, raw
        self._waits: float | None = line.gettimeout()
        self._ends_at = float("inf") if self._waits is None else uptime_s() + self._waits

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - uptime_s()
        if left <= 0:
            raise TimeoutError("the whole answer did not come in time")
        self._line.settimeout(None if self._waits is None else left)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        with suppress(OSError):  # the next request on this line, if there is one, begins with a whole wait
            self._line.settimeout(self._waits)
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: Any, *more: Any, **options: Any) -> None:
        super().__init__(sock, *more, **options)
        self.fp = io.BufferedReader(_Incoming(sock, self.fp.detach()))


class _Line(HTTPConnection):
    """A connection of urllib3's that asks its exchange before it writes."""

    response_class = _Answer

    def __init__(self, *where: Any, exchange: Exchange, **options: Any) -> None:
        super().__init__(*where, **options)
        self._exchange = exchange

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self._exchange.may_write(partial(ConnectTimeoutError, self))
        self._exchange.left(None, TimeoutError)
        super().send(data)


class _TlsLine(_Line, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Line


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsLine
