"""Intercom: contacts, companies, conversations and what was said in them."""

from __future__ import annotations

from segmentary.sources.exports.tables import (
    Part,
    Row,
    Table,
    Vendor,
    Words,
    among,
    both,
    either,
    flag,
    given,
    is_yes,
    no,
    yes,
)
from segmentary.sources.names import lower_snake

CUSTOMERS = frozenset(("user", "lead", "contact", "visitor"))
SAID = among("part_type", "comment open quick_reply message email")
MARKUP = "the same text, made up for a screen"


def author(row: Row) -> str | None:
    """Return the customer who wrote a part, None where one of our own people or a program did."""
    return row("author_id") if (row("author_type") or "").lower() in CUSTOMERS else None


def direction(row: Row) -> str:
    """Return who speaks."""
    return "in" if (row("author_type") or "").lower() in CUSTOMERS else "out"


def said(row: Row, column: str) -> str | None:
    """Return a text without its markup."""
    from segmentary.sources.exports.markup import without_markup

    return without_markup(row(column))


def tag(row: Row) -> str:
    """Return the name of the attribute of a tag."""
    return f"tag_{lower_snake(row('tag_name|tag|tag_id') or '')}"


VENDOR = Vendor(
    "intercom",
    "Intercom",
    "intercom",
    (
        Table(
            "contact",
            "contacts",
            "id role email unsubscribed_from_emails|has_hard_bounced|marked_email_as_spam|signed_up_at"
            " last_seen_at|created_at",
            (
                Part(
                    "contacts",
                    "customers",
                    {"record_id": "id", "email": "email", "phone": "phone", "external_id": "external_id",
                     "created_at": "signed_up_at|created_at", "deleted": flag("_fivetran_deleted|is_deleted"),
                     "merged_into": "merged_into_id", "full_name": "name",
                     "country": "location_country|location_data_country_code",
                     "city": "location_city|location_data_city_name",
                     "language": "language_override|browser_language"},
                    keep="rest",
                    when=no(among("role", "admin")),
                ),
                Part(
                    "refusals",
                    "consents",
                    {"record_id": "id", "email": "email", "purpose": "=marketing", "channel": "=email",
                     "granted": "=false", "happened_at": "updated_at",
                     "evidence": lambda row: "Intercom: unsubscribed_from_emails"
                     if is_yes(row("unsubscribed_from_emails")) else "Intercom: marked_email_as_spam"},
                    when=both(either(yes("unsubscribed_from_emails"), yes("marked_email_as_spam")),
                              no(among("role", "admin"))),
                ),
            ),
            aside="one of our own people, no customer",
            leave={"unsubscribed_from_emails marked_email_as_spam": "told as a refusal",
                   "avatar ios_device android_device": "for its own screens"},
        ),
        Table(
            "conversation",
            "conversations",
            "id created_at state source_author_id|source_type|source_body|conversation_rating_value"
            " open|read|priority|waiting_since",
            (
                Part(
                    "conversations",
                    "events",
                    {"name": "=conversation_started", "happened_at": "created_at",
                     "record_id": lambda row: row("source_author_id")
                     if (row("source_author_type") or "user").lower() in CUSTOMERS else row("contact_id"),
                     "session_id": "conversation/{id}", "message_id": "conversation/{id}/started",
                     "channel": "source_type", "subject": "source_subject", "state": "state", "priority": "priority"},
                ),
                Part(
                    "ratings",
                    "events",
                    {"name": "=conversation_rated", "happened_at": "conversation_rating_created_at|updated_at",
                     "session_id": "conversation/{id}", "message_id": "conversation/{id}/rated",
                     "rating": "conversation_rating_value", "remark": "conversation_rating_remark"},
                    when=given("conversation_rating_value"),
                ),
                Part(
                    "first_messages",
                    "messages",
                    {"message_id": "conversation/{id}/first", "conversation_id": "conversation/{id}",
                     "record_id": lambda row: row("source_author_id")
                     if (row("source_author_type") or "user").lower() in CUSTOMERS else None,
                     "direction": lambda row: "in"
                     if (row("source_author_type") or "user").lower() in CUSTOMERS else "out",
                     "channel": lambda row: "email" if (row("source_type") or "") == "email" else "chat",
                     "happened_at": "created_at", "text": lambda row: said(row, "source_body")},
                    when=given("source_body"),
                ),
            ),
        ),
        Table(
            "conversation_part",
            "parts of conversations",
            "id conversation_id part_type author_id author_type created_at",
            (
                Part(
                    "messages",
                    "messages",
                    {"message_id": "part/{id}", "conversation_id": "conversation/{conversation_id}",
                     "record_id": author, "direction": direction, "channel": "=chat", "happened_at": "created_at",
                     "text": lambda row: said(row, "body")},
                    when=both(SAID, given("body")),
                ),
                Part(
                    "changes",
                    "events",
                    {"name": Words("part_type", {"close": "conversation_closed", "open": "conversation_reopened",
                                                 "snoozed": "conversation_snoozed"}),
                     "happened_at": "created_at", "session_id": "conversation/{conversation_id}",
                     "message_id": "part/{id}/change"},
                    when=among("part_type", "close open snoozed"),
                ),
            ),
            aside="a private note or a change for staff: the customer was never told",
        ),
        Table("company", "companies", "id name company_id monthly_spend|session_count|plan_name|user_count",
              (Part("companies", "accounts",
                    {"record_id": "id", "created_at": "remote_created_at|created_at", "name": "name",
                     "industry": "industry", "employees": "size", "plan": "plan_name",
                     "monthly_spend": "monthly_spend"}, keep="rest"),),
              without="role email"),
        Table("contact_company", "whom contacts work for", "contact_id company_id",
              (Part("works_at", "relations",
                    {"record_id": "contact_id", "to_type": "=account", "to_id": "company_id", "kind": "=works_at"}),),
              exact=True, maybe="contact_updated_at"),
        Table("contact_tag", "tags of contacts", "contact_id tag_id|tag_name|tag",
              (Part("tags", "attributes", {"record_id": "contact_id", "name": tag, "value": "=true",
                                           "value_type": "=boolean"}),),
              exact=True, maybe="contact_updated_at tag_name tag_id"),
        Table("conversation_tag", "tags of conversations", "conversation_id tag_id|tag_name",
              (Part("conversation_tags", "references",
                    {"reference_id": "{conversation_id}/{tag_id|tag_name}",
                     "table_name": "=intercom_conversation_tags"},
                    keep="conversation=conversation_id tag=tag_name|tag_id"),),
              exact=True, maybe="conversation_updated_at applied_at applied_by_id applied_by_type tag_name tag_id"),
        Table("admin", "our own people", "id email job_title away_mode_enabled|has_inbox_seat|away_mode_reassign",
              (Part("staff", "references", {"reference_id": "id", "table_name": "=intercom_staff"}, keep="name"),)),
    ),
)  # fmt: skip
