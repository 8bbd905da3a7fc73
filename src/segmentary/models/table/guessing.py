"""What numbers are, by looking at them: a scale, a count, a measurement, a name, or a code for "not answered"."""

from __future__ import annotations

import re

import numpy as np

from segmentary.models.table.columns import Kind
from segmentary.models.table.typed_table import Floats

LONGEST_SCALE = 11
"""0 to 10 is the longest answer scale in common use."""
HIGHEST_COUNT = 10_000
RARE_TOP = 0.05
SENTINELS = frozenset((-1, -2, -7, -8, -9, -88, -98, -99, -888, -998, -999, -9999,
                       9, 88, 97, 98, 99, 888, 997, 998, 999, 9998, 9999, 99999, 999999))  # fmt: skip
"""Numbers by which questionnaires and old systems say "not answered", "never", "refused"."""
NAMES_OF_NUMBERS = re.compile(r"(^|[_\W])(id|ids|key|uuid|nr|no|row|index|idx|recordno|record)$|[a-z]I[dD]$|^unnamed")


def whole(values: Floats) -> bool:
    """Say whether all are whole numbers."""
    return bool(np.all(values == np.floor(values)))


def guess_numbers(known: Floats) -> Kind:
    """Return the kind of known numbers (n,), n >= 1.

    Two different whole numbers are binary. Whole numbers over at most 11 steps are an ordinal scale when they begin at
    1, lie evenly around zero, end at 10, or begin at 0 with people at the upper end too (a scale from 0 to 10, not a
    number of children). Other whole numbers from 0 or 1 up to 10,000 are counts; everything else is numeric.
    """
    steps, tallies = np.unique(known, return_counts=True)
    if not whole(steps):
        return "numeric"
    if len(steps) == 2:
        return "binary"
    low, high = float(steps[0]), float(steps[-1])
    if len(steps) > 2 and high - low < LONGEST_SCALE:
        if (low == 1 and scale_from_one(steps, high)) or (low < 0 and low == -high) or (low > 1 and high == 10):
            return "ordinal"
        if low == 0 and tallies[-1] / tallies.sum() >= RARE_TOP and tallies[0] <= tallies[1:].max():
            return "ordinal"
    if 0 <= low <= 2 and high <= HIGHEST_COUNT:
        return "count"
    return "numeric"


def scale_from_one(steps: Floats, high: float) -> bool:
    """Say whether values from 1 look like an answer scale: 3 to 7 steps, or 9, 10, 11 with most of them used."""
    return high <= 7 or len(steps) >= high - 2


def identifier_numbers(name: str, values: Floats) -> bool:
    """Say whether whole numbers (n,), all different, number the rows: by their name, or by going up one by one."""
    known = values[~np.isnan(values)]
    if len(known) < 20 or not whole(known) or len(np.unique(known)) < len(known):
        return False
    steps = np.diff(known)
    return (
        bool(NAMES_OF_NUMBERS.search(name)) or bool(NAMES_OF_NUMBERS.search(name.lower())) or bool((steps == 1).all())
    )


def sentinels(known: Floats) -> tuple[float, ...]:
    """Return numbers among the known (n,) that look like codes for "not answered": at an end, far from the rest."""
    steps = np.unique(known)
    found: list[float] = []
    while len(steps) > 2 and steps[-1] in SENTINELS and far(steps[-1], steps[:-1]):
        found.append(float(steps[-1]))
        steps = steps[:-1]
    while len(steps) > 2 and steps[0] in SENTINELS and steps[1] >= 0:
        found.append(float(steps[0]))
        steps = steps[1:]
    while len(steps) > 2 and steps[0] in SENTINELS and far(steps[0], steps[1:]):
        found.append(float(steps[0]))
        steps = steps[1:]
    return tuple(found)


def far(value: float, rest: Floats) -> bool:
    """Say whether a value stands off: beyond a short scale with a gap, or farther than the others spread."""
    if value in (97, 98, 99) and len(rest) > 1 and rest[-1] in (97, 98) and rest[-2] < 90:
        rest = rest[:-1]
    spread = float(np.ptp(rest))
    gap = float(value - rest[-1]) if value > rest[-1] else float(rest[0] - value)
    short = whole(rest) and spread < LONGEST_SCALE - 2
    return gap > 1 if short else gap > spread


def far_off(known: Floats) -> tuple[float, ...]:
    """Return at most three numbers so far from all others that they are probably slips (a height of 62 cm).

    At least 8 robust standard deviations from the median, as they are and in logarithms (large incomes are no slips).
    """
    if len(known) < 50 or known.min() <= 0:
        return ()
    off = np.full(len(known), np.inf)
    for x in (known, np.log(known)):
        low, middle, high = np.percentile(x, [25, 50, 75])
        if high <= low:
            return ()
        off = np.minimum(off, np.abs(x - middle) * 1.349 / (high - low))
    found = np.unique(known[off >= 8])
    return tuple(found.tolist()) if len(found) <= 3 else ()
