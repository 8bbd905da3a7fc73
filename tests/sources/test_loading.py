"""Loading: nothing is half-read, nothing is counted twice, nothing vanishes."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.sources.delivered import NOON, put, rows_of

from segmentary.engine.duckdb import DuckDB
from segmentary.errors import CurrencyError, MappingError, SettingsError
from segmentary.settings import Settings
from segmentary.sources.base import SourceMapping

LINES = SourceMapping(
    kind="order_lines",
    columns={
        "order_id": "Invoice",
        "product_id": "Item",
        "quantity": "Qty",
        "unit_price": "Price",
        "happened_at": "Date",
        "record_id": "Customer",
    },
    attributes={"country": "Country"},
    cancellation_prefix="C",
)
NAMES = ("Invoice", "Item", "Qty", "Price", "Date", "Customer", "Country")
SALE = ("1", "A", "2", "2.50", "2026-01-05 10:00:00", "ann", "FR")


@pytest.fixture
def engine():
    database = DuckDB(threads=1)
    yield database
    database.close()


def test_a_line_is_typed_and_its_money_computed(engine):
    report = put(engine, LINES, NAMES, [SALE])
    assert (report.rows_kept, report.rows_refused) == (1, 0)
    columns = ("order_id", "quantity", "amount", "currency", "sale_kind", "happened_at", "record_id", "id_space")
    assert rows_of(engine, "order_lines", *columns) == [
        ("1", Decimal(2), Decimal(5), "EUR", "sale", dt.datetime(2026, 1, 5, 10), "ann", "customer")
    ]
    assert json.loads(rows_of(engine, "order_lines", "properties")[0][0]) == {"country": "FR"}


def test_kinds_of_lines(engine):
    rows = [
        SALE,
        ("C2", "A", "-2", "2.50", "2026-01-06", "ann", "FR"),
        ("3", "A", "-1", "2.50", "2026-01-07", "ann", "FR"),
        ("4", "A", "1", "0", "2026-01-07", "ann", "FR"),
        ("A5", "B", "1", "-11062.06", "2026-01-07", None, "FR"),
    ]
    put(engine, LINES, NAMES, rows)
    assert rows_of(engine, "order_lines", "order_id", "sale_kind", "amount") == [
        ("1", "sale", Decimal(5)),
        ("3", "return", Decimal("-2.5")),
        ("4", "free", Decimal(0)),
        ("A5", "adjustment", Decimal("-11062.06")),
        ("C2", "cancellation", Decimal(-5)),
    ]


def test_an_unidentified_line_is_kept(engine):
    report = put(engine, LINES, NAMES, [("1", "A", "1", "1", "2026-01-05", "", "FR")])
    assert report.rows_kept == 1
    assert rows_of(engine, "order_lines", "record_id", "id_space") == [(None, None)]


def test_refused_rows_say_why(engine):
    rows = [
        SALE,
        ("1", "A", "two", "2.50", "2026-01-05", "ann", "FR"),
        ("1", "A", "2", "2.50", "2026-02-30", "ann", "FR"),
        ("1", "A", "2", "2.50", "", "ann", "FR"),
        ("", "A", "2", "2.50", "2026-01-05", "ann", "FR"),
        ("1", "A", "2", "", "2026-01-05", "ann", "FR"),
    ]
    report = put(engine, LINES, NAMES, rows, rejected=[(7, "too_few_columns")])
    assert report.rows_read == 7
    assert report.rows_kept == 1
    assert report.refused_reasons == {
        "missing_amount": 1,
        "missing_order_id": 1,
        "missing_time": 1,
        "too_few_columns": 1,
        "unreadable_number": 1,
        "unreadable_time": 1,
    }
    assert rows_of(engine, "refusals", "row_number", "reason", "column_name") == [
        (2, "unreadable_number", "Qty"),
        (3, "unreadable_time", "Date"),
        (4, "missing_time", "Date"),
        (5, "missing_order_id", "Invoice"),
        (6, "missing_amount", "Price"),
        (7, "too_few_columns", None),
    ]


def test_the_same_file_again_adds_nothing(engine):
    put(engine, LINES, NAMES, [SALE, SALE])
    again = put(engine, LINES, NAMES, [SALE, SALE])
    assert again.already_loaded
    assert (again.rows_read, again.rows_known) == (2, 2)
    assert len(rows_of(engine, "order_lines", "row_key")) == 2


def test_exact_duplicates_are_kept_and_overlapping_files_add_only_what_is_new(engine):
    other = ("2", "B", "1", "1", "2026-01-06", "bob", "DE")
    put(engine, LINES, NAMES, [SALE, SALE, other])
    second = put(engine, LINES, NAMES, [other, SALE, SALE, SALE], load_id="load2")
    assert (second.rows_kept, second.rows_known) == (1, 3)
    assert len(rows_of(engine, "order_lines", "row_key")) == 4


def test_duplicates_can_be_dropped(engine):
    document = LINES.to_document() | {"drop_duplicates": True}
    report = put(engine, SourceMapping.from_document(document), NAMES, [SALE, SALE])
    assert report.refused_reasons == {"exact_duplicate": 1}


def test_another_source_may_hold_the_same_rows(engine):
    put(engine, LINES, NAMES, [SALE])
    report = put(engine, LINES, NAMES, [SALE], source="other", load_id="load2")
    assert report.rows_kept == 1


def test_an_empty_file_is_a_load_of_no_rows(engine):
    report = put(engine, LINES, NAMES, [])
    assert (report.rows_read, report.rows_kept) == (0, 0)
    assert rows_of(engine, "loads", "rows_read", "ordinal") == [(0, 1)]


def test_a_mapping_to_a_column_that_is_not_there_is_an_error(engine):
    with pytest.raises(MappingError, match="'Invoice'"):
        put(engine, LINES, ("Item",), [("A",)])
    assert not engine.has_table("loads") or rows_of(engine, "loads", "load_id") == []


@pytest.mark.parametrize(
    ("mark", "text", "amount"),
    [
        (".", "$1,234.50", "1234.5"),
        (",", "1.234,50 €", "1234.5"),
        (".", "(12.00)", "-12"),
        (".", "12.00-", "-12"),
        (".", "\u22125", "-5"),
        (".", "1 234.50", "1234.5"),
        (".", "1'234.50", "1234.5"),
        (".", "1,23,456.00", "123456"),
        (".", "USD 5.00", "5"),
        (".", "1e3", "1000"),
        (",", "1.234", "1234"),
    ],
)
def test_money_is_read_exactly(engine, mark, text, amount):
    mapping = SourceMapping(
        kind="orders",
        columns={"order_id": "o", "happened_at": "t", "amount": "a", "record_id": "c"},
        decimal_mark=mark,
        currency="EUR",
    )
    settings = Settings(currency="EUR", rates={"USD": {"2000-01-01": "1"}})
    put(engine, mapping, ("o", "t", "a", "c"), [("1", "2026-01-05", text, "ann")], settings=settings)
    assert rows_of(engine, "order_lines", "original_amount") == [(Decimal(amount),)]


@pytest.mark.parametrize("text", ["1,5", "1.2.3", "abc", "1_000", "5%", "1.234,50", "99999999999999999", "NaN1"])
def test_numbers_that_mean_nothing_are_refused(engine, text):
    mapping = SourceMapping(kind="orders", columns={"order_id": "o", "happened_at": "t", "amount": "a"})
    report = put(engine, mapping, ("o", "t", "a"), [("1", "2026-01-05", text)])
    assert report.refused_reasons == {"unreadable_number": 1}


TIMES = [
    ("iso", "2026-07-01", dt.datetime(2026, 6, 30, 22)),
    ("iso", "2026-07-01T08:26:00Z", dt.datetime(2026, 7, 1, 8, 26)),
    ("iso", "2026-07-01T08:26:00.5+02:00", dt.datetime(2026, 7, 1, 6, 26, 0, 500000)),
    ("iso", "20260701", dt.datetime(2026, 6, 30, 22)),
    ("day_first", "01/07/2026 10:00", dt.datetime(2026, 7, 1, 8)),
    ("day_first", "1.7.26", dt.datetime(2026, 6, 30, 22)),
    ("day_first", "1-Jul-2026 9:05 PM", dt.datetime(2026, 7, 1, 19, 5)),
    ("month_first", "07/01/2026", dt.datetime(2026, 6, 30, 22)),
    ("month_first", "Jul 1, 2026", dt.datetime(2026, 6, 30, 22)),
    ("epoch_seconds", "1782900000", dt.datetime(2026, 7, 1, 10)),
    ("epoch_millis", "1782900000000", dt.datetime(2026, 7, 1, 10)),
]


@pytest.mark.parametrize(("order", "text", "instant"), TIMES)
def test_times_become_utc(engine, order, text, instant):
    mapping = SourceMapping(
        kind="events", columns={"happened_at": "t", "record_id": "c"}, event_name="seen", date_order=order
    )
    put(engine, mapping, ("t", "c"), [(text, "ann")], settings=Settings(timezone="Europe/Paris"))
    assert rows_of(engine, "recorded_events", "happened_at") == [(instant,)]


@pytest.mark.parametrize("text", ["2026-02-30", "13/13/2026", "infinity", "0009-01-01", "soon", "202607"])
def test_times_that_mean_nothing_are_refused(engine, text):
    mapping = SourceMapping(kind="events", columns={"happened_at": "t"}, event_name="seen", date_order="day_first")
    assert put(engine, mapping, ("t",), [(text,)]).refused_reasons == {"unreadable_time": 1}


CRM = SourceMapping(
    kind="customers",
    columns={"record_id": "id", "email": "mail", "created_at": "since", "gender": "sex", "deleted": "gone"},
    attributes={"income": "income", "member": "member", "zip": "zip", "segment": "segment"},
    date_order="iso",
)
CRM_NAMES = ("id", "mail", "since", "sex", "gone", "income", "member", "zip", "segment")
ANN = ("7", " Ann@Example.org ", "2025-01-01", "F", "", "58138", "yes", "01234", "gold")
BOB = ("8", "", "2025-02-01", "M", "", "?", "no", "12345", "")


def test_records_become_attributes_and_identifiers(engine):
    put(engine, CRM, CRM_NAMES, [ANN, BOB])
    assert rows_of(engine, "attributes", "record_id", "name", "value", "value_type") == sorted(
        [
            ("7", "created_at", "2025-01-01T00:00:00", "time"),
            ("7", "email", "Ann@Example.org", "text"),
            ("7", "gender", "F", "text"),
            ("7", "income", "58138", "number"),
            ("7", "member", "true", "boolean"),
            ("7", "segment", "gold", "text"),
            ("7", "zip", "01234", "text"),
            ("8", "created_at", "2025-02-01T00:00:00", "time"),
            ("8", "gender", "M", "text"),
            ("8", "member", "false", "boolean"),
            ("8", "zip", "12345", "text"),
        ],
        key=str,
    )
    assert rows_of(engine, "identifiers", "record_id", "kind", "value") == [("7", "email", "ann@example.org")]
    assert ("income", "filler", 1) in rows_of(engine, "column_notes", "column_name", "code", "row_count")


def test_a_changed_record_is_a_new_version_from_the_load_on(engine):
    put(engine, CRM, CRM_NAMES, [ANN, BOB])
    later = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    richer = (*ANN[:5], "60000", *ANN[6:8], "")
    report = put(engine, CRM, CRM_NAMES, [richer, BOB], load_id="load2", known_at=later)
    assert (report.rows_kept, report.rows_known) == (1, 1)
    changed = exp.select("name", "value", "valid_from").from_("attributes").where("load_id = 'load2'")
    found = {name: (value, since) for name, value, since in engine.rows(changed)}
    assert found["income"] == ("60000", dt.datetime(2026, 4, 1))
    assert found["segment"] == (None, dt.datetime(2026, 4, 1))
    back = put(engine, CRM, CRM_NAMES, [ANN], load_id="load3", known_at=later)
    assert back.rows_kept == 1
    assert len(set(rows_of(engine, "records", "row_key"))) == 4


def test_events_with_an_id_count_once(engine):
    mapping = SourceMapping(
        kind="events",
        columns={"message_id": "id", "name": "event", "happened_at": "at", "record_id": "user"},
        attributes={"page": "page", "seconds": "seconds"},
    )
    names = ("id", "event", "at", "user", "page", "seconds")
    row = ("e1", "Product Viewed", "2026-01-05T10:00:00Z", "ann", 'a "quoted" page', "12.50")
    first = put(engine, mapping, names, [row, row])
    assert (first.rows_kept, first.rows_known) == (1, 1)
    second = put(engine, mapping, names, [("e1", "other", *row[2:]), ("e2", "signedUp", *row[2:])], load_id="load2")
    assert (second.rows_kept, second.rows_known) == (1, 1)
    assert rows_of(engine, "recorded_events", "name") == [("product_viewed",), ("signed_up",)]
    properties = json.loads(rows_of(engine, "recorded_events", "properties")[0][0])
    assert properties == {"page": 'a "quoted" page', "seconds": 12.5}


def test_an_order_delivered_again_with_another_body_replaces_the_old_one(engine):
    mapping = SourceMapping(
        kind="orders",
        columns={"order_id": "o", "happened_at": "t", "amount": "a", "record_id": "c", "status": "s"},
        sale_status=("won",),
    )
    names = ("o", "t", "a", "c", "s")
    put(engine, mapping, names, [("1", "", "", "ann", "Open"), ("2", "2026-01-01", "5", "ann", "Won")])
    kinds = exp.select("order_id", "sale_kind", "amount").from_("order_lines").order_by("order_id")
    assert engine.rows(kinds) == [("1", "no_sale", None), ("2", "sale", Decimal(5))]
    put(engine, mapping, names, [("1", "2026-02-01", "9", "ann", "won")], load_id="load2")
    assert engine.rows(kinds) == [("1", "sale", Decimal(9)), ("2", "sale", Decimal(5))]


def test_a_wide_survey_is_one_row_per_answer(engine):
    mapping = SourceMapping(
        kind="responses",
        columns={"weight": "w"},
        attributes={"age": "Age"},
        items=("Music", "Fear of spiders"),
        survey="young_people",
        missing_codes={"Music": ("99",)},
    )
    put(engine, mapping, ("w", "Age", "Music", "Fear of spiders"), [("1.5", "20", "5", "1"), ("1", "", "99", "4")])
    assert rows_of(engine, "responses", "record_id", "item", "value", "survey", "weight") == [
        ("shop:1", "Fear of spiders", "1", "young_people", Decimal("1.5")),
        ("shop:1", "Music", "5", "young_people", Decimal("1.5")),
        ("shop:2", "Fear of spiders", "4", "young_people", Decimal(1)),
    ]
    assert rows_of(engine, "attributes", "record_id", "entity_type", "value") == [("shop:1", "respondent", "20")]


def test_currencies_do_not_mix_without_rates(engine):
    mapping = SourceMapping(
        kind="orders",
        columns={"order_id": "o", "happened_at": "t", "amount": "a", "record_id": "c", "currency": "cur"},
    )
    names = ("o", "t", "a", "c", "cur")
    rows = [
        ("1", "2026-01-05", "10", "ann", "EUR"),
        ("2", "2026-01-05", "10", "ann", "usd"),
        ("3", "2026-02-05", "10", "ann", "USD"),
        ("4", "2020-02-05", "10", "ann", "USD"),
    ]
    with pytest.raises(CurrencyError, match="several currencies: EUR, USD"):
        put(engine, mapping, names, rows)
    with pytest.raises(CurrencyError, match="the amounts are in USD, the workspace counts in EUR"):
        put(engine, mapping, names, rows[1:])
    with pytest.raises(SettingsError, match=r"rates\.USD"):
        put(engine, mapping, names, rows, settings=Settings(rates={"USD": {"soon": "1"}}))
    rates = {"USD": {"2026-01-01": "0.9", "2026-02-01": "0.8"}}
    report = put(engine, mapping, names, rows, settings=Settings(rates=rates))
    assert report.refused_reasons == {"missing_rate": 1}
    assert rows_of(engine, "order_lines", "order_id", "amount", "original_amount", "currency") == [
        ("1", Decimal(10), Decimal(10), "EUR"),
        ("2", Decimal(9), Decimal(10), "USD"),
        ("3", Decimal(8), Decimal(10), "USD"),
    ]


def test_a_currency_sign_beside_the_number_is_noticed(engine):
    mapping = SourceMapping(kind="orders", columns={"order_id": "o", "happened_at": "t", "amount": "a"})
    with pytest.raises(CurrencyError, match="EUR, USD"):
        put(engine, mapping, ("o", "t", "a"), [("1", "2026-01-05", "€10.00"), ("2", "2026-01-05", "$1,000.00")])


def test_binary_fractions_become_exact_decimals(engine):
    types = {"Price": pa.float64(), "Qty": pa.int32(), "Customer": pa.float64(), "Date": pa.timestamp("us")}
    row = ("1", "A", 3, 2.55, dt.datetime(2026, 1, 5), 17850.0, "FR")
    put(engine, LINES, NAMES, [row], types=types)
    assert rows_of(engine, "order_lines", "amount", "record_id") == [(Decimal("7.65"), "17850")]


def test_who_is_named_by_an_email_where_there_is_no_id(engine):
    mapping = SourceMapping(
        kind="events", columns={"happened_at": "t", "record_id": "c", "email": "m"}, event_name="opened"
    )
    put(engine, mapping, ("t", "c", "m"), [("2026-01-05", "", "A@b.org"), ("2026-01-05", "ann", "a@b.org")])
    found = rows_of(engine, "recorded_events", "id_space", "record_id")
    assert found == [("customer", "ann"), ("email", "a@b.org")]
    assert len(rows_of(engine, "identifiers", "record_id")) == 2


HOSTILE = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@settings(max_examples=settings().max_examples * 2 // 5)  # two loads each
@given(st.lists(st.tuples(*[st.one_of(st.none(), HOSTILE, st.sampled_from(SALE))] * len(NAMES)), max_size=12))
def test_every_row_is_accounted_for(rows):
    database = DuckDB(threads=1)
    put(database, LINES, NAMES, rows)
    overlapping = put(database, LINES, NAMES, [*rows, *rows[:3]], load_id="load2", known_at=NOON)
    stored = database.value(exp.select(exp.func("count", exp.Star())).from_("order_lines"))
    kept = sum(row[0] for row in database.rows(exp.select("rows_kept").from_("loads")))
    assert stored == kept
    assert overlapping.rows_kept <= 3
    database.close()


def test_one_absurd_line_does_not_stop_the_file(engine):
    rows = [
        SALE,
        ("2", "A", "99999999999999", "99999999999999", "2026-01-05", "bob", "FR"),
        ("3", "A", "3", "99999999999999.99", "2026-01-05", "bob", "FR"),
        ("4", "A", "1", "99999999999999.99", "2026-01-05", "bob", "FR"),
        ("5", "A", "100000", "999999999.5", "2026-01-05", "bob", "FR"),
    ]
    report = put(engine, LINES, NAMES, rows)
    assert report.refused_reasons == {"amount_too_large": 2}
    kept = sorted(amount for (amount,) in rows_of(engine, "order_lines", "amount"))
    assert kept == [Decimal(5), Decimal("99999999950000"), Decimal("99999999999999.99")]


def test_what_a_rate_makes_too_large_is_refused(engine):
    settings = Settings(currency="EUR", rates={"XXX": {"2000-01-01": "1000"}})
    mapping = SourceMapping(**{**LINES.to_document(), "currency": "XXX"})
    rows = [SALE, ("2", "A", "1", "99999999999999", "2026-01-05", "bob", "FR")]
    report = put(engine, mapping, NAMES, rows, settings=settings)
    assert (report.rows_kept, report.refused_reasons) == (1, {"amount_too_large": 1})


def test_a_wide_survey_is_read_group_by_group_and_whole(engine):
    items = tuple(f"Q{i}" for i in range(60))
    traits = tuple(f"T{i}" for i in range(40))
    mapping = SourceMapping(
        kind="responses",
        columns={"record_id": "Id"},
        attributes={name.lower(): name for name in traits},
        items=items,
        survey="wide",
    )
    rows = [(f"p{n}", *(str(i + n) for i in range(60)), *(str(100 * i + n) for i in range(40))) for n in range(3)]
    statements = []
    run = engine.run
    engine.run = lambda sql: statements.append(sql) or run(sql)
    report = put(engine, mapping, ("Id", *items, *traits), rows)
    assert report.rows_kept == 3
    answers = {
        (person, item): value for person, item, value in rows_of(engine, "responses", "record_id", "item", "value")
    }
    assert answers == {(f"p{n}", f"Q{i}"): str(i + n) for n in range(3) for i in range(60)}
    kept = {
        (person, name): value for person, name, value in rows_of(engine, "attributes", "record_id", "name", "value")
    }
    assert kept == {(f"p{n}", f"t{i}"): str(100 * i + n) for n in range(3) for i in range(40)}
    # Planning one query over all columns at once took most of the time.
    assert max(sql.count("CASE") for sql in statements if "read_rows" in sql[:60]) < 300


ORDERS_IN = SourceMapping(
    kind="orders",
    columns={"order_id": "o", "happened_at": "t", "amount": "a", "record_id": "c", "currency": "cur"},
)


@pytest.mark.parametrize(
    ("written", "home", "code"),
    [
        ("€", "EUR", "EUR"),
        ("Euro", "EUR", "EUR"),
        ("eur", "EUR", "EUR"),
        ("£", "GBP", "GBP"),
        ("Pound", "GBP", "GBP"),
        ("US Dollar", "USD", "USD"),
        ("$", "CAD", "CAD"),
        ("dollars", "USD", "USD"),
        ("zł", "PLN", "PLN"),
        ("Kr", "NOK", "NOK"),
    ],
)
def test_a_currency_may_be_a_sign_or_a_name(engine, written, home, code):
    row = ("1", "2026-01-05", "10", "ann", written)
    put(engine, ORDERS_IN, ("o", "t", "a", "c", "cur"), [row], settings=Settings(currency=home))
    assert rows_of(engine, "order_lines", "currency", "amount") == [(code, Decimal(10))]


@pytest.mark.parametrize("written", ["ƒ lorin", 'a"b', "x.y"])
def test_the_hint_for_an_unknown_currency_can_be_written_as_it_is(engine, written):
    with pytest.raises(CurrencyError) as caught:
        put(engine, ORDERS_IN, ("o", "t", "a", "c", "cur"), [("1", "2026-01-05", "10", "ann", written)])
    hint = caught.value.hint
    header = hint[hint.index("[") : hint.rindex("]") + 1]
    assert tomllib.loads(header) == {"rates": {written.upper(): {}}}


def test_rates_keep_their_digits_whatever_stands_first(engine):
    rows = [("1", "2026-01-05", "10", "ann", "AUD"), ("2", "2026-01-05", "10", "ann", "USD")]
    rates = {"AUD": {"2026-01-01": "2"}, "USD": {"2026-01-01": "0.4512345"}}
    put(engine, ORDERS_IN, ("o", "t", "a", "c", "cur"), rows, settings=Settings(rates=rates))
    assert rows_of(engine, "order_lines", "amount") == [(Decimal(20),), (Decimal("4.5123"),)]
