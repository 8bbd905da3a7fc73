"""From a table to segments with their verdict: every step of a discovery, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from segmentary.errors import UsageError
from segmentary.models.assign.assigner import Assigner
from segmentary.models.discover import meanwhile
from segmentary.models.discover.fitting import Candidate, Labels, fed, fit
from segmentary.models.discover.methods import Method, chosen, method_of
from segmentary.models.discover.solution import Fit, Segmentation, Solution
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.preparation import Preparation
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import Criteria, CriteriaRow, Recommendation

KEYS = Sequence[str]


@dataclass(frozen=True, eq=False)
class Found:
    """What a discovery found: the segmentation it recommends or was asked for, and every other it tried.

    Attributes
    ----------
    segmentation : the solution with its people. tried : (method, k) of all solutions at hand, in the order of the
        table of criteria.
    """

    segmentation: Segmentation
    candidates: dict[tuple[str, int], Candidate]
    table: TypedTable

    @property
    def solution(self) -> Solution:
        """The solution: safe to keep, without people."""
        return self.segmentation.solution

    @property
    def labels(self) -> Labels:
        """(n,) place of each person's segment; -1 of whom too little is known."""
        return self.segmentation.labels

    @property
    def tried(self) -> tuple[tuple[str, int], ...]:
        """Return (method, k) of all solutions at hand."""
        return tuple(self.candidates)

    def take(self, method: str, k: int) -> Segmentation:
        """Return another of the solutions tried, with all people placed; nothing is fitted again.

        Raises
        ------
        UsageError : it was not tried.
        """
        if (method, k) not in self.candidates:
            tried = ", ".join(f"{name} {number}" for name, number in self.candidates)
            raise UsageError(f"{method} with {k} segments was not tried", hint=f"tried: {tried}")
        base = self.solution
        return segmentation_of(self.candidates[method, k], self.table, base)


def discover(
    data: Any,
    *,
    name: str = "segments",
    columns: Sequence[str] | None = None,
    kinds: dict[str, str] | None = None,
    weights: Any = None,
    ids: Any = None,
    methods: str | Sequence[str] = "auto",
    k: Sequence[int] = range(2, 9),
    choose: tuple[str, int] | None = None,
    way: str = "auto",
    row_centre: bool = False,
    descriptors: Any = None,
    value: Any = None,
    sample: int = 100_000,
    repetitions: int = 100,
    seed: int = 0,
    outcome: Any = None,
    tell: Tell = quiet,
) -> Found:
    """Find segments, say whether they are real and how many, describe them, and place everybody.

    data : a dataframe of any library, or a `TypedTable`.
    """
    tell("reading the data", 0.0)
    table = data if isinstance(data, TypedTable) else meanwhile.read(data)
    wanted = chosen(methods, table.columns, len(table))
    ks = tuple(sorted(set(k)))
    if choose is not None:
        wanted = wanted if choose[0] in [one.name for one in wanted] else (*wanted, method_of(choose[0]))
        ks = tuple(sorted({*ks, choose[1]}))
    part = sampled(table, sample, seed)
    candidates = fitted(part, wanted, ks, meanwhile.scaled(part), seed, within(tell, 0.05, 0.6))
    rows = tuple(row_of(one) for one in candidates.values())
    taken = choose or next(iter(candidates))
    recommendation = Recommendation(taken[0], taken[1], "", "")
    made = Fit(
        taken[0], taken[1], seed, len(table), len(part), table.effective_n, table.weights is not None, options={}
    )
    one = candidates[taken]
    base = Solution(
        name, made, table.columns, assigner_of(one, table, ()), one.agreement, Criteria(rows, recommendation),
        meanwhile.judged(part), meanwhile.described(part, np.zeros(0, dtype=np.intp), None), (),
    )  # fmt: skip
    tell("placing everybody", 0.9)
    found = Found(segmentation_of(one, table, base), candidates, table)
    tell("done", 1.0)
    return found


def sampled(table: TypedTable, most: int, seed: int) -> TypedTable:
    """Return a random sample of the people, weights kept, in their order; everybody where they are no more than that."""
    if len(table) <= most:
        return table
    return table.take(np.sort(np.random.default_rng(seed).choice(len(table), most, replace=False)))


def fitted(
    table: TypedTable, methods: Sequence[Method], ks: Sequence[int], scaled: Preparation, seed: int, tell: Tell
) -> dict[tuple[str, int], Candidate]:
    """Fit every method with every number of segments."""
    found: dict[tuple[str, int], Candidate] = {}
    steps = [(method, k) for method in methods for k in (ks if method.count else ks[:1])]
    given: dict[str, Any] = {}
    for step, (method, k) in enumerate(steps):
        tell(f"fitting {method.title} with {k} segments", step / len(steps))
        if method.name not in given:
            given[method.name] = fed(method, table, lambda: scaled)
        one = fit(method, k, given[method.name], table, seed)
        found[method.name, one.k] = one
    return found


def row_of(one: Candidate) -> CriteriaRow:
    """Return what is known of a candidate without trying it on other samples."""
    figures: dict[str, Any] = dict(one.figures)
    if "parameters" in figures:
        figures["parameters"] = int(figures["parameters"])
    return CriteriaRow(one.method.name, one.k, **figures, smallest=int(one.sizes.min()))


def assigner_of(one: Candidate, table: TypedTable, keys: Sequence[str]) -> Assigner:
    """Return how anybody is placed: half of the columns have to be known."""
    labels = tuple(keys) or tuple(f"segment_{i + 1}" for i in range(one.k))
    least = max(1, (len(table.columns) + 1) // 2)
    return Assigner(labels, table.columns, one.fed.preparation, one.terms, least)


def segmentation_of(one: Candidate, table: TypedTable, base: Solution) -> Segmentation:
    """Place everybody by a candidate and describe its segments."""
    assigner = assigner_of(one, table, ())
    labels = np.asarray(assigner.assign(table), dtype=np.intp)
    probabilities = assigner.probabilities(table)
    description = meanwhile.described(table, labels, probabilities)
    keys = tuple(segment.key for segment in description.segments)
    solution = replace(
        base,
        fit=replace(base.fit, method=one.method.name, k=one.k),
        assigner=replace(assigner, labels=keys),
        assigner_agreement=one.agreement,
        description=description,
    )
    return Segmentation(solution, table.ids, labels, probabilities)
