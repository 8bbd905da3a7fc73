"""How many segments: the criteria of each number, side by side, with a recommendation in words and its doubt."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over repetitions: its median and its 10 %, 25 %, 75 % and 90 % points."""

    median: float
    low: float
    quarter: float
    three_quarters: float
    high: float
    repetitions: int


@dataclass(frozen=True, slots=True)
class CriteriaRow:
    """Everything known of one number of segments k of one method. What a method has not is None.

    Attributes
    ----------
    cost : within-segment sum of squares, or the method's own cost (weighted as the people are).
    log_likelihood, parameters, aic, bic, icl, entropy : of mixtures. ICL: BIC + 2 x entropy of classification, by the
        most likely segment as flexmix does it; smaller is better. entropy: 1 is sure of everybody, 0 of nobody.
    gap, gap_error : Tibshirani, Walther & Hastie (2001), with its simulation error.
    silhouette : mean silhouette width; silhouette_excess : how far above what the null model gives, in its standard
        deviations (null-referenced).
    prediction_strength : Tibshirani & Walther (2005), 2-fold, mean over repetitions.
    stability : adjusted Rand index between bootstrap pairs (Dolnicar & Leisch 2010).
    smallest : people (unweighted) in the smallest segment.
    """

    method: str
    k: int
    cost: float | None = None
    log_likelihood: float | None = None
    parameters: int | None = None
    aic: float | None = None
    bic: float | None = None
    icl: float | None = None
    entropy: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    silhouette: float | None = None
    silhouette_excess: float | None = None
    prediction_strength: float | None = None
    stability: Spread | None = None
    smallest: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do, in words.

    method, k : of the recommended solution; k = 1: do not segment by this.
    sentence : one sentence a marketer understands. doubt : what speaks against it. votes : criterion -> the k it
    prefers (of the recommended method), so that people see how far they agree.
    """

    method: str
    k: int
    sentence: str
    doubt: str
    votes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Criteria:
    """The whole table with its recommendation. Rows in order of method and k, k = 1 included where it has meaning."""

    rows: tuple[CriteriaRow, ...]
    recommendation: Recommendation

    def row(self, method: str, k: int) -> CriteriaRow:
        """Return one row; KeyError where there is none."""
        for one in self.rows:
            if (one.method, one.k) == (method, k):
                return one
        raise KeyError((method, k))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Criteria:
        """Return the table a document describes."""
        rows = tuple(
            CriteriaRow(**{**row, "stability": Spread(**row["stability"]) if row["stability"] else None})
            for row in document["rows"]
        )
        return cls(rows, Recommendation(**document["recommendation"]))
