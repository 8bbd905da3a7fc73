"""Who is about to leave a segment: the chance of each member to be out by the next period, tried on a time not seen.

The model is a ridge logistic regression on the members of earlier moments, whose outcome is known; it is judged on the
members of the latest moment whose outcome is known, by what was learnt before it. Where it does not tell better there
than the plain share of leavers, the share is said instead of chances.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError
from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.card import CalibrationBin, Measured, plain
from segmentary.models.predict.encoding import encoded
from segmentary.models.predict.features import FeatureTable, pooled
from segmentary.models.predict.formula import Formula
from segmentary.models.predict.learners import fit_logistic
from segmentary.models.predict.metrics import auc, brier, calibration_bins, log_loss
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import TypedTable

Floats = npt.NDArray[np.float64]
FEWEST_EXITS = 30
"""People who left, and who stayed, among those learnt from; a third of it among those it is tried on."""
REASONS = 2


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The members of one earlier moment: what was known of them, and who was out one period later."""

    label: str
    people: FeatureTable
    left: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Leaver:
    """One member now.

    chance : of being out by the next period. at_stake : what they spent in the year before (or all that is known).
    expected_loss : chance times that. reasons : in words. ageing : when time alone puts them out, in words; empty: it
    does not within the horizon, or was not looked for.
    """

    customer_id: str
    chance: float
    at_stake: float
    expected_loss: float
    reasons: tuple[str, ...]
    ageing: str = ""


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """Who of a segment is about to leave.

    usable : whether the model tells better than the plain share. base : share who left within a period, so far.
    holdout : figures on the latest moment whose outcome is known. expected : members expected to leave now.
    leavers : those most worth a look first (chance times what is at stake).
    """

    segment: str
    label: str
    until: str
    members: int
    usable: bool
    base: Interval
    trained_on: tuple[int, int]
    tested_on: tuple[str, int, int]
    holdout: tuple[Measured, ...]
    calibration: tuple[CalibrationBin, ...]
    expected: Interval
    at_stake: float
    currency: str
    leavers: tuple[Leaver, ...]
    findings: tuple[Finding, ...]
    sentence: str
    by_time_alone: int | None = None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return dict(plain({
            "segment": self.segment,
            "as_of": self.label,
            "until": self.until,
            "members": self.members,
            "usable": self.usable,
            "base": [self.base.estimate, self.base.low, self.base.high],
            "expected_to_leave": [self.expected.estimate, self.expected.low, self.expected.high],
            "at_stake": self.at_stake,
            "by_time_alone": self.by_time_alone,
            "currency": self.currency,
            "trained_on": {"people": self.trained_on[0], "left": self.trained_on[1]},
            "tested_on": {"as_of": self.tested_on[0], "people": self.tested_on[1], "left": self.tested_on[2]},
            "holdout": [
                {"name": m.name, "title": m.title, "estimate": m.estimate.estimate, "low": m.estimate.low,
                 "high": m.estimate.high, "baseline": m.baseline}
                for m in self.holdout
            ],
            "calibration": [
                {"people": b.people, "predicted": b.predicted, "actual": b.actual.estimate, "low": b.actual.low,
                 "high": b.actual.high}
                for b in self.calibration
            ],
            "leavers": [
                {"customer_id": one.customer_id, "chance": one.chance, "at_stake": one.at_stake,
                 "expected_loss": one.expected_loss, "reasons": list(one.reasons), "ageing": one.ageing}
                for one in self.leavers
            ],
            "sentence": self.sentence,
            "findings": [one.to_document() for one in self.findings],
        }))  # fmt: skip


