"""Exports are data in every spreadsheet, whole, and say what they are."""

import csv
import datetime as dt
import json
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentary.activation.export import About, format_of, inert, write_export
from segmentary.errors import SegmentaryError, UsageError

ABOUT = About("vip", "abc", "spent over 1,000", "2026-03-01", "2026-03-02", "ann", 2, {}, "", "", ("customer_id",))
HOSTILE = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "＝1+1", "＠SUM", "|calc", " =1+1", "\ufeff=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_are_made_inert(text):
    assert inert(text).startswith("'")
    assert "\0" not in inert(text)


@pytest.mark.parametrize("text", ["", "ann", "a=b", "12583", "O'Neil", "Zoë"])
def test_ordinary_text_is_left_alone(text):
    assert inert(text) == text


def table(values):
    return pa.table({"customer_id": values, "monetary": [Decimal("12.5000")] * len(values), "=name": values})


def test_csv_holds_inert_cells_and_its_about(tmp_path):
    written = write_export(table(HOSTILE), tmp_path / "vip.csv", "csv", ABOUT)
    with written[0].open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["customer_id", "monetary", "'=name"]
    assert len(rows) == len(HOSTILE) + 1
    assert all(row[0].startswith("'") and row[1] == "12.5" for row in rows[1:])
    about = json.loads(written[1].read_text())
    assert about["segment"] == "vip"
    assert about["exported_by"] == "ann"


def test_workbook_holds_no_formula(tmp_path):
    (path,) = write_export(table(HOSTILE), tmp_path / "vip.xlsx", "xlsx", ABOUT)
    book = openpyxl.load_workbook(path)
    cells = [cell for row in book["people"].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert book["people"]["B2"].value == 12.5
    assert book["about"]["B1"].value == "vip"


def test_parquet_keeps_types_and_metadata(tmp_path):
    (path,) = write_export(table(["a", "b"]), tmp_path / "vip.parquet", "parquet", ABOUT)
    back = pq.read_table(path)
    assert back["monetary"].to_pylist() == [Decimal("12.5000")] * 2
    assert json.loads(back.schema.metadata[b"segmentary"])["version"] == "abc"


def test_nobody_is_a_file_with_a_header(tmp_path):
    write_export(table([]).slice(0, 0), tmp_path / "vip.csv", "csv", ABOUT)
    assert (tmp_path / "vip.csv").read_text().splitlines() == ["customer_id,monetary,'=name"]


def test_dates_and_missing_values(tmp_path):
    data = pa.table({"customer_id": ["a"], "at": [dt.datetime(2026, 3, 1, 12)], "gone": pa.array([None], pa.string())})
    write_export(data, tmp_path / "x.csv", "csv", ABOUT)
    assert (tmp_path / "x.csv").read_text().splitlines()[1] == "a,2026-03-01 12:00:00,"


def test_an_unknown_format_is_named(tmp_path):
    with pytest.raises(UsageError, match="'doc'"):
        format_of(tmp_path / "vip.doc")


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SegmentaryError, match="cannot write"):
        write_export(table(["a"]), tmp_path / "file" / "vip.csv", "csv", ABOUT)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]
