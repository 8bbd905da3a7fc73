"""What a colleague should know who takes a conversation over: who it is, what was wanted, said and decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentary.ledger.conversations import Conversation, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable


def summary(held: Conversation, turns: Iterable[Turn]) -> list[str]:
    """Return a conversation in a few sentences, made of what was noted, not of free words."""
    turns = list(turns)
    who = f"customer {held.customer_id}" if held.verified else "a visitor, not verified"
    said = sum(turn.direction == "in" for turn in turns)
    found = [f"{who}, by {held.channel}, {said} turns since {held.started_at:%Y-%m-%d %H:%M} UTC"]
    effects = [effect for turn in turns for effect in turn.detail.get("effects", ())]
    intents = [e["properties"]["intent"] for e in effects if e.get("name") == "chat_intent_detected"]
    if intents:
        found.append(f"wanted: {', '.join(dict.fromkeys(intents))}")
    found += [f"said {e['trait']}: {e['value']}" for e in effects if e["kind"] == "answered"]
    for effect in effects:
        if effect["kind"] == "decided":
            word = "yes" if effect["granted"] else "no"
            found.append(f"decided: {word} to {effect['purpose']} by {effect['channel']}")
        if effect["kind"] == "happened" and effect["name"] not in ("chat_intent_detected", "chat_handed_over"):
            details = ", ".join(f"{k}: {v}" for k, v in effect["properties"].items() if k not in ("script", "bot"))
            found.append(f"{effect['name']} ({details})")
    reasons = [e["properties"]["reason"] for e in effects if e.get("name") == "chat_handed_over"]
    if reasons:
        found.append(f"passed on because: {reasons[-1]}")
    missed = [turn.text for turn in turns if turn.direction == "in"][-1:]
    return found + [f"last words: {text[:200]!r}" for text in missed]
