"""The profile of segments: every column's mean or share in every segment, and which columns mark a segment.

Markers are those of Dolnicar & Leisch (2014, International Journal of Market Research 56(2)), the shaded bars of their
segment profile plot: a share that differs from everybody's by 25 percentage points, or by half of everybody's share.
What 25 % "of the highest" is for other kinds: of an ordinal column a quarter of the way from its lowest to its highest
level; of numbers a quarter of the span of the middle 90 % of people, or, where no value is negative, half of
everybody's mean. On top of size a marker has to be sure: its test against everybody else holds at 5 % after Holm's
correction over all cells. The tests order and screen; they prove nothing about segments made from these very columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from segmentary.models.describe.description import ProfileCell
from segmentary.models.describe.estimates import (
    Groups,
    apart_in_mean,
    apart_in_share,
    grouped,
    mean_interval,
    share_interval,
)
from segmentary.models.intervals import holm
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

ABSOLUTE, RELATIVE, SURE = 0.25, 0.5, 0.05


@dataclass(frozen=True, eq=False)
class Measured:
    """One column, or one level of it, measured in all segments."""

    column: Column
    level: str | None
    share: bool
    one: Groups
    others: Groups
    total: float
    span: float
    signed: bool
    within: tuple[float, float] = (0.0, 1.0)


def profile(table: TypedTable, labels: npt.NDArray[np.intp], k: int, *, tell: Tell = quiet) -> tuple[ProfileCell, ...]:
    """Return all cells, column by column (level by level), in each the segments in order.

    labels : (n,) 0 ... k-1, of every row. Where nobody of a segment has a known value there is no cell.
    """
    cells: list[ProfileCell] = []
    sizes: list[bool] = []
    for place in range(len(table.columns)):
        tell("profile", place / len(table.columns))
        for measured in measures(table, place, labels, k):
            effect, p = (apart_in_share if measured.share else apart_in_mean)(measured.one, measured.others)
            for segment in np.flatnonzero(measured.one.n).tolist():
                cells.append(cell(measured, segment, float(effect[segment]), float(p[segment])))
                sizes.append(far(measured, float(measured.one.mean[segment])))
    corrected = holm([one.p for one in cells])
    return tuple(
        replace(one, p=p, marker=large and p < SURE) for one, p, large in zip(cells, corrected, sizes, strict=True)
    )


def measures(table: TypedTable, place: int, labels: npt.NDArray[np.intp], k: int) -> list[Measured]:
    column, x = table.columns[place], table.values[:, place]
    known = x[~np.isnan(x)]
    if len(known) == 0:
        return []
    if column.kind == "nominal":
        found = []
        for code, level in enumerate(column.levels):
            if not (known == code).any():
                continue
            is_level = np.where(np.isnan(x), np.nan, (x == code).astype(np.float64))
            one, others, total = grouped(is_level, labels, table.weight, k)
            found.append(Measured(column, level, True, one, others, float(total.mean[0]), 1.0, False))
        return found
    one, others, total = grouped(x, labels, table.weight, k)
    share = column.kind == "binary"
    span, signed = 1.0, False
    if column.kind == "ordinal":
        # Its zero is only the lowest level: half of everybody's mean has no meaning.
        span, signed = float(len(column.levels) - 1), True
    elif not share:
        low, high = np.quantile(known, [0.05, 0.95])
        span, signed = float(high - low) or float(known.max() - known.min()), bool(known.min() < 0)
    within = (float(known.min()), float(known.max()))
    return [Measured(column, None, share, one, others, float(total.mean[0]), span, signed, within)]


def far(measured: Measured, value: float) -> bool:
    """Say whether a mean or share is far enough from everybody's to mark a segment."""
    gap = abs(value - measured.total)
    slack = 1e-12 * max(1.0, abs(measured.total))
    if not gap > slack:
        return False
    absolute = measured.span > 0 and gap >= ABSOLUTE * measured.span - slack
    relative = not measured.signed and measured.total > 0 and gap >= RELATIVE * measured.total - slack
    return absolute or relative


def cell(measured: Measured, segment: int, effect: float, p: float) -> ProfileCell:
    one = measured.one
    value = share_interval(one, segment) if measured.share else mean_interval(one, segment, measured.within)
    lifts = not measured.signed and measured.total > 0
    return ProfileCell(
        segment,
        measured.column.name,
        measured.level,
        measured.column.kind,
        value,
        measured.total,
        value.estimate / measured.total if lifts else None,
        effect,
        p,
        False,
    )
