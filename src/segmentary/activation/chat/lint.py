"""Look a bot over: intents without an answer, examples in two intents, scripts nobody reaches, slots too open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.standing_texts import STANDING
from segmentary.activation.chat.understanding import Listener
from segmentary.activation.chat.words import folded
from segmentary.models.table.findings import Finding

FEW = 3
GREETED_BY = ("first_name", "given_name", "name", "title")
"""Identifiers that a chat says to whoever they belong to anyway."""


def lint(bot: Bot, sensitivities: Mapping[str, str], empty_segments: Collection[str] = ()) -> list[Finding]:
    """Return what is wrong with a bot (warning) or might be better (note).

    sensitivities : of every trait a text shows. empty_segments : segments nobody is in.
    """
    return [
        *without_answer(bot),
        *torn_examples(bot),
        *unreached(bot),
        *too_open(bot, sensitivities),
        *never_said(bot, empty_segments),
        *thin(bot),
    ]


def without_answer(bot: Bot) -> list[Finding]:
    """Return intents that lead to nothing, and answers without a text for everybody."""
    found = []
    for intent in bot.intents.values():
        if intent.script or intent.hand_over:
            continue
        if intent.answer not in bot.answers:
            hint = f"write answers: {intent.answer}: ..., or hand_over: true"
            found.append(Finding("no_answer", "warning", f"the intent {intent.name} has no answer", hint=hint))
        elif all(one.segment or one.offers for one in bot.answers[intent.answer].variants):
            message = f"the answer {intent.answer} has no text for people of no segment"
            found.append(Finding("no_text_for_all", "warning", message, hint="end it with a text without segment"))
    return found


def torn_examples(bot: Bot) -> list[Finding]:
    """Return phrases that stand in two intents, and those that a nearer example of another intent takes."""
    homes: dict[str, set[str]] = defaultdict(set)
    for intent in bot.intents.values():
        for text in intent.examples:
            homes[folded(text)].add(intent.name)
    found = [
        Finding("torn_example", "warning", f"{text!r} stands in {' and '.join(sorted(own))}", hint="keep it in one")
        for text, own in sorted(homes.items())
        if len(own) > 1
    ]
    listener = Listener(bot)
    for intent in bot.intents.values():
        for text in intent.examples:
            meant = listener.meant(text)
            if meant.intent and meant.intent != intent.name and len(homes[folded(text)]) == 1:
                message = f"{text!r} of {intent.name} is taken for {meant.intent} ({meant.because!r})"
                found.append(Finding("taken_example", "warning", message, hint="change an example or a keyword"))
    return found


def unreached(bot: Bot) -> list[Finding]:
    """Return scripts, answers and questions that nothing leads to."""
    scripts = {one.script for one in bot.intents.values()}
    found = [
        Finding("unreached_script", "warning", f"no intent leads to the script {name}", hint=f"script: {name}")
        for name in bot.scripts
        if name not in scripts
    ]
    used = {one.answer for one in bot.intents.values()} | STANDING.keys()
    for name in bot.answers:
        if name not in used and "/" not in name:
            found.append(Finding("unreached_answer", "note", f"no intent leads to the answer {name}"))
    return found


def too_open(bot: Bot, sensitivities: Mapping[str, str]) -> list[Finding]:
    """Return slots that say an identifier, and questions about special categories."""
    found = [
        Finding("sensitive_slot", "warning", f"a text says {name}, which is {kind}", hint="say it only if you must")
        for name, kind in sorted(sensitivities.items())
        if kind in ("identifier", "special") and name not in GREETED_BY
    ]
    found += [
        Finding("special_question", "note", f"{one.name} asks for a special category: {one.reason}")
        for one in bot.questions.values()
        if one.reason
    ]
    found += [
        Finding("no_why", "note", f"the question {one.name} does not say why it is asked", hint="write why: ...")
        for one in bot.questions.values()
        if not one.why
    ]
    return found


def never_said(bot: Bot, empty: Collection[str]) -> list[Finding]:
    """Return texts behind one that is always said, and texts for segments nobody is in."""
    found = []
    for answer in bot.answers.values():
        for number, one in enumerate(answer.variants[:-1], start=1):
            if not one.segment and not one.offers and not one.text.needs:
                message = f"the texts of {answer.id} after the {number}. are never said: it is for everybody"
                found.append(Finding("never_said", "warning", message, hint="put texts for segments first"))
                break
    found += [Finding("empty_segment", "note", f"a text is for {name}, and nobody is in it") for name in sorted(empty)]
    return found


def thin(bot: Bot) -> list[Finding]:
    """Return intents with too few examples to be told by."""
    return [
        Finding("few_examples", "note", f"the intent {one.name} has {len(one.examples)} examples", hint="write ten")
        for one in bot.intents.values()
        if len(one.examples) < FEW and not one.keywords
    ]
