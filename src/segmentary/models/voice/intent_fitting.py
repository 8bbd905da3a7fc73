"""Fitting of intent models: weights, the slope of certainties, the threshold under which nobody can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding
from segmentary.models.voice.features import Floats, Vocabulary
from segmentary.models.voice.intent_card import Judged, figures
from segmentary.models.voice.intents import IntentModel, softmax, stepped
from segmentary.models.voice.language import language_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PENALTY = 0.5
"""C of the support vector machines; .25 to 2 do alike on the 77 intents of a bank."""
FOLDS = 4
FEWEST = 2
SPOKEN = 0.02
"""A language of fewer of the texts than this is not one the model knows."""
ASKED = 2_000
"""Texts whose language is looked at."""
Numbers = npt.NDArray[np.intp]


def fitted(
    texts: Sequence[str], labels: Sequence[str], *, seed: int = 0, wanted: float = 0.9, tell: Tell = quiet
) -> IntentModel:
    """Fit a model and judge it on texts left out, `FOLDS` times; texts said twice stand in one fold."""
    texts, labels, findings = learnable(texts, labels)
    names = tuple(sorted(set(labels)))
    place = {name: i for i, name in enumerate(names)}
    y = np.array([place[label] for label in labels], dtype=np.intp)
    folds = folds_of(texts, y, seed)
    out = np.zeros((len(texts), len(names)))
    rivals = {name: np.zeros(len(texts), dtype=np.intp) for name in ("majority", "nearest_centroid")}
    for fold in range(FOLDS):
        tell("judging it on texts left out", fold / (FOLDS + 1))
        held, known = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if len(held):
            model, x = one_model([texts[i] for i in known], y[known], names, seed)
            asked = model.vocabulary.matrix([texts[i] for i in held])
            out[held] = asked @ model.weights.T + model.offsets
            rivals["majority"][held] = int(np.bincount(y[known]).argmax())
            rivals["nearest_centroid"][held] = nearest(x, y[known], asked, len(names))
    within(tell, FOLDS / (FOLDS + 1), 1.0)("fitting it on all texts", 0.0)
    slope = slope_of(out, y)
    chances = softmax(out * slope)
    right, certain = chances.argmax(axis=1) == y, chances.max(axis=1)
    model, _ = one_model(texts, y, names, seed)
    threshold = round(threshold_of(certain, right, wanted), 6)
    told = figures(Judged(names, y, chances, rivals, threshold, seed))
    card = told | {"findings": [one.to_document() for one in findings], "folds": FOLDS, "seed": seed}
    return IntentModel(
        names, model.vocabulary, model.weights, model.offsets, slope, threshold, languages_of(texts, seed), card
    )


def learnable(texts: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[str], list[Finding]]:
    """Return the texts that can be learnt from, and what was noticed."""
    if len(texts) != len(labels):
        raise DataError(f"{len(texts):,} texts and {len(labels):,} labels do not fit")
    findings = []
    told = [(text, str(label).strip()) for text, label in zip(texts, labels, strict=True) if text and text.strip()]
    told = [(text, label) for text, label in told if label]
    if len(told) < len(texts):
        message = f"{len(texts) - len(told):,} of {len(texts):,} rows have no text or no label; they are left out"
        findings.append(Finding("empty", "note", message))
    kinds = {label: len({text for text, own in told if own == label}) for label in {label for _, label in told}}
    few = sorted(label for label, n in kinds.items() if n < FEWEST)
    if few:
        message = f"{len(few):,} labels have a single text and cannot be learnt: {', '.join(few[:5])}"
        findings.append(Finding("too_few_texts", "warning", message, hint="label more texts, or join labels"))
        told = [one for one in told if one[1] not in few]
    rare = sorted(label for label, n in kinds.items() if FEWEST <= n < 10)
    if rare:
        message = f"{len(rare):,} labels have fewer than 10 texts: {', '.join(rare[:5])}; their figures say little"
        findings.append(Finding("few_texts", "warning", message, hint="label more texts"))
    if len({label for _, label in told}) < 2:
        raise NoAnswerError(
            "there are not two labels to tell apart", hint="each needs two different texts at least, better fifty"
        )
    findings += doubles(told)
    return [text for text, _ in told], [label for _, label in told], findings


def doubles(told: Sequence[tuple[str, str]]) -> list[Finding]:
    """Say which texts stand there twice, and which of them with two labels."""
    by_text: dict[str, set[str]] = {}
    for text, label in told:
        by_text.setdefault(same(text), set()).add(label)
    found = []
    if len(by_text) < len(told):
        message = (
            f"{len(told) - len(by_text):,} of {len(told):,} texts say what another says; such texts are judged together"
        )
        found.append(Finding("doubles", "note", message))
    torn = [text for text, own in by_text.items() if len(own) > 1]
    if torn:
        message = f"{len(torn):,} texts have two labels or more: nobody can get all of them right"
        found.append(Finding("contradictions", "warning", message, hint="settle which label is meant"))
    return found


def same(text: str) -> str:
    """Return what texts that say the same have in common."""
    return " ".join(text.lower().split())


def folds_of(texts: Sequence[str], y: Numbers, seed: int) -> Numbers:
    """Return the fold of each text: labels spread evenly, texts that say the same together."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(texts))
    place: dict[str, int] = {}
    seen: Counter[int] = Counter()
    folds = np.zeros(len(texts), dtype=np.intp)
    for i in order:
        key = same(texts[i])
        if key not in place:
            place[key] = seen[int(y[i])] % FOLDS
            seen[int(y[i])] += 1
        folds[i] = place[key]
    return folds


