"""What is not done, and why: data that cannot be segmented, and more segments than there are people for.

Each refusal says what is wrong, why it matters and how to mend it: an error where nothing can be done, a finding of
level refusal where the rest can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from segmentary.errors import NoAnswerError, UsageError
from segmentary.models.table.findings import Finding
from segmentary.models.table.patterns import distinct
from segmentary.models.table.typed_table import Floats, TypedTable

LEAST_PEOPLE = 10
"""People per segment below which segments are not looked for."""
ENOUGH_ROWS = 2_000
"""Rows looked at to find that there are more different ones than segments."""


def sensible(methods: object, ks: object, choose: object, sample: object, repetitions: object) -> None:
    """Refuse wishes that mean nothing.

    Raises
    ------
    UsageError : naming what was asked for, and how it is said.
    """
    if not isinstance(methods, str) and not texts(methods):
        raise UsageError(f"methods={methods!r} names no methods", hint='"auto", or names: methods=["k_means"]')
    if not isinstance(ks, Iterable) or not all(isinstance(one, int | np.integer) for one in ks):
        raise UsageError(f"k={ks!r} is no numbers of segments", hint="k=range(2, 9), or k=[4]")
    pair = isinstance(choose, tuple | list) and len(choose) == 2
    if choose is not None and not (pair and isinstance(choose[0], str) and isinstance(choose[1], int | np.integer)):  # type: ignore[index]
        raise UsageError(f"choose={choose!r} is no solution", hint='a method and a number: choose=("k_means", 4)')
    for name, value in (("sample", sample), ("repetitions", repetitions)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise UsageError(f"{name}={value!r} is no number of 1 or more")


def texts(value: object) -> bool:
    return isinstance(value, Sequence) and all(isinstance(one, str) for one in value)


def without_constants(table: TypedTable) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return the table of columns in which people differ, and what was left out.

    Raises
    ------
    NoAnswerError : there are no people, nothing is known, or nobody differs from anybody.
    """
    if not len(table):
        raise NoAnswerError("there are no people to segment: the table has no rows", hint="check the filter before it")
    if not table.columns:
        raise NoAnswerError("there is nothing to segment by: the table has no columns", hint="name columns")
    known = ~np.isnan(table.values)
    if not known.any():
        raise NoAnswerError(
            f"nothing is known: all {table.values.size:,} values are missing",
            hint="check how missing values were read; levels or numbers may not have been recognised",
        )
    low = np.where(known, table.values, np.inf).min(axis=0)
    high = np.where(known, table.values, -np.inf).max(axis=0)
    empty, constant = low > high, low == high
    if (empty | constant).all():
        raise NoAnswerError(
            f"nobody differs from anybody: {listed(table.names)} have one value each",
            hint="segment by columns in which people differ",
        )
    found: list[Finding] = []
    for code, places, why in (
        ("all_missing", empty, "is not known of anybody"),
        ("constant", constant, "is the same for all"),
    ):
        for place in np.flatnonzero(places):
            name = table.names[place]
            message = f"{name!r} {why}: it cannot tell people apart and was left out."
            found.append(Finding(code, "refusal", message, "leave it out, or check how it was read", (name,)))
    kept = [name for name, gone in zip(table.names, empty | constant, strict=True) if not gone]
    return (table if not found else table.select(kept)), tuple(found)


def without_leaks(table: TypedTable, outcome: Floats | None) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return the table without columns that give the outcome away: segments by them could be used for nobody in time.

    Raises
    ------
    NoAnswerError : all columns do.
    """
    if outcome is None:
        return table, ()
    from segmentary.models.table.leakage import leak_findings

    found = leak_findings(table, outcome)
    gone = {name for one in found for name in one.columns}
    if len(gone) == len(table.columns):
        raise NoAnswerError(found[0].message, hint="segment by what is known before the outcome")
    return (table.select([name for name in table.names if name not in gone]) if gone else table), found


def possible(table: TypedTable, ks: Sequence[int]) -> tuple[tuple[int, ...], tuple[Finding, ...]]:
    """Return the numbers of segments there are people enough for, and what was refused.

    Raises
    ------
    NoAnswerError : none is possible.
    """
    wanted = tuple(sorted({int(k) for k in ks}))
    if not wanted or wanted[0] < 2:
        raise NoAnswerError(
            f"{list(wanted)} are no numbers of segments: one segment is everybody",
            hint="ask for 2 or more: k=range(2, 9)",
        )
    n, effective = len(table), table.effective_n
    different = len(distinct(table.values[:ENOUGH_ROWS])) if n else 0
    if different <= wanted[-1] and n > ENOUGH_ROWS:
        different = len(distinct(table.values))
    found: list[Finding] = []
    left: list[int] = []
    for k in wanted:
        if k >= different:
            message = f"{k} segments: there are only {different:,} different rows among {n:,} people, about one each."
            hint = "ask for fewer segments, or segment by more than this"
            found.append(Finding("one_row_per_segment", "refusal", message, hint))
        elif min(n, effective) < LEAST_PEOPLE * k:
            shown = (
                f"{n:,} people" if effective > n * 0.95 else f"{n:,} people, by their weights worth {effective:,.0f},"
            )
            message = f"{k} segments: {shown} are fewer than {LEAST_PEOPLE} a segment; anything would be found."
            found.append(
                Finding("too_few_people", "refusal", message, f"{LEAST_PEOPLE * k} people or more, or fewer segments")
            )
        else:
            left.append(k)
    if not left:
        raise NoAnswerError(found[0].message, hint=found[0].hint)
    return tuple(left), tuple(found)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return the names, the first of them where there are many."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
