"""The card of a lifetime value: how it was made and tested, in sentences and figures, and when not to trust it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from segmentary.models.predict.card import FeatureWeight, Measured, ModelCard
from segmentary.models.predict.distributions import spread_of
from segmentary.models.predict.metrics import spearman
from segmentary.models.table.findings import Finding
from segmentary.models.value.choice import TITLES, Choice, ModelName
from segmentary.models.value.delta import Array
from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.holdout import LAST_PERIOD, PurchaseHoldout, ValueHoldout
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.spend_terms import FirstSpend

if TYPE_CHECKING:
    from segmentary.models.value.holdout_data import HoldoutData
    from segmentary.models.value.lifetime_model import LifetimeModel
    from segmentary.models.value.lifetime_value import LifetimeValue

Direction = Literal["more", "less", "mixed", "unknown"]
TWO_YEARS_DAYS = 2 * 365
EXPECTATION = (
    "The interval says how well the expectation is known; what a single customer really spends scatters far more "
    "around it. Use it to compare and to add up, not as a promise about one person."
)
CLEAR = 0.05
"""A rank correlation smaller than this has no direction worth a word."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the holdout said: of money (None: none), of the purchase models, and what was noticed."""

    value: ValueHoldout | None
    choice: Choice | None
    findings: tuple[Finding, ...] = ()

    @property
    def purchases(self) -> PurchaseHoldout | None:
        """The holdout of the chosen purchase model."""
        return None if self.choice is None else self.choice.chosen.judged


def card_of(
    made: LifetimeValue,
    purchases: Purchases,
    holdout: HoldoutData | None,
    tested: Trial,
    first: FirstSpend,
    *,
    until: dt.date,
    findings: Sequence[Finding],
    seed: int,
) -> ModelCard:
    """Return the card of a fitted value."""
    name = next(one for one in TITLES if one == made.lifetime.kind)
    scores = made.score(purchases)
    now = f", less {100 * made.annual_discount:.3g}% a year" if made.annual_discount else ""
    earned = f"{100 * made.margin:.3g}% of the money" if made.margin != 1 else "Money"
    tested_days = holdout.days if holdout is not None else 0.0
    return ModelCard(
        kind="clv",
        target=f"{earned} a customer is expected to spend in the next {made.horizon_days} days{now}",
        method=method(name, made.spend, first, tested),
        data_from=until - dt.timedelta(days=int(purchases.age.max(initial=0.0))),
        data_until=until,
        cutoffs=(until,),
        test_cutoff=holdout.cutoff if holdout is not None and tested.choice is not None else None,
        horizon_days=made.horizon_days,
        people=len(purchases),
        positives=None,
        features=weights(purchases, scores.value),
        holdout=measured(tested),
        calibration=tested.value.bins if tested.value is not None else (),
        findings=unique_findings(
            (
                *findings,
                *fit_findings(made.lifetime, made.spend),
                *holdout_findings(tested, tested_days=tested_days, horizon_days=made.horizon_days),
            )
        ),
        limits=limits(name, purchases, tested, horizon_days=made.horizon_days),
        baseline=tuple(spread_of(one, getattr(scores, one)) for one in ("value", "purchases", "alive")),
        seed=seed,
    )


def method(name: ModelName, spend: GammaGamma, first: FirstSpend, tested: Trial) -> str:
    """Say how it was made, in sentences."""
    parts = [f"{TITLES[name]} for purchases, Gamma-Gamma for spend per purchase day ({spend.statistic_}), multiplied."]
    if tested.choice is not None:
        parts.append(tested.choice.reason)
    elif name == "mbg_nbd":
        parts.append("It was taken without a test: in it a one-time buyer may be gone.")
    else:
        parts.append("It was taken without a test.")
    n, r = first.correlation.n, first.correlation.estimate
    if first.used:
        parts.append(
            f"The first purchase counts as one more day of spend, times {first.ratio:.2f} (its correlation with later "
            f"spend is {r:.2f} of {n} people), so one-time buyers differ in expected spend by what they first paid."
        )
    else:
        parts.append(
            "The first purchase does not count: one-time buyers are expected to spend what everybody is per purchase."
        )
    return " ".join(parts)


def limits(name: ModelName, purchases: Purchases, tested: Trial, *, horizon_days: int) -> tuple[str, ...]:
    """Say when not to trust it, in sentences."""
    said = [EXPECTATION, "Prices, assortment, advertising and rivals are taken to stay as they were."]
    history = float(purchases.age.max(initial=0.0))
    if history < TWO_YEARS_DAYS:
        said.append(
            f"Purchases of {history:.0f} days cannot tell a season from a trend: two years are needed. In a season "
            "that is unlike the rest of the year totals will be off, though the order of customers is not."
        )
    else:
        said.append("Seasons are not part of the model: a horizon shorter than a year may lie in a high or low one.")
    if history < horizon_days:
        said.append(f"It looks {horizon_days} days ahead, longer than the {history:.0f} days anybody was watched.")
    if name == "bg_nbd":
        said.append(
            "In BG/NBD somebody who bought once is a customer for certain, by construction: their chance of still "
            "being one says nothing. MBG/NBD and Pareto/NBD do not have this fault."
        )
    if tested.value is None:
        said.append("It has not been tested on a time it has not seen.")
    return tuple(said)


