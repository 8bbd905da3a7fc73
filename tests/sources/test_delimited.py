from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.errors import SourceError
from segmentary.sources.delimited import EMPTY_ROW, NOT_UTF8, Delimited
from segmentary.sources.files import Limits
from segmentary.sources.open import open_source
from segmentary.sources.quoting import OPEN_QUOTE


def opened(folder: Path, content: str | bytes, **options: str) -> Delimited:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Delimited("file", path, **options)  # type: ignore[arg-type]


def rows(delivery: Delimited) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in delivery.read().read_all().to_pylist()]


def test_values_stay_as_written(tmp_path: Path) -> None:
    delivery = opened(tmp_path, 'id,zip,price\n1,00123,"1,234.50"\n2,, 4.0128e+10 \nNA,null,"a ""b"""\n')
    assert rows(delivery) == [
        (1, "1", "00123", "1,234.50"),
        (2, "2", "", " 4.0128e+10 "),
        (3, "NA", "null", 'a "b"'),
    ]
    assert delivery.rejected == []


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, mark: str) -> None:
    delivery = opened(tmp_path, "".join(f"a{i}{mark}b c{mark}3{i}\n" for i in ("", 1, 2)).replace("a", "x"))
    assert delivery.facts.delimiter == mark
    assert len(delivery.names) == 3


def test_decimal_commas_do_not_hide_semicolons(tmp_path: Path) -> None:
    delivery = opened(tmp_path, "name;price;weight\nx;1,5;2,5\ny;2,5;3,5\n")
    assert delivery.names == ("name", "price", "weight")


def test_excel_separator_line_and_title_rows(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, "sep=;\na;b\n1;2\n")) == [(1, "1", "2")]
    titled = opened(tmp_path, "Sales report\n\nMarch 2026,,\nid,name,price\n1,x,2\n2,y,3\n")
    assert titled.names == ("id", "name", "price")
    assert len(rows(titled)) == 2
    assert any("no table" in w for w in titled.facts.warnings)


def test_quoted_line_breaks_and_line_ends(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, 'a,b\r\n1,"x\r\ny"\r\n2,z')) == [(1, "1", "x\r\ny"), (2, "2", "z")]
    assert rows(opened(tmp_path, "a,b\r1,2\r3,4\r")) == [(1, "1", "2"), (2, "3", "4")]


def test_ragged_rows_are_refused_with_number_and_reason(tmp_path: Path) -> None:
    delivery = opened(tmp_path, "a,b\n1,2\n3\n\n4,5\n6,7,8\n,\n9,10\n")
    assert rows(delivery) == [(1, "1", "2"), (3, "4", "5"), (6, "9", "10")]
    assert delivery.rejected == [
        (2, "1 fields where the header has 2"),
        (4, "3 fields where the header has 2"),
        (5, EMPTY_ROW),
    ]


def test_an_open_quote_costs_one_row_not_the_rest(tmp_path: Path) -> None:
    delivery = opened(tmp_path, 'a,b\n1,"open\n2,x\n3,"y\nz"\n4,w\n')
    found = rows(delivery)
    assert (2, "2", "x") in found
    assert found[-1] == (4, "4", "w")
    assert delivery.rejected == [(1, OPEN_QUOTE)]


def test_quotes_inside_fields_are_harmless(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, 'a,b\n1,5" pipe\n2,x\n')) == [(1, "1", '5" pipe'), (2, "2", "x")]


def test_header_variants(tmp_path: Path) -> None:
    twice = opened(tmp_path, "id,,id\n1,2,3\n")
    assert twice.names == ("id", "column_2", "id_2")
    bare = opened(tmp_path, "1,2010-12-01,5.5\n2,2010-12-02,6.5\n")
    assert bare.names == ("column_1", "column_2", "column_3")
    assert len(rows(bare)) == 2
    years = opened(tmp_path, "region,2019,2020,2021\nnorth,1,2,3\nsouth,4,5,6\n")
    assert years.names == ("region", "2019", "2020", "2021")
    assert opened(tmp_path, "1,2\n3,4\n", header="yes").names == ("1", "2")
    assert opened(tmp_path, "a,b\n3,4\n", header="no").names == ("column_1", "column_2")


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_empty_files(tmp_path: Path, content: str) -> None:
    delivery = opened(tmp_path, content)
    assert (rows(delivery), delivery.columns, delivery.facts.rows) == ([], (), 0)
    assert "the file is empty" in delivery.facts.warnings


def test_header_only(tmp_path: Path) -> None:
    delivery = opened(tmp_path, "a,b\n")
    assert (rows(delivery), [c.filled for c in delivery.columns]) == ([], [0, 0])


