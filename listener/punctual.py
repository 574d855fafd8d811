"""Connections on which a whole answer must come in time, and not only each bit of it.

A timeout of httpx's or requests' is one for a single read: a server that lets a byte of its headers drip in now and
then is listened to for ever, while a lease runs out and other platforms wait. So each exchange here has an end, and
no read on its connection waits past it.
"""

from __future__ import annotations

import http.client
import io
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore
import httpx
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Exchange(threading.local):
    """When the request that this thread has under way must have its whole answer."""

    ends_at = float("inf")

    def left(self, waits: float | None, late: type[Exception]) -> float:
        """Seconds that this one wait may take. Raises `late` where the time is up."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise late("the whole answer did not come in time")
        return left if waits is None else min(left, waits)


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
        """The answer to one request, its body not read yet. Raises httpx.TimeoutException where the time is up."""
        self._exchange.ends_at = time.monotonic() + self._timeout_s
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

    Connecting may take as long once more, before anything was asked.
    """

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """As requests does it, with connections of ours."""
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _Incoming(io.RawIOBase):
    """What comes in on a socket, until the time is up."""

    def __init__(self, line: Any, raw: io.RawIOBase) -> None:
        """The socket's own timeout, which urllib3 has just set, is from now on that of the whole."""
        self._line, self._raw = line, raw
        self._waits: float | None = line.gettimeout()
        self._ends_at = float("inf") if self._waits is None else time.monotonic() + self._waits

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - time.monotonic()
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
    response_class = _Answer


class _TlsLine(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Line


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsLine
