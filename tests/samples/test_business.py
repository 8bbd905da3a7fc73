"""The objects of a generated business: money to the cent."""

import datetime as dt
from decimal import Decimal

from segmentary.samples.business import Business, Line, Order, Product, Refund

MAT = Product("FIT-001", "Stride yoga mat", "fitness", "Stride", Decimal("34.90"))
AT = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def test_a_line_costs_its_price_less_its_discount():
    assert Line(MAT, 3, Decimal("34.90"), Decimal("10.47")).amount == Decimal("94.23")


def test_gifts_add_nothing_to_an_order():
    order = Order("S1", AT, "web", [Line(MAT, 1, Decimal("34.90"), Decimal("4.90")), Line(MAT, 1, Decimal(0))])
    assert order.amount == Decimal("30.00")
    assert order.discount == Decimal("4.90")


def test_a_refund_gives_back_what_was_paid():
    assert Refund("R1", "S1", AT, "return", "web", [Line(MAT, 2, Decimal("10.00"), Decimal("1.00"))]).amount == 19


def test_the_day_is_the_local_one():
    assert Business(dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC), (), [], [], []).today == dt.date(2026, 3, 1)
