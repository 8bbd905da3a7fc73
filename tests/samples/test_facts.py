"""Plain questions about one person."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from segmentary.samples.facts import Facts
from segmentary.samples.generated import make_business
from segmentary.samples.maker import IPHONE, Maker
from segmentary.samples.orders import Register
from segmentary.samples.products import products


@pytest.fixture
def maker():
    return Maker(make_business(customers=0)[0], Register(products()))


@pytest.fixture
def who(maker):
    return maker.person("vips", "in")


@pytest.fixture
def facts(maker, who):
    return Facts(who, maker.as_of, maker.business.zone)


def test_the_moment_itself_is_not_yet(maker, who, facts):
    maker.buy(who, maker.as_of)
    maker.buy(who, maker.ago(0, seconds=1))
    assert len(facts.orders) == 1
    assert facts.days_since_order == 1


def test_windows_include_their_first_moment(maker, facts):
    assert facts.lately(maker.ago(30), 30)
    assert not facts.lately(maker.ago(30, seconds=1), 30)
    assert not facts.lately(maker.as_of, 30)


def test_an_order_of_gifts_is_none(maker, who, facts):
    maker.buy(who, maker.ago(5), "0.00")
    assert facts.orders == []
    assert facts.days_since_order is None
    assert facts.usual_gap is None


@pytest.mark.parametrize(("days", "median"), [((1, 3), 2), ((1, 3, 9), 4), ((1, 3, 9, 10), 2)])
def test_the_usual_gap_is_the_median(maker, who, facts, days, median):
    for ago in days:
        maker.buy(who, maker.ago(ago))
    assert facts.usual_gap == Decimal(median)


def test_years_are_complete_on_the_birthday(who, facts):
    who.birth_date = dt.date(1990, 3, 1)
    assert facts.age == 36
    del facts.age
    who.birth_date = dt.date(1990, 3, 2)
    assert facts.age == 35


def test_the_leap_day_is_kept_on_the_28th(facts):
    assert facts.days_to_anniversary(dt.date(2000, 3, 1)) == 0
    assert facts.days_to_anniversary(dt.date(2000, 2, 28)) == 364
    assert facts.days_to_anniversary(dt.date(2000, 2, 29)) == 364


def test_attitudes_need_half_of_the_answers(maker, who, facts):
    maker.answer(who, "eco", 4, None, 5)
    maker.answer(who, "price", 5, None, None)
    assert facts.attitude("eco") == Fraction(9, 2)
    assert facts.attitude("price") is None
    assert facts.attitude("brand") is None


def test_a_cart_is_left_behind_until_the_next_order(maker, who, facts):
    maker.view(who, maker.ago(5), "product_added", IPHONE)
    maker.buy(who, maker.ago(5))
    assert facts.left_behind("product_added", 14)
    del facts.orders
    maker.buy(who, maker.ago(5, seconds=-1))
    assert not facts.left_behind("product_added", 14)
    assert not facts.left_behind("checkout_started", 14)
    assert facts.last_device == IPHONE