def early_warning(
    segment: str,
    past: Sequence[Cutoff],
    now: FeatureTable,
    at_stake: Mapping[str, float],
    *,
    label: str,
    until: str,
    currency: str = "",
    seed: int = 0,
    tell: Tell = quiet,
) -> EarlyWarning:
    """Learn from earlier members who leaves, and say it of those of now.

    Parameters
    ----------
    past : members of earlier moments, oldest first; the last is held out, then learnt from as well.
    now : members of now, the same features. at_stake : by customer, money.

    Raises
    ------
    NoAnswerError
        when too few left, or too few stayed, for a chance to be learnt; or there are fewer than two earlier moments.
    """
    enough(segment, past)
    tell("learning who left", 0.1)
    tables = pooled([*(one.people.table for one in past), now.table])
    ends = np.cumsum([len(one.people) for one in past])
    parts = np.split(np.arange(len(tables)), ends)
    y = np.concatenate([one.left for one in past]).astype(float)
    train, test = np.concatenate(parts[: len(past) - 1]), parts[len(past) - 1]
    first = fit_logistic(rows_of(tables, train), y[train], seed=seed, tell=tell)
    told = first.predict(rows_of(tables, test))
    base = float(y[train].mean())
    holdout = judged(y[test], told, base)
    usable = bool(holdout[0].estimate.low > 0.5) and holdout[1].beats is True
    tell("learning from all of them", 0.6)
    both = np.concatenate([train, test])
    formula = fit_logistic(rows_of(tables, both), y[both], seed=seed, tell=tell)
    mine = rows_of(tables, parts[-1])
    chance = formula.predict(mine) if usable else np.full(len(mine), float(y.mean()))
    why = reasons_of(formula, mine, rows_of(tables, both)) if usable else [()] * len(mine)
    money = np.array([at_stake.get(one, 0.0) for one in now.ids])
    order = np.lexsort((np.arange(len(mine)), -chance, -chance * money))
    leavers = tuple(
        Leaver(now.ids[i], float(chance[i]), float(money[i]), float(chance[i] * money[i]), why[i]) for i in order
    )
    rate = wilson(int(y.sum()), len(y))
    if usable:  # Whoever is less likely to leave than usual needs no reason for it.
        why = [reasons if chance[i] >= rate.estimate else () for i, reasons in enumerate(why)]
    expected = expected_of(chance, rate, usable, off=abs(float(y[test].sum() / max(told.sum(), 1e-9)) - 1))
    findings = () if usable else (useless(holdout),)
    return EarlyWarning(
        segment, label, until, len(mine), usable, rate, (len(both), int(y.sum())),
        (past[-1].label, len(test), int(y[test].sum())), holdout, tuple(calibration_bins(y[test], told)), expected,
        float((chance * money).sum()), currency, leavers, findings,
        sentence_of(segment, len(mine), expected, float((chance * money).sum()), currency, until, usable, holdout),
    )  # fmt: skip


def enough(segment: str, past: Sequence[Cutoff]) -> None:
    """Refuse to learn from too little."""
    if len(past) < 2:
        raise NoAnswerError(
            f"who leaves {segment} cannot be learnt from {len(past)} earlier moments",
            hint="two at least: one to learn from, a later one to try it on (load older data)",
        )
    train = sum(int(one.left.sum()) for one in past[:-1])
    stayed = sum(int((~one.left).sum()) for one in past[:-1])
    test = int(past[-1].left.sum())
    if min(train, stayed) < FEWEST_EXITS or test < FEWEST_EXITS // 3:
        what = "left" if train < FEWEST_EXITS or test < FEWEST_EXITS // 3 else "stayed"
        people = train + test if what == "left" else stayed
        raise NoAnswerError(
            f"only {people:,} people {what} in {len(past)} periods of {segment}: too few to learn who leaves",
            hint="a longer period, more earlier moments, or a larger segment",
        )


def rows_of(table: TypedTable, rows: npt.NDArray[np.int64]) -> TypedTable:
    """Return some rows of a table."""
    return TypedTable(table.columns, table.values[rows])


