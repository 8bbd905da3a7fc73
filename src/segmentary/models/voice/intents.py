"""What somebody wants: a linear model of words, that says which words decided, and when it cannot say.

::

    model = IntentModel.fit(texts, labels, seed=0)
    guess = model.predict("my card has not arrived")
    guess.intent, guess.certainty, guess.because      # "card_arrival", 0.97, (("arrived", 0.61), ...)

One linear support vector machine per label against all others (squared hinge; Cortes & Vapnik (1995); Fan et al.
(2008), LIBLINEAR). Certainties are the softmax of the scores times one slope, chosen on texts the models did not know
(Guo et al. (2017), temperature scaling). The same serves any label a text may have: intents, topics, stars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models.progress import Tell, quiet
from segmentary.models.voice.features import Floats, Vocabulary, packed, said, unpacked
from segmentary.models.voice.language import language_of

STEPS = 127
"""Weights are kept in so many steps to either side of zero."""
FEWEST_KNOWN = 0.34
"""With fewer of its words known to the model, nobody can say what a text wants."""
ENOUGH_KNOWN = 0.7
"""With so many of them known it does not matter which language they seem to be in."""
MOST_REASONS = 5
Doubt = Literal["", "no_words", "unknown_words", "unknown_language", "uncertain"]


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """What a text wants, as far as the model can say.

    intent : the likeliest label, told even when not sure. certainty : 0 to 1, calibrated on texts it did not
    know. runner_up : the next label. because : the words that speak for the intent against the mean of all others, with
    their weight, strongest first. sure : whether to act on it; doubt : why not.
    """

    intent: str
    certainty: float
    runner_up: str
    because: tuple[tuple[str, float], ...]
    sure: bool
    doubt: Doubt = ""


@dataclass(frozen=True)
class IntentModel:
    """A fitted model. weights : (n_labels, n_features); offsets : (n_labels,); slope : of the softmax.

    threshold : the certainty under which it cannot say. languages : of the texts it learnt from (empty: unknown).
    card : how well it does, as JSON values (`segmentary.models.voice.intent_card`).
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    offsets: Floats
    slope: float
    threshold: float
    languages: tuple[str, ...] = ()
    card: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], seed: int = 0, *, wanted: float = 0.9, tell: Tell = quiet
    ) -> IntentModel:
        """Learn labels from texts.

        wanted : of the guesses it is sure of, so many should be right (judged on texts left out); with it the threshold
        is chosen.

        Raises
        ------
        NoAnswerError
            when there are not at least two labels with two different texts each.
        """
        from segmentary.models.voice.intent_fitting import fitted

        return fitted(texts, labels, seed=seed, wanted=wanted, tell=tell)

    def scores(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the score of every label, (n_texts, n_labels)."""
        found: npt.NDArray[np.float64] = np.asarray(
            self.vocabulary.matrix(texts) @ self.weights.T + self.offsets, dtype=np.float64
        )
        return found

    def chances(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the certainty of every label, (n_texts, n_labels)."""
        return softmax(self.scores(texts) * self.slope)

    def predict(self, text: str) -> IntentGuess:
        """Say what one text wants."""
        told = said(text)
        row = self.vocabulary.row(told)
        scores = self.offsets.astype(np.float64)
        if row:
            places = np.fromiter(row, np.intp, len(row))
            scores = scores + self.weights[:, places] @ np.fromiter(row.values(), np.float64, len(row))
        return self.guess(text, told, row, softmax(scores[None, :] * self.slope)[0])

    def predict_many(self, texts: Sequence[str], *, tell: Tell = quiet) -> list[IntentGuess]:
        """Say what each text wants."""
        found: list[IntentGuess] = []
        for start in range(0, len(texts), 1_000):
            tell("what they want", start / len(texts))
            part = texts[start : start + 1_000]
            told = [said(text) for text in part]
            rows = [self.vocabulary.row(one) for one in told]
            chances = softmax((self.vocabulary.stacked(rows) @ self.weights.T + self.offsets) * self.slope)
            found += [self.guess(*one) for one in zip(part, told, rows, chances, strict=True)]
        return found

    def guess(
        self, text: str, told: Sequence[str], row: Mapping[int, float], chances: npt.NDArray[np.float64]
    ) -> IntentGuess:
        """Return the guess of one text of known features and certainties."""
        first, second = (int(one) for one in np.argsort(-chances, kind="stable")[:2])
        doubt = self.doubt(text, told, float(chances[first]))
        if doubt in ("no_words", "unknown_words"):
            return IntentGuess(self.labels[first], 0.0, self.labels[second], (), False, doubt)
        places = list(row)
        weights = self.weights[:, places]
        # Against the mean of all others: against the runner-up alone, what both share would seem to say nothing.
        above = (weights[first] - weights.mean(axis=0)) * len(self.labels) / (len(self.labels) - 1)
        added = self.vocabulary.by_word(told, row, dict(zip(places, above.tolist(), strict=True)))
        strongest = sorted(added.items(), key=lambda one: (-one[1], one[0]))[:MOST_REASONS]
        because = tuple((word, round(weight, 3)) for word, weight in strongest if weight > 0)
        return IntentGuess(self.labels[first], float(chances[first]), self.labels[second], because, not doubt, doubt)

    def doubt(self, text: str, told: Sequence[str], certainty: float) -> Doubt:
        """Say why nobody should act on a guess; empty: nothing speaks against it."""
        if not told:
            return "no_words"
        known = self.vocabulary.known_share(told)
        if known < FEWEST_KNOWN:
            return "unknown_words"
        if known < ENOUGH_KNOWN and self.languages and (language_of(text) or self.languages[0]) not in self.languages:
            return "unknown_language"
        return "uncertain" if certainty < self.threshold else ""

    def with_card(self, card: dict[str, Any]) -> IntentModel:
        """Return the model with another card."""
        return replace(self, card=card)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values: weights in 255 steps, packed; texts are not kept."""
        steps, scales = stepped(self.weights)
        return {
            "labels": list(self.labels),
            "vocabulary": self.vocabulary.to_document(),
            "weights": packed(steps.tobytes()),
            "scales": packed(scales.astype("<f4").tobytes()),
            "offsets": [round(float(one), 6) for one in self.offsets],
            "slope": round(self.slope, 6),
            "threshold": round(self.threshold, 6),
            "languages": list(self.languages),
            "card": self.card,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> IntentModel:
        """Return the model a document describes.

        Raises
        ------
        DataError
            when it describes something else, such as a codebook.
        """
        if not {"labels", "vocabulary", "weights"} <= set(document):
            raise DataError("this is no model of intents", hint="segmentary voices list says which are")
        vocabulary = Vocabulary.from_document(document["vocabulary"])
        shape = (len(document["labels"]), len(vocabulary))
        steps = np.frombuffer(unpacked(document["weights"]), np.int8).reshape(shape)
        scales = np.frombuffer(unpacked(document["scales"]), "<f4")
        return cls(
            tuple(document["labels"]),
            vocabulary,
            steps.astype(np.float32) * scales[:, None],
            np.asarray(document["offsets"], dtype=np.float32),
            float(document["slope"]),
            float(document["threshold"]),
            tuple(document["languages"]),
            document["card"],
        )


def stepped(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return weights in `STEPS` steps to either side of zero, and how large a step of each label is."""
    largest = np.abs(weights).max(axis=1) if weights.size else np.zeros(len(weights), np.float32)
    scales = (np.where(largest > 0, largest, 1.0) / STEPS).astype(np.float32)
    return np.rint(weights / scales[:, None]).astype(np.int8), scales


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return chances that sum to 1 in each row."""
    found: npt.NDArray[np.float64] = np.exp(scores - scores.max(axis=1, keepdims=True))
    found /= found.sum(axis=1, keepdims=True)
    return found
