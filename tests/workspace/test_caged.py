"""A file read in a cage loads to the very same account and rows as `add` does, and a bomb is refused inside it."""

import datetime as dt
import gzip
import io
import json
import os
import random
import resource
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from segmentary.errors import SourceError
from segmentary.workspace.caged import LIMITS, CageLimits, caged, told_by
from segmentary.workspace.loading import AddOptions
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.rebuilding import rebuild

TABLES = (
    "loads", "refusals", "column_notes", "order_lines", "recorded_events", "records", "attributes", "identifiers",
    "responses",
)  # fmt: skip
ORDERS = [(f"o{i}", f"c{i % 7}", f"2024-01-{i % 28 + 1:02} 10:00", f"{i}.50") for i in range(60)]
HEAD = ("order_id", "customer_id", "ordered_at", "amount")


def csv_file(folder):
    path = folder / "orders.csv"
    rows = [",".join(row) for row in (HEAD, *ORDERS)]
    path.write_text("\n".join([*rows, "o1,c1,not a day,5", "bad,row", ""]), encoding="utf-8")
    return path


def json_lines(folder):
    path = folder / "visits.jsonl"
    lines = [
        json.dumps({"user": {"id": f"u{i % 5}"}, "event": "page_viewed", "time": f"2024-03-{i % 28 + 1:02}T08:00:00Z"})
        for i in range(40)
    ]
    path.write_text("\n".join([*lines, '{"cut": ', "[" * 500, ""]), encoding="utf-8")
    return path


def workbook(folder):
    import openpyxl

    path = folder / "sales 2024 (1).xlsx"
    book = openpyxl.Workbook()
    for name in ("January", "people"):
        sheet = book.create_sheet(name)
        if name == "January":
            sheet.append(HEAD)
            for row in ORDERS:
                sheet.append(row)
        else:
            sheet.append(("customer_id", "email", "first_name"))
            for i in range(20):
                sheet.append((f"c{i}", f"c{i}@mail.example", "Ann"))
    del book["Sheet"]
    book.save(path)
    return path


def parquet(folder):
    path = folder / "orders.parquet"
    columns = list(zip(*ORDERS, strict=True))
    pq.write_table(pa.table(dict(zip(HEAD, columns, strict=True))), path)
    return path


def spss(folder):
    module = pytest.importorskip("pyreadstat")
    import pandas as pd

    path = folder / "survey.sav"
    frame = pd.DataFrame(
        {
            "respondent": [f"r{i}" for i in range(30)],
            **{f"q{n}": [float(i % 5 + 1) for i in range(30)] for n in range(6)},
        }
    )
    module.write_sav(frame, str(path), column_labels=["respondent", *(f"Question {n}" for n in range(6))])
    return path


def contents(workspace):
    """Everything received."""
    found = {}
    for name in TABLES:
        columns = [exp.column(c) for c in workspace.engine.columns(name)]
        found[name] = sorted(map(repr, workspace.engine.rows(exp.select(*columns).from_(name))))
    return found


def undated_export(folder):
    path = folder / "postmark.json"
    path.write_text(json.dumps({"RecordType": "Open", "MessageID": "m1", "Recipient": "ann@mail.example"}))
    return path


def test_caged_files_load_as_add_does_and_are_rebuilt_from_the_archive(tmp_path):
    now = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    plain_shop = init_workspace(tmp_path / "plain", clock=lambda: now)
    with plain_shop as plain, init_workspace(tmp_path / "caged", clock=lambda: now) as other:
        for make in (csv_file, json_lines, workbook, parquet, spss, undated_export):
            path = make(tmp_path)
            proposed = [one.proposal for one in plain.propose(path)]
            expected = plain.add(path)
            with caged(told_by(other), path, AddOptions(), rows=True) as found:
                assert [one.proposal for one in found] == proposed
                assert other.load(found) == expected
        assert found[0].proposal.mapping.export
        assert contents(other) == contents(plain)
        assert len(contents(other)["loads"]) == 8
        kept = [
            sorted(str(p.relative_to(one.folder.archive)) for p in one.folder.archive.rglob("*.*"))
            for one in (plain, other)
        ]
        assert kept[0] == kept[1]
        before = contents(other)
        rebuild(other)
        assert contents(other) == before
        assert all(report.already_loaded for report in other.add(tmp_path / "orders.csv"))


# ---------------------------------------------------------------- bombs; the large ones: `make cage`

SIZE = int(os.environ.get("SEGMENTARY_CAGE", "1"))
"""How many times larger than on an ordinary day."""


def long_line(folder):
    path = folder / "line.csv.gz"
    with gzip.open(path, "wb", compresslevel=6) as stream:
        stream.write(b"a,b\n")
        for _ in range(16 * SIZE):
            stream.write(b"x" * (1 << 20))
    return path


def many_rows(folder):
    path = folder / "rows.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["a" * 1000]))
    with pq.ParquetWriter(path, pa.schema([("order_id", column.type)])) as writer:
        for _ in range(21 + 79 * (SIZE > 1)):
            writer.write_table(pa.table({"order_id": column}))
    return path


