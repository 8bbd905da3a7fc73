"""Every difference between engines that was met, as a check that runs on each of them: what it asks, what is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256

import pyarrow as pa
from sqlglot import exp
from tests.language.histories import NASTY_TEXTS

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.language.sql import (
    call,
    cast,
    column,
    day_start_sql,
    extract_sql,
    items_sql,
    json_scalar,
    local_sql,
    matches_sql,
    normal_sql,
    quotient_sql,
    try_cast,
    wide,
)
from segmentary.language.values import lowered, normal

Trap = Callable[[Engine], None]
MOMENTS = pa.timestamp("us")


def answers(engine: Engine, values: list[object], kind: pa.DataType, *asked: exp.Expr) -> list[tuple[object, ...]]:
    """Return expressions over ``x``, row by row."""
    engine.ingest("trap", pa.table({"n": list(range(len(values))), "x": pa.array(values, kind)}))
    columns = [exp.alias_(one, f"y{i}") for i, one in enumerate(asked)]
    table = exp.table_("trap", quoted=True, alias="people")
    return engine.rows(exp.select(*columns).from_(table).order_by(exp.column("n")))


def over(value: str) -> exp.Expr:
    return column("x") if value == "x" else exp.column(value)


def single(engine: Engine, values: list[object], kind: pa.DataType, asked: exp.Expr) -> object:
    engine.ingest("trap", pa.table({"x": pa.array(values, kind)}))
    return engine.value(exp.select(exp.alias_(asked, "y")).from_(exp.table_("trap", quoted=True, alias="people")))


def midnights_are_not_days(engine: Engine) -> None:
    """A span is compared as instants; engines count days between two by midnights or by 24 hours."""
    late, early = dt.datetime(2026, 3, 1, 0, 0, 1), dt.datetime(2026, 2, 28, 23, 59, 59)
    gap = exp.Sub(this=call("epoch_us", literal(late)), expression=call("epoch_us", over("x")))
    assert answers(engine, [early, None], MOMENTS, gap) == [(2_000_000,), (None,)]


def decimals_stay_decimals(engine: Engine) -> None:
    """Sums of decimals are exact; a tenth three times is three tenths."""
    total = single(engine, [Decimal("0.1")] * 3, pa.decimal128(18, 4), exp.Sum(this=over("x")))
    assert total == Decimal("0.3")


def quotients_are_cut(engine: Engine) -> None:
    """Six digits, cut towards zero, also of negative and of the largest numbers; by zero it is missing."""
    given = [Decimal(2), Decimal(-2), Decimal("0.0000000001"), Decimal(0), Decimal(9 * 10**17)]
    found = answers(engine, given, pa.decimal128(28, 10), quotient_sql(wide(literal(Decimal(1))), over("x")))
    assert [row[0] for row in found] == [Decimal("0.5"), Decimal("-0.5"), Decimal(10**10), None, Decimal(0)]


def products_that_do_not_fit_are_missing(engine: Engine) -> None:
    """No overflow error, no rounding to what is left of the digits."""
    product = try_cast(call("try", exp.Mul(this=wide(over("x")), expression=wide(over("x")))), "decimal(28, 10)")
    found = answers(engine, [Decimal(10**17), Decimal("1.0000000001"), None], pa.decimal128(28, 10), product)
    assert [row[0] for row in found] == [None, Decimal("1.0000000002"), None]


def casts_round_half_away_from_zero(engine: Engine) -> None:
    found = answers(
        engine,
        [Decimal("0.5"), Decimal("-1.5"), Decimal("2.5")],
        pa.decimal128(10, 2),
        try_cast(over("x"), "decimal(18, 0)"),
    )
    assert [row[0] for row in found] == [1, -2, 3]


def division_by_zero_is_missing(engine: Engine) -> None:
    """Infinite on one engine, an error on two: always through nullif."""
    asked = exp.IntDiv(this=literal(7), expression=exp.Nullif(this=over("x"), expression=literal(0)))
    assert answers(engine, [2, -2, 0], pa.int64(), asked) == [(3,), (-3,), (None,)]


def samples_hash_alike(engine: Engine) -> None:
    """The engines' own hashes differ; SHA-256 does not."""
    names = ["a", "é", "", "😀"]
    found = answers(
        engine, names, pa.string(), call("left", call("sha256", call("concat", literal("s:"), over("x"))), literal(15))
    )
    assert [row[0] for row in found] == [sha256(f"s:{name}".encode()).hexdigest()[:15] for name in names]


