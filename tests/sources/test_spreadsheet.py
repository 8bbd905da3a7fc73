from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from segmentary.errors import SourceError
from segmentary.sources.open import open_source
from segmentary.sources.spreadsheet import sheets


def book(folder: Path, **content: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, table in content.items():
        sheet = made.create_sheet(title)
        for row in table:
            sheet.append(row)
    path = folder / "book.xlsx"
    made.save(path)
    return path


def test_cells_become_plain_text(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        Orders=[
            ["id", "at", "amount", "ok", None],
            [1001, dt.datetime(2026, 3, 1), 12.5, True, "x"],
            ["00012", dt.datetime(2026, 3, 1, 12, 30), 12.0, None, None],
            [None, None, None, None, None],
            [3, "13/02/2011", 1e-7, False, None],
        ],
    )
    (delivery,) = sheets("book", path)
    assert delivery.names == ("id", "at", "amount", "ok", "column_5")
    found = [tuple(r.values()) for r in delivery.read().read_all().to_pylist()]
    assert found == [
        (1, "1001", "2026-03-01", "12.5", "true", "x"),
        (2, "00012", "2026-03-01 12:30:00", "12", None, None),
        (4, "3", "13/02/2011", "0.0000001", "false", None),
    ]
    assert delivery.rejected == [(3, "the row is empty")]


def test_every_sheet_with_data_is_a_delivery(tmp_path: Path) -> None:
    path = book(tmp_path, Customers=[["id", "name"], [1, "a"]], Empty=[], Orders=[["id", "total"], [1, 2]])
    assert [d.name for d in open_source(path)] == ["book_customers", "book_orders"]
    (named,) = open_source(path, table="Orders")
    assert (named.columns[1].name, named.part) == ("total", 1)  # type: ignore[attr-defined]
    with pytest.raises(SourceError, match="no sheet 'Nope'"):
        open_source(path, table="Nope")


def test_titles_above_the_table_are_left_out(tmp_path: Path) -> None:
    path = book(tmp_path, S=[["Sales report"], [], ["id", "name", "total"], [1, "a", 2], [2, "b", 3]])
    (delivery,) = sheets("book", path)
    assert delivery.names == ("id", "name", "total")
    assert delivery.read().read_all().num_rows == 2
    assert delivery.facts.warnings


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0 old")
    with pytest.raises(SourceError, match="not a readable Excel workbook"):
        sheets("old", path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", b"0" * (80 << 20))
    with pytest.raises(SourceError, match="unpacks to"):
        sheets("old", path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"a")
    with pytest.raises(SourceError, match="not a readable Excel workbook"):
        sheets("old", path)
    with pytest.raises(SourceError, match="no sheet holds data"):
        sheets("book", book(tmp_path, Empty=[]))
