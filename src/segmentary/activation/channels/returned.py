"""Mail that comes back: notes of failure (RFC 3464), reports of spam (RFC 5965), and people who write to be left alone.

Whatever arrives was written by strangers: of each mail only the first part is read, nothing in it is run or opened, and
what cannot be read is counted, not guessed.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from pathlib import Path
from typing import Literal

from segmentary.activation.channels.channel import short
from segmentary.activation.channels.mime import our_id, returned_id
from segmentary.activation.channels.smtp import ADDRESS, DEAD
from segmentary.errors import UsageError

LARGEST = 512 * 1024
DEEPEST, PARTS = 4, 50
LONGEST = 4_200
"""Of a header no more is looked at: patterns take long on long texts."""
Kind = Literal["bounced", "deferred", "delivered", "complained", "unsubscribed", "other", "unreadable"]
LEAVE = re.compile(r"\s*(?:re:\s*)?unsubscribe\s+([A-Za-z0-9_.\-]{16,4000})\s*", re.IGNORECASE)
ACTIONS: dict[str, Kind] = {
    "failed": "bounced", "delayed": "deferred", "delivered": "delivered", "relayed": "delivered",
    "expanded": "delivered",
}  # fmt: skip
FROM_TO_LINES = ("x-envelope-to", "delivered-to", "x-original-to", "to")


@dataclass(frozen=True, slots=True)
class Returned:
    """What one mail says.

    Attributes
    ----------
    kind : other: none of these; unreadable: not a mail that could be understood.
    message : which of our messages it is about; empty where it does not say.
    permanent : bounced: whether the address is dead. reason : why, without addresses. token : of an unsubscribing mail.
    """

    kind: Kind
    message: str = ""
    permanent: bool = False
    reason: str = ""
    token: str = ""


def read_mailbox(path: Path) -> Iterator[Returned]:
    """Yield what every mail of a Maildir folder or an mbox file says.

    Raises
    ------
    UsageError
        when it is neither.
    """
    for content in contents(path):
        yield understood(content)


def contents(path: Path) -> Iterator[bytes]:
    """Yield the first part of every mail."""
    if path.is_dir():
        if not any((path / name).is_dir() for name in ("cur", "new")):
            raise UsageError(f"{path} is not a Maildir folder", hint="it has the folders cur and new in it")
        # Not `mailbox.Maildir`: it follows what mails are called and moves them about.
        for folder in ("cur", "new"):
            for file in sorted((path / folder).glob("*")) if (path / folder).is_dir() else ():
                if file.is_file() and not file.is_symlink():
                    with file.open("rb") as stream:
                        yield stream.read(LARGEST)
        return
    if not path.is_file():
        raise UsageError(f"no mailbox at {path}", hint="a Maildir folder or an mbox file")
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as stream:
                yield stream.read(LARGEST)
    finally:
        box.close()


def understood(content: bytes) -> Returned:
    """Return what a mail says."""
    try:
        return meant(message_from_bytes(content, policy=compat32))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError, UnicodeError):
        return Returned("unreadable")


def meant(mail: Message) -> Returned:
    """Return what a parsed mail says."""
    found = LEAVE.fullmatch(one_line(mail["Subject"]))
    if found:
        return Returned("unsubscribed", token=found[1])
    if mail.get_content_type() == "multipart/report":
        kind = str(mail.get_param("report-type") or "").lower()
        parts = list(walked(mail))
        if kind == "feedback-report" or any(one.get_content_type() == "message/feedback-report" for one in parts):
            return complaint(mail, parts)
        if kind == "delivery-status" or any(one.get_content_type() == "message/delivery-status" for one in parts):
            return delivery_status(mail, parts)
    return Returned("other")


def complaint(mail: Message, parts: list[Message]) -> Returned:
    """Return what a report of spam says."""
    fields = fields_of(parts, "message/feedback-report")
    said = one_line(fields.get("feedback-type", "abuse")).lower()
    message = original_id(parts) or carried(mail)
    if said in ("abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"):
        return Returned("complained", message, reason=short(said))
    return Returned("other", message, reason=short(said))


def delivery_status(mail: Message, parts: list[Message]) -> Returned:
    """Return what a note about delivery says."""
    fields = fields_of(parts, "message/delivery-status")
    kind = ACTIONS.get(one_line(fields.get("action", "")).lower())
    if kind is None:
        return Returned("other")
    status = one_line(fields.get("status", ""))
    told = one_line(fields.get("diagnostic-code", ""))
    reason = short(ADDRESS.sub("<address>", f"{status[:20]} {told.partition(';')[2] or told}"[:600]))
    envelope = one_line(fields.get("original-envelope-id", ""))
    message = original_id(parts) or returned_id(f"+{envelope.replace('+', '=')}@") or carried(mail)
    dead = kind == "bounced" and bool(DEAD.search(status))
    return Returned(kind, message, dead, reason)


def walked(mail: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the parts of a mail, not too deep and not too many."""
    payload = mail.get_payload()
    if depth >= DEEPEST or not isinstance(payload, list):
        return
    for part in payload[:PARTS]:
        if isinstance(part, Message):
            yield part
            yield from walked(part, depth + 1)


def fields_of(parts: list[Message], content_type: str) -> dict[str, str]:
    """Return the fields of a report: all its groups of lines together, the first of each name."""
    found: dict[str, str] = {}
    for part in parts:
        if part.get_content_type() != content_type:
            continue
        payload = part.get_payload()
        groups = payload if isinstance(payload, list) else [message_from_bytes(str(payload).encode("utf-8", "replace"))]
        for group in groups[:PARTS]:
            if isinstance(group, Message):
                for name, value in group.items():
                    found.setdefault(name.lower(), str(value))
    return found


def original_id(parts: list[Message]) -> str:
    """Return which message of ours a mail carries, whole or its headers only."""
    for part in parts:
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload and isinstance(payload[0], Message):
            said = one_line(payload[0]["Message-ID"])
        elif kind in ("text/rfc822-headers", "message/rfc822-headers") and not isinstance(payload, list):
            said = one_line(message_from_bytes(part.get_payload(decode=True) or b"", policy=compat32)["Message-ID"])  # type: ignore[arg-type]
        else:
            continue
        if said:
            return our_id(said)
    return ""


def carried(mail: Message) -> str:
    """Return which message of ours stands in the address that a mail came back to."""
    for name in FROM_TO_LINES:
        for said in mail.get_all(name, [])[:PARTS]:
            found = re.search(r"[^\s<>,;+]+\+[^\s<>,;@]+@[^\s<>,;@]+", one_line(said)[:600])
            if found:
                return returned_id(found[0])
    return ""


def one_line(value: object) -> str:
    """Return the beginning of a header as text on one line; empty for none."""
    return " ".join(str(value)[:LONGEST].split()) if value is not None else ""
