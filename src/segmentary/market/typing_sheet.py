"""The typing tool on paper: whole points per answer, added up; the segment with the most points wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.market.typing_items import Item
from segmentary.market.typing_logit import Logit
from segmentary.models.assign.terms import softmax
from segmentary.models.describe.round_numbers import threshold
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

LARGEST = (5, 10, 20, 50, 100)
"""The most points one answer may give, tried in this order."""
FAITHFUL = 0.96
BANDS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the sheet.

    column : what is asked. options : the answers in words. edges : of a number, where its bands begin: option i is
    edges[i-1] <= x < edges[i]. points : per option, per segment, whole numbers from 0.
    """

    column: Column
    options: tuple[str, ...]
    edges: tuple[Decimal, ...]
    points: tuple[tuple[int, ...], ...]

    def option(self, x: Floats) -> npt.NDArray[np.intp]:
        """Return (n,) the place of the option of each answer; -1 where there is none."""
        known = ~np.isnan(x)
        if self.column.coded:
            return np.where(known & (x >= 0) & (x < len(self.options)), np.nan_to_num(x), -1).astype(np.intp)
        edges = np.array([float(edge) for edge in self.edges])
        return np.where(known, np.searchsorted(edges, np.nan_to_num(x), side="right"), -1)


@dataclass(frozen=True, slots=True)
class PointSheet:
    """Points per answer.

    labels : (k,) keys of the segments. base : (k,) points everybody begins with. scale : points that make the odds of a
    segment e times as high: confidence is softmax(points / scale). least_known : answers needed to be placed.
    """

    labels: tuple[str, ...]
    questions: tuple[Question, ...]
    base: tuple[int, ...]
    scale: float
    least_known: int = 1

    def points(self, table: TypedTable) -> npt.NDArray[np.intp]:
        """Return (n, k) points."""
        found = np.tile(np.array(self.base, dtype=np.intp), (len(table), 1))
        for question in self.questions:
            option = question.option(table.values[:, table.place(question.column.name)])
            given = np.array(question.points, dtype=np.intp)
            found += np.where((option >= 0)[:, None], given[np.maximum(option, 0)], 0)
        return found

    def assign(self, table: TypedTable) -> npt.NDArray[np.intp]:
        """Return (n,) places of segments, the first of equals; -1 where too few questions are answered."""
        return np.where(self.placed(table), self.points(table).argmax(axis=1), -1)

    def placed(self, table: TypedTable) -> npt.NDArray[np.bool_]:
        """Return who answered enough."""
        part = table.select([question.column.name for question in self.questions])
        return np.asarray((~np.isnan(part.values)).sum(axis=1) >= self.least_known)

    def confidence(self, table: TypedTable) -> Floats:
        """Return (n,) probability of the segment with the most points; NaN where nobody is placed."""
        sure = softmax(self.points(table) / self.scale).max(axis=1)
        return np.where(self.placed(table), sure, np.nan)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "labels": list(self.labels),
            "questions": [
                {
                    "column": one.column.to_document(),
                    "options": list(one.options),
                    "edges": [str(edge) for edge in one.edges],
                    "points": [list(row) for row in one.points],
                }
                for one in self.questions
            ],
            "base": list(self.base),
            "scale": self.scale,
            "least_known": self.least_known,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the sheet a document describes."""
        questions = tuple(
            Question(
                Column.from_document(one["column"]),
                tuple(one["options"]),
                tuple(Decimal(edge) for edge in one["edges"]),
                tuple(tuple(row) for row in one["points"]),
            )
            for one in document["questions"]
        )
        return cls(
            tuple(document["labels"]), questions, tuple(document["base"]), document["scale"], document["least_known"]
        )


def sheet_of(
    labels: Sequence[str],
    items: Sequence[Item],
    logit: Logit,
    table: TypedTable,
    *,
    least_known: int = 1,
) -> PointSheet:
    """Return the sheet of a fitted tool: the smallest points that place 96 % of people as the exact scores do.

    items : in the order of the slopes. table : the people it was fitted on.

    Raises
    ------
    DataError
        when there is no item.
    """
    if not items:
        raise DataError("a sheet without questions places nobody")
    parts, at = [], 0
    for item in items:
        slope = logit.slopes[at : at + item.width]
        at += item.width
        x = table.values[:, table.place(item.column.name)]
        parts.append((item, *options_of(item, slope, x)))
    exact = logit.constant + sum(
        np.vstack([np.zeros(len(labels)), worth])[
            Question(item.column, texts, edges, ()).option(table.values[:, table.place(item.column.name)]) + 1
        ]
        for item, texts, edges, worth in parts
    )
    wanted = np.argmax(np.asarray(exact), axis=1)
    largest = max(float(np.ptp(worth, axis=1).max()) for _, _, _, worth in parts) or 1.0
    sheet = None
    for most in LARGEST:
        scale = most / largest
        questions = tuple(
            Question(item.column, texts, edges, whole(worth * scale)) for item, texts, edges, worth in parts
        )
        base = whole(logit.constant[None, :] * scale)[0]
        sheet = PointSheet(tuple(labels), questions, base, scale, least_known)
        same = sheet.points(table).argmax(axis=1) == wanted
        if float(table.weight @ same) >= FAITHFUL * float(table.weight.sum()):
            break
    assert sheet is not None  # noqa: S101 -- there is at least one size of points
    return sheet


def whole(worth: Floats) -> tuple[tuple[int, ...], ...]:
    """Return points per option as whole numbers, the least of each option 0: a shift for all segments says nothing."""
    found = np.rint(worth).astype(np.intp)
    return tuple(tuple(row) for row in (found - found.min(axis=1, keepdims=True)).tolist())


def options_of(item: Item, slope: Floats, x: Floats) -> tuple[tuple[str, ...], tuple[Decimal, ...], Floats]:
    """Return an item's options in words, the edges of a number's bands, and what each option adds (options, k)."""
    column = item.column
    if column.coded:
        return column.levels, (), item.answers(slope)
    known = x[~np.isnan(x)]
    cuts = np.unique(np.quantile(known, np.arange(1, BANDS) / BANDS))
    edges = tuple(sorted({threshold(known, float(cut)) for cut in cuts}))
    inside = np.searchsorted([float(edge) for edge in edges], known, side="right")
    z = item.block(known)[:, 0]
    middles = np.array(
        [z[inside == band].mean() if (inside == band).any() else np.nan for band in range(len(edges) + 1)]
    )
    here = np.flatnonzero(~np.isnan(middles))
    middles = np.interp(np.arange(len(middles)), here, middles[here])
    return band_texts(edges, column.unit), edges, middles[:, None] * slope


def band_texts(edges: Sequence[Decimal], unit: str) -> tuple[str, ...]:
    """Return the bands in words: below 20, 20 to below 50, 50 and above."""
    after = f" {unit}" if unit else ""
    if not edges:
        return (f"any number{after}",)
    middle = [f"{low:f} to below {high:f}{after}" for low, high in pairwise(edges)]
    return (f"below {edges[0]:f}{after}", *middle, f"{edges[-1]:f}{after} and above")
