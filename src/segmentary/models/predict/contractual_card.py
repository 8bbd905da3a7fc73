"""The card of contractual churn: what it is about, how well it does on people left out, when not to trust it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from segmentary.models.predict.card import CalibrationBin, FeatureWeight, Measured, ModelCard
from segmentary.models.predict.contractual_judging import Judged, by_duration_alone, losses
from segmentary.models.predict.contractual_trials import Observed, Trials
from segmentary.models.predict.contractual_ways import Part, Way, chance_of
from segmentary.models.predict.metrics import auc, brier, calibration_bins, lift_at, log_loss
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable

FOLDS = 5
FEW_AT_LEVEL = 30
TOO_SOON = 0.5
"""A mean stay implied by the rate of leaving below this share of how long people have stayed is implausible."""


def card_of(
    trials: Trials,
    best: Judged,
    parts: Sequence[Part],
    chance: Floats,
    findings: Sequence[Finding],
    reason: str,
    *,
    duration: str,
    horizon: float,
    unit: str,
    as_of: dt.date,
    observed: Observed,
    seed: int,
) -> ModelCard:
    """Return the card."""
    from segmentary.models.predict.contractual import DAYS
    from segmentary.models.predict.distributions import distributions, spread_of

    days = {str(name): one for name, one in DAYS.items()}[unit]
    ahead = max(1, round(horizon * days))
    longest = int(np.ceil(trials.until.max() * days))
    notes = tuple(dict.fromkeys(note for part in parts for note in part.formula.notes))
    found = (*findings, *sampled(trials, horizon, unit, observed), *(Finding("fit", "note", one) for one in notes))
    return ModelCard(
        "churn",
        f"The chance that somebody who is still a customer leaves within {amount(horizon, unit)}.",
        reason,
        as_of - dt.timedelta(days=min(longest if observed == "lifetime" else ahead, (as_of - dt.date.min).days)),
        as_of,
        (as_of,),
        None,
        ahead,
        trials.people,
        int(trials.gone.sum()),
        importances(trials, parts, seed),
        measured(trials, best.chance, duration, seed),
        bins_of(trials, best.chance),
        found,
        limits(observed, horizon, unit, best.way),
        (*distributions(trials.table), spread_of("probability", chance)),
        seed,
    )


def measured(trials: Trials, chance: Floats, duration: str, seed: int) -> tuple[Measured, ...]:
    """Return the figures on people left out, beside how long somebody has been there alone and the base rate."""
    rows = trials.judged
    y, p = trials.left[rows], chance[rows]
    plain = by_duration_alone(trials, duration, folds=FOLDS, seed=seed)[rows]
    rate = np.full(len(y), float(np.average(trials.left, weights=trials.table.weight)))
    alone, base = "how long they have been customers, alone", "the same chance for everybody"
    return (
        Measured(
            "auc", "of two people, the one who leaves is told apart", auc(y, p), auc(y, plain).estimate, alone
        ),
        Measured("log_loss", "log loss", log_loss(y, p), log_loss(y, plain).estimate, alone, "lower"),
        Measured("brier", "mean squared error of the chance", brier(y, p), brier(y, rate).estimate, base, "lower"),
        Measured(
            "lift_at_10", "leavers among the tenth most at risk, times the average", lift_at(y, p),
            lift_at(y, plain).estimate, alone,
        ),
    )  # fmt: skip


def bins_of(trials: Trials, chance: Floats) -> tuple[CalibrationBin, ...]:
    """Return what came of people left out, by their chance."""
    return calibration_bins(trials.left[trials.judged], chance[trials.judged])


def importances(trials: Trials, parts: Sequence[Part], seed: int) -> tuple[FeatureWeight, ...]:
    """Return what each column adds: how much the log loss grows when it is mixed up between people."""
    from segmentary.models.predict.importance import ENOUGH, permuted

    rows = np.sort(np.random.default_rng(seed).permutation(len(trials))[:ENOUGH])
    table, y = trials.table.take(rows), trials.left[rows]

    def predict(given: TypedTable) -> Floats:
        return chance_of(parts, given)

    found = permuted(table, predict, lambda told: float(losses(told, y).mean()), seed=seed)
    return tuple(with_levels(one, table, predict) for one in found)


def with_levels(one: FeatureWeight, table: TypedTable, predict: Callable[[TypedTable], Floats]) -> FeatureWeight:
    """Return the weight of a feature of levels with those most and least at risk, all else as it is."""
    column, place = table.column(one.name), table.place(one.name)
    if column.kind != "nominal":
        return one
    x = table.values[:, place]
    codes, counts = np.unique(x[~np.isnan(x)], return_counts=True)
    chances: dict[str, float] = {}
    for code in codes[counts >= FEW_AT_LEVEL]:
        values = table.values.copy()
        values[:, place] = code
        chances[column.levels[int(code)]] = float(predict(TypedTable(table.columns, values)).mean())
    if len(chances) < 2:
        return one
    most, least = (pick(chances, key=chances.__getitem__) for pick in (max, min))
    return replace(one, title=f"{one.title} (most {most}, least {least})")


def sampled(trials: Trials, horizon: float, unit: str, observed: Observed) -> tuple[Finding, ...]:
    """Return whether those who left seem to be over-represented: they would have left long ago at this rate."""
    if observed != "period":
        return ()
    rate = float(trials.left.mean())
    implied, stayed = horizon / rate, float(np.mean(trials.until))
    if implied > TOO_SOON * stayed:
        return ()
    message = (
        f"{rate:.1%} left within {amount(horizon, unit)}: at this rate people would stay {implied:.1f} {unit} on "
        f"average, but they have stayed {stayed:.1f}. Those who left seem to be over-represented in this table."
    )
    hint = "trust the order of people; take the level of chances from the true share who leave"
    return (Finding("over_represented", "warning", message, hint),)


def limits(observed: Observed, horizon: float, unit: str, way: Way) -> tuple[str, ...]:
    """Return when not to trust it."""
    if observed == "period":
        basis = (
            f"Learnt from one snapshot: who had left within the last {amount(horizon, unit)}. Features are as the "
            "snapshot tells them, some perhaps from after the decision to leave; no later time was tested."
        )
    else:
        basis = (
            "Features are as they are now (or were at the end), taken as if they had always been so; what changed on "
            "the way is not known, and no later time was tested."
        )
    beyond = "Beyond the longest stay seen, the risk of the longest stay is taken."
    return (
        basis,
        "Tested on people left out of the same time: new prices, a new competitor or another season are not in it.",
        "It tells who leaves, not whom an offer would keep: measure that with an experiment.",
        "The interval is about people with like chances, not about one person.",
        *((beyond,) if way == "cox" else ()),
    )


def amount(horizon: float, unit: str) -> str:
    """Return the horizon in words; parts of a unit are said in days."""
    from segmentary.models.predict.contractual import DAYS

    days = {str(name): one for name, one in DAYS.items()}[unit]
    if abs(horizon - round(horizon)) > 1e-9:
        horizon, unit = max(1, round(horizon * days)), "days"
    return f"{horizon:g} {unit[:-1] if horizon == 1 else unit}"
