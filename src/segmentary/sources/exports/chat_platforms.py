"""Bodies of chatbot platforms as turns: Dialogflow (ES 1 and 2, CX), Rasa (trackers, events, actions), Chatwoot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from segmentary.sources.exports.chat_turns import Turn
from segmentary.sources.exports.export import SetAside
from segmentary.sources.exports.fields import at, first, iso, leaves, moment, number, objects, some, table, text, truth

Body = Mapping[str, Any]
INTENT = "chat_intent_detected"


def dialogflow_turns(body: Body) -> Iterator[Turn]:
    """Yield the turn of a request of Dialogflow, and the intent it found.

    The answer in a webhook's request is what is said if the webhook fails; it is kept as a property, not as a message.
    In a response, and where no webhook was asked, it was said.
    """
    result, request = table(body, "queryResult"), table(body, "originalDetectIntentRequest")
    if result or request:
        payload = table(request, "payload")
        session = text(body, "session")
        said, answer = text(result, "queryText"), answer_of(result)
        key, intent = text(body, "responseId"), text(result, "intent", "displayName")
        confidence, language = number(result, "intentDetectionConfidence"), text(result, "languageCode")
        asked = bool(request) or "session" in body
        parameters, action, when = table(result, "parameters"), text(result, "action"), None
        fallback = truth(result, "intent", "isFallback")
    elif isinstance(at(body, "result"), Mapping):
        result, request = table(body, "result"), table(body, "originalRequest")
        payload = table(request, "data")
        session, key = text(body, "sessionId"), text(body, "id")
        said, answer = text(result, "resolvedQuery"), answer_of(table(result, "fulfillment"))
        intent, confidence, language = (
            text(result, "metadata", "intentName"),
            number(result, "score"),
            text(body, "lang"),
        )
        asked = text(result, "metadata", "webhookUsed") == "true"
        parameters, action, when = table(result, "parameters"), text(result, "action"), moment(body, "timestamp")
        fallback = None
    else:
        payload, session, key = (
            table(body, "payload"),
            text(body, "sessionInfo", "session"),
            text(body, "detectIntentResponseId"),
        )
        said, answer = first(body, "text", "transcript"), None
        intent, confidence = text(body, "intentInfo", "displayName"), number(body, "intentInfo", "confidence")
        language, asked, when = text(body, "languageCode"), True, None
        parameters, action, fallback = table(body, "sessionInfo", "parameters"), None, None
    data = table(payload, "data") or payload
    platform = (some(text(payload, "source"), text(request, "source")) or "").partition("_")[0] or platform_of(data)
    person, phone = person_of(platform, data)
    session = session.rpartition("/")[2] or None if session else None
    said = spoken_in(data, said)
    fixed = {
        "at": when or moment_of(data), "conversation": session, "phone": phone,
        "person": f"{platform}:{person}" if person else session,
    }  # fmt: skip
    if intent:
        found = {
            "intent": intent, "confidence": confidence_of(confidence), "language": language, "platform": platform,
            "action": action, "fallback": fallback, "default_answer": answer if asked else None,
            **{f"parameter_{name}": value for name, value in leaves(parameters)},
        }  # fmt: skip
        yield Turn("in" if said else None, said, **fixed, id=key, event=INTENT, properties=found)  # type: ignore[arg-type]
    elif said:
        yield Turn("in", said, **fixed, id=key)  # type: ignore[arg-type]
    if answer and not asked:
        yield Turn("out", answer, **fixed, id=f"{key}:answer" if key else None)  # type: ignore[arg-type]


def confidence_of(said: str | None) -> float | None:
    """Return a confidence between 0 and 1."""
    found = float(said) if said is not None else None
    return found if found is not None and 0 <= found <= 1 else None


def answer_of(result: Body) -> str | None:
    """Return the answer a result holds."""
    plain = first(result, "fulfillmentText", "speech")
    lists = [text(each, "text", "text", 0) for each in objects(result, "fulfillmentMessages")]
    speech = [text(each, "speech") for each in objects(result, "messages")]
    return plain or "\n".join(each for each in (*lists, *speech) if each) or None


def platform_of(data: Body) -> str:
    """Return the platform by the shape of its data, "dialogflow" where nothing tells."""
    for name, mark in (("twitter", "direct_message"), ("slack", "event_ts"), ("facebook", "recipient"),
                       ("telegram", "chat"), ("skype", "address"), ("google", "surface")):  # fmt: skip
        if mark in data:
            return name
    return "dialogflow"


def person_of(platform: str, data: Body) -> tuple[str | None, str | None]:
    """Return the person's id on the platform, and their phone number where the platform is a phone."""
    ways: tuple[tuple[str | int, ...], ...] = (
        ("direct_message", "sender", "id_str"), ("direct_message", "sender_id_str"), ("sender", "id"),
        ("message", "from", "id"), ("from", "id"), ("callback_query", "from", "id"), ("event", "user"), ("user", "id"),
        ("user", "userId"), ("address", "user", "id"), ("source", "userId"), ("user",), ("from",), ("userId",),
    )  # fmt: skip
    phone = some(text(data, "From"), text(data, "caller_id")) if platform in ("twilio", "telephony", "phone") else None
    if phone and phone.lstrip("+").isdigit():
        return phone, phone
    return next((found for way in ways if (found := text(data, *way))), None), None


def moment_of(data: Body) -> str | None:
    """Return when the platform says it was said."""
    ways = (("timestamp",), ("event_ts",), ("ts",), ("event", "ts"), ("message", "date"), ("date",))
    return next((found for way in ways if (found := moment(data, *way))), None) or twitter_moment(
        text(data, "direct_message", "created_at")
    )


