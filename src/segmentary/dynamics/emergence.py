"""What has become of saved segments: who no longer fits, how sizes drift, what is new, what has split or merged.

Three chances of a false alarm, 5 % together: new groups 2 %, splits 1.5 %, merges 1.5 %, each Bonferroni over what was
looked at. How a new group is told from outliers: `segmentary.dynamics.new_groups`; splits and merges:
`segmentary.dynamics.reshaping`; who fits: `segmentary.dynamics.fit`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from segmentary.dynamics.fit import UNFIT, Baseline, Labels, baseline, placed
from segmentary.dynamics.moving import moves
from segmentary.dynamics.new_groups import LEAST_PEOPLE, LEAST_SHARE, Crowd, crowds, scene
from segmentary.dynamics.reshaping import Joining, Parting, People, joinings, partings
from segmentary.dynamics.telling import marks, summary
from segmentary.errors import NoAnswerError
from segmentary.models.discover.solution import Solution
from segmentary.models.intervals import Difference, Interval, difference_of_shares, holm, wilson
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.models.table.matching import matched
from segmentary.models.table.typed_table import Floats, TypedTable

LOOKED_AT = 20_000
"""People of each side whose shape is looked at, drawn by the seed; shares are of everybody."""
FEWEST = 100
SURE = 0.05


@dataclass(frozen=True, slots=True)
class SegmentDrift:
    """One segment then and now.

    size_before, size : share of people placed in a segment. change : of the share; p : corrected (Holm) over segments.
    unfit : share of its people who no longer fit it; expected_unfit : of the fitted people.
    """

    key: str
    name: str
    size_before: Interval
    size: Interval
    change: Difference | None
    p: float
    unfit: Interval
    expected_unfit: float

    @property
    def verdict(self) -> str:
        """``grown``, ``shrunk`` or ``not_clear``."""
        if self.change is None or self.p > SURE:
            return "not_clear"
        return "grown" if self.change.estimate > 0 else "shrunk"


@dataclass(frozen=True, slots=True)
class NewGroup:
    """People who fit no segment and form a group of their own.

    people : how many; size : their share with interval. nearest : key of the segment they are nearest to; distance :
    to its centre, in standard deviations within segments. times : as many people there as the reference lets expect;
    p : of that (before correction over at most three places). agreement : Jaccard of the groups two halves of the
    people find. marks : what they are like, strongest first: column, their value, that of everybody else. sentence :
    in words.
    """

    people: int
    size: Interval
    nearest: str
    distance: float
    times: float
    p: float
    agreement: float
    marks: tuple[tuple[str, float, float], ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Split:
    """A segment that is now two: shares of its people on either side, p of one heap, columns that tell the sides."""

    key: str
    shares: tuple[float, float]
    people: tuple[int, int]
    p: float
    marks: tuple[tuple[str, float, float], ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two segments that are now one: how dense the valley between them is and was (1: as dense as their centres)."""

    keys: tuple[str, str]
    p: float
    valley: float
    valley_before: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Emergence:
    """What has become of saved segments among new people.

    Attributes
    ----------
    people, effective_n : who were looked at and could be placed. unfit : share of them who no longer fit any segment,
    with interval; expected_unfit : what was so by definition among the fitted people (2.5 %); unfit_p : of the
    difference. segments : each segment then and now. new_groups, splits, merges : what is established; usually nothing.
    findings : what could not be said, and outliers that are no group. sentence : all of it for people.
    """

    people: int
    effective_n: float
    unfit: Interval
    expected_unfit: float
    unfit_p: float
    segments: tuple[SegmentDrift, ...]
    new_groups: tuple[NewGroup, ...]
    splits: tuple[Split, ...]
    merges: tuple[Merge, ...]
    findings: tuple[Finding, ...]
    sentence: str

    @property
    def news(self) -> bool:
        """Whether the segments should be looked at again: something new, split or merged."""
        return bool(self.new_groups or self.splits or self.merges)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def emergence(
    solution: Solution,
    table: TypedTable,
    *,
    reference: TypedTable | Baseline | None = None,
    seed: int = 0,
    tell: Tell = quiet,
) -> Emergence:
    """Say what has become of saved segments among new people.

    Parameters
    ----------
    table : people now, with the columns of the solution.
    reference : the people the solution was found in (or people of that time, with the same columns); or what was kept
        of them (`segmentary.dynamics.fit.baseline`), then people are drawn from it, and outliers are judged by normal
        clouds.
    seed : of halving and drawing. tell : told how far it is; raising out of it cancels.

    Raises
    ------
    NoAnswerError
        no reference, or fewer than 100 people on a side can be placed (50 for a reference).
    UnknownNameError
        a column of the solution is missing.
    """
    if reference is None:
        raise NoAnswerError(
            "who no longer fits cannot be said without those who did",
            hint="give the people the segments were found in, or the baseline kept of them",
        )
    tell("Placing everybody", 0.0)
    people, labels = placed(solution, table)
    if len(people) < FEWEST or people.effective_n < FEWEST / 2:
        raise NoAnswerError(
            f"{len(people):,} people can be placed, worth {people.effective_n:,.0f}: too few to look for changes",
            hint=f"at least {FEWEST} are needed",
        )
    tell("Measuring how well people fit", 0.1)
    base, before = those_before(solution, reference, seed)
    w = people.weight * (people.effective_n / len(people))
    now = base.coordinates(people)
    unfit = base.clouds.misfit(now) > base.border
    segments = drifts(solution, base, labels, unfit, w)
    rows = drawn(len(now), seed)
    shapes = Shapes(base, People(now[rows], labels[rows], scaled(w, rows)), before, people.take(rows))
    tell("Looking for splits and merges", 0.3)
    merges, splits = reshaped(shapes, seed)
    tell("Looking for new groups", 0.6)
    groups, rejected = emerged(shapes, merges, splits, seed)
    share = weighted_share(w, unfit)
    unfit_p = more_than_usual(share, base)
    findings = (*noted(solution, table, people, share, unfit_p, rejected, groups), *moves(base, shapes.now, people))
    told = " ".join(
        [summary(share, UNFIT, unfit_p, segments, groups, splits, merges)]
        + [one.message for one in findings if one.code == "moved"]
    )
    tell("Done", 1.0)
    return Emergence(
        len(people), people.effective_n, share, UNFIT, unfit_p, segments, groups, splits, merges, findings, told
    )


