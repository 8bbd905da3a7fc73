"""What a customer will be worth: expected purchases times expected spend, within a horizon, with an interval.

``fit_lifetime_value`` takes purchases as they are known now and, for choosing and testing the model, a holdout: the
same customers as of a moment in the past, and what they did since. The interval of a value is the uncertainty of the
*expectation* (how well the parameters are known); what one person really does scatters far more around it.

References: Fader, Hardie & Lee (2005), RFM and CLV, J. Marketing Research 42(4) (value as purchases times spend).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.intervals import normal_quantile
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.prediction import OutputType, Prediction, ScoreInputs
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.findings import Finding
from segmentary.models.value.cells import Cells
from segmentary.models.value.choice import CLASSES, TITLES, UNTESTED, Choice, ModelName, choose_model, purchase_model
from segmentary.models.value.delta import Array
from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.holdout import PurchaseHoldout, ValueHoldout, value_holdout
from segmentary.models.value.holdout_data import HoldoutData, placed
from segmentary.models.value.purchases import Purchases, count_cells
from segmentary.models.value.spend_checks import without
from segmentary.models.value.spend_terms import FirstAsked, counted, first_spend, spend_terms
from segmentary.models.value.value_card import Trial, card_of

if TYPE_CHECKING:
    from segmentary.models.value.lifetime_model import LifetimeModel

SCORES = Path(__file__).with_name("value_scores.sql")
OUTPUTS: Mapping[str, OutputType] = {
    "value": "number",
    "low": "number",
    "high": "number",
    "purchases": "number",
    "alive": "number",
}
YEAR_DAYS = 365.0
STEP_DAYS = 180.0
"""Discounting: money within as many days is taken as spent in their middle (an error below 1e-4 at 10% a year)."""
ModelAsked = Literal["auto", "bg_nbd", "mbg_nbd", "pareto_nbd"]


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Scores of customers; arrays of shape (n_customers,), named as the outputs of `LifetimeValue`."""

    ids: Any
    value: Array
    low: Array
    high: Array
    purchases: Array
    alive: Array


@dataclass(frozen=True, slots=True)
class CellTerms:
    """What the purchase model says of cells; arrays of shape (n_cells,).

    purchases : expected. worth : the same, discounted and times the margin. alive : 0 to 1. variance : of the logarithm
    of purchases.
    """

    purchases: Array
    worth: Array
    alive: Array
    variance: Array


