"""Nothing is said of seasons before two full years."""

import datetime as dt

import pytest

from segmentary.dynamics.seasons import full_years, seasons

DAY = dt.date


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (DAY(2010, 12, 1), DAY(2011, 11, 29), 0),
        (DAY(2010, 12, 1), DAY(2011, 11, 30), 1),
        (DAY(2010, 12, 1), DAY(2011, 12, 9), 1),
        (DAY(2024, 2, 29), DAY(2025, 2, 28), 1),
        (DAY(2024, 2, 29), DAY(2025, 2, 27), 0),
        (DAY(2020, 1, 1), DAY(2021, 12, 31), 2),
    ],
)
def test_full_years(first, last, years):
    assert full_years(first, last) == years
    assert seasons(first, last).may_claim == (years >= 2)


def months(years, level):
    return {DAY(2020 + i // 12, i % 12 + 1, 1): level(i) for i in range(12 * years)}


def test_a_season_of_every_year_is_found_beside_growth():
    found = seasons(DAY(2020, 1, 1), DAY(2023, 12, 31), months(4, lambda i: (100 + i) * (1.5 if i % 12 == 11 else 1)))
    december = found.months[11]
    assert december.verdict == "high"
    assert december.index == pytest.approx(1.44, abs=0.05)
    assert "December high" in found.sentence


def test_growth_alone_is_no_season_and_one_odd_year_neither():
    growing = seasons(DAY(2020, 1, 1), DAY(2023, 12, 31), months(4, lambda i: 100.0 * 1.01**i))
    assert all(abs(one.index - 1) < 0.01 for one in growing.months)
    odd = months(4, lambda i: 100.0 + (i * 7) % 5)
    odd[DAY(2021, 6, 1)] = 400.0
    assert seasons(DAY(2020, 1, 1), DAY(2023, 12, 31), odd).months[5].verdict == "unclear"


def test_two_years_may_be_spoken_of_without_figures_and_no_data_not():
    assert seasons(DAY(2020, 1, 1), DAY(2021, 12, 31)).may_claim
    nothing = seasons(None, None)
    assert not nothing.may_claim
    assert nothing.to_document()["first"] is None
