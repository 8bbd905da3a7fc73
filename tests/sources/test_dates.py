from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.sources.dates import Evidence, decide, gather, readings


def said(*values: str | None) -> Evidence:
    batch = pa.RecordBatch.from_pydict(
        {"row_number": pa.array(range(1, len(values) + 1), pa.int64()), "when": pa.array(values, pa.string())}
    )
    return gather([batch], "when")


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("2010-12-01", {"iso"}),
        ("2010-12-01T08:26:00Z", {"iso"}),
        ("2010/12/01", {"year_first"}),
        ("19970101", {"year_first"}),
        ("25/12/2010", {"day_first"}),
        ("12/25/2010", {"month_first"}),
        ("1/2/2010 8:26", {"day_first", "month_first"}),
        ("13.02.11", {"day_first"}),
        ("12 Mar 2011", {"day_first"}),
        ("Mar 12, 2011", {"month_first"}),
        ("1262304000", {"epoch_seconds"}),
        ("1262304000000", {"epoch_millis"}),
        ("31/02/2010", set()),
        ("may", set()),
        ("12", set()),
        ("hello", set()),
    ],
)
def test_readings(text: str, orders: set[str]) -> None:
    assert readings(text) == orders


def test_one_value_decides_and_its_row_is_named() -> None:
    decision = decide(said("1/2/2010", "3/4/2010", "25/12/2010", None, ""), "when")
    assert (decision.order, decision.open) == ("day_first", False)
    assert "row 3" in decision.reason


def test_values_that_fit_both_orders_are_a_question() -> None:
    decision = decide(said("1/2/2010", "3/4/2010"), "when")
    assert decision.open
    assert decision.order == ""


def test_both_orders_in_one_column_are_a_question_naming_both_rows() -> None:
    decision = decide(said("13/2/2010", "2/14/2010"), "when")
    assert decision.open
    assert "row 1" in decision.reason
    assert "row 2" in decision.reason


def test_no_dates() -> None:
    assert decide(said(), "when").order == ""
    assert decide(said("a", "b"), "when").order == ""
    assert not decide(said("", None), "when").open


@given(
    st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2099, 12, 31)), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_the_order_is_never_guessed_wrongly(dates: list[dt.date], written: str) -> None:
    decision = decide(said(*(d.strftime(written) for d in dates)), "when")
    truth = "day_first" if written.startswith("%d") else "month_first"
    assert decision.order in ("", truth)
    assert decision.open == all(d.day <= 12 for d in dates)


@given(st.text(max_size=30))
def test_any_text_can_be_looked_at(text: str) -> None:
    readings(text)
