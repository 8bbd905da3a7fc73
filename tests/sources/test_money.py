from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.sources.money import decide_mark, mark_of, parse_money, take_apart


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("$1,234.50", ".", "1234.50"),
        ("1.234,50 €", ",", "1234.50"),
        ("(12.00)", ".", "-12.00"),
        ("-$5", ".", "-5"),
        ("$-5", ".", "-5"),
        ("5.00-", ".", "-5.00"),
        ("1 234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("CHF 1'234.50", ".", "1234.50"),
        ("1,23,456.78", ".", "123456.78"),
        ("−7", ".", "-7"),
        ("EUR 12", ".", "12"),
        (".5", ".", "0.5"),
        ("0", ".", "0"),
    ],
)
def test_amounts_are_exact(text: str, mark: str, amount: str) -> None:
    assert parse_money(text, decimal_mark=mark) == Decimal(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "12,34", "1,2345", "--5", "NaN", "1e5", "9" * 60, "$", "5 apples"]
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_money(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_written_amounts_come_back(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_money(english) == amount
    assert parse_money(german, decimal_mark=",") == amount
    assert parse_money(f"${english}") == amount


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_none(text: str) -> None:
    take_apart(text)
    assert parse_money(text) is None or isinstance(parse_money(text), Decimal)


def test_the_mark_is_decided_by_values_that_prove_it() -> None:
    assert decide_mark(["12,50", "1.234,00", "3"]).mark == ","
    assert decide_mark(["12.50", "1,234.00"]).mark == "."
    assert decide_mark(["1,234", "5,678"]).mark == "."
    assert decide_mark([]).mark == "."
    assert mark_of("0,125") == ","
    doubtful = decide_mark(["1.234", "5.678"])
    assert doubtful.doubtful


def test_the_currency_is_told_when_all_agree() -> None:
    assert decide_mark(["12 €", "€ 3"]).currency == "EUR"
    assert decide_mark(["12 €", "£3"]).currency == ""
    assert decide_mark(["$12"]).currency == ""
