"""Orders inside tracking calls: the lines of an order, of its refund or cancellation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from segmentary.sources.exports.export import SetAside
from segmentary.sources.exports.fields import first, number, objects, plain, priced, some

BACK = ("order_refunded", "order_cancelled", "order_canceled")
ORDERS = ("order_completed", *BACK)
CENT = Decimal("0.01")
AGAIN = "an order that was sent before, in the same file"


class Orders:
    """The orders of one file: pages that are opened again and calls that are sent again tell an order twice.

    An order is completed once; what goes back is told once per call.
    """

    def __init__(self) -> None:
        self.told: set[tuple[str, ...]] = set()

    def lines(self, event: str, properties: Mapping[str, Any], call: str) -> list[dict[str, str | None]]:
        """Return the lines of an order; none where it has no id, or neither products nor money.

        call : what makes the call itself.

        Raises
        ------
        SetAside
            when the order was told before.
        """
        lines = list(order_lines(event, properties))
        if lines:
            order = lines[0]["order_id"] or ""
            key = (event, order, call) if event in BACK else (event, order)
            if key in self.told:
                raise SetAside(AGAIN)
            self.told.add(key)
        return lines


def order_id(properties: Mapping[str, Any]) -> str | None:
    """Return the id of an order."""
    return first(properties, "order_id", "orderId", "orderID", "transaction_id")


def money_of(properties: Mapping[str, Any]) -> str | None:
    """Return what an order is worth: its revenue (without shipping and tax), else its value or total."""
    return some(*(number(properties, name) for name in ("revenue", "value", "subtotal", "total", "amount")))


def order_lines(event: str, properties: Mapping[str, Any]) -> Iterator[dict[str, str | None]]:
    """Yield the lines of an order; none where it has no id, or neither products nor money.

    Price times quantity less discount is the money of a line. Where the order says its revenue and the lines add up to
    something else (a discount on the whole), they are scaled to it. Money that goes back is negative.
    """
    identity = order_id(properties)
    total = money_of(properties)
    products = list(objects(properties, "products"))
    if identity is None or (total is None and not any(number(p, "price") for p in products)):
        return
    sign = -1 if event in BACK else 1
    shares = amounts(products, total)
    currency = first(properties, "currency")
    for product, amount in zip(products or [{}], shares, strict=True):
        quantity = number(product, "quantity") or "1"
        yield {
            "order_id": identity,
            "product_id": product_id(product),
            "description": first(product, "name", "title"),
            "category": first(product, "category"),
            "brand": first(product, "brand"),
            "quantity": plain(sign * abs(Decimal(quantity))),
            **priced(plain(sign * abs(amount)), currency),
            "coupon": some(first(product, "coupon"), first(properties, "coupon")),
        }


def product_id(product: Mapping[str, Any]) -> str | None:
    """Return the id of a product; the current name of the field first."""
    return first(product, "product_id", "productId", "id", "sku", "item_id", "itemId")


def amounts(products: list[Mapping[str, Any]], total: str | None) -> list[Decimal]:
    """Return the money of every line; with a total they add up to it exactly."""
    if not products:
        return [Decimal(total or 0)]
    own = []
    for product in products:
        quantity = Decimal(number(product, "quantity") or 1)
        off = Decimal(number(product, "discount") or 0)
        own.append(Decimal(number(product, "price") or 0) * quantity - off)
    if total is None or sum(own) == Decimal(total):
        return own
    if sum(own) <= 0:
        own = [abs(Decimal(number(product, "quantity") or 1)) or Decimal(1) for product in products]
    wanted, whole = Decimal(total), sum(own)
    shares = [(each * wanted / whole).quantize(CENT) for each in own]
    shares[-1] += wanted - sum(shares)
    return shares
