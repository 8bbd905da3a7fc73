"""What e-mail providers report, each in its own words, as reactions of one form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from segmentary.sources.exports.export import SetAside
from segmentary.sources.exports.fields import at, first, moment, objects, some, table, text, truth
from segmentary.sources.exports.mail_words import POSTMARK_BOUNCES, WORDS
from segmentary.sources.jsonlines import DECODER
from segmentary.sources.reactions import Reaction

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reacted:
    """One reaction. ``known`` is the provider's own id of it, where it has one."""

    provider: str
    reaction: Reaction
    email: str | None
    at: str | None
    message: str | None = None
    known: str | None = None
    campaign: str | None = None
    url: str | None = None
    reason: str | None = None
    permanent: bool | None = None
    machine: bool | None = None
    user_agent: str | None = None
    by_recipient: bool = True
    more: Body = field(default_factory=dict)


# SparkPost's classes of bounces that are for good; 60 is an automatic answer.
HARD_CLASSES = frozenset(("10", "30", "90"))


def word(provider: str, said: str | None) -> tuple[Reaction, bool | None]:
    """Return what a provider's word means.

    Raises
    ------
    SetAside
        when it is an event about no recipient, or unknown.
    """
    found = WORDS[provider].get(said or "")
    if found is None:
        raise SetAside(f"an event {said!r} of {provider} that is no reaction of a recipient"[:120])
    return found


def of_brevo(body: Body) -> Iterator[Reacted]:
    said = text(body, "event")
    reaction, permanent = word("brevo", said)
    yield Reacted(
        "brevo", reaction, text(body, "email"),
        some(moment(body, "ts_epoch"), moment(body, "ts_event"), moment(body, "ts"), moment(body, "date_event"),
             moment(body, "date")),
        bare(first(body, "message-id", "message_id")), None, first(body, "camp_name", "campaign name"),
        first(body, "link", "URL"), text(body, "reason"), permanent,
        True if "proxy" in (said or "") else None, text(body, "user_agent"), more=own_data(body, "X-Mailin-custom"),
    )  # fmt: skip


def of_mailersend(body: Body) -> Iterator[Reacted]:
    data = table(body, "data")
    reaction, permanent = word("mailersend", (text(body, "type") or "").removeprefix("activity."))
    morph = table(data, "morph")
    yield Reacted(
        "mailersend", reaction, text(data, "email", "recipient", "email"),
        some(moment(data, "created_at"), moment(body, "created_at")), text(data, "email", "message", "id"),
        text(data, "id"), None, text(morph, "url"), first(morph, "readable_reason", "reason"), permanent,
    )  # fmt: skip


def of_mailjet(body: Body) -> Iterator[Reacted]:
    reaction, permanent = word("mailjet", text(body, "event"))
    if reaction == "bounced":
        permanent = truth(body, "hard_bounce")
    yield Reacted(
        "mailjet", reaction, text(body, "email"), moment(body, "time"),
        some(first(body, "Message_GUID", "MessageID")), None, text(body, "customcampaign"), text(body, "url"),
        some(first(body, "error", "source"), text(body, "comment")), permanent, None, text(body, "agent"),
        more=own_data(body, "Payload"),
    )  # fmt: skip


def of_mailtrap(body: Body) -> Iterator[Reacted]:
    reaction, permanent = word("mailtrap", text(body, "event"))
    yield Reacted(
        "mailtrap", reaction, text(body, "email"), moment(body, "timestamp"), text(body, "message_id"),
        text(body, "event_id"), text(body, "category"), text(body, "url"), first(body, "response", "reason"), permanent,
        None, text(body, "user_agent"), more=table(body, "custom_variables"),
    )  # fmt: skip


