"""Who went from where to where: the transition matrix between two moments or along a series, with intervals.

Row and column totals are the sizes of the parts at the two moments, exactly. Shares of a row have Wilson's interval;
for many claims at once there is Goodman's simultaneous one (all cells of a row hold together with 95%).

References: Wilson (1927), JASA 22(158); Goodman (1965), Technometrics 7(2), section 2, with the bound of Bonferroni.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentary.dynamics.homogeneity import RowTest, row_tests, together
from segmentary.dynamics.states import EDITED, GONE, NEW, NO_PART, Counts, States, count_moves
from segmentary.engine.base import Engine
from segmentary.errors import UsageError
from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.card import plain
from segmentary.models.table.findings import Finding

SURE = 0.05
VISIBLE = 0.05
"""A change of a share from which it is called more than slight."""


@dataclass(frozen=True, slots=True)
class Cell:
    """People who went from one part to another.

    share : of those who were in the first, Wilson's interval; simultaneous : Goodman's low and high.
    """

    origin: str
    destination: str
    people: int
    share: Interval
    simultaneous: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the people of one part (all steps together).

    people : how many starts there were. stay : share who stayed. typical_stay : mean number of periods somebody stays
    if the chance of leaving is always the same. test : whether the steps differ; None: nothing to compare.
    changed : the largest change between first and second half of the steps, in words; "" : none is established.
    """

    part: str
    people: int
    cells: tuple[Cell, ...]
    stay: Interval
    typical_stay: float | None
    test: RowTest | None
    changed: str


@dataclass(frozen=True, eq=False)
class Transitions:
    """Transition matrices along a series of moments.

    Attributes
    ----------
    parts : names of the parts in order. labels : (t,) the moments. source : log or evaluated.
    steps : (t - 1, k + 3, k + 3) counts: parts, in none, not there (row: new, column: gone), moved by an edit.
    sizes : (t, k + 1) people of each part and of none.
    rows : of all steps together. p : over all rows; None: one step only.
    """

    name: str
    parts: tuple[str, ...]
    moments: tuple[dt.datetime, ...]
    labels: tuple[str, ...]
    period: str
    source: str
    said_source: str
    steps: Counts
    sizes: Counts
    rows: tuple[Row, ...]
    p: float | None
    findings: tuple[Finding, ...]
    sentence: str

    @property
    def origins(self) -> tuple[str, ...]:
        """How the rows of a matrix are called."""
        return (*self.parts, NO_PART, NEW, EDITED)

    @property
    def destinations(self) -> tuple[str, ...]:
        """How the columns of a matrix are called."""
        return (*self.parts, NO_PART, GONE, EDITED)

    @property
    def pooled(self) -> Counts:
        """(k + 3, k + 3) counts of all steps together."""
        total: Counts = self.steps.sum(axis=0)
        return total

    def step(self, number: int) -> dict[str, Any]:
        """Return one matrix with its totals, rows and columns without anybody left out."""
        counts = self.steps[number]
        return {
            "from": self.labels[number],
            "to": self.labels[number + 1],
            "moves": [
                {"from": one, "to": other, "people": int(counts[i, j])}
                for i, one in enumerate(self.origins)
                for j, other in enumerate(self.destinations)
                if counts[i, j]
            ],
        }

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = {
            "of": self.name,
            "source": self.source,
            "period": self.period,
            "moments": [moment.isoformat() for moment in self.moments],
            "parts": list(self.parts),
            "sentence": self.sentence,
            "p": self.p,
            "rows": [row_document(row) for row in self.rows],
            "steps": [self.step(number) for number in range(len(self.steps))],
            "findings": [one.to_document() for one in self.findings],
        }
        return dict(plain(document))


def row_document(row: Row) -> dict[str, Any]:
    """Return a row as JSON values."""
    test = row.test
    return {
        "part": row.part,
        "people": row.people,
        "stay": [row.stay.estimate, row.stay.low, row.stay.high],
        "typical_stay": row.typical_stay,
        "changed": row.changed,
        "test": None if test is None else {"g": test.g, "freedom": test.freedom, "p": test.p, "p_holm": test.p_holm,
                                           "effect": test.effect, "drawn": test.drawn},
        "cells": [
            {"to": cell.destination, "people": cell.people, "share": cell.share.estimate, "low": cell.share.low,
             "high": cell.share.high, "low_together": cell.simultaneous[0], "high_together": cell.simultaneous[1]}
            for cell in row.cells
        ],
    }  # fmt: skip


def transitions(engine: Engine, states: States, *, seed: int = 0) -> Transitions:
    """Count the moves along the moments and say how people move, and whether that changed.

    Raises
    ------
    UsageError
        when there are fewer than two moments.
    """
    if len(states.moments) < 2:
        raise UsageError("transitions need two moments", hint="give an earlier --since, or a smaller --every")
    return transitions_of(count_moves(engine, states), states, seed=seed)