def those_before(solution: Solution, reference: TypedTable | Baseline, seed: int) -> tuple[Baseline, People]:
    """Return what the fitted people were like, and those of them whose shape is looked at."""
    if isinstance(reference, Baseline):
        z, labels = reference.drawn(seed)
        return reference, People(z, labels, np.full(len(z), reference.effective_n / len(z)))
    base = baseline(solution, reference, seed=seed)
    old, labels = placed(solution, reference)
    rows = drawn(len(old), seed + 1)
    w = old.weight * (old.effective_n / len(old))
    return base, People(base.coordinates(old)[rows], labels[rows], scaled(w, rows))


@dataclass(frozen=True, eq=False)
class Shapes:
    """People now and before in the coordinates of the baseline, and the table of those now."""

    base: Baseline
    now: People
    before: People
    table: TypedTable

    def whitened(self, people: People) -> People:
        """Return people in coordinates in which the spread within segments is 1."""
        return People(people.z @ self.base.clouds.whitening, people.labels, people.w)


def drawn(n: int, seed: int) -> Labels:
    """Return the rows whose shape is looked at, in order."""
    if n <= LOOKED_AT:
        return np.arange(n)
    return np.sort(np.random.default_rng([seed, 41]).choice(n, LOOKED_AT, replace=False))


def scaled(w: Floats, rows: Labels) -> Floats:
    """Return the weights of drawn rows, summing to the number of people they are worth."""
    part = w[rows]
    return np.asarray(part * (part.sum() / (part @ part)))


