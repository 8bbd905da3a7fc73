"""Who stands for a segment: the members that are most surely, or most centrally, of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats, TypedTable


def features(table: TypedTable) -> Floats:
    """Return (n, q) plain coordinates of a table, without missing values, for looking at people (not for grouping).

    Numbers are standardised (weighted) and cut at four deviations; ordinal and binary codes stretched to 0 ... 1 and
    then divided by half a unit; levels of nominal columns are indicators, weighted so that one column counts once.
    Missing is the (weighted) mean. Constant and empty columns have no coordinate.
    """
    found: list[Floats] = []
    for column, x in zip(table.columns, table.values.T, strict=True):
        known = ~np.isnan(x)
        if not known.any() or np.nanmin(x) == np.nanmax(x):
            continue
        weight = table.weight[known]
        if column.kind == "nominal":
            for code in np.unique(x[known]):
                yes = (x == code).astype(np.float64)
                found.append(np.where(known, yes - np.average(yes[known], weights=weight), 0.0) * np.sqrt(2))
            continue
        centre = np.average(x[known], weights=weight)
        if column.coded:
            scale = max(len(column.levels) - 1, 1) / 2
            z = (x - centre) / scale
        else:
            scale = float(np.sqrt(np.average((x[known] - centre) ** 2, weights=weight)))
            z = np.clip((x - centre) / scale, -4.0, 4.0)
        found.append(np.where(known, z, 0.0))
    return np.column_stack(found) if found else np.zeros((len(table), 0))


def typical(
    x: Floats,
    labels: npt.NDArray[np.intp],
    weight: Floats,
    k: int,
    *,
    probabilities: Floats | None = None,
    most: int = 5,
) -> tuple[tuple[int, ...], ...]:
    """Return per segment the places of its most typical members, the most typical first.

    x : (n, q) coordinates; labels : (n,) -1 for nobody's; probabilities : (n, k) of membership, or None. With
    probabilities: those of the highest, of equals the nearest to the segment's centre; without: the nearest. Ties in
    the order of the rows.
    """
    found: list[tuple[int, ...]] = []
    for place in range(k):
        members = np.flatnonzero(labels == place)
        if len(members) == 0:
            found.append(())
            continue
        centre = np.average(x[members], axis=0, weights=weight[members])
        distance = np.round(((x[members] - centre) ** 2).sum(axis=1), 9)
        keys = [distance]
        if probabilities is not None:
            keys.append(-np.round(np.nan_to_num(probabilities[members, place]), 9))
        found.append(tuple(int(members[i]) for i in np.lexsort(keys)[:most]))
    return tuple(found)
