"""Churn of customers who have no contract: who of the active will buy nothing in the next days.

Nobody tells a shop that they have left. What can be seen is silence, and it has two readings:

- **silent**: no purchase within the horizon. That can be counted afterwards, so it can be predicted, tested and
  calibrated; it is what `probability` says. Somebody who buys once a year is silent in most quarters, and has not left.
- **gone**: never coming back. That is never seen, only believed: `alive` is the chance, by a buy-till-you-die model, of
  being a customer still. It cannot be tested on anybody, only the model behind it.

Who is long silent already cannot fall silent, so the prediction is about the active. A customer is active who bought
within the last year, or within twice their usual gap between purchases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.errors import DataError, NoAnswerError
from segmentary.language.sql import binary, some
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.assign.sql import double, number_of
from segmentary.models.predict.bands import Bands, cuts_of, tenth_expression
from segmentary.models.predict.buying_model import LifetimeKind
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.ensemble import Ensemble
from segmentary.models.predict.features import definitions_kept, definitions_of, with_parts
from segmentary.models.predict.learning import Learnt, learnt
from segmentary.models.predict.metrics import calibration_bins
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.predict.prediction import OutputType, Prediction, ScoreInputs
from segmentary.models.predict.silence import Recalibration, recalibrated, silence_measured
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats
from segmentary.models.value.purchases import Purchases

METHOD = (
    "one minus the mean of three chances of buying (boosted trees, Pareto/NBD, logistic regression), recalibrated on "
    "the time held out"
)
LIMITS = (
    "Silent is not gone: whoever buys rarely is silent in most periods and comes back.",
    "It is about the active only; who has been silent for long has no score.",
    "It says who will be silent as things went so far, not who stays because of being contacted.",
)


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """Who counts as active: bought within so many days, or within so many of their usual gaps between purchases."""

    within_days: float = 365.0
    gaps: float = 2.0

    def active(self, purchases: Purchases) -> npt.NDArray[np.bool_]:
        """Return who is active; (n,)."""
        since = purchases.age - purchases.recency
        gap = purchases.recency / np.maximum(purchases.repeat_count, 1)
        return (since <= self.within_days) | ((purchases.repeat_count > 0) & (since <= self.gaps * gap))

    def expression(self) -> exp.Expr:
        """Return the same test over the columns of purchases."""
        repeats, since, known = (number_of(f"bought.{name}") for name in ("repeats", "days_since", "days_known"))
        lately = binary(exp.LTE, since, double(self.within_days))
        # Days from the first to the last purchase, times the gaps, against the days since times the repeats: no
        # division, so nobody is divided by zero.
        span = binary(exp.Sub, known, since.copy())
        rhythm = binary(exp.LTE, binary(exp.Mul, since.copy(), repeats), binary(exp.Mul, span, double(self.gaps)))
        again = binary(exp.GT, repeats.copy(), double(0.0))
        return some([lately, exp.And(this=again, expression=rhythm)])

    @property
    def sentence(self) -> str:
        """The rule in words."""
        often = "twice" if self.gaps == 2 else f"{self.gaps:g} times"
        return f"bought within the last {self.within_days:g} days, or within {often} their usual gap"


@dataclass(frozen=True, eq=False)
class SilentChurn(Prediction):
    """The chance of buying nothing in the next days, of active customers.

    Attributes
    ----------
    rule : who is active. ensemble : the chance of buying. recalibration : from it to the chance of silence.
    bands : its interval. cuts : borders of tenths when fitted. left_out : ids that are no customers, never scored.
    """

    card: ModelCard
    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    rule: ActiveRule
    ensemble: Ensemble
    recalibration: Recalibration
    bands: Bands
    cuts: tuple[float, ...]
    left_out: tuple[str, ...] = ()
    wants_purchases: bool = True

    @property
    def outputs(self) -> Mapping[str, OutputType]:
        """The chance of silence, its interval, its tenth (10: most at risk), and the chance of not being gone."""
        return {"probability": "number", "low": "number", "high": "number", "decile": "number", "alive": "number"}

    def predict(self, features: Any, purchases: Purchases) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return the chance of silence (n,), and who is active; of the others the chance means nothing."""
        guess = self.ensemble.guess(features, purchases)
        return self.recalibration.silent(guess.chance), self.rule.active(purchases)

    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return a query of ``customer_id`` and the outputs; only the active have a row."""
        if inputs.purchases is None:
            raise DataError("silence is predicted from purchases", hint="give the purchase summaries")
        said = self.ensemble.query(inputs, inputs.purchases, self.left_out).where(self.rule.expression(), copy=False)
        key = exp.column("customer_id", quoted=True)
        chance = self.recalibration.expression(number_of("chance"))
        inner = exp.select(key, chance.as_("probability", quoted=True)).from_(active(said))
        inner = inner.select(number_of("bought.alive").as_("alive", quoted=True), copy=False)
        probability = number_of("probability")
        low, high = self.bands.expressions(probability)
        found = exp.select(key.copy(), probability).from_(inner.subquery("silent"))
        values = {"low": low, "high": high, "decile": tenth_expression(probability, self.cuts)}
        for name, value in values.items():
            found = found.select(value.as_(name, quoted=True), copy=False)
        return found.select(number_of("alive"), copy=False)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "card": self.card.to_document(),
            "features": definitions_kept(self.features),
            "attributes": dict(self.attributes),
            "rule": asdict(self.rule),
            "ensemble": self.ensemble.to_document(),
            "recalibration": asdict(self.recalibration),
            "bands": self.bands.to_document(),
            "cuts": list(self.cuts),
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the prediction a document describes."""
        return cls(
            ModelCard.from_document(document["card"]),
            definitions_of(document["features"]),
            dict(document["attributes"]),
            ActiveRule(**document["rule"]),
            Ensemble.from_document(document["ensemble"]),
            Recalibration(**document["recalibration"]),
            Bands.from_document(document["bands"]),
            tuple(document["cuts"]),
            tuple(document["left_out"]),
        )


