"""What a line of an order is: a sale, a cancellation, a return, a gift or a correction, and its money."""

from __future__ import annotations

from sqlglot import exp

from segmentary.sources.properties import properties
from segmentary.sources.staging import Staging
from segmentary.sources.values import node

SALE, CANCELLATION, RETURN, FREE, ADJUSTMENT, NO_SALE = (
    "sale",
    "cancellation",
    "return",
    "free",
    "adjustment",
    "no_sale",
)


def line_columns(staging: Staging) -> dict[str, exp.Expr]:
    """Return the columns of an order line that follow from several others."""
    more = {"status": staging.field("status")} if staging.has("status") else {}
    return {
        "sale_kind": sale_kind(staging),
        "amount": node("staged.money"),
        "original_amount": node("staged.original_money"),
        "currency": node("staged.money_currency"),
        "discount": node("staged.money_off") if staging.has("discount") else exp.null(),
        "properties": properties(staging.attributes, **more),
    }


def sale_kind(staging: Staging) -> exp.Expr:
    """Return what a line is. The first that fits: no sale, cancellation, return, correction, gift, sale."""
    case = exp.Case().when(node("not staged.is_sale"), exp.Literal.string(NO_SALE))
    prefix = staging.mapping.cancellation_prefix
    if prefix:
        case = case.when(node("starts_with(staged.order_id, $prefix)", prefix=prefix), exp.Literal.string(CANCELLATION))
    money = node("staged.money")
    if staging.has("quantity"):
        case = case.when(node("$x < 0", x=staging.field("quantity")), exp.Literal.string(RETURN))
    elif not staging.has("unit_price"):
        # Without a quantity, money going back is all that tells a return.
        case = case.when(node("$x < 0", x=money), exp.Literal.string(RETURN))
    case = case.when(node("$x < 0", x=money), exp.Literal.string(ADJUSTMENT))
    if staging.has("unit_price"):
        case = case.when(node("$x < 0", x=staging.field("unit_price")), exp.Literal.string(ADJUSTMENT))
        case = case.when(node("$x = 0", x=staging.field("unit_price")), exp.Literal.string(FREE))
    return case.when(node("$x = 0", x=money), exp.Literal.string(FREE)).else_(exp.Literal.string(SALE))
