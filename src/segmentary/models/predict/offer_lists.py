"""Lists of offers inside the engine: counts of who bought what, what is bought by the same people, ranks.

Everything is a count of customers and things; no row of a person leaves the engine before it is an offer.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.language.tree import Context
from segmentary.language.windows import local_day, zone_of
from segmentary.models.assign.sql import double
from segmentary.schema import PRODUCT_PURCHASED, PRODUCT_RETURNED

AgainMethod: TypeAlias = Literal["frequency", "recency", "popularity"]
FreshMethod: TypeAlias = Literal["near", "popular"]
Level: TypeAlias = Literal["category", "product_id", "brand"]
HALF_LIFE_DAYS = 180
PRIOR = 2.0
"""Times everybody's share that is added to how often somebody bought: settles ties by what is bought most."""
NEIGHBOURS = 300
SAMPLE = 20_000
"""Customers of whom it is counted what is bought together, the first by a hash of their ids."""
BASKET = 100
"""Of each customer the things bought most often, from which to look for near ones."""
MOST_ITEMS = 2_000
"""Things most customers bought, among which those bought by the same people are looked for."""
CANDIDATES = 300
"""Things most customers bought that are offered by popularity."""


@dataclass(frozen=True)
class OfferBook:
    """Where the counts of one moment stand in the engine: temporary tables whose names begin with `prefix`.

    until : purchases before it count. least : customers a thing needs. most : offers per customer and list.
    once : things nobody buys twice, not to be offered again; never : things not to be offered at all.
    """

    engine: Engine
    events: exp.Table
    context: Context
    level: Level
    prefix: str
    least: int
    most: int
    once: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    made: list[str] = field(default_factory=list)

    def at(self, moment: dt.datetime, prefix: str) -> OfferBook:
        """Return the book of an earlier moment, with tables of its own."""
        return replace(self, context=replace(self.context, as_of=moment), prefix=prefix, made=[])

    @property
    def item(self) -> exp.Expr:
        """The column of events that says what was bought."""
        return exp.cast(exp.column(self.level, table="events", quoted=True), "varchar")

    def table(self, part: str) -> exp.Table:
        """Return one of its tables."""
        return exp.table_(f"{self.prefix}_{part}", quoted=True)

    def keep(self, part: str, made: exp.Query) -> int:
        """Make one of its tables."""
        self.made.append(f"{self.prefix}_{part}")
        return self.engine.create_as(f"{self.prefix}_{part}", made, temporary=True)

    def sql(self, name: str, **given: object) -> exp.Query:
        """Return a query of this room, bound."""
        return query(Path(__file__).with_name(f"offer_{name}.sql"), **given)

    def close(self) -> None:
        """Drop its tables."""
        for name in self.made:
            self.engine.drop(name)
        self.made.clear()

    # ------------------------------------------------------------ counts

    def count(self) -> int:
        """Count who bought what before the moment, and things themselves; return the number of things."""
        counted = self.keep(
            "counts",
            self.sql(
                "counts",
                events=self.events,
                item=self.item,
                zone=self.context.timezone,
                today=local_day(self.context.as_of, zone_of(self.context, None)),
                purchased=PRODUCT_PURCHASED,
                until=self.context.as_of,
                known_at=self.context.known_at,
                rate=double(-math.log(2) / HALF_LIFE_DAYS),
            ),
        )
        if not counted:
            return 0
        found = self.keep("items", self.sql("items", counts=self.table("counts")))
        self.keep("returned", self.returned())
        self.texts("once", self.once | self.never)
        self.texts("never", self.never)
        return found

    def returned(self) -> exp.Query:
        """Return a query of what customers brought back; nothing of whole categories or brands."""
        if self.level != "product_id":
            return exp.select("customer_id", "item").from_(self.table("counts")).where(exp.false())
        return self.sql(
            "returned",
            events=self.events,
            item=self.item,
            purchased=PRODUCT_PURCHASED,
            returned=PRODUCT_RETURNED,
            until=self.context.as_of,
            known_at=self.context.known_at,
        )

    def texts(self, part: str, values: Collection[str]) -> None:
        """Keep a list of things."""
        import pyarrow as pa

        name = f"{self.prefix}_{part}"
        self.made.append(name)
        self.engine.ingest(name, pa.table({"item": pa.array(sorted(values), pa.string())}))

    # ------------------------------------------------------------ lists

    def again(self, method: AgainMethod) -> exp.Query:
        """Return the list of what to buy again; `popularity` is the plain rival: the same for everybody."""
        if method == "popularity":
            return self.sql("popular_any", counts=self.table("counts"), items=self.table("items"), most=self.most)
        column = exp.column("times" if method == "frequency" else "weight", table="counts", quoted=True)
        return self.sql(
            "again",
            counts=self.table("counts"),
            items=self.table("items"),
            returned=self.table("returned"),
            once=self.table("once"),
            score=exp.cast(column, "double"),
            prior=double(PRIOR),
            least=self.least,
            most=self.most,
        )

    def near(self) -> int:
        """Find which things are bought by the same customers of a sample; return the number of pairs."""
        key = exp.column("customer_id", quoted=True)
        digest = exp.Anonymous(this="sha256", expressions=[key.copy()])
        everybody = exp.select(key).distinct().from_(self.table("counts")).subquery("everybody")
        self.keep("sample", exp.select(key.copy()).from_(everybody).order_by(digest, key.copy()).limit(SAMPLE))
        return self.keep(
            "near",
            self.sql(
                "near",
                counts=self.table("counts"),
                sample=self.table("sample"),
                items=self.table("items"),
                least=self.least,
                most=MOST_ITEMS,
                neighbours=NEIGHBOURS,
            ),
        )

    def fresh(self, method: FreshMethod) -> exp.Query:
        """Return the list of what to discover."""
        if method == "near":
            return self.sql(
                "near_ones",
                counts=self.table("counts"),
                near=self.table("near"),
                never=self.table("never"),
                basket=BASKET,
                most=self.most,
            )
        return self.sql(
            "popular",
            counts=self.table("counts"),
            items=self.table("items"),
            never=self.table("never"),
            candidates=CANDIDATES,
            least=self.least,
            most=self.most,
        )

    def rows(self, name: str, **given: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query of this room."""
        return self.engine.rows(self.sql(name, **given))
