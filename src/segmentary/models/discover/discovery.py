"""From a table to segments with their verdict: every step of a discovery, in its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import UsageError
from segmentary.models.discover.fitting import Candidate, Fed, Labels, fed, fit
from segmentary.models.discover.given import Given, given
from segmentary.models.discover.methods import Method, chosen
from segmentary.models.discover.placing import Basis, placed
from segmentary.models.discover.refusals import possible, without_constants, without_leaks
from segmentary.models.discover.reliability import reliable
from segmentary.models.discover.solution import Segmentation, Solution
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.columns import Kind
from segmentary.models.table.findings import Finding
from segmentary.models.table.preparation import Preparation, Way
from segmentary.models.table.response_style import response_findings
from segmentary.models.table.sample_size import correlation_findings, size_findings
from segmentary.models.table.scaling import prepare
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import CriteriaRow
from segmentary.models.validate.how_many import criteria, preferred, votes
from segmentary.models.validate.judging import judge
from segmentary.models.validate.verdict import Verdict

Key = tuple[str, int]


@dataclass(frozen=True, eq=False)
class Found:
    """What a discovery found: the segmentation it recommends or was asked for, and every other it tried.

    Attributes
    ----------
    segmentation : the solution with its people. people : what it was found in. candidates : all solutions at hand by
        (method, k). basis : what they have in common.
    """

    segmentation: Segmentation
    people: Given
    candidates: Mapping[Key, Candidate]
    basis: Basis

    @property
    def solution(self) -> Solution:
        """The solution: safe to keep, without people."""
        return self.segmentation.solution

    @property
    def labels(self) -> Labels:
        """(n,) place of each person's segment; -1 of whom too little is known."""
        return self.segmentation.labels

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """(n,) which rows of the data the people are: those without a weight are left out."""
        return self.people.rows

    @property
    def solutions(self) -> tuple[Key, ...]:
        """(method, k) of all solutions at hand, in the order of the table of criteria."""
        return tuple(self.candidates)

    def take(self, method: str, k: int, *, tell: Tell = quiet) -> Segmentation:
        """Return another of the solutions tried, with everybody placed; nothing is fitted again.

        Raises
        ------
        UsageError : it was not tried.
        """
        if (method, k) not in self.candidates:
            tried = ", ".join(f"{name} {number}" for name, number in self.candidates)
            raise UsageError(f"{method} with {k} segments was not tried", hint=f"tried: {tried}")
        return placed(self.candidates[method, k], self.people, self.basis, tell)


