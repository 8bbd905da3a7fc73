"""How the chance models of this room are fitted: two learners, recalibrated by predictions for people left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.predict.calibration import Calibration, calibrated
from segmentary.models.predict.chances import mean_of
from segmentary.models.predict.features import FeatureTable
from segmentary.models.predict.formula import Formula
from segmentary.models.predict.importance import giving_away
from segmentary.models.predict.learners import fit_boosting, fit_logistic
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.typed_table import Floats, TypedTable

FEWEST = 50
MOST_ROWS = 100_000
FOLDS = 3


@dataclass(frozen=True)
class Tried:
    """Formulas, how to recalibrate their mean, and (n,) what models that did not know a person say of them."""

    parts: Mapping[str, Formula]
    calibration: Calibration
    apart: Floats

    def probability(self, table: TypedTable) -> Floats:
        """Return the recalibrated chance of each person; (n,)."""
        return self.calibration.apply(mean_of(self.parts, table))


def fitted(
    table: TypedTable,
    y: Floats,
    way: Literal["platt", "isotonic"],
    seed: int,
    tell: Tell,
    *,
    penalty: float | Literal["auto"] = "auto",
) -> Tried:
    """Return the formulas of everybody, recalibrated by predictions for people each was not fitted on.

    penalty : of the terms; of people who are nearly the same one was chosen for already.
    """
    parts = parts_of(table, y, seed, penalty, within(tell, 0.0, 0.4))
    simple = parts["terms"].penalty
    apart = np.empty(len(y))
    fold = folds_of(table, y, seed)
    for k in range(FOLDS):
        tell("fitting on a part, predicting the rest", 0.4 + 0.6 * k / FOLDS)
        train = fold != k
        apart[~train] = mean_of(parts_of(table.take(train), y[train], seed, simple, quiet), table.take(~train))
    correction = calibrated(y, apart, way=way)
    return Tried(parts, correction, correction.apply(apart))


def parts_of(
    table: TypedTable, y: Floats, seed: int, penalty: float | Literal["auto"], tell: Tell
) -> dict[str, Formula]:
    """Return the two formulas of one table."""
    terms = fit_logistic(table, y, penalty=penalty, seed=seed, tell=within(tell, 0.0, 0.6))
    tell("growing trees", 0.6)
    return {"terms": terms, "trees": fit_boosting(table, y, seed=seed)}


def folds_of(table: TypedTable, y: Floats, seed: int) -> npt.NDArray[np.intp]:
    """Return the fold of each row: a person is in one fold at all moments; folds hold like shares of events."""
    who = np.arange(len(y))
    if table.ids:
        _, who = np.unique(np.asarray(table.ids), return_inverse=True)
    events = np.bincount(who, y) > 0
    chance = np.random.default_rng(seed).random(len(events))
    fold = np.empty(len(events), dtype=np.intp)
    fold[np.lexsort((chance, events))] = np.arange(len(events)) % FOLDS
    found: npt.NDArray[np.intp] = fold[who]
    return found


def check(tables: Sequence[FeatureTable], happened: Sequence[Floats]) -> None:
    """Refuse tables and outcomes that do not fit each other."""
    if not tables or len(tables) != len(happened):
        raise DataError(f"{len(tables)} tables and {len(happened)} outcomes do not fit")
    for one, y in zip(tables, happened, strict=True):
        if y.shape != (len(one),):
            raise DataError(f"{len(one):,} people and outcomes of shape {y.shape} do not fit")
        if not np.isin(y, (0.0, 1.0)).all():
            raise DataError("outcomes must be 0 or 1")
    if any(late.as_of <= early.as_of for early, late in pairwise(tables)):
        raise DataError("the moments of the tables do not rise", hint="give them from the oldest to the newest")


def enough(y: Floats, target: str) -> None:
    """Refuse too few events, or too few without."""
    n, k = len(y), int(y.sum())
    if min(k, n - k) < FEWEST:
        said = f"{target}: so it was for {k:,} of {n:,} people in the time to learn from"
        what = "too few" if k < FEWEST else "nearly all"
        raise NoAnswerError(
            f"{said}, {what} to tell apart who does and who does not",
            hint=f"at least {FEWEST} of each are needed: a longer horizon, more moments, or a wider outcome",
        )


def leaks(table: TypedTable, y: Floats) -> None:
    """Refuse columns that alone tell the outcome."""
    names = giving_away(table, y)
    if names:
        raise NoAnswerError(
            f"{', '.join(names)} gives the outcome away: alone it tells who did and who did not, almost without error",
            hint="it is the outcome by another name, or became known only afterwards: leave it out",
        )


def thinned(n: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the places of at most `MOST_ROWS` of n rows, by chance, rising."""
    if n <= MOST_ROWS:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).permutation(n)[:MOST_ROWS])
