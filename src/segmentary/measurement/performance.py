"""Sales of identified customers, by month, product, category, brand, channel, customer or any trait.

Money is gross: sales as they were made; cancellations are not subtracted. Orders of nobody known are not in it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal, query
from segmentary.language.tree import Context
from segmentary.schema import EVENTS, ORDER_COMPLETED, PRODUCT_PURCHASED

HERE = Path(__file__).parent
ORDER_DIMENSIONS = ("month", "channel", "customer")
LINE_DIMENSIONS = ("product", "category", "brand")
# A shop is closed on some days: a month whose last order lies this close to its end counts as seen in full.
CLOSED_DAYS = 3


@dataclass(frozen=True, slots=True)
class SalesRow:
    """Sales of one value of a dimension.

    value : the month's first day, a product id, a trait's value; missing where nothing is known.
    money : gross, in the workspace's currency; share : of the money of all values.
    note : what to be careful about: an unfinished month, a group too small to be a segment.
    """

    value: str | None
    money: Decimal
    share: float
    orders: int
    buyers: int
    note: str


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales by a dimension; rows in falling order of money, months in order of time.

    definition : which money this is.
    """

    by: str
    as_of: dt.datetime
    currency: str
    definition: str
    total: Decimal
    rows: tuple[SalesRow, ...]


def sales(
    engine: Engine, context: Context, *, by: str, currency: str, trait_table: str | None = None, small: int = 11
) -> Sales:
    """Add up sales by a dimension.

    Parameters
    ----------
    by : month, channel, customer, product, category, brand, or a trait.
    trait_table : the table that holds the trait (``profile`` or ``traits``); missing for the built-in dimensions.
    small : groups of fewer buyers get a note.
    """
    found = engine.rows(totals_query(context, by, trait_table))
    total = sum((money or Decimal(0) for _, money, _, _ in found), Decimal(0))
    newest = last_order_day(engine, context) if by == "month" else None
    made = [
        SalesRow(
            label,
            money or Decimal(0),
            float((money or Decimal(0)) / total) if total else 0.0,
            orders,
            buyers,
            note(by, label, buyers, small, newest),
        )
        for label, money, orders, buyers in found
    ]
    if by == "month":
        made.sort(key=lambda row: row.value or "")
    else:
        made.sort(key=lambda row: (-row.money, row.value or ""))
    definition = "gross sales of identified customers, cancellations not subtracted"
    return Sales(by, context.as_of, currency, definition, total, tuple(made))


def totals_query(context: Context, by: str, trait_table: str | None) -> exp.Query:
    """Return one row per value of the dimension: value, money, orders, buyers."""
    totals = (
        exp.Sum(this=exp.column("amount", quoted=True)).as_("money"),
        exp.Count(this=exp.Distinct(expressions=[exp.column("order_id", quoted=True)])).as_("orders"),
        exp.Count(this=exp.Distinct(expressions=[exp.column("customer_id", quoted=True)])).as_("buyers"),
    )
    events = exp.table_(EVENTS.name, quoted=True)
    if by in LINE_DIMENSIONS:
        file, name = "sales_lines.sql", {"line_event": PRODUCT_PURCHASED}
        rows: exp.Query = query(HERE / file, events=events, as_of=context.as_of, **name)
    else:
        rows = query(
            HERE / "sales_orders.sql",
            events=events,
            as_of=context.as_of,
            zone=context.timezone,
            order_event=ORDER_COMPLETED,
        )
    value: exp.Expr
    source = exp.select("*").from_(rows.subquery("sold"))
    if trait_table is not None:
        value = exp.column(by, table="traits_of", quoted=True)
        same = exp.EQ(
            this=exp.column("customer_id", table="traits_of", quoted=True),
            expression=exp.column("customer_id", table="sold", quoted=True),
        )
        source = (
            exp.select(
                exp.cast(value, "varchar").as_("value"),
                exp.column("amount", table="sold", quoted=True),
                exp.column("order_id", table="sold", quoted=True),
                exp.column("customer_id", table="sold", quoted=True),
            )
            .from_(rows.subquery("sold"))
            .join(exp.table_(trait_table, quoted=True, alias="traits_of"), on=same, join_type="left")
        )
    else:
        column = "customer_id" if by == "customer" else by
        source = source.select(exp.cast(exp.column(column, quoted=True), "varchar").as_("value"))
    return (
        exp.select(exp.column("value", quoted=True), *totals)
        .from_(source.subquery("valued"))
        .group_by(exp.column("value", quoted=True))
    )


def last_order_day(engine: Engine, context: Context) -> dt.date | None:
    """Return the local day of the last order before as-of."""
    latest = engine.value(
        exp.select(exp.Max(this=exp.column("happened_at", quoted=True)))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(
            exp.column("name", quoted=True).eq(literal(ORDER_COMPLETED)),
            exp.column("happened_at", quoted=True) < literal(context.as_of),
        )
    )
    return None if latest is None else latest.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(context.timezone)).date()


def note(by: str, label: str | None, buyers: int, small: int, newest: dt.date | None) -> str:
    if by == "month" and label is not None and newest is not None:
        month = dt.date.fromisoformat(label)
        days = calendar.monthrange(month.year, month.month)[1]
        if (month.year, month.month) == (newest.year, newest.month) and days - newest.day > CLOSED_DAYS:
            return f"{newest.day} of {days} days only: not a fall"
    if by not in ("month", "customer", "product") and buyers < small:
        return f"{buyers} buyer{'s' if buyers != 1 else ''}: too few to be a segment"
    return ""
