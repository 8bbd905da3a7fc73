"""First half of a turn: what was meant, and what follows from it for the record. Nothing is said here yet."""

from __future__ import annotations

import re
from dataclasses import replace

from segmentary.activation.chat.answers import heard as heard_answer
from segmentary.activation.chat.answers import yes_or_no
from segmentary.activation.chat.bot import Bot, Question, Script
from segmentary.activation.chat.state import (
    Answered,
    CodeTried,
    CodeWanted,
    Decided,
    Declined,
    Effect,
    Happened,
    Heard,
    State,
    Waiting,
    Why,
)
from segmentary.activation.chat.understanding import Listener, Meant
from segmentary.activation.chat.words import NO_CONTACT, SMALL_TALK, folded, says, tokens

LONGEST = 2_000
MOST_TRIES = 1
ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
CODE = re.compile(r"\b\d{3}[ -]?\d{3}\b")
MARKETING = "marketing"
SHORT = 5
"""Words of a turn that may be small talk."""


def hear(bot: Bot, listener: Listener, state: State, text: str, *, verified: bool) -> Heard:
    """Return what a turn meant in a conversation as it stands."""
    if state.ended:
        return Heard(state, say=("over",), why=Why(took="ended"))
    if refusal := says(text, NO_CONTACT):
        return refused(state, text, refusal, verified)
    if state.handed_over:
        return Heard(state, why=Why(took="handed over: a person answers"))
    if len(text) > LONGEST:
        return Heard(state, say=("too_long",), why=Why(took="too long"))
    if (word := says(text, bot.hand_over.words)) and not says(text, SMALL_TALK["who_am_i"]):
        return handed_over(state, "wish", word)
    if state.waiting.what:
        found = awaited(bot, listener, state, text, verified=verified)
        if found is not None:
            return found
        state = state.free()
    if word := says(text, bot.hand_over.complaint_words):
        return handed_over(state, "complaint", word)
    if bot.hand_over.mood and (word := bad_mood(text, bot.hand_over.mood)):
        return handed_over(state, "mood", word)
    if (word := says(text, bot.end_words)) and len(tokens(text)) <= 6:
        return Heard(replace(state, closing=True), why=Why(took=f"goodbye: {word}"))
    return by_intent(bot, listener, state, text)


def bad_mood(text: str, least: float) -> str:
    """Return the word that says most of a very bad mood; empty: it is not that bad."""
    from segmentary.models.voice.sentiment import sentiment

    mood = sentiment(text)
    if mood.value is None or mood.value > -least:
        return ""
    return mood.because[0][0] if mood.because else "mood"


def refused(state: State, text: str, word: str, verified: bool) -> Heard:
    """Take down a refusal of further messages at once; of a visitor nobody knows whose."""
    why = Why(took=f"refusal: {word}")
    if not verified:
        return Heard(state.free(), say=("refused_unknown",), why=why)
    decision = Decided(MARKETING, "any", False, "", text)
    return Heard(state.free(), (decision,), ("refused",), why=why)


def handed_over(state: State, reason: str, word: str = "") -> Heard:
    """Pass a conversation on to a person."""
    happened = Happened("chat_handed_over", {"reason": reason})
    state = replace(state.free(), handed_over=True, misses=0)
    return Heard(state, (happened,), ("hand_over",), why=Why(took=f"hand over: {reason}{f' ({word})' if word else ''}"))


def by_intent(bot: Bot, listener: Listener, state: State, text: str) -> Heard:
    """Return what a turn wants by the bot's intents: one, two to choose from, or none."""
    meant = listener.meant(text)
    if meant.intent and meant.near:
        state = replace(state, waiting=Waiting("clarify", options=(meant.intent, meant.near)))
        return Heard(state, say=("clarify",), why=of(meant, "two are near"))
    if meant.intent:
        return follow(bot, replace(state, misses=0), meant.intent, of(meant, "intent"))
    if len(tokens(text)) <= SHORT:
        for answer, wanted in SMALL_TALK.items():
            if says(text, wanted):
                return Heard(replace(state, misses=0), say=(answer,), why=Why(took="small talk"))
    misses = state.misses + 1
    if misses >= bot.hand_over.misses:
        found = handed_over(replace(state, misses=misses), "not understood")
        return replace(found, why=of(meant, found.why.took))
    return Heard(replace(state, misses=misses), say=("sorry",), why=of(meant, "not understood"))


def of(meant: Meant, took: str) -> Why:
    return Why(meant.intent, meant.score, meant.because, meant.how, meant.near, took)


def follow(bot: Bot, state: State, name: str, why: Why) -> Heard:
    """Go on with an intent: its answer, its script, or a person."""
    intent = bot.intents[name]
    happened = Happened("chat_intent_detected", {"intent": name, "score": round(why.score, 3)})
    if intent.hand_over:
        found = handed_over(state, "intent", name)
        return replace(found, effects=(happened, *found.effects), why=replace(why, took=found.why.took))
    return Heard(state, (happened,), follow=name, ask=True, why=why)


# ---------------------------------------------------------------- what was asked


