"""The twins of the oracle's functions in SQL, one by one."""

from __future__ import annotations

import datetime as dt
import sys
import unicodedata
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from sqlglot import exp, parse_one
from tests.language.histories import NASTY_NUMBERS, NASTY_TEXTS, ZONES, shared_engine, utc

from segmentary.language.sql import (
    column,
    day_start_sql,
    items_sql,
    local_sql,
    normal_sql,
    quotient_sql,
    read_sql,
    version_sql,
)
from segmentary.language.values import coerced, items_of, lowered, normal, quotient, read, version_key

# ---------------------------------------------------------------- twins of the oracle's functions


def computed(expression: exp.Expr, values: list[object], kind: pa.DataType) -> list[object]:
    engine = shared_engine()
    engine.ingest("twins", pa.table({"n": range(len(values)), "x": pa.array(values, kind)}))
    query = exp.select(expression.as_("y")).from_(exp.table_("twins", quoted=True, alias="people")).order_by("n")
    return [row[0] for row in engine.rows(query)]


WORDS = [
    *NASTY_TEXTS,
    *(
        "0",
        "-0",
        "00",
        "+1",
        "1.",
        ".5",
        "1.2.3",
        "1_000",
        "١٢",
        "1e400",
        "9" * 18,
        "9" * 19,
        "1." + "9" * 30,
        "\n1",
        "1\n",
    ),
    *("2026-13-01", "0999-01-01", "9999-12-31", "2026-2-3", "2026-03-01 23:59:59.5", "2026-03-01T24:00:00", "20260301"),
    *(
        "2026-03-01T12:00:00+01:00",
        "2026-02-29T00:00:00Z",
        "TRUE",
        "True",
        "v1",
        "1.2.3.4.5",
        "1.2-",
        "1.2-a+b",
        "1-2-3",
    ),
    *("[]", "[[1], {}, 1.50, 1.0, 1e5, -0.0]", '["\\u00e9", "e\u0301", true]', '"text"', "[1"),
]


@pytest.mark.parametrize("kind", ["number", "boolean", "date", "time"])
def test_text_is_read_alike(kind: str) -> None:
    got = computed(read_sql(column("x"), kind), WORDS, pa.string())  # type: ignore[arg-type]
    expected = [read(word, kind) for word in WORDS]  # type: ignore[arg-type]
    assert got == [v.replace(tzinfo=None) if isinstance(v, dt.datetime) else v for v in expected]


def test_lists_are_read_alike() -> None:
    got = computed(items_sql(column("x")), WORDS, pa.string())
    assert [None if found is None else tuple(found) for found in got] == [items_of(word) for word in WORDS]  # type: ignore[call-overload]


def test_versions_are_read_alike() -> None:
    assert computed(version_sql(column("x")), WORDS, pa.string()) == [version_key(word) for word in WORDS]


def every_letter() -> list[str]:
    """Every character this Python knows: the engine may know a newer Unicode."""
    return [chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]


def test_letters_are_lowered_alike() -> None:
    letters = every_letter()
    got = computed(exp.Anonymous(this="lower", expressions=[column("x")]), letters, pa.string())
    wrong = [letter for letter, low in zip(letters, got, strict=True) if low != lowered(letter)]
    assert wrong == []


def test_text_is_normalised_alike() -> None:
    letters = every_letter()
    got = computed(normal_sql(column("x")), [f"a{letter}\u0301" for letter in letters], pa.string())
    wrong = [c for c, form in zip(letters, got, strict=True) if form != normal(f"a{c}\u0301")]
    assert wrong == []


@pytest.mark.parametrize("zone", [*ZONES, "Africa/Cairo", "Asia/Tehran", "America/St_Johns", "Europe/London"])
def test_local_time_is_the_same_in_both(zone: str) -> None:
    instants = [utc(2005, 1, 1) + dt.timedelta(minutes=30 * step) for step in range(0, 17_520 * 24, 5)]
    got = computed(local_sql(column("x"), zone), [i.replace(tzinfo=None) for i in instants], pa.timestamp("us"))
    expected = [i.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for i in instants]
    assert got == expected


@pytest.mark.parametrize("zone", [*ZONES, "Africa/Cairo", "Asia/Beirut", "America/Asuncion", "Pacific/Apia"])
def test_local_days_start_at_the_same_instant_in_both(zone: str) -> None:
    every_day = [dt.date(2000, 1, 1) + dt.timedelta(days=n) for n in range(12_000)]
    got = computed(day_start_sql(column("x"), zone), every_day, pa.date32())  # type: ignore[arg-type]
    expected = [coerced(day, "date", "time", ZoneInfo(zone)) for day in every_day]
    assert got == [moment.replace(tzinfo=None) for moment in expected if isinstance(moment, dt.datetime)]


@pytest.mark.parametrize(
    "below", [*NASTY_NUMBERS[:8], Decimal("0.0000000001"), Decimal("-7.25"), Decimal("999999999999999999")]
)
def test_quotients_are_cut_alike(below: Decimal) -> None:
    above = [*NASTY_NUMBERS, Decimal("999999999999999999.9999999999"), Decimal("-999999999999999999")]
    divided = quotient_sql(column("x"), parse_one(f"cast('{below:f}' as decimal(28, 10))", read="duckdb"))
    got = computed(divided, list(above), pa.decimal128(28, 10))
    assert got == [quotient(number, below) for number in above]
