"""Phrases tried on a bot: how many it understands, what it takes for what, and where it cannot say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.understanding import Listener

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """What a bot made of phrases.

    told : to one intent; unclear : it would ask which of two; unsure : it cannot say. judged, right : of the phrases
    that say which intent is meant. confusions : (meant, taken for, how often, an example), often ones first.
    """

    bot: str
    phrases: int
    told: int
    unclear: int
    unsure: int
    judged: int
    right: int
    confusions: tuple[tuple[str, str, int, str], ...]
    unplaced: tuple[str, ...]


def tried(bot: Bot, listener: Listener, lines: Sequence[str]) -> Trial:
    """Try phrases; a line ``intent<tab>phrase`` says what is meant."""
    told = unclear = judged = right = 0
    wrong: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    unplaced = []
    for line in lines:
        wanted, tab, phrase = line.partition("\t")
        wanted, phrase = (wanted.strip(), phrase.strip()) if tab else ("", line.strip())
        meant = listener.meant(phrase)
        if not meant.intent:
            unplaced.append(phrase)
        elif meant.near:
            unclear += 1
        else:
            told += 1
        if wanted:
            judged += 1
            right += meant.intent == wanted and not meant.near
            if meant.intent and meant.intent != wanted:
                wrong[wanted, meant.intent] += 1
                examples.setdefault((wanted, meant.intent), phrase)
    confusions = tuple((*pair, n, examples[pair]) for pair, n in wrong.most_common(MOST_SHOWN))
    unsure = len(unplaced)
    return Trial(bot.name, len(lines), told, unclear, unsure, judged, right, confusions, tuple(unplaced[:MOST_SHOWN]))
