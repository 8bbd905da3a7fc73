"""The next days of every customer: what they are expected to spend, and whether they will buy at all.

Fitted on past moments with what came after them, tested on the latest moment whose following days are known, then
fitted again with that moment included. See `segmentary.models.predict.ensemble` for the method.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlglot import exp

from segmentary.errors import DataError
from segmentary.language.sql import binary
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.assign.sql import double, number_of
from segmentary.models.predict.bands import Bands
from segmentary.models.predict.buying_model import LifetimeKind
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.ensemble import Ensemble
from segmentary.models.predict.features import definitions_kept, definitions_of, with_parts
from segmentary.models.predict.learning import Learnt, learnt
from segmentary.models.predict.metrics import calibration_bins
from segmentary.models.predict.next_holdout import measured
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.predict.prediction import OutputType, Prediction, ScoreInputs
from segmentary.models.predict.reconciling import Reconciliation
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.models.value.purchases import Purchases

METHOD = (
    "the mean of three: boosted trees over the features and the lifetime model, Pareto/NBD x Gamma-Gamma, and a "
    "regression on the logarithms of recency, frequency, age and money"
)
LIMITS = (
    "The sum over customers knows nothing of seasons, prices or campaigns: take it from the forecast of the total.",
    "Only customers who had bought by the moment of scoring are spoken of; newcomers are not in the sum.",
    "The interval is about the average of customers like these; what a single one spends scatters far more.",
    "It says who would buy as things went so far, not who buys because of being contacted: that takes an experiment.",
)


@dataclass(frozen=True, eq=False)
class NextPurchase(Prediction):
    """Spend and chance of buying in the next days.

    Attributes
    ----------
    ensemble : how they are computed. bands : the interval of spend.
    factor : what spend is multiplied with: 1, or what makes the sum that of `total`. total : the reconciliation, once
    it is done. left_out : ids that are no customers, never scored.
    """

    card: ModelCard
    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    ensemble: Ensemble
    bands: Bands
    factor: float = 1.0
    total: Reconciliation | None = None
    left_out: tuple[str, ...] = ()
    wants_purchases: bool = True

    @property
    def outputs(self) -> Mapping[str, OutputType]:
        """Spend with its interval, and the probability of buying at all."""
        return {"spend": "number", "spend_low": "number", "spend_high": "number", "probability": "number"}

    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return a query of ``customer_id`` and the outputs; whoever never bought has no row."""
        if inputs.purchases is None:
            raise DataError("the next purchase is predicted from purchases", hint="give the purchase summaries")
        said = self.ensemble.query(inputs, inputs.purchases, self.left_out)
        low, high = self.bands.expressions(number_of("spend"))
        query = exp.select(exp.column("customer_id", quoted=True)).from_(said.subquery("said"))
        for name, value in {"spend": number_of("spend"), "spend_low": low, "spend_high": high}.items():
            scaled = value if self.factor == 1.0 else binary(exp.Mul, value, double(self.factor))
            query = query.select(scaled.as_(name, quoted=True), copy=False)
        return query.select(number_of("chance").as_("probability", quoted=True), copy=False)

    def reconciled(self, total: Reconciliation) -> NextPurchase:
        """Return the same with spend (not the probability) scaled so that it sums to the forecast of the total."""
        scaled = Finding("reconciled", "note", f"every customer's spend is multiplied by {total.factor:.2f}")
        return replace(self.beside(total).noting(scaled), factor=total.factor)

    def beside(self, total: Reconciliation) -> NextPurchase:
        """Return the same with the forecast of the total beside it; no customer's figure changes."""
        said = Finding("total", "note" if total.agrees else "warning", total.sentence.rstrip("."))
        return replace(self.noting(said, *total.forecast.findings), total=total)

    def without_total(self, why: str) -> NextPurchase:
        """Return the same with the reason why no total could be forecast."""
        return self.noting(Finding("total_unknown", "warning", f"the total cannot be forecast: {why}"))

    def noting(self, *findings: Finding) -> NextPurchase:
        """Return the same with more findings on its card."""
        return replace(self, card=replace(self.card, findings=(*self.card.findings, *findings)))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "card": self.card.to_document(),
            "features": definitions_kept(self.features),
            "attributes": dict(self.attributes),
            "ensemble": self.ensemble.to_document(),
            "bands": self.bands.to_document(),
            "left_out": list(self.left_out),
            "factor": self.factor,
            "total": None if self.total is None else self.total.to_document(),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the prediction a document describes."""
        return cls(
            ModelCard.from_document(document["card"]),
            definitions_of(document["features"]),
            dict(document["attributes"]),
            Ensemble.from_document(document["ensemble"]),
            Bands.from_document(document["bands"]),
            float(document["factor"]),
            None if document["total"] is None else Reconciliation.from_document(document["total"]),
            tuple(document["left_out"]),
        )


def fit_next(
    train: Sequence[NextPeriod],
    test: NextPeriod | None = None,
    *,
    horizon_days: int,
    seed: int = 0,
    tell: Tell = quiet,
    features: Mapping[str, TraitDefinition] | None = None,
    attributes: Mapping[str, ValueType] | None = None,
    now: Purchases | None = None,
    model: LifetimeKind = "pareto_nbd",
) -> NextPurchase:
    """Fit spend and chance of buying in the next days.

    Parameters
    ----------
    train : past moments with what came in the horizon after them; the two latest are pooled (more moments teach more
        about customers and less about today). test : a later moment, for the holdout figures; the model that is
        returned is then fitted on it and the latest of `train`. None: nothing was held out, which the card says.
    features, attributes : the definitions behind the columns of the periods' features, to be kept.
    now : purchases as of the latest moment there is, for the lifetime model that scores.
    model : which lifetime model is one of the three.

    Raises
    ------
    NoAnswerError
        nobody bought in the days after the moments, or nobody had bought twice before them; with counts.
    """
    tell("preparing", 0.0)
    found = learnt(
        train, test, horizon_days=horizon_days, seed=seed, tell=tell, features=features or {}, now=now, model=model
    )
    held, guess = found.held, found.guess
    bands = Bands.of(held.spend, guess.spend, "share")
    reads = found.ensemble.reads
    kept = with_parts(reads, features or {})
    given = {name: kind for name, kind in (attributes or {}).items() if name in reads}
    card = card_of(found, horizon_days, seed)
    return NextPurchase(card, kept, given, found.ensemble, bands, left_out=found.fillers)


def card_of(found: Learnt, horizon_days: int, seed: int) -> ModelCard:
    """Return the card."""
    tested, held, guess = found.test is not None, found.held, found.guess
    periods = found.periods
    first = min(one.cutoff - dt.timedelta(days=int(one.purchases.age.max(initial=0))) for one in periods)
    return ModelCard(
        kind="next",
        target=f"what a customer will spend in the next {horizon_days} days, and whether they will buy at all",
        method=METHOD,
        data_from=first,
        data_until=max(one.cutoff for one in periods) + dt.timedelta(days=horizon_days),
        cutoffs=tuple(sorted(one.cutoff for one in periods)),
        test_cutoff=held.cutoff if tested else None,
        horizon_days=horizon_days,
        people=sum(map(len, periods)),
        positives=sum(int(one.bought.sum()) for one in periods),
        features=found.weights("spend"),
        holdout=measured(held, guess, horizon_days=horizon_days, seed=seed) if tested else (),
        calibration=calibration_bins(held.spend, guess.spend),
        findings=found.findings,
        limits=LIMITS,
        baseline=found.baseline({"spend": guess.spend, "probability": guess.chance}),
        seed=seed,
    )
