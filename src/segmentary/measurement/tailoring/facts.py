"""What people did, by dimension: products, categories, brands, price levels, channels, weekdays, hours, topics.

A dimension turns an event into an item; `facts_query` gives one row per event with its item. Everything that tailoring
counts is counted from such rows, in the engine.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal, query
from segmentary.errors import UnknownNameError
from segmentary.language.sql import json_any
from segmentary.language.tree import Context
from segmentary.schema import ORDER_COMPLETED, PRODUCT_PURCHASED

FACTS, PRICES = Path(__file__).with_name("facts.sql"), Path(__file__).with_name("prices.sql")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The first hour of each part of the day; the night ends with the first.
HOURS: Mapping[str, int] = {"morning (6-12)": 6, "afternoon (12-18)": 12, "evening (18-24)": 18}
NIGHT = "night (0-6)"
LEVELS = ("low price", "middle price", "high price")
TOPIC_PROPERTY = "topic"
PRICE_TABLE = "tailoring_prices"
MOST_CATEGORIES = 2_000
"""Price levels are told within so many categories; the rest has none."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to look at what people do.

    name : of the dimension (``category``, ``support_chat_started.topic``). event : which event is counted.
    item : an expression over the columns of the event and ``local_at``, its local time. needs : the property of the
    event without which there is none. money : whether spending on an item has a meaning. order : items in their own
    order, where they have one.
    """

    name: str
    event: str
    item: exp.Expr
    needs: str = ""
    money: bool = True
    order: tuple[str, ...] = ()
    levels: exp.Table | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The window [since, until) that is looked at, and the calendar and knowledge it is looked at with."""

    since: dt.datetime
    context: Context
    until: dt.datetime | None = None

    @property
    def bound(self) -> dict[str, object]:
        """What the SQL files need to know of it."""
        return {
            "since": self.since,
            "until": self.until or self.context.as_of,
            "known_at": self.context.known_at,
        }


@dataclass(frozen=True, slots=True)
class PriceLevels:
    """Where the low and the middle price of each category end: thirds of its lines, a price being in one of them."""

    ends: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


def column(name: str) -> exp.Column:
    return exp.column(name, table="happened", quoted=True)


def dimensions(topics: Sequence[str] = (), levels: PriceLevels | None = None) -> dict[str, Dimension]:
    """Return the dimensions by name.

    topics : events that carry a property ``topic``. levels : None leaves prices out.
    """
    lines, orders = PRODUCT_PURCHASED, ORDER_COMPLETED
    found = [
        Dimension("category", lines, column("category"), "category"),
        Dimension("product", lines, column("product_id"), "product_id"),
        Dimension("brand", lines, column("brand"), "brand"),
        Dimension("channel", orders, column("channel"), "channel"),
        Dimension("weekday", orders, weekday(), order=WEEKDAYS),
        Dimension("hour", orders, part_of_day(), order=(NIGHT, *HOURS)),
    ]
    if levels is not None and levels.ends:
        found.append(
            Dimension("price", lines, price_level(), order=LEVELS, levels=exp.table_(PRICE_TABLE, quoted=True))
        )
    for event in topics:
        topic = json_any(column("properties"), (TOPIC_PROPERTY,))
        found.append(Dimension(f"{event}.{TOPIC_PROPERTY}", event, topic, TOPIC_PROPERTY, money=False))
    return {one.name: one for one in found}


def chosen(known: Mapping[str, Dimension], names: Sequence[str]) -> list[Dimension]:
    """Return the dimensions of these names, all where none is named.

    Raises
    ------
    UnknownNameError
        when there is no such dimension.
    """
    for name in names:
        if name not in known:
            raise UnknownNameError("dimension", name, known)
    return [known[name] for name in names or known]


def facts_query(events: exp.Table | exp.Query, dimension: Dimension, period: Period) -> exp.Query:
    """Return one row per event of the dimension: customer_id, item, amount, local_month (12 x year + month - 1)."""
    return query(
        FACTS,
        events=events,
        name=dimension.event,
        item=dimension.item,
        levels=dimension.levels if dimension.levels is not None else no_levels(),
        zone=period.context.timezone,
        **period.bound,
    )


