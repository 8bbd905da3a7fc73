"""What found segments are like, as figures: sizes, profile, markers, descriptors, names, rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from segmentary.models.intervals import Interval


@dataclass(frozen=True, slots=True)
class ProfileCell:
    """One segment in one column (or one level of a nominal one).

    segment : its place; column, level : what (level None: the column's mean, or the share of "yes" of a binary one).
    value : mean or share (weighted) with interval. total : that of everybody. lift : value / total where total > 0.
    effect : standardised difference to everybody else (Cohen's d; Cohen's h for shares). p : corrected (Holm over all
    cells). marker : whether it marks the segment (Dolnicar & Leisch 2014: 25 % of the highest or 50 % off the total
    relatively, and sure after correction).
    """

    segment: int
    column: str
    level: str | None
    kind: str
    value: Interval
    total: float
    lift: float | None
    effect: float
    p: float
    marker: bool


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Whether something that was not segmented by differs between segments.

    effect : Cramer's V (nominal, binary, ordinal) or eta squared (numbers), with interval where one is known.
    test : chi_squared, kruskal, welch_anova ... p : raw; p_holm, q : corrected over all descriptors.
    shares : per segment, per level the share (numbers: the mean under level ""). n : people with a value.
    """

    name: str
    title: str
    kind: str
    effect_name: str
    effect: Interval
    test: str
    statistic: float
    p: float
    p_holm: float
    q: float
    levels: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    counts: tuple[tuple[float, ...], ...]
    n: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadableRule:
    """One segment as a rule of the segment language.

    document : the rule's tree as `segmentary.language.documents` writes it (YAML/JSON values), about the columns'
    traits. sentence : in words. precision, recall : against the solution, cross-validated, weighted, with interval.
    """

    segment: int
    document: dict[str, Any]
    sentence: str
    precision: Interval
    recall: Interval


@dataclass(frozen=True, slots=True)
class SegmentDescription:
    """One found segment.

    key : a short name usable in definitions (letters, digits, underscores), unique in the solution. name : for people.
    n : people (unweighted); size : weighted share with interval. value_share : share of the money (or other value)
    handed in, with interval; None where none was. confidence : mean probability of its members. stability : median
    Jaccard over bootstraps (SLSW). markers : the labels of its marker columns, strongest first.
    """

    place: int
    key: str
    name: str
    sentence: str
    n: int
    size: Interval
    value_share: Interval | None
    confidence: float | None
    stability: float | None
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """The whole description of a solution.

    agreement : share of people whom the rules put where the solution does, cross-validated, with interval.
    """

    segments: tuple[SegmentDescription, ...]
    profile: tuple[ProfileCell, ...]
    descriptors: tuple[Descriptor, ...]
    rules: tuple[ReadableRule, ...]
    agreement: Interval | None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Description:
        """Return the description a document describes."""

        def interval(value: dict[str, Any] | None) -> Interval | None:
            return None if value is None else Interval(**value)

        return cls(
            tuple(
                SegmentDescription(
                    **{
                        **one,
                        "size": Interval(**one["size"]),
                        "value_share": interval(one["value_share"]),
                        "markers": tuple(one["markers"]),
                    }
                )
                for one in document["segments"]
            ),
            tuple(ProfileCell(**{**one, "value": Interval(**one["value"])}) for one in document["profile"]),
            tuple(
                Descriptor(
                    **{
                        **one,
                        "effect": Interval(**one["effect"]),
                        "levels": tuple(one["levels"]),
                        "shares": tuple(tuple(row) for row in one["shares"]),
                        "counts": tuple(tuple(row) for row in one["counts"]),
                    }
                )
                for one in document["descriptors"]
            ),
            tuple(
                ReadableRule(**{**one, "precision": Interval(**one["precision"]), "recall": Interval(**one["recall"])})
                for one in document["rules"]
            ),
            interval(document["agreement"]),
        )
