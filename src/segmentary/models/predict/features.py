"""What a person did until a moment, as traits of the language: what predictions are made of.

Every feature is a definition, evaluated as of a moment like any trait; so nothing that happened at or after that moment
can enter it. Which definitions there are depends on which events the data has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentary.errors import DataError
from segmentary.language.documents import parse_document
from segmentary.language.event_words import words_of
from segmentary.language.tree import (
    Arithmetic,
    Between,
    Case,
    Compare,
    Constant,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    Last,
    Measure,
    PropertyValue,
    Rule,
    TraitDefinition,
    TraitValue,
    Value,
    ValueType,
    Window,
)
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import traits_used, walk
from segmentary.language.writing import to_document
from segmentary.models.table.coding import coded_as
from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.table.matching import matched
from segmentary.models.table.typed_table import TypedTable
from segmentary.schema import ORDER_COMPLETED, ORDER_REFUNDED, PRODUCT_PURCHASED, PRODUCT_RETURNED

WINDOWS = (30, 91, 182, 365)
LONG = 730
"""From so many days of data on, counts over all time are about people, not about when the data begin."""
NEARLY = 1.1
"""A window is filled by data of a tenth less."""
SALES = frozenset({ORDER_COMPLETED, ORDER_REFUNDED, PRODUCT_PURCHASED, PRODUCT_RETURNED})
MOST_EVENTS = 24
"""Sorts of other events that get features of their own, those with known words first."""
MOST_LEVELS = 50
USABLE: frozenset[ValueType] = frozenset({"number", "boolean", "text"})


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """People as they were known at a moment.

    table : one row per person, in the order of the sample, with ids. as_of : everything in it happened before.
    types : of each column in the language. features : the definitions among them; attributes : the others.
    universe : how many people the sample stands for. findings : what was left out, and why.
    """

    table: TypedTable
    as_of: dt.datetime
    types: Mapping[str, ValueType]
    features: Mapping[str, TraitDefinition] = field(default_factory=dict)
    attributes: Mapping[str, ValueType] = field(default_factory=dict)
    universe: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Who the rows are."""
        return self.table.ids

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.table)


