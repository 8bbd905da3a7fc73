"""Words that chats will bring: traits a bot asks for and events of chats, before the first answer.

A segment of people who said they are under 30 can be defined together with the bot that asks; until somebody answers,
nobody is in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.reading import bot_from, read_bot
from segmentary.language.tree import ValueType
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.records import current_records, newest_record
from segmentary.profiles.consent import CHANNELS

if TYPE_CHECKING:
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.workspace import Workspace

EVENTS: dict[str, dict[str, ValueType]] = {
    "chat_intent_detected": {"intent": "text", "score": "number"},
    "chat_rated": {"question": "text", "rating": "number"},
    "chat_handed_over": {"reason": "text"},
}
Words = tuple[Mapping[str, ValueType], Mapping[str, Mapping[str, ValueType]]]


def words_of(ledger: Ledger, *, at: dt.datetime | None = None) -> Words:
    """Return the traits that bots in force (at a moment) ask for, and the events of chats, with types."""
    if at is not None:
        return words([bot_from(one.document) for one in current_records(ledger, "bot", at=at).values()])
    newest = newest_record(ledger, "bot")
    if not newest:
        return {}, {}
    return kept_words(ledger, newest)


@lru_cache(maxsize=8)
def kept_words(ledger: Ledger, newest: int) -> Words:
    """Return the words as of the newest bot."""
    del newest
    return words([bot_from(one.document) for one in current_records(ledger, "bot").values()])


def words(bots: Iterable[Bot]) -> Words:
    """Return the words that bots bring."""
    traits: dict[str, ValueType] = {}
    events: dict[str, dict[str, ValueType]] = {}
    for bot in bots:
        traits |= bot.traits_asked()
        for question in bot.questions.values():
            if question.kind == "consent":
                names = [f"consent_{question.purpose}_{question.channel}", *may_contact(question.channel)]
                traits |= dict.fromkeys(names, "boolean")
        common: dict[str, ValueType] = {"bot": "text"}
        events |= {name: {**common, **types} for name, types in EVENTS.items()}
        for script in bot.scripts.values():
            slots: dict[str, ValueType] = {one.name.partition(".")[2]: "text" for one in script.slots}
            events[script.event] = {**common, "script": "text", **slots}
    return traits, events


def may_contact(channel: str) -> list[str]:
    """Return the traits that say whether somebody may be contacted by a channel."""
    return [f"may_contact_{one}" for one in CHANNELS if channel in (one, "any")]


@contextmanager
def with_words(workspace: Workspace, documents: Iterable[Cursor]) -> Iterator[None]:
    """Let definitions speak of what bots beside them will ask."""
    bots = [read_bot(one) for one in documents if isinstance(one.content, Mapping) and "bot" in one.content]
    before = workspace.derived.declared
    if not bots:
        yield
        return
    traits, events = words(bots)
    known_traits, known_events = before()
    workspace.derived.declared = lambda: ({**known_traits, **traits}, {**known_events, **events})
    try:
        yield
    finally:
        workspace.derived.declared = before
