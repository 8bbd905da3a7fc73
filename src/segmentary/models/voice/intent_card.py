"""How well an intent model does on texts it did not know, beside what plain rivals do on the same texts.

Figures with intervals: Wilson's of shares, the bootstrap's of F1. The rivals: always the most frequent label; and the
label whose mean text (centroid of the same features) is nearest.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.metrics import bootstrapped, calibration_bins, expected_calibration_error
from segmentary.models.voice.intents import IntentModel

Numbers = npt.NDArray[np.intp]
Chances = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was true and what was told of texts a model did not know.

    names : (n_labels,); y : (n,) what was true, -1 a label the model does not know; chances : (n, n_labels).
    rivals : the guesses of each plain rival, (n,). threshold : under which the model cannot say.
    """

    names: tuple[str, ...]
    y: Numbers
    chances: Chances
    rivals: Mapping[str, Numbers]
    threshold: float
    seed: int = 0


def figures(of: Judged) -> dict[str, Any]:
    """Return the figures as JSON values."""
    told, certain = of.chances.argmax(axis=1), of.chances.max(axis=1)
    right, sure = told == of.y, certain >= of.threshold
    bins = calibration_bins(right, certain)
    return {
        "texts": len(of.y),
        "labels": len(of.names),
        "macro_f1": shown(macro_f1_interval(of.y, told, len(of.names), of.seed)),
        "accuracy": shown(wilson(int(right.sum()), len(right))),
        "baselines": {
            name: {"macro_f1": digits(macro_f1(of.y, other, len(of.names))), "accuracy": digits((other == of.y).mean())}
            for name, other in of.rivals.items()
        },
        "threshold": digits(of.threshold),
        "sure": shown(wilson(int(sure.sum()), len(sure))),
        "right_when_sure": shown(wilson(int(right[sure].sum()), int(sure.sum()))),
        "calibration": [
            {"texts": one.people, "certainty": digits(one.predicted), "right": shown(one.actual)} for one in bins
        ],
        "calibration_error": digits(expected_calibration_error(bins)),
        "per_label": [of_label(of, told, k) for k in range(len(of.names))],
    }


def of_label(of: Judged, told: Numbers, k: int) -> dict[str, Any]:
    """Return the figures of one label, and for which other it is taken most often."""
    true, said = of.y == k, told == k
    hits = int((true & said).sum())
    wrong = np.bincount(told[true & ~said], minlength=len(of.names))
    both = int(true.sum()) + int(said.sum())
    return {
        "label": of.names[k],
        "texts": int(true.sum()),
        "precision": shown(wilson(hits, int(said.sum()))),
        "recall": shown(wilson(hits, int(true.sum()))),
        "f1": digits(2 * hits / both) if both else None,
        "taken_for": of.names[int(wrong.argmax())] if wrong.any() else "",
    }


def macro_f1(y: Numbers, told: Numbers, k: int, weight: npt.NDArray[np.float64] | None = None) -> float:
    """Return the mean F1 of labels that are there (in truth or told): 2 hits / (true + told)."""
    true = np.bincount(np.where(y < 0, k, y), weight, minlength=k + 1)[:k]
    said = np.bincount(told, weight, minlength=k)
    here = y == told
    hits = np.bincount(told[here], None if weight is None else weight[here], minlength=k)
    there = true + said > 0
    return float((2 * hits[there] / (true + said)[there]).mean()) if there.any() else math.nan


def macro_f1_interval(y: Numbers, told: Numbers, k: int, seed: int) -> Interval:
    """Return the macro F1 with its bootstrap interval over texts."""
    return bootstrapped(lambda weight, rows: macro_f1(y[rows], told[rows], k, weight), len(y), seed=seed)


def judged(
    model: IntentModel, texts: Sequence[str], labels: Sequence[str], *, known: Collection[str] = (), seed: int = 0
) -> dict[str, Any]:
    """Return how a model does on texts that were kept apart.

    known : what `segmentary.models.voice.intent_fitting.same` says of the texts it learnt from: texts that stand there
    too are left out and counted, since to repeat is no skill.
    """
    from segmentary.models.voice.intent_fitting import same

    apart = [(text, label) for text, label in zip(texts, labels, strict=True) if same(text) not in known]
    place = {name: i for i, name in enumerate(model.labels)}
    y = np.array([place.get(label, -1) for _, label in apart], dtype=np.intp)
    chances = model.chances([text for text, _ in apart])
    found = figures(Judged(model.labels, y, chances, {}, model.threshold, seed))
    return found | {"left_out": len(texts) - len(apart), "unknown_labels": int((y < 0).sum())}


def shown(one: Interval) -> dict[str, Any]:
    """Return an interval as JSON values."""
    return {"estimate": digits(one.estimate), "low": digits(one.low), "high": digits(one.high), "n": one.n}


def digits(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)