# ---------------------------------------------------------------- definitions


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back features look; shares and averages are over all time always: they do not grow with the data.

    windows : lengths in days. whole : the window of what would be counted over all time; None: all time.
    """

    windows: tuple[int, ...] = WINDOWS
    whole: Last | None = None

    @classmethod
    def of(cls, reach_days: int | None) -> Self:
        """Return the windows that data of so many days fill, so that features mean the same at every later moment.

        A count over all time grows with the data, not with the person: where they go back less than two years, it is
        taken over the longest window they fill.
        """
        if reach_days is None or reach_days >= LONG:
            return cls()
        windows = tuple(length for length in WINDOWS if length <= reach_days * NEARLY) or WINDOWS[:1]
        return cls(windows, Last(days(windows[-1])))

    @property
    def ever(self) -> str:
        """How a title says since when."""
        return "so far" if self.whole is None else f"in the last {self.windows[-1]} days"


def standard_features(vocabulary: Vocabulary, *, reach_days: int | None = None) -> dict[str, TraitDefinition]:
    """Return the features these events allow, by name.

    Orders and spend in windows and of all time, recency, tenure, rhythm, refunds, discounts, breadth; counts and
    recency of every other sort of event. All of them are about what is dated. reach_days : how far the data go back at
    the earliest moment (`Reach.of`); None: far enough.
    """
    found: list[TraitDefinition] = []
    events, reach = vocabulary.events, Reach.of(reach_days)
    if ORDER_COMPLETED in events:
        found += orders(events[ORDER_COMPLETED], reach)
        if ORDER_REFUNDED in events:
            found += refunds(events[ORDER_REFUNDED], reach)
    if PRODUCT_PURCHASED in events:
        found += breadth(events[PRODUCT_PURCHASED], reach)
    for name in others(events):
        _, _, plural = words_of(name)
        found += counted(EventFilter((name,)), name, plural, reach, reach.windows[:2])
    if vocabulary.traits.get("created_at") in ("date", "time"):
        found.append(known_since())
    return {one.name: one for one in found}


def others(events: Iterable[str]) -> list[str]:
    """Return the other sorts of events that get features, at most `MOST_EVENTS`, those with known words first."""
    from segmentary.language.event_words import WORDS

    names = sorted(name for name in events if name not in SALES)
    return sorted(names, key=lambda name: (name not in WORDS, name))[:MOST_EVENTS]


def made(name: str, title: str, unit: str, value: Value) -> TraitDefinition:
    return TraitDefinition(name, value, "number", title, unit)


def days(amount: int) -> Duration:
    return Duration(amount, "day")


def measure(event: str, what: Measure, of: str | None = None, during: Window | None = None) -> EventMeasure:
    path = None if of is None else PropertyValue(tuple(of.split(".")))
    return EventMeasure(EventFilter((event,)), what, path, during)


def since(event: str, which: Measure) -> Elapsed:
    return Elapsed(measure(event, which, "happened_at"), "days")


def ratio(above: Value, below: Value) -> Arithmetic:
    return Arithmetic("divide", above, below)


def orders(known: Mapping[str, ValueType], reach: Reach) -> Iterator[TraitDefinition]:
    """Yield what orders tell."""
    count = measure(ORDER_COMPLETED, "count", None, reach.whole)
    if reach.whole is None:
        yield made("orders", "orders so far", "orders", count)
        yield made("days_since_first_order", "days since the first order", "days", since(ORDER_COMPLETED, "first"))
    for length in reach.windows:
        window = Last(days(length))
        title = f"orders in the last {length} days"
        yield made(f"orders_{length}d", title, "orders", measure(ORDER_COMPLETED, "count", None, window))
    if 182 in reach.windows:
        earlier = Between(days(182), days(91))
        title = "orders in the 91 days before the last 91"
        yield made("orders_91d_before", title, "orders", measure(ORDER_COMPLETED, "count", None, earlier))
    last, gap = since(ORDER_COMPLETED, "last"), measure(ORDER_COMPLETED, "median_gap_days")
    yield made("days_since_order", "days since the last order", "days", last)
    yield made("order_gap_days", "usual days between orders", "days", gap)
    yield made("order_gaps_away", "days since the last order per usual gap", "ratio", ratio(last, gap))
    months = measure(ORDER_COMPLETED, "active_months", None, reach.whole)
    yield made("order_months", f"months with an order {reach.ever}", "months", months)
    if "amount" in known:
        yield from spending(known, reach)
    if "channel" in known:
        channels = measure(ORDER_COMPLETED, "distinct", "channel", reach.whole)
        yield made("order_channels", f"different channels ordered through {reach.ever}", "channels", channels)


def spending(known: Mapping[str, ValueType], reach: Reach) -> Iterator[TraitDefinition]:
    """Yield what the money of orders tells."""
    count, spend = measure(ORDER_COMPLETED, "count"), measure(ORDER_COMPLETED, "sum", "amount")
    if reach.whole is None:
        yield made("spend", "spend so far", "money", spend)
    for length in reach.windows:
        window = Last(days(length))
        title = f"spend in the last {length} days"
        yield made(f"spend_{length}d", title, "money", measure(ORDER_COMPLETED, "sum", "amount", window))
    yield made("average_order_spend", "average order", "money per order", ratio(spend, count))
    largest = measure(ORDER_COMPLETED, "max", "amount", reach.whole)
    yield made("largest_order_spend", f"largest order {reach.ever}", "money", largest)
    if known.get("discount") == "number":
        discount = measure(ORDER_COMPLETED, "sum", "discount")
        yield made("discount_share", "discounts per money spent", "ratio", ratio(discount, spend))


def refunds(known: Mapping[str, ValueType], reach: Reach) -> Iterator[TraitDefinition]:
    """Yield what refunds tell."""
    count = measure(ORDER_REFUNDED, "count", None, reach.whole)
    share = ratio(measure(ORDER_REFUNDED, "count"), measure(ORDER_COMPLETED, "count"))
    yield made("refunds", f"refunds {reach.ever}", "refunds", count)
    yield made("refunds_per_order", "refunds per order", "ratio", share)
    if "amount" in known:
        money = measure(ORDER_REFUNDED, "sum", "amount")
        back = Arithmetic("subtract", Constant(Decimal(0)), money)
        bought = measure(ORDER_COMPLETED, "sum", "amount")
        yield made("refund_share", "money refunded per money spent", "ratio", ratio(back, bought))


def breadth(known: Mapping[str, ValueType], reach: Reach) -> Iterator[TraitDefinition]:
    """Yield how widely somebody buys."""
    said = {"category": "categories", "brand": "brands", "product_id": "products"}
    for path, plural in said.items():
        if path in known:
            value = measure(PRODUCT_PURCHASED, "distinct", path, reach.whole)
            yield made(f"{plural}_bought", f"different {plural} bought {reach.ever}", plural, value)
    if "quantity" in known:
        value = measure(PRODUCT_PURCHASED, "sum", "quantity", reach.whole)
        yield made("units_bought", f"units bought {reach.ever}", "units", value)


def counted(
    events: EventFilter, name: str, plural: str, reach: Reach, windows: Sequence[int]
) -> Iterator[TraitDefinition]:
    """Yield how often and how lately some events happened."""
    count = EventMeasure(events, "count")
    if reach.whole is None:
        yield made(f"{name}_count", f"{plural} so far", plural, count)
    for length in windows:
        title = f"{plural} in the last {length} days"
        yield made(f"{name}_{length}d", title, plural, replace(count, during=Last(days(length))))
    last = Elapsed(EventMeasure(events, "last", PropertyValue(("happened_at",))), "days")
    yield made(f"days_since_{name}", f"days since the last of the {plural}", "days", last)


def known_since() -> TraitDefinition:
    """Return the days since the record was made; missing of a record made on the day of the cutoff or later."""
    elapsed = Elapsed(TraitValue("created_at"), "days")
    value = Case(((Compare(elapsed, "gt", Decimal(0)), elapsed),))
    return made("days_known", "days since the customer's record was made", "days", value)


def history_features(rule: Rule, *, reach_days: int | None = None) -> dict[str, TraitDefinition]:
    """Return how often and how lately what a rule asks for happened before: who did it does it again.

    Of each sort of event the rule names (the first three; plain orders have features already): counts in windows and of
    all time, days since the last. As of a moment, like every feature.
    """
    reach = Reach.of(reach_days)
    filters = dict.fromkeys(node for node in walk(rule) if isinstance(node, EventFilter))
    wanted = [one for one in filters if one.where is not None or one.names != (ORDER_COMPLETED,)][:3]
    found: list[TraitDefinition] = []
    for place, events in enumerate(wanted):
        name = "same" if not place else f"same{place + 1}"
        plural = "times of what is predicted" if len(wanted) == 1 else f"times of part {place + 1} of what is predicted"
        found += counted(events, name, plural, reach, reach.windows)
    return {one.name: one for one in found}


# ---------------------------------------------------------------- tables


def typed_features(
    frame: pa.Table, types: Mapping[str, ValueType], titles: Mapping[str, str], *, ids: str = "customer_id"
) -> TypedTable:
    """Return columns of the language as typed columns: numbers, yes/no, texts of at most 50 levels.

    Kinds follow the types alone, so that samples of different moments fit each other; the levels of texts are those of
    most people, in the order of the alphabet.
    """
    columns = []
    for name, kind in types.items():
        title = titles.get(name, "")
        if kind == "number":
            columns.append(Column(name, "numeric", (), title))
        elif kind == "boolean":
            columns.append(Column(name, "binary", ("no", "yes"), title))
        elif kind == "text":
            levels = levels_of(frame.column(name))
            # A text nobody has is a column of nothing: a number that is unknown.
            columns.append(Column(name, "nominal" if levels else "numeric", levels, title))
        else:
            raise DataError(f"{name} is a {kind}: no feature", hint="make a trait of the days since it")
    return coded_as(frame, columns, ids=ids)


def levels_of(told: pa.ChunkedArray) -> tuple[str, ...]:
    counted = pc.value_counts(pc.drop_null(told.combine_chunks())).to_pylist()
    often = sorted(counted, key=lambda one: (-one["counts"], one["values"]))[:MOST_LEVELS]
    return tuple(sorted(str(one["values"]) for one in often))


def pooled(tables: Sequence[TypedTable]) -> TypedTable:
    """Return tables of the same columns below each other; levels are those of any of them.

    Raises
    ------
    DataError
        there is no table, or columns differ.
    """
    if not tables:
        raise DataError("there is no table to pool")
    if any(one.names != tables[0].names for one in tables):
        raise DataError("tables to pool have different columns")
    columns = []
    for place, first in enumerate(tables[0].columns):
        same = [one.columns[place] for one in tables]
        levels = tuple(dict.fromkeys(level for one in same for level in one.levels))
        kind = next((one.kind for one in same if one.kind == "nominal"), first.kind)
        columns.append(
            Column(first.name, kind, tuple(sorted(levels)) if kind == "nominal" else first.levels, first.title)
        )
    parts = [recoded(one, columns) for one in tables]
    weighted = any(one.weights is not None for one in tables)
    weights = np.concatenate([one.weight for one in parts]) if weighted else None
    values = np.concatenate([one.values for one in parts])
    return TypedTable(tuple(columns), values, weights, tuple(name for one in tables for name in one.ids))


def recoded(table: TypedTable, columns: Sequence[Column]) -> TypedTable:
    """Return a table in columns that have all of its levels."""
    empty = [c.name for c, own in zip(columns, table.columns, strict=True) if c.coded and not own.coded]
    own = tuple(wanted if one.name in empty else one for one, wanted in zip(table.columns, columns, strict=True))
    return matched(TypedTable(own, table.values, table.weights, table.ids), columns)[0]


# ---------------------------------------------------------------- definitions kept with a prediction


def with_parts(names: Iterable[str], held: Mapping[str, TraitDefinition]) -> dict[str, TraitDefinition]:
    """Return the definitions of these names, and of what they are made of; names nobody defines are passed over."""
    waiting, found = list(names), dict[str, TraitDefinition]()
    while waiting:
        name = waiting.pop()
        if name in held and name not in found:
            found[name] = held[name]
            waiting += sorted(traits_used(held[name].value))
    return {name: one for name, one in held.items() if name in found}


def definitions_kept(features: Mapping[str, TraitDefinition]) -> dict[str, Any]:
    """Return definitions as JSON values."""
    return {name: to_document(one) for name, one in features.items()}


def definitions_of(documents: Mapping[str, Any]) -> dict[str, TraitDefinition]:
    """Return the definitions that documents describe."""
    return {name: cast("TraitDefinition", parse_document(one)) for name, one in documents.items()}
