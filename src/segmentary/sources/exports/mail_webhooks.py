"""Webhooks of e-mail providers: what became of mails (reactions), and mails that came in (messages)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from segmentary.sources.exports.calls import unwrapped
from segmentary.sources.exports.export import (
    Export,
    Made,
    Part,
    Raw,
    Reader,
    Record,
    RowRefused,
    SetAside,
    events_part,
    messages_part,
    plain_part,
)
from segmentary.sources.exports.fields import at, document, objects, row_id, some, text
from segmentary.sources.exports.mail_events import Reacted, decoded, provider_of
from segmentary.sources.exports.mail_inbound import Inbound, address, inbound
from segmentary.sources.reactions import event_name

MAIN, CONSENTS, MESSAGES = "", "consents", "messages"
LISTS = ("events", "events_by_user")
UNKNOWN = "neither an event of a mail provider known here nor a mail"


def bodies(record: Record) -> Iterator[Mapping[str, Any]]:
    """Yield the reports of one row, whatever they are packed in."""
    body = unwrapped(record)
    if isinstance(body, list):
        for each in objects(body):
            yield from bodies(each)
        return
    form = text(body, "mandrill_events")
    if form is not None:
        for each in objects(decoded(form)):
            yield each
        return
    for name in LISTS:
        if isinstance(at(body, name), list):
            for each in objects(body, name):
                yield from bodies(each) if "events" in each else iter((each,))
            return
    yield body


class MailWebhooks(Export):
    """Reports of e-mail providers about the mails they sent and took in."""

    name = "mail_webhooks"
    title = "E-mail provider webhooks"
    form = "objects"
    follows = True

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export."""
        named = [name for row in raw.head if (name := self.provider(row))]
        if named and len(named) * 2 > len(raw.head):
            return f"its rows are reports of {', '.join(sorted(set(named)))}"
        return ""

    def provider(self, row: Record) -> str:
        """Return who wrote a row, "" where nobody known did."""
        for body in bodies(row):
            if (found := provider_of(body)) is not None:
                return found[0]
            for mail in inbound(body):
                return mail.provider
        return ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts: reactions, decisions, mails."""
        columns = ("email", "granted", "happened_at", "evidence")
        said = {"channel": "email", "purpose": "marketing"}
        consents = plain_part(CONSENTS, "consents", "consents", columns, receipt="happened_at", constants=said)
        return events_part(title="reactions"), consents, messages_part(MESSAGES, "mails")

    def reader(self, raw: Raw) -> Reader:
        """Return the reader of rows."""
        seen: dict[str, int] = {}

        def read(number: int, record: Record) -> Iterator[Made]:
            aside: SetAside | None = None
            made = unknown = False
            for body in bodies(record):
                try:
                    for each in of_body(body, record, seen):
                        made = True
                        yield each
                except SetAside as why:
                    aside = why
                except RowRefused:
                    unknown = True
            if not made:
                raise aside or (RowRefused(UNKNOWN) if unknown else SetAside("a body without any event"))

        return read


def of_body(body: Mapping[str, Any], record: Record, seen: dict[str, int]) -> Iterator[Made]:
    """Yield what one report holds.

    Raises
    ------
    SetAside
        when it is about no recipient.
    RowRefused
        when nobody known wrote it.
    """
    mails = list(inbound(body))
    if mails:
        for mail in mails:
            yield from of_mail(mail, record, seen)
        return
    found = provider_of(body)
    if found is None:
        if set(body) <= {"Headers", "headers"} and body:
            raise SetAside("headers of a mail, without sender or text")
        raise RowRefused(UNKNOWN)
    for reacted in found[1](body):
        yield from of_reaction(reacted, record, seen)


def of_reaction(reacted: Reacted, record: Record, seen: dict[str, int]) -> Iterator[Made]:
    """Yield a reaction as an event, and what the recipient allows again as a consent."""
    name = event_name(reacted.reaction)
    email = address(reacted.email) or (reacted.email.lower() if reacted.email else None)
    said = {key: text(value) for key, value in reacted.more.items()}
    properties = {
        **{key: value for key, value in said.items() if key not in ("email", "ip")},
        "provider": reacted.provider,
        "message": reacted.message,
        "campaign": some(reacted.campaign, said.get("campaign")),
        "url": reacted.url,
        "reason": reacted.reason,
        "permanent": reacted.permanent if reacted.reaction == "bounced" else None,
        "machine": reacted.machine,
        "user_agent": reacted.user_agent if reacted.reaction in ("opened", "clicked") else None,
        "time_of_receipt": True if reacted.at is None else None,
    }
    yield Made(
        MAIN,
        {
            "name": name, "happened_at": reacted.at, "email": email, "channel": "email",
            "message_id": identity(reacted, email, record, seen), "properties": document(properties),
        },
    )  # fmt: skip
    if reacted.reaction == "subscribed" and reacted.by_recipient and email:
        yield Made(CONSENTS, {"email": email, "granted": "true", "happened_at": reacted.at,
                              "evidence": f"subscribed again, reported by {reacted.provider}"})  # fmt: skip


def identity(reacted: Reacted, email: str | None, record: Record, seen: dict[str, int]) -> str:
    """Return what makes a report itself: providers send the same one again when they are not answered."""
    if reacted.known is not None:
        return f"{reacted.provider}:{reacted.known}:{reacted.reaction}"
    if reacted.at is None:
        return f"{reacted.provider}:{row_id(record, seen)}:{email or ''}"
    whole = "\n".join(x or "" for x in (reacted.message, reacted.reaction, email, reacted.at, reacted.url))
    return f"{reacted.provider}:{hashlib.sha256(whole.encode(errors='replace')).hexdigest()[:24]}"


def of_mail(mail: Inbound, record: Record, seen: dict[str, int]) -> Iterator[Made]:
    """Yield a mail as a message, and that it came as an event, which keeps its subject."""
    if mail.email is None:
        raise SetAside("a mail without a sender")
    key = mail.message or row_id(record, seen)
    if mail.text:
        yield Made(
            MESSAGES,
            {
                "message_id": key, "text": mail.text, "happened_at": mail.at, "email": mail.email, "channel": "mail",
                "direction": "in", "conversation_id": mail.thread or key,
            },
        )  # fmt: skip
    replied = mail.answers is not None
    properties = {
        "provider": mail.provider, "subject": mail.subject, "message": mail.answers,
        "machine": True if mail.automatic else None, "time_of_receipt": True if mail.at is None else None,
    }  # fmt: skip
    yield Made(
        MAIN,
        {
            "name": event_name("replied") if replied else "email_received", "happened_at": mail.at, "email": mail.email,
            "message_id": f"{mail.provider}:in:{key}", "channel": "email", "properties": document(properties),
        },
    )  # fmt: skip
