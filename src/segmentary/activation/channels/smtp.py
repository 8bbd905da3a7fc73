"""Mail by SMTP: one connection kept open, verified TLS, and what every answer means for the message."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segmentary.activation.channels.channel import NOT_SOON, Receipt, short
from segmentary.activation.channels.guarded import BlockedError, Guard, said
from segmentary.activation.channels.mime import Mail, Sender, composed, quoted
from segmentary.errors import DataError, SegmentaryError, SettingsError, UsageError

if TYPE_CHECKING:
    import datetime as dt

    from segmentary.activation.message import Outgoing

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
DEAD = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b|\b5\.2\.1\b")
"""Enhanced codes (RFC 3463) of an address that will never work."""
ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
DEAD_WITHOUT = (550, 551, 553)
"""Codes that mean the same where a server gives no enhanced one."""
ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over.

    Attributes
    ----------
    security : ``starttls`` (port 587), ``tls`` (465), ``none`` (25; only to this machine or a private network).
    user, password : empty: no login. Never sent without encryption.
    hello : how we introduce ourselves; empty: the sender's domain.
    timeout : seconds to wait for an answer; for the last one, after the content, five times as long.
    """

    host: str
    port: int = 0
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    hello: str = ""
    timeout: float = 60.0


class Connection(smtplib.SMTP):
    """A connection to the addresses the guard checked; TLS verifies the name."""

    def __init__(self, server: Server, hello: str, guard: Guard, context: ssl.SSLContext) -> None:
        self.server = server
        self.guard = guard
        self.verifying = context
        super().__init__(local_hostname=hello, timeout=server.timeout)
        # The name TLS verifies: smtplib takes it from here.
        self._host = server.host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = self.guard.connect(host, port, timeout=timeout)
        opened.settimeout(timeout)
        # What is written at once leaves at once.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.security == "tls":
            return self.verifying.wrap_socket(opened, server_hostname=host)
        return opened