def weighted_share(w: Floats, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Interval:
    """Return a share of people with Wilson's interval for their effective number."""
    n = max(1, round(float(w.sum())))
    return wilson(min(n, round(float(w[inside].sum()))), n) if len(w) else wilson(0, 0)


def more_than_usual(share: Interval, base: Baseline) -> float:
    """Return the p-value of the share that fits no segment being what it was among the fitted people."""
    then, n = round(UNFIT * base.effective_n), round(base.effective_n)
    compared = difference_of_shares(round(share.estimate * share.n), share.n, then, n)
    return 1.0 if compared is None else compared.p


def drifts(
    solution: Solution,
    base: Baseline,
    labels: Labels,
    unfit: np.ndarray[tuple[int], np.dtype[np.bool_]],
    w: Floats,
) -> tuple[SegmentDrift, ...]:
    """Return every segment then and now, tests corrected over segments."""
    names = {one.place: one.name for one in solution.description.segments}
    n, n_before = round(float(w.sum())), round(base.effective_n)
    found = []
    for place, key in enumerate(base.keys):
        here = labels == place
        size = weighted_share(w, here)
        before = wilson(round(n_before * float(base.clouds.sizes[place] / base.clouds.sizes.sum())), n_before)
        change = difference_of_shares(round(size.estimate * n), n, round(before.estimate * n_before), n_before)
        misfits = weighted_share(w[here], unfit[here])
        found.append((key, names.get(place, key), before, size, change, misfits, float(base.unfit[place])))
    corrected = holm([1.0 if one[4] is None else one[4].p for one in found])
    return tuple(
        SegmentDrift(key, name, before, size, change, p, misfits, expected)
        for (key, name, before, size, change, misfits, expected), p in zip(found, corrected, strict=True)
    )


def reshaped(shapes: Shapes, seed: int) -> tuple[tuple[Merge, ...], tuple[Split, ...]]:
    """Return what has merged and split."""
    now, before = shapes.whitened(shapes.now), shapes.whitened(shapes.before)
    centres = shapes.base.clouds.means @ shapes.base.clouds.whitening
    keys = shapes.base.keys
    merges = tuple(merged(one, keys) for one in joinings(now, before, centres))
    splits = tuple(parted(one, now, shapes, keys) for one in partings(now, before, centres, seed=seed))
    return merges, splits


def merged(one: Joining, keys: tuple[str, ...]) -> Merge:
    pair = (keys[one.one], keys[one.other])
    words = (
        f"{pair[0]} and {pair[1]} have become one: between them there are now {one.valley:.1f} times as many people as "
        f"around their centres, before {one.valley_before:.1f} times."
    )
    return Merge(pair, one.p, one.valley, one.valley_before, words)


def parted(one: Parting, now: People, shapes: Shapes, keys: tuple[str, ...]) -> Split:
    here = np.flatnonzero(now.labels == one.segment)
    along = now.z[here] @ one.line
    found = marks(shapes.table.take(here), along > one.middle)
    key = keys[one.segment]
    words = f"{key} has split in two ({one.shares[0]:.0%} and {one.shares[1]:.0%} of its people)"
    words += f", apart in {', '.join(name for name, *_ in found)}." if found else "."
    return Split(key, one.shares, one.people, one.p, found, words)


def emerged(
    shapes: Shapes, merges: tuple[Merge, ...], splits: tuple[Split, ...], seed: int
) -> tuple[tuple[NewGroup, ...], int]:
    """Return the new groups that splits and merges do not explain, and how many crowds of outliers are no group."""
    base = shapes.base
    stage = scene(base, shapes.now.z, shapes.now.w, shapes.before.z, shapes.before.w)
    explained = {key for one in merges for key in one.keys} | {one.key for one in splits}
    found: list[NewGroup] = []
    rejected = 0
    for crowd in crowds(stage, seed=seed):
        if crowd.real and base.keys[crowd.nearest] not in explained:
            found.append(group(crowd, shapes))
        elif not crowd.real:
            rejected += 1
    return tuple(found), rejected


def group(crowd: Crowd, shapes: Shapes) -> NewGroup:
    size = weighted_share(shapes.now.w, crowd.members)
    found = marks(shapes.table, crowd.members)
    nearest = shapes.base.keys[crowd.nearest]
    what = ", ".join(f"{name} {value:.2g} (others {other:.2g})" for name, value, other in found)
    words = (
        f"A group that was not there: {size.estimate:.0%} of the people ({size.low:.0%} to {size.high:.0%}), "
        f"{crowd.ratio:.0f} times as many as before, nearest to {nearest}: {what}."
    )
    return NewGroup(
        int(crowd.members.sum()), size, nearest, crowd.distance, crowd.ratio, crowd.p, crowd.jaccard, found, words
    )


def noted(
    solution: Solution,
    table: TypedTable,
    people: TypedTable,
    share: Interval,
    p: float,
    rejected: int,
    groups: tuple[NewGroup, ...],
) -> tuple[Finding, ...]:
    """Return what should be known besides."""
    found: list[Finding] = [*matched(table, solution.columns)[1]]
    if len(people) < len(table):
        message = f"{len(table) - len(people):,} of {len(table):,} people are known too little to be placed."
        found.append(Finding("not_placed", "note", message))
    if p <= SURE and share.estimate > UNFIT and rejected and not groups:
        message = (
            f"More people than before fit no segment ({share.estimate:.1%}), but they are outliers, not a group: they "
            "do not crowd together in a place of their own that both halves of the people find."
        )
        hint = f"a group needs {LEAST_SHARE:.0%} of the people and {LEAST_PEOPLE} of them"
        found.append(Finding("outliers", "note", message, hint))
    return tuple(found)
