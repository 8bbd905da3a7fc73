"""A mosaic of segments by levels: how wide, how tall, and how far from no connection each tile is.

Hartigan & Kleiner (1981); coloured by residuals as Friendly (1994, JASA 89) does, at 2 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.models.describe.description import Descriptor


@dataclass(frozen=True, slots=True)
class Tile:
    """One segment and level.

    left, right : where it stands along the segments (0 to 1, widths are segment sizes). bottom, top : along the levels
    (heights are shares within the segment). count : weight. residual : standardised (Pearson's): below -4, -2, above 2,
    4 are shades.
    """

    segment: int
    level: str
    left: float
    right: float
    bottom: float
    top: float
    count: float
    residual: float


def mosaic(descriptor: Descriptor) -> tuple[Tile, ...]:
    """Return the tiles of a descriptor that has levels, segment by segment; none for numbers or without people."""
    counts = np.asarray(descriptor.counts, dtype=np.float64)
    total = float(counts.sum()) if counts.size else 0.0
    if descriptor.levels == ("",) or total <= 0:
        return ()
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    residuals = np.divide(counts - expected, np.sqrt(expected), out=np.zeros_like(counts), where=expected > 0)
    edges = np.concatenate([[0.0], np.cumsum(counts.sum(axis=1)) / total])
    found = []
    for segment, shares in enumerate(descriptor.shares):
        heights = np.concatenate([[0.0], np.cumsum(shares)])
        for place, level in enumerate(descriptor.levels):
            found.append(
                Tile(
                    segment,
                    level,
                    float(edges[segment]),
                    float(edges[segment + 1]),
                    float(heights[place]),
                    float(heights[place + 1]),
                    float(counts[segment, place]),
                    float(residuals[segment, place]),
                )
            )
    return tuple(found)
