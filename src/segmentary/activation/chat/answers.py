"""What somebody answered to a question: a choice, a number, a date, a clear yes or no, or that they rather not."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from typing import Literal

from segmentary.activation.chat.bot import Choice, Question
from segmentary.activation.chat.words import (
    CLEAR_NO,
    CLEAR_YES,
    NUMBER_WORDS,
    ORDINALS,
    RATHER_NOT,
    folded,
    numbers,
    says,
    tokens,
)

Outcome = Literal["answered", "declined", "unclear", "not_an_answer"]
NEAR = 0.84
LONGEST_FREE = 1_000
ISO_DATE = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
NEGATIONS = frozenset(
    ["not", "no", "never", "nicht", "nein", "nie", "kein", "keine", "don't", "doesn't", "didn't", "nor"]
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer meant. value : canonical text as it is kept; label : as it may be said back."""

    outcome: Outcome
    value: str = ""
    label: str = ""


def heard(question: Question, text: str) -> Heard:
    """Return what an answer to a question meant; unclear: it was meant as one but cannot be taken for certain."""
    told = folded(text)
    if not told:
        return Heard("unclear")
    if question.kind not in ("consent", "yes_no") and says(told, RATHER_NOT):
        return Heard("declined")
    match question.kind:
        case "choice":
            return chosen(question, told)
        case "choices":
            return several(question, told)
        case "number" | "rating":
            return number(question, told)
        case "date":
            return date(told)
        case "yes_no" | "consent":
            return yes_or_no(told)
        case "free":
            return Heard("answered", " ".join(text.split())[:LONGEST_FREE])


def yes_or_no(told: str) -> Heard:
    """Return a clear yes or a clear no; anything with a doubt in it is unclear. A no need not be clear to be a no."""
    told = told.replace(",", "").replace("!", "").replace(".", "")
    told = " ".join(told.split())
    if told in CLEAR_YES:
        return Heard("answered", "true", "yes")
    if told in CLEAR_NO or (set(tokens(told)) & NEGATIONS) or says(told, RATHER_NOT):
        return Heard("answered", "false", "no")
    words = told.split()
    if (
        words
        and words[0] in ("yes", "ja", "oui")
        and len(words) <= 3
        and not says(told, ("but", "aber", "maybe", "if"))
    ):
        return Heard("answered", "true", "yes")
    return Heard("unclear")


def chosen(question: Question, told: str) -> Heard:
    """Return the choice that was meant: its label, a synonym, its place in the list, or a number in its range."""
    choice = by_words(question.choices, told)
    if choice is None:
        said = numbers(told)
        ranged = [one for one in question.choices if one.low is not None or one.high is not None]
        if ranged and len(said) == 1:
            fitting = [one for one in ranged if within(one, said[0])]
            choice = fitting[0] if len(fitting) == 1 else None
        elif not ranged or not said:
            choice = by_place(question.choices, told)
    if choice is None:
        return Heard("not_an_answer")
    return Heard("answered", choice.value, choice.label)


def several(question: Question, told: str) -> Heard:
    """Return every choice that was named, in the order of the question."""
    import json

    if told in ("none", "nothing", "keine", "nichts"):
        return Heard("answered", "[]", "none")
    pieces = [one for one in re.split(r",|;|&|\+|\band\b|\bund\b", told) if one.strip()]
    found = []
    for choice in question.choices:
        alone = [choice]
        if any(by_words(alone, piece) or by_place(question.choices, piece) is choice for piece in pieces):
            found.append(choice)
    if not found:
        return Heard("not_an_answer")
    value = json.dumps([one.value for one in found], ensure_ascii=False, separators=(",", ":"))
    return Heard("answered", value, ", ".join(one.label for one in found))


def by_words(choices: list[Choice] | tuple[Choice, ...], told: str) -> Choice | None:
    """Return the one choice whose value, label or synonym was said, or nearly; None for none or for two."""
    spoken = " ".join(tokens(told))
    names = {choice: [" ".join(tokens(one)) for one in spellings(choice)] for choice in choices}
    exact = [choice for choice, own in names.items() if spoken in own]
    if exact:
        return exact[0]
    # Words of another choice inside a negation are not a choice of it.
    if set(tokens(told)) & NEGATIONS:
        return None
    held = {
        c: max((len(one) for one in own if one and f" {one} " in f" {spoken} "), default=0) for c, own in names.items()
    }
    most = max(held.values(), default=0)
    if most:
        best = [choice for choice, size in held.items() if size == most]
        return best[0] if len(best) == 1 else None
    near = [c for c, own in names.items() if difflib.get_close_matches(spoken, own, n=1, cutoff=NEAR)]
    return near[0] if len(near) == 1 and len(spoken) > 3 else None


def spellings(choice: Choice) -> tuple[str, ...]:
    return (choice.value.replace("_", " "), choice.value, choice.label, *choice.also)


def by_place(choices: tuple[Choice, ...], told: str) -> Choice | None:
    """Return the choice somebody gave the number of: ``2``, ``the second``, ``option three``."""
    words = [w for w in tokens(told) if w not in ("the", "option", "number", "one") or w == told]
    if len(words) != 1:
        return None
    word = words[0]
    place = int(word) if word.isdecimal() and len(word) < 3 else {**NUMBER_WORDS, **ORDINALS}.get(word, 0)
    return choices[place - 1] if 1 <= place <= len(choices) else None


def within(choice: Choice, value: float) -> bool:
    return (choice.low is None or value >= choice.low) and (choice.high is None or value <= choice.high)


def number(question: Question, told: str) -> Heard:
    """Return the one number that was said, where it is possible."""
    said = numbers(told)
    if question.choices and not said:
        choice = by_words(question.choices, told)
        return Heard("not_an_answer") if choice is None else Heard("answered", choice.value, choice.label)
    if not said:
        return Heard("not_an_answer")
    # "4 out of 5" is a 4.
    if len(said) == 2 and re.search(r"out of|von|/", told) and said[1] == question.highest:
        said = said[:1]
    if len(set(said)) != 1:
        return Heard("unclear")
    low, high = question.lowest, question.highest
    if (low is not None and said[0] < low) or (high is not None and said[0] > high):
        return Heard("unclear")
    if question.kind == "rating" and said[0] != int(said[0]):
        return Heard("unclear")
    text = f"{said[0]:.6f}".rstrip("0").rstrip(".")
    return Heard("answered", text, text)


def date(told: str) -> Heard:
    """Return a date written year first; others could be read two ways."""
    found = ISO_DATE.search(told)
    if found is None:
        return Heard("unclear" if re.search(r"\d", told) else "not_an_answer")
    try:
        day = dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return Heard("unclear")
    return Heard("answered", day.isoformat(), day.isoformat())
