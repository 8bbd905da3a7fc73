"""Planting people exactly."""

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.samples.generated import make_business
from segmentary.samples.maker import Maker
from segmentary.samples.orders import Register
from segmentary.samples.products import products


@pytest.fixture
def maker():
    business, _ = make_business(customers=0)
    return Maker(business, Register(products()))


def test_moments_are_exact(maker):
    assert maker.ago(30) == maker.as_of - dt.timedelta(days=30)
    assert maker.ago(30, seconds=1) == maker.ago(30) - dt.timedelta(seconds=1)
    assert maker.day_begin(0) == maker.as_of
    assert maker.day_end(1) == maker.as_of - dt.timedelta(seconds=1)


def test_a_person_is_a_blank_page(maker):
    who = maker.person("vips", "in")
    assert who.customer_id == "edge_vips_in"
    assert (who.birth_date, who.income, who.orders, who.web, who.mails, who.consents) == (None, None, [], [], [], [])
    assert maker.business.customers[-1] is who


def test_prices_are_what_is_paid_after_the_discount(maker):
    order = maker.buy(maker.person("vips", "in"), maker.ago(1), "20.00", "5.00", discount="0.50")
    assert order.amount == Decimal("25.00")
    assert order.discount == Decimal("1.00")


def test_deeds_are_written_down(maker):
    who = maker.person("vips", "in")
    maker.send_back(who, maker.buy(who, maker.ago(9)), maker.ago(5))
    maker.view(who, maker.ago(3), "product_viewed")
    maker.mail(who, maker.ago(2), "delivered", "opened")
    maker.chat(who, maker.ago(1))
    maker.answer(who, "eco", 4, None)
    maker.hire(who, 12, sector="technology")
    assert who.refunds[0].amount == Decimal("20.00")
    assert who.web[0].product is not None
    assert [mail.name for mail in who.mails] == ["email_delivered", "email_opened"]
    assert [answer.value for answer in who.answers] == [4, None]
    assert who.account in maker.business.accounts
