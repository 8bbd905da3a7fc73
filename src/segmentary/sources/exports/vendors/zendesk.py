"""Zendesk: users, organisations, tickets and what was said in them.

Comments and chats name their author; whether that is a customer or one of our own people only the table of users tells.
`sources.linking` gives them their direction and their customer when both are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from segmentary.sources.exports.tables import Part, Row, Table, Value, Vendor, among, both, given, no, yes
from segmentary.sources.names import lower_snake

STAFF = among("role", "agent admin owner")
LOOKS = "what the help desk looks like: nothing about customers"
HOURS = "opening hours of the help desk: nothing about customers"
PRIVATE = "a private note: the customer was never told"
SOLVED = among("status", "solved closed")


def reference(
    name: str,
    says: str,
    columns: str,
    key: str,
    keep: str,
    *,
    exact: bool = False,
    maybe: str = "",
    synced: bool = False,
    fits: Callable[[tuple[Row, ...]], bool] | None = None,
) -> Table:
    """Return a table of facts about what tickets name."""
    part = Part(f"{name}_facts", "references", {"reference_id": key, "table_name": f"=zendesk_{name}"}, keep=keep)
    return Table(name, says, columns, (part,), exact=exact, maybe=maybe, synced=synced, fits=fits)


def tag(row: Row) -> str:
    """Return the name of the attribute of a tag."""
    return f"tag_{lower_snake(row('tag') or '')}"


USERS = Table(
    "user",
    "users",
    "id role email locale verified|suspended|organization_id",
    (
        Part(
            "users",
            "customers",
            {
                "record_id": "id",
                "email": "email",
                "phone": "phone",
                "external_id": "external_id",
                "account_id": "organization_id",
                "created_at": "created_at",
                "deleted": lambda row: {"true": "false", "false": "true"}.get((row("active") or "").lower()),
                "full_name": "name",
                "language": "locale",
                "time_zone": "time_zone",
                "last_login_at": "last_login_at",
            },
            keep="verified suspended shared notes details",
            when=no(STAFF),
        ),
        Part("staff", "references", {"reference_id": "id", "table_name": "=zendesk_staff", "role": "role"},
             keep="name", when=STAFF),
    ),
)  # fmt: skip

TICKET: dict[str, Value] = {
    "record_id": "requester_id",
    "session_id": "ticket/{id}",
    "channel": "via_channel",
    "ticket": "id",
    "priority": "priority",
    "ticket_type": "type",
    "ticket_status": "status",
}
TICKETS = Table(
    "ticket",
    "tickets",
    "id requester_id submitter_id status subject created_at",
    (
        Part(
            "tickets",
            "events",
            {"name": "=ticket_opened", "happened_at": "created_at", "message_id": "ticket/{id}/opened", **TICKET,
             "subject": "subject", "form": "ticket_form_id", "brand_of_desk": "brand_id",
             "satisfaction": "satisfaction_rating_score|satisfaction_score|satisfaction_rating"},
            keep="has_incidents merged_ticket_ids",
        ),
        Part(
            "solved",
            "events",
            {"name": "=ticket_solved", "happened_at": "solved_at|updated_at", "message_id": "ticket/{id}/solved",
             **TICKET, "satisfaction": "satisfaction_rating_score|satisfaction_score|satisfaction_rating"},
            when=SOLVED,
        ),
        Part(
            "satisfaction",
            "events",
            {"name": "=ticket_rated", "happened_at": "updated_at", "message_id": "ticket/{id}/rated", **TICKET,
             "satisfaction": "satisfaction_rating_score|satisfaction_score|satisfaction_rating"},
            when=among("satisfaction_rating_score|satisfaction_score|satisfaction_rating", "good bad"),
        ),
        Part(
            "descriptions",
            "messages",
            {"message_id": "ticket/{id}/description", "conversation_id": "ticket/{id}", "record_id": "requester_id",
             "direction": "=in", "channel": "=ticket", "happened_at": "created_at",
             "text": lambda row: "\n".join(each for each in (row("subject"), row("description")) if each)},
            when=both(given("description"), no(among("status", "deleted"))),
        ),
    ),
    aside_when=((among("status", "deleted"), "the ticket was deleted"),),
)  # fmt: skip

COMMENTS = Table(
    "ticket_comment",
    "comments of tickets",
    "id body|plain_body ticket_id user_id|author_id public created|created_at",
    (
        Part(
            "comments",
            "messages",
            {"message_id": "comment/{id}", "conversation_id": "ticket/{ticket_id}", "record_id": "user_id|author_id",
             "channel": "=ticket", "happened_at": "created|created_at", "text": "plain_body|body"},
            when=yes("public"),
        ),
    ),
    aside=PRIVATE,
)  # fmt: skip


def spoken(row: Row) -> bool:
    """Whether a chat event is something that was said."""
    return row("message") is not None and (row("type") or "").lower() in ("message", "chatmessage", "")


def chat_direction(row: Row) -> str | None:
    """Return who speaks: as the message itself says, else by the actor's id (``agent:403...``, ``__trigger``)."""
    told = re.search(r'"type"\s*:\s*"(BUSINESS|USER)"', row("original_message") or "", re.IGNORECASE)
    if told:
        return "out" if told[1].upper() == "BUSINESS" else "in"
    actor = (row("actor_id") or "").lower()
    return "out" if actor.startswith(("agent:", "trigger", "__", "bot")) else None


