"""Columns that give an outcome away, and columns that are another column in other words.

A column that is only known after the fact (how long the successful call took, the value of the page a buyer paid on)
makes segments that "explain" the outcome and can be used for nobody before it happened. It cannot be told by its name;
it can by how implausibly well it tells the outcome compared with everything else that is known:

- how well a column tells the outcome is measured on people it was not fitted on: the column is cut into at most 20
  parts of equal weight (levels, and missing, are parts of their own), the outcome is averaged per part over one half of
  the people and told to the other half, and the other way round;
- the figure is the Gini coefficient 2 AUC - 1 for outcomes with levels (averaged over levels by p (1 - p)), and the
  correlation of told and true for numbers: 0 is nothing, 1 everything;
- a column leaks when it reaches 0.5 and is at least 1.5 times the next column (a few columns before such a gap leak
  together), or reaches 0.9.

Calibrated on: bank marketing (duration .61, next .29), online shoppers (PageValues .72, next .40); honest at the top:
telco churn (tenure .48, contract .48), customer personality (.37, .36).

Reference for the idea: Kaufman, Rosset, Perlich & Stitelman (2012), ACM TKDD 6(4), "exploratory" leakage detection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.table.scaling import quantiles
from segmentary.models.table.typed_table import Floats, TypedTable

STRONG = 0.5
GAP = 1.5
CERTAIN = 0.9
LEAST_PEOPLE = 50
MOST_CLASSES = 12
PARTS = 20
SAMPLE = 50_000
"""Evenly spaced rows looked at: more make no figure here different."""
SAME = 0.99
TOLD = 0.95


@dataclass(frozen=True, slots=True)
class Telling:
    """How well one column tells the outcome: 0 nothing, 1 everything; on people it was not fitted on."""

    column: str
    strength: float


def leak_findings(table: TypedTable, outcome: Floats | str) -> tuple[Finding, ...]:
    """Return the columns that give the outcome away: refusals with code ``leak``.

    outcome : (n,) codes or numbers, NaN unknown; or the name of a column of the table, which is then not looked at.
    """
    known_as = repr(outcome) if isinstance(outcome, str) else "the outcome"
    told = tellings(table, outcome)
    found: list[Finding] = []
    leaks = leaking(told)
    others = [one.strength for one in told[leaks:]]
    for one in told[:leaks]:
        rest = f"the best other column {others[0]:.2f}" if others else "there is no other column to compare with"
        message = (
            f"{one.column!r} gives {known_as} away: alone it tells it with {one.strength:.2f} (0 nothing, 1 all; Gini "
            f"on people it was not fitted on), {rest}. It is probably only known after the fact."
        )
        found.append(
            Finding("leak", "refusal", message, "leave it out, or show that it is known before", (one.column,))
        )
    return tuple(found)


def leaking(told: tuple[Telling, ...]) -> int:
    """Return how many of the columns, in order of strength, leak."""
    certain = sum(one.strength >= CERTAIN for one in told)
    for place in range(max(1, len(told) // 4) if len(told) > 1 else 0, 0, -1):
        last, following = told[place - 1].strength, told[place].strength if place < len(told) else 0.0
        if place < len(told) and last >= STRONG and last >= GAP * following:
            return max(place, certain)
    return certain


def tellings(table: TypedTable, outcome: Floats | str) -> tuple[Telling, ...]:
    """Return how well each column tells the outcome, the best first; nothing of fewer than 50 people."""
    columns = table.columns
    if isinstance(outcome, str):
        place = table.place(outcome)
        y, columns = table.values[:, place], tuple(one for one in columns if one.name != outcome)
    else:
        y = outcome
    rows = np.flatnonzero(~np.isnan(y))
    rows = rows[:: max(1, -(-len(rows) // SAMPLE))]
    y, w = y[rows], table.weight[rows]
    if len(rows) < LEAST_PEOPLE or len(np.unique(y)) < 2:
        return ()
    targets, shares, coded = targets_of(y, w)
    found: list[Telling] = []
    for column in columns:
        part = parts(column, table.values[rows, table.place(column.name)], w)
        found.append(Telling(column.name, strength(part, targets, shares, w, coded=coded)))
    return tuple(sorted(found, key=lambda one: (-one.strength, one.column)))


def targets_of(y: Floats, w: Floats) -> tuple[Floats, Floats, bool]:
    """Return the outcome as (n, c) indicators of levels with their p (1 - p), or as one number; and which it is."""
    levels = np.unique(y)
    if len(levels) > MOST_CLASSES:
        return y[:, None], np.ones(1), False
    targets = (y[:, None] == levels[None, :]).astype(np.float64)
    p = np.average(targets, axis=0, weights=w)
    if len(levels) == 2:
        return targets[:, 1:], np.ones(1), True
    return targets, p * (1 - p), True


def parts(column: Column, x: Floats, w: Floats) -> npt.NDArray[np.intp]:
    """Return (n,) the part each value is in: its level, or one of at most 20 of equal weight; missing is one more."""
    known = ~np.isnan(x)
    if not known.any():
        return np.zeros(len(x), dtype=np.intp)
    if column.coded:
        return np.where(known, np.nan_to_num(x), len(column.levels)).astype(np.intp)
    edges = np.unique(quantiles(x[known], w[known], np.linspace(0, 1, PARTS + 1)[1:-1]))
    return np.where(known, np.searchsorted(edges, np.nan_to_num(x)), PARTS + 1).astype(np.intp)


def strength(part: npt.NDArray[np.intp], targets: Floats, shares: Floats, w: Floats, *, coded: bool) -> float:
    """Return how well parts tell the targets of the other half of the people."""
    half = np.arange(len(part)) % 2
    told = np.empty_like(targets)
    for fold in (0, 1):
        learn = half != fold
        weight = np.bincount(part[learn], w[learn], minlength=part.max() + 1)
        for place in range(targets.shape[1]):
            overall = np.average(targets[learn, place], weights=w[learn])
            sums = np.bincount(part[learn], w[learn] * targets[learn, place], minlength=part.max() + 1)
            # One person's worth of the overall mean: a part nobody was seen in tells nothing.
            means = (sums + overall) / (weight + 1)
            told[half == fold, place] = means[part[half == fold]]
    each = [
        gini(told[:, place], targets[:, place], w) if coded else correlation(told[:, place], targets[:, place], w)
        for place in range(targets.shape[1])
    ]
    return float(max(0.0, np.average(each, weights=shares)))


def gini(told: Floats, truth: Floats, w: Floats) -> float:
    """Return 2 AUC - 1 of a score for a truth of 0 and 1, ties counting half; weighted."""
    values, place = np.unique(told, return_inverse=True)
    yes = np.bincount(place, w * truth, minlength=len(values))
    no = np.bincount(place, w * (1 - truth), minlength=len(values))
    if not yes.sum() or not no.sum():
        return 0.0
    below = np.cumsum(no) - no / 2
    return float(2 * (yes @ below) / (yes.sum() * no.sum()) - 1)


def correlation(told: Floats, truth: Floats, w: Floats) -> float:
    """Return the weighted correlation; 0 where nothing varies."""
    a, b = told - np.average(told, weights=w), truth - np.average(truth, weights=w)
    scale = float(np.sqrt((w @ a**2) * (w @ b**2)))
    return float(w @ (a * b)) / scale if scale > 0 else 0.0


def duplicate_findings(table: TypedTable) -> tuple[Finding, ...]:
    """Return pairs of columns of which one is the other in other words, or tells it: ``duplicate``, ``determined``.

    Numbers: rank correlation of .99 and more. Levels: knowing one takes away 95 % of the errors in guessing the other
    (Goodman & Kruskal's lambda), in both directions (duplicate) or in one (determined: a town tells its region).
    """
    step = max(1, -(-len(table) // SAMPLE))
    values, w = table.values[::step], table.weight[::step]
    found: list[Finding] = [*same_numbers(table, values, w)]
    coded = [place for place, column in enumerate(table.columns) if column.coded]
    for i, one in enumerate(coded):
        for other in coded[i + 1 :]:
            finding = same_levels(table.columns[one], table.columns[other], values[:, one], values[:, other], w)
            found += [finding] if finding else []
    return tuple(found)


def same_numbers(table: TypedTable, values: Floats, w: Floats) -> list[Finding]:
    """Return pairs of numbers in the same order of people."""
    from segmentary.models.table.response_style import correlations

    places = [place for place, column in enumerate(table.columns) if not column.coded]
    if len(places) < 2 or len(values) < LEAST_PEOPLE:
        return []
    ranks = np.column_stack([midranks(values[:, place]) for place in places])
    r = correlations(ranks, w)
    found = []
    for i, j in zip(*np.nonzero(np.triu(np.abs(r) >= SAME, 1)), strict=True):
        one, other = table.columns[places[i]].name, table.columns[places[j]].name
        message = f"{other!r} puts people in the same order as {one!r} (rank correlation {r[i, j]:+.3f})."
        found.append(Finding("duplicate", "warning", message, "keep one of them", (one, other)))
    return found


def midranks(x: Floats) -> Floats:
    """Return the rank of each value, the middle one of equals; missing stays missing."""
    known = ~np.isnan(x)
    _, place, counts = np.unique(x[known], return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    found = np.full(len(x), np.nan)
    found[known] = middle[place]
    return found


def same_levels(one: Column, other: Column, x: Floats, y: Floats, w: Floats) -> Finding | None:
    """Return whether one column of levels tells the other."""
    both = ~(np.isnan(x) | np.isnan(y))
    if both.sum() < LEAST_PEOPLE:
        return None
    levels = len(other.levels)
    cell = x[both].astype(np.intp) * levels + y[both].astype(np.intp)
    cells = np.bincount(cell, w[both], minlength=len(one.levels) * levels).astype(np.float64).reshape(-1, levels)
    forward, back = saved_errors(cells), saved_errors(cells.T)
    if forward >= TOLD and back >= TOLD:
        message = f"{other.name!r} is {one.name!r} in other words: each tells the other for {min(forward, back):.0%}."
        return Finding("duplicate", "warning", message, "keep one of them", (one.name, other.name))
    if max(forward, back) >= TOLD:
        tells, told = (one, other) if forward >= TOLD else (other, one)
        message = (
            f"{tells.name!r} tells {told.name!r} ({max(forward, back):.0%} of the errors in guessing it are gone)."
        )
        return Finding("determined", "note", message, "one of them is enough", (tells.name, told.name))
    return None


def saved_errors(cells: Floats) -> float:
    """Return Goodman & Kruskal's lambda of the columns of a table of weights given its rows."""
    wrong = cells.sum() - cells.sum(axis=0).max()
    return float(1 - (cells.sum() - cells.max(axis=1).sum()) / wrong) if wrong > 0 else 0.0
