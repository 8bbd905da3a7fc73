"""From counts to figures: small cells hidden row by row and column by column."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from segmentary.measurement.retention import Cohort, RetentionCell, RetentionTable, later
from segmentary.models.intervals import wilson
from segmentary.report.figures import Change, SegmentChange, SegmentInput
from segmentary.report.sections import average, hidden_changes, retention
from segmentary.report.suppression import small

FIRST = dt.date(2025, 1, 1)
BELOW = 11


@st.composite
def triangles(draw: st.DrawFn) -> RetentionTable:
    months = draw(st.integers(1, 5))
    cohorts = []
    for i in range(months):
        size = draw(st.one_of(st.integers(1, 15), st.integers(1, 300)))
        active = [size, *(draw(st.integers(0, size)) for _ in range(months - i - 1))]
        cells = tuple(
            RetentionCell(k, later(FIRST, i + k), n, wilson(n, size), i + k == months - 1) for k, n in enumerate(active)
        )
        cohorts.append(Cohort(later(FIRST, i), size, cells, i == 0))
    return RetentionTable(tuple(cohorts), FIRST, None)


@given(triangles())
def test_no_small_cell_of_the_triangle_can_be_worked_out(table: RetentionTable) -> None:
    shown = retention(table, BELOW)
    hidden_sizes = [c.size for c, s in zip(table.cohorts, shown.cohorts, strict=True) if s.size is None]
    assert not any(small(s.size, BELOW) for s in shown.cohorts if s.size is not None)
    assert len(hidden_sizes) != 1 or len(table.cohorts) == 1
    for month in {cell.month for c in table.cohorts for cell in c.cells}:
        # A month's buyers are known: those who ordered first, and all who came back.
        gone = []
        for cohort, figure in zip(table.cohorts, shown.cohorts, strict=True):
            for cell, seen in zip(cohort.cells, figure.cells, strict=True):
                if cell.month == month and cell.months_after:
                    if seen.active is None:
                        gone.append(cell.active)
                    else:
                        assert not small(cell.active, BELOW)
                        assert not small(cohort.size - cell.active, BELOW)
        others = sum(1 for c in table.cohorts for cell in c.cells if cell.month == month and cell.months_after)
        assert len(gone) != 1 or others == 1


def test_changes_are_named_and_in_the_order_of_the_segments() -> None:
    given_changes = Change(
        None, (SegmentChange("b", {"event": 30, "ageing": 20}, {}), SegmentChange("a", {"event": 4}, {}))
    )
    shown = hidden_changes(given_changes, [SegmentInput("a", "A"), SegmentInput("b")], BELOW)
    assert shown is not None
    assert [(c.segment, c.title, c.entered_total) for c in shown.segments] == [("a", "A", None), ("b", "b", 50)]
    assert shown.segments[1].entered == {"event": 30, "ageing": 20}
    assert hidden_changes(None, [], BELOW) is None


def test_an_average_needs_two() -> None:
    from decimal import Decimal

    assert average(1, Decimal(5), 25.0) is None
    found = average(4, Decimal(20), 110.0)
    assert found is not None
    assert found.low < found.estimate == 5.0 < found.high
