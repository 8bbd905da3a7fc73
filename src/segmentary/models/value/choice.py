"""Which purchase model to use: decided by a time it has not seen, by a rule that is stated beforehand.

The rule
--------
1. Each model is fitted to what was known at the cutoff and judged on the time after it by the mean Poisson
   log-probability of every customer's purchases. Of all forecasts the true expectation has the best mean, so this
   rewards right expectations; the mean absolute error would reward forecasting too little (its best answer is the
   median, zero for most customers), so it is shown but does not decide.
2. Models whose log-score is not clearly worse than the best (the 95% interval of the paired difference reaches zero)
   are level. Among them the one whose total is nearest to what came wins: who is right about persons should be right
   about all of them, too.
3. Totals within half a percent of each other are level as well; then the order is Pareto/NBD, MBG/NBD, BG/NBD, because
   the last one counts everybody who bought once as still there.

Without a holdout the answer is MBG/NBD: the fastest of those in which a one-time buyer may be gone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.models.intervals import Interval
from segmentary.models.predict.metrics import mean_interval
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.value.delta import Array
from segmentary.models.value.holdout import (
    LAST_PERIOD,
    PurchaseHoldout,
    expected_purchases,
    log_scores,
    purchase_holdout,
    smoothed,
)
from segmentary.models.value.holdout_data import HoldoutData, placed

if TYPE_CHECKING:
    from segmentary.models.value.lifetime_model import LifetimeModel

ModelName = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]
CLASSES: dict[ModelName, str] = {"pareto_nbd": "ParetoNBD", "mbg_nbd": "ModifiedBetaGeo", "bg_nbd": "BetaGeo"}
"""Purchase models in order of preference where nothing else tells them apart."""
TITLES: dict[ModelName, str] = {"pareto_nbd": "Pareto/NBD", "mbg_nbd": "MBG/NBD", "bg_nbd": "BG/NBD"}
UNTESTED: ModelName = "mbg_nbd"
LEVEL = 0.005
"""Totals nearer to each other than this share are level."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model in the choice.

    behind : how much lower its log-score is than the best one's, per customer, paired, with interval (0 for the best).
    level : whether that is not clearly lower.
    """

    name: ModelName
    model: LifetimeModel
    judged: PurchaseHoldout
    behind: Interval
    level: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The model taken, why in a sentence, all candidates, and why others could not be fitted.

    beats_rival : whether the chosen model's log-score is clearly higher than that of "the same as in the last period";
    None: not clear.
    """

    name: ModelName
    reason: str
    candidates: tuple[Candidate, ...]
    failed: dict[str, str]
    beats_rival: bool | None

    @property
    def chosen(self) -> Candidate:
        """The candidate that was taken."""
        return next(one for one in self.candidates if one.name == self.name)


def purchase_model(name: str) -> LifetimeModel:
    """Return an unfitted purchase model by its name.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    """
    for known, title in CLASSES.items():
        if known == name:
            made: Any = getattr(import_module(f"segmentary.models.value.{known}"), title)
            model: LifetimeModel = made()
            return model
    raise UnknownNameError("purchase model", name, list(CLASSES))


def choose_model(data: HoldoutData, *, models: Sequence[ModelName] = tuple(CLASSES), tell: Tell = quiet) -> Choice:
    """Fit each model to what was known at the cutoff, judge it on the time after, and take one by the rule above.

    Raises
    ------
    NoAnswerError
        when none could be fitted (nobody bought again, ...).
    UnknownNameError
        when a name is no purchase model.
    """
    at = placed(data.before)
    judged: dict[ModelName, tuple[LifetimeModel, PurchaseHoldout]] = {}
    scores: dict[ModelName, Array] = {}
    failed: dict[str, str] = {}
    for place, name in enumerate(models):
        share = within(tell, place / len(models), (place + 1) / len(models))
        share(f"fitting {TITLES.get(name, name)} to the time before the cutoff", 0.0)
        try:
            model = purchase_model(name).fit(at[0])
        except NoAnswerError as error:
            failed[name] = str(error)
            continue
        share(f"judging {TITLES[name]} on the time after the cutoff", 0.6)
        expected = expected_purchases(model, data, at)
        scores[name] = log_scores(data.purchases, expected)
        judged[name] = model, purchase_holdout(model, data, expected=expected)
    if not judged:
        raise NoAnswerError(next(iter(failed.values()), "no purchase model was given"), hint="watch customers longer")
    candidates = compared(judged, scores)
    taken, reason = decided(candidates)
    gain = mean_interval(scores[taken.name] - log_scores(data.purchases, smoothed(data.earlier_purchases)))
    beats = True if gain.low > 0 else False if gain.high < 0 else None
    said = {True: "better than", False: "worse than", None: "not clearly different from"}[beats]
    reason += f" On the time it has not seen it is {said} the plain rule '{LAST_PERIOD}'."
    return Choice(taken.name, reason, candidates, failed, beats)


def compared(
    judged: dict[ModelName, tuple[LifetimeModel, PurchaseHoldout]], scores: dict[ModelName, Array]
) -> tuple[Candidate, ...]:
    """Return the candidates with their paired distance to the best log-score."""
    best = max(scores, key=lambda name: float(scores[name].mean()))
    found = []
    for name, (model, figures) in judged.items():
        behind = mean_interval(scores[best] - scores[name])
        level = name == best or not behind.low > 0
        found.append(Candidate(name, model, figures, behind, level))
    return tuple(found)


def decided(candidates: tuple[Candidate, ...]) -> tuple[Candidate, str]:
    """Return the candidate the rule takes, and why."""
    level = [one for one in candidates if one.level]

    def off(one: Candidate) -> float:
        bias = one.judged.total_bias.estimate
        return abs(bias) if np.isfinite(bias) else math.inf

    nearest = min(off(one) for one in level)
    order = list(CLASSES)
    tied = [one for one in level if off(one) <= nearest + LEVEL or not math.isfinite(nearest)]
    taken = min(tied, key=lambda one: order.index(one.name))
    title = TITLES[taken.name]
    if len(candidates) == 1:
        return taken, f"{title} is the only purchase model that was tried."
    if len(level) == 1:
        return taken, f"{title} foresaw customers' purchases clearly best."
    others = " and ".join(TITLES[one.name] for one in level if one is not taken)
    if len(tied) == 1:
        return taken, (
            f"{title} foresaw customers' purchases about as well as {others}, and the total best "
            f"({100 * taken.judged.total_bias.estimate:+.1f}%)."
        )
    return taken, f"{title} foresaw customers' purchases and the total about as well as {others}."
