"""The workbook: figures are numbers, texts are only text, hidden is hidden."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from segmentary.report.data import ReportData
from segmentary.report.xlsx import write_workbook


@pytest.fixture(scope="module")
def book(data: ReportData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(data, tmp_path_factory.mktemp("book") / "report.xlsx")


def test_no_formula_no_link(book: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(book.read_bytes())) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("utf-8", "replace")
            if name.startswith("xl/worksheets"):
                assert "<f>" not in text
                assert "<hyperlink" not in text
        assert "quotePrefix" in parts.read("xl/styles.xml").decode()


def test_figures(book: Path, data: ReportData) -> None:
    from openpyxl import load_workbook

    found = load_workbook(book)
    assert found.sheetnames[:3] == ["Read me", "Segments", "RFM"]
    sheet = found["Segments"]
    head = [cell.value for cell in next(sheet.iter_rows(max_row=1))]
    rows = {row[0].value: {h: c.value for h, c in zip(head, row, strict=True)} for row in sheet.iter_rows(min_row=2)}
    for segment in data.segments:
        row = rows[segment.name]
        assert row["Customers"] == ("hidden" if segment.people is None else segment.people)
        assert row["Title"] == segment.title
        if segment.money is not None:
            assert row["Gross money"] == pytest.approx(float(segment.money))
    assert rows["handful"]["Share of customers"] == "hidden"
    assert len(list(found["Comparisons"].iter_rows(min_row=2))) == data.tests


def test_same_data_same_bytes(book: Path, data: ReportData, tmp_path: Path) -> None:
    assert write_workbook(data, tmp_path / "again.xlsx").read_bytes() == book.read_bytes()
