"""What a page is made of: tiles, sections, tables, cells; everything is text already."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: a figure, and below it what belongs to it (interval, unit, number of people)."""

    text: str
    note: str = ""
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first cell of a row names it."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What one segment is, in words."""

    title: str
    base: str
    size: str
    purpose: str
    sentence: str
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page; `chart` names the chart it shows."""

    id: str
    title: str
    lead: tuple[str, ...] = ()
    chart: str = ""
    tables: tuple[Table, ...] = ()
    open_tables: bool = False
    cards: tuple[Card, ...] = ()
    notes: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the big numbers at the top."""

    label: str
    figure: str
    note: str
