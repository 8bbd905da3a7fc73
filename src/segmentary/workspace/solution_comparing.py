"""Two solutions held against each other over the same people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from segmentary.errors import NoAnswerError
from segmentary.models.table.coding import coded_as
from segmentary.models.validate.reproducibility import adjusted_rand
from segmentary.workspace.variables import KNOWN, People, customers, respondents, types_of, with_traits

if TYPE_CHECKING:
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SolutionComparison:
    """Where the people of one solution's segments are in another's.

    one, other : names. segments, others : names of the segments. counts : people by segment of one (row) and of the
    other (column). people : placed by both; placed_by_one : by only one of them. agreement : adjusted Rand index
    (Hubert & Arabie 1985): 1 the same cut, 0 no more alike than chance. sentence : for people.
    """

    one: str
    other: str
    segments: tuple[str, ...]
    others: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    people: int
    placed_by_one: int
    agreement: float
    sentence: str


def compare_solutions(workspace: Workspace, one: Solution, other: Solution) -> SolutionComparison:
    """Place the same people by both solutions and count."""
    people = people_of(workspace, [one, other])
    table = coded_as(people.frame, [*{c.name: c for s in (one, other) for c in s.columns}.values()])
    places = [solution.assigner.assign(table) for solution in (one, other)]
    both = (places[0] >= 0) & (places[1] >= 0)
    if not both.any():
        raise NoAnswerError("nobody is placed by both solutions", hint="compare solutions about the same people")
    counts = np.zeros((one.k, other.k), dtype=np.int64)
    np.add.at(counts, (places[0][both], places[1][both]), 1)
    index = adjusted_rand(places[0][both], places[1][both])
    names = [tuple(segment.name for segment in solution.description.segments) for solution in (one, other)]
    only = int(((places[0] >= 0) ^ (places[1] >= 0)).sum())
    return SolutionComparison(
        one.name,
        other.name,
        names[0],
        names[1],
        tuple(tuple(int(cell) for cell in row) for row in counts),
        int(both.sum()),
        only,
        index,
        sentence(index, int(both.sum())),
    )


def people_of(workspace: Workspace, solutions: list[Solution], also: tuple[str, ...] = ()) -> People:
    """Return the people of whom the columns of solutions are known: customers, or the respondents of their survey.

    Raises
    ------
    NoAnswerError
        when a solution was found in a dataframe: its people are not here.
    """
    names = [*dict.fromkeys([*(c.name for s in solutions for c in s.columns), *also])]
    sources = {solution.fit.source for solution in solutions}
    known = types_of(workspace)
    if len(sources) == 1 and (survey := sources.pop()).startswith("survey "):
        from segmentary.workspace.variables import survey_items

        survey = survey.removeprefix("survey ")
        items = survey_items(workspace, survey)
        beside = [name for name in names if name not in items]
        if not set(beside) - set(also):
            people = respondents(workspace, survey, [items[name] for name in names if name in items])
            return among_customers(workspace, people, beside)
    missing = [name for name in names if name not in known]
    if missing:
        raise NoAnswerError(
            f"customers have no {missing[0]}", hint="the solution was found in data that is not in this workspace"
        )
    last = workspace.last_run()
    return customers(workspace, names, workspace.context(last.as_of if last is not None else None))


def among_customers(workspace: Workspace, people: People, traits: Sequence[str]) -> People:
    """Return respondents with traits beside their answers: those of them who are customers.

    Raises
    ------
    NoAnswerError
        when none is.
    """
    if not traits or people.design is None:
        return people
    last = workspace.last_run()
    found = with_traits(workspace, people, traits, workspace.context(last.as_of if last is not None else None))
    rows = found.frame.column(KNOWN)
    if not pc.any(rows).as_py():
        raise NoAnswerError(
            "none of the respondents is a customer", hint="ask customers too, and say which they are (customer_id)"
        )
    frame = found.frame.filter(rows)
    return replace(found, frame=frame, design=None if found.design is None else found.design.filter(rows))


def sentence(index: float, people: int) -> str:
    """Say how alike two solutions are."""
    if index >= 0.9:
        alike = "nearly the same cut"
    elif index >= 0.6:
        alike = "much alike"
    elif index >= 0.2:
        alike = "related, but not the same segments"
    else:
        alike = "hardly more alike than chance"
    return f"The two solutions are {alike} (adjusted Rand index {index:.2f}, {people:,} people)."
