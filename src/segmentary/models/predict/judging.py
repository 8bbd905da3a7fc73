"""What the card of a chance says of it: figures beside those of plain rivals, doubts, limits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.models.intervals import Interval
from segmentary.models.predict.card import CalibrationBin, Distribution, FeatureWeight, Measured
from segmentary.models.predict.chances import Chances
from segmentary.models.predict.distributions import distributions, spread_of
from segmentary.models.predict.features import FeatureTable
from segmentary.models.predict.importance import ENOUGH, permuted
from segmentary.models.predict.learners import fit_logistic
from segmentary.models.predict.metrics import (
    auc,
    brier,
    expected_calibration_error,
    lift_at,
    log_loss,
    total_bias,
)
from segmentary.models.predict.training import Tried
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

TOO_GOOD = 0.99
FAR_OFF = 0.2
RECENCY = ("days_since_order", "recency")


@dataclass(frozen=True)
class Rivals:
    """Figures of plain rivals: everybody at the rate of the past, and recency alone (NaN: no such column)."""

    log_loss: float
    brier: float
    auc: float
    lift: float


def rivals(before: TypedTable, y: Floats, held: TypedTable, outcome: Floats, seed: int) -> Rivals:
    """Return how plain rivals do on people held out."""
    rate = np.full(len(outcome), float(y.mean()))
    base = log_loss(outcome, rate).estimate, brier(outcome, rate).estimate
    names = [
        name for name in RECENCY if name in before.names and not np.isnan(before.values[:, before.place(name)]).all()
    ]
    if not names:
        return Rivals(*base, math.nan, math.nan)
    try:
        alone = fit_logistic(before.select(names[:1]), y, penalty=1.0, seed=seed).predict(held)
    except NoAnswerError:
        return Rivals(*base, math.nan, math.nan)
    return Rivals(*base, auc(outcome, alone).estimate, lift_at(outcome, alone).estimate)


def measured(outcome: Floats, told: Floats, rival: Rivals, *, seed: int = 0) -> tuple[Measured, ...]:
    """Return the figures of people held out, each beside a plain rival's."""
    recency, rate = "days since the last order alone", "everybody at the rate of the past"
    ordered = (None, "") if math.isnan(rival.auc) else (rival.auc, recency)
    lifted = (None, "") if math.isnan(rival.lift) else (rival.lift, recency)
    n = len(outcome)
    error = expected_calibration_error(calibration(outcome, told))
    return (
        Measured("auc", "how often it ranks one who did above one who did not", auc(outcome, told), *ordered),
        Measured("lift_at_10", "how many times as often among the likeliest tenth", lift_at(outcome, told), *lifted),
        Measured("log_loss", "logarithmic loss", log_loss(outcome, told), rival.log_loss, rate, "lower"),
        Measured("brier", "squared distance of chance and outcome", brier(outcome, told), rival.brier, rate, "lower"),
        Measured(
            "total_bias",
            "predicted total against the actual one, less 1",
            total_bias(outcome, told, seed=seed),
            None,
            "",
            "near",
        ),
        Measured(
            "calibration_error",
            "mean distance of predicted and actual shares",
            Interval(error, math.nan, math.nan, n),
            None,
            "",
            "lower",
        ),
    )


def calibration(outcome: Floats, told: Floats) -> tuple[CalibrationBin, ...]:
    """Return the bins a card shows."""
    from segmentary.models.predict.metrics import calibration_bins

    return calibration_bins(outcome, told)


def importance(tried: Tried, table: TypedTable, y: Floats, seed: int) -> tuple[FeatureWeight, ...]:
    """Return what a prediction rests on, judged on some of the people."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(y))[:ENOUGH])
    part, outcome = table.take(rows), y[rows]
    return permuted(part, tried.probability, lambda told: log_loss(outcome, told).estimate, seed=seed)


def too_good(figures: Sequence[Measured], weights: Sequence[FeatureWeight]) -> None:
    """Refuse what is too good to be true."""
    found = next(one for one in figures if one.name == "auc").estimate.estimate
    if found > TOO_GOOD:
        names = ", ".join(one.name for one in weights[:3])
        raise NoAnswerError(
            f"it would be right almost always (AUC {found:.3f}): something gives the outcome away, most likely {names}",
            hint="leave out what became known only afterwards",
        )


def doubts(tried: Tried, figures: Sequence[Measured]) -> tuple[Finding, ...]:
    """Return what to mind about the fit."""
    found = [Finding("fit", "note", note) for part in tried.parts.values() for note in part.notes]
    held = {one.name: one for one in figures}
    bias = held["total_bias"].estimate
    if abs(bias.estimate) > FAR_OFF:
        way = "more" if bias.estimate > 0 else "less"
        message = f"On the newest time it predicted {abs(bias.estimate):.0%} {way} than happened: the level has moved."
        found.append(Finding("level", "warning", message, "trust the order of people more than the chances"))
    for name, what in (("auc", "ranking"), ("log_loss", "chances")):
        if held[name].beats is False:
            message = f"Its {what} is no better than {held[name].baseline_name}."
            found.append(Finding("no_better", "warning", message, "use the plain rule instead"))
    return tuple(found)


def limits(tables: Sequence[FeatureTable]) -> tuple[str, ...]:
    """Return what follows from the moments it was made of."""
    if len(tables) == 1:
        return ("It was tested on people left out, not on a later time: how it ages is not known.",)
    return (f"It was tested on one moment, {tables[-1].as_of:%Y-%m-%d}, by a model fitted on the moments before it.",)


def first_day(tables: Sequence[FeatureTable]) -> dt.date:
    """Return the day of the oldest order the tables know of; else the first moment."""
    first = tables[0]
    longest = 0.0
    if "days_since_first_order" in first.table.names:
        days = first.table.values[:, first.table.place("days_since_first_order")]
        longest = float(np.nanmax(days)) if not np.isnan(days).all() else 0.0
    return first.as_of.date() - dt.timedelta(days=int(longest))


def baseline(chances: Chances, table: TypedTable, reads: Sequence[str]) -> tuple[Distribution, ...]:
    """Return how the features read, and the chance, are spread among the people of the newest moment."""
    return (*distributions(table.select(reads)), spread_of("probability", chances.probability(table)))
