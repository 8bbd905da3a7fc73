import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.errors import DefinitionError
from segmentary.language.scalars import (
    number_text,
    parse_date,
    parse_number,
    parse_share,
    parse_time,
    plain_scalar,
    plain_text,
    scalar_type,
    share_text,
    time_text,
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("true", True),
        ("FALSE", False),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("3", Decimal(3)),
        ("0.1", Decimal("0.1")),
        ("1e3", Decimal(1000)),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("2026-03-01T12:00:00Z", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        ("2026-03-01 12:00+02:00", dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)),
        ("30d", "30d"),
        (".inf", ".inf"),
    ],
)
def test_words_mean_what_they_look_like(text, meaning):
    assert plain_scalar(text) == meaning
    assert type(plain_scalar(text)) is type(meaning)


def test_a_tenth_is_a_tenth():
    assert parse_number("0.1") + parse_number("0.2") == parse_number("0.3")


@pytest.mark.parametrize("text", ["1e28", "0.00000000001", "1" * 29])
def test_numbers_no_exact_comparison_can_hold_are_refused(text):
    with pytest.raises(DefinitionError, match="too many digits"):
        parse_number(text)


def test_trailing_zeros_are_not_digits():
    assert parse_number("1.50000000000000") == Decimal("1.5")
    assert [number_text(Decimal(n)) for n in ("1.50", "-0", "1E+3", "100", "0.10")] == [
        "1.5",
        "0",
        "1000",
        "100",
        "0.1",
    ]


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "0000-01-01"])
def test_days_that_do_not_exist(text):
    with pytest.raises(DefinitionError, match="there is no day"):
        parse_date(text)


def test_a_time_says_its_zone():
    with pytest.raises(DefinitionError, match="does not say its zone"):
        parse_time("2026-03-01T12:00:00")
    with pytest.raises(DefinitionError, match="there is no time"):
        parse_time("2026-03-01T25:00:00Z")
    with pytest.raises(DefinitionError, match="there is no time"):
        parse_time("0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize("text", ["0%", "101%", "10", "-5%", "5 %", "", None, 5])
def test_what_is_no_share(text):
    with pytest.raises(DefinitionError):
        parse_share(text)


@given(share=st.decimals("0.00001", "1", places=5))
def test_shares_there_and_back(share):
    assert parse_share(share_text(share)) == share


@given(instant=st.datetimes(timezones=st.just(dt.UTC)), number=st.decimals(-(10**9), 10**9, places=4))
def test_times_and_numbers_there_and_back(instant, number):
    assert parse_time(time_text(instant)) == instant
    assert parse_number(number_text(number)) == number


def test_types_and_forms():
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    types = [scalar_type(value) for value in (True, Decimal(1), "x", moment.date(), moment)]
    assert types == ["boolean", "number", "text", "date", "time"]
    assert plain_text("e\u0301") == "é"
