"""Messages as files: whole or not at all, data in every spreadsheet, the same again each time."""

import csv
import json

import openpyxl
import pytest
from tests.activation.channels.messages import outgoing

from segmentary.activation.channels.file import COLUMNS, format_named, write_messages
from segmentary.errors import SegmentaryError, SettingsError

MESSAGES = [
    outgoing(message="m1", subject="=1+1", text="Hello\nthere", data={"points": 3}),
    outgoing(message="m2", customer_id="@SUM(A1)", subject="+44", text="\u2028x", address="ann@shop.example"),
    outgoing(message="m3", subject="a\0b\ud800", text="ordinary"),
]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_every_message_is_one_row_and_again_it_is_the_same_file(tmp_path, kind):
    path = tmp_path / "out" / f"autumn.{kind}"
    assert write_messages(iter(MESSAGES), path, format_named(kind)) == 3
    first = path.read_bytes()
    assert write_messages(iter(MESSAGES), path, format_named(kind)) == 3
    assert path.read_bytes() == first
    if kind == "csv":
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert list(rows[0]) == list(COLUMNS)
        assert [row["message"] for row in rows] == ["m1", "m2", "m3"]
        assert rows[0]["subject"] == "'=1+1"
        assert rows[1]["customer_id"] == "'@SUM(A1)"
    elif kind == "xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet.max_row == 4
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    else:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert rows[0]["subject"] == "=1+1"
        assert rows[0]["data"] == {"points": 3}
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_stopped_halfway_nothing_is_there(tmp_path):
    def breaking():
        yield MESSAGES[0]
        raise SegmentaryError("stopped")

    path = tmp_path / "autumn.csv"
    path.write_text("as before")
    with pytest.raises(SegmentaryError, match="stopped"):
        write_messages(breaking(), path, "csv")
    assert path.read_text() == "as before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_and_a_format_there_is_not(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SegmentaryError, match="cannot write"):
        write_messages(MESSAGES, tmp_path / "file" / "autumn.csv", "csv")
    with pytest.raises(SettingsError):
        format_named("doc")


def test_nobody_is_a_file_with_a_heading(tmp_path):
    assert write_messages([], tmp_path / "none.csv", "csv") == 0
    assert (tmp_path / "none.csv").read_text().strip() == ",".join(COLUMNS)
