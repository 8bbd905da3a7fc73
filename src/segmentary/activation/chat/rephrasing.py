"""Whether a model's other words for an approved text may be said: only when they add nothing.

The model is shown the approved text with ``[[1]]`` for facts and nothing else: no turn, no profile, no row of anybody.
What it returns is taken only if every placeholder is there once, it has no figure, link or markup of its own, no word
that is neither everyday nor approved for this bot, as many denials as before, and about the same length. So a model
that lies, or that was talked into something, can choose between dull words.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.activation.chat.saying import LINK, MARKUP
from segmentary.activation.chat.words import tokens, words_in

if TYPE_CHECKING:
    from segmentary.activation.chat.bot import Bot

PLACEHOLDER = re.compile(r"\[\[\d+\]\]")
DENIALS = words_in(
    """no not never none nothing nobody cannot without nicht kein keine keinen nie niemals nichts ohne"""
)
PROMISES = words_in(
    """free gift refund refunded discount cheaper bonus guarantee guaranteed promise promised voucher coupon reward cash
    win won winner compensation credit half double triple percent unlimited always forever immediately today tomorrow
    gratis geschenk rabatt gutschein garantie garantiert versprochen erstattung kostenlos prämie sofort immer morgen
    heute prozent click tap link website call pay send transfer confirm confirmed approved cancelled ordered booked
    password account card code"""
)
INSTRUCTION = (
    "Say the following text of a customer service chat in other words, in the same language, friendly and short. Keep"
    " every [[number]] exactly. Add nothing: no names, numbers, links, offers or promises. Return the text only."
)


def accepted(approved: str, words: str, bot: Bot) -> str | None:
    """Return a model's words where they may be said; None: the approved text is said instead."""
    text = " ".join(str(words).split())
    if not text or not 0.4 * len(approved) <= len(text) <= 1.8 * len(approved) + 20:
        return None
    if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(approved)):
        return None
    bare, bare_approved = PLACEHOLDER.sub(" ", text), PLACEHOLDER.sub(" ", approved)
    if LINK.search(bare) or MARKUP.search(bare) or any(not is_plain(c) for c in bare):
        return None
    if numbers_of(bare) != numbers_of(bare_approved):
        return None
    own = set(tokens(bare_approved))
    told = tokens(bare)
    if count(told, DENIALS) != count(tokens(bare_approved), DENIALS):
        return None
    if any(word in PROMISES and word not in own for word in told):
        return None
    everyday = own | everyday_words() | words_of(bot)
    if any(word not in everyday for word in told):
        return None
    return text


def is_plain(letter: str) -> bool:
    return letter.isalnum() or letter in " .,;:!?'’\"()-–€$£%&/"


def numbers_of(text: str) -> list[str]:
    return sorted(re.findall(r"\d+", text))


def count(told: list[str], wanted: frozenset[str]) -> int:
    return sum(word in wanted or word.endswith("n't") for word in told)


@cache
def everyday_words() -> frozenset[str]:
    """Return the few hundred words a rephrased text may use beside approved ones."""
    text = (Path(__file__).parent / "everyday_words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def words_of(bot: Bot) -> set[str]:
    """Return the words of every approved text of a bot that promise nothing."""
    return set(tokens(bot.all_words())) - PROMISES