def nested_zip(folder):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (1 << 20))
    path = folder / "nested.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    return path


def deep_json(folder):
    path = folder / "deep.json"
    path.write_text("[" * 200_000 + "]" * 200_000)
    return path


def wide(folder):
    path = folder / "wide.csv"
    head = ",".join(f"c{i}" for i in range(10_000))
    path.write_text(f"{head}\n" + ",".join(["1"] * 10_000) + "\n")
    return path


def workbook_bomb(folder):
    path = workbook(folder)
    bomb = folder / "bomb.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
        target.writestr("xl/media/x.bin", b"\0" * (80 << 20))
    return bomb


def entities(folder):
    path = workbook(folder)
    bomb = folder / "laughs.xlsx"
    dtd = '<!DOCTYPE x [<!ENTITY a "' + "ha" * 50 + '">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(8)
    ) + "]>"  # fmt: skip
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/workbook.xml":
                data = (dtd + "<workbook><x>&i;</x></workbook>").encode()
            target.writestr(entry.filename, data)
    return bomb


def sparse(folder):
    path = folder / "sparse.csv"
    with path.open("wb") as stream:
        stream.write(b"a,b\n1,2\n")
        stream.truncate(1 << 30)
    return path


def cut_off(folder):
    path = parquet(folder)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def noise(folder):
    path = folder / "noise.csv"
    path.write_bytes(random.Random(5).randbytes(200_000))
    return path


BOMBS = [long_line, many_rows, nested_zip, deep_json, wide, workbook_bomb, entities, sparse, cut_off, noise]
DAILY = (long_line, many_rows, workbook_bomb)


@pytest.mark.parametrize("make", BOMBS if SIZE > 1 else DAILY, ids=lambda make: make.__name__)
def test_a_bomb_is_refused_with_its_reason_and_costs_the_server_nothing(tmp_path, make):
    path = make(tmp_path)
    with init_workspace(tmp_path / "shop") as workspace:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(SourceError) as refused, caged(told_by(workspace), path, AddOptions(), rows=True) as found:
            # Where single rows are refused, nothing is left to load.
            workspace.load(found)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10
        assert refused.value.message
        assert refused.value.hint
        assert not list(tmp_path.glob("cell-*"))


def test_a_file_that_takes_too_long_or_too_much_memory_is_given_up(tmp_path):
    path = csv_file(tmp_path)
    with init_workspace(tmp_path / "shop") as workspace:
        for limits in (CageLimits(seconds=0), CageLimits(memory=200 << 20)):
            with pytest.raises(SourceError, match=r"stopped|MiB"), caged(
                told_by(workspace), path, AddOptions(), rows=True, limits=limits
            ):  # fmt: skip
                pass


def test_who_stops_the_work_stops_the_process(tmp_path):
    def stop(sentence, done):
        raise InterruptedError

    with init_workspace(tmp_path / "shop") as workspace, pytest.raises(InterruptedError), caged(
        told_by(workspace), csv_file(tmp_path), AddOptions(), rows=True, limits=LIMITS, tell=stop
    ):  # fmt: skip
        pass
    assert not list(tmp_path.glob("cell-*"))


# ---------------------------------------------------------------- escapes

ESCAPES = (
    "copy (select 1) to '{out}'", "attach '{out}' as x", "install httpfs", "load '{out}'", "select * from '{secret}'",
    "select * from read_csv('{secret}')", "select * from read_text('{secret}')", "select * from glob('/etc/*')",
    "export database '{out}'", "set enable_external_access=true", "pragma database_list", "create secret (type s3)",
    "'; copy (select 1) to '{out}'; --", '"; drop table loads; --', "{secret}", "sqlite:///{secret}", "file://{secret}",
    "$(touch {out})", "`touch {out}`", "=cmd|'/c touch {out}'!A1",
)  # fmt: skip


def test_statements_in_names_columns_and_cells_stay_text(tmp_path):
    secret, out = tmp_path / "secret.csv", tmp_path / "escaped"
    secret.write_text("planted\nmarker-8471\n")
    words = [one.format(secret=secret, out=out) for one in ESCAPES]
    path = tmp_path / "'; copy (select 1) to 'escaped'; --.csv"
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    rows = [",".join([f"c{i}", *quoted]) for i in range(3)]
    path.write_text("\n".join([",".join(["customer_id", *quoted]), *rows, ""]), encoding="utf-8")
    with init_workspace(tmp_path / "shop") as workspace:
        with caged(told_by(workspace), path, AddOptions(kind="customers"), rows=True) as found:
            report = workspace.load(found)[0]
        assert (report.rows_read, report.rows_kept) == (3, 3)
        values = {str(row[0]) for row in workspace.engine.rows(exp.select("value").distinct().from_("attributes"))}
        assert not any("marker-8471" in value for value in values)
        assert set(words) <= values
        assert workspace.engine.value(exp.select("count(*)").from_("loads")) == 1
    assert not out.exists()
