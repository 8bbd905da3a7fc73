"""The search of a discovery: what is refused, every method with every number, how far each comes back, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.models.discover.fitting import Candidate, Fed, fed, fit
from segmentary.models.discover.geometry import measured
from segmentary.models.discover.given import Given
from segmentary.models.discover.methods import Method, chosen
from segmentary.models.discover.placing import Basis, least_known
from segmentary.models.discover.refusals import possible, without_constants, without_leaks
from segmentary.models.discover.reliability import reliable
from segmentary.models.progress import Tell, within
from segmentary.models.table.findings import Finding
from segmentary.models.table.leakage import duplicate_findings
from segmentary.models.table.preparation import Preparation, Way
from segmentary.models.table.response_style import response_findings
from segmentary.models.table.sample_size import correlation_findings, size_findings
from segmentary.models.table.scaling import prepare
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import CriteriaRow
from segmentary.models.validate.how_many import criteria
from segmentary.models.validate.judging import judge

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Search:
    """What is tried, as `segmentary.models.discover.discovery.discover` describes it."""

    methods: str | Sequence[str]
    ks: tuple[int, ...]
    choose: Key | None
    way: Way | Mapping[str, Way] | Literal["auto"]
    row_centre: bool | Sequence[str]
    sample: int
    repetitions: int
    seed: int


def searched(people: Given, search: Search, name: str, tell: Tell) -> tuple[Given, dict[Key, Candidate], Basis]:
    """Return the people by the columns that are left, all candidates, and what is known of them together.

    Raises
    ------
    NoAnswerError : see `segmentary.models.discover.refusals`.
    """
    table, refused = without_constants(people.table)
    table, leaks = without_leaks(table, people.outcome)
    known, unknown = answering(table)
    ks, too_many = possible(known, [*search.ks, search.choose[1]] if search.choose else search.ks)
    if search.choose and search.choose[1] not in ks:
        raise NoAnswerError(too_many[-1].message, hint=too_many[-1].hint)
    methods = chosen(search.methods, table.columns, len(known))
    if search.choose and search.choose[0] not in [one.name for one in methods]:
        methods = (*methods, *chosen([search.choose[0]], table.columns, len(known)))
    part, stated = sampled(known, search.sample, search.seed)
    noticed = (*size_findings(part, most_segments=ks[-1]), *correlation_findings(part), *duplicate_findings(part))
    findings = (*people.findings, *refused, *leaks, *unknown, *too_many, *stated, *noticed, *response_findings(part))
    scaled = prepare(part, way=search.way, row_centre=search.row_centre)
    candidates, alone = tried(part, methods, ks, scaled, search.seed, within(tell, 0.0, 0.4))
    for place, method in enumerate(methods):
        share = within(tell, 0.4 + 0.4 * place / len(methods), 0.4 + 0.4 * (place + 1) / len(methods))
        again = reliable(candidates, method, part, repetitions=search.repetitions, seed=search.seed, tell=share)
        candidates |= again
    candidates, box = measured(candidates, part, scaled, ks, seed=search.seed, tell=within(tell, 0.8, 0.9))
    stable = {k: one.stability for (which, k), one in candidates.items() if which == "k_means" and one.stability}
    verdict = judge(part, ks=ks, seed=search.seed, stability=stable or None, tell=within(tell, 0.9, 1.0))
    rows = [*alone, *box, *(one.row for one in candidates.values())]
    table_of = criteria(rows, verdict, [one.name for one in methods])
    basis = Basis(name, search.seed, len(part), table_of, verdict, findings)
    return replace(people, table=table), candidates, basis


def answering(table: TypedTable) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return those of whom enough is known to be placed, and what to say about the others.

    What is filled in for the others would be a group of its own: people who are alike in nothing but their silence.

    Raises
    ------
    NoAnswerError : there is nobody of whom enough is known.
    """
    least = least_known(table.columns)
    enough = np.sum(~np.isnan(table.values), axis=1) >= least
    if enough.all():
        return table, ()
    if not enough.any():
        raise NoAnswerError(
            f"of nobody are {least} of {len(table.columns)} columns known",
            hint="segment by fewer columns, or by those that are filled",
        )
    message = (
        f"Found in {int(enough.sum()):,} of {len(table):,} people: of the others fewer than {least} of "
        f"{len(table.columns)} columns are known."
    )
    return table.take(enough), (Finding("too_little_known", "note", message, "", table.names),)


def sampled(table: TypedTable, most: int, seed: int) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return a random sample of the people, weights kept, in their order, and what to say about it."""
    if len(table) <= most:
        return table, ()
    message = f"Fitted on a random sample of {most:,} of {len(table):,} people; everybody is placed."
    drawn = np.sort(np.random.default_rng(seed).choice(len(table), most, replace=False))
    return table.take(drawn), (Finding("sampled", "note", message, "sample= sets how many"),)


def tried(
    table: TypedTable, methods: Sequence[Method], ks: Sequence[int], scaled: Preparation, seed: int, tell: Tell
) -> tuple[dict[Key, Candidate], tuple[CriteriaRow, ...]]:
    """Fit every method with every number of segments, and mixtures with one: that is a row, but no segmentation.

    Methods that find their number by themselves are fitted once.
    """
    found: dict[Key, Candidate] = {}
    alone: list[CriteriaRow] = []
    steps = [
        (method, k) for method in methods for k in ((1, *ks) if method.mixture else ks if method.count else ks[:1])
    ]
    rows: dict[str, Fed] = {}
    for step, (method, k) in enumerate(steps):
        share = within(tell, step / len(steps), (step + 1) / len(steps))
        share(f"fitting {method.title} with {k} segments", 0.0)
        if method.name not in rows:
            rows[method.name] = fed(method, table, lambda: scaled)
        one = fit(method, k, rows[method.name], table, seed, tell=share)
        if one.k > 1:
            found.setdefault((method.name, one.k), one)
        else:
            alone.append(one.row)
    if not found:
        raise NoAnswerError("no method found more than one segment", hint="there may be no groups; try others")
    return found, tuple(alone)
