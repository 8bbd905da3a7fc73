"""Turns of conversations in one form, and the plain ways of writing them down: logs of lines, lists of messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from segmentary.sources.exports.fields import at, first, moment, objects, some, text

Direction = Literal["in", "out"]
CUSTOMERS = frozenset(
    ("user", "customer", "visitor", "contact", "client", "human", "incoming", "in", "inbound", "end_user", "lead",
     "enduser", "member", "guest", "caller", "patient", "0"),
)  # fmt: skip
OURS = frozenset(
    ("assistant", "bot", "agent", "operator", "admin", "outgoing", "out", "outbound", "ai", "support", "advisor",
     "chatbot", "business", "staff", "employee", "rep", "1"),
)  # fmt: skip
SILENT = frozenset(("system", "tool", "function", "developer", "note", "internal", "activity", "2", "3"))
ROLE = ("role", "sender_type", "author_type", "from_type", "direction", "speaker", "sender", "author", "from",
        "message_type", "type")  # fmt: skip
WORDS = ("content", "text", "message", "body", "utterance", "message_text", "msg")
CONVERSATION = ("conversation_id", "conversationId", "session_id", "sessionId", "chat_id", "chatId", "thread_id",
                "threadId", "dialogue_id", "dialog_id", "conversation", "session")  # fmt: skip
PERSON = ("customer_id", "customerId", "user_id", "userId", "contact_id", "visitor_id", "sender_id", "senderId",
          "person_id")  # fmt: skip
TIMES = ("timestamp", "created_at", "createdAt", "time", "sent_at", "date", "datetime", "happened_at", "ts")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn (text with a direction), or only something that happened (``event``), or both.

    Attributes
    ----------
    person : id on the platform, or the customer's; cookie : what stands for nobody known, such as the conversation.
    values : what the platform says about the person, kept as attributes.
    """

    direction: Direction | None = None
    text: str | None = None
    at: str | None = None
    conversation: str | None = None
    person: str | None = None
    id: str | None = None
    cookie: str | None = None
    email: str | None = None
    phone: str | None = None
    external: str | None = None
    event: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


def role_of(said: str | None) -> Direction | Literal["silent"] | None:
    """Return who speaks, by the word a log has for it."""
    word = (said or "").strip().lower().replace(" ", "_")
    if word in CUSTOMERS:
        return "in"
    if word in OURS:
        return "out"
    return "silent" if word in SILENT else None


def role_key(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the key whose values say who speaks in nearly all rows."""
    for name in ROLE:
        words = [text(row, name) for row in rows if text(row, name) is not None]
        if len(words) * 10 >= len(rows) * 9 and words and all(role_of(each) is not None for each in words):
            return name
    return None


def spoken(value: Any) -> str | None:
    """Return what was said: a text, or the texts of a list of pieces."""
    if isinstance(value, list):
        return "\n".join(each for piece in value if (each := text(piece) or text(piece, "text"))) or None
    return text(value)


def listed_turns(body: Mapping[str, Any], key: str) -> Iterator[Turn]:
    """Yield the turns of a conversation that is written as one object with a list."""
    conversation = first(body, *CONVERSATION, "id", "uuid")
    person = first(body, *PERSON)
    for place, each in enumerate(objects(body, key)):
        role = role_of(next((found for name in ROLE if (found := text(each, name))), None))
        said = next((found for name in WORDS if (found := spoken(at(each, name)))), None)
        if role in ("in", "out") and said:
            when = next((found for name in TIMES if (found := moment(each, name))), None)
            own = first(each, "id", "message_id", "messageId", "uuid")
            yield Turn(
                role,
                said, some(when, next((found for name in TIMES if (found := moment(body, name))), None)), conversation,
                person, f"{conversation}:{own or place}" if conversation else None,
                None if person else conversation, text(body, "email"), text(body, "phone"),
            )  # fmt: skip


def line_turn(row: Mapping[str, Any], key: str) -> Turn | None:
    """Return the turn of one line of a log; None where nothing is said in it."""
    role = role_of(text(row, key))
    said = next((found for name in WORDS if name != key and (found := spoken(at(row, name)))), None)
    if role not in ("in", "out") or not said:
        return None
    conversation, person = first(row, *CONVERSATION), first(row, *PERSON)
    when = next((found for name in TIMES if (found := moment(row, name))), None)
    return Turn(
        role,
        said, when, conversation, person, first(row, "message_id", "messageId", "id", "uuid"),
        None if person else conversation, text(row, "email"), text(row, "phone"),
    )  # fmt: skip