class ChannelDownError(SegmentaryError):
    """The mail server cannot be used at all; what it said is the message."""

    def __init__(self, message: str, *, hint: str | None = None, wait_seconds: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.wait_seconds = wait_seconds


class SmtpChannel:
    """Delivers mails to one server.

    sender_of : the sender of a campaign (empty: of no campaign); clock : for the Date header.
    """

    def __init__(
        self,
        name: str,
        server: Server,
        sender_of: Callable[[str], Sender],
        *,
        clock: Callable[[], dt.datetime],
        guard: Guard,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self.server = server
        self.sender_of = sender_of
        self.clock = clock
        self.guard = guard
        self.context = context
        self.connection: Connection | None = None
        self.carried = 0

    def deliver(self, message: Outgoing) -> Receipt:
        """Hand one mail over."""
        try:
            mail = composed(message, self.sender_of(message.campaign), self.clock())
        except (DataError, UsageError) as error:
            return Receipt("failed", error.message)
        receipt = self.tried(mail, message.message)
        if receipt.everybody and self.carried and self.connection is None:
            # A server that had enough of one connection takes the next.
            self.carried = 0
            return self.tried(mail, message.message)
        return receipt

    def tried(self, mail: Mail, message: str) -> Receipt:
        """Hand a mail over once, on the connection there is or a new one."""
        try:
            if self.connection is not None and not self.alive():
                self.drop()
            connection = self.connected()
        except ChannelDownError as error:
            self.carried = 0
            return Receipt("retry", error.message, everybody=True, wait_seconds=error.wait_seconds)
        try:
            return self.handed_over(connection, mail, message)
        except (OSError, smtplib.SMTPException) as error:
            # Whether the server has it, nobody knows: it is sent again, with the same Message-ID.
            self.drop()
            return Receipt("retry", short(f"the connection broke: {said(error)}"))

    def alive(self) -> bool:
        """Say whether a connection kept open may still be used: servers close those that were quiet for long."""
        connection = self.connection
        if connection is None or connection.sock is None:
            return False
        try:
            connection.sock.setblocking(False)
            try:
                connection.sock.recv(1)
                # Something to read now is the server's farewell.
                return False
            except (BlockingIOError, ssl.SSLWantReadError):
                return True
        except OSError:
            return False
        finally:
            with contextlib.suppress(OSError):
                connection.sock.settimeout(self.server.timeout)

    def connected(self) -> Connection:
        """Return the connection, opened, encrypted and logged in.

        Raises
        ------
        ChannelDownError
            when that cannot be done.
        """
        if self.connection is not None:
            return self.connection
        server = self.server
        hello = server.hello or self.sender_of("").domain or "localhost"
        connection = Connection(server, hello, self.guard, self.context or default_context())
        try:
            greeted(connection, server)
        except BlockedError as error:
            connection.close()
            raise ChannelDownError(error.message, hint=error.hint, wait_seconds=NOT_SOON) from error
        except ChannelDownError:
            connection.close()
            raise
        except ssl.SSLCertVerificationError as error:
            connection.close()
            raise ChannelDownError(
                f"the certificate of {server.host} cannot be verified: {short(error.verify_message)}",
                hint="ca_file = a PEM file with the authority that made it", wait_seconds=NOT_SOON,
            ) from error  # fmt: skip
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            raise ChannelDownError(
                f"no connection to {server.host}:{port_of(server)}: {short(said(error))}", hint="is the server running?"
            ) from error
        self.connection, self.carried = connection, 0
        return connection

    def handed_over(self, connection: Connection, mail: Mail, message: str) -> Receipt:
        """Give one mail to the server and say what its answers mean."""
        if mail.utf8 and not connection.has_extn("smtputf8"):
            return Receipt("failed", "the mail server cannot write to addresses that are not ASCII")
        options = mail_options(connection, mail, message)
        notify = " NOTIFY=FAILURE,DELAY" if connection.has_extn("dsn") else ""
        lines = [f"MAIL FROM:<{mail.envelope_from}>{options}", f"RCPT TO:<{mail.envelope_to}>{notify}", "DATA"]
        answers = said_to(connection, lines)
        step, code, text = next(((n, c, t) for n, (c, t) in enumerate(answers) if c // 100 not in (2, 3)), (3, 0, ""))
        if step < 3:
            if answers[-1][0] == 354:
                # Some servers take content after refusing whom it is for.
                connection.send(b".\r\n")
                connection.getreply()
            return self.refused(connection, step, code, text)
        connection.send(dotted(mail.content))
        if connection.sock is not None:
            connection.sock.settimeout(self.server.timeout * 5)
        code, reply = connection.getreply()
        if connection.sock is not None:
            connection.sock.settimeout(self.server.timeout)
        text = reply.decode("utf-8", "replace")
        if code // 100 == 2:
            self.carried += 1
            return Receipt("sent", answer_text(code, text))
        return self.refused(connection, 3, code, text)

    def refused(self, connection: Connection, step: int, code: int, text: str) -> Receipt:
        """Return what a refusal means: at MAIL (0) it is the server's or the settings', else the message's."""
        reply = answer_text(code, text)
        if code in (421, -1):
            self.drop()
            # After some mails servers want a new connection; before the first they want to be left alone.
            return Receipt("retry", reply, everybody=step == 0, wait_seconds=0.0 if self.carried else 5.0)
        try:
            if connection.rset()[0] != 250:
                self.drop()
        except (OSError, smtplib.SMTPException):
            self.drop()
        if step == 0 and not (code == 552 or "5.3.4" in text or "5.2.3" in text):
            return Receipt("retry", reply, everybody=True, wait_seconds=NOT_SOON if code // 100 == 5 else 0.0)
        if code in (530, 535):
            return Receipt("retry", reply, everybody=True, wait_seconds=NOT_SOON)
        if code // 100 == 4:
            return Receipt("retry", reply)
        return Receipt("failed", reply, permanent=step == 1 and is_dead(code, text))

    def check(self) -> list[str]:
        """Connect, encrypt, log in and say goodbye; say what works."""
        server = self.server
        connection = self.connected()
        found = [f"{server.host}:{port_of(server)} answers"]
        tls = connection.sock.version() if isinstance(connection.sock, ssl.SSLSocket) else None
        found.append(f"encrypted ({tls}), certificate verified" if tls else "not encrypted")
        found.append(f"logged in as {server.user}" if server.user else "no login")
        knows = [
            name.upper() for name in ("pipelining", "size", "dsn", "smtputf8", "8bitmime") if connection.has_extn(name)
        ]
        found.append(f"the server knows {', '.join(knows)}" if knows else "the server knows no extensions")
        self.close()
        return found

    def drop(self) -> None:
        """Let go of the connection without a word."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def close(self) -> None:
        """Say goodbye and let go of the connection."""
        if self.connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.connection.quit()
        self.drop()


def default_context() -> ssl.SSLContext:
    """Return how certificates are verified."""
    from segmentary.activation.channels.guarded import verified_context

    return verified_context()


def port_of(server: Server) -> int:
    """Return the port of a server: its own, or the usual one of its security."""
    return server.port or PORTS[server.security]


def greeted(connection: Connection, server: Server) -> None:
    """Open a connection, encrypt it and log in.

    Raises
    ------
    ChannelDownError
        when the server will not.
    """
    code, text = connection.connect(server.host, port_of(server))
    if code != 220:
        raise ChannelDownError(answer_text(code, text.decode("utf-8", "replace")), wait_seconds=5.0)
    connection.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not connection.has_extn("starttls"):
            raise ChannelDownError(
                f"{server.host} offers no encryption",
                hint='security = "tls", or "none" for a server on this machine',
                wait_seconds=NOT_SOON,
            )
        connection.starttls(context=connection.verifying)
        connection.ehlo()
    if server.user:
        if server.security == "none":
            raise ChannelDownError(
                "a password is not sent without encryption",
                hint='security = "starttls" or "tls"',
                wait_seconds=NOT_SOON,
            )
        try:
            connection.login(server.user, server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise ChannelDownError(
                f"{server.host} does not take user and password: {error.smtp_code}",
                hint="check user, and the variable with the password",
                wait_seconds=NOT_SOON,
            ) from error


def said_to(connection: Connection, lines: list[str]) -> list[tuple[int, str]]:
    """Say some commands and return the answers: all at once where the server knows pipelining (RFC 2920)."""
    if connection.has_extn("pipelining"):
        connection.send("".join(f"{line}\r\n" for line in lines).encode("utf-8"))
        found = [connection.getreply() for _ in lines]
        return [(code, text.decode("utf-8", "replace")) for code, text in found]
    answers: list[tuple[int, str]] = []
    for line in lines:
        connection.send(f"{line}\r\n".encode())
        code, text = connection.getreply()
        answers.append((code, text.decode("utf-8", "replace")))
        if code // 100 not in (2, 3):
            break
    return answers


def mail_options(connection: Connection, mail: Mail, message: str) -> str:
    """Return what is said with MAIL FROM: the size, the id that returned mail carries, and whether names are UTF-8."""
    found = ""
    if connection.has_extn("size"):
        found += f" SIZE={len(mail.content)}"
    if connection.has_extn("dsn"):
        envelope_id = quoted(message).replace("%", "+")
        found += " RET=HDRS" + (f" ENVID={envelope_id}" if len(envelope_id) <= 100 else "")
    return found + (" SMTPUTF8" if mail.utf8 else "")


def dotted(content: bytes) -> bytes:
    """Return a mail as DATA wants it: dots at the beginning of lines doubled, a dot alone at its end."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n"


def is_dead(code: int, text: str) -> bool:
    """Say whether an answer to RCPT means that the address will never work, so that it is suppressed.

    >>> is_dead(550, "5.1.1 no such user"), is_dead(550, "5.7.1 blocked"), is_dead(550, "unknown"), is_dead(452, "full")
    (True, False, True, False)
    """
    if code // 100 != 5:
        return False
    return bool(DEAD.search(text)) if ENHANCED.search(text) else code in DEAD_WITHOUT


def answer_text(code: int, text: str) -> str:
    """Return an answer on one line, without addresses."""
    return short(f"{code} {ADDRESS.sub('<address>', text[:600])}" if code > 0 else "the server closed the connection")


def checked_server(server: Server, *, allow_private: bool) -> Server:
    """Return a server's settings, if they make sense.

    Raises
    ------
    SettingsError
        when the host is missing, or the security is none of the three or too little.
    """
    if not server.host or any(c <= " " for c in server.host):
        raise SettingsError("the e-mail channel has no host", hint='host = "smtp.example.com"')
    if server.security not in PORTS:
        raise SettingsError(f"security cannot be {server.security!r}", hint=f"one of {', '.join(PORTS)}")
    if server.security == "none" and not allow_private:
        raise SettingsError(
            "mail does not travel unencrypted", hint='security = "starttls", or allow_private = true for a server here'
        )
    if not 0 <= server.port < 65_536:
        raise SettingsError(f"not a port: {server.port}", hint="587, 465 or 25")
    return server
