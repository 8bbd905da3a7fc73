"""The chance of silence, made of the chance of buying, and how well it does.

References: Platt (1999), Probabilities for SV machines (two numbers set level and steepness right); Cox (1958).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from sqlglot import exp

from segmentary.language.sql import binary, cast
from segmentary.models.assign.sql import double
from segmentary.models.predict import metrics
from segmentary.models.predict.card import Measured
from segmentary.models.predict.formula import log_odds
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.table.typed_table import Floats

EDGE = 1e-6
STEPS = 50
FOLDS = 10
PRIOR = 1.0
"""One observation's worth of belief that nothing needs to be set right: keeps small holdouts from wild slopes."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Chance of silence = 1 / (1 + exp(intercept + slope * log odds of buying))."""

    intercept: float = 0.0
    slope: float = 1.0

    def silent(self, chance: Floats) -> Floats:
        """Return the chance of silence of chances of buying; (n,)."""
        odds = log_odds(np.clip(chance, EDGE, 1 - EDGE))
        return np.asarray(1 / (1 + np.exp(self.intercept + self.slope * odds)))

    def expression(self, chance: exp.Expr) -> exp.Expr:
        """Return the same as SQL."""
        held = exp.Least(this=exp.Greatest(this=chance, expressions=[double(EDGE)]), expressions=[double(1 - EDGE)])
        other = binary(exp.Sub, double(1.0), held.copy())
        odds = exp.Ln(this=exp.Div(this=cast(held, "double"), expression=cast(other, "double")))
        raw = binary(exp.Add, double(self.intercept), binary(exp.Mul, double(self.slope), odds))
        below = binary(exp.Add, double(1.0), exp.Exp(this=raw))
        return exp.Div(this=double(1.0), expression=cast(below, "double"))


def recalibrated(chance: Floats, silent: Floats, *, held_out: bool) -> tuple[Recalibration, Floats]:
    """Return the recalibration learnt on everybody, and the chance of silence of each by what others taught.

    chance, silent : (n,) chances of buying, and 1 for whom nothing came of it. held_out : whether they are of a time
    the chances were not learnt on; else nothing can be learnt about their calibration, and nothing is changed.
    """
    plain = Recalibration()
    if not held_out or min(silent.sum(), len(silent) - silent.sum()) < 20:
        return plain, plain.silent(chance)
    # Every tenth person in the order of chances: the parts look alike, and nobody is judged by their own outcome.
    place = np.empty(len(chance), dtype=np.int64)
    place[np.argsort(chance, kind="stable")] = np.arange(len(chance)) % FOLDS
    honest = np.empty(len(chance))
    for fold in range(FOLDS):
        here = place == fold
        honest[here] = platt(chance[~here], silent[~here]).silent(chance[here])
    return platt(chance, silent), honest


def platt(chance: Floats, silent: Floats) -> Recalibration:
    """Return intercept and slope by penalised maximum likelihood (Newton's method)."""
    x = np.column_stack([np.ones(len(chance)), log_odds(np.clip(chance, EDGE, 1 - EDGE))])
    bought, beta = 1 - silent, np.array([0.0, 1.0])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (bought - p) - PRIOR * (beta - [0.0, 1.0])
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + PRIOR * np.eye(2), slope)
        beta = beta + step
        if float(np.abs(step).max()) < 1e-10:
            break
    # A slope of zero or less would turn the order of customers around.
    if not math.isfinite(float(beta.sum())) or beta[1] <= 0:
        return Recalibration()
    return Recalibration(float(beta[0]), float(beta[1]))


def plain_risks(period: NextPeriod, alive: Floats) -> dict[str, Floats]:
    """Return what plain rules order customers by: recency, recency by rhythm, and the lifetime model alone."""
    purchases = period.purchases
    since = purchases.age - purchases.recency
    gap = (purchases.recency + 1) / np.maximum(purchases.repeat_count, 1)
    usual = np.where(purchases.repeat_count > 0, gap, purchases.age + 1)
    return {
        "days since the last purchase": since,
        "days since the last purchase per usual gap": since / usual,
        "1 - P(alive)": 1 - alive,
    }


def silence_measured(period: NextPeriod, chance: Floats, order: Floats, alive: Floats) -> tuple[Measured, ...]:
    """Return the figures of the holdout beside the best plain rule, and beside the same chance for everybody.

    chance : (n,) of silence, recalibrated by what others taught. order : (n,) before that: one recalibration changes
    no order, the ten of `recalibrated` do where they meet.
    """
    silent = (~period.bought).astype(np.float64)
    if not len(silent):
        return ()
    found = {name: metrics.auc(silent, risk).estimate for name, risk in plain_risks(period, alive).items()}
    known = {name: value for name, value in found.items() if not math.isnan(value)}
    rival = max(known, key=lambda name: known[name]) if known else ""
    same, everybody = np.full(len(silent), float(silent.mean())), "the same chance for everybody"
    lift = {name: metrics.lift_at(silent, risk).estimate for name, risk in plain_risks(period, alive).items()}
    return (
        Measured(
            "auc",
            "how well the silent are told from others (0.5: not)",
            metrics.auc(silent, order),
            known.get(rival),
            rival,
        ),
        Measured(
            "lift_at_10",
            "silent among the tenth most at risk, times as often as among all",
            metrics.lift_at(silent, order),
            lift.get(rival),
            rival,
        ),
        Measured(
            "log_loss",
            "log loss of the chance of silence",
            metrics.log_loss(silent, chance),
            metrics.log_loss(silent, same).estimate,
            everybody,
            "lower",
        ),
        Measured(
            "brier",
            "Brier score of the chance of silence",
            metrics.brier(silent, chance),
            metrics.brier(silent, same).estimate,
            everybody,
            "lower",
        ),
        Measured(
            "decile_calibration",
            "error of the tenths' sums, of all who were silent",
            metrics.decile_calibration(silent, chance),
            better="lower",
        ),
    )