def left_joins_fill_with_nothing(engine: Engine) -> None:
    """No zero and no 1970 for a row without a partner."""
    engine.ingest("trap", pa.table({"id": [1, 2]}))
    engine.ingest("other", pa.table({"id": [1], "n": [5], "at": pa.array([dt.datetime(2026, 1, 1)], MOMENTS)}))
    query = (
        exp.select("trap.id", "other.n", "other.at")
        .from_("trap")
        .join("other", on="other.id = trap.id", join_type="left")
    )
    assert engine.rows(query.order_by("trap.id")) == [(1, 5, dt.datetime(2026, 1, 1)), (2, None, None)]


def filters_that_let_nothing_through(engine: Engine) -> None:
    """A sum of nothing is missing, a count of nothing zero."""
    none = exp.Where(this=exp.GT(this=over("x"), expression=literal(9)))
    engine.ingest("trap", pa.table({"x": [1, 2]}))
    parts = [exp.Sum(this=over("x")), exp.Count(this=over("x")), exp.Max(this=over("x"))]
    asked = [exp.alias_(exp.Filter(this=one, expression=none.copy()), f"y{i}") for i, one in enumerate(parts)]
    assert engine.rows(exp.select(*asked).from_(exp.table_("trap", alias="people"))) == [(None, 0, None)]


def text_orders_by_bytes(engine: Engine) -> None:
    """Not as a language sorts its words."""
    words = ["b", "a", "B", "É", "z", "é", "_", "Z", ""]
    engine.ingest("trap", pa.table({"x": words}))
    order = exp.Ordered(this=normal_sql(over("x")), desc=False, nulls_first=True)
    query = exp.select(over("x")).from_(exp.table_("trap", alias="people")).order_by(order)
    assert [row[0] for row in engine.rows(query)] == sorted(words, key=str.encode)
    less = exp.LT(this=normal_sql(over("x")), expression=literal("a"))
    assert [row[0] for row in answers(engine, ["Z", "é"], pa.string(), less)] == [True, False]


def missing_values_stand_where_they_are_told(engine: Engine) -> None:
    engine.ingest("trap", pa.table({"x": pa.array([2, None, 1], pa.int64())}))

    def sorted_by(*, desc: bool, nulls_first: bool) -> list[object]:
        order = exp.Ordered(this=over("x"), desc=desc, nulls_first=nulls_first)
        query = exp.select(over("x")).from_(exp.table_("trap", alias="people")).order_by(order)
        return [row[0] for row in engine.rows(query)]

    assert sorted_by(desc=False, nulls_first=True) == [None, 1, 2]
    assert sorted_by(desc=False, nulls_first=False) == [1, 2, None]
    assert sorted_by(desc=True, nulls_first=True) == [None, 2, 1]
    assert sorted_by(desc=True, nulls_first=False) == [2, 1, None]


def lists_keep_their_order(engine: Engine) -> None:
    """The first and the last of a list are those of its order, missing values included."""
    engine.ingest("trap", pa.table({"k": [3, 1, 2], "x": ["c", None, "b"]}))

    def nth(place: int, *, desc: bool) -> object:
        order = exp.Ordered(this=exp.column("k"), desc=desc, nulls_first=False)
        listed = exp.ArrayAgg(this=exp.Order(this=over("x"), expressions=[order]))
        kept = exp.Filter(this=listed, expression=exp.Where(this=exp.GT(this=exp.column("k"), expression=literal(0))))
        query = exp.select(exp.alias_(call("list_extract", kept, literal(place)), "y"))
        return engine.value(query.from_(exp.table_("trap", alias="people")))

    assert [nth(n, desc=False) for n in (1, 2, 3, 4)] == [None, "b", "c", None]
    assert nth(1, desc=True) == "c"


