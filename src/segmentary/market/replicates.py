"""Replicate weights of a design that came without: jackknife, bootstrap, balanced half-samples.

References: Wolter (2007), Introduction to Variance Estimation; Rao & Wu (1988), JASA 83(401), and Rao, Wu & Yue (1992),
Survey Methodology 18(2), for the bootstrap; Judkins (1990), Journal of Official Statistics 6(3), for Fay's method.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.survey_design import Kind, SurveyDesign
from segmentary.models.table.typed_table import Floats

MOST = 200_000_000
"""Most cells of a table of replicate weights."""


def jackknife(design: SurveyDesign, *, groups: int | None = None, seed: int = 0) -> SurveyDesign:
    """Return the design with jackknife replicates: each leaves out one primary unit of one stratum.

    groups : leave out random groups of units instead, so many in each stratum (fewer where it has fewer units): for
    large samples without clusters. Strata with one unit add no replicate.

    Raises NoAnswerError where no stratum has two units, DataError where the table would be too large.
    """
    refuse_finite(design)
    unit = design.unit_of
    strata = design.stratum_of_unit
    group_of_unit = np.arange(len(strata))
    if groups is not None:
        if groups < 2:
            raise DataError("a jackknife needs two groups at least")
        generator = np.random.default_rng(seed)
        for h in np.unique(strata):
            own = np.flatnonzero(strata == h)
            group_of_unit[own] = h * groups + generator.permutation(len(own)) % groups
        group_of_unit = np.unique(group_of_unit, return_inverse=True)[1]
    group = group_of_unit[unit]
    stratum_of_group = np.zeros(int(group_of_unit.max()) + 1, dtype=np.intp)
    stratum_of_group[group_of_unit] = strata
    sizes = np.bincount(stratum_of_group)
    dropped = np.flatnonzero(sizes[stratum_of_group] > 1)
    if not len(dropped):
        raise NoAnswerError("no stratum has two sampling units, so none can be left out", hint="join strata")
    room(len(design), len(dropped))
    weights = np.empty((len(design), len(dropped)))
    for place, one in enumerate(dropped):
        h = stratum_of_group[one]
        factor = np.where(design.stratum_of == h, sizes[h] / (sizes[h] - 1), 1.0)
        weights[:, place] = design.weights * np.where(group == one, 0.0, factor)
    kind: Kind = "jackknife_1" if len(sizes) == 1 else "jackknife_n"
    scales = (sizes[stratum_of_group[dropped]] - 1) / sizes[stratum_of_group[dropped]]
    return replicated(design, weights, kind, scales)


def bootstrap(design: SurveyDesign, *, replicates: int = 500, seed: int = 0) -> SurveyDesign:
    """Return the design with rescaled bootstrap replicates: n_h - 1 of the n_h units of each stratum, drawn again.

    Raises NoAnswerError where no stratum has two units.
    """
    refuse_finite(design)
    strata, sizes = design.stratum_of_unit, design.units_in_stratum
    if not (sizes > 1).any():
        raise NoAnswerError("no stratum has two sampling units, so none can be drawn again", hint="join strata")
    if replicates < 2:
        raise DataError("fewer than two replicates say nothing about sampling error")
    room(len(design), replicates)
    generator = np.random.default_rng(seed)
    factors = np.ones((len(strata), replicates))
    for h, size in enumerate(sizes.tolist()):
        if size > 1:
            drawn = generator.multinomial(size - 1, np.full(size, 1 / size), replicates)
            factors[strata == h] = drawn.T * (size / (size - 1))
    return replicated(design, design.weights[:, None] * factors[design.unit_of], "bootstrap", None)


def balanced(design: SurveyDesign, *, fay: float = 0.0) -> SurveyDesign:
    """Return the design with balanced repeated replication: one of the two units of every stratum, balanced.

    fay : 0 takes one unit twice and the other not at all; 0.5 takes them 1.5 and 0.5 times (Fay), so that no group of
    people vanishes from a replicate.

    Raises DataError unless every stratum has two units.
    """
    from scipy.linalg import hadamard

    refuse_finite(design)
    strata, sizes = design.stratum_of_unit, design.units_in_stratum
    if not len(sizes) or (sizes != 2).any():
        raise DataError("balanced replication needs two sampling units in every stratum", hint="use the jackknife")
    if not 0 <= fay < 1:
        raise DataError(f"Fay's factor is 0 or more and below 1, not {fay}")
    order = 1 << len(sizes).bit_length()
    room(len(design), order)
    signs = hadamard(order)[:, 1 : len(sizes) + 1].T.astype(np.float64)
    first = np.zeros(len(strata), dtype=bool)
    first[np.unique(strata, return_index=True)[1]] = True
    factors = 1 + (1 - fay) * np.where(first[:, None], signs[strata], -signs[strata])
    weights = design.weights[:, None] * factors[design.unit_of]
    found = replicated(design, weights, "fay" if fay else "brr", None)
    return replace(found, fay=fay) if fay else found


def replicated(design: SurveyDesign, weights: Floats, kind: Kind, scales: Floats | None) -> SurveyDesign:
    return replace(design, replicate_weights=weights, kind=kind, replicate_scales=scales)


def refuse_finite(design: SurveyDesign) -> None:
    if design.margins is not None:
        raise DataError("the weights are raked already", hint="make replicates first, then rake them with the weights")
    if design.units is not None:
        raise DataError("replicates here know no finite population correction", hint="use the strata and clusters")
    if not len(design):
        raise NoAnswerError("there are no respondents")


def room(people: int, replicates: int) -> None:
    if people * replicates > MOST:
        raise DataError(
            f"{people:,} respondents times {replicates:,} replicates do not fit into memory",
            hint="jackknife(groups=50), or fewer bootstrap replicates",
        )
