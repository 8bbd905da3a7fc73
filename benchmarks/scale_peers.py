"""RFM over the deliveries by other engines, run with their own packages on the path: ``polars`` and ``chdb``.

Scores come from quantile cuts with ``>``, as `segmentary.models.rfm` makes them; printed are the sizes of the scores.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

QUINTILES = (0.2, 0.4, 0.6, 0.8)


def polars_rfm(folder: Path) -> list[list[int]]:
    import datetime as dt

    import polars as pl

    events = pl.scan_parquet(str(folder / "deliveries" / "*.parquet"))
    grouped = events.group_by("customer_id").agg(
        pl.col("happened_at").max().alias("last"), pl.len().alias("orders"), pl.col("amount").sum().alias("money")
    )
    table = grouped.collect(engine="streaming")
    table = table.with_columns((dt.datetime(2026, 1, 1) - pl.col("last")).dt.total_days().alias("recency"))  # noqa: DTZ001
    scores = []
    for name in ("recency", "orders", "money"):
        cuts = [table[name].cast(pl.Float64).quantile(q, interpolation="lower") for q in QUINTILES]
        scores.append(sum(((pl.col(name) > cut).cast(pl.Int8) for cut in cuts), start=pl.lit(0)).alias(f"{name}_score"))
    scored = table.select(scores)
    return [scored[name].value_counts(sort=True)["count"].to_list() for name in scored.columns]


def chdb_rfm(folder: Path) -> list[list[int]]:
    import shutil

    from chdb import session

    place = folder / "chdb"
    shutil.rmtree(place, ignore_errors=True)
    with session.Session(str(place)) as server:
        server.query("create database shop engine = Atomic")
        server.query(
            "create table shop.events (customer_id String, name LowCardinality(String), happened_at DateTime64(6), "
            "amount Nullable(Decimal(18, 2))) engine = MergeTree order by tuple()"
        )
        files = folder / "deliveries" / "*.parquet"
        server.query(
            f"insert into shop.events select customer_id, name, happened_at, amount from file('{files}', Parquet)"
        )
        wall, cpu = time.perf_counter(), time.process_time()
        server.query(
            "create table shop.facts engine = Memory as select customer_id, "
            "dateDiff('day', max(happened_at), toDateTime64('2026-01-01 00:00:00', 6)) as recency, "
            "count() as orders, sum(assumeNotNull(amount)) as money from shop.events "
            "group by customer_id"
        )
        found = []
        for name in ("recency", "orders", "money"):
            # The discrete quantile; cuts once, then one score per customer.
            cuts = f"(select quantilesExactLow(0.2, 0.4, 0.6, 0.8)({name}) from shop.facts)"
            sizes = server.query(
                f"with {cuts} as cuts select arraySum(cut -> {name} > cut, cuts) as score, count() as size "
                "from shop.facts group by score order by size desc",
                "CSV",
            )
            found.append([int(line.split(",")[1]) for line in str(sizes).strip().splitlines()])
        STEP.update(wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu)
    shutil.rmtree(place, ignore_errors=True)
    return found


STEP: dict[str, float] = {}


def main() -> None:
    import resource

    peer, folder = sys.argv[1], Path(sys.argv[2])
    wall, cpu = time.perf_counter(), time.process_time()
    sizes = {"polars": polars_rfm, "chdb": chdb_rfm}[peer](folder)
    step: dict[str, Any] = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu, **STEP}
    step["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**step, "sizes": sizes}), flush=True)
    # Some engines are slow to let go of what the process is about to lose anyway.
    os._exit(0)


if __name__ == "__main__":
    main()
