"""What every fitted prediction is to the workspace: what it reads, what it says of a person, its card, its document.

A prediction is fitted once, kept as a document of plain numbers, and scored in the engine as often as wanted. Scores
become dated attributes of customers, ``NAME.OUTPUT``, so that segments may use them like any other trait.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.language.tree import TraitDefinition, ValueType
from segmentary.models.predict.card import ModelCard

OutputType: TypeAlias = Literal["number", "text", "boolean"]


@dataclass(frozen=True, slots=True)
class ScoreInputs:
    """What a prediction is scored on, all of it as of one moment.

    Attributes
    ----------
    engine : where everything stands.
    people : one row per customer to score: ``customer_id`` and the columns named by `columns`.
    columns : feature name to its column of `people`.
    types : feature name to its type in the language.
    purchases : one row per customer who ever bought (`segmentary.models.value.purchases.purchases_query`), when the
        prediction asked for it.
    prefix : names of temporary tables begin so.
    """

    engine: Engine
    people: exp.Table
    columns: Mapping[str, str]
    types: Mapping[str, ValueType]
    purchases: exp.Table | None
    prefix: str


class Prediction(ABC):
    """A fitted prediction.

    Attributes
    ----------
    card : everything a person should know of it.
    features : the traits it reads, as definitions, frozen when it was fitted (a later edit of a trait of the same name
        does not change what the model means); computed as of the moment of scoring.
    attributes : the attributes it reads beside them, with their types.
    wants_purchases : whether it reads the purchase summaries.
    """

    card: ModelCard
    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    wants_purchases: bool

    @property
    @abstractmethod
    def outputs(self) -> Mapping[str, OutputType]:
        """What it says of a person, in order; names as in the table below.

        ==========  ==========================================================================================
        clv         value, low, high (money expected in the horizon, 95%), purchases, alive (0 to 1)
        next        spend, spend_low, spend_high (95% of the expectation), probability (of buying again)
        churn       probability (of leaving within the horizon), low, high, decile (10: most at risk); of silence: alive
        propensity  probability, low, high, decile (10: most likely)
        lookalike   score (0 to 100: share of the population less alike; a rank, no probability), decile
        ==========  ==========================================================================================
        """

    @abstractmethod
    def score_query(self, inputs: ScoreInputs) -> exp.Query:
        """Return a query of ``customer_id`` and the outputs by their names, one row per person it can speak of.

        May make temporary tables first (small ones: distinct cells, parameters). Whom it cannot speak of has no row.
        """

    @abstractmethod
    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values: numbers and definitions, nothing about a person."""

    @classmethod
    @abstractmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the prediction a document describes: scores are the same to the last digit that is kept."""
