"""The coordinates a verdict is made in: every column on a scale where one population looks like one cloud.

Numbers are made symmetric by the power that fits them best (Yeo & Johnson 2000) and standardised; levels keep their
codes where all columns share one scale, and are standardised otherwise; a nominal column becomes one indicator per
level, together as wide as one column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.models.table.preparation import yeo_johnson
from segmentary.models.table.typed_table import Floats, TypedTable

POWERS = (-3.0, 5.0)
GOLDEN = (np.sqrt(5.0) - 1) / 2


@dataclass(frozen=True, eq=False)
class Coordinates:
    """One block of features per column.

    plain : (n, p) one number per column, missing NaN: numbers after their power, levels as codes. A reference data set
        is a rearrangement of it. blocks : per column the codes that get an indicator, or None for the number itself.
    scales : (p,) what a feature of the column is divided by.
    """

    plain: Floats
    blocks: tuple[Floats | None, ...]
    centres: Floats
    scales: Floats

    def features(self, plain: Floats) -> Floats:
        """Return (n, q) features of a table of this shape; missing is the average."""
        parts = []
        for place, block in enumerate(self.blocks):
            x = plain[:, place : place + 1]
            if block is None:
                z = (x - self.centres[place]) / self.scales[place]
                parts.append(np.where(np.isnan(z), 0.0, z))
                continue
            hit = (x == block[None, :]).astype(np.float64)
            known = ~np.isnan(x[:, 0])
            average = hit[known].mean(axis=0) if known.any() else np.zeros(len(block))
            parts.append(np.where(known[:, None], hit, average) / self.scales[place])
        return np.ascontiguousarray(np.hstack(parts)) if parts else np.empty((len(plain), 0))


def coordinates(table: TypedTable) -> Coordinates:
    """Return the coordinates of a table; constant columns carry no information and get the scale 1."""
    w = table.weight
    plain = table.values.astype(np.float64, copy=True)
    shapes = {(column.kind, len(column.levels)) for column in table.columns}
    shared = len(shapes) == 1 and next(iter(shapes))[0] in ("binary", "ordinal")
    nominal = [place for place, column in enumerate(table.columns) if column.kind == "nominal"]
    blocks: list[Floats | None] = [None] * len(table.columns)
    centres, scales = np.zeros(len(table.columns)), np.ones(len(table.columns))
    for place, column in enumerate(table.columns):
        if column.kind == "nominal":
            continue
        if not column.coded:
            plain[:, place] = symmetric(plain[:, place], w)
        x, v = plain[~np.isnan(plain[:, place]), place], w[~np.isnan(plain[:, place])]
        if len(x):
            centres[place] = np.average(x, weights=v)
            deviation = float(np.sqrt(np.average((x - centres[place]) ** 2, weights=v)))
            scales[place] = 1.0 if shared or deviation < 1e-12 else deviation
    for place in nominal:
        x = ordered_levels(plain, place, nominal, (plain - centres) / scales, w)
        known = ~np.isnan(x)
        block, codes = np.unique(x[known], return_inverse=True)
        mass = np.bincount(codes, w[known], minlength=len(block)) / max(1e-300, float(w[known].sum()))
        plain[:, place], blocks[place] = x, block
        scales[place] = np.sqrt(float(np.sum(mass * (1 - mass)))) if len(block) > 1 else 1.0
    return Coordinates(plain, tuple(blocks), centres, scales)


def ordered_levels(plain: Floats, place: int, nominal: list[int], z: Floats, w: Floats) -> Floats:
    """Return a nominal column's codes, renumbered in the order its levels have on what the other columns share.

    References keep correlations: a nominal column has one only along the order of its levels that says most about the
    other columns (their first principal component; among nominal columns only, the order of their shares).
    """
    x = plain[:, place]
    others = [j for j in range(plain.shape[1]) if j not in nominal]
    known = ~np.isnan(x)
    levels = np.unique(x[known])
    if others:
        y = np.nan_to_num(z[:, others]) * np.sqrt(w)[:, None]
        axis = np.linalg.svd(y, full_matrices=False)[2][0]
        score = np.nan_to_num(z[:, others]) @ axis
    else:
        score = np.ones(len(x))
    heights = [float(w[x == level] @ score[x == level] / (w[x == level].sum() if others else 1.0)) for level in levels]
    found = np.full(len(x), np.nan)
    for rank, level in enumerate(levels[np.argsort(heights, kind="stable")]):
        found[x == level] = rank
    return found


def symmetric(x: Floats, w: Floats) -> Floats:
    """Return the column after its best Yeo-Johnson power, standardised; constant or empty columns unchanged."""
    known = ~np.isnan(x)
    y, v = x[known], w[known]
    if len(y) < 2 or np.ptp(y) == 0:
        return x
    deviation = float(np.std(y))
    # The power depends on the unit: small units (thousandths) would leave it nothing to bend.
    unit = deviation if deviation < 1 else 1.0
    z = yeo_johnson(x / unit, best_power(y / unit, v))
    centre = np.average(z[known], weights=v)
    spread = float(np.sqrt(np.average((z[known] - centre) ** 2, weights=v)))
    if not np.isfinite(spread) or spread < 1e-12:
        return np.asarray((x - y.mean()) / deviation)
    return np.asarray((z - centre) / spread)


def best_power(x: Floats, w: Floats) -> float:
    """Return the Yeo-Johnson power of largest normal likelihood, by golden section between -3 and 5."""
    share = w / w.sum()
    slope = float(share @ (np.sign(x) * np.log1p(np.abs(x))))

    def loss(power: float) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            z = yeo_johnson(x, power)
            middle = float(share @ z)
            variance = float(share @ (z - middle) ** 2)
        if not np.isfinite(variance) or variance <= 1e-300:
            return np.inf
        return 0.5 * float(np.log(variance)) - (power - 1) * slope

    low, high = POWERS
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(24):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = loss(right)
    return float((low + high) / 2)