def price_levels(engine: Engine, events: exp.Table | exp.Query, period: Period) -> PriceLevels:
    """Find the price levels of each category; one with a single price has none.

    Prices paid per piece are cut into thirds of the lines, as nearly as whole prices allow. The ends are put into a
    temporary table of the engine, which the dimension ``price`` reads.
    """
    sold: dict[str, dict[Decimal, int]] = defaultdict(dict)
    for category, price, lines in engine.rows(query(PRICES, events=events, name=PRODUCT_PURCHASED, **period.bound)):
        sold[category][Decimal(price)] = int(lines)
    largest = sorted(sold, key=lambda name: (-sum(sold[name].values()), name))[:MOST_CATEGORIES]
    ends = {name: found for name in sorted(largest) if (found := thirds(sold[name])) is not None}
    engine.ingest(PRICE_TABLE, levels_table(ends))
    return PriceLevels(ends)


def levels_table(ends: Mapping[str, tuple[Decimal, Decimal]]) -> pa.Table:
    """Return category, low_ends, middle_ends: half a cent beyond the last price, for prices are counted to the cent."""
    half = Decimal("0.005")
    columns = {"category": pa.array(list(ends), pa.string())}
    for place, name in enumerate(("low_ends", "middle_ends")):
        columns[name] = pa.array([pair[place] + half for pair in ends.values()], pa.decimal128(18, 4))
    return pa.table(columns)


def thirds(prices: Mapping[Decimal, int]) -> tuple[Decimal, Decimal] | None:
    """Return the highest low and the highest middle price; None for fewer than two prices.

    >>> thirds({Decimal(10): 40, Decimal(20): 30, Decimal(90): 30})
    (Decimal('10'), Decimal('20'))
    """
    if len(prices) < 2:
        return None
    order = sorted(prices)
    below = list(accumulate(prices[price] for price in order))
    first = nearest(below, below[-1] / 3)
    second = max(first, nearest(below, 2 * below[-1] / 3))
    return order[min(first, len(order) - 2)], order[min(second, len(order) - 2)]


def nearest(below: Sequence[int], wanted: float) -> int:
    """Return the place at which the running total comes nearest to what is wanted."""
    place = bisect_left(below, wanted)
    if place > 0 and wanted - below[place - 1] <= below[place] - wanted:
        return place - 1
    return place


def price_level() -> exp.Expr:
    """Return the price level of a line within its category; null where it has none."""
    # Without dividing: an amount lies below the end of a level times the quantity.
    case = exp.Case()
    for end, level in (("low_ends", LEVELS[0]), ("middle_ends", LEVELS[1])):
        most = exp.Mul(this=column(end), expression=column("quantity"))
        case = case.when(exp.LT(this=column("amount"), expression=most), literal(level))
    sold = exp.and_(
        exp.GT(this=column("quantity"), expression=literal(0)),
        exp.GT(this=column("amount"), expression=literal(0)),
        exp.not_(exp.Is(this=column("low_ends"), expression=exp.null())),
    )
    return exp.Case().when(sold, case.else_(literal(LEVELS[2]))).else_(exp.null())


def no_levels() -> exp.Query:
    """Return no price level at all."""
    nothing = exp.cast(exp.null(), "decimal(18, 4)")
    columns = (literal("").as_("category"), nothing.as_("low_ends"), nothing.copy().as_("middle_ends"))
    return exp.select(*columns).where(exp.false())


def weekday() -> exp.Expr:
    """Return the local weekday's name."""
    number = exp.Extract(this=exp.var("ISODOW"), expression=column("local_at"))
    case = exp.Case()
    for place, name in enumerate(WEEKDAYS, start=1):
        case = case.when(exp.EQ(this=number.copy(), expression=literal(place)), literal(name))
    return case.else_(exp.null())


def part_of_day() -> exp.Expr:
    """Return the part of the local day."""
    hour = exp.Extract(this=exp.var("HOUR"), expression=column("local_at"))
    case = exp.Case()
    for name, first in sorted(HOURS.items(), key=lambda part: -part[1]):
        case = case.when(exp.GTE(this=hour.copy(), expression=literal(first)), literal(name))
    return case.else_(literal(NIGHT))
