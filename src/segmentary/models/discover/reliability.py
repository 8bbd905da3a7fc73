"""How far a method's segments come back: bootstrap stability of every number of segments, and of each segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from segmentary.models.discover.fitting import Candidate, Fed
from segmentary.models.discover.methods import Method
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.validate.stability import Distinct, Fitter, Labels, bootstrap, strengths

PROTOTYPES = frozenset({"k_means", "k_modes", "k_prototypes"})
PEOPLE = 2_000
"""People whose bootstrap samples are looked at where hardly two are alike; fewer people make segments less stable, so
this never flatters."""
HALVINGS, SLOW_HALVINGS = 10, 3
ROWS = 4_000
"""Distinct rows above which that many people are looked at instead."""


def looked_at(given: Fed, table: TypedTable, method: Method, seed: int) -> tuple[Distinct, int]:
    """Return the people whose bootstrap samples are looked at, and how many they are."""
    n = len(given.place)
    most = min(method.most_bootstrap, PEOPLE) if len(given.rows) > ROWS or len(given.rows) == n else n
    most = min(most, n)
    places = given.place
    weights = table.weights
    if most < n:
        drawn = np.sort(np.random.default_rng([seed, 7]).choice(n, most, replace=False))
        places = places[drawn]
        weights = None if weights is None else weights[drawn]
    if weights is None:
        kept, people = np.unique(places, return_counts=True)
        return Distinct(given.rows[kept], people.astype(np.int64), np.ones(len(kept))), most
    return Distinct.of(given.rows[places], weights), most


def fitter(method: Method, table: TypedTable, options: Mapping[int, Mapping[str, Any]]) -> Fitter | None:
    """Return how a bootstrap sample is segmented; None: by the machine code of the bootstrap itself.

    options : k -> what the method chose for everybody (the covariance family), which a sample does not choose again.
    """
    if method.name in PROTOTYPES:
        return None

    def fit(rows: Floats, weight: Floats, k: int, seed: int) -> Labels:
        drawn = weight > 0
        given = {name: value for name, value in options.get(k, {}).items() if name in ("covariance",)}
        estimator = method.build(k, table.columns, seed, **dict(method.quick), **given)
        estimator.fit(rows[drawn], sample_weight=weight[drawn])
        return estimator.terms().labels(rows)

    return fit


def reliable(
    candidates: Mapping[tuple[str, int], Candidate],
    method: Method,
    table: TypedTable,
    *,
    repetitions: int,
    seed: int,
    tell: Tell = quiet,
) -> dict[tuple[str, int], Candidate]:
    """Return the candidates of one method with their stability: of the whole, and of each segment."""
    mine = {key: one for key, one in candidates.items() if one.method is method}
    if not mine or not method.count or repetitions < 1:
        return mine
    first = next(iter(mine.values()))
    people, n = looked_at(first.fed, table, method, seed)
    # A solution with fewer segments than asked for is one of a smaller number.
    reference = {one.k: one.terms.labels(people.rows) for one in mine.values()}
    times = min(repetitions, method.most_repetitions)
    coded = [place for place, column in enumerate(table.columns) if column.coded] if method.feeds != "features" else []
    fit = fitter(method, table, {one.k: one.options for one in mine.values()})
    gamma = first.options.get("gamma", 1.0)
    ks = sorted(reference)
    found = bootstrap(
        people,
        ks,
        fit=fit,
        coded=coded,
        gamma=gamma,
        reference=reference,
        repetitions=times,
        seed=seed,
        tell=within(tell, 0.0, 0.9),
    )
    halving = HALVINGS if fit is None else SLOW_HALVINGS
    strong = strengths(
        people, ks, fit=fit, coded=coded, gamma=gamma, repetitions=halving, seed=seed, tell=within(tell, 0.9, 1.0)
    )
    note = "" if n == len(table) else f"stability and prediction strength on {n:,} of {len(table):,} people"
    return {
        key: replace(
            one,
            stability=found[one.k].spread,
            segments=found[one.k].segments,
            figures=one.figures | ({"prediction_strength": strong[one.k]} if one.k in strong else {}),
            note="; ".join(part for part in (one.note, note) if part),
        )
        if one.k in found
        else one
        for key, one in mine.items()
    }
