"""Which way tells best who leaves, on people it was not fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError, UsageError
from segmentary.models.predict.calibration import Calibration
from segmentary.models.predict.calibration import calibrated as platt
from segmentary.models.predict.contractual_trials import Trials
from segmentary.models.predict.contractual_ways import TITLES, Way, chance_of, fit_way, logistic_part
from segmentary.models.predict.formula import log_odds
from segmentary.models.progress import Tell
from segmentary.models.table.typed_table import Floats

NEEDED = 9.21
"""Chi-square of two degrees (p .01) beyond which chances are recalibrated."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One way: (t,) chances of trials by fits without their people, calibrated likewise; the calibration of all."""

    way: Way
    chance: Floats
    calibration: Calibration


def fold_of(trials: Trials, folds: int, seed: int) -> npt.NDArray[np.intp]:
    """Return (n,) the fold of each person: equally many who left in each."""
    if not 2 <= folds <= 50:
        raise UsageError(f"folds={folds} is no number of folds", hint="from 2 to 50")
    order = np.random.default_rng(seed).permutation(trials.people)
    order = order[np.argsort(trials.gone[order], kind="stable")]
    fold = np.empty(trials.people, dtype=np.intp)
    fold[order] = np.arange(trials.people) % folds
    return fold


def judged_ways(
    trials: Trials, duration: str, ways: Sequence[Way], *, horizon: float, folds: int, seed: int, tell: Tell
) -> tuple[Judged, ...]:
    """Return what each way says of people it was not fitted on.

    Raises
    ------
    NoAnswerError
        no way can be fitted.
    """
    fold = fold_of(trials, folds, seed)[trials.person]
    found: list[Judged] = []
    trouble: NoAnswerError | None = None
    for place, way in enumerate(ways):
        raw = np.empty(len(trials))
        try:
            for k in range(folds):
                tell(f"{TITLES[way]}, fold {k + 1} of {folds}", 0.05 + 0.85 * (place + k / folds) / len(ways))
                test = fold == k
                parts = fit_way(way, trials, np.flatnonzero(~test), duration, horizon=horizon, seed=seed)
                raw[test] = chance_of(parts, trials.table.take(test))
        except NoAnswerError as error:
            trouble = error
            continue
        found.append(judged(way, raw, trials, fold, folds))
    if not found:
        raise trouble or NoAnswerError("no way to predict was asked for")
    return tuple(found)


def judged(way: Way, raw: Floats, trials: Trials, fold: npt.NDArray[np.intp], folds: int) -> Judged:
    """Return a way with its calibration, if it needs one; the chances of each fold by calibration on the others."""
    rows = trials.judged
    if not off(raw[rows], trials.left[rows]):
        return Judged(way, raw, Calibration())
    chance = np.empty(len(raw))
    for k in range(folds):
        others = rows & (fold != k)
        chance[fold == k] = platt(trials.left[others], raw[others]).apply(raw[fold == k])
    return Judged(way, chance, platt(trials.left[rows], raw[rows]))


def off(chance: Floats, left: Floats) -> bool:
    """Return whether chances of people left out are not what came of them: their log odds need a shift or a slope."""
    from segmentary.models.predict.glm import newton

    design = np.column_stack([np.ones(len(chance)), log_odds(chance)])
    fit = newton(design, left, np.ones(len(left)), "logistic", 1e-9, np.array([0.0, 1.0]))
    away = fit.beta - np.array([0.0, 1.0])
    return float(away @ fit.information @ away) > NEEDED


def by_duration_alone(trials: Trials, duration: str, *, folds: int, seed: int) -> Floats:
    """Return (t,) chances by how long somebody has been there alone, of people it was not fitted on."""
    fold = fold_of(trials, folds, seed)[trials.person]
    table = trials.table.select([duration])
    found = np.empty(len(trials))
    for k in range(folds):
        test = fold == k
        try:
            part = logistic_part(table.take(~test), trials.left[~test], seed)
            found[test] = part.chance(table.take(test))
        except NoAnswerError:
            found[test] = trials.left[~test].mean()
    return found


def losses(chance: Floats, left: Floats) -> Floats:
    """Return the log loss of each trial."""
    p = np.clip(chance, 1e-12, 1 - 1e-12)
    return -(left * np.log(p) + (1 - left) * np.log1p(-p))


def choose(ways: Sequence[Judged], trials: Trials) -> tuple[Judged, str]:
    """Return the plainest way unless a later one is better by more than a standard error of the difference; and why."""
    rows = trials.judged
    each = [losses(one.chance[rows], trials.left[rows]) for one in ways]
    taken = 0
    for place in range(1, len(ways)):
        gain = each[taken] - each[place]
        if gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)):
            taken = place
    named = "; ".join(f"{TITLES[one.way]} {loss.mean():.4f}" for one, loss in zip(ways, each, strict=True))
    if len(ways) == 1:
        return ways[0], f"{TITLES[ways[0].way].capitalize()}, as asked for (log loss {each[0].mean():.4f})."
    return ways[taken], (
        f"{TITLES[ways[taken].way].capitalize()}, chosen by cross-validation: log loss {named}; the plainest is taken "
        "unless another is better by more than a standard error."
    )