def judged(y: Floats, told: Floats, base: float) -> tuple[Measured, ...]:
    """Return the figures of the holdout, beside those of the plain share."""
    flat = np.full(len(y), base)
    return (
        Measured("auc", "area under the curve", auc(y, told), 0.5, "a coin"),
        Measured("log_loss", "log loss", log_loss(y, told), log_loss(y, flat).estimate, "the plain share", "lower"),
        Measured("brier", "Brier score", brier(y, told), brier(y, flat).estimate, "the plain share", "lower"),
    )


def expected_of(chance: Floats, rate: Interval, usable: bool, *, off: float) -> Interval:
    """Return how many are expected to leave: by their chances, or by the plain share.

    off : by which part of it the expectation was off on the period held out: one period is not like another.
    """
    n = len(chance)
    if not usable:
        return Interval(n * rate.estimate, n * rate.low, n * rate.high, n)
    mean = float(chance.sum())
    spread = math.sqrt(float((chance * (1 - chance)).sum()) + (off * mean) ** 2)
    return Interval(mean, max(0.0, mean - 1.96 * spread), min(float(n), mean + 1.96 * spread), n)


def reasons_of(formula: Formula, mine: TypedTable, others: TypedTable) -> list[tuple[str, ...]]:
    """Say of each member what raises the chance most, against the typical member of before."""
    x, typical = encoded(formula.encodings, mine), encoded(formula.encodings, others).mean(axis=0)
    push = (x - typical) * np.array(formula.weights)
    # The terms of one column are one reason.
    columns = list(dict.fromkeys(one.column for one in formula.encodings))
    by_column = np.stack(
        [push[:, [i for i, e in enumerate(formula.encodings) if e.column == name]].sum(axis=1) for name in columns],
        axis=1,
    )
    medians = {name: float(np.nanmedian(others.values[:, others.place(name)])) if known(others, name) else math.nan
               for name in columns}  # fmt: skip
    order = np.argsort(-by_column, axis=1)[:, :REASONS]
    found = []
    for i in range(len(mine)):
        found.append(tuple(said(mine, i, columns[j], medians) for j in order[i] if by_column[i, j] > 0.05))
    return found


def known(table: TypedTable, name: str) -> bool:
    return bool((~np.isnan(table.values[:, table.place(name)])).any())


def said(table: TypedTable, row: int, name: str, medians: Mapping[str, float]) -> str:
    """Say one reason: what is so of them, and what is typical."""
    column = table.columns[table.place(name)]
    value = float(table.values[row, table.place(name)])
    if math.isnan(value):
        return f"{column.label} unknown"
    if column.coded:
        return f"{column.label}: {column.levels[int(value)]}"
    return f"{column.label} {short(value)} (typical here: {short(medians[name])})"


def short(value: float) -> str:
    """Return a number of about three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def useless(holdout: Sequence[Measured]) -> Finding:
    message = (
        f"on the latest known period the model told leavers no better than the plain share (area under the curve "
        f"{holdout[0].estimate.estimate:.2f}): everybody is given the share"
    )
    return Finding("no_model", "warning", message, "traits that say more, or a longer past")


def sentence_of(
    segment: str,
    members: int,
    expected: Interval,
    stake: float,
    currency: str,
    until: str,
    usable: bool,
    holdout: Sequence[Measured],
) -> str:
    """Return what to expect, and what it rests on."""
    worth = f", with {currency} {stake:,.0f} of yearly spend at stake".replace("  ", " ") if stake else ""
    said_ = (
        f"Of {members:,} members of {segment}, about {expected.estimate:,.0f} ({expected.low:,.0f} to "
        f"{expected.high:,.0f}) will be out by {until}{worth}."
    )
    if not usable:
        return f"{said_} Who they will be cannot be told better than by the plain share."
    area = holdout[0].estimate
    return (
        f"{said_} Tried on the latest known period, the model ranked a leaver above a stayer in {area.estimate:.0%} of "
        f"pairs ({area.low:.0%} to {area.high:.0%}; a coin: 50%)."
    )
