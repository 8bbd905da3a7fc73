"""``python -m benchmarks.preview``: how long a new count takes in the builder, over HTTP, beside SQL written by hand.

The kinds of rules people click, each with nothing of it computed before (``new``: the memory of columns is emptied, as
after a load, but for who the people are) and with one number changed (``edited``). The server is in this process, so
that CPU seconds are all there is; ``engine`` is the share of the answer's time spent in the warehouse. The peer is the
same question in SQL written for these tables, on the same data. Quote CPU seconds and ratios within a run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import segmentary as sg
from benchmarks import scale_data
from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query

RESULTS = Path(__file__).parent / "results"
AS_OF = "2026-01-01"
UNTIL = "timestamp '2026-01-01'"
Rule = dict[str, Any]


def event(name: str, days: int, **more: Any) -> Rule:
    return {"event": name, "during": {"last": f"{days}d"}, **more}


def counted(name: str, days: int, test: str, n: int, **more: Any) -> Rule:
    return event(name, days, count={test: n}, **more)


def by_hand(aggregates: dict[str, str], having: str, where: str = "", traits: str = "") -> str:
    """Return a count of customers by aggregates of their events, in one pass; `traits` joins what they are."""
    columns = ", ".join(f"{of} as {name}" for name, of in aggregates.items())
    return (
        f"select count(*) from (select customer_id, {columns} from events where happened_at < {UNTIL} {where} "
        f"group by customer_id) as a {traits} where {having}"
    )


def since(days: int) -> str:
    return f"happened_at >= {UNTIL} - interval {days} day"


def number(name: str, days: int, more: str = "") -> str:
    return f"count(*) filter (where name = '{name}' and {since(days)} {more})"


ORDERS = "order_completed"
COUNTRY = (
    "join (select customer_id as who, value from customer_attributes where name = 'country') as c on who = customer_id"
)
AGE = (
    "join (select customer_id as whose, try_cast(value as int) as age from customer_attributes "
    "where name = 'age') as g on whose = customer_id"
)
WEB = {"where": {"property": "channel", "is": "web"}}
TWO_NAMES = "and name in ('order_completed', 'product_viewed')"
THREE_NAMES = "and name in ('order_completed', 'product_viewed', 'email_opened')"
WEB_TWO = "and name in ('order_completed', 'email_clicked')"
FIVE_NAMES = "and name in ('order_completed', 'product_viewed', 'email_opened', 'login')"


def questions(n: int) -> dict[str, tuple[Rule, str]]:
    """Return rules and the same in SQL; `n` changes one number in each."""
    sums = f"coalesce(sum(amount) filter (where name = '{ORDERS}' and {since(365)}), 0)"
    web = number(ORDERS, 60, "and channel = 'web'")
    clicked, viewed, opened = (
        number(name, days) for name, days in (("email_clicked", 30), ("product_viewed", 180), ("email_opened", 30))
    )
    return {
        "a number": (
            {"trait": "age", "lt": 40 + n},
            f"select count(*) from customer_attributes where name = 'age' and try_cast(value as int) < {40 + n}",
        ),
        "a word": (
            {"trait": "country", "in": ["DE", "FR", "GB"][: 1 + n % 3]},
            (
                "select count(*) from customer_attributes where name = 'country' and value in "
                f"({', '.join(repr(one) for one in ['DE', 'FR', 'GB'][: 1 + n % 3])})"
            ),
        ),
        "a count": (
            counted(ORDERS, 90, "gte", 1 + n),
            by_hand({"n": "count(*)"}, f"n >= {1 + n}", f"and name = '{ORDERS}' and {since(90)}"),
        ),
        "a sum": (
            event(ORDERS, 365, sum={"of": "amount", "gte": 100 + n}),
            by_hand({"s": "sum(amount)"}, f"s >= {100 + n}", f"and name = '{ORDERS}' and {since(365)}"),
        ),
        "did, where; did not": (
            {"all": [counted(ORDERS, 60, "gte", 1 + n, **WEB), counted("email_clicked", 30, "lte", 0)]},
            by_hand({"w": web, "c": clicked}, f"w >= {1 + n} and c = 0", WEB_TWO),
        ),
        "three": (
            {
                "all": [
                    {"trait": "age", "gte": 30},
                    counted(ORDERS, 90, "gte", 1 + n),
                    counted("product_viewed", 30, "gte", 2),
                ]
            },
            by_hand(
                {"o": number(ORDERS, 90), "v": number("product_viewed", 30)},
                f"o >= {1 + n} and v >= 2 and age >= 30",
                TWO_NAMES,
                AGE,
            ),
        ),
        "four": (
            {
                "all": [
                    {"trait": "country", "in": ["DE", "FR"]},
                    event(ORDERS, 365, sum={"of": "amount", "gte": 100 + n}),
                    counted("product_viewed", 180, "gte", 5),
                    counted("email_opened", 30, "lte", 0),
                ]
            },
            by_hand(
                {"s": sums, "v": viewed, "m": opened},
                f"s >= {100 + n} and v >= 5 and m = 0 and value in ('DE', 'FR')",
                THREE_NAMES,
                COUNTRY,
            ),
        ),
        "six": (
            {
                "all": [
                    {"trait": "country", "in": ["DE", "FR"]},
                    {"trait": "age", "gte": 30},
                    counted(ORDERS, 90, "gte", 1 + n),
                    event(ORDERS, 365, sum={"of": "amount", "gte": 100}),
                    {"any": [counted("product_viewed", 180, "gte", 5), counted("login", 30, "gte", 1)]},
                    counted("email_opened", 30, "lte", 0),
                ]
            },
            by_hand(
                {"o": number(ORDERS, 90), "s": sums, "v": viewed, "l": number("login", 30), "m": opened},
                f"o >= {1 + n} and s >= 100 and (v >= 5 or l >= 1) and m = 0 and value in ('DE', 'FR') and age >= 30",
                FIVE_NAMES,
                f"{COUNTRY} {AGE}",
            ),
        ),
    }


def workspace(folder: Path, customers: int, events: int) -> sg.Workspace:
    """Return a workspace on generated data, never run; a folder made before is used again."""
    place = folder / f"{customers}-{events}"
    if not place.exists():
        scale_data.deliver(folder, customers=customers, events=events)
        scale_data.warehouse(folder, customers=customers, clustered=True)
        shutil.rmtree(folder / "deliveries")
        sg.init(place).close()
        os.replace(folder / "warehouse.duckdb", place / "warehouse.duckdb")
        engine = DuckDB(place / "warehouse.duckdb")
        # Nothing was loaded: the tables stand as if they had been derived.
        engine.create_as("derived_state", parse_query("select 0::bigint as loads"))
        engine.close()
    return sg.open(place)


def emptied(one: sg.Workspace) -> None:
    """Forget every column but who the customers are."""
    memory = one.columns
    with memory.lock:
        for key in list(memory.held):
            if key != "everybody" and key[0] != "population":
                memory.bytes -= memory.held.pop(key)[1]


def timed(ask: Callable[[], Any]) -> tuple[Any, float, float]:
    began, spent = time.perf_counter(), time.process_time()
    found = ask()
    return found, time.perf_counter() - began, time.process_time() - spent


def measured(one: sg.Workspace, client: Any, repeats: int) -> dict[str, Any]:
    """Return medians per question, in seconds."""

    def ask(rule: Rule) -> Any:
        document = {"segment": "looked_at", "where": rule}
        answer = client.post("/api/v1/segments/preview", json={"document": document, "as_of": AS_OF})
        answer.raise_for_status()
        return answer.json()

    ask({"trait": "age", "lt": 1})
    raw = one.engine.beside().connection
    results: dict[str, Any] = {}
    for name in questions(0):
        rows: dict[str, list[tuple[float, float, float]]] = {"new": [], "edited": [], "by hand": []}
        for n in range(repeats):
            rule, sql = questions(n)[name]
            emptied(one)
            found, wall, cpu = timed(lambda rule=rule: ask(rule))
            rows["new"].append((wall, cpu, found["engine_seconds"] / wall))
            other, _ = questions(n + repeats)[name]
            edited, wall, cpu = timed(lambda other=other: ask(other))
            rows["edited"].append((wall, cpu, edited["engine_seconds"] / wall))
            hand, wall, cpu = timed(lambda sql=sql: raw.execute(sql).fetchall()[0][0])
            rows["by hand"].append((wall, cpu, 1.0))
            assert hand == found["people"], (name, hand, found["people"])
        results[name] = {"people": found["people"]}
        for way, seen in rows.items():
            wall, cpu, share = (statistics.median(one[i] for one in seen) for i in range(3))
            results[name][way] = {"seconds": round(wall, 3), "cpu": round(cpu, 3), "engine": round(share, 2)}
        print(name, json.dumps(results[name]), file=sys.stderr, flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.preview", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-preview"), help="where the data are kept")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sizes", nargs="*", default=["200000:5000000", "1000000:50000000"], metavar="PEOPLE:EVENTS")
    given = parser.parse_args()
    from tests.interfaces.site import served

    results: dict[str, Any] = {"cores": os.cpu_count()}
    given.folder.mkdir(parents=True, exist_ok=True)
    for size in given.sizes:
        customers, events = map(int, size.split(":"))
        with (
            workspace(given.folder, customers, events) as one,
            served(one) as site,
            site.client("admin") as client,
        ):
            client.timeout = 600
            results[size] = measured(one, client, given.repeats)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "preview.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