def of_mandrill(body: Body) -> Iterator[Reacted]:
    if text(body, "type") in ("blacklist", "whitelist"):
        entry = table(body, "reject") or table(body, "entry")
        if text(body, "type") == "whitelist" or text(body, "action") == "remove":
            raise SetAside("a change of Mandrill's own lists that refuses nobody")
        when = some(moment(body, "ts"), moment(entry, "last_event_at"))
        why = first(entry, "reason", "detail")
        yield Reacted("mandrill", "rejected", text(entry, "email"), when, reason=why)
        return
    message = table(body, "msg")
    reaction, permanent = word("mandrill", text(body, "event"))
    yield Reacted(
        "mandrill", reaction, text(message, "email"), moment(body, "ts"), some(text(message, "_id"), text(body, "_id")),
        None, None, text(body, "url"), first(message, "diag", "bounce_description"), permanent, None,
        text(body, "user_agent"), more=table(message, "metadata"),
    )  # fmt: skip


def of_postal(body: Body) -> Iterator[Reacted]:
    said, payload = text(body, "event"), table(body, "payload")
    bounced = table(payload, "original_message")
    message = bounced or table(payload, "message")
    if text(message, "direction") == "incoming":
        raise SetAside("a delivery of incoming mail")
    reaction, permanent = word("postal", "MessageBounced" if bounced else said)
    details = text(payload, "details")
    if said == "MessageHeld" and "suppression" in (details or "").lower():
        reaction = "rejected"
    yield Reacted(
        "postal", reaction, text(message, "to"), some(moment(payload, "timestamp"), moment(body, "timestamp")),
        bare(text(message, "message_id")), text(body, "uuid"), text(message, "tag"), text(payload, "url"), details,
        permanent, None, text(payload, "user_agent"),
    )  # fmt: skip


def of_postmark(body: Body) -> Iterator[Reacted]:
    kind, by_recipient = text(body, "RecordType"), True
    reaction: Reaction
    permanent: bool | None = None
    match kind:
        case "Delivery" | "Open" | "Click":
            reaction = {"Delivery": "delivered", "Open": "opened", "Click": "clicked"}[kind]  # type: ignore[assignment]
        case "Bounce" | "SpamComplaint":
            reaction, permanent = POSTMARK_BOUNCES.get(text(body, "Type") or "", ("bounced", False))
        case "SubscriptionChange":
            why = text(body, "SuppressionReason") or ""
            by_recipient = text(body, "Origin") == "Recipient"
            reaction, permanent = POSTMARK_BOUNCES.get(why, ("unsubscribed", None))
            if truth(body, "SuppressSending") is False:
                reaction, permanent = "subscribed", None
        case _:
            raise SetAside(f"an event {kind!r} of postmark that is no reaction of a recipient"[:120])
    times = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")
    known = text(body, "ID")
    yield Reacted(
        "postmark", reaction, first(body, "Recipient", "Email"),
        next((found for name in times if (found := moment(body, name))), None), text(body, "MessageID"),
        f"{kind}:{known}" if known else None, text(body, "Tag"), text(body, "OriginalLink"),
        some(text(body, "SuppressionReason"), first(body, "Details", "Description")) if kind != "Delivery" else None,
        permanent, None, text(body, "UserAgent"), by_recipient, more=table(body, "Metadata"),
    )  # fmt: skip


def of_resend(body: Body) -> Iterator[Reacted]:
    data = table(body, "data")
    reaction, permanent = word("resend", (text(body, "type") or "").removeprefix("email."))
    reason = some(text(data, "bounce", "message"), text(data, "failed", "reason"))
    if reaction == "bounced":
        if "suppress" in (some(text(data, "bounce", "subType"), reason) or "").lower():
            reaction, permanent = "rejected", None
        elif text(data, "bounce", "type"):
            permanent = text(data, "bounce", "type") == "Permanent"
    receivers = at(data, "to")
    tags = at(data, "tags")
    for address in receivers if isinstance(receivers, list) and receivers else [receivers]:
        yield Reacted(
            "resend", reaction, text(address),
            some(moment(data, "click", "timestamp"), moment(body, "created_at"), moment(data, "created_at")),
            text(data, "email_id"), None, None, text(data, "click", "link"), reason, permanent, None,
            text(data, "click", "userAgent"), more=tags if isinstance(tags, Mapping) else {},
        )  # fmt: skip


