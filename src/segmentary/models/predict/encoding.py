"""How the columns of a table become features for linear terms and for trees: learnt once, kept as numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.models.predict.formula import Encoding, Way
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

TAILS = 0.002
"""Share of people beyond each winsor limit of linear terms."""
SKEWED = 3.0
"""A number whose skewness is beyond this enters linear terms by its logarithm alone."""
FEW = 10
"""Numbers of no more different values have no logarithm of their own."""
WAYS: tuple[Way, ...] = ("number", "log")
RARE = 20
"""A level of fewer people has no feature of its own: it counts as the others."""
MOST_LEVELS = 30


def linear_encodings(table: TypedTable) -> tuple[tuple[Encoding, ...], tuple[str, ...]]:
    """Return standardised features for linear terms, and what was left out, sentences.

    Numbers are winsorised, skewed ones by their logarithm; what is missing is filled with the mean and flagged where
    enough people miss it; levels of enough people are features of their own, the rest together are the reference (so
    is a level that nobody had in fitting: it is unknown). Constant columns are left out.
    """
    found: list[Encoding] = []
    notes: list[str] = []
    for place, column in enumerate(table.columns):
        made = list(encodings_of(column, table.values[:, place], table.weight))
        if not made:
            notes.append(f"{column.label} is the same for everybody: left out.")
        found += made
    if not found:
        raise NoAnswerError("no column differs between people", hint="give features that vary")
    return tuple(found), tuple(notes)


def encodings_of(column: Column, x: Floats, weight: Floats) -> Iterator[Encoding]:
    """Yield the features of one column, none where it is constant."""
    unknown = np.isnan(x)
    known = x[~unknown]
    w = weight[~unknown]
    if len(known) and known.min() < known.max():
        if column.kind == "nominal" or (column.kind == "binary" and len(np.unique(known)) == 2):
            yield from levels_of(column, known, w)
        else:
            yield from numbers_of(column, known, w)
    if RARE <= unknown.sum() <= len(x) - RARE:
        share = float(weight[unknown].sum() / weight.sum())
        yield Encoding(column.name, "missing", centre=share, scale=float(np.sqrt(share * (1 - share))))


def numbers_of(column: Column, known: Floats, weight: Floats) -> Iterator[Encoding]:
    """Yield the features of a number: as it is, and its logarithm, which bends where the number alone is straight."""
    low, high = (float(one) for one in np.quantile(known, [TAILS, 1 - TAILS]))
    if low == high:
        low, high = float(known.min()), float(known.max())
    measured = column.kind in ("numeric", "count")
    bent = measured and len(np.unique(known)) > FEW
    for way in WAYS if bent else WAYS[:1]:
        if way == "number" and measured and bent and abs(skewness(np.clip(known, low, high), weight)) > SKEWED:
            continue
        made = Encoding(column.name, way, low, high).of(known)
        centre, spread = moments(made, weight)
        yield Encoding(column.name, way, low, high, centre, spread or 1.0, 0.0)


def levels_of(column: Column, known: Floats, weight: Floats) -> Iterator[Encoding]:
    """Yield one feature per level of enough people; of two levels the second alone."""
    codes, counts = np.unique(known, return_counts=True)
    order = [int(codes[i]) for i in np.lexsort((codes, -counts)) if RARE <= counts[i] <= len(known) - min(RARE, 1)]
    if len(codes) == 2:
        order = [int(codes[1])]
    for code in sorted(order[:MOST_LEVELS]):
        share = float(weight[known == code].sum() / weight.sum())
        spread = float(np.sqrt(share * (1 - share)))
        if spread > 0:
            yield Encoding(column.name, "level", centre=share, scale=spread, fill=0.0, levels=(code,))


def tree_encodings(table: TypedTable) -> tuple[Encoding, ...]:
    """Return features for trees: numbers as they are, missing stays missing; a feature per level of enough people."""
    found: list[Encoding] = []
    for place, column in enumerate(table.columns):
        x = table.values[:, place]
        known = x[~np.isnan(x)]
        if not len(known) or (known.min() == known.max() and len(known) == len(x)):
            continue
        if column.kind != "nominal":
            found.append(Encoding(column.name))
            continue
        codes, counts = np.unique(known, return_counts=True)
        often = [int(codes[i]) for i in np.lexsort((codes, -counts)) if counts[i] >= RARE][:MOST_LEVELS]
        found += [Encoding(column.name, "level", levels=(code,)) for code in sorted(often)]
    if not found:
        raise NoAnswerError("no column differs between people", hint="give features that vary")
    return tuple(found)


def encoded(encodings: tuple[Encoding, ...], table: TypedTable) -> Floats:
    """Return the features of people; (n, m)."""
    grid = np.empty((len(table), len(encodings)))
    for place, one in enumerate(encodings):
        grid[:, place] = one.of(table.values[:, table.place(one.column)])
    return grid


def moments(x: Floats, weight: Floats) -> tuple[float, float]:
    """Return the weighted mean and standard deviation."""
    mean = float(np.average(x, weights=weight))
    return mean, float(np.sqrt(np.average((x - mean) ** 2, weights=weight)))


def skewness(x: Floats, weight: Floats) -> float:
    """Return the weighted skewness; 0 of what does not vary."""
    mean, spread = moments(x, weight)
    return float(np.average(((x - mean) / spread) ** 3, weights=weight)) if spread > 0 else 0.0
