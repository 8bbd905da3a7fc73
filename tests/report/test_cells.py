"""Figures of grids as people read them, and as the workbook holds them."""

from __future__ import annotations

import math

import pytest

from segmentary.models.intervals import Interval
from segmentary.report.cells import amount, cell, figure, table
from segmentary.report.document import HIDDEN, Document, Field, Grid
from segmentary.report.workbook import columns_of, sheet_name, values_of


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (0.1234, "share", "12.3%"),
        (0.00031, "share", "0.031%"),
        (0.0, "share", "0.0%"),
        (-0.02, "points", "-2.0 points"),
        (1234.0, "count", "1,234"),
        (0.126, "fixed", "0.13"),
        (-0.001, "signed", "+0.00"),
        (925_578.0, "amount", "926,000"),
        (1_030_000.0, "amount", "1.03 million"),
        (0.0004, "p", "< 0.001"),
        (math.nan, "number", "–"),
        (math.inf, "share", "–"),
    ],
)
def test_figures(value: float, kind: str, said: str) -> None:
    assert figure(value, Field("x", kind)) == said  # type: ignore[arg-type]


def test_amounts_keep_three_digits() -> None:
    assert [amount(v) for v in (0.0, 12.3, 999.4, 12_345.0, 5.4e9)] == ["0", "12.3", "999", "12,300", "5.4 billion"]


def test_cells() -> None:
    share = Field("x", "share")
    assert cell(None, share).text == "–"
    assert cell(HIDDEN, share).text == "hidden"
    said = cell(Interval(0.0312, 0.0301, 0.0402, 90), share)
    assert (said.text, said.note) == ("3.1%", "3.0 to 4.0%")
    assert cell(Interval(0.5, 0.0, math.nan, 9), share).note == ""
    assert cell(True, Field("x", "yes")).text == "yes"


def grid() -> Grid:
    return Grid(
        "G",
        "caption",
        (Field("Name"), Field("Why", note=True), Field("Share", "share"), Field("Secret", page=False)),
        (("a", "b", Interval(0.5, 0.4, 0.6, 9), "s"), ("c", "", HIDDEN, "t"), ("d", "", None, "u")),
        shown=2,
    )


def test_a_table_of_the_page() -> None:
    found = table(grid())
    assert found.columns == ("Name", "Share")
    assert "the first 2 of 3" in found.caption
    assert found.rows[0][0].note == "b"
    assert len(found.rows) == 2


def test_the_workbook_has_all_rows_and_ends() -> None:
    assert [title for title, _, _ in columns_of(grid())] == [
        "Name",
        "Why",
        "Share",
        "Share low",
        "Share high",
        "Secret",
    ]
    rows = [list(row) for row in values_of(grid())]
    assert rows[0] == ["a", "b", 0.5, 0.4, 0.6, "s"]
    assert rows[1][2:5] == ["hidden", "hidden", "hidden"]
    assert rows[2][2:5] == [None, None, None]


def test_names_of_sheets() -> None:
    taken: set[str] = set()
    assert sheet_name("a/b [c]", taken) == "a b  c"
    assert sheet_name("x" * 40, taken) == "x" * 31
    assert sheet_name("x" * 40, taken) != "x" * 31


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1 fields and a row of 2"):
        Grid("G", "", (Field("a"),), (("x", "y"),))


def test_a_document_knows_its_parts() -> None:
    from segmentary.report.document import Answer, Part

    found = Document("n", "t", "a", Answer("w", "good", "s", "m"), (), (), (Part("p", "P", grids=(grid(),)),))
    assert found.grids == (grid(),)
    assert found.figures == ()
