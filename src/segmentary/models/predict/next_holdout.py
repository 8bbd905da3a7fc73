"""How a prediction of the next days did on a time it had not seen, beside plain rivals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.models.predict import metrics
from segmentary.models.predict.buying_model import BuyingModel
from segmentary.models.predict.card import Measured
from segmentary.models.predict.ensemble import Guess
from segmentary.models.predict.features import WINDOWS
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.table.typed_table import Floats

LAST, RECENCY, LIFETIME = "the same spend as in the last days", "recency alone", "BG/NBD x Gamma-Gamma"
ALIKE = "the same chance for everybody"


@dataclass(frozen=True, eq=False)
class Rival:
    """What a plain way says: money (or a score that orders like money), and a score that orders like the chance."""

    title: str
    spend: Floats | None
    chance: Floats | None
    is_chance: bool = False


def rivals(period: NextPeriod, horizon_days: int) -> tuple[Rival, ...]:
    """Return the plain ways: last period's spend, recency, and the lifetime model everybody knows."""
    found = [
        Rival(LAST, last_spend(period, horizon_days), None),
        Rival(RECENCY, None, period.purchases.recency - period.purchases.age),
    ]
    try:
        model = BuyingModel.fit(period.watched, horizon_days=horizon_days, model="bg_nbd")
    except NoAnswerError:
        return tuple(found)
    said = model.columns(period.purchases)
    chance = -np.expm1(-said["bought.expected"])
    return (*found, Rival(LIFETIME, said["bought.value"], chance, is_chance=True))


def window_of(horizon_days: int) -> int:
    """Return the window of the standard features nearest to the horizon."""
    return min(WINDOWS, key=lambda days: (abs(days - horizon_days), days))


def last_spend(period: NextPeriod, horizon_days: int) -> Floats:
    """Return the spend of the last window like the horizon; without such a feature, the mean rate so far."""
    name = f"spend_{window_of(horizon_days)}d"
    if name in period.features.names:
        x = period.features.values[:, period.features.place(name)]
        return np.nan_to_num(x) * (horizon_days / window_of(horizon_days))
    return period.purchases.total_spend * horizon_days / np.maximum(period.purchases.age, horizon_days)


def measured(period: NextPeriod, guess: Guess, *, horizon_days: int, seed: int = 0) -> tuple[Measured, ...]:
    """Return the figures of the holdout: order and level of spend, order and level of the chance of buying."""
    plain = rivals(period, horizon_days)
    chances = of_chances(period, guess, plain)
    return (*of_spend(period, guess, plain, horizon_days, seed), *chances) if period.spend.any() else chances


def of_spend(
    period: NextPeriod, guess: Guess, plain: Sequence[Rival], horizon_days: int, seed: int
) -> tuple[Measured, ...]:
    """Return how spend is put in order, and how far it is off."""
    spend, last = period.spend, last_spend(period, horizon_days)
    name, gini = best({one.title: plain_gini(spend, one.spend) for one in plain if one.spend is not None})
    return (
        Measured(
            "gini",
            "how well spend is put in order (1: perfectly)",
            metrics.normalised_gini(spend, guess.spend, seed=seed),
            gini,
            name,
        ),
        Measured(
            "decile_calibration",
            "error of the tenths' sums, of all spend",
            metrics.decile_calibration(spend, guess.spend, seed=seed),
            metrics.decile_calibration(spend, last, seed=seed, draws=2).estimate,
            LAST,
            "lower",
        ),
        Measured(
            "mae",
            "mean error per customer",
            metrics.mean_absolute_error(spend, guess.spend),
            metrics.mean_absolute_error(spend, last).estimate,
            LAST,
            "lower",
        ),
        Measured(
            "total_bias",
            "sum predicted over sum spent, less 1",
            metrics.total_bias(spend, guess.spend, seed=seed),
            better="near",
        ),
    )


def of_chances(period: NextPeriod, guess: Guess, plain: Sequence[Rival]) -> tuple[Measured, ...]:
    """Return how buyers are told from others, and how far the chances are off."""
    bought = period.bought.astype(np.float64)
    same = np.full(len(bought), float(bought.mean()) if len(bought) else math.nan)
    name, auc = best({one.title: metrics.auc(bought, one.chance).estimate for one in plain if one.chance is not None})
    return (
        Measured(
            "auc", "how well buyers are told from others (0.5: not)", metrics.auc(bought, guess.chance), auc, name
        ),
        Measured(
            "log_loss",
            "log loss of the chance of buying",
            metrics.log_loss(bought, guess.chance),
            metrics.log_loss(bought, same).estimate,
            ALIKE,
            "lower",
        ),
        Measured(
            "brier",
            "Brier score of the chance of buying",
            metrics.brier(bought, guess.chance),
            metrics.brier(bought, same).estimate,
            ALIKE,
            "lower",
        ),
    )


def best(found: Mapping[str, float]) -> tuple[str, float | None]:
    """Return the best rival of those that could be measured."""
    known = {name: value for name, value in found.items() if not math.isnan(value)}
    if not known:
        return "", None
    name = max(known, key=lambda one: (known[one], one))
    return name, known[name]


def plain_gini(actual: Floats, predicted: Floats) -> float:
    """Return the normalised Gini without its interval."""
    weight = np.ones(len(actual))
    perfect = metrics.gini(actual, actual, weight)
    return metrics.gini(actual, predicted, weight) / perfect if perfect else math.nan
