"""What is said of changed segments: which columns mark a group, and the summary for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval
from segmentary.models.table.typed_table import TypedTable

MARKS = 3
SURE = 0.05


def marks(table: TypedTable, inside: npt.NDArray[np.bool_]) -> tuple[tuple[str, float, float], ...]:
    """Return the columns in which some people differ most from all others: title, their mean, that of the others.

    Of nominal columns, the share of the level that differs most ("town: Berlin"). Differences are standardised.
    """
    found: list[tuple[float, str, float, float]] = []
    w = table.weight
    for place, column in enumerate(table.columns):
        x = table.values[:, place]
        levels: Sequence[int | None] = range(len(column.levels)) if column.kind == "nominal" else (None,)
        for level in levels:
            y = x if level is None else np.where(np.isnan(x), np.nan, x == level)
            here, there = inside & ~np.isnan(y), ~inside & ~np.isnan(y)
            if not here.any() or not there.any():
                continue
            own, others = np.average(y[here], weights=w[here]), np.average(y[there], weights=w[there])
            spread = float(np.sqrt(np.average((y[there] - others) ** 2, weights=w[there])))
            title = column.label if level is None else f"{column.label}: {column.levels[level]}"
            low = column.kind == "ordinal" and column.levels[0].lstrip("-").isdigit()
            shift = float(column.levels[0]) if low else 0.0
            found.append((abs(own - others) / max(spread, 0.1), title, float(own) + shift, float(others) + shift))
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple((title, own, others) for _, title, own, others in found[:MARKS])


def summary(
    unfit: Interval,
    expected: float,
    p: float,
    segments: Sequence[Any],
    groups: Sequence[Any],
    splits: Sequence[Any],
    merges: Sequence[Any],
) -> str:
    """Return everything in a few sentences."""
    parts: list[str] = []
    if p <= SURE and unfit.estimate > expected:
        parts.append(
            f"{unfit.estimate:.1%} of the people ({unfit.low:.1%} to {unfit.high:.1%}) no longer fit any segment, "
            f"where {expected:.1%} are usual."
        )
    else:
        parts.append(f"People fit the segments as before ({unfit.estimate:.1%} do not; {expected:.1%} are usual).")
    parts += [one.sentence for one in (*groups, *splits, *merges)]
    if not groups and not splits and not merges:
        parts.append("No new group, no split and no merge can be established.")
    moved = [one for one in segments if one.verdict != "not_clear"]
    for one in moved:
        then, now = one.size_before.estimate, one.size.estimate
        parts.append(f"{one.name} has {one.verdict} from {then:.0%} to {now:.0%} of the people.")
    if not moved:
        parts.append("No change of a segment's size is beyond chance.")
    return " ".join(parts)