def test_one_column(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, "email\na@b.co\nc@d.co\n")) == [(1, "a@b.co"), (2, "c@d.co")]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_encodings_are_transcoded(tmp_path: Path, encoding: str) -> None:
    content = "id;name\n1;Zoë Müller\n2;François\n".encode(encoding)
    for packed in (content, gzip.compress(content)):
        assert rows(opened(tmp_path, packed))[0] == (1, "1", "Zoë Müller")


def test_rows_with_broken_bytes_are_refused_one_by_one(tmp_path: Path) -> None:
    delivery = opened(tmp_path, b"id,name\n" + "1,é\n".encode() * 50 + b"2,\xff\n3,x\n")
    assert len(rows(delivery)) == 51
    assert delivery.rejected == [(51, NOT_UTF8)]


def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{i}" for i in range(40)) + "\n" + ",".join("1" * 40) + "\n")
    with pytest.raises(SourceError, match="40 columns"):
        Delimited("wide", path, limits=Limits(columns=10))
    path.write_text("a,b\n" + "1,2\n" * 100)
    with pytest.raises(SourceError, match="more than 50 rows"):
        Delimited("long", path, limits=Limits(rows=50)).read().read_all()


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    delivery = opened(tmp_path, "a,b\n1,2\n3\n")
    assert rows(delivery) == rows(delivery)
    assert len(delivery.rejected) == 1


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=8)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_written_tables_come_back(tmp_path: Path, table: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("first", "second", "third"), *table])
    delivery = opened(tmp_path, text.getvalue(), delimiter=",", header="yes", encoding="utf-8")
    expected = [(n, *row) for n, row in enumerate(table, start=1) if any(row)]
    assert rows(delivery) == expected
    assert len(delivery.rejected) == len(table) - len(expected)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_politely(tmp_path: Path, content: bytes) -> None:
    try:
        delivery = opened(tmp_path, content)
        taken = rows(delivery)
    except SourceError:
        return
    numbers = sorted([n for n, *_ in taken] + [n for n, _ in delivery.rejected])  # type: ignore[list-item]
    assert numbers == list(range(1, len(numbers) + 1))


@given(
    st.lists(
        st.sampled_from(["1,2", '"a', 'b"', '"x,y",2', "3", "", '"1","2"', ",", '5" pipe,1', "6,7,8"]), max_size=12
    )
)
def test_both_readers_count_every_row(tmp_path: Path, lines: list[str]) -> None:
    delivery = opened(tmp_path, "a,b\n" + "".join(f"{line}\n" for line in lines), delimiter=",", header="yes")
    taken = [n for n, *_ in rows(delivery)]
    numbers = sorted(taken + [n for n, _ in delivery.rejected])  # type: ignore[list-item]
    assert numbers == list(range(1, len(numbers) + 1))


def stray(tmp_path: Path, lines: list[str]) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    path = tmp_path / "stray.csv"
    path.write_text("\n".join(lines) + "\n")
    delivery = open_source(path)[0]
    table = delivery.read().read_all()
    return list(zip(*(table.column(i).to_pylist() for i in range(table.num_columns)), strict=True)), delivery.rejected


def test_stray_quotes_that_pair_up_do_not_join_two_rows(tmp_path: Path) -> None:
    lines = ["id,name,city", *(f"{n},name {n},Rome" for n in range(30))]
    lines[5] = '4,"broken,Rome'
    lines[9] = '8,other",Rome'
    rows, rejected = stray(tmp_path, lines)
    assert len(rows) + len(rejected) == 30
    assert rejected == [(5, "a quote is opened and never closed")]
    assert (9, "8", 'other"', "Rome") in rows


def test_real_line_breaks_in_quotes_stay_in_their_cell(tmp_path: Path) -> None:
    lines = ["id,note,city", '1,"first, and', 'second, too",Rome', '2,"a', "", 'b",Paris', "3,c,Oslo"]
    rows, rejected = stray(tmp_path, lines)
    assert rejected == []
    assert [row[1:] for row in rows] == [
        ("1", "first, and\nsecond, too", "Rome"),
        ("2", "a\n\nb", "Paris"),
        ("3", "c", "Oslo"),
    ]


def test_two_columns_with_a_text_of_two_lines(tmp_path: Path) -> None:
    rows, rejected = stray(tmp_path, ["id,note", '1,"hello', 'world, again"', "2,x"])
    assert rejected == []
    assert [row[1:] for row in rows] == [("1", "hello\nworld, again"), ("2", "x")]
