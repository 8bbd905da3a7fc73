"""A report before it has a form: sections, figures and grids of values, written alike to page, workbook, paper, slides.

A grid holds values, never texts of figures. Each form says them in its own way (a cell of the page, a number of the
workbook, a point of a slide's chart), so all forms hold the same figures because there is only one place for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeAlias

from segmentary.models.intervals import Interval


class Withheld(Enum):
    """Why a figure is not said."""

    SMALL = "hidden"


HIDDEN = Withheld.SMALL
Value: TypeAlias = str | int | float | bool | Interval | Withheld | None
"""None: there is no such figure. HIDDEN: too few people stand behind it."""

Kind: TypeAlias = Literal[
    "text", "count", "share", "points", "number", "fixed", "signed", "money", "amount", "p", "yes"
]
"""How a figure is said. share: percent. points: a difference of shares. number: about three digits. fixed: two
decimals. signed: two decimals with its sign. money: in the currency of the report. amount:
large, rounded to three digits. p: a p-value. yes: yes or nothing."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a grid. ``note`` : its text stands small below the text of the first column, on pages."""

    title: str
    kind: Kind = "text"
    unit: str = ""
    note: bool = False
    page: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of values.

    name : of its sheet (unique in the report, at most 31 letters). rows : one value per field. shown : how many rows
    page, paper and slides show; the workbook has all.
    """

    name: str
    caption: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]
    shown: int = 60

    def __post_init__(self) -> None:
        """Refuse rows that do not fit the fields."""
        for row in self.rows:
            if len(row) != len(self.fields):
                raise ValueError(f"grid {self.name!r}: {len(self.fields)} fields and a row of {len(row)}")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a native chart: a value per category, with the ends of intervals where there are any.

    x : of points and bubbles, where they stand; size : of bubbles. pale : which bars are drawn pale: no
    marker, not sure.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    x: tuple[float | None, ...] = ()
    size: tuple[float | None, ...] = ()
    pale: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Native:
    """A chart as office programs draw it: editable, with its numbers inside.

    kind : bars (lying), columns, stacked (lying, to 100 %), lines, points, bubbles.
    """

    kind: Literal["bars", "columns", "stacked", "lines", "points", "bubbles"]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    number_format: str = "General"
    axis: str = ""
    across: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its name (of the file), title, what its marks mean, and how it is drawn at a width in pixels."""

    name: str
    title: str
    note: str
    draw: Callable[[int], Any]
    natives: tuple[Native, ...] = ()


@dataclass(frozen=True, slots=True)
class Portrait:
    """One segment on a card.

    facts : label, figure, and what belongs below it.
    """

    title: str
    badge: str
    tags: tuple[str, ...]
    sentence: str
    facts: tuple[tuple[str, str, str], ...]
    markers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One section."""

    id: str
    title: str
    lead: tuple[str, ...] = ()
    portraits: tuple[Portrait, ...] = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    open_grids: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the report says first: a word, a sentence, what it means for the decision, and what speaks against it."""

    word: str
    tone: Literal["good", "mixed", "caution"]
    sentence: str
    meaning: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report.

    about : one line below the title. tiles : label, figure, note. below : groups of fewer people are hidden.
    """

    name: str
    title: str
    about: str
    answer: Answer
    tiles: tuple[tuple[str, str, str], ...]
    headlines: tuple[str, ...]
    parts: tuple[Part, ...]
    currency: str = ""
    below: int = 11
    made: tuple[tuple[str, str], ...] = field(default=())

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All charts, in reading order."""
        return tuple(figure for part in self.parts for figure in part.figures)

    @property
    def grids(self) -> tuple[Grid, ...]:
        """All grids, in reading order."""
        return tuple(grid for part in self.parts for grid in part.grids)


def parts_of(*parts: Part | None) -> tuple[Part, ...]:
    """Return the parts that have something to show."""
    return tuple(part for part in parts if part is not None)


def ends(interval: Interval | None) -> tuple[float | None, float | None, float | None]:
    """Return estimate, low and high."""
    return (None, None, None) if interval is None else (interval.estimate, interval.low, interval.high)


def series_of(name: str, intervals: Sequence[Interval | Withheld | None]) -> Series:
    """Return a series of estimates with their intervals; what is hidden or missing is a gap."""
    known = [one if isinstance(one, Interval) else None for one in intervals]
    parts = [ends(one) for one in known]
    return Series(name, tuple(p[0] for p in parts), tuple(p[1] for p in parts), tuple(p[2] for p in parts))
