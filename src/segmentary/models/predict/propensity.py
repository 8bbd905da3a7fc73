"""How likely somebody is to do something within a horizon: fitted on the past, tested on the time after it.

The mean of a ridge logistic regression and boosted trees, recalibrated on people neither was fitted on; tested on the
newest moment by a model that knows only the moments before it; then fitted again on all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.errors import NoAnswerError
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.assign.sql import Input
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.chances import Bins, Chances, decile_cuts
from segmentary.models.predict.features import FeatureTable, definitions_kept, definitions_of, pooled, with_parts
from segmentary.models.predict.judging import (
    Rivals,
    baseline,
    doubts,
    first_day,
    importance,
    limits,
    measured,
    rivals,
    too_good,
)
from segmentary.models.predict.metrics import calibration_bins
from segmentary.models.predict.prediction import OutputType, Prediction, ScoreInputs
from segmentary.models.predict.training import Tried, check, enough, fitted, leaks, thinned
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.typed_table import Floats, TypedTable

Way: TypeAlias = Literal["platt", "isotonic"]

FEWEST_TESTED = 10
OUTPUTS: Mapping[str, OutputType] = {"probability": "number", "low": "number", "high": "number", "decile": "number"}
METHOD = "Mean of a ridge logistic regression and boosted trees, recalibrated on people left out."
LIMITS = (
    "It says how often it happened among people like these in the past: a new season or new prices are not in it.",
    "It does not say what contacting somebody changes: for that, keep a control group and measure.",
    "The interval is about people with like chances, not about one person.",
)


@dataclass(frozen=True)
class Propensity(Prediction):
    """A fitted chance of an event. chances : how it is computed; the rest as of `Prediction`."""

    card: ModelCard
    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    chances: Chances
    wants_purchases: bool = False

    @property
    def outputs(self) -> Mapping[str, OutputType]:
        """Chance with its interval, and its decile among everybody when it was fitted."""
        return OUTPUTS

    def probability(self, table: TypedTable) -> Floats:
        """Return the chance of each person; (n,)."""
        return self.chances.probability(table)

    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return everybody's chance, its interval and decile, in the engine."""
        return self.chances.query(inputs.people, placed(inputs))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "card": self.card.to_document(),
            "features": definitions_kept(self.features),
            "attributes": dict(self.attributes),
            "chances": self.chances.to_document(),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the prediction a document describes."""
        return cls(
            ModelCard.from_document(document["card"]),
            definitions_of(document["features"]),
            document["attributes"],
            Chances.from_document(document["chances"]),
        )


def placed(inputs: ScoreInputs) -> dict[str, Input]:
    """Return where each feature stands, as assignments want it."""
    return {name: Input(column, inputs.types[name]) for name, column in inputs.columns.items()}


# ---------------------------------------------------------------- fitting


def fit_propensity(
    tables: Sequence[FeatureTable],
    happened: Sequence[npt.ArrayLike],
    *,
    horizon_days: int,
    target: str = "it happens",
    calibration: Way = "platt",
    data_from: dt.date | None = None,
    seed: int = 0,
    tell: Tell = quiet,
) -> Propensity:
    """Fit the chance that something happens within a horizon.

    Parameters
    ----------
    tables : people as of moments of the past, in rising order; the last is what the model is tested on. One alone: the
        test is on people left out, and the card says that no later time was tested.
    happened : for each table, (n,) whether it happened within the horizon from that moment on.
    target : what happens, in words: "an order of shoes".

    Raises
    ------
    NoAnswerError
        it happened to too few people or to nearly all, or a column gives the outcome away.
    DataError
        outcomes do not fit the tables, or moments do not rise.
    """
    known = [np.asarray(one, dtype=np.float64) for one in happened]
    check(tables, known)
    together, y, newest = gathered(tables, known, seed)
    enough(y, target)
    final, held, told, rival = tried(together, y, newest, calibration, target, seed, tell)
    outcome = y[newest]
    tell("testing", 0.92)
    weights = importance(final, together, y, seed)
    figures = measured(outcome, told, rival, seed=seed)
    too_good(figures, weights)
    cuts = decile_cuts(final.probability(held))
    chances = Chances(final.parts, final.calibration, Bins.of(outcome, told), cuts)
    reads = [one for one in together.names if any(one in part.reads for part in final.parts.values())]
    card = ModelCard(
        "propensity",
        f"The chance that {target} within {horizon_days} days.",
        METHOD,
        data_from or first_day(tables),
        tables[-1].as_of.date() + dt.timedelta(days=horizon_days),
        tuple(one.as_of.date() for one in tables),
        tables[-1].as_of.date() if len(tables) > 1 else None,
        horizon_days,
        len(y),
        int(y.sum()),
        weights,
        figures,
        calibration_bins(outcome, told),
        (*tables[-1].findings, *doubts(final, figures)),
        (*LIMITS, *limits(tables)),
        baseline(chances, held, reads),
        seed,
    )
    return Propensity(card, *read_by(tables[-1], reads), chances)


def gathered(
    tables: Sequence[FeatureTable], known: Sequence[Floats], seed: int
) -> tuple[TypedTable, Floats, npt.NDArray[np.bool_]]:
    """Return the people of all moments (a draw, where they are very many), their outcomes, who is of the newest."""
    moment = np.repeat(np.arange(len(tables)), [len(one) for one in tables])
    rows = thinned(len(moment), seed)
    together = pooled([one.table for one in tables]).take(rows)
    return together, np.concatenate(known)[rows], moment[rows] == len(tables) - 1


def read_by(table: FeatureTable, reads: Sequence[str]) -> tuple[dict[str, TraitDefinition], dict[str, ValueType]]:
    """Return the definitions and attributes behind the columns read."""
    return with_parts(reads, table.features), {name: one for name, one in table.attributes.items() if name in reads}


def tried(
    table: TypedTable, y: Floats, newest: npt.NDArray[np.bool_], way: Way, target: str, seed: int, tell: Tell
) -> tuple[Tried, TypedTable, Floats, Rivals]:
    """Return the model of all moments; the people of the newest, what a model without it says of them, and rivals."""
    held, outcome = table.take(newest), y[newest]
    if int(outcome.sum()) < FEWEST_TESTED or int((1 - outcome).sum()) < FEWEST_TESTED:
        raise NoAnswerError(
            f"{target}: so for {int(outcome.sum()):,} of {len(outcome):,} people in the end, too few to test",
            hint="choose an earlier moment or a longer horizon",
        )
    leaks(table, y)
    if newest.all():
        final = fitted(table, y, way, seed, within(tell, 0.0, 0.9))
        return final, held, final.apart, rivals(table, y, held, outcome, seed)
    before, past = table.take(~newest), y[~newest]
    enough(past, target)
    first = fitted(before, past, way, seed, within(tell, 0.0, 0.45))
    simple = first.parts["terms"].penalty
    final = fitted(table, y, way, seed, within(tell, 0.45, 0.9), penalty=simple)
    return final, held, first.probability(held), rivals(before, past, held, outcome, seed)
