"""What a report shows, as frozen data: every figure already counted, compared and, where a group is small, hidden.

A count, an amount or an interval that is None is hidden because too few people stand behind it, or because showing it
would let a small group be worked out from the totals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from segmentary.models.intervals import Difference, Interval


@dataclass(frozen=True, slots=True)
class SegmentInput:
    """A segment as the report is given it; ``uses`` are the traits its own rule asks for."""

    name: str
    title: str = ""
    purpose: str = ""
    sentence: str = ""
    base: str = "other"
    uses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody, and what they bought before as-of. Money is gross: positive sale lines of identified customers."""

    customers: int
    buyers: int = 0
    repeat_buyers: int = 0
    orders: int = 0
    money: Decimal = Decimal(0)
    refunds: Decimal = Decimal(0)
    best_fifth_share: float | None = None
    first_order: dt.date | None = None
    last_order: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """One month of sales in the workspace's zone. ``partial``: it was not seen to its end."""

    month: dt.date
    orders: int
    buyers: int | None
    money: Decimal
    partial: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Members of a segment against everybody else, in one trait (or one level of it)."""

    segment: str
    trait: str
    title: str
    level: str | None
    unit: str
    kind: Literal["mean", "share"]
    members: float
    others: float
    n_members: int
    n_others: int
    difference: Difference
    p_holm: float
    q_false_discovery: float
    marker: bool
    defining: bool

    @property
    def label(self) -> str:
        """Return what is compared: the trait, or the trait and one level of it."""
        return self.title if self.level is None else f"{self.title}: {self.level}"


@dataclass(frozen=True, slots=True)
class SegmentFigure:
    """Size and value of one segment."""

    name: str
    title: str
    purpose: str
    sentence: str
    base: str
    people: int | None
    share: Interval | None
    money: Decimal | None
    money_share: Interval | None
    average: Interval | None


@dataclass(frozen=True, slots=True)
class RfmCellFigure:
    """One named part of the RFM map."""

    name: str
    meaning: str
    people: int | None
    share: Interval | None
    money: Decimal | None
    money_share: Interval | None


@dataclass(frozen=True, slots=True)
class RfmFigure:
    """The RFM map: eleven names over all scored customers, with the cut points they come from."""

    cells: tuple[RfmCellFigure, ...]
    scored: int
    cuts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CohortCellFigure:
    """One month of one cohort; hidden when few came, or few stayed away."""

    months_after: int
    month: dt.date
    active: int | None
    share: Interval | None
    partial: bool


@dataclass(frozen=True, slots=True)
class CohortFigure:
    """Customers by the month of their first order. ``inherited``: the first month of the data, old and new alike."""

    month: dt.date
    size: int | None
    cells: tuple[CohortCellFigure, ...]
    inherited: bool


@dataclass(frozen=True, slots=True)
class RetentionFigure:
    """The cohort triangle."""

    cohorts: tuple[CohortFigure, ...]
    observed_until: dt.date | None
    partial_month: dt.date | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many members two segments share. ``both[a, b]`` is None when hidden; sizes may be None too."""

    names: tuple[str, ...]
    titles: Mapping[str, str]
    sizes: Mapping[str, int | None]
    both: Mapping[tuple[str, str], int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Customers and money of one country (``code`` as ISO 3166 alpha-2 where it is known)."""

    name: str
    code: str
    people: int | None
    share: Interval | None
    money: Decimal | None
    money_share: Interval | None


@dataclass(frozen=True, slots=True)
class Geography:
    """Countries, most money first; hidden ones are only counted."""

    places: tuple[Place, ...]
    hidden: int
    unknown: int | None
    trait: str


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """Who entered and left a segment since the last run, by reason."""

    segment: str
    entered: Mapping[str, int | None]
    left: Mapping[str, int | None]
    entered_total: int | None = None
    left_total: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One thing the quality account says about a source."""

    severity: str
    message: str
    count: int | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class QualitySource:
    """One source: rows read = kept + known before + refused, and what was found."""

    source: str
    kind: str
    rows_read: int
    rows_kept: int
    rows_known: int
    rows_refused: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[QualityFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyTotal:
    """An amount that names its definition."""

    name: str
    definition: str
    amount: Decimal
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class TraitFigure:
    """One trait in the list of what is known about customers."""

    name: str
    title: str
    type: str
    unit: str
    base: str
    kind: str
    fill: float | None
    description: str


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that changed since the last run."""

    since: dt.datetime | None
    segments: tuple[SegmentChange, ...]


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything one report shows.

    tests : number of comparisons that the Holm correction counts: all that were made, not only those in the plot.
    left_out : traits that were not compared, with the reason.
    """

    title: str
    as_of: dt.datetime
    known_at: dt.datetime | None
    timezone: str
    currency: str
    suppress_below: int
    population: Population
    months: tuple[Month, ...] = ()
    sources: tuple[QualitySource, ...] = ()
    money_totals: tuple[MoneyTotal, ...] = ()
    segments: tuple[SegmentFigure, ...] = ()
    rfm: RfmFigure | None = None
    comparisons: tuple[Comparison, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    overlap: Overlap | None = None
    retention: RetentionFigure | None = None
    geography: Geography | None = None
    changes: Change | None = None
    traits: tuple[TraitFigure, ...] = ()

    @property
    def tests(self) -> int:
        """Return the number of comparisons made."""
        return len(self.comparisons)