def transitions_of(steps: Counts, states: States, *, seed: int = 0) -> Transitions:
    """Return the same from counts (t - 1, k + 3, k + 3)."""
    k = len(states.parts)
    # People whom an edit moved did not move: they take no part in shares and tests.
    moved = steps[:, : k + 2, : k + 2]
    tests = row_tests([moved[:, i, :] for i in range(k + 2)], seed=seed) if len(steps) > 1 else [None] * (k + 2)
    names = (*states.parts, NO_PART, NEW)
    ends = (*states.parts, NO_PART, GONE)
    rows = tuple(
        row_of(name, moved[:, i, :], ends, i if i <= k else None, tests[i])
        for i, name in enumerate(names)
        if moved[:, i, :].sum()
    )
    sizes = np.concatenate([steps[:1].sum(axis=2)[:, : k + 1], steps.sum(axis=1)[:, : k + 1]])
    edited = int(steps[:, : k + 2, k + 2].sum())
    p = together(tests)
    return Transitions(
        states.name, states.parts, states.moments, states.labels, states.period, states.source, states.said_source,
        steps, sizes, rows, p, (*states.findings, *edits(edited)), summary(rows, p, states, edited),
    )  # fmt: skip


def edits(people: int) -> tuple[Finding, ...]:
    if not people:
        return ()
    message = f"{people:,} changes came of an edited definition, not of people: they stand apart and in no share"
    return (Finding("edited", "note", message),)


def row_of(name: str, counts: Counts, ends: Sequence[str], own: int | None, test: RowTest | None) -> Row:
    total = counts.sum(axis=0)
    n = int(total.sum())
    places = int((total > 0).sum())
    cells = []
    for place, end in enumerate(ends):
        if not total[place]:
            continue
        share = wilson(int(total[place]), n)
        # Goodman's interval is Wilson's at the level that Bonferroni leaves each of the cells.
        wide = wilson(int(total[place]), n, level=1 - SURE / max(1, places))
        cells.append(Cell(name, end, int(total[place]), share, (wide.low, wide.high)))
    stay = wilson(int(total[own]), n) if own is not None else wilson(0, 0)
    leaves = 1 - stay.estimate
    typical = 1 / leaves if own is not None and leaves > 0 else None
    return Row(name, n, tuple(cells), stay, typical, test, changed_of(name, counts, ends, test))


def changed_of(name: str, counts: Counts, ends: Sequence[str], test: RowTest | None) -> str:
    """Say which share of a row changed most between the first and the second half of the steps."""
    if test is None or test.p_holm > SURE:
        return ""
    middle = len(counts) // 2
    first, second = counts[:middle].sum(axis=0), counts[len(counts) - middle :].sum(axis=0)
    if not first.sum() or not second.sum():
        return ""
    one, two = first / first.sum(), second / second.sum()
    at = int(np.abs(two - one).argmax())
    size = "slightly" if abs(two[at] - one[at]) < VISIBLE else "clearly"
    end = f"staying {name}" if ends[at] == name else f"{name} to {ends[at]}"
    return f"{end} changed {size}: {one[at]:.0%} in the first half of the time, {two[at]:.0%} in the second"


def summary(rows: Sequence[Row], p: float | None, states: States, edited: int) -> str:
    """Return the main thing in sentences."""
    inside = [row for row in rows if row.part in states.parts and row.people]
    if not inside:
        return f"Nobody was in a part of {states.name}."
    steady = max(inside, key=lambda row: row.stay.estimate)
    loose = min(inside, key=lambda row: row.stay.estimate)
    period = states.period
    parts = [
        f"From one {period} to the next, {steady.stay.estimate:.0%} of {steady.part} stay"
        + (f", but only {loose.stay.estimate:.0%} of {loose.part}." if loose is not steady else ".")
    ]
    moves = [(cell.people, cell) for row in inside for cell in row.cells if cell.destination not in (row.part, GONE)]
    if moves:
        cell = max(moves, key=lambda one: one[0])[1]
        parts.append(
            f"The largest move is {cell.origin} to {cell.destination}: {cell.share.estimate:.0%} "
            f"({cell.share.low:.0%} to {cell.share.high:.0%}) of {cell.origin} per {period}."
        )
    changed = [row for row in rows if row.changed]
    if p is not None:
        if not changed:
            parts.append("That people began to move differently over the time cannot be established.")
        else:
            top = max(changed, key=lambda row: row.test.effect if row.test else 0.0)
            parts.append(f"People did not move in the same way all along (p {said_p(p)}): {top.changed}.")
    if edited:
        parts.append(f"{edited:,} changes came of an edited definition and are not counted as people moving.")
    return " ".join(parts)


def said_p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"= {p:.3f}"
