"""Chats: bodies of chatbot platforms and plain logs, as messages in and out, and the intents a bot found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from segmentary.sources.exports.calls import unwrapped
from segmentary.sources.exports.chat_platforms import CHATWOOT_EVENTS, chatwoot_turns, dialogflow_turns, rasa_turns
from segmentary.sources.exports.chat_turns import (
    CONVERSATION,
    WORDS,
    Turn,
    line_turn,
    listed_turns,
    role_key,
    role_of,
)
from segmentary.sources.exports.export import (
    Export,
    Made,
    Part,
    Raw,
    Reader,
    Record,
    RowRefused,
    SetAside,
    attributes_part,
    events_part,
    messages_part,
)
from segmentary.sources.exports.fields import at, document, first, objects, row_id, text, typed

MESSAGES, EVENTS, VALUES = "", "events", "attributes"
Turns = Callable[[Mapping[str, Any]], Iterator[Turn]]
NOTHING_SAID = "nothing is said in it"
UNKNOWN = "no body of a chat platform known here, and no line of a chat"
RASA_EVENTS = frozenset(
    ("user", "bot", "action", "slot", "session_started", "user_featurization", "active_loop", "restart", "followup",
     "action_execution_rejected", "undo", "rewind", "pause", "resume", "reminder", "cancel_reminder", "export", "agent",
     "entities", "form", "loop_interrupted", "conversation_inactive"),
)  # fmt: skip


def is_dialogflow(body: Mapping[str, Any]) -> bool:
    if isinstance(at(body, "queryResult"), Mapping) or isinstance(at(body, "originalDetectIntentRequest"), Mapping):
        return True
    old = isinstance(at(body, "result"), Mapping) and "resolvedQuery" in body["result"] and "sessionId" in body
    return old or ("detectIntentResponseId" in body and isinstance(at(body, "sessionInfo"), Mapping))


def is_rasa(body: Mapping[str, Any]) -> bool:
    if isinstance(at(body, "tracker"), Mapping) and "next_action" in body:
        return True
    events = at(body, "events")
    if "sender_id" in body and isinstance(events, list):
        return all(text(each, "event") in RASA_EVENTS for each in events[:20])
    if "sender_id" in body and text(body, "event") in RASA_EVENTS:
        return True
    return set(body) in ({"sender", "message"}, {"sender", "message", "metadata"}, {"recipient_id", "text"})


def is_chatwoot(body: Mapping[str, Any]) -> bool:
    return text(body, "event") in CHATWOOT_EVENTS and ("account" in body or "inbox" in body or "conversation" in body)


PLATFORMS: tuple[tuple[str, Callable[[Mapping[str, Any]], bool], Turns], ...] = (
    ("Dialogflow", is_dialogflow, dialogflow_turns),
    ("Rasa", is_rasa, rasa_turns),
    ("Chatwoot", is_chatwoot, chatwoot_turns),
)


def bodies(record: Record) -> Iterator[Mapping[str, Any]]:
    body = unwrapped(record)
    yield from objects(body) if isinstance(body, list) else iter((body,))


def list_key(body: Mapping[str, Any]) -> str | None:
    """Return the key of the list of messages in a whole conversation."""
    for key in ("messages", "turns", "dialogue", "dialog", "conversation", "utterances", "transcript"):
        found = list(objects(body, key))
        if found and role_key(found) is not None and any(name in each for each in found for name in WORDS):
            return key
    return None


def line_key(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the key that says who speaks where rows are lines of chats."""
    fitting = [row for row in rows if any(name in row for name in WORDS) and first(row, *CONVERSATION) is not None]
    return role_key(rows) if rows and len(fitting) * 10 >= len(rows) * 9 else None