def twitter_moment(said: str | None) -> str | None:
    """Return a time as Twitter writes it: Sun Jan 28 21:43:34 +0000 2018."""
    try:
        return iso(dt.datetime.strptime(said or "", "%a %b %d %H:%M:%S %z %Y"))
    except (ValueError, OverflowError):
        return None


def spoken_in(data: Body, query: str | None) -> str | None:
    """Return what the person said: for calls by name of an intent or event, the words behind it."""
    own = some(text(data, "inputs", 0, "rawInputs", 0, "query"), text(data, "message", "text"), text(data, "text"),
               text(data, "direct_message", "text"), text(data, "event", "text"))  # fmt: skip
    if query is None or (query.isupper() and "_" in query) or query.startswith("actions_intent"):
        return own
    return query


def rasa_turns(body: Body) -> Iterator[Turn]:
    """Yield the turns of a tracker, of a request to an action server, of one event, or of a REST message."""
    tracker = table(body, "tracker") or body
    sender = some(first(tracker, "sender_id", "sender"), first(body, "sender_id", "recipient_id"))
    if not isinstance(at(tracker, "events"), list):
        if isinstance(at(body, "event"), str):
            yield from rasa_event(body, sender)
        elif "recipient_id" in body:
            yield Turn("out", text(body, "text"), conversation=sender, person=sender)
        else:
            yield Turn("in", text(body, "message"), conversation=sender, person=sender)
        return
    for each in objects(tracker, "events"):
        yield from rasa_event(each, sender)


def rasa_event(event: Body, sender: str | None) -> Iterator[Turn]:
    """Yield the turn of one event of Rasa; slots, actions and policies are the bot's own affairs."""
    kind, when = text(event, "event"), moment(event, "timestamp")
    said = text(event, "text")
    if kind not in ("user", "bot") or said is None or said.startswith("/session_start"):
        return
    key = some(text(event, "message_id"), f"{sender}:{kind}:{when}" if when and sender else None)
    if kind == "bot":
        yield Turn("out", said, when, sender, sender, f"{key}:bot" if key else None)
        return
    intent = table(event, "parse_data", "intent")
    entities = {
        f"entity_{text(each, 'entity')}": text(each, "value")
        for each in objects(event, "parse_data", "entities")
        if text(each, "entity")
    }
    found = {"intent": text(intent, "name"), "confidence": confidence_of(number(intent, "confidence")),
             "platform": text(event, "input_channel"), "fallback": text(intent, "name") == "nlu_fallback" or None,
             **entities}  # fmt: skip
    named = found["intent"] is not None
    # "/greet" is a button that names its intent, nothing anybody wrote.
    words = None if said.startswith("/") and named else said
    yield Turn("in" if words else None, words, when, sender, sender, key, event=INTENT if named else None,
               properties=found if named else {})  # fmt: skip


CHATWOOT = {
    "conversation_created": "chat_conversation_started",
    "conversation_status_changed": "chat_conversation_status_changed",
    "webwidget_triggered": "chat_widget_opened",
}
CHATWOOT_EVENTS = (*CHATWOOT, "message_created", "message_updated", "contact_created", "contact_updated",
                   "conversation_updated", "conversation_typing_on", "conversation_typing_off")  # fmt: skip


def chatwoot_turns(body: Body) -> Iterator[Turn]:
    """Yield the turn of one webhook of Chatwoot.

    Raises
    ------
    SetAside
        for notes among agents and typing signals.
    """
    event = text(body, "event") or ""
    conversation = table(body, "conversation") if "conversation" in body else body
    contact = table(body, "contact") or table(conversation, "meta", "sender") or table(body, "meta", "sender")
    kind = text(body, "message_type")
    if event.startswith("contact_"):
        contact = body
    elif event == "message_created" and kind in ("incoming", "0"):
        contact = table(body, "sender") or contact
    if event in ("conversation_typing_on", "conversation_typing_off", "message_updated", "conversation_updated"):
        raise SetAside("a sign of typing or a change of a conversation, nothing that was said")
    if truth(body, "private") is True:
        raise SetAside("a private note among agents")
    number_of = text(contact, "id")
    known = {
        "person": f"chatwoot:{number_of}" if number_of else None, "email": text(contact, "email"),
        "phone": text(contact, "phone_number"), "external": text(contact, "identifier"),
        "at": some(moment(body, "created_at"), moment(body, "timestamp"), moment(conversation, "created_at")),
        "conversation": first(conversation, "id", "display_id") if contact is not body else None,
    }  # fmt: skip
    if event == "message_created":
        direction = {"incoming": "in", "0": "in", "outgoing": "out", "1": "out"}.get(kind or "")
        if direction is None:
            raise SetAside("a message of Chatwoot itself, nothing that was said")
        key = text(body, "id")
        yield Turn(direction, text(body, "content"), **known, id=f"chatwoot:{key}" if key else None)  # type: ignore[arg-type]
    elif event in CHATWOOT:
        said = {"status": text(body, "status"), "channel": text(conversation, "channel"),
                "inbox": text(body, "inbox", "name")}  # fmt: skip
        yield Turn(**known, event=CHATWOOT[event], properties=said)  # type: ignore[arg-type]
    else:
        more = {**table(contact, "additional_attributes"), **table(contact, "custom_attributes")}
        values = {"full_name": text(contact, "name"), "email": known["email"], "phone": known["phone"],
                  **{name: value for name, value in leaves(more) if "ip" not in name.split("_")}}  # fmt: skip
        yield Turn(**known, values=values)  # type: ignore[arg-type]