def discover(
    data: Any,
    *,
    name: str = "segments",
    columns: Sequence[str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    weights: Any = None,
    ids: Any = None,
    methods: str | Sequence[str] = "auto",
    k: Sequence[int] = range(2, 9),
    choose: Key | None = None,
    way: Way | Mapping[str, Way] | Literal["auto"] = "auto",
    row_centre: bool | Sequence[str] = False,
    descriptors: Any = None,
    value: Any = None,
    sample: int = 100_000,
    repetitions: int = 100,
    seed: int = 0,
    outcome: Any = None,
    titles: Mapping[str, str] | None = None,
    tell: Tell = quiet,
) -> Found:
    """Find segments, say whether they are real and how many, describe them, and place everybody.

    Parameters
    ----------
    data : a dataframe of any library, a mapping of names to arrays, or a `TypedTable`; one row per person.
    name : under which the solution's outputs are given.
    columns, kinds, weights, ids : as in `segmentary.models.table.reading.typed_table`.
    methods : "auto": those that suit the columns; else names of `segmentary.models.discover.methods.METHODS`.
    k : numbers of segments to try. choose : method and number to take instead of what is recommended.
    way, row_centre : how numbers are scaled, and whether answers are taken relative to the person's own mean.
    descriptors : other columns segments are compared in, as a dataframe of the same rows or names of columns.
    value : money per person: numbers, or the name of a column.
    sample : people the methods are fitted on at most, drawn at random by the seed; everybody is placed.
    repetitions : pairs of bootstrap samples. seed : of everything that is drawn; the same seed, the same result.
    outcome : what the segments are to explain later: columns that give it away are refused.
    titles : name of a column -> what people read.
    tell : told how far it is; raising out of it cancels, and nothing is left.

    Raises
    ------
    NoAnswerError : there is no honest answer: nobody, nothing known, nobody differs, too few people for any number.
    DataError, UnknownNameError : parts do not fit, a name does not exist.

    References
    ----------
    Dolnicar, Grün & Leisch (2018), Market Segmentation Analysis, Springer.
    """
    tell("reading the data", 0.0)
    people = given(
        data,
        columns=columns,
        kinds=kinds,
        weights=weights,
        ids=ids,
        value=value,
        descriptors=descriptors,
        outcome=outcome,
        titles=titles,
    )
    table, refused = without_constants(people.table)
    table, leaks = without_leaks(table, people.outcome)
    people = Given(table, people.rows, people.value, people.descriptors, people.outcome, people.findings)
    ks = [*k, choose[1]] if choose else list(k)
    possible_ks, too_many = possible(table, ks)
    wanted = chosen(methods, table.columns, len(table))
    if choose and choose[0] not in [one.name for one in wanted]:
        wanted = (*wanted, *chosen([choose[0]], table.columns, len(table)))
    findings = (*people.findings, *refused, *leaks, *too_many)
    part = sampled(table, sample, seed)
    if len(part) < len(table):
        message = f"Fitted on a random sample of {len(part):,} of {len(table):,} people; everybody is placed."
        findings = (*findings, Finding("sampled", "note", message, "sample= sets how many"))
    findings = (
        *findings, *size_findings(part, most_segments=possible_ks[-1]), *correlation_findings(part),
        *response_findings(part),
    )  # fmt: skip
    candidates = tried(
        part, wanted, possible_ks, lambda: prepare(part, way=way, row_centre=row_centre), seed, within(tell, 0.05, 0.4)
    )
    candidates = {
        key: one
        for place, method in enumerate(wanted)
        for key, one in reliable(
            candidates, method, part, repetitions=repetitions, seed=seed,
            tell=within(tell, 0.4 + 0.4 * place / len(wanted), 0.4 + 0.4 * (place + 1) / len(wanted)),
        ).items()
    }  # fmt: skip
    known = {k: one.stability for (which, k), one in candidates.items() if which == "k_means" and one.stability}
    verdict = judge(part, ks=possible_ks, seed=seed, stability=known or None, tell=within(tell, 0.8, 0.9))
    fitting = [one.name for one in wanted]
    found = criteria([one.row for one in candidates.values()], verdict, fitting)
    basis = Basis(name, seed, len(part), found, verdict, findings)
    taken = choose or shown(found.rows, found.recommendation.method, verdict)
    segmentation = placed(candidates[taken], people, basis, within(tell, 0.9, 1.0))
    tell("done", 1.0)
    return Found(segmentation, people, candidates, basis)


def shown(rows: Sequence[CriteriaRow], method: str, verdict: Verdict) -> Key:
    """Return the solution to show: the recommended one, or the best of its method where none is recommended."""
    mine = [row for row in rows if row.method == method]
    return method, preferred(mine, votes(mine), verdict)


def sampled(table: TypedTable, most: int, seed: int) -> TypedTable:
    """Return a random sample of the people, weights kept, in their order; everybody where they are no more."""
    if len(table) <= most:
        return table
    return table.take(np.sort(np.random.default_rng(seed).choice(len(table), most, replace=False)))


def tried(
    table: TypedTable,
    methods: Sequence[Method],
    ks: Sequence[int],
    scaled: Callable[[], Preparation],
    seed: int,
    tell: Tell,
) -> dict[Key, Candidate]:
    """Fit every method with every number of segments; methods that find their number by themselves once."""
    found: dict[Key, Candidate] = {}
    steps = [(method, k) for method in methods for k in (ks if method.count else ks[:1])]
    rows: dict[str, Fed] = {}
    for step, (method, k) in enumerate(steps):
        tell(f"fitting {method.title} with {k} segments", step / len(steps))
        if method.name not in rows:
            rows[method.name] = fed(method, table, scaled)
        one = fit(method, k, rows[method.name], table, seed)
        found.setdefault((method.name, one.k), one)
    return found
