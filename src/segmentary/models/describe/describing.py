"""Everything a person needs to know of found segments, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.language.tree import ValueType
from segmentary.models.describe import naming
from segmentary.models.describe.description import Description, Descriptor, ProfileCell, SegmentDescription
from segmentary.models.describe.descriptors import describe_by
from segmentary.models.describe.profile import profile
from segmentary.models.describe.rules import find_rules
from segmentary.models.describe.sizes import sizes, value_shares
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.typed_table import Floats, TypedTable


def describe(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    *,
    probabilities: Floats | None = None,
    value: Floats | None = None,
    descriptors: TypedTable | None = None,
    stability: Sequence[float] | None = None,
    rules: bool = True,
    types: Mapping[str, ValueType] | None = None,
    seed: int = 0,
    tell: Tell = quiet,
) -> Description:
    """Describe a solution: sizes, profile, markers, names, descriptors, rules.

    Parameters
    ----------
    table : the columns that were segmented by, with the weights.
    labels : (n,) place of each person's segment, 0 ... k-1; -1: unassigned, left out of everything but the count the
        sizes refer to (sizes are shares of everybody, so they add up to the assigned share).
    probabilities : (n, k) of membership, for confidence.
    value : (n,) money or anything that adds up.
    descriptors : (n rows) what was not segmented by.
    stability : (k,) median Jaccard per segment (SLSW).
    rules : whether to approximate the solution by rules of the segment language.
    types : per column of the table, the type its trait has in the segment language, where levels alone do not say it.

    Raises
    ------
    DataError
        where the parts do not fit each other. NoAnswerError when nobody is in any segment.
    """
    k = checked(table, labels, probabilities, value, descriptors, stability)
    assigned = np.flatnonzero(labels >= 0)
    part, own = table.take(assigned), labels[assigned]
    cells = profile(part, own, k, tell=within(tell, 0.0, 0.2))
    segments = segment_descriptions(table, labels, cells, k, probabilities, value, stability)
    others: tuple[Descriptor, ...] = ()
    if descriptors is not None:
        named = [one.name for one in segments]
        others = describe_by(descriptors.take(assigned), own, named, seed=seed, tell=within(tell, 0.2, 0.5))
    found_rules = find_rules(part, own, k, types=types, seed=seed, tell=within(tell, 0.5, 1.0)) if rules else None
    tell("described", 1.0)
    if found_rules is None:
        return Description(segments, cells, others, (), None)
    return Description(segments, cells, others, found_rules.readable, found_rules.agreement)


def segment_descriptions(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    cells: Sequence[ProfileCell],
    k: int,
    probabilities: Floats | None,
    value: Floats | None,
    stability: Sequence[float] | None,
) -> tuple[SegmentDescription, ...]:
    """Return each segment with its name, size, value and markers, from everybody's labels and the profile."""
    given = naming.names(cells, table.columns, k)
    found = naming.phrases(cells, table.columns, k)
    size = sizes(labels, table.weight, k)
    worth = (None,) * k if value is None else value_shares(labels, table.weight, value, k)
    return tuple(
        SegmentDescription(
            place,
            key,
            given[place],
            naming.sentence(found[place], table.columns, size[place], worth[place]),
            int((labels == place).sum()),
            size[place],
            worth[place],
            confidence(probabilities, labels, table.weight, place),
            None if stability is None or np.isnan(stability[place]) else float(stability[place]),
            marker_labels(found[place], table),
        )
        for place, key in enumerate(naming.keys(given))
    )


def marker_labels(found: Sequence[naming.Phrase], table: TypedTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table.column(one.column).label for one in found))


def confidence(probabilities: Floats | None, labels: npt.NDArray[np.intp], weight: Floats, place: int) -> float | None:
    """Return the mean (weighted) probability of a segment's members that they belong to it."""
    if probabilities is None:
        return None
    members = np.flatnonzero(labels == place)
    sure = probabilities[members, place]
    known = ~np.isnan(sure)
    return float(np.average(sure[known], weights=weight[members][known])) if known.any() else None


def checked(
    table: TypedTable,
    labels: npt.NDArray[np.intp],
    probabilities: Floats | None,
    value: Floats | None,
    descriptors: TypedTable | None,
    stability: Sequence[float] | None,
) -> int:
    """Return the number of segments, of parts that fit each other."""
    n = len(table)
    if labels.shape != (n,):
        raise DataError(f"{n} rows and labels of shape {labels.shape} do not fit")
    if n == 0 or labels.max() < 0:
        raise NoAnswerError("nobody is in any segment: there is nothing to describe", hint="look at the labels")
    k = int(labels.max()) + 1
    if probabilities is not None:
        if probabilities.ndim != 2 or len(probabilities) != n or probabilities.shape[1] < k:
            raise DataError(f"{n} rows, {k} segments and probabilities of shape {probabilities.shape} do not fit")
        k = probabilities.shape[1]
    if stability is not None:
        if len(stability) < k:
            raise DataError(f"{k} segments and {len(stability)} stabilities do not fit")
        k = len(stability)
    if value is not None and value.shape != (n,):
        raise DataError(f"{n} rows and values of shape {value.shape} do not fit")
    if descriptors is not None and len(descriptors) != n:
        raise DataError(f"{n} rows and {len(descriptors)} rows of descriptors do not fit")
    return k
