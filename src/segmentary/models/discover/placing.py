"""Everybody placed by a solution, whether it was fitted on them or not, and its segments described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentary.language.tree import ValueType
from segmentary.models.assign.assigner import Assigner
from segmentary.models.describe.describing import describe
from segmentary.models.discover.fitting import Candidate
from segmentary.models.discover.given import Given
from segmentary.models.discover.solution import Fit, Segmentation, Solution
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.validate.criteria import Criteria
from segmentary.models.validate.verdict import Verdict

LEAST_SHARE = 0.5
"""Share of the columns that has to be known for somebody to be placed: nobody is placed by a guess."""


@dataclass(frozen=True, eq=False)
class Basis:
    """What all solutions of one discovery have in common."""

    name: str
    seed: int
    fitted_on: int
    criteria: Criteria
    verdict: Verdict
    findings: tuple[Finding, ...]
    types: Mapping[str, ValueType] | None = None


def least_known(columns: Sequence[Column]) -> int:
    """Return how many of the columns have to be known of somebody."""
    return max(1, int(np.ceil(len(columns) * LEAST_SHARE)))


def assigner_of(one: Candidate, columns: Sequence[Column], keys: Sequence[str] = ()) -> Assigner:
    """Return how anybody is placed of whom half of the columns are known."""
    labels = tuple(keys) or tuple(f"segment_{place + 1}" for place in range(one.k))
    return Assigner(labels, tuple(columns), one.fed.preparation, one.terms, least_known(columns))


def placed(one: Candidate, given: Given, basis: Basis, tell: Tell = quiet) -> Segmentation:
    """Place everybody by a candidate and describe its segments."""
    table = given.table
    assigner = assigner_of(one, table.columns)
    tell("placing everybody", 0.0)
    probabilities = assigner.probabilities(table)
    labels = np.asarray(assigner.assign(table), dtype=np.intp)
    stable = [spread.median for spread in one.segments]
    description = describe(
        table,
        labels,
        probabilities=probabilities,
        value=given.value,
        descriptors=given.descriptors,
        stability=stable if len(stable) == one.k else None,
        types=basis.types,
        seed=basis.seed,
        tell=within(tell, 0.3, 1.0),
    )
    keys = tuple(segment.key for segment in description.segments)
    made = Fit(
        one.method.name,
        one.k,
        basis.seed,
        len(table),
        min(basis.fitted_on, one.method.most),
        table.effective_n,
        table.weights is not None,
        options=dict(one.options),
    )
    findings = [*basis.findings]
    nobody = int((labels < 0).sum())
    if nobody:
        message = (
            f"{nobody:,} of {len(table):,} people are in no segment: of them fewer than {assigner.least_known} of "
        )
        message += f"{len(table.columns)} columns are known."
        findings.append(Finding("not_placed", "note", message, "complete their data to place them"))
    solution = Solution(
        basis.name,
        made,
        table.columns,
        replace(assigner, labels=keys),
        one.agreement,
        basis.criteria,
        basis.verdict,
        description,
        tuple(findings),
    )
    return Segmentation(solution, table.ids, labels, probabilities)
