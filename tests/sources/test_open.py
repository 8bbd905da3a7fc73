from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentary.errors import SourceError
from segmentary.sources.open import open_source, source_name


def put(folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)


def test_daily_files_are_one_source_named_after_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "by-day"
    put(folder, **{f"2010-12-{day:02}__csv": f"id,at\n{day},2010-12-{day:02}\n" for day in (3, 1, 2)})
    put(folder, README__md="# hello", _SUCCESS__csv="")
    deliveries = open_source(folder)
    assert [d.name for d in deliveries] == ["by_day"] * 3
    assert [d.path.name for d in deliveries if d.path] == ["2010-12-01.csv", "2010-12-02.csv", "2010-12-03.csv"]


def test_files_with_other_columns_are_other_sources(tmp_path: Path) -> None:
    put(tmp_path, orders_1__csv="id,total\n1,2\n", orders_2__csv="total,id\n3,2\n", people__csv="id,email\n1,a@b.co\n")
    assert sorted({d.name for d in open_source(tmp_path)}) == ["orders", "people"]
    named = {d.name for d in open_source(tmp_path, name="shop")}
    assert named == {"shop_orders", "shop_people"}


def test_globs(tmp_path: Path) -> None:
    put(tmp_path, a1__csv="id\n1\n", a2__csv="id\n2\n", b__csv="x\n1\n")
    assert len(open_source(tmp_path / "a*.csv", name="a")) == 2
    assert len(open_source(str(tmp_path / "*"))) == 3
    with pytest.raises(SourceError, match="no file has such a name"):
        open_source(tmp_path / "z*.csv")


def test_a_file_whose_name_holds_marks_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("id,x\n1,2\n")
    assert len(open_source(tmp_path / "a[1].csv")) == 1


def test_names_of_sources() -> None:
    assert source_name(Path("Telco-Customer-Churn.csv.gz")) == "telco_customer_churn"
    assert source_name(Path("2024.csv")) == "column_2024"


def test_formats_are_known_by_bytes_before_names(tmp_path: Path) -> None:
    (tmp_path / "data.dat").write_text('{"a": 1}\n{"a": 2}\n')
    assert open_source(tmp_path / "data.dat")[0].facts.format == "jsonl"
    (tmp_path / "data.log").write_text("a;b;c\n1;2;3\n")
    assert open_source(tmp_path / "data.log")[0].facts.delimiter == ";"


def test_access_logs(tmp_path: Path) -> None:
    line = '10.0.0.1 - - [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 123 "-" "Mozilla \\"x\\""\n'
    (tmp_path / "access.log.gz").write_bytes(gzip.compress((line * 2 + "broken\n").encode()))
    (delivery,) = open_source(tmp_path / "access.log.gz")
    first = delivery.read().read_all().to_pylist()[0]
    assert first["time"] == "2015-05-17T08:05:03+00:00"
    assert (first["method"], first["path"], first["status"], first["referrer"]) == ("GET", "/a?b=1", "200", None)
    assert "10.0.0.1" not in str(first)
    assert delivery.rejected == [(3, "the line is not in common or combined log format")]


@pytest.mark.parametrize("target", ["absent.csv", "absent/", "file:///etc/passwd", "ftp://x/y.csv"])
def test_what_cannot_be_opened_is_said(target: str) -> None:
    with pytest.raises(SourceError) as refused:
        open_source(target)
    assert refused.value.message


def test_an_empty_folder_and_prose_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file of a known kind"):
        open_source(tmp_path)
    (tmp_path / "notes").write_text("dear diary\n")
    with pytest.raises(SourceError, match="neither a table"):
        open_source(tmp_path / "notes")


def test_packed_files_of_any_format_are_unpacked(tmp_path: Path) -> None:
    inner = tmp_path / "data.parquet"
    pq.write_table(pa.table({"id": ["a"]}), inner)
    outer = tmp_path / "data.parquet.gz"
    outer.write_bytes(gzip.compress(inner.read_bytes()))
    (delivery,) = open_source(outer)
    assert (delivery.name, delivery.path) == ("data", outer)
    assert delivery.read().read_all().num_rows == 1
    twice = tmp_path / "twice.csv.gz"
    twice.write_bytes(gzip.compress(gzip.compress(b"a,b\n1,2\n")))
    assert open_source(twice)[0].read().read_all().num_rows == 1
