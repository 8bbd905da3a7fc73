"""The roundest number in a range: thresholds people can say aloud."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, Decimal

import numpy as np

from segmentary.models.table.typed_table import Floats

STEPS = (Decimal(10), Decimal(5), Decimal("2.5"), Decimal(2), Decimal(1))


def roundest(low: float, high: float) -> Decimal:
    """Return the number with low < number <= high that has the fewest digits; of equals the nearest to the middle.

    Where the range is empty, `high`.
    """
    below, top = Decimal(repr(float(low))), Decimal(repr(float(high)))
    if below < 0 <= top:
        return Decimal(0)
    if not below < top:
        return plain(top)
    middle = (below + top) / 2
    power = math.floor(math.log10(max(abs(below), abs(top)))) + 1
    while True:
        for step in STEPS:
            unit = step * Decimal(10) ** (power - 1)
            nearest = (middle / unit).to_integral_value() * unit
            first = (below / unit).to_integral_value(ROUND_CEILING) * unit
            for found in (nearest, first, first + unit):
                if below < found <= top:
                    return plain(found)
        power -= 1
        if power < -12:
            return plain(top)


def plain(number: Decimal) -> Decimal:
    """Return a number without exponent and without zeros at its end, at most ten digits after the point."""
    found = number.quantize(Decimal("1e-10")) if abs(number) < Decimal(10) ** 17 else number
    found = found.normalize()
    return Decimal(f"{found:f}")


def threshold(x: Floats, cut: float, *, slack: float = 0.02) -> Decimal:
    """Return a round number t near `cut`, so that `x >= t` cuts known values x (n,) nearly as `x >= cut` does.

    slack : share of the values that may change sides. Whole numbers get a whole t.
    """
    values = np.sort(x[~np.isnan(x)])
    n = len(values)
    if n == 0:
        return roundest(cut, cut)
    at = int(np.searchsorted(values, cut, side="left"))
    move = int(slack * n)
    low = values[max(0, at - 1 - move)] if at - 1 - move >= 0 else values[0] - 1.0
    high = values[min(n - 1, at + move)] if at < n else cut
    nearest_low = values[at - 1] if at > 0 else low
    if not low < high:
        low = nearest_low
    found = roundest(float(low), float(high))
    if bool((values == np.floor(values)).all()):
        found = found.to_integral_value(ROUND_CEILING)
    return found
