"""From a table to segments with their verdict: every step of a discovery, in its order.

Reference: Dolnicar, Grün & Leisch (2018), Market Segmentation Analysis, Springer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError, UsageError
from segmentary.language.tree import ValueType
from segmentary.models.discover.fitting import Candidate, Labels
from segmentary.models.discover.given import Given, Reader, given
from segmentary.models.discover.placing import Basis, placed
from segmentary.models.discover.refusals import sensible
from segmentary.models.discover.searching import Search, searched
from segmentary.models.discover.solution import Segmentation, Solution
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.columns import Kind
from segmentary.models.table.preparation import Way
from segmentary.models.validate.how_many import preferred, votes

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
    levels: Mapping[str, Sequence[str]] | None = None,
    missing: Mapping[str, Sequence[Any]] | Sequence[Any] = (),
    titles: Mapping[str, str] | None = None,
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
    types: Mapping[str, ValueType] | None = None,
    tell: Tell = quiet,
) -> Found:
    """Find segments, say whether they are real and how many, describe them, and place everybody.

    Parameters
    ----------
    data : a dataframe of any library, a mapping of names to arrays, or a `TypedTable`; one row per person.
    name : under which the solution's outputs are given.
    columns, kinds, levels, missing, titles, weights, ids : as in `segmentary.models.table.reading.typed_table`.
    methods : "auto": those that suit the columns; else names of `segmentary.models.discover.methods.METHODS`.
    k : numbers of segments to try. choose : method and number to take instead of what is recommended.
    way, row_centre : how numbers are scaled, and whether answers are taken relative to the person's own mean.
    descriptors : other columns segments are compared in, as a dataframe of the same rows or names of columns.
    value : money per person: numbers, or the name of a column.
    sample : people the methods are fitted on at most, drawn at random by the seed; everybody is placed.
    repetitions : pairs of bootstrap samples. seed : of everything that is drawn; the same seed, the same result.
    outcome : what the segments are to explain later: columns that give it away are refused.
    types : per column the type its trait has in the segment language, for the rules, where levels do not say it.
    tell : told how far it is; raising out of it cancels, and nothing is left.

    Raises
    ------
    NoAnswerError : there is no honest answer: nobody, nothing known, nobody differs, too few people for any number.
    DataError, UnknownNameError : parts do not fit, a name does not exist.
    """
    sown(seed)
    sensible(methods, k, choose, sample, repetitions)
    tell("reading the data", 0.0)
    reader = Reader(columns, kinds, levels, missing, titles, weights, ids)
    people = given(data, reader, value=value, descriptors=descriptors, outcome=outcome)
    search = Search(methods, tuple(k), choose, way, row_centre, sample, repetitions, seed)
    found = found_by(search, people, name, types, tell)
    tell("done", 1.0)
    return found


def sown(seed: int) -> None:
    """Refuse what no generator of chance takes.

    Raises
    ------
    UsageError : it is not a whole number from 0 to 2^31 - 1.
    """
    if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**31:
        raise UsageError(f"{seed!r} cannot be a seed", hint="a whole number from 0 to 2147483647")


def found_by(search: Search, people: Given, name: str, types: Mapping[str, ValueType] | None, tell: Tell) -> Found:
    """Search, take what is recommended or was asked for, and place everybody."""
    from segmentary.models.cluster.em import one_thread

    # Linear algebra in one thread: the same sums on every machine; what is many is shared out by us.
    with one_thread():
        people, candidates, basis = searched(people, search, name, within(tell, 0.0, 0.9))
        basis = replace(basis, types=types)
        taken = search.choose or shown(basis)
        if taken not in candidates:
            tried = ", ".join(f"{method} {number}" for method, number in candidates)
            raise NoAnswerError(f"{taken[0]} found no {taken[1]} segments", hint=f"there are: {tried}")
        segmentation = placed(candidates[taken], people, basis, within(tell, 0.9, 1.0))
    return Found(segmentation, people, candidates, basis)


def shown(basis: Basis) -> Key:
    """Return the solution to show: the recommended one, or the best of its method where none is recommended."""
    recommended = basis.criteria.recommendation
    if recommended.k > 1:
        return recommended.method, recommended.k
    mine = [row for row in basis.criteria.rows if row.method == recommended.method]
    return recommended.method, preferred(mine, votes(mine), basis.verdict)
