"""A small shop, the same on every machine: 600 customers, three countries, RFM scores, nine segments."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.language.tree import Context
from segmentary.models.rfm import RFM
from segmentary.profiles.catalog import Trait
from segmentary.report.data import Change, ReportData, SegmentChange, SegmentInput, gather
from segmentary.report.figures import MoneyTotal, QualityFinding, QualitySource
from segmentary.schema import EVENTS
from segmentary.settings import Settings

AS_OF = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
HOSTILE = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = "=cmd|' /C calc'!A0"
RULES = {
    "big": "monetary >= 400",
    "small": "monetary < 400",
    "recent": "recency <= 60",
    "handful": "customer_id in ('c1', 'c2', 'c3', 'c4', 'c5')",
    "all_but_few": "customer_id not in ('c7', 'c8', 'c9')",
    "empty": "false",
    "champions": "rfm_segment = 'champion'",
    "newsletter": "newsletter",
    "hostile": "order_count >= 3",
}
SEGMENTS = tuple(
    SegmentInput(
        name,
        HOSTILE if name == "hostile" else FORMULA if name == "newsletter" else name.replace("_", " ").capitalize(),
        HOSTILE,
        f"{HOSTILE} {rule}",
        "value",
        frozenset({"monetary"} if name in ("big", "small") else ()),
    )
    for name, rule in RULES.items()
)
TRAITS = (
    Trait("recency", "Days since last order", "number", "days", "behavioural", kind="computed", fill_rate=1.0),
    Trait("order_count", "Orders", "number", "orders", "behavioural", kind="computed", fill_rate=1.0),
    Trait("monetary", HOSTILE, "number", "money", "value", kind="computed", fill_rate=1.0, description=FORMULA),
    Trait("country", "Country", "text", "", "geographic"),
    Trait("newsletter", "Reads the newsletter", "boolean"),
    Trait("email", "E-mail", "text", "", "demographic", sensitivity="identifier"),
    Trait("favourite_hour", "Favourite hour", "number", "hour of the day"),
    Trait("rfm_segment", "RFM segment", "text", kind="model"),
)


def shop(customers: int = 600) -> DuckDB:
    engine = DuckDB(threads=1)
    engine.create(EVENTS)
    chance = random.Random(5)
    people, events = [], []
    for i in range(customers):
        newsletter = chance.random() < 0.3
        orders = 1 + int(chance.expovariate(0.6)) + (2 if newsletter else 0)
        country = "Ruritania" if i % 97 == 0 else chance.choice(["Freedonia", "Freedonia", "Grand Fenwick"])
        people.append((f"c{i}", country if i % 50 else None, newsletter))
        for _ in range(orders):
            at = dt.datetime(2026, 3, 8, 12) - dt.timedelta(days=int(chance.expovariate(1 / 120)))
            events.append((f"c{i}", "order_completed", at, Decimal(chance.randrange(500, 20_000)) / 100))
        if i % 20 == 0:
            events.append((f"c{i}", "order_refunded", dt.datetime(2026, 3, 1), Decimal("-5.00")))
    columns = list(zip(*events, strict=True)) if events else [[], [], [], []]
    engine.ingest(
        "arrived",
        pa.table(
            {
                "customer_id": pa.array(columns[0], pa.string()),
                "name": pa.array(columns[1], pa.string()),
                "happened_at": pa.array(columns[2], pa.timestamp("us")),
                "amount": pa.array(columns[3], pa.decimal128(18, 4)),
            }
        ),
    )
    engine.run("insert into events (customer_id, name, happened_at, amount) select * from arrived")
    who = list(zip(*people, strict=True)) if people else [[], [], []]
    engine.ingest(
        "profile",
        pa.table(
            {
                "customer_id": pa.array(who[0], pa.string()),
                "country": pa.array(who[1], pa.string()),
                "newsletter": pa.array(who[2], pa.bool_()),
                "email": pa.array([f"{c}@example.org" for c in who[0]], pa.string()),
            }
        ),
    )
    engine.run(
        "create table plain as select customer_id, "
        "date_diff('day', max(happened_at), timestamp '2026-03-10') as recency, count(*) as order_count, "
        "sum(amount) as monetary, 12 as favourite_hour from events "
        "where name = 'order_completed' group by all"
    )
    plain = exp.table_("plain")
    engine.create_as("scores", RFM().fit(engine, plain).score_query(plain))
    engine.run("create table traits as from plain join scores using (customer_id)")
    return engine


def flags(engine: DuckDB) -> exp.Query:
    columns = ", ".join(f'coalesce({rule}, false) as "{name}"' for name, rule in RULES.items())
    engine.run(
        f"create or replace table shop_flags as select customer_id, {columns} "
        "from profile left join traits using (customer_id)"
    )
    return exp.select("*").from_("shop_flags")


class Quality:
    """What the quality account looks like from here."""

    sources = (QualitySource("orders", "order_lines", 10, 8, 1, 1, {}, (QualityFinding("warning", HOSTILE, 3, 0.3),)),)
    money = (MoneyTotal("Gross", "identified customers, before refunds", Decimal("123.45"), 8),)


def report(engine: DuckDB, *, suppress_below: int = 11) -> ReportData:
    return gather(
        engine,
        context=Context(as_of=AS_OF, timezone="Europe/Paris"),
        settings=Settings(suppress_below=suppress_below),
        flags=flags(engine),
        segments=SEGMENTS,
        traits=TRAITS,
        quality=Quality(),
        changes=Change(
            AS_OF - dt.timedelta(days=7),
            (SegmentChange("big", {"event": 40, "late_data": 3}, {"ageing": 2}), SegmentChange("small", {}, {})),
        ),
        rfm_cuts={"recency": ["10", "20"], "order_count": ["1"], "monetary": ["9.5"]},
        title=HOSTILE,
    )


@pytest.fixture(scope="session")
def engine() -> DuckDB:
    return shop()


@pytest.fixture(scope="session")
def data(engine: DuckDB) -> ReportData:
    return report(engine)