def awaited(bot: Bot, listener: Listener, state: State, text: str, *, verified: bool) -> Heard | None:
    """Take a turn as the answer to what was asked; None where it is something else altogether."""
    waiting = state.waiting
    match waiting.what:
        case "question":
            question = bot.questions.get(waiting.name)
            return None if question is None else to_question(bot, listener, state, question, text)
        case "slot":
            script = bot.scripts.get(waiting.name.partition(".")[0])
            return None if script is None else to_slot(bot, state, script, text)
        case "confirm":
            script = bot.scripts.get(waiting.name)
            return None if script is None else to_confirm(state, script, text)
        case "clarify":
            return to_clarify(bot, state, text)
        case "address" | "code":
            return to_verify(state, text)
        case "":
            return None


def to_question(bot: Bot, listener: Listener, state: State, question: Question, text: str) -> Heard | None:
    """Take a turn as the answer to one of our questions; a new wish of theirs goes before our curiosity."""
    found = heard_answer(question, text)
    why = Why(took=f"answer to {question.name}: {found.outcome}")
    free = replace(state.free(), misses=0)
    match found.outcome:
        case "answered":
            return answered(question, free, found.value, text, why)
        case "declined":
            free = replace(free, declined=(*free.declined, question.name))
            return Heard(free, (Declined(question.name),), ("declined",), why=why)
    if question.kind == "consent":
        return Heard(free, (), ("consent_unclear",), ask=False, why=why) if not wants(listener, text) else None
    if wants(listener, text) or state.waiting.tries >= MOST_TRIES:
        return None
    again = replace(state, waiting=replace(state.waiting, tries=state.waiting.tries + 1))
    return Heard(again, say=("again" if question.choices else "again_free",), why=why)


def wants(listener: Listener, text: str) -> bool:
    """Say whether a turn is clearly about something else."""
    meant = listener.meant(text)
    return bool(meant.intent) and not meant.near


def answered(question: Question, state: State, value: str, text: str, why: Why) -> Heard:
    """Return what follows from an answer: an attribute, a decision, an event."""
    state = replace(state, answered=(*state.answered, question.name))
    if question.kind == "consent":
        granted = value == "true"
        decided = Decided(question.purpose, question.channel, granted, question.ask, text)
        return Heard(state, (decided,), ("consent_yes" if granted else "consent_no",), why=why)
    effects: list[Effect] = [Answered(question.name, question.trait, value, question.value_type, text)]
    if question.kind == "rating":
        effects.append(Happened("chat_rated", {"question": question.name, "rating": float(value)}))
    return Heard(state, tuple(effects), (f"thanks/{question.name}",), follow=state.then, why=why)


def to_slot(bot: Bot, state: State, script: Script, text: str) -> Heard | None:
    """Take a turn as one piece of a script; no means leaving it."""
    slot = next((one for one in script.slots if one.name == state.waiting.name), None)
    if slot is None:
        return None
    found = heard_answer(slot, text)
    why = Why(took=f"{slot.name}: {found.outcome}")
    if found.outcome == "declined" or (folded(text) in ("cancel", "stop", "abbrechen") and slot.kind != "yes_no"):
        return Heard(replace(state.free(), told={}), say=("cancelled",), why=why)
    if found.outcome != "answered":
        if state.waiting.tries >= MOST_TRIES:
            return None
        again = replace(state, waiting=replace(state.waiting, tries=state.waiting.tries + 1))
        return Heard(again, say=("again" if slot.choices else "again_free",), why=why)
    told = {**state.told, slot.name.partition(".")[2]: (found.value, found.label or "")}
    intent = next((one.name for one in bot.intents.values() if one.script == script.name), "")
    return Heard(replace(state.free(), told=told, misses=0), follow=intent, why=why)


def to_confirm(state: State, script: Script, text: str) -> Heard:
    """Do what a script is for on a clear yes, and on nothing else."""
    found = yes_or_no(folded(text))
    why = Why(took=f"confirmation of {script.name}: {found.label or 'unclear'}")
    if found.outcome == "answered" and found.value == "true":
        told = {slot: value for slot, (value, _) in state.told.items()}
        happened = Happened(script.event, {"script": script.name, **told})
        return Heard(state.free(), (happened,), (script.done,), ask=True, why=why)
    if found.outcome == "answered" or state.waiting.tries >= MOST_TRIES:
        return Heard(replace(state.free(), told={}), say=("cancelled",), why=why)
    again = replace(state, waiting=replace(state.waiting, tries=state.waiting.tries + 1))
    return Heard(again, say=("confirm_again",), why=why)


def to_clarify(bot: Bot, state: State, text: str) -> Heard | None:
    """Take a turn as the choice between two intents; anything else is a new turn."""
    from segmentary.activation.chat.answers import by_place, by_words
    from segmentary.activation.chat.bot import Choice

    options = tuple(Choice(name, bot.intents[name].title) for name in state.waiting.options if name in bot.intents)
    told = folded(text)
    choice = by_words(options, told) or by_place(options, told)
    if choice is None:
        return None
    why = Why(choice.value, 1.0, "chosen", "keyword", "", "chosen of two")
    return follow(bot, replace(state.free(), misses=0), choice.value, why)


def to_verify(state: State, text: str) -> Heard | None:
    """Take a turn as an address or as a code."""
    address = ADDRESS.search(text)
    if address is not None:
        waiting = replace(state, waiting=Waiting("code"))
        return Heard(waiting, (CodeWanted(address[0]),), ("verify_sent",), why=Why(took="address"))
    code = CODE.search(text)
    if state.waiting.what == "code" and code is not None:
        digits = "".join(c for c in code[0] if c.isdigit())
        return Heard(state, (CodeTried(digits),), follow=state.then, why=Why(took="code"))
    return None
