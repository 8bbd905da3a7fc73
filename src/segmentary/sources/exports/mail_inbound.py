"""Mail that customers wrote, as mail providers hand it on: who, when, and what without the mail they answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from segmentary.sources.exports.fields import at, first, moment, objects, some, table, text
from segmentary.sources.exports.mail_events import bare
from segmentary.sources.exports.replies import own_words, text_of_page

Body = Mapping[str, Any]
COMPACT = re.compile(r"\d{8}T\d{6}")


@dataclass(frozen=True, slots=True)
class Inbound:
    """One mail that came in. ``answers`` is the Message-ID it replies to, ``thread`` the first of its conversation."""

    provider: str
    email: str | None
    at: str | None
    subject: str | None
    text: str | None
    message: str | None
    answers: str | None
    thread: str | None
    automatic: bool


def address(said: str | None) -> str | None:
    """Return the bare address of ``Name <address>``, in one spelling.

    Examples
    --------
    >>> address('"Ann Lee" <Ann@Example.org>')
    'ann@example.org'
    """
    if not said:
        return None
    found = parseaddr(said)[1].strip().lower()
    return found if "@" in found else None


def mail_moment(said: str | None) -> str | None:
    """Return the time of a mail's Date header (or 20171012T013104) as ISO in UTC."""
    if not said:
        return None
    try:
        if COMPACT.fullmatch(said):
            read = dt.datetime.strptime(said, "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
        else:
            read = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return moment(said)
    return moment(read)


def headers_of(body: Body) -> dict[str, str]:
    """Return the headers of a mail by lower-case name, however they are listed."""
    found = some_headers(body)
    out: dict[str, str] = {}
    if isinstance(found, str):
        for line in found.splitlines():
            name, colon, value = line.partition(":")
            if colon and not line.startswith((" ", "\t")):
                out.setdefault(name.strip().lower(), value.strip())
    elif isinstance(found, Mapping):
        for name, value in found.items():
            said = text(value) or text(value, 0)
            if said:
                out[str(name).lower()] = said
    else:
        for each in objects(found):
            header, said = first(each, "Name", "name", "key"), first(each, "Value", "value")
            if header and said:
                out.setdefault(header.lower(), said)
    return out


def some_headers(body: Body) -> Any:
    return next((body[name] for name in ("Headers", "headers", "message-headers") if name in body), None)


def said_in(*plain: str | None, page: str | None) -> str | None:
    """Return what somebody wrote: the plain text, or else the page's, without the mail they answer."""
    words = some(*plain) or (text_of_page(page) if page else None)
    return own_words(words) or None if words else None


def built(provider: str, body: Body, sender: str | None, when: str | None, said: str | None, **own: Any) -> Inbound:
    """Return the mail, with what its headers say."""
    headers = headers_of(body)
    message = bare(some(own.get("message"), headers.get("message-id")))
    answers = bare(some(own.get("answers"), headers.get("in-reply-to")))
    references = (headers.get("references") or "").split()
    thread = some(bare(references[0]) if references else None, answers, message)
    automatic = (headers.get("auto-submitted") or "no").lower() != "no"
    subject = some(own.get("subject"), headers.get("subject"))
    return Inbound(
        provider, address(some(sender, headers.get("from"))), when or mail_moment(headers.get("date")), subject, said,
        message, answers, thread, automatic,
    )  # fmt: skip


def inbound(body: Body) -> Iterator[Inbound]:
    """Yield the mails a body holds; nothing where it is no such body."""
    if isinstance(at(body, "items"), list):
        for item in objects(body, "items"):
            yield from inbound(item)
    elif isinstance(at(body, "FromFull"), Mapping):
        said = said_in(text(body, "StrippedTextReply"), text(body, "TextBody"), page=text(body, "HtmlBody"))
        yield built("postmark", body, text(body, "FromFull", "Email"), mail_moment(text(body, "Date")), said,
                    subject=text(body, "Subject"))  # fmt: skip
    elif isinstance(at(body, "From"), Mapping) and ("RawTextBody" in body or "RawHtmlBody" in body):
        said = said_in(
            text(body, "ExtractedMarkdownMessage"), text(body, "RawTextBody"), page=text(body, "RawHtmlBody")
        )
        own = {"subject": "Subject", "message": "MessageId", "answers": "InReplyTo"}
        when = mail_moment(text(body, "SentAtDate"))
        yield built("brevo", body, text(body, "From", "Address"), when, said,
                    **{name: text(body, key) for name, key in own.items()})  # fmt: skip
    elif "Text-part" in body or "Html-part" in body:
        said = said_in(text(body, "Text-part"), page=text(body, "Html-part"))
        yield built("mailjet", body, some(text(body, "From"), text(body, "Sender")), mail_moment(text(body, "Date")),
                    said, subject=text(body, "Subject"))  # fmt: skip
    elif "body-plain" in body or "stripped-text" in body:
        said = said_in(text(body, "stripped-text"), text(body, "body-plain"), page=text(body, "body-html"))
        yield built("mailgun", body, first(body, "from", "sender"), moment(body, "timestamp"), said,
                    subject=text(body, "subject"), message=text(body, "Message-Id"),
                    answers=text(body, "In-Reply-To"))  # fmt: skip
    elif "envelope" in body and "from" in body and ("text" in body or "html" in body):
        said = said_in(text(body, "text"), page=text(body, "html"))
        yield built("sendgrid", body, text(body, "from"), None, said, subject=text(body, "subject"))
    elif text(body, "event") == "inbound" and isinstance(at(body, "msg"), Mapping):
        message = table(body, "msg")
        said = said_in(text(message, "text"), page=text(message, "html"))
        yield built("mandrill", message, text(message, "from_email"), moment(body, "ts"), said,
                    subject=text(message, "subject"))  # fmt: skip
    elif text(body, "type") == "inbound.message" and isinstance(at(body, "data"), Mapping):
        data = table(body, "data")
        said = said_in(text(data, "text"), page=text(data, "html"))
        yield built("mailersend", data, text(data, "from", "email"), moment(data, "created_at"), said,
                    subject=text(data, "subject"))  # fmt: skip
