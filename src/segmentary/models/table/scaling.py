"""How much each column counts in a distance: from typed columns to a frozen preparation.

Automatic, by kind:

- numeric: standardised; where the weighted skewness is above 1 in size, Yeo-Johnson with the power of the highest
  likelihood first (Yeo & Johnson 2000), if that makes it less skewed.
- count: log(1 + x), standardised; standardised alone where the logarithm makes it more skewed.
- ordinal: its codes, standardised.
- binary: 0/1 as it is when the whole table is binary (then distances count different answers, as in Dolnicar, Grün &
  Leisch 2018, ch. 7); among other kinds, like a nominal column.
- nominal: one indicator per level, all divided by s with s^2 = 1 - sum p_l^2. The variance of the whole column is then
  1, as that of one standardised number, however many levels it has: two people drawn at random differ by the same
  expected squared distance 2 in every column. So that a rare level does not outweigh everything else (98 % against 2 %
  would make s small), s^2 is at least half of what equally common levels would give.

All figures are weighted by the people's weights. What is missing gets the weighted mean of the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from segmentary.errors import UnknownNameError
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import WAYS, Feature, Preparation, Transform, Way, yeo_johnson
from segmentary.models.table.response_style import batteries
from segmentary.models.table.typed_table import Floats, TypedTable

SKEWED = 1.0
"""Weighted skewness beyond which a number is bent before it is standardised."""
KNOTS = 51
POWERS = (-4.0, 4.0)
QUANTILES = 4096
"""A power is fitted on at most so many quantiles: the same whatever the order of the rows."""


def prepare(
    table: TypedTable,
    *,
    way: Way | Mapping[str, Way] | Literal["auto"] = "auto",
    row_centre: bool | Sequence[str] = False,
) -> Preparation:
    """Return the coordinates a geometric method measures distances in, fitted to this table.

    Parameters
    ----------
    way : for all columns; or name -> way, the others automatic. ``none`` gives raw values (codes of ordinal and binary,
        0/1 indicators of nominal columns). Of binary columns every other way is ``standardise``; of nominal columns
        every other way is the scaling above.
    row_centre : names of the columns that are taken relative to the person's mean over them (ipsatised) against
        response styles; True: the largest battery of items answered on one scale (`response_style.batteries`).

    Raises
    ------
    UnknownNameError
        a way or a column that does not exist.
    """
    ways = way if isinstance(way, Mapping) else {}
    for name in ways:
        table.place(name)
    for one in (*ways.values(), *(() if isinstance(way, Mapping) else (way,))):
        if one not in (*WAYS, "auto"):
            raise UnknownNameError("way of scaling", one, ("auto", *WAYS))
    centred = centred_names(table, row_centre)
    values = Preparation((), centred).centred(table)
    raw_binary = all(column.kind == "binary" for column in table.columns)
    features: list[Feature] = []
    for place, column in enumerate(table.columns):
        default = "auto" if isinstance(way, Mapping) else way
        wanted = ways.get(column.name, default)
        features += column_features(column, values[:, place], table.weight, wanted, raw_binary=raw_binary)
    return Preparation(tuple(features), centred)


def centred_names(table: TypedTable, row_centre: bool | Sequence[str]) -> tuple[str, ...]:
    """Return the columns to centre by row."""
    if row_centre is True:
        found = batteries(table)
        return max(found, key=len) if found else ()
    if row_centre is False:
        return ()
    for name in row_centre:
        table.place(name)
    return tuple(row_centre)


def column_features(
    column: Column, x: Floats, weight: Floats, way: Way | Literal["auto"], *, raw_binary: bool
) -> list[Feature]:
    """Return the coordinates of one column of values (n,) with weights (n,)."""
    known = ~np.isnan(x)
    x, w = x[known], weight[known]
    if not len(x):
        return [Feature(column.name, Transform())]
    if column.kind == "nominal":
        return indicators(column, x, w, raw=way == "none")
    if column.kind == "binary":
        if way == "none" or (way == "auto" and raw_binary):
            return [Feature(column.name, Transform("none"), fill=float(np.average(x, weights=w)))]
        centre, scale = moments(x, w)
        if way == "auto" and set(np.unique(x)) <= {0.0, 1.0}:  # row-centred ones are numbers
            scale = max(scale, float(np.sqrt(0.125)))
        return [Feature(column.name, Transform("standardise", centre=centre, scale=scale))]
    if way == "none":
        return [Feature(column.name, Transform("none"), fill=float(np.average(x, weights=w)))]
    return [Feature(column.name, fitted(column, x, w, way))]


def indicators(column: Column, x: Floats, w: Floats, *, raw: bool) -> list[Feature]:
    """Return one indicator per level somebody has."""
    shares = np.bincount(x.astype(np.intp), w, minlength=len(column.levels)) / w.sum()
    used = np.flatnonzero(shares)
    least = 0.5 * (1 - 1 / max(2, len(used)))
    scale = 1.0 if raw else float(np.sqrt(max(1 - float(shares @ shares), least)))
    found: list[Feature] = []
    for level in used:
        share = float(shares[level])
        transform = Transform("none") if raw else Transform("standardise", centre=share, scale=scale)
        found.append(Feature(column.name, transform, int(level), share if raw else 0.0))
    return found


def fitted(column: Column, x: Floats, w: Floats, way: Way | Literal["auto"]) -> Transform:
    """Return the transform of known numbers x with weights w, standardised after it."""
    if way == "auto":
        way = "standardise"
        if column.kind == "count" and abs(skewness(Transform("log").curve(x), w)) < abs(skewness(x, w)):
            way = "log"
        if column.kind == "numeric" and abs(skewness(x, w)) > SKEWED:
            bent = standardised(Transform("yeo_johnson", power=best_power(x, w)), x, w)
            if abs(skewness(bent.apply(x), w)) < abs(skewness(x, w)):
                return bent
    if way == "yeo_johnson":
        return standardised(Transform("yeo_johnson", power=best_power(x, w)), x, w)
    if way == "rank":
        return standardised(Transform("rank", knots=knots(x, w)), x, w)
    return standardised(Transform(way), x, w)


def standardised(transform: Transform, x: Floats, w: Floats) -> Transform:
    """Return the transform with centre and scale such that z has weighted mean 0 and standard deviation 1."""
    centre, scale = moments(transform.curve(x), w)
    return Transform(transform.way, transform.power, centre, scale, transform.knots)


def moments(x: Floats, w: Floats) -> tuple[float, float]:
    """Return weighted mean and standard deviation (denominator: sum of weights); a constant has 1."""
    mean = float(np.average(x, weights=w))
    spread = float(np.sqrt(np.average((x - mean) ** 2, weights=w)))
    # What rounding leaves of a constant is no spread.
    return mean, spread if spread > 1e-12 * max(1.0, abs(mean)) else 1.0


def skewness(x: Floats, w: Floats) -> float:
    """Return the weighted skewness m3 / m2^1.5; 0 of a constant."""
    mean, scale = moments(x, w)
    return float(np.average(((x - mean) / scale) ** 3, weights=w))


def quantiles(x: Floats, w: Floats, shares: Floats) -> Floats:
    """Return the lowest x at or below which at least each share of the weight is."""
    order = np.argsort(x, kind="stable")
    cumulative = np.cumsum(w[order])
    places = np.searchsorted(cumulative, shares * cumulative[-1] * (1 - 1e-12))
    return np.asarray(x[order][np.minimum(places, len(x) - 1)])


def knots(x: Floats, w: Floats) -> tuple[float, ...]:
    """Return the quantiles at 0, 2 %, 4 % ... 100 %."""
    return tuple(quantiles(x, w, np.linspace(0, 1, KNOTS)).tolist())


def best_power(x: Floats, w: Floats) -> float:
    """Return the Yeo-Johnson power of the highest weighted likelihood between -4 and 4."""
    from scipy.optimize import minimize_scalar

    if len(x) > QUANTILES:
        x = quantiles(x, w, (np.arange(QUANTILES) + 0.5) / QUANTILES)
        w = np.ones(QUANTILES)
    slopes = float(w @ (np.sign(x) * np.log1p(np.abs(x))))
    total = float(w.sum())

    def loss(power: float) -> float:
        with np.errstate(all="ignore"):
            z = yeo_johnson(x, power)
            mean = np.average(z, weights=w)
            variance = float(np.average((z - mean) ** 2, weights=w))
        if not np.isfinite(variance) or variance <= 1e-20 * max(1.0, float(mean) ** 2):
            return float(np.finfo(np.float64).max)
        return 0.5 * total * float(np.log(variance)) - (power - 1) * slopes

    return float(minimize_scalar(loss, bounds=POWERS, method="bounded", options={"xatol": 1e-6}).x)


def described(preparation: Preparation, columns: Iterable[Column]) -> list[str]:
    """Return one sentence per column that says what was done to it."""
    titles = {column.name: column.label for column in columns}
    found: dict[str, str] = {}
    for feature in preparation.features:
        transform = feature.transform
        match transform.way:
            case "none":
                what = "as it is"
            case "standardise":
                what = "standardised"
            case "yeo_johnson":
                what = f"Yeo-Johnson with power {transform.power:.2f}, standardised"
            case "log":
                what = "log(1 + x), standardised"
            case "rank":
                what = "rank, standardised"
        if feature.level is not None:
            what = "one indicator per level" + ("" if transform.way == "none" else ", weighing as one number together")
        if feature.column in preparation.row_centred:
            what = "less the person's own mean, " + what
        found[feature.column] = f"{titles.get(feature.column, feature.column)}: {what}."
    return list(found.values())
