"""What mood a text is in, by a small lexicon one can read: -1 very bad, 1 very good, and the words that say so.

Words and phrases have weights; "not" before them turns them round at a good half of their strength, "very" and
"slightly" strengthen and weaken them, and after a "but" they count more than before it (Taboada et al. (2011),
Computational Linguistics 37(2); Polanyi & Zaenen (2006)). English and German, written by us; of other languages nothing
is said. No irony, and nothing of what is good or bad only in a trade ("the pressure is low").
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from segmentary.models.voice.words import Word, plain, words_of

LANGUAGES = ("en", "de")
REACH = 3
"""Words between a "not" and what it turns round."""
TURNED = -0.7
BOOSTED, DAMPED, BEFORE_BUT = 1.4, 0.7, 0.5
FULL = 2.5
"""The sum of weights at which a text is at three quarters of what can be said."""
NEUTRAL = 0.15
"""To either side of zero: neither good nor bad."""
EMOJI: Mapping[str, float] = {
    **dict.fromkeys("😀😃😄😁😊🙂😍🥰😘👍🎉💯🤩😎🙏👏🥳💖💕✨😻🤗", 2.0),
    **dict.fromkeys("❤♥⭐🌟", 2.0),
    **dict.fromkeys("😠😡🤬😤👎💩🤮😢😭😞😔😩😫😒🙁☹😖😣😱💔🖕😾🙄", -2.0),
}
EMOJI_PLACE = re.compile("[" + "".join(EMOJI) + r"]|(?<![\w:]):-?[)(D](?!\w)")
FACES = {")": 2.0, "D": 2.0, "(": -2.0}


@dataclass(frozen=True, slots=True)
class Mood:
    """One word or phrase that says something of the mood. weight : after negation, strength and place."""

    word: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The mood of a text. value : -1 to 1; None: nobody can say (another language, or no words).

    moods : what says so, in order of the text. A value of 0 without any mood is a text that says nothing of one.
    """

    value: float | None
    moods: tuple[Mood, ...] = ()
    language: str | None = None

    @property
    def because(self) -> tuple[tuple[str, float], ...]:
        """The words that decided, with their weight, strongest first."""
        ranked = sorted(self.moods, key=lambda one: (-abs(one.weight), one.start))
        return tuple((one.word, round(one.weight, 3)) for one in ranked)

    @property
    def tone(self) -> str | None:
        """negative, neutral, positive; None: nobody can say."""
        if self.value is None:
            return None
        return "negative" if self.value < -NEUTRAL else "positive" if self.value > NEUTRAL else "neutral"


