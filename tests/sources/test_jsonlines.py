from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.errors import SourceError
from segmentary.sources.jsonlines import BAD_NUMBER, BAD_TEXT, CUT, NO_OBJECT, TOO_DEEP, JsonRecords


def opened(folder: Path, content: str | bytes) -> JsonRecords:
    path = folder / "file.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return JsonRecords("file", path)


def rows(delivery: JsonRecords) -> list[dict[str, object]]:
    return list(delivery.read().read_all().to_pylist())


def test_numbers_stay_as_written_and_objects_are_flattened(tmp_path: Path) -> None:
    delivery = opened(
        tmp_path,
        '{"id": 12345678901234567890, "price": 1.50, "user": {"name": "Zoë", "address": {"city": "Köln"}}}\n'
        '{"id": 2, "ok": true, "tags": ["a", 1.10, {"b": null}], "gone": null, "empty": {}}\n',
    )
    first, second = rows(delivery)
    assert first == {
        "row_number": 1,
        "id": "12345678901234567890",
        "price": "1.50",
        "user.name": "Zoë",
        "user.address.city": "Köln",
        "ok": None,
        "tags": None,
        "gone": None,
        "empty": None,
    }
    assert (second["ok"], second["tags"], second["gone"]) == ("true", '["a", 1.10, {"b": null}]', None)


def test_bad_lines_are_refused_with_number_and_reason(tmp_path: Path) -> None:
    delivery = opened(
        tmp_path,
        '{"a": 1}\n\n[1]\n{"a": NaN}\n{"a": "\\ud800"}\n'
        + '{"a": ' * 60
        + "1"
        + "}" * 60
        + '\n{"a": {}}x\n{"a": 2}\n{"a": 3, "b"',
    )
    assert [r["row_number"] for r in rows(delivery)] == [1, 7]
    assert dict(delivery.rejected) == {2: NO_OBJECT, 3: BAD_NUMBER, 4: BAD_TEXT, 5: TOO_DEEP, 6: CUT, 8: CUT}


def test_extreme_nesting_is_refused_not_fatal(tmp_path: Path) -> None:
    delivery = opened(tmp_path, '{"a": 1}\n{"a": ' + "[" * 100_000 + "]" * 100_000 + "}\n")
    assert len(rows(delivery)) == 1
    assert delivery.rejected[0][0] == 2


def test_a_late_field_is_a_column(tmp_path: Path) -> None:
    delivery = opened(tmp_path, '{"a": 1}\n' * 20_000 + '{"b": 2}\n')
    assert delivery.names == ("a", "b")


@pytest.mark.parametrize(
    "content",
    [
        '[{"a": 1}, {"a": "x"}]',
        '[\n  {"a": 1},\n  {"a": "x"}\n]\n',
        '{"count": 2, "data": [{"a": 1}, {"a": "x"}]}',
        '{\n "data": [\n {"a": 1},\n {"a": "x"}]\n}',
    ],
)
def test_arrays_and_envelopes(tmp_path: Path, content: str) -> None:
    delivery = opened(tmp_path, content)
    assert delivery.facts.format == "json"
    assert [r["a"] for r in rows(delivery)] == ["1", "x"]


def test_a_cut_array_keeps_what_is_whole(tmp_path: Path) -> None:
    delivery = opened(tmp_path, '[{"a": 1}, {"a": 2}, {"a": ')
    assert [r["a"] for r in rows(delivery)] == ["1", "2"]
    assert delivery.rejected == [(3, CUT)]


def test_one_object_is_one_record(tmp_path: Path) -> None:
    assert [r["a"] for r in rows(opened(tmp_path, '{"a": 1, "tags": [1, 2]}'))] == ["1"]


def test_empty_and_strange_files(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, "")) == []
    assert rows(opened(tmp_path, "[]")) == []
    with pytest.raises(SourceError, match="no JSON"):
        opened(tmp_path, "hello")
    with pytest.raises(SourceError, match="without a list of records"):
        rows(opened(tmp_path, '{\n"a": 1,\n"b": {"c": 2}\n}'))


def test_bom_and_utf16(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, '\ufeff{"a": "é"}\n'))[0]["a"] == "é"
    assert rows(opened(tmp_path, '{"a": "é"}\n'.encode("utf-16")))[0]["a"] == "é"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(
    st.lists(
        st.dictionaries(st.text("abc.", min_size=1, max_size=3), JSON, min_size=1, max_size=4), min_size=1, max_size=5
    )
)
def test_lines_and_array_say_the_same(tmp_path: Path, records: list[dict[str, object]]) -> None:
    lines = opened(tmp_path, "".join(json.dumps(r) + "\n" for r in records))
    from_lines = rows(lines)
    assert from_lines == rows(opened(tmp_path, json.dumps(records)))
    assert len(from_lines) == len(records)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_politely(tmp_path: Path, content: bytes) -> None:
    try:
        delivery = opened(tmp_path, b'{"a": 1}\n' + content)
        numbers = [r["row_number"] for r in rows(delivery)] + [n for n, _ in delivery.rejected]
    except SourceError:
        return
    assert sorted(numbers) == list(range(1, len(numbers) + 1))  # type: ignore[type-var]