def letters_are_lowered_one_by_one(engine: Engine) -> None:
    """No final sigma, no two letters for one, no locale."""
    words = [word for word in NASTY_TEXTS if normal(word) == word] + ["ΑΣ", "ΣΑΣ Σ", "İI", "ẞ", "Ω", "ǅ"]
    assert [row[0] for row in answers(engine, words, pa.string(), call("lower", over("x")))] == [
        lowered(w) for w in words
    ]


def text_is_in_normal_form(engine: Engine) -> None:
    words = ["e\u0301", "é", "\u1100\u1161", "A\u030a", None]
    found = [row[0] for row in answers(engine, words, pa.string(), normal_sql(over("x")))]
    assert found == ["é", "é", "\uac00", "Å", None]


def patterns_mean_what_re2_means(engine: Engine) -> None:
    """Ends, dots, classes and cases are RE2's on every engine."""
    import re2

    words = [
        "a\n",
        "a\nb",
        "a",
        "K",
        "\u212a",
        "ſ",
        "é",
        "É",
        "٣",
        "3",
        "a b",
        "a\x0bb",
        "a_b",
        "foo.bar",
        "",
        "ß",
        "ẞ",
    ]
    patterns = [
        "a$",
        "a.b",
        "^a$",
        "(?i)k",
        "(?i)s",
        "(?i)é",
        r"\d",
        r"a\sb",
        r"\bb",
        "^[^a-z]+$",
        "o{2}",
        r"\.",
        r"\pL",
        r"^[\p{Lu}[:digit:]]+$",
        "(?s)a.b",
        "(?m)^b$",
        "(?i)a(?-i:B)",
        "(?i)ß",
        "^$",
    ]
    found = answers(engine, words, pa.string(), *(matches_sql(over("x"), p) for p in patterns))
    for word, row in zip(words, found, strict=True):
        assert row == tuple(re2.search(p, word) is not None for p in patterns), word


def two_midnights_are_the_later(engine: Engine) -> None:
    """Clocks put back at midnight, put forward over it, and by half an hour."""
    days = [dt.date(2025, 11, 2), dt.date(2026, 3, 8), dt.date(2026, 1, 1)]
    found = [row[0] for row in answers(engine, days, pa.date32(), day_start_sql(over("x"), "America/Havana"))]
    assert found == [dt.datetime(2025, 11, 2, 5), dt.datetime(2026, 3, 8, 5), dt.datetime(2026, 1, 1, 5)]
    moments = [dt.datetime(2026, 4, 4, 15), dt.datetime(2026, 4, 4, 14, 59)]
    local = [row[0] for row in answers(engine, moments, MOMENTS, local_sql(over("x"), "Australia/Lord_Howe"))]
    assert local == [dt.datetime(2026, 4, 5, 1, 30), dt.datetime(2026, 4, 5, 1, 59)]


def weeks_begin_on_monday(engine: Engine) -> None:
    days = [dt.date(2026, 3, 1), dt.date(2026, 3, 2), None]
    assert answers(engine, days, pa.date32(), extract_sql("weekday", over("x"))) == [(7,), (1,), (None,)]


def dates_that_do_not_exist_are_missing(engine: Engine) -> None:
    given = ["2026-02-30", "2024-02-29", "2026-02-29", "2026-13-01", "1900-02-29", "2000-02-29", "", None]
    found = [row[0] for row in answers(engine, given, pa.string(), try_cast(over("x"), "date"))]
    assert found == [None, dt.date(2024, 2, 29), None, None, None, dt.date(2000, 2, 29), None, None]


