"""HTTP over checked connections: a transport that connects where the guard says, within one time limit for everything.

The name stays what TLS verifies and what the ``Host`` header says; only the connection goes to the checked address.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Iterable, Iterator
from typing import Any, cast

import httpcore
import httpx  # noqa: TID253  # this module is imported when something is sent

from segmentary.activation.channels.guarded import Guard, said


class PinnedTransport(httpx.BaseTransport):
    """Carries requests over connections that the guard allows. ends : when (monotonic) everything has to be over."""

    def __init__(self, guard: Guard, context: ssl.SSLContext) -> None:
        self.guard = guard
        self.ends = 0.0
        self.pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=1, keepalive_expiry=30, network_backend=PinnedBackend(self)
        )

    def left(self) -> float:
        """Return the seconds that are left.

        Raises
        ------
        httpcore.TimeoutException
            when none are.
        """
        seconds = self.ends - self.guard.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("no answer in time")
        return seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return the answer, its body not read yet."""
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=cast("Iterable[bytes]", request.stream),
        )
        try:
            answer = self.pool.handle_request(asked)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.TransportError(said(error)) from error
        return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer.stream))

    def close(self) -> None:
        """Close every connection."""
        self.pool.close()


class Body(httpx.SyncByteStream):
    """The body of an answer."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.stream
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise httpx.TransportError(said(error)) from error

    def close(self) -> None:
        """Let go of the connection."""
        self.stream.close()


class PinnedBackend(httpcore.NetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, transport: PinnedTransport) -> None:
        self.transport = transport

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a checked address of a host."""
        try:
            opened = self.transport.guard.connect(host, port, timeout=self.transport.left())
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(said(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(said(error)) from error
        return PinnedStream(opened, self.transport)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse."""
        raise httpcore.ConnectError("no connection to a file of this machine")

    def sleep(self, seconds: float) -> None:
        """Refuse to try again by itself."""
        raise httpcore.ConnectError("not tried again")


class PinnedStream(httpcore.NetworkStream):
    """A connection whose every step ends when the time for everything is over."""

    def __init__(self, opened: socket.socket, transport: PinnedTransport) -> None:
        self.socket = opened
        self.transport = transport

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, at most so much."""
        self.socket.settimeout(self.transport.left())
        try:
            return self.socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer in time") from error
        except OSError as error:
            raise httpcore.ReadError(said(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send everything."""
        self.socket.settimeout(self.transport.left())
        try:
            self.socket.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("not taken in time") from error
        except OSError as error:
            raise httpcore.WriteError(said(error)) from error

    def close(self) -> None:
        """Close."""
        self.socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt; the certificate has to be of the name."""
        self.socket.settimeout(self.transport.left())
        try:
            return PinnedStream(ssl_context.wrap_socket(self.socket, server_hostname=server_hostname), self.transport)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout("no answer in time") from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(said(error)) from error

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks about a connection."""
        if info == "is_readable":
            # A waiting connection with something to read was closed by the other side.
            with selectors.DefaultSelector() as waiting:
                waiting.register(self.socket, selectors.EVENT_READ)
                return bool(waiting.select(0))
        return self.socket if info == "socket" else None
