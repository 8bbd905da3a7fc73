"""What a conversation remembers between turns, what a turn does beside the reply, and what is known of the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from segmentary.activation.chat.bot import Question
from segmentary.activation.chat.saying import NOBODY, Fact, Line, Own
from segmentary.language.tree import ValueType

Awaited = Literal["", "question", "slot", "confirm", "clarify", "address", "code"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the next turn is expected to answer.

    tries : how often it was asked again. options : intents to choose from.
    """

    what: Awaited = ""
    name: str = ""
    tries: int = 0
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands.

    misses : turns in a row that were not understood. asked : how often each question was asked here. told : what was
    said in a script: slot to (canonical text, label). then : the intent to go on with after something was asked.
    closing : it ends when the last question is answered.
    """

    waiting: Waiting = Waiting()
    misses: int = 0
    asked: Mapping[str, int] = field(default_factory=dict)
    declined: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    then: str = ""
    closing: bool = False
    ended: bool = False
    handed_over: bool = False
    code: str = ""
    code_until: str = ""
    code_tries: int = 0
    codes: int = 0

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> State:
        """Return the state of a document."""
        kept = dict(document)
        waiting = dict(kept.pop("waiting", {}))
        waiting["options"] = tuple(waiting.get("options", ()))
        kept["declined"], kept["answered"] = tuple(kept.get("declined", ())), tuple(kept.get("answered", ()))
        kept["told"] = {slot: (one[0], one[1]) for slot, one in kept.get("told", {}).items()}
        return cls(waiting=Waiting(**waiting), **kept)

    def free(self) -> State:
        """Return the state with nothing awaited."""
        return replace(self, waiting=Waiting())


# ---------------------------------------------------------------- effects


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that becomes an attribute. value : canonical text; words : what was said."""

    question: str
    trait: str
    value: str
    value_type: ValueType
    words: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Somebody would rather not answer: a question is not asked again for long."""

    question: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A yes or no to being contacted. asked : the exact words of the question; words : of the answer."""

    purpose: str
    channel: str
    granted: bool
    asked: str
    words: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that becomes an event."""

    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """A visitor says which address is theirs."""

    address: str


@dataclass(frozen=True, slots=True)
class CodeTried:
    """A visitor types a code."""

    code: str


Effect = Answered | Declined | Decided | Happened | CodeWanted | CodeTried


# ---------------------------------------------------------------- what is known


@dataclass(frozen=True, slots=True)
class Asked:
    """How often somebody was asked a question before, when, and whether they declined."""

    at: tuple[dt.datetime, ...] = ()
    declined_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What may be used in this turn: of a visitor nothing but the moment.

    segments : those the person is in now. held : trait to since when its value holds (None: always); only traits that
    have one. asked : question to how often. decided : purpose and channel on which there is a decision. at : now;
    open : whether people are there to take over.
    """

    at: dt.datetime
    own: Own = NOBODY
    segments: frozenset[str] = frozenset()
    held: Mapping[str, dt.datetime | None] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    decided: frozenset[tuple[str, str]] = frozenset()
    open: bool = True

    def saying(self, told: Mapping[str, Fact]) -> Own:
        """Return what may be said, with what they said themselves in a script."""
        return replace(self.own, told=told)


@dataclass(frozen=True, slots=True)
class Why:
    """How a turn was taken: for people who look over the bot's shoulder.

    segments : of the person that a text was chosen by.
    """

    intent: str = ""
    score: float = 0.0
    because: str = ""
    how: str = ""
    near: str = ""
    took: str = ""
    answers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn as it was understood. say : ids of answers, in order; follow : the intent that is answered after them.

    ask : whether a question of ours may follow.
    """

    state: State
    effects: tuple[Effect, ...] = ()
    say: tuple[str, ...] = ()
    follow: str = ""
    ask: bool = False
    why: Why = Why()


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said. buttons : what may be tapped. asked : the question of ours in it."""

    lines: tuple[Line, ...]
    state: State
    effects: tuple[Effect, ...]
    buttons: tuple[str, ...] = ()
    asked: str = ""
    handed_over: str = ""
    ended: str = ""
    why: Why = Why()


def may_ask(question: Question, state: State, known: Known, bot_limit: int) -> bool:
    """Say whether a question may be asked now: unknown or old, not declined, and not too often."""
    if question.name in state.asked or question.name in state.declined or sum(state.asked.values()) >= bot_limit:
        return False
    if question.segments and not known.segments.intersection(question.segments):
        return False
    before = known.asked.get(question.name, Asked())
    if before.declined_at is not None:
        patience = dt.timedelta(days=question.again_after_decline_days)
        if known.at - before.declined_at < patience:
            return False
    recent = [at for at in before.at if known.at - at < dt.timedelta(days=question.within_days)]
    if len(recent) >= question.at_most:
        return False
    if question.kind == "consent":
        # A refusal is not argued with, and a yes is not asked twice.
        return (
            known.own.verified and not {(question.purpose, question.channel), (question.purpose, "any")} & known.decided
        )
    if question.trait not in known.held:
        return True
    since = known.held[question.trait]
    if not question.older_than_days:
        return False
    return since is not None and known.at - since > dt.timedelta(days=question.older_than_days)