SENDGRID_OWN = frozenset(
    ("email", "timestamp", "event", "ip", "tls", "attempt", "response", "reason", "status", "type", "url", "useragent",
     "url_offset", "category", "newsletter", "pool", "send_at", "cert_err"),
)  # fmt: skip


def of_sendgrid(body: Body) -> Iterator[Reacted]:
    said = text(body, "event")
    reaction, permanent = word("sendgrid", "blocked" if text(body, "type") == "blocked" else said)
    more = {k: v for k, v in body.items() if k not in SENDGRID_OWN and not k.startswith(("sg_", "smtp-", "asm_"))}
    yield Reacted(
        "sendgrid", reaction, text(body, "email"), moment(body, "timestamp"),
        some(bare(text(body, "smtp-id")), text(body, "sg_message_id")), text(body, "sg_event_id"),
        some(first(body, "singlesend_name", "marketing_campaign_name"), text(body, "newsletter", "newsletter_id")),
        text(body, "url"), first(body, "reason", "response") if reaction != "delivered" else None, permanent,
        truth(body, "sg_machine_open") or None, text(body, "useragent"), more=more,
    )  # fmt: skip


def of_sparkpost(body: Body) -> Iterator[Reacted]:
    inner = table(body, "msys")
    if not inner:
        raise SetAside("a test ping")
    event = next((each for each in inner.values() if isinstance(each, Mapping)), {})
    said, kind = text(event, "type"), text(event, "bounce_class")
    reaction, permanent = word("sparkpost", said)
    if reaction == "bounced":
        permanent = kind in HARD_CLASSES
    yield Reacted(
        "sparkpost", reaction, first(event, "raw_rcpt_to", "rcpt_to"), moment(event, "timestamp"),
        first(event, "message_id", "transmission_id"), text(event, "event_id"), text(event, "campaign_id"),
        text(event, "target_link_url"),
        "automatic answer" if kind == "60" else first(event, "raw_reason", "reason"), permanent, None,
        text(event, "user_agent"), more=table(event, "rcpt_meta"),
    )  # fmt: skip


def of_unisender_go(body: Body) -> Iterator[Reacted]:
    event = table(body, "event_data") or body
    if text(body, "event_name") not in (None, "transactional_email_status"):
        raise SetAside("a report about the account, not about a recipient")
    reaction, permanent = word("unisender_go", text(event, "status"))
    info = table(event, "delivery_info")
    yield Reacted(
        "unisender_go", reaction, text(event, "email"), moment(event, "event_time"), text(event, "job_id"), None, None,
        text(event, "url"),
        some(first(info, "destination_response", "delivery_status"), text(event, "comment")), permanent, None,
        text(info, "user_agent"), more=table(event, "metadata"),
    )  # fmt: skip


def of_mailgun(body: Body) -> Iterator[Reacted]:
    event = table(body, "event-data")
    reaction, permanent = word("mailgun", text(event, "event"))
    if reaction == "bounced":
        permanent = text(event, "severity") == "permanent"
        reaction = "bounced" if permanent else "deferred"
    status = table(event, "delivery-status")
    yield Reacted(
        "mailgun", reaction, text(event, "recipient"), moment(event, "timestamp"),
        bare(text(event, "message", "headers", "message-id")), text(event, "id"), text(event, "campaigns", 0, "name"),
        text(event, "url"), some(first(status, "message", "description"), text(event, "reason")),
        permanent if reaction == "bounced" else None, text(event, "client-info", "client-type") == "robot" or None,
        text(event, "client-info", "user-agent"), more=table(event, "user-variables"),
    )  # fmt: skip


def of_ses(body: Body) -> Iterator[Reacted]:
    inner = body_of_notification(body)
    said = (first(inner, "eventType", "notificationType") or "").lower()
    reaction, permanent = word("amazon_ses", said)
    about = table(inner, said) or table(inner, "deliveryDelay")
    if reaction == "bounced":
        permanent = text(about, "bounceType") == "Permanent"
    named = "bouncedRecipients" if reaction == "bounced" else "complainedRecipients"
    receivers = [text(each, "emailAddress") for each in objects(about, named)]
    if not receivers:
        listed = at(inner, "mail", "destination")
        receivers = [text(each) for each in listed] if isinstance(listed, list) else [None]
    for address in receivers or [None]:
        yield Reacted(
            "amazon_ses", reaction, address, some(moment(about, "timestamp"), moment(inner, "mail", "timestamp")),
            text(inner, "mail", "messageId"), None, None, text(about, "link"),
            first(about, "bounceSubType", "complaintFeedbackType", "reason"), permanent, None, text(about, "userAgent"),
        )  # fmt: skip


