"""What a turn wants: keywords first, then how near it is to the example phrases, or what a trained model says.

Nearness is the cosine of word and letter-triple weights (rare ones weigh more) between the turn and the nearest example
of each intent: right from the first example on, explained by the example it names, and zero for words nobody taught it.
With `ENOUGH` examples of every intent a linear model (`models.voice.intents`) is asked as well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from segmentary.activation.chat.words import says, tokens, words_in

if TYPE_CHECKING:
    from segmentary.activation.chat.bot import Bot, Intent
    from segmentary.models.voice.intents import IntentModel

ENOUGH = 15
"""Examples of every intent from which on a linear model knows more than the nearest example."""
UNKNOWN = 0.7
"""How much a word counts that no example has: it says that something else is meant, but not what."""
LETTERS = 0.35
"""How much a letter triple weighs beside a word."""
STOPWORDS = words_in(
    """a an the is are am was be i you it my your me we to of in on at for and or do does did can could would will
    please hi hello der die das ein eine ist sind ich du sie es mein meine zu von in auf für und oder bitte"""
)
How = Literal["nothing", "keyword", "examples", "model"]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a turn wants, as far as can be said.

    intent : empty: cannot say. score : 0 to 1. near : the next intent where two are too near to choose. because : the
    example, keyword or words that decided.
    """

    intent: str = ""
    score: float = 0.0
    near: str = ""
    because: str = ""
    how: How = "nothing"


@dataclass(slots=True)
class Listener:
    """Tells intents of one bot: its examples as weighted vectors, and a trained model where there is one."""

    bot: Bot
    model: IntentModel | None = None
    weights: dict[str, float] = field(default_factory=dict)
    examples: list[tuple[str, str, dict[str, float]]] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Weigh the examples."""
        texts = [(one.name, text) for one in self.bot.intents.values() for text in one.examples]
        seen: Counter[str] = Counter()
        bags = []
        for name, text in texts:
            bag = features(text)
            bags.append((name, text, bag))
            seen.update(bag.keys())
        self.weights = {word: 1 + math.log((1 + len(texts)) / (1 + n)) for word, n in seen.items()}
        for place, (name, text, bag) in enumerate(bags):
            self.examples.append((name, text, self.vector(bag)))
            for word in bag:
                self.places.setdefault(word, []).append(place)

    def vector(self, bag: Mapping[str, float]) -> dict[str, float]:
        """Return the weights of a text's features, of length one; unknown words count as rare ones."""
        found = {word: n * self.weights.get(word, UNKNOWN) for word, n in bag.items()}
        length = math.sqrt(sum(one * one for one in found.values())) or 1.0
        return {word: one / length for word, one in found.items()}

    def meant(self, text: str) -> Meant:
        """Return what a turn wants."""
        for intent in self.bot.intents.values():
            if word := says(text, intent.keywords):
                return Meant(intent.name, 1.0, "", word, "keyword")
        found = self.nearest(text)
        if self.model is None or found.score > 0.97:
            return found
        return self.by_model(text, self.model)

    def nearest(self, text: str) -> Meant:
        """Return the intent of the nearest example, and the next intent where it is nearly as near."""
        bag = features(text)
        here = self.vector(bag)
        dots: dict[int, float] = {}
        for word, weight in here.items():
            for place in self.places.get(word, ()):
                dots[place] = dots.get(place, 0.0) + weight * self.examples[place][2][word]
        best: dict[str, tuple[float, str]] = {}
        for place, dot in dots.items():
            name, example, _ = self.examples[place]
            if dot > best.get(name, (0.0, ""))[0]:
                best[name] = (dot, example)
        ranked = sorted(((score, name, why) for name, (score, why) in best.items()), key=lambda o: (-o[0], o[1]))
        return self.decided(ranked, "examples")

    def by_model(self, text: str, model: IntentModel) -> Meant:
        """Return what the trained model says; where it cannot say, neither can we."""
        guess = model.predict(text)
        why = ", ".join(word for word, _ in guess.because)
        if guess.intent not in self.bot.intents or guess.doubt in ("no_words", "unknown_words", "unknown_language"):
            return Meant("", guess.certainty, "", guess.doubt or "nothing is said to that", "model")
        if not guess.sure:
            near = (
                guess.runner_up
                if guess.certainty >= model.threshold / 2 and guess.runner_up in self.bot.intents
                else ""
            )
            return Meant(guess.intent if near else "", guess.certainty, near, why, "model")
        return Meant(guess.intent, guess.certainty, "", why, "model")

    def decided(self, ranked: Sequence[tuple[float, str, str]], how: How) -> Meant:
        """Choose among intents by threshold and margin."""
        if not ranked or ranked[0][0] < self.bot.threshold:
            best = ranked[0] if ranked else (0.0, "", "")
            return Meant("", round(best[0], 4), "", best[2], how)
        first = ranked[0]
        near = ""
        if len(ranked) > 1 and first[0] - ranked[1][0] < self.bot.margin and first[0] < 0.97:
            near = ranked[1][1]
        return Meant(first[1], round(first[0], 4), near, first[2], how)


def features(text: str) -> dict[str, float]:
    """Return the words of a text (endings cut a little by their letter triples) with how much each counts."""
    found: dict[str, float] = {}
    for word in tokens(text):
        weight = 0.25 if word in STOPWORDS else 1.0
        found[word] = max(found.get(word, 0.0), weight)
        if word in STOPWORDS or len(word) < 4:
            continue
        padded = f"^{word}$"
        for i in range(len(padded) - 2):
            found[padded[i : i + 3]] = LETTERS
    return found


def trainable(intents: Mapping[str, Intent]) -> bool:
    """Say whether there are enough examples of every intent for a model."""
    with_examples = [one for one in intents.values() if one.examples]
    return len(with_examples) > 1 and all(len(one.examples) >= ENOUGH for one in with_examples)


def trained(bot: Bot, seed: int = 0) -> dict[str, Any] | None:
    """Return the document of a model of the bot's own examples; None where there are too few."""
    if not trainable(bot.intents):
        return None
    from segmentary.models.voice.intents import IntentModel

    pairs = [(text, one.name) for one in bot.intents.values() for text in one.examples]
    return IntentModel.fit([text for text, _ in pairs], [name for _, name in pairs], seed).to_document()
