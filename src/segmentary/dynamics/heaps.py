"""Whether people along a line are one heap or two, by the valley between two places.

For any density with one top, a point between two others is at least as dense as the thinner of them. So two heaps are
established when the middle is surely thinner than both ends: each end against the middle by the exact test of two
Poisson counts, the larger p counts (both have to hold), times the number of places tried for the valley. Unlike the dip
test it knows where to look, which is worth a lot when one heap is small.
"""

from __future__ import annotations

import numpy as np

from segmentary.models.table.typed_table import Floats

WIDEST = 0.75
PLACES = (0.4, 0.5, 0.6)
TOWARDS_SMALL = (0.4, 0.5, 0.6, 0.7)


def valley(along: Floats, w: Floats, length: float, places: tuple[float, ...] = PLACES) -> float:
    """Return the p-value of there being no valley between 0 and `length`.

    along : (n,) places of people on the line, in standard deviations within segments; w : (n,) weights, summing to the
    number of people they are worth. places : where the valley is looked for, as shares of the length.
    """
    from scipy.stats import binom

    half = min(WIDEST, length / 6)

    def count(middle: float) -> int:
        return round(float(w[np.abs(along - middle) <= half].sum()))

    one, other = count(0.0), count(length)
    best = 1.0
    for place in places:
        between = count(place * length)
        thinner = min(one, other)
        if between < thinner:
            # Whichever end is thinner has the larger p.
            best = min(best, float(binom.sf(thinner - 1, thinner + between, 0.5)))
    return min(1.0, best * len(places))