def active(said: exp.Select) -> exp.Subquery:
    return said.subquery("active")


def fit_silent_churn(
    train: Sequence[NextPeriod],
    test: NextPeriod | None = None,
    *,
    horizon_days: int,
    seed: int = 0,
    tell: Tell = quiet,
    features: Mapping[str, TraitDefinition] | None = None,
    attributes: Mapping[str, ValueType] | None = None,
    now: Purchases | None = None,
    rule: ActiveRule | None = None,
    model: LifetimeKind = "pareto_nbd",
) -> SilentChurn:
    """Fit who of the active will buy nothing in the next days.

    train, test and the rest : as of `segmentary.models.predict.next_purchase.fit_next`. rule : who is active.

    Raises
    ------
    NoAnswerError
        nobody is active, nobody of them bought, or all of them did; with counts.
    """
    rule = rule or ActiveRule()
    kept = [one.only(rule.active(one.purchases)) for one in train]
    tested = None if test is None else test.only(rule.active(test.purchases))
    some_silence(kept, rule, horizon_days)
    found = learnt(
        kept, tested, horizon_days=horizon_days, seed=seed, tell=tell, features=features, now=now, model=model
    )
    held, guess = found.held, found.guess
    silent = (~held.bought).astype(np.float64)
    recalibration, chance = recalibrated(guess.chance, silent, held_out=found.test is not None)
    card = card_of(found, rule, horizon_days, chance, seed)
    reads = found.ensemble.reads
    return SilentChurn(
        card,
        with_parts(reads, features or {}),
        {name: kind for name, kind in (attributes or {}).items() if name in reads},
        rule,
        found.ensemble,
        recalibration,
        Bands.of(silent, chance, "chance"),
        cuts_of(chance),
        found.fillers,
    )


def some_silence(periods: Sequence[NextPeriod], rule: ActiveRule, horizon_days: int) -> None:
    """Refuse where there is nothing to tell apart."""
    people, bought = sum(map(len, periods)), sum(int(one.bought.sum()) for one in periods)
    if not people:
        raise NoAnswerError(f"nobody is active ({rule.sentence})", hint="choose an earlier moment, or a wider rule")
    if bought in (0, people):
        what = "none" if not bought else "all"
        raise NoAnswerError(
            f"{what} of {people:,} active customers bought in the {horizon_days} days after: there is nothing to tell "
            "apart",
            hint="choose a longer horizon" if not bought else "choose a shorter horizon",
        )


def card_of(found: Learnt, rule: ActiveRule, horizon_days: int, chance: Floats, seed: int) -> ModelCard:
    """Return the card."""
    periods, held = found.periods, found.held
    silent = (~held.bought).astype(np.float64)
    tested = found.test is not None
    first = min(one.cutoff - dt.timedelta(days=int(one.watched.age.max(initial=0))) for one in periods)
    if found.ensemble.buying.lifetime.has_dropout:
        gone = f"the lifetime model holds {1 - float(found.guess.alive.mean()):.0%} to be gone for good"
    else:
        gone = "the lifetime model sees nobody leave for good"
    readings = Finding(
        "silent_or_gone",
        "note",
        f"of {len(held):,} active customers {silent.mean():.0%} were silent in the {horizon_days} days after "
        f"{held.cutoff}, while {gone}: silent is not gone",
    )
    return ModelCard(
        kind="churn",
        target=f"whether an active customer ({rule.sentence}) will buy nothing in the next {horizon_days} days",
        method=METHOD,
        data_from=first,
        data_until=max(one.cutoff for one in periods) + dt.timedelta(days=horizon_days),
        cutoffs=tuple(sorted(one.cutoff for one in periods)),
        test_cutoff=held.cutoff if tested else None,
        horizon_days=horizon_days,
        people=sum(map(len, periods)),
        positives=sum(int((~one.bought).sum()) for one in periods),
        features=found.weights("chance", toward_less=True),
        holdout=silence_measured(held, chance, 1 - found.guess.chance, found.guess.alive) if tested else (),
        calibration=calibration_bins(silent, chance),
        findings=(*found.findings, readings),
        limits=LIMITS,
        baseline=found.baseline({"probability": chance}),
        seed=seed,
    )