def body_of_notification(body: Body) -> Body:
    """Return what Amazon's notification service delivers.

    Raises
    ------
    SetAside
        for its confirmations.
    """
    if text(body, "Type") in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        raise SetAside("a confirmation between the services")
    if text(body, "Type") == "Notification":
        inner = decoded(text(body, "Message"))
        if not isinstance(inner, Mapping) or not ("eventType" in inner or "notificationType" in inner):
            raise SetAside("a notification that is no event of a mail")
        return inner
    return body


def decoded(said: str | None) -> Any:
    """Return the JSON inside a text, None where there is none."""
    try:
        return DECODER.decode(said or "null")
    except (ValueError, RecursionError):
        return None


def own_data(body: Body, name: str) -> Body:
    """Return what the sender gave along, as an object or as JSON text."""
    found = at(body, name)
    inner = decoded(found) if isinstance(found, str) else found
    return inner if isinstance(inner, Mapping) else {}


def bare(message_id: str | None) -> str | None:
    """Return a Message-ID without angle brackets."""
    return message_id.strip().strip("<>").strip() or None if message_id else None


def is_sendgrid(body: Body) -> bool:
    return "event" in body and ("sg_event_id" in body or "sg_message_id" in body)


def is_mailtrap(body: Body) -> bool:
    return (
        "event" in body
        and "email" in body
        and "message_id" in body
        and ("sending_stream" in body or "event_id" in body)
    )


def is_list_change(body: Body) -> bool:
    return (
        text(body, "type") in ("blacklist", "whitelist") and "action" in body and ("reject" in body or "entry" in body)
    )


Detector = Callable[[Body], bool]
PROVIDERS: tuple[tuple[str, Detector, Callable[[Body], Iterator[Reacted]]], ...] = (
    ("sendgrid", is_sendgrid, of_sendgrid),
    ("mandrill", lambda b: isinstance(at(b, "msg"), Mapping) and "event" in b, of_mandrill),
    ("mandrill", is_list_change, of_mandrill),
    ("mailjet", lambda b: "event" in b and ("mj_contact_id" in b or "mj_campaign_id" in b), of_mailjet),
    ("mailtrap", is_mailtrap, of_mailtrap),
    ("brevo", lambda b: "event" in b and "email" in b and ("message-id" in b or "ts_epoch" in b), of_brevo),
    ("mailersend", lambda b: (text(b, "type") or "").startswith("activity.") and "data" in b, of_mailersend),
    ("postmark", lambda b: "RecordType" in b and "MessageID" in b, of_postmark),
    ("postal", lambda b: (text(b, "event") or "").startswith("Message") and "payload" in b, of_postal),
    ("resend", lambda b: (text(b, "type") or "").startswith("email.") and "data" in b, of_resend),
    ("sparkpost", lambda b: isinstance(at(b, "msys"), Mapping), of_sparkpost),
    ("unisender_go", lambda b: (text(b, "event_name") or "").startswith("transactional_"), of_unisender_go),
    ("mailgun", lambda b: isinstance(at(b, "event-data"), Mapping), of_mailgun),
    ("amazon_ses", lambda b: "mail" in b and ("eventType" in b or "notificationType" in b), of_ses),
    ("amazon_ses", lambda b: "TopicArn" in b and "Type" in b, of_ses),
)


def provider_of(body: Body) -> tuple[str, Callable[[Body], Iterator[Reacted]]] | None:
    """Return which provider wrote a report, and what reads it."""
    return next(((name, read) for name, fits, read in PROVIDERS if fits(body)), None)
