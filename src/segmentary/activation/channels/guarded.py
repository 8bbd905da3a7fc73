"""The only way out: names are resolved once, every answer is checked, and the connection goes to a checked answer.

A destination is somebody's setting, and can lead inside: to this machine, the network behind it, or a cloud's address
for secrets, directly, by a redirect, or by a name that answers differently the second time. So nothing connects to an
address that is not public, unless the channel says ``allow_private``; and even then not to a link-local or made-up one.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from segmentary.errors import SegmentaryError, SettingsError

if TYPE_CHECKING:
    import httpx

SECONDS = 10.0
LARGEST_REPLY = 64 * 1024
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
"""Returns the addresses of a name and port, as text."""

# fmt: off
NEVER = tuple(map(ipaddress.ip_network, (
    "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fe80::/10", "fec0::/10", "ff00::/8",
)))
"""Link-local (where clouds keep their secrets), multicast, documentation, and every way to write an IPv4 address inside
an IPv6 one: no server to talk to is at any of them."""
INSIDE = tuple(map(ipaddress.ip_network, (
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7",
)))
"""This machine and private networks: only where the channel says so."""
# fmt: on


class BlockedError(SegmentaryError):
    """A destination is not one that messages may go to."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be connected to.

    allow_private : this machine and private networks too; resolve, monotonic : given from outside in tests.
    """

    allow_private: bool = False
    resolve: Resolver | None = None
    monotonic: Callable[[], float] = time.monotonic

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of them checked.

        Raises
        ------
        BlockedError
            when the name has no address, or any of them is one that must not be connected to.
        """
        name = host.strip("[]")
        if not name or any(c <= " " or c == "\x7f" for c in name):
            raise BlockedError("the address has no host", hint="such as smtp.example.com")
        try:
            found = (self.resolve or resolved)(name, port)
        except (OSError, UnicodeError) as error:
            raise BlockedError(
                f"{host} cannot be found: {said(error)}", hint="check the name and the network"
            ) from None
        if not found:
            raise BlockedError(f"{host} has no address", hint="check the name")
        for text in found:
            self.check(host, text)
        return list(dict.fromkeys(found))

    def check(self, host: str, text: str) -> None:
        """Raise `BlockedError` unless an address may be connected to."""
        if allowed(text, allow_private=self.allow_private):
            return
        raise BlockedError(
            f"{host} leads to {text}, which is not a public address: nothing was sent there",
            hint="allow_private = true in the channel's settings lets it reach this machine and private networks"
            if allowed(text, allow_private=True)
            else "use the server's public name",
        )

    def connect(self, host: str, port: int, *, timeout: float) -> socket.socket:
        """Return a connection to one of the checked addresses of a host.

        Raises
        ------
        BlockedError
            when the host is not one to connect to.
        OSError
            when none of its addresses answers.
        """
        last: OSError | None = None
        ends = self.monotonic() + timeout
        for text in self.addresses(host, port):
            left = ends - self.monotonic()
            if left <= 0:
                break
            try:
                # An address, not a name: nothing is resolved a second time.
                return socket.create_connection((text, port), timeout=left)
            except OSError as error:
                last = error
        raise last or TimeoutError(f"no answer from {host} within {timeout:g} seconds")


def resolved(host: str, port: int) -> list[str]:
    """Return what the system's resolver says; it also reads ``0x7f.1`` and ``2130706433``, so its answer is checked."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(answer[4][0]) for answer in answers]


def allowed(text: str, *, allow_private: bool = False) -> bool:
    """Say whether an address, as text, may be connected to.

    >>> [allowed(one) for one in ("93.184.215.14", "127.0.0.1", "64:ff9b::7f00:1", "fe80::1%eth0")]
    [True, False, False, False]
    >>> allowed("10.1.2.3", allow_private=True), allowed("169.254.169.254", allow_private=True)
    (True, False)
    """
    try:
        address: IP = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return False
    # First: ::1 is this machine, all else that begins with 96 zero bits is an IPv4 address in disguise.
    if within(address, INSIDE):
        return allow_private
    return address.is_global and not address.is_multicast and not within(address, NEVER)


def within(address: IP, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Say whether an address lies in one of some networks."""
    return any(address.version == one.version and address in one for one in networks)


def said(error: BaseException) -> str:
    """Return what an error of the network says, for people."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)


def verified_context(ca_file: str = "") -> ssl.SSLContext:
    """Return how certificates are verified: by the system's authorities and the bundled ones, or by a file's only.

    Raises
    ------
    SettingsError
        when the file cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise SettingsError(f"the certificates {ca_file} cannot be read: {error}", hint="a PEM file") from error
    if not ca_file:
        import certifi

        context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


# ------------------------------------------------------------ HTTP


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. body : at most 64 KiB of it; headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked_url(url: str, *, allow_private: bool) -> str:
    """Return an address to POST to, if it is one.

    Raises
    ------
    SettingsError
        when it is not https (http only on private networks), or has a user and password in it.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http") or any(c <= " " or c == "\x7f" for c in url):
        raise SettingsError(f"not an address to send to: {url!r}", hint="https://example.com/hooks")
    if parts.scheme == "http" and not allow_private:
        raise SettingsError(f"{host}: messages travel over https only", hint="https://, or allow_private = true")
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"{host}: a password has no place in an address", hint="use the signature instead")
    return url


class GuardedClient:
    """POSTs to checked addresses: no redirects, no proxies, one time limit for everything, small answers only.

    Not for several threads at once.
    """

    def __init__(self, guard: Guard, *, seconds: float = SECONDS, context: ssl.SSLContext | None = None) -> None:
        self.guard = guard
        self.seconds = seconds
        self.context = context or verified_context()
        self.client: httpx.Client | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and return the answer.

        Raises
        ------
        BlockedError
            when the address is not one to connect to.
        OSError
            when there was no answer in time, or a broken one.
        """
        import httpx

        from segmentary.activation.channels.pinned import PinnedTransport

        if self.client is None:
            self.transport = PinnedTransport(self.guard, self.context)
            self.client = httpx.Client(
                transport=self.transport, trust_env=False, follow_redirects=False, timeout=self.seconds
            )
        self.transport.ends = self.guard.monotonic() + self.seconds
        sent = {"accept-encoding": "identity", "user-agent": "segmentary", **headers}
        target = checked_url(url, allow_private=self.guard.allow_private)
        try:
            with self.client.stream("POST", target, content=body, headers=sent) as answer:
                kept = bytearray()
                for chunk in answer.iter_raw():
                    kept += chunk
                    if len(kept) >= LARGEST_REPLY:
                        break
                return Answer(answer.status_code, dict(answer.headers), bytes(kept[:LARGEST_REPLY]))
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
            raise OSError(said(error)) from error

    def close(self) -> None:
        """Let go of the connections."""
        if self.client is not None:
            self.client.close()
            self.client = None
