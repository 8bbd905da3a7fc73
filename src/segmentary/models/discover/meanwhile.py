"""What stands here until the parts of others do."""

from __future__ import annotations

from typing import Any

import numpy as np

from segmentary.models.describe.description import Description, SegmentDescription
from segmentary.models.intervals import Interval
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.validate.verdict import Verdict


def read(data: Any) -> TypedTable:
    """Return a table of numbers."""
    values = np.asarray(data, dtype=np.float64)
    return TypedTable(tuple(Column(str(name), "numeric") for name in data.columns), values)


def scaled(table: TypedTable) -> Preparation:
    """Standardise."""
    found = []
    for place, column in enumerate(table.columns):
        x = table.values[:, place]
        levels = range(len(column.levels)) if column.kind == "nominal" else (None,)
        for level in levels:
            z = x if level is None else (x == level).astype(np.float64)
            centre, scale = float(np.nanmean(z)), float(np.nanstd(z)) or 1.0
            found.append(Feature(column.name, Transform("standardise", 1.0, centre, scale), level))
    return Preparation(tuple(found))


def described(table: TypedTable, labels: Any, probabilities: Floats | None) -> Description:
    """Return sizes only."""
    k = int(labels.max()) + 1 if len(labels) else 0
    n = np.bincount(labels[labels >= 0], minlength=k)
    segments = tuple(
        SegmentDescription(
            i, f"segment_{i + 1}", f"Segment {i + 1}", "", int(n[i]),
            Interval(float(n[i]) / len(labels), 0.0, 1.0, len(labels)), None, None, None, (),
        )
        for i in range(k)
    )  # fmt: skip
    return Description(segments, (), (), (), None)


def judged(table: TypedTable) -> Verdict:
    """Return that nothing can be said."""
    return Verdict("cannot_say", None, None, (), None, None, len(table), table.effective_n, "Not judged.")