def one_model(texts: Sequence[str], y: Numbers, names: tuple[str, ...], seed: int) -> tuple[IntentModel, csr_matrix]:
    """Fit one model, weights rounded as they are kept, and return it with the features of its texts.

    Labels without a text here are never told.
    """
    vocabulary = Vocabulary.fit(texts)
    x = vocabulary.matrix(texts)
    weights = np.zeros((len(names), len(vocabulary)), dtype=np.float32)
    offsets = np.full(len(names), -10.0, dtype=np.float32)
    present = np.unique(y)
    if len(present) > 1 and len(vocabulary):
        found, off = machines(x, y, seed)
        weights[present], offsets[present] = found, off
    else:
        offsets[present] = 0.0
    steps, scales = stepped(weights)
    kept = steps.astype(np.float32) * scales[:, None]
    return IntentModel(names, vocabulary, kept, offsets.round(6), 1.0, 0.0), x


def nearest(x: csr_matrix, y: Numbers, asked: csr_matrix, k: int) -> Numbers:
    """Return the label whose mean text points most nearly where each text asked for does."""
    from scipy.sparse import csr_matrix as sparse

    belongs = sparse((np.ones(len(y), np.float32), (y, np.arange(len(y)))), shape=(k, len(y)))
    centres = np.asarray((belongs @ x).todense(), dtype=np.float32)
    length = np.sqrt((centres * centres).sum(axis=1, keepdims=True))
    found: Numbers = np.asarray(asked @ (centres / np.where(length > 0, length, 1.0)).T).argmax(axis=1)
    return found


def machines(x: object, y: Numbers, seed: int) -> tuple[Floats, Floats]:
    """Return weights and offsets of each label there is against all others."""
    from sklearn.svm import LinearSVC

    fit = LinearSVC(C=PENALTY, dual=True, random_state=seed, max_iter=2_000, tol=1e-3).fit(x, y)
    weights, offsets = fit.coef_.astype(np.float32), fit.intercept_.astype(np.float32)
    if len(weights) == 1:
        return np.vstack([-weights, weights]), np.array([-offsets[0], offsets[0]], dtype=np.float32)
    return weights, offsets


def slope_of(scores: npt.NDArray[np.float64], y: Numbers) -> float:
    """Return the slope of the softmax under which what was true is likeliest (golden section on its logarithm).

    Truth counts for a little less than sure, as one wrong of as many more would make it (Platt (1999)): texts that are
    all told apart do not make a model certain without end.
    """
    doubt = 1 / (len(y) + 2)

    def loss(log_slope: float) -> float:
        chances = softmax(scores * np.exp(log_slope))
        told = np.log(np.clip(chances, 1e-300, 1))
        return float(-((1 - doubt) * told[np.arange(len(y)), y] + doubt * told.mean(axis=1)).mean())

    low, high, ratio = -2.0, 4.0, (5**0.5 - 1) / 2
    for _ in range(40):
        one, other = high - ratio * (high - low), low + ratio * (high - low)
        if loss(one) <= loss(other):
            high = other
        else:
            low = one
    return round(float(np.exp((low + high) / 2)), 6)


def threshold_of(certain: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], wanted: float) -> float:
    """Return the lowest certainty from which on so many guesses are right and at least half of the next ones above it.

    1 where nothing reaches it: then the model is never sure.
    """
    order = np.argsort(-certain, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(share >= wanted)
    if not len(fine):
        return 1.0
    lowest = float(certain[order[fine[-1]]]) if fine[-1] < len(order) - 1 else 0.0
    # Even where nearly all is right, a coin's toss is nothing to act on.
    return max(lowest, 0.5)


def languages_of(texts: Sequence[str], seed: int) -> tuple[str, ...]:
    """Return the languages of which there are enough texts to have learnt something."""
    some = np.random.default_rng(seed).permutation(len(texts))[:ASKED]
    told = Counter(code for i in some if (code := language_of(texts[i])) is not None)
    total = sum(told.values())
    return tuple(sorted(code for code, n in told.items() if n >= max(2, SPOKEN * total))) if total else ()
