"""Rows as exports see them: nested values stay nested, numbers as written, and what is no row says why."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentary.errors import SourceError
from segmentary.sources.exports.raw import DEEPEST, ITEMS, RawFile, is_document, parsed
from segmentary.sources.jsonlines import NoJson
from segmentary.sources.open import open_source


def opened(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    [delivery] = open_source(path)
    return delivery


def rows_of(raw):
    rejected = []
    return list(raw.records(rejected)), rejected


def test_objects_keep_their_nested_values_and_numbers_as_they_were_written(tmp_path):
    raw = RawFile(opened(tmp_path / "a.jsonl", '{"a": {"b": [1.50, 2]}}\n\nbroken\n[1]\n{"c": null}\n{}\n'))
    assert raw.form == "objects"
    assert raw.names == ("a", ITEMS, "c")
    rows, rejected = rows_of(raw)
    assert rows == [(1, {"a": {"b": ["1.50", "2"]}}), (3, {ITEMS: ["1"]}), (4, {"c": None})]
    assert [number for number, _ in rejected] == [2, 5]
    assert all(why for _, why in rejected)


def test_a_body_is_one_row(tmp_path):
    content = '{\n "data": {"text": "hello"}\n}\n'
    delivery = opened(tmp_path / "body.json", content)
    assert is_document(delivery)
    assert rows_of(RawFile(delivery, body=True)) == ([(1, {"data": {"text": "hello"}})], [])
    assert not is_document(opened(tmp_path / "lines.jsonl", '{"a": 1}\n{"a": 2}\n'))
    assert not is_document(opened(tmp_path / "list.json", "[\n{\n}\n]"))


def test_a_table_is_rows_of_text(tmp_path):
    raw = RawFile(opened(tmp_path / "a.csv.gz", gzip.compress(b"id,amount\n1,2.50\n2,\n")))
    assert (raw.form, raw.names) == ("table", ("id", "amount"))
    assert [(number, row["id"], row["amount"]) for number, row in rows_of(raw)[0]] == [(1, "1", "2.50"), (2, "2", "")]
    assert [row["id"] for row in raw.head] == ["1", "2"]


def test_parquet_keeps_lists_and_structs_and_says_where_it_is_damaged(tmp_path):
    table = pa.table({"id": [1, 2], "items": [[{"sku": "x"}], []]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=1, compression="none")
    [delivery] = open_source(tmp_path / "a.parquet")
    raw = RawFile(delivery)
    assert raw.form == "objects"
    assert rows_of(raw)[0] == [(1, {"id": 1, "items": [{"sku": "x"}]}), (2, {"id": 2, "items": []})]
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"\xff" * (len(content) // 3) + content[4 + len(content) // 3 :])
    with pytest.raises(SourceError, match="damaged after row"):
        list(raw.records([]))


@pytest.mark.parametrize(
    "text", ["1", '"text"', "{", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 10_000 + "]" * 10_000, '{"a":' * (DEEPEST + 2)]
)
def test_what_is_no_object_says_why(text):
    with pytest.raises(NoJson) as why:
        parsed(text)
    assert str(why.value)


def test_nested_as_deeply_as_it_may_be():
    assert parsed('{"a":' * DEEPEST + "1" + "}" * DEEPEST)
    with pytest.raises(NoJson):
        parsed('{"a":' * (DEEPEST + 2) + "1" + "}" * (DEEPEST + 2))
