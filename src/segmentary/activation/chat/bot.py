"""What a bot is: approved answers, what leads to them, questions it may ask, and when a person takes over.

Nothing in it is about a person. Everything it can ever say stands in `Bot.answers`, each text under an id of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from segmentary.activation.chat.template import Template
from segmentary.language.tree import ValueType

Kind = Literal["choice", "choices", "number", "date", "rating", "yes_no", "consent", "free"]
KINDS: tuple[Kind, ...] = ("choice", "choices", "number", "date", "rating", "yes_no", "consent", "free")
VALUE_TYPES: dict[Kind, ValueType] = {
    "choice": "text",
    "choices": "list",
    "number": "number",
    "date": "date",
    "rating": "number",
    "yes_no": "boolean",
    "consent": "boolean",
    "free": "text",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One text of an answer.

    segment : whom it is for; empty: everybody. offers : name of the offers' table whose best offer it may promise; a
    variant with offers is only said when there is one. buttons : what may be tapped, as it is shown and sent.
    """

    text: Template
    segment: str = ""
    offers: str = ""
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Approved texts under one id, in order of priority: the first whose segment holds and whose slots are known."""

    id: str
    variants: tuple[Variant, ...]

    @property
    def own(self) -> bool:
        """Whether every text of it needs the person's own record."""
        return all(one.text.needs for one in self.variants)


@dataclass(frozen=True, slots=True)
class Intent:
    """Something people want. examples : phrases they use; keywords : words of which one decides by itself.

    answer : id of what is said; script : what is gone through instead; hand_over : a person takes over.
    """

    name: str
    examples: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    answer: str = ""
    script: str = ""
    hand_over: bool = False
    label: str = ""

    @property
    def title(self) -> str:
        """What it is called when the bot asks which of two was meant."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer to a question. low, high : numbers that mean it, both included."""

    value: str
    label: str
    also: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Something the bot may ask.

    trait : where the answer is kept. after : intents after which it may be asked; empty: after any answer.
    segments : only whom; empty: everybody. older_than_days : asked again when what is known is older; 0: only unknown.
    at_most, within_days : how often one person is asked. purpose, channel : of a consent question.
    reason : why a special category may be asked at all.
    """

    name: str
    trait: str
    kind: Kind
    ask: str
    why: str = ""
    choices: tuple[Choice, ...] = ()
    after: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    older_than_days: int = 0
    at_most: int = 2
    within_days: int = 90
    again_after_decline_days: int = 365
    purpose: str = ""
    channel: str = ""
    reason: str = ""
    lowest: float | None = None
    highest: float | None = None

    @property
    def value_type(self) -> ValueType:
        """The type its answers are kept with."""
        return VALUE_TYPES[self.kind]

    @property
    def words(self) -> str:
        """Id of the answer with the words of the question."""
        return f"{'slot' if '.' in self.name else 'question'}/{self.name}"


@dataclass(frozen=True, slots=True)
class Script:
    """A small flow: slots are asked one after the other, all is read back, and only a clear yes does it.

    event : what happens when it is confirmed. done : id of the answer then.
    """

    name: str
    slots: tuple[Question, ...]
    event: str
    confirm: str
    done: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class HandOver:
    """When a person takes over.

    mood : how bad the words of a turn must be, 0 to 1 (`models.voice.sentiment`); 0: mood is not looked at.
    hours : weekday (0 Monday) to opening and closing minute; empty: always.
    """

    words: tuple[str, ...] = ()
    complaint_words: tuple[str, ...] = ()
    misses: int = 3
    mood: float = 0.9
    hours: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Bot:
    """A chatbot, as people wrote it.

    threshold : how well an intent must fit, 0 to 1; margin : nearer ones than this are asked about.
    questions_at_most : in one conversation. silent_minutes : after which it ends by itself.
    voice : name of a trained voice model that tells intents; empty: examples and keywords. verify : ``email`` where a
    visitor may prove by a code who they are.
    """

    name: str
    title: str
    languages: tuple[str, ...]
    answers: Mapping[str, Answer]
    intents: Mapping[str, Intent]
    questions: Mapping[str, Question]
    scripts: Mapping[str, Script]
    hand_over: HandOver
    threshold: float = 0.4
    margin: float = 0.05
    questions_at_most: int = 2
    silent_minutes: int = 30
    end_words: tuple[str, ...] = ()
    end_question: str = ""
    voice: str = ""
    verify: str = ""

    def segments(self) -> set[str]:
        """Return every segment that decides what is said or asked."""
        found = {one.segment for answer in self.answers.values() for one in answer.variants if one.segment}
        return found | {name for question in self.questions.values() for name in question.segments}

    def facts(self) -> set[str]:
        """Return every trait that a text shows."""
        return {
            slot.name
            for answer in self.answers.values()
            for one in answer.variants
            for slot in one.text.slots
            if "." not in slot.name
        }

    def traits_asked(self) -> dict[str, ValueType]:
        """Return every trait that answers are kept under, with its type."""
        return {one.trait: one.value_type for one in self.questions.values() if one.kind != "consent"}

    def offers(self) -> set[str]:
        """Return every table of offers it may promise from."""
        return {one.offers for answer in self.answers.values() for one in answer.variants if one.offers}

    def all_words(self) -> str:
        """Return every approved text, joined: what any reply is made of."""
        return " ".join(one.text.literal for answer in self.answers.values() for one in answer.variants)
