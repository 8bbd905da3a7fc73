"""Which sale a cancellation takes back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.sources.delivered import put

from segmentary.engine.duckdb import DuckDB
from segmentary.sources.base import SourceMapping
from segmentary.sources.pairing import pair_cancellations

LINES = SourceMapping(
    kind="order_lines",
    columns={"order_id": "o", "product_id": "p", "quantity": "q", "amount": "a", "happened_at": "t", "record_id": "c"},
    cancellation_prefix="C",
)
NAMES = ("o", "p", "q", "a", "t", "c")


@pytest.fixture
def engine():
    database = DuckDB(threads=1)
    yield database
    database.close()


def line(order: str, day: int, quantity: int, product: str = "A", who: str = "ann") -> tuple[str, ...]:
    return (order, product, str(quantity), str(quantity), f"2026-01-{day:02}", who)


def paired(engine: DuckDB) -> dict[str, str | None]:
    cancellations = exp.select("order_id", "cancels_order_id").from_("order_lines")
    return dict(engine.rows(cancellations.where("sale_kind = 'cancellation'")))


def test_no_lines_no_pairs(engine):
    put(engine, LINES, NAMES, [])
    assert pair_cancellations(engine) == 0


def test_each_cancellation_takes_back_the_latest_open_sale(engine):
    rows = [line("1", 1, 5), line("2", 2, 5), line("C3", 3, -5), line("C4", 4, -5), line("C5", 5, -5)]
    rows += [
        line("6", 6, 5),
        line("C7", 7, -5),
        line("C8", 8, -2),
        line("C9", 9, -5, who="bob"),
        line("C10", 9, -5, "B"),
    ]
    put(engine, LINES, NAMES, rows)
    assert pair_cancellations(engine) == 3
    assert paired(engine) == {"C3": "2", "C4": "1", "C5": None, "C7": "6", "C8": None, "C9": None, "C10": None}


def test_a_late_file_changes_the_pairs_as_if_it_had_come_in_time(engine):
    put(engine, LINES, NAMES, [line("1", 1, 5), line("C3", 3, -5)])
    pair_cancellations(engine)
    assert paired(engine) == {"C3": "1"}
    put(engine, LINES, NAMES, [line("2", 2, 5)], load_id="load2")
    pair_cancellations(engine)
    assert paired(engine) == {"C3": "2"}


@settings(max_examples=settings().max_examples * 2 // 5)  # a load of its own each
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([1, 2]), st.sampled_from("AB")), max_size=14))
def test_pairs_are_those_of_a_stack(steps):
    rows, expected = [], {}
    open_sales: dict[tuple[int, str], list[str]] = {}
    for i, (is_sale, quantity, product) in enumerate(steps, start=1):
        stack = open_sales.setdefault((quantity, product), [])
        if is_sale:
            rows.append(line(str(i), i, quantity, product))
            stack.append(str(i))
        else:
            rows.append(line(f"C{i}", i, -quantity, product))
            expected[f"C{i}"] = stack.pop() if stack else None
    database = DuckDB(threads=1)
    put(database, LINES, NAMES, rows)
    pair_cancellations(database)
    assert paired(database) == expected
    database.close()