def json_numbers_read_alike(engine: Engine) -> None:
    """As the shortest text of the number, whatever was written."""
    written = [
        "2.50",
        "1e5",
        "1.0",
        "0.1",
        "12345678901234567890",
        "1e25",
        "1e-9",
        "-3",
        "0.0000001",
        "true",
        '"x"',
        "null",
        "{}",
    ]
    found = answers(engine, [f'{{"a.b": {one}}}' for one in written], pa.string(), json_scalar(over("x"), ("a.b",)))
    right = [
        "2.5",
        "100000.0",
        "1.0",
        "0.1",
        "12345678901234567890",
        "1e25",
        "1e-9",
        "-3",
        "1e-7",
        "true",
        "x",
        None,
        None,
    ]
    assert [(one, row[0]) for one, row in zip(written, found, strict=True)] == list(zip(written, right, strict=True))


def lists_are_json_arrays_only(engine: Engine) -> None:
    given = ['["a", "é", null, 3, {"b": 1}, [2]]', "[]", "{}", "not json", '["a"] junk', None]
    asked = call("list_has_any", items_sql(over("x")), exp.Array(expressions=[literal("é"), literal("3")]))
    found = answers(engine, given, pa.string(), exp.Coalesce(this=asked, expressions=[exp.false()]))
    assert [row[0] for row in found] == [True, False, False, False, False, False]


def quantiles_are_values_that_occur(engine: Engine) -> None:
    """Continuous quantiles of decimals round, and interpolate in several ways: cuts are found by rank."""
    from segmentary.models.rfm import RFM

    money = [Decimal("15.06"), Decimal("15.07"), Decimal("15.07"), Decimal("99.99"), Decimal("0.01"), Decimal("1")]
    columns = {
        "customer_id": [f"c{i}" for i in range(6)],
        "recency": pa.array([1, 5, 9, 30, 100, 400], pa.int64()),
        "order_count": pa.array([6, 5, 4, 3, 2, 1], pa.int64()),
        "monetary": pa.array(money, pa.decimal128(28, 10)),
    }
    engine.ingest("trap", pa.table(columns))
    table = exp.table_("trap", quoted=True)
    fitted = RFM().fit(engine, table)
    assert fitted.edges_ is not None
    assert list(fitted.edges_.monetary) == [Decimal(1), Decimal("15.06"), Decimal("15.07"), Decimal("15.07")]
    rows = sorted(engine.table(fitted.score_query(table)).to_pylist(), key=lambda row: row["customer_id"])
    assert [row["rfm_cell"] for row in rows] == ["552", "543", "433", "325", "211", "111"]


def text_survives(engine: Engine) -> None:
    """Quotes, backslashes and comment marks in constants and in data come back as they were."""
    nasty = [word for word in NASTY_TEXTS if normal(word) == word] + ["\\", "\\'", "'; --", "%s", "${x}", "a\tb\nc\r"]
    asked = [exp.EQ(this=normal_sql(over("x")), expression=literal(word)) for word in nasty]
    for place, row in enumerate(answers(engine, nasty, pa.string(), *asked)):
        assert [i for i, same in enumerate(row) if same] == [i for i, word in enumerate(nasty) if word == nasty[place]]


def true_is_more_than_false(engine: Engine) -> None:
    found = cast(
        exp.Case(
            ifs=[exp.If(this=exp.EQ(this=over("x"), expression=literal("true")), true=exp.true())], default=exp.false()
        ),
        "boolean",
    )
    assert single(engine, ["true", "no"], pa.string(), exp.Max(this=found)) is True


TRAPS: tuple[Trap, ...] = tuple(
    value
    for name, value in list(globals().items())
    if callable(value)
    and getattr(value, "__module__", "") == __name__
    and list(getattr(value, "__annotations__", {})) == ["engine", "return"]
)
