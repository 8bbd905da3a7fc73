"""Whether the people of a segment are no longer what they were, although they still fit it best."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from segmentary.dynamics.fit import Baseline
from segmentary.dynamics.reshaping import People
from segmentary.models.intervals import holm
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import TypedTable

LEVEL = 0.01
LEAST_SHIFT = 0.5
FEWEST = 20
SHOWN = 3


def moves(base: Baseline, now: People, table: TypedTable) -> tuple[Finding, ...]:
    """Return the segments whose people have surely moved, by half a standard deviation of the segment or more.

    Means per coordinate against those of the fitted people (z tests, Holm over all segments and coordinates). A segment
    that moves may hold a group that is not far enough from it to be told apart.

    now : coordinates of the baseline (n, d), segments, weights. table : for the titles of the columns.
    """
    tried: list[tuple[int, int, float, float]] = []
    for place in range(len(base.keys)):
        here = now.labels == place
        n, n_before = float(now.w[here].sum()), float(base.clouds.sizes[place] * base.effective_n)
        if n < FEWEST or n_before < FEWEST:
            continue
        spread = np.sqrt(np.diag(base.clouds.covariances[place]))
        shift = (np.average(now.z[here], axis=0, weights=now.w[here]) - base.clouds.means[place]) / spread
        error = math.sqrt(1 / n + 1 / n_before)
        tried += [
            (place, axis, float(one), 2 * NormalDist().cdf(-abs(float(one)) / error)) for axis, one in enumerate(shift)
        ]
    corrected = holm([one[3] for one in tried])
    sure = [one for one, p in zip(tried, corrected, strict=True) if p <= LEVEL and abs(one[2]) >= LEAST_SHIFT]
    return tuple(
        moved(base, base.keys[place], [one for one in sure if one[0] == place], table)
        for place in dict.fromkeys(one[0] for one in sure)
    )


def moved(base: Baseline, key: str, shifts: list[tuple[int, int, float, float]], table: TypedTable) -> Finding:
    """Return what is said of one segment, naming columns where coordinates are columns."""
    shifts = sorted(shifts, key=lambda one: -abs(one[2]))[:SHOWN]
    features = base.preparation.features
    named = len(features) == base.turn.shape[1] and np.array_equal(base.turn, np.eye(len(features)))
    names: list[str] = []
    shown: list[str] = []
    for _, axis, shift, _ in shifts:
        if named:
            column = table.column(features[axis].column)
            level = features[axis].level
            title = column.label if level is None else f"{column.label}: {column.levels[level]}"
            names.append(column.name)
            shown.append(f"{title} {shift:+.1f}")
        else:
            shown.append(f"{shift:+.1f}")
    what = ", ".join(shown)
    message = f"The people of {key} are not what they were: {what} (standard deviations of the segment)."
    hint = "a group too near to be told from the segment may have joined it: find segments anew"
    return Finding("moved", "note", message, hint, tuple(dict.fromkeys(names)))
