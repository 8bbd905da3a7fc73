"""Code a text: language, sentiment, intent, topic, needs and pains, each with the words of the text that carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from segmentary.models.voice.codebook import Codebook, CodeKind, Hit
from segmentary.models.voice.intents import IntentGuess, IntentModel
from segmentary.models.voice.language import language_of
from segmentary.models.voice.sentiment import Sentiment, sentiment
from segmentary.models.voice.words import around, sentences, words

Says = Literal["intent", "topic", "need", "pain", "sentiment"]
"""What the labels of a trained model mean."""
BUILT_IN = "language and sentiment v1"
"""The version of what needs no training: it changes whenever a lexicon or a rule of theirs does."""
WHOLE = 1_200
"""Characters of a text that is one passage; longer ones are parted between sentences."""
PART = 800
MOST_PASSAGES = 25
TONES = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@dataclass(frozen=True, slots=True)
class Coded:
    """One passage with its codes.

    sentiment : -1 to 1; None: nobody can say, or another passage of the same words says it. quote : the words of the
    text that carry the codes, ``text[start:end]``. certainty : of the intent or label; 1 for codes of rules; None: no
    code. because : the words that decided, with their weight.
    """

    passage: int
    language: str | None
    sentiment: float | None
    intent: str | None
    topic: str | None
    need: str | None
    pain: str | None
    quote: str
    start: int
    end: int
    certainty: float | None
    because: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Coder:
    """What codes texts. version : what people read: names and versions of its parts.

    models : by what their labels mean. codebook : rules, which go before models of the same kind.
    """

    version: str
    models: Mapping[Says, IntentModel] = field(default_factory=dict)
    codebook: Codebook | None = None

    def code(self, text: str) -> list[Coded]:
        """Return the coded passages of a text: one for each, and one more for every further need, pain or topic."""
        found: list[Coded] = []
        for number, (start, end) in enumerate(passages(text)):
            found += self.passage(number, text, start, end)
        return found

    def passage(self, number: int, text: str, start: int, end: int) -> list[Coded]:
        """Return the codes of one passage."""
        said = text[start:end]
        language = language_of(said)
        mood = self.mood(said, language)
        hits = self.codebook.hits(said) if self.codebook is not None else []
        guesses = {
            kind: one for kind, model in self.models.items() if kind != "sentiment" and (one := model.predict(said))
        }
        main: dict[str, str] = {}
        certain, carrying, because = list[float](), list[tuple[int, int]](), list[tuple[str, float]]()
        more: list[Hit] = []
        for hit in hits:
            if hit.kind in main:
                more.append(hit)
                continue
            main[hit.kind] = hit.code
            certain.append(1.0)
            carrying.append((hit.start, hit.end))
            because.append((hit.said, 1.0))
        for kind, guess in guesses.items():
            if kind not in main and guess.sure:
                main[kind] = guess.intent
                certain.append(guess.certainty)
                carrying += place_of(said, guess)
                because += guess.because
        quote = self.quoted(said, carrying, mood)
        first = Coded(
            number, language, mood.value, main.get("intent"), main.get("topic"), main.get("need"), main.get("pain"),
            said[quote[0] : quote[1]], start + quote[0], start + quote[1], min(certain, default=None),
            tuple(because) or mood.because[:3],
        )  # fmt: skip
        return [first, *(self.further(number, said, start, language, hit) for hit in more)]

    def further(self, number: int, said: str, offset: int, language: str | None, hit: Hit) -> Coded:
        """Return a further code of a passage: its mood is told by the first."""
        own: dict[CodeKind, str] = {hit.kind: hit.code}
        start, end = around(said, hit.start, hit.end)
        return Coded(
            number, language, None, own.get("intent"), own.get("topic"), own.get("need"), own.get("pain"),
            said[start:end], offset + start, offset + end, 1.0, ((hit.said, 1.0),),
        )  # fmt: skip

    def mood(self, said: str, language: str | None) -> Sentiment:
        """Return the mood of a passage: by the trained model where there is one and it can say, else by the lexicon."""
        model = self.models.get("sentiment")
        if model is None:
            return sentiment(said, language)
        guess = model.predict(said)
        if guess.doubt in ("no_words", "unknown_words", "unknown_language"):
            return Sentiment(None, (), language)
        chances = model.chances([said])[0]
        value = sum(TONES.get(label, 0.0) * float(chance) for label, chance in zip(model.labels, chances, strict=True))
        return Sentiment(round(value, 4), (), language)

    def quoted(self, said: str, carrying: list[tuple[int, int]], mood: Sentiment) -> tuple[int, int]:
        """Return the sentence that carries the codes; without codes, that of the strongest mood; else the beginning."""
        if carrying:
            return around(said, *carrying[0])
        if mood.moods:
            strongest = max(mood.moods, key=lambda one: (abs(one.weight), -one.start))
            return around(said, strongest.start, strongest.end)
        first = sentences(said)
        return around(said, *first[0]) if first else (0, min(len(said), 240))


def place_of(said: str, guess: IntentGuess) -> list[tuple[int, int]]:
    """Return where the word that decided most stands."""
    if not guess.because:
        return []
    return [(word.start, word.end) for word in words(said) if word.text == guess.because[0][0]][:1]


def passages(text: str) -> list[tuple[int, int]]:
    """Return where the passages of a text begin and end: a short one is whole, a long one groups of sentences."""
    told = sentences(text)
    if not told:
        stripped = text[:PART].strip()
        return [(text.index(stripped), text.index(stripped) + len(stripped))] if stripped else []
    if told[-1][1] - told[0][0] <= WHOLE:
        return [(told[0][0], told[-1][1])]
    found = [cut(*told[0])]
    for start, end in told[1:]:
        if end - found[-1][0] <= PART:
            found[-1] = (found[-1][0], end)
        elif len(found) < MOST_PASSAGES:
            found.append(cut(start, end))
        else:
            break
    return found


def cut(start: int, end: int) -> tuple[int, int]:
    """Return a sentence that is not longer than a passage may be: what has no full stop is no sentence."""
    return start, min(end, start + WHOLE)