def holdout_findings(tested: Trial, *, tested_days: float, horizon_days: int) -> tuple[Finding, ...]:
    """Return what the holdout shows that a person should mind."""
    found = list(tested.findings)
    value, purchases = tested.value, tested.purchases
    if value is not None:
        rival = max(value.rivals, key=lambda name: -1.0 if math.isnan(value.rivals[name]) else value.rivals[name])
        gini = value.figures[0].estimate
        if math.isnan(gini.estimate):
            return (*found, Finding("nothing_spent", "warning", "nobody spent anything in the time it was tested on"))
        told = f"Gini {gini.estimate:.3f} against {value.rivals[rival]:.3f}"
        if value.beats_rivals is False:
            found.append(
                Finding(
                    "worse_than_plain",
                    "warning",
                    f"on the time it has not seen the plain rule '{rival}' puts customers in a better order ({told})",
                    "use the plain rule, or find out what the model misses",
                )
            )
        elif value.beats_rivals is None:
            found.append(
                Finding(
                    "not_better_than_plain",
                    "note",
                    f"the order of customers is not clearly better than by the plain rule '{rival}' ({told})",
                )
            )
        bias = value.figures[-1].estimate
        if bias.low > 0.1 or bias.high < -0.1:
            found.append(
                Finding(
                    "total_off",
                    "warning",
                    f"on the time it has not seen the total was {'over' if bias.estimate > 0 else 'under'}estimated by "
                    f"{100 * abs(bias.estimate):.0f}% ({100 * bias.low:+.0f}% to {100 * bias.high:+.0f}%): a season or "
                    "a trend the model does not know",
                    "trust the order of customers more than the totals; forecast the total apart",
                )
            )
    if purchases is not None and tested.choice is not None and tested.choice.beats_rival is False:
        found.append(
            Finding(
                "purchases_worse_than_plain",
                "warning",
                f"purchases were foreseen worse than by '{LAST_PERIOD}' (log-score {purchases.log_score.estimate:.3f} "
                f"against {purchases.rival_log_score:.3f})",
            )
        )
    if value is not None and tested_days < horizon_days:
        found.append(
            Finding(
                "tested_shorter",
                "note",
                f"it was tested on {tested_days:.0f} days, and looks {horizon_days} days ahead",
                "with a longer history the test can be as long",
            )
        )
    return tuple(found)


def measured(tested: Trial) -> tuple[Measured, ...]:
    """Return the figures of the holdout, of money first, then of purchases."""
    found = list(tested.value.figures) if tested.value is not None else []
    judged = tested.purchases
    if judged is not None:
        found += [
            Measured(
                "purchases_mae",
                "Mean distance to a person's purchases",
                judged.mae,
                judged.rival_mae,
                LAST_PERIOD,
                "lower",
            ),
            Measured(
                "purchases_log_score",
                "Log-probability of a person's purchases",
                judged.log_score,
                judged.rival_log_score,
                LAST_PERIOD,
                "higher",
            ),
            Measured(
                "purchases_total_bias", "Purchases predicted over purchases, less 1", judged.total_bias, better="near"
            ),
        ]
    return tuple(found)


def weights(purchases: Purchases, value: Array, most: int = 20_000) -> tuple[FeatureWeight, ...]:
    """Return how closely each thing a customer is judged by goes with the value (share of all rank correlations)."""
    step = max(1, len(value) // most)
    held = {
        "repeat_count": ("Repeat purchases", purchases.repeat_count.astype(np.float64)),
        "days_since_last": ("Days since the last purchase", purchases.age - purchases.recency),
        "age_days": ("Days since the first purchase", purchases.age),
        "spend": ("Spend per purchase day", purchases.total_spend / (purchases.repeat_count + 1.0)),
    }
    found = {name: spearman(value[::step], column[::step]).estimate for name, (_, column) in held.items()}
    sizes = {name: 0.0 if math.isnan(r) else abs(r) for name, r in found.items()}
    total = sum(sizes.values())
    order = sorted(held, key=lambda name: -sizes[name])
    return tuple(
        FeatureWeight(name, held[name][0], sizes[name] / total if total else 0.0, direction(found[name]))
        for name in order
    )


def direction(r: float) -> Direction:
    """Say which way a rank correlation goes."""
    if math.isnan(r) or abs(r) < CLEAR:
        return "unknown"
    return "more" if r > 0 else "less"


def fit_findings(lifetime: LifetimeModel, spend: GammaGamma) -> tuple[Finding, ...]:
    """Return what the models say about their own fit, and whom the spend model could not use."""
    found = []
    for model, code in ((lifetime, "purchase_model"), (spend, "spend_model")):
        if model.note_:
            found.append(Finding(f"{code}_note", "warning", model.note_))
    for why, people in spend.left_out_.items():
        if people and "zero" in why:
            found.append(Finding("spend_left_out", "note", f"{people} people left out of the spend model: {why}"))
    return tuple(found)


def unique_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings once each, the grave ones first."""
    order = {"refusal": 0, "warning": 1, "note": 2}
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: order[one.level]))
