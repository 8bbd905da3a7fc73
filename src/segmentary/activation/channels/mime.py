"""A message as e-mail: text and HTML side by side, the headers mailbox providers ask for, and no others.

Nothing a person, a template or a data file says can become a header: whatever breaks lines is taken out of every value
first, the standard library writes them, and what it wrote is counted before anything leaves.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from urllib.parse import parse_qs, quote, unquote, urlsplit

from segmentary.activation.addresses import FREE_OF_CONSENT
from segmentary.activation.message import Outgoing
from segmentary.activation.unsubscribe import headers as unsubscribe_headers
from segmentary.activation.unsubscribe import mailto
from segmentary.errors import DataError, SettingsError

LONGEST_ADDRESS, LONGEST_LOCAL, LONGEST_SUBJECT = 254, 64, 400
LOCAL = re.compile(r"[^\s@<>()\[\],:;\\\"\x00-\x1f\x7f-\x9f]+")
NAMED = re.compile(r"\s*(?:\"?(?P<name>[^<>\"]*?)\"?\s*<(?P<inside>[^<>]+)>|(?P<bare>[^<>\"\s]+))\s*")
STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
NOT_WRITTEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
PLAIN_HEADERS = frozenset({"list-unsubscribe", "list-unsubscribe-post"})
OF_THE_BODY = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
NOT_IN_ID = re.compile(r"[^A-Za-z0-9_.-]")


class Policy(EmailPolicy):
    """Headers that programs read stay as they are: a long link folded as an encoded word is no link to them."""

    def fold(self, name: str, value: str) -> str:
        """Return a header as it is written."""
        if name.lower() in PLAIN_HEADERS and str(value).isascii():
            return f"{name}: {str(value).replace(', <', f',{self.linesep} <')}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as its bytes."""
        if name.lower() in PLAIN_HEADERS and str(value).isascii():
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


# Bodies in ASCII whatever stands in them: no server on the way has to know more.
POLICY = Policy(linesep="\r\n", cte_type="7bit")
POLICY_UTF8 = POLICY.clone(utf8=True)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes.

    Attributes
    ----------
    address, name : of the From header; reply_to : where answers go, empty: to the sender.
    bounces : where returned mail goes, empty: to the sender. What comes back carries the message's id:
        ``bounces+ID@domain`` where ``variable``.
    unsubscribe : address that unsubscribing mails go to, empty: none.
    """

    address: str
    name: str = ""
    reply_to: str = ""
    bounces: str = ""
    variable: bool = True
    unsubscribe: str = ""

    @property
    def domain(self) -> str:
        """The domain of the sender, as it stands in ids."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to leave. utf8 : the server has to know SMTPUTF8 (an address that is not ASCII before the @)."""

    envelope_from: str
    envelope_to: str
    content: bytes
    utf8: bool


def sender_of(said: str, *, reply_to: str = "", bounces: str = "", variable: bool = True, leave: str = "") -> Sender:
    """Return a sender out of ``Shop <news@shop.example>``.

    Raises
    ------
    SettingsError
        when one of the addresses is none.
    """
    found = NAMED.fullmatch(said)
    if found is None:
        raise SettingsError(f"not a sender: {said!r}", hint='sender = "Shop <news@shop.example>"')
    try:
        address = deliverable(found["inside"] or found["bare"])
        others = [deliverable(one) if one else "" for one in (reply_to, bounces, leave)]
    except DataError as error:
        raise SettingsError(f"sender, reply_to, bounces or unsubscribe_mail: {error.message}") from None
    return Sender(address, inert(found["name"] or ""), others[0], others[1], variable, others[2])


def composed(message: Outgoing, sender: Sender, at: dt.datetime) -> Mail:
    """Return a message as a mail.

    at : its Date.

    Raises
    ------
    DataError
        when the address cannot be written to, or a header would not be what it has to be.
    """
    to = deliverable(message.address)
    utf8 = not all(one.isascii() for one in (to, sender.address, sender.reply_to, sender.bounces))
    mail = EmailMessage(policy=POLICY_UTF8 if utf8 else POLICY)
    try:
        fields = fields_of(message, sender, to, at)
        for name, value in fields.items():
            mail[name] = value
        content = written(mail, message)
    except (ValueError, UnicodeError, LookupError) as error:
        raise DataError(f"it cannot be written as a mail: {type(error).__name__}") from error
    only_these_headers(content, set(fields))
    return Mail(envelope_sender(message.message, sender), to, content, utf8)


def written(mail: EmailMessage, message: Outgoing) -> bytes:
    """Return a mail with its text and HTML, as bytes."""
    mail.set_content(clean_text(message.content.text), charset="utf-8")
    if message.content.html:
        mail.add_alternative(clean_text(message.content.html), subtype="html", charset="utf-8")
        # The same message again is the same mail again.
        mail.set_boundary(f"=_{hashlib.sha256(message.message.encode()).hexdigest()[:32]}")
    return mail.as_bytes()