@dataclass(frozen=True)
class Lexicon:
    """What the words of one language say. phrases : by their first word, longest first."""

    words: Mapping[str, float]
    stems: Mapping[str, float]
    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], float]]]
    negators: frozenset[str]
    boosters: frozenset[str]
    dampers: frozenset[str]
    turns: frozenset[str]

    def weight(self, word: str) -> float:
        """Return what one word says; 0: nothing."""
        if word in self.words:
            return self.words[word]
        return next((self.stems[word[:n]] for n in range(len(word), 2, -1) if word[:n] in self.stems), 0.0)

    def at(self, told: Sequence[str], i: int) -> tuple[int, float]:
        """Return how many words from a place on say something together, and what."""
        for phrase, weight in self.phrases.get(told[i], ()):
            if tuple(told[i : i + len(phrase)]) == phrase:
                return len(phrase), weight
        return 1, self.weight(told[i])


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language."""
    import yaml

    told = yaml.safe_load(Path(__file__).with_name(f"lexicon_{language}.yaml").read_text(encoding="utf-8"))
    words, stems, phrases = dict[str, float](), dict[str, float](), dict[str, list[tuple[tuple[str, ...], float]]]()
    for sign, side in ((1.0, "positive"), (-1.0, "negative")):
        for strength, entries in told[side].items():
            for entry in entries_of(entries):
                parts = tuple(entry.replace("-", " ").split())
                if len(parts) > 1:
                    phrases.setdefault(parts[0], []).append((parts, sign * strength))
                elif entry.endswith("*"):
                    stems[entry[:-1]] = sign * strength
                else:
                    words[entry] = sign * strength
    ordered = {first: sorted(found, key=lambda one: -len(one[0])) for first, found in phrases.items()}
    sets = (frozenset(entries_of(told[name])) for name in ("negators", "boosters", "dampers", "turns"))
    return Lexicon(words, stems, ordered, *sets)


def entries_of(text: str) -> list[str]:
    """Return words and phrases in quotes; an apostrophe is part of a word."""
    reader = shlex.shlex(str(text), posix=True)
    reader.whitespace_split, reader.quotes, reader.commenters = True, '"', ""
    return list(reader)


def sentiment(text: str, language: str | None = None) -> Sentiment:
    """Return the mood of a text.

    language : ``en`` or ``de``; None: whichever lexicon knows more of its words. Of other languages nothing is said.
    """
    if language is not None and language not in LANGUAGES:
        return Sentiment(None, (), language)
    shown = plain(text)
    told, faces = words_of(shown), faces_of(shown)
    if not told and not faces:
        return Sentiment(None, (), language)
    if language is None:
        by_language = {one: moods_of(told, lexicon(one)) for one in LANGUAGES}
        language = max(LANGUAGES, key=lambda one: len(by_language[one]))
        moods = by_language[language]
        if not moods and not faces:
            return Sentiment(None)
    else:
        moods = moods_of(told, lexicon(language))
    moods = sorted([*moods, *faces], key=lambda one: one.start)
    return Sentiment(value_of(moods), tuple(moods), language)


def value_of(moods: Sequence[Mood]) -> float:
    """Return the mood of all words together: their sum, which long texts must not push to the end by length alone."""
    if not moods:
        return 0.0
    total = sum(one.weight for one in moods) / math.sqrt(max(1.0, len(moods) / 3))
    return round(math.tanh(total / FULL), 4)


def faces_of(shown: str) -> list[Mood]:
    """Return the emoji and faces of a text; the same many times over counts three times at most."""
    found: list[Mood] = []
    for match in EMOJI_PLACE.finditer(shown):
        if len(found) == 3:
            break
        weight = EMOJI.get(match[0]) or FACES[match[0][-1]]
        found.append(Mood(match[0], weight, match.start(), match.end()))
    return found


def moods_of(told: Sequence[Word], known: Lexicon) -> list[Mood]:
    """Return the words and phrases that say something of the mood, negation and strength counted in."""
    texts = [word.text for word in told]
    found: list[Mood] = []
    i, turned_at, since = 0, -1, 0
    while i < len(texts):
        if texts[i] in known.turns and not known.weight(texts[i]):
            if found:
                turned_at = len(found)
            i += 1
            continue
        length, weight = known.at(texts, i)
        if weight:
            weight *= context(texts[max(since, i - REACH) : i], known)
            last = told[i + length - 1]
            found.append(Mood(" ".join(texts[i : i + length]), weight, told[i].start, last.end))
        i += length
        # The "never" of "never arrived" has done its work there.
        since = i if weight and length > 1 else since
    if 0 < turned_at < len(found):
        halves = [one.weight * (BEFORE_BUT if place < turned_at else 1.0) for place, one in enumerate(found)]
        found = [Mood(o.word, w, o.start, o.end) for o, w in zip(found, halves, strict=True)]
    return found


def context(before: Sequence[str], known: Lexicon) -> float:
    """Return by how much the words before a word strengthen, weaken or turn it round."""
    factor, turned = 1.0, 0
    for word in reversed(before):
        if word in known.turns:
            break
        if word in known.negators:
            turned += 1
        elif word in known.boosters and factor == 1.0:
            factor = BOOSTED
        elif word in known.dampers and factor == 1.0:
            factor = DAMPED
    if turned % 2:
        # "Not very good" is no strong dislike: what is turned round is not strengthened too.
        return TURNED
    return factor
