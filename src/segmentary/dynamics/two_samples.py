"""Can a model tell people of now from people of then? The classifier two-sample test.

Two models, a logistic regression and boosted trees, learn on most of a sample to tell the two moments apart and are
tried on the rest (five folds). An area under the curve of one half means: they cannot, the population is the same, in
all traits together. The interval is DeLong's over the people tried. A person stands in one of the two samples only, so
that nobody is recognised.

References: Lopez-Paz & Oquab (2017), ICLR, "Revisiting classifier two-sample tests"; DeLong, DeLong & Clarke-Pearson
(1988), Biometrics 44(3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError
from segmentary.models.intervals import Interval
from segmentary.models.predict.card import plain
from segmentary.models.predict.formula import Formula
from segmentary.models.predict.learners import fit_boosting, fit_logistic
from segmentary.models.predict.metrics import auc, middle_ranks
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import TypedTable

Floats = npt.NDArray[np.float64]
FOLDS = 5
FEWEST = 100
"""People of each moment below which nothing is learnt."""
LEAST_GAIN = 0.005
MOST_TELLERS = 8


@dataclass(frozen=True, slots=True)
class Teller:
    """A trait that tells now from then. gain : area under the curve lost when its values are shuffled."""

    name: str
    title: str
    gain: float
    direction: str


@dataclass(frozen=True, slots=True)
class TwoSamples:
    """Whether now can be told from then.

    auc : of the better model (by name), out of fold, with its interval. p : of the test that it is one half. tellers :
    the traits it goes by, the strongest first.
    """

    auc: Interval
    model: str
    p: float
    people: tuple[int, int]
    tellers: tuple[Teller, ...]
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return dict(plain({
            "auc": self.auc.estimate,
            "auc_low": self.auc.low,
            "auc_high": self.auc.high,
            "model": self.model,
            "p": self.p,
            "people_then": self.people[0],
            "people_now": self.people[1],
            "tellers": [{"trait": one.name, "gain": one.gain, "direction": one.direction} for one in self.tellers],
            "sentence": self.sentence,
        }))  # fmt: skip


def no_difference(scores: Floats, labels: npt.NDArray[np.bool_]) -> float:
    """Return the p-value of an area of one half (Mann & Whitney 1947, two-sided)."""
    m, n = int(labels.sum()), int((~labels).sum())
    area = auc(labels.astype(float), scores).estimate
    return math.erfc(abs(area - 0.5) / math.sqrt((m + n + 1) / (12 * m * n)) / math.sqrt(2))


def two_samples(
    table: TypedTable, is_now: npt.NDArray[np.bool_], *, seed: int = 0, tell: Tell = quiet
) -> TwoSamples | None:
    """Learn to tell two samples apart; None where one is too small or there is no trait.

    table : people of both moments, nobody twice. is_now : (n,) who is of the later one.
    """
    people = (int((~is_now).sum()), int(is_now.sum()))
    if min(people) < FEWEST or not table.columns:
        return None
    fold = folds_of(is_now, seed)
    chance = np.random.default_rng(seed)
    scored: dict[str, Floats] = {}
    gains = np.zeros(len(table.columns))
    for number, (name, fit) in enumerate(FITS.items()):
        out = np.zeros(len(table))
        for at in range(FOLDS):
            tell("telling now from then", (number * FOLDS + at) / (len(FITS) * FOLDS))
            inside, outside = np.flatnonzero(fold != at), np.flatnonzero(fold == at)
            try:
                formula = fit(rows_of(table, inside), is_now[inside].astype(float), seed)
            except NoAnswerError:
                out[outside] = 0.5
                continue
            tried = rows_of(table, outside)
            # Scores of different folds are on different scales: each fold is ranked by itself.
            out[outside] = middle_ranks(formula.predict(tried)) / (len(outside) + 1)
            if name == "boosted trees":
                gains += shuffled_gains(formula, tried, is_now[outside], chance) / FOLDS
        scored[name] = out
    results = {name: (auc(is_now.astype(float), one), no_difference(one, is_now)) for name, one in scored.items()}
    best = max(results, key=lambda name: results[name][0].estimate)
    area, p = results[best]
    # The better of two was taken; that a model tells worse than a coin is no difference.
    p = min(1.0, len(FITS) * p) if area.estimate > 0.5 else 1.0
    order = [int(i) for i in np.argsort(-gains) if gains[i] > LEAST_GAIN]
    tellers = tuple(
        Teller(table.columns[i].name, table.columns[i].label, float(gains[i]), direction_of(table, i, is_now))
        for i in order[:MOST_TELLERS]
    )
    return TwoSamples(area, best, p, people, tellers, sentence_of(area, p, tellers))


def logistic(table: TypedTable, y: Floats, seed: int) -> Formula:
    return fit_logistic(table, y, penalty=1.0, seed=seed)


def boosting(table: TypedTable, y: Floats, seed: int) -> Formula:
    return fit_boosting(table, y, seed=seed)


FITS: Mapping[str, Callable[[TypedTable, Floats, int], Formula]] = {
    "logistic regression": logistic,
    "boosted trees": boosting,
}


def folds_of(is_now: npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.int64]:
    """Return a fold for everybody, each with its share of both samples."""
    chance = np.random.default_rng(seed)
    fold = np.zeros(len(is_now), dtype=np.int64)
    for side in (True, False):
        here = np.flatnonzero(is_now == side)
        fold[chance.permutation(here)] = np.arange(len(here)) % FOLDS
    return fold


def rows_of(table: TypedTable, rows: npt.NDArray[np.int64]) -> TypedTable:
    """Return some rows of a table."""
    return TypedTable(table.columns, table.values[rows])


def shuffled_gains(
    formula: Formula, table: TypedTable, is_now: npt.NDArray[np.bool_], chance: np.random.Generator
) -> Floats:
    """Return how much of the area under the curve each column carries: what is lost when it is shuffled."""
    y = is_now.astype(float)
    whole = auc(y, formula.predict(table)).estimate
    gains = np.zeros(len(table.columns))
    for j in range(len(gains)):
        values = table.values.copy()
        values[:, j] = chance.permutation(values[:, j])
        gains[j] = whole - auc(y, formula.predict(TypedTable(table.columns, values))).estimate
    return gains


def direction_of(table: TypedTable, place: int, is_now: npt.NDArray[np.bool_]) -> str:
    """Say which way a trait went."""
    x = table.values[:, place]
    one, two = x[~is_now & ~np.isnan(x)], x[is_now & ~np.isnan(x)]
    if table.columns[place].kind == "nominal" or not len(one) or not len(two):
        return "different"
    a, b = float(np.median(one)), float(np.median(two))
    if a == b:
        a, b = float(one.mean()), float(two.mean())
    return "higher now" if b > a else "lower now" if b < a else "different"


def sentence_of(auc: Interval, p: float, tellers: Sequence[Teller]) -> str:
    """Return what the test says."""
    figure = f"area under the curve {auc.estimate:.2f}, {auc.low:.2f} to {auc.high:.2f}; one half is none"
    if p > 0.05:
        return f"Taking all traits together, a model cannot tell people of now from people of then ({figure})."
    how = "well" if auc.estimate >= 0.75 else "somewhat" if auc.estimate >= 0.6 else "barely"
    names = ", ".join(f"{one.title} ({one.direction})" for one in tellers[:3])
    goes = f"; it goes by {names}" if names else ""
    return f"Taking all traits together, a model can {how} tell people of now from people of then ({figure}){goes}."