class Chats(Export):
    """Conversations of chat platforms, and logs of chats."""

    name = "chats"
    title = "chats"
    form: ClassVar[Literal["objects", "table", "any"]] = "objects"
    follows = True

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export."""
        names = [name for row in raw.head for body in bodies(row) for name, fits, _ in PLATFORMS if fits(body)]
        if names and len(names) * 2 > len(raw.head):
            return f"its rows are bodies of {', '.join(sorted(set(names)))}"
        listed = sum(1 for row in raw.head if any(list_key(body) for body in bodies(row)))
        if raw.head and listed * 10 >= len(raw.head) * 9:
            return "its rows are conversations with a list of messages that say who speaks"
        if line_key([body for row in raw.head for body in bodies(row)]):
            return "its rows say something, in a conversation, and who speaks"
        return ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts."""
        # Platforms have ids of their own; a log of one's own names customers, or nobody.
        named = any(fits(body) for row in raw.head for body in bodies(row) for _, fits, _ in PLATFORMS)
        space = "chat" if named else "customer"
        values = attributes_part(VALUES, "profile values", id_space=space)
        return (
            messages_part(MESSAGES, "messages", id_space=space),
            events_part(EVENTS, "intents and events", id_space=space),
            Part(values.name, values.title, values.mapping, "valid_from"),
        )

    def reader(self, raw: Raw) -> Reader:
        """Return the reader of rows."""
        seen: dict[str, int] = {}
        key = line_key([body for row in raw.head for body in bodies(row)])

        def read(number: int, record: Record) -> Iterator[Made]:
            known = made = False
            for place, body in enumerate(bodies(record)):
                turns = turns_of(body, key)
                known = known or turns is not None
                for turn in turns or ():
                    for each in of_turn(turn, record, place, seen):
                        made = True
                        yield each
                    place += 1000
            if not made:
                raise SetAside(NOTHING_SAID) if known else RowRefused(UNKNOWN)

        return read


class ChatTables(Chats):
    """Logs of chats as a table: who speaks, what is said, in which conversation."""

    name = "chat_tables"
    form = "table"
    follows = False

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export."""
        rows = [dict(row) for row in raw.head]
        key = line_key(rows)
        words = {text(row, key) for row in rows} if key else set()
        # A table that says in and out needs no translation.
        both = {role_of(word) for word in words} >= {"in", "out"} and not words <= {"in", "out", None}
        return "its rows say something, in a conversation, and who speaks" if both else ""


def turns_of(body: Mapping[str, Any], key: str | None) -> Iterator[Turn] | None:
    """Return the turns of a body, None where it is none."""
    for _, fits, turns in PLATFORMS:
        if fits(body):
            return turns(body)
    if (listed := list_key(body)) is not None:
        return listed_turns(body, listed)
    if key is not None and key in body:
        found = line_turn(body, key)
        return iter((found,)) if found is not None else iter(())
    return None


def of_turn(turn: Turn, record: Record, place: int, seen: dict[str, int]) -> Iterator[Made]:
    """Yield the rows of one turn."""
    who = {"record_id": turn.person, "email": turn.email, "phone": turn.phone, "external_id": turn.external,
           "cookie": turn.cookie}  # fmt: skip
    key = turn.id or f"{row_id(record, seen)}-{place}"
    if turn.text and turn.direction:
        yield Made(
            MESSAGES,
            {
                **who, "message_id": key, "text": turn.text, "happened_at": turn.at, "channel": "chat",
                "direction": turn.direction, "conversation_id": turn.conversation,
            },
        )  # fmt: skip
    if turn.event:
        properties = {**turn.properties, "time_of_receipt": True if turn.at is None else None}
        yield Made(
            EVENTS,
            {
                **who, "name": turn.event, "happened_at": turn.at, "message_id": f"{turn.event}:{key}",
                "channel": "chat", "session_id": turn.conversation, "properties": document(properties),
            },
        )  # fmt: skip
    for name, value in turn.values.items():
        found = typed(value)
        if found is not None and any(who.values()):
            said = {"name": name, "value": found[0], "value_type": found[1], "valid_from": turn.at}
            yield Made(VALUES, {**who, **said})