class LifetimeValue(Prediction):
    """A fitted value of customers: ``clv``.

    Attributes
    ----------
    lifetime : the purchase model, times in days. spend : the spend model. first_ratio : how much later purchase days
    cost compared with the first one; 0: the first one does not count (see `segmentary.models.value.spend_terms`).
    horizon_days : how far ahead. annual_discount : what money a year later is worth less. margin : what share of the
    money is earned.
    tests : the holdout of every purchase model that was tried, by name; empty: there was none.
    """

    def __init__(
        self,
        lifetime: LifetimeModel,
        spend: GammaGamma,
        *,
        card: ModelCard,
        horizon_days: int,
        first_ratio: float = 0.0,
        annual_discount: float = 0.0,
        margin: float = 1.0,
        tests: Mapping[str, PurchaseHoldout] | None = None,
    ) -> None:
        self.lifetime = lifetime
        self.spend = spend
        self.card = card
        self.horizon_days = horizon_days
        self.first_ratio = first_ratio
        self.annual_discount = annual_discount
        self.margin = margin
        self.tests = dict(tests or {})
        self.features: Mapping[str, TraitDefinition] = {}
        self.attributes: Mapping[str, ValueType] = {}
        self.wants_purchases = True

    @property
    def outputs(self) -> Mapping[str, OutputType]:
        """Money expected in the horizon with its interval, purchases, and the chance of being a customer still."""
        return OUTPUTS

    # ------------------------------------------------------------ arrays

    def cell_terms(self, cells: Cells) -> CellTerms:
        """Return what the purchase model says of distinct cells."""
        scores = self.lifetime.score_cells(cells, float(self.horizon_days))
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.log(scores.purchases_high / scores.purchases) / normal_quantile(0.95)
        variance = np.where(np.isfinite(error), error, 0.0) ** 2
        worth = self.discounted(cells, scores.purchases) * self.margin
        return CellTerms(scores.purchases, worth, scores.alive, np.minimum(variance, 1e4))

    def discounted(self, cells: Cells, purchases: Array) -> Array:
        """Return expected purchases, each worth what money at its time is worth now."""
        if self.annual_discount == 0:
            return purchases
        steps = max(1, min(16, math.ceil(self.horizon_days / STEP_DAYS)))
        length = self.horizon_days / steps
        x, t_x, age = cells.repeat_count, cells.recency, cells.age
        total, before = np.zeros(len(cells)), np.zeros(len(cells))
        for step in range(1, steps + 1):
            until = purchases if step == steps else self.lifetime.expected_purchases(x, t_x, age, step * length)
            total += (until - before) * (1 + self.annual_discount) ** (-(step - 0.5) * length / YEAR_DAYS)
            before = until
        return total

    def score(self, purchases: Purchases) -> ValueTable:
        """Return the scores of customers given as arrays; the same as `score_query` gives in an engine.

        purchases : with times in days.
        """
        cells, place = placed(purchases)
        terms = self.cell_terms(cells)
        days, money = counted(purchases, self.first_ratio)
        at = days.astype(np.intp)
        known = spend_terms(self.spend, int(at.max(initial=0)))
        spend = known.base[at] + known.share[at] * money
        pooled = known.base[at] / spend
        variance = terms.variance[place] + known.own[at] + pooled * (known.cross[at] + pooled * known.pool)
        value = terms.worth[place] * spend
        factor = np.exp(np.minimum(50.0, normal_quantile(0.95) * np.sqrt(np.maximum(variance, 0.0))))
        return ValueTable(
            purchases.ids, value, value / factor, value * factor, terms.purchases[place], terms.alive[place]
        )

    # ------------------------------------------------------------ engine

    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return a query of ``customer_id`` and the outputs; who never bought has no row.

        Purchases are expected of distinct cells here, and joined back there; spend is reckoned there, in doubles.
        """
        if inputs.purchases is None:
            raise UsageError("lifetime value is scored on purchases", hint="give the purchase summaries")
        cells, spends = self.score_tables(inputs, inputs.purchases)
        return query(
            SCORES,
            people=inputs.people,
            purchases=inputs.purchases,
            cells=cells,
            spends=spends,
            first=int(self.first_ratio > 0),
            z=double(normal_quantile(0.95)),
        )

    def score_tables(self, inputs: ScoreInputs, purchases: exp.Table) -> tuple[exp.Table, exp.Table]:
        """Make the two small tables scores are joined from: of distinct cells, and of numbers of counted days."""
        import pyarrow as pa

        cells = count_cells(inputs.engine, purchases)
        terms = self.cell_terms(cells)
        by_cell = {
            "repeat_count": cells.repeat_count.astype(np.int64),
            "recency_days": cells.recency.astype(np.int64),
            "age_days": cells.age.astype(np.int64),
            "purchases": terms.purchases,
            "worth": terms.worth,
            "alive": terms.alive,
            "variance": terms.variance,
        }
        most = exp.select(exp.Max(this=exp.column("spend_days", quoted=True))).from_(purchases.copy())
        known = spend_terms(self.spend, int(inputs.engine.value(most) or 0) + 1)
        days = len(known.base)
        by_days = {
            "days": np.arange(days, dtype=np.int64),
            "base": known.base,
            "share": known.share,
            "own": known.own,
            "cross_term": known.cross,
            "pool": np.full(days, known.pool),
            "ratio": np.full(days, self.first_ratio),
        }
        names = f"{inputs.prefix}_cells", f"{inputs.prefix}_spends"
        for name, columns in zip(names, (by_cell, by_days), strict=True):
            inputs.engine.ingest(name, pa.table(columns), temporary=True)
        return exp.table_(names[0], quoted=True), exp.table_(names[1], quoted=True)

    # ------------------------------------------------------------ documents

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "kind": "clv",
            "horizon_days": self.horizon_days,
            "annual_discount": self.annual_discount,
            "margin": self.margin,
            "first_ratio": self.first_ratio,
            "lifetime": self.lifetime.to_document(),
            "spend": self.spend.to_document(),
            "card": self.card.to_document(),
            "tests": {name: one.to_document() for name, one in self.tests.items()},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the value a document describes.

        Raises DataError when it is not one of `to_document`.
        """
        try:
            kind = document["lifetime"]["kind"]
            if document["kind"] != "clv" or kind not in CLASSES:
                raise KeyError("kind")
            return cls(
                type(purchase_model(kind)).from_document(document["lifetime"]),
                GammaGamma.from_document(document["spend"]),
                card=ModelCard.from_document(document["card"]),
                horizon_days=int(document["horizon_days"]),
                first_ratio=float(document["first_ratio"]),
                annual_discount=float(document["annual_discount"]),
                margin=float(document["margin"]),
                tests={name: PurchaseHoldout.from_document(one) for name, one in document["tests"].items()},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError("not a fitted value", hint="use what LifetimeValue.to_document() returned") from error


def fit_lifetime_value(
    calibration: Purchases,
    holdout: HoldoutData | None,
    *,
    horizon_days: int,
    until: dt.date,
    model: ModelAsked = "auto",
    annual_discount: float = 0.0,
    margin: float = 1.0,
    first_purchase: FirstAsked = "auto",
    leave_out: Sequence[object] = (),
    findings: Sequence[Finding] = (),
    seed: int = 0,
    tell: Tell = quiet,
) -> LifetimeValue:
    """Fit the value of customers within a horizon, tested on a time it has not seen.

    Parameters
    ----------
    calibration : purchases as known now, times in days: what the models are fitted to.
    holdout : the same customers as of a past moment and what they did since (None: no test, and MBG/NBD by default).
    until : the day up to which purchases are known, exclusive.
    model : the purchase model, or ``auto``: by the rule of `segmentary.models.value.choice`.
    annual_discount : what money a year later is worth less (0.1: 10% a year). margin : the share of money earned.
    first_purchase : whether the first purchase may tell of later spend; ``auto``: where it goes together with it.
    leave_out : ids that are no persons (`segmentary.models.value.spend_checks.suspects`): neither fitted nor tested on,
    which is counted on the card; they are scored like all others.
    findings : what was noticed about the data (`segmentary.models.value.spend_checks`), kept on the card.
    seed : of the intervals that are drawn.

    Raises NoAnswerError when too few bought, nobody bought again, or no repeat purchase was paid; UsageError when the
    horizon, the discount or the margin has no meaning.
    """
    if not (horizon_days >= 1 and annual_discount >= 0 and margin > 0):
        raise UsageError("a horizon of at least a day, a discount not below 0, and a margin above 0 are needed")
    calibration, left = without(calibration, leave_out)
    holdout = holdout.without(leave_out) if holdout is not None and left else holdout
    wanted: tuple[ModelName, ...] = tuple(CLASSES) if model == "auto" else (model,)
    choice, noticed = tried(holdout, wanted, within(tell, 0.0, 0.5))
    name: ModelName = choice.name if choice else UNTESTED if model == "auto" else model
    tell(f"fitting {TITLES[name]} to {len(calibration)} customers", 0.55)
    lifetime = purchase_model(name).fit(calibration)
    first = first_spend(calibration, first_purchase)
    made = LifetimeValue(
        lifetime,
        GammaGamma().fit(calibration.spend_days, calibration.mean_spend),
        card=EMPTY,
        horizon_days=horizon_days,
        first_ratio=first.ratio,
        annual_discount=annual_discount,
        margin=margin,
        tests={one.name: one.judged for one in choice.candidates} if choice else {},
    )
    tell("testing value on the time after the cutoff", 0.7)
    value, doubts = tested_value(choice, holdout, used=first.used, seed=seed)
    tested = Trial(value, choice, (*left, *noticed, *doubts))
    tell("writing the card", 0.9)
    made.card = card_of(made, calibration, holdout, tested, first, until=until, findings=findings, seed=seed)
    return made


def tried(
    holdout: HoldoutData | None, wanted: tuple[ModelName, ...], tell: Tell
) -> tuple[Choice | None, tuple[Finding, ...]]:
    """Return the choice made on the holdout, or none and why."""
    if holdout is None:
        return None, ()
    try:
        return choose_model(holdout, models=wanted, tell=tell), ()
    except NoAnswerError as error:
        return None, (Finding("not_tested", "warning", f"no test on a time not seen: {error}", error.hint or ""),)


def tested_value(
    choice: Choice | None, holdout: HoldoutData | None, *, used: bool, seed: int
) -> tuple[ValueHoldout | None, tuple[Finding, ...]]:
    """Return how well money was foreseen: with both models as they would have been fitted at the cutoff."""
    if choice is None or holdout is None:
        return None, ()
    before = holdout.before
    try:
        spend = GammaGamma().fit(before.spend_days, before.mean_spend)
    except NoAnswerError as error:
        return None, (Finding("value_not_tested", "warning", f"value could not be tested: {error}", error.hint or ""),)
    ratio = first_spend(before).ratio if used else 0.0
    past = LifetimeValue(choice.chosen.model, spend, card=EMPTY, horizon_days=round(holdout.days), first_ratio=ratio)
    return value_holdout(past.score(before).value, holdout, seed=seed), ()


DAY = dt.date(1970, 1, 1)
EMPTY = ModelCard("clv", "", "", DAY, DAY, (), None, 0, 0, None, (), (), (), (), ())


def double(value: float) -> exp.Expr:
    """Return a number as a binary fraction in SQL, to the last digit."""
    return exp.cast(exp.Literal.string(repr(value)), "double")
