"""What generated people buy: after they joined, before the exports, with numbers of their own."""

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.samples.generated import make_business
from segmentary.samples.orders import Register
from segmentary.samples.products import products


@pytest.fixture(scope="module")
def business():
    return make_business(customers=600, seed=3)[0]


@pytest.fixture(scope="module")
def drawn(business):
    return [who for who in business.customers if who.persona != "edge"]


def test_orders_lie_between_joining_and_the_exports(business, drawn):
    for who in drawn:
        assert all(who.created_at < order.placed_at < business.as_of for order in who.orders)
        assert all(refund.happened_at < business.as_of for refund in who.refunds)


def test_numbers_are_unique(business):
    orders = [order.order_id for who in business.customers for order in who.orders]
    orders += [order.order_id for order in business.guest_orders]
    refunds = [refund.refund_id for who in business.customers for refund in who.refunds]
    assert len(set(orders)) == len(orders)
    assert len(set(refunds)) == len(refunds)


def test_refunds_follow_an_order_of_the_same_person(drawn):
    kinds = set()
    for who in drawn:
        placed = {order.order_id: order for order in who.orders}
        for refund in who.refunds:
            kinds.add(refund.kind)
            order = placed[refund.order_id]
            assert order.placed_at < refund.happened_at < order.placed_at + dt.timedelta(days=26)
            assert refund.amount <= order.amount
    assert kinds == {"cancellation", "return"}


def test_orders_are_of_several_kinds(business, drawn):
    orders = [order for who in drawn for order in who.orders]
    assert {order.channel for order in orders} == {"web", "store", "app"}
    assert any(order.discount for order in orders)
    assert any(line.unit_price == 0 for order in orders for line in order.lines)
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for order in orders for line in order.lines)
    assert business.guest_orders


def test_nobody_orders_in_the_hour_that_exists_twice(business, drawn):
    hours = {order.placed_at.astimezone(business.zone).hour for who in drawn for order in who.orders}
    assert hours <= set(range(7, 23))


def test_the_register_counts():
    register = Register(products())
    assert register.order_id() != register.order_id()
    assert register.refund_id() != register.refund_id()
    assert set(register.shelf) == {p.category for p in products()}