def fields_of(message: Outgoing, sender: Sender, to: str, at: dt.datetime) -> dict[str, str | Address]:
    """Return the headers of a message but those about its body; every value is inert."""
    content = message.content
    fields: dict[str, str | Address] = {
        "From": mailbox(sender.address, sender.name),
        "To": mailbox(to),
        "Subject": inert(content.subject)[:LONGEST_SUBJECT],
        "Date": format_datetime(at.astimezone(dt.UTC).replace(microsecond=0)),
        "Message-ID": message_id(message.message, sender.domain),
    }
    if sender.reply_to:
        fields["Reply-To"] = mailbox(sender.reply_to)
    if content.unsubscribe_url:
        token = token_in(content.unsubscribe_url)
        mail = mailto(sender.unsubscribe, token) if sender.unsubscribe and token else ""
        fields.update(unsubscribe_headers(content.unsubscribe_url, mail))
    if message.purpose == FREE_OF_CONSENT:
        # So that no absence note answers a program; a list is known by its List-Id.
        fields["Auto-Submitted"] = "auto-generated"
    else:
        fields["List-Id"] = f"<{label(message.purpose)}.{ascii_domain(sender.domain)}>"
    parts = (
        message.campaign or message.origin,
        message.variant or "-",
        message.purpose,
        sender.domain.partition(".")[0],
    )
    fields["Feedback-ID"] = ":".join(label(one) for one in parts)
    return fields


def inert(text: str) -> str:
    r"""Return text on one line: whatever breaks or steers lines, in any alphabet, becomes a space.

    >>> inert("Hello\r\nBcc: all@shop.example")
    'Hello Bcc: all@shop.example'
    """
    return " ".join(STEERING.sub(" ", text).split())


def clean_text(text: str) -> str:
    """Return a body with ordinary line ends, without what cannot be written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return NOT_WRITTEN.sub("", lines)


def deliverable(address: str) -> str:
    """Return an address as it goes into envelope and header: its domain in ASCII.

    Raises
    ------
    DataError
        when it is none. The error does not repeat the address.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not LOCAL.fullmatch(local) or any(unicodedata.category(c)[0] in "CZ" for c in local):
        raise DataError("not an address that mail can be sent to")
    if len(local.encode()) > LONGEST_LOCAL or local.startswith(".") or local.endswith(".") or ".." in local:
        raise DataError("not an address that mail can be sent to")
    found = f"{unicodedata.normalize('NFC', local)}@{ascii_domain(domain)}"
    if len(found.encode()) > LONGEST_ADDRESS:
        raise DataError("an address of more than 254 bytes")
    return found


def ascii_domain(domain: str) -> str:
    """Return a domain as the name service knows it.

    Raises
    ------
    DataError
        when it is none.
    """
    import idna

    if domain.isascii():
        if re.fullmatch(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*", domain):
            return domain.lower()
        raise DataError("not a domain that mail can be sent to")
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise DataError("not a domain that mail can be sent to") from None


def mailbox(address: str, name: str = "") -> Address:
    """Return an address with a name as the standard library takes it."""
    local, _, domain = address.rpartition("@")
    return Address(inert(name), local, domain)


def message_id(message: str, domain: str) -> str:
    """Return the Message-ID of one of our messages; `our_id` finds the message again.

    >>> message_id("autumn-1.c 1", "shop.example")
    '<autumn-1.c%201@shop.example>'
    """
    return f"<{quoted(message)}@{ascii_domain(domain)}>"


def our_id(said: str) -> str:
    """Return which message a Message-ID speaks of, whoever sent it.

    >>> our_id(" <autumn-1.c%201@shop.example>")
    'autumn-1.c 1'
    """
    return unquote(said.strip().strip("<>").rpartition("@")[0], errors="surrogatepass")


def envelope_sender(message: str, sender: Sender) -> str:
    """Return where a mail comes back to; with the message's id in it where that fits."""
    address = sender.bounces or sender.address
    local, _, domain = address.rpartition("@")
    carrying = f"{local}+{quoted(message).replace('%', '=')}"
    if sender.bounces and sender.variable and len(carrying) <= LONGEST_LOCAL and not re.search(r"\.\.|\.$", carrying):
        return f"{carrying}@{domain}"
    return address


def returned_id(address: str) -> str:
    """Return which message an address of ours carries (``bounces+ID@domain``); empty: none.

    >>> returned_id("bounces+autumn-1.c=201@shop.example")
    'autumn-1.c 1'
    """
    local = address.strip().strip("<>").rpartition("@")[0]
    return unquote(local.partition("+")[2].replace("=", "%"), errors="surrogatepass")


def quoted(message: str) -> str:
    """Return an id in letters that ids of mail may have."""
    return quote(message, safe="", errors="surrogatepass")


def token_in(url: str) -> str:
    """Return the signed token of an unsubscribe link."""
    return "".join(parse_qs(urlsplit(url).query).get("t", [])[:1])


def label(text: str) -> str:
    """Return text as one word of an id."""
    return NOT_IN_ID.sub("_", text)[:60] or "-"


def only_these_headers(content: bytes, names: set[str]) -> None:
    """Count the headers of a mail as the next server will read them: those named, and those about its body.

    Raises
    ------
    DataError
        when there is one more, one less of ours, or one twice.
    """
    head = content.partition(b"\r\n\r\n")[0]
    if b"\n" in head.replace(b"\r\n", b"") or b"\r" in head.replace(b"\r\n", b"") or b"\0" in head:
        raise DataError("a header has a line break in it: not sent")
    found = [
        line.partition(b":")[0].decode("utf-8", "replace") for line in head.split(b"\r\n") if line[:1] not in b" \t"
    ]
    if len(found) != len(set(found)) or not names <= set(found) <= names | OF_THE_BODY:
        raise DataError("a header that is none of ours, or one of ours is missing: not sent")