def chat_actor(row: Row) -> str | None:
    """Return the customer who speaks, None where one of our own people does."""
    return None if chat_direction(row) == "out" else row("actor_id")


CHATS = Table(
    "ticket_chat",
    "chats",
    "chat_id ticket_id user_id visitor_id initiator backend",
    (
        Part("chats", "references",
             {"reference_id": "chat/{chat_id}/{ticket_id}", "table_name": "=zendesk_chats"},
             keep="ticket=ticket_id channel authenticated initiator visitor=visitor_id user=user_id"),
    ),
)  # fmt: skip
CHAT_EVENTS = Table(
    "ticket_chat_event",
    "what happened in chats",
    "chat_id chat_index actor_id message original_message type",
    (
        Part(
            "chat_messages",
            "messages",
            {"message_id": "chat/{chat_id}/{chat_index}/{created_at}", "conversation_id": "chat/{chat_id}",
             "record_id": chat_actor, "direction": chat_direction, "channel": "=chat", "happened_at": "created_at",
             "text": "message"},
            when=spoken,
        ),
    ),
    aside="something else than words happened in the chat (joined, left, a form, a file)",
)  # fmt: skip

FIELDS = Table(
    "ticket_field_history",
    "changes of tickets",
    "field_name ticket_id updated user_id value",
    (
        Part(
            "changes",
            "events",
            {"name": lambda row: f"ticket_{lower_snake(row('field_name') or 'field')}_changed",
             "happened_at": "updated", "message_id": "ticket/{ticket_id}/{field_name}/{updated}",
             "session_id": "ticket/{ticket_id}", "ticket": "ticket_id", "value": "value"},
        ),
    ),
)  # fmt: skip

TICKET_TAGS = Table(
    "ticket_tag",
    "tags of tickets",
    "tag ticket_id",
    (Part("ticket_tags", "references",
          {"reference_id": "{ticket_id}/{tag}", "table_name": "=zendesk_ticket_tags"}, keep="ticket=ticket_id tag"),),
    exact=True,
    synced=True,
)  # fmt: skip

ORGANISATIONS = Table(
    "organization",
    "organisations",
    "id name shared_tickets shared_comments",
    (
        Part("organizations", "accounts",
             {"record_id": "id", "created_at": "created_at", "name": "name", "notes": "notes", "details": "details",
              "external_name": "external_id"}),
    ),
)  # fmt: skip

VENDOR = Vendor(
    "zendesk",
    "Zendesk",
    "zendesk",
    (
        USERS,
        ORGANISATIONS,
        TICKETS,
        COMMENTS,
        CHATS,
        CHAT_EVENTS,
        FIELDS,
        TICKET_TAGS,
        Table("user_tag", "tags of users", "tag user_id",
              (Part("user_tags", "attributes", {"record_id": "user_id", "name": tag, "value": "=true",
                                                "value_type": "=boolean"}, when=given("tag")),),
              exact=True, synced=True, aside="an empty tag"),
        reference("organization_tag", "tags of organisations", "organization_id tag", "{organization_id}/{tag}",
                  "organization=organization_id tag", exact=True, synced=True),
        reference("domain_name", "web domains of organisations", "organization_id domain_name index",
                  "{organization_id}/{index}", "organization=organization_id domain=domain_name", exact=True),
        reference("group", "groups of agents", "id name url created_at updated_at", "id", "name", exact=True,
                  maybe="deleted default description is_public",
                  fits=lambda rows: any("/groups/" in (row("url") or "") for row in rows)),
        reference("brand", "brands of the help desk", "id brand_url subdomain has_help_center", "id",
                  "name subdomain active"),
        reference("ticket_form", "forms of tickets", "id display_name end_user_visible name updated_at", "id",
                  "name display_name active"),
        Table("ticket_schedule", "schedules of tickets", "ticket_id schedule_id created_at", aside=HOURS, exact=True),
        Table("schedule", "opening hours", "id start_time end_time time_zone start_time_utc|end_time_utc", aside=HOURS),
        Table("schedule_holiday", "holidays of the help desk", "id schedule_id start_date end_date", aside=HOURS),
        Table("daylight_time", "summer times", "time_zone year daylight_offset daylight_start_utc", aside=HOURS),
        Table("time_zone", "time zones", "time_zone standard_offset", aside=HOURS, exact=True),
        Table("audit_log", "changes of the help desk's settings", "id action actor_id change_description source_type",
              aside="what staff changed in the settings: nothing about customers"),
    ),
)  # fmt: skip
