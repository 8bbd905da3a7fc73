"""``make bench-scale``: fifty segments and RFM over a hundred million events, each phase in a process of its own.

A phase already measured at the same size is kept; ``--phases`` measures some of them again. Quote ratios of CPU
seconds within one run: machines differ, and so do moments of one machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.scale_chart import draw, growth_sizes
from benchmarks.scale_show import show
from benchmarks.scale_spark import on_spark
from benchmarks.scale_timing import best, floor_queries, timed

HERE = Path(__file__).parent
RESULTS = HERE / "results"
AS_OF = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SHOWN = 10_000_000  # the chart of so many events is the one in the documentation
SAMPLE = ("spent_100_90d", "looked_only_30d", "de_buyers", "web_orders")
Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--events", type=int, default=100_000_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-scale"), help="where the data are kept")
    parser.add_argument("--peers", type=Path, default=Path("build/peers"), help="where requirements/peers.txt is")
    parser.add_argument("--phases", nargs="*", choices=PHASES, default=[])
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.phase:
        found = PHASES[given.phase](given)
        found.setdefault("peak_memory_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(json.dumps(found))
        return
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"scale-{given.customers}-{given.events}.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    results |= {"customers": given.customers, "events": given.events, "cores": os.cpu_count()}
    for name in PHASES:
        if (name in results and name not in given.phases) or (given.phases and name not in given.phases):
            continue
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        words = [f"--{key}={getattr(given, key)}" for key in ("customers", "events", "folder", "peers")]
        command = [sys.executable, "-m", "benchmarks.scale", "--phase", name, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{name} failed:\n{done.stderr}")
        results[name] = json.loads(done.stdout.splitlines()[-1])
        file.write_text(json.dumps(results, indent=2) + "\n")
    show(results)
    if "growth" in results:
        draw(results, HERE.parent / "docs" / "images" if given.events >= SHOWN else given.folder)


# ---------------------------------------------------------------- phases


def generate(given: argparse.Namespace) -> Figures:
    from benchmarks import scale_data

    folder, people = given.folder, given.customers
    return {
        "deliver": timed(lambda: scale_data.deliver(folder, customers=people, events=given.events)),
        "as loaded": timed(lambda: scale_data.warehouse(folder, customers=people, clustered=False)),
        "clustered": timed(lambda: scale_data.warehouse(folder, customers=people, clustered=True)),
        "disk_gb": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9,
    }


@contextmanager
def engine_of(folder: Path, name: str = "warehouse") -> Iterator[Any]:
    from segmentary.engine.duckdb import DuckDB

    engine = DuckDB(folder / f"{name}.duckdb", memory_limit="6GB")
    try:
        yield engine
    finally:
        engine.close()


def floor(given: argparse.Namespace) -> Figures:
    scan, group = floor_queries()
    found = {}
    with engine_of(given.folder) as engine:
        found["scan"] = best(lambda: engine.rows(scan))
        found["group by customer"] = best(lambda: engine.rows(group))
    with engine_of(given.folder, "loaded") as engine:
        found["group by customer, as loaded"] = best(lambda: engine.rows(group), 2)
    return found


def rfm(given: argparse.Namespace) -> Figures:
    """RFM of all events: days since the last, how many, how much; cut points; scores; the size of every name."""
    from sqlglot import exp

    from segmentary.engine.sqlfile import parse_query
    from segmentary.language.inputs import Inputs
    from segmentary.language.plan import Plan
    from segmentary.language.python import define_trait, events
    from segmentary.language.tree import Context
    from segmentary.models.rfm import COLUMNS, RFM
    from segmentary.workspace.pass_over_events import make_activity

    values = {
        "recency": events("any").last_of("happened_at").elapsed(),
        "order_count": events("any").count(),
        "monetary": events("any").sum("amount"),
    }
    traits = {name: define_trait(name, values[measure], "number") for measure, name in COLUMNS.items()}
    everybody = exp.table_("customers")
    inputs = Inputs(everybody, everybody, exp.table_("events"), exp.table_("activity"))
    held: list[Any] = []

    def run() -> None:
        plan = Plan.build(segments={}, traits=traits, given={}, context=Context(AS_OF), lists={})
        make_activity(engine, plan, inputs, "activity")
        engine.create_as("traits", plan.trait_values(inputs), temporary=True)
        columns = {measure: plan.trait_columns[name] for measure, name in COLUMNS.items()}
        model = RFM().fit(engine, exp.table_("traits"), columns)
        engine.create_as("scores", model.score_query(exp.table_("traits"), columns), temporary=True)
        held.append(engine.rows(parse_query("select rfm_segment, count(*) from scores group by all order by all")))

    with engine_of(given.folder) as engine:
        figure = best(run, 2)
    return {"RFM": figure, "sizes": {str(name): size for name, size in held[-1]}}


def peer(name: str) -> Callable[[argparse.Namespace], Figures]:
    def run(given: argparse.Namespace) -> Figures:
        if not (given.peers / name).is_dir():
            print(f"{name} is not in {given.peers}: `make peers` installs it", file=sys.stderr)
            return {"skipped": f"{name} is not installed"}
        command = [sys.executable, str(HERE / "scale_peers.py"), name, str(given.folder)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(given.peers.resolve())},
        )
        if done.returncode != 0:
            return {"skipped": done.stderr.strip().splitlines()[-1]}
        told = json.loads(done.stdout.splitlines()[-1])
        return {"RFM": {key: told.pop(key) for key in ("wall_s", "cpu_s")}, **told}

    return run


def evaluation(engine: Any, segments: dict[str, Any], **given: Any) -> Any:
    from segmentary.language.tree import Context
    from segmentary.workspace.evaluation import evaluate

    words = {"traits": {}, "attributes": {"age": "number", "country": "text"}, "lists": {}} | given
    return evaluate(engine, segments=segments, context=Context(AS_OF), **words)


def heavy() -> dict[str, Any]:
    from benchmarks.rules import fifty_heavy

    return {one.name: one for one in fifty_heavy()}


def sized(engine: Any, segments: dict[str, Any], **given: Any) -> dict[str, int]:
    from segmentary.workspace.evaluation import counts

    return counts(engine, evaluation(engine, segments, **given))


@contextmanager
def unpacked() -> Iterator[None]:
    """Let the pass be made of FILTER columns."""
    from segmentary.workspace import pass_over_events

    before, pass_over_events.IN_ORDER = pass_over_events.IN_ORDER, frozenset()
    try:
        yield
    finally:
        pass_over_events.IN_ORDER = before


def packed(given: argparse.Namespace) -> Figures:
    segments = heavy()
    held: list[Any] = []
    steps: list[tuple[str, float, float]] = []

    def note(step: str) -> None:
        steps.append((step, time.perf_counter(), time.process_time()))

    def run() -> None:
        steps.clear()
        held.append(sized(engine, segments, tell=note))
        note("end")

    with engine_of(given.folder) as engine:
        figure = best(run, 2)
    parts = {a: {"wall_s": w2 - w1, "cpu_s": c2 - c1} for (a, w1, c1), (_, w2, c2) in itertools.pairwise(steps)}
    return {"50 segments, packed": figure, "steps": parts, "sizes": held[-1]}


def filtered(given: argparse.Namespace) -> Figures:
    segments, held = heavy(), []
    with engine_of(given.folder) as engine, unpacked():
        figure = timed(lambda: held.append(sized(engine, segments)))
    return {"50 segments, one FILTER each": figure, "sizes": held[-1]}


def each(layout: str) -> Callable[[argparse.Namespace], Figures]:
    def run(given: argparse.Namespace) -> Figures:
        segments, sizes = heavy(), {}
        with engine_of(given.folder, layout) as engine, unpacked():

            def one(name: str) -> None:
                used = {"age": "number"} if "age" in repr(segments[name]) else {}
                used |= {"country": "text"} if "country" in repr(segments[name]) else {}
                sizes.update(sized(engine, {name: segments[name]}, attributes=used))

            def several() -> None:
                for name in SAMPLE:
                    one(name)

            figure = timed(several)
        estimate = {key: value * len(segments) / len(SAMPLE) for key, value in figure.items()}
        return {"one query per segment": estimate, "measured": figure, "of": len(SAMPLE), "sizes": sizes}

    return run


def marginal(given: argparse.Namespace) -> Figures:
    """The cost of one segment more, made of aggregates that are there: fifty-one columns against fifty."""
    from sqlglot import exp

    import segmentary as sg
    from segmentary.language.inputs import Inputs
    from segmentary.language.plan import Given, Plan
    from segmentary.language.tree import Context

    rule = (sg.events("order_completed").last("90d").count() >= 3) & (sg.trait("age") >= 50)
    more = heavy() | {"one_more": sg.define_segment("one_more", rule)}
    with engine_of(given.folder) as engine:
        held = evaluation(engine, more)
        place = {name: Given(one.column, one.type) for name, one in held.given.items()}
        plan = Plan.build(segments=more, traits={}, given=place, context=Context(AS_OF), lists={})
        tables = {name: exp.table_(f"now_{name}", quoted=True) for name in ("universe", "scored", "activity", "traits")}
        inputs = Inputs(
            tables["universe"], tables["scored"], exp.table_("events"), tables["activity"], tables["traits"]
        )
        columns = list(plan.segment_columns.values())

        def flags(wanted: list[str]) -> None:
            engine.create_as("measured", plan.layers.query(wanted, inputs), temporary=True)

        pairs = [(timed(lambda: flags(columns[:-1])), timed(lambda: flags(columns))) for _ in range(5)]
    extra = sorted(after["cpu_s"] - before["cpu_s"] for before, after in pairs)[2]
    wall = sorted(after["wall_s"] - before["wall_s"] for before, after in pairs)[2]
    return {"51st segment": {"wall_s": wall, "cpu_s": extra}, "50 segments, flags only": pairs[-1][0]}


def daily(given: argparse.Namespace) -> Figures:
    """A day of history: masks of which two in a hundred change, compared and logged."""
    from segmentary.engine.sqlfile import parse_query
    from segmentary.segments.membership import changes_query
    from segmentary.workspace.runs import write_changes

    positions = {f"s{i}": i for i in range(50)}
    mask = "((hash(customer_id) & 1125899906842623))::bigint"
    with engine_of(given.folder) as engine:
        engine.create_as("mask_before", parse_query(f"select customer_id, {mask} as mask0 from customers"))
        engine.create_as(
            "mask_after",
            parse_query(
                "select customer_id, case when hash(customer_id || 'x') % 50 = 0 "
                "then xor(mask0, 1::bigint << (hash(customer_id || 'y') % 50)::int) else mask0 end as mask0 "
                "from mask_before"
            ),
        )
        engine.checkpoint()
        query = changes_query(before="mask_before", after="mask_after", positions=positions, masks_before=1)
        stamped = parse_query(
            "select 1::bigint as run_id, c.*, timestamp '2026-01-01' as valid_at, "
            "timestamp '2026-01-01' as detected_at, "
            "repeat('0123456789abcdef', 4) as version, 'event' as reason from changed as c"
        ).with_("changed", query)
        figure = timed(lambda: engine.create_as("day", stamped))
        engine.checkpoint()
        rows = engine.count("day")
        blocks = engine.value(
            parse_query("select count(distinct block_id) from pragma_storage_info('day') where persistent")
        )
        size = blocks * 262_144
        file = given.folder / "day.parquet"
        write_changes(engine, parse_query("select * from day order by segment, customer_id"), file)
        archived = file.stat().st_size
        for name in ("day", "mask_before", "mask_after"):
            engine.drop(name)
    return {
        "one day of history": figure,
        "rows": rows,
        "megabytes in the archive": archived / 1e6,
        "megabytes in the warehouse, in whole blocks": size / 1e6,
    }


def lookups(given: argparse.Namespace) -> Figures:
    """One customer's events and membership, a thousand customers one after the other."""
    import random

    from segmentary.engine.sqlfile import parse_query

    rng = random.Random(3)
    ids = [f"c{int(given.customers * rng.random() ** 2.5):08d}" for _ in range(500)]
    with engine_of(given.folder) as engine:
        mask = "select customer_id, (hash(customer_id) & 1125899906842623)::bigint as mask0 from customers order by 1"
        engine.create_as("membership", parse_query(mask))
        one = "select name, happened_at, amount from events where customer_id = ? order by happened_at desc limit 20"
        cursor = engine.connection.cursor()
        cursor.execute("use warehouse")

        def point() -> None:
            for name in ids:
                cursor.execute("select mask0 from membership where customer_id = ?", [name]).fetchall()

        def recent() -> None:
            for name in ids:
                cursor.execute(one, [name]).fetchall()

        found = {"500 memberships": best(point), "500 times the last twenty events": best(recent)}
        engine.drop("membership")
    rate = {f"{name}, per second": len(ids) / figure["wall_s"] for name, figure in found.items()}
    return {**found, **rate}


def preview(given: argparse.Namespace) -> Figures:
    """How many would it be: a definition that counts, and one about the order of events, on its own data."""
    import segmentary as sg
    from benchmarks import scale_data
    from segmentary.language.expressions_patterns import sequence as in_order
    from segmentary.language.expressions_patterns import step

    folder = given.folder / "preview"
    people, events = max(given.customers // 10, 1), max(given.events // 2, 1)
    if not (folder / "warehouse.duckdb").exists():
        scale_data.deliver(folder, customers=people, events=events)
        scale_data.warehouse(folder, customers=people, clustered=True)
        shutil.rmtree(folder / "deliveries")
    counting = sg.define_segment("counting", sg.events("order_completed").last("90d").count() >= 3)
    bought = step("order_completed").within("7d").without("support_chat_started")
    sequence = sg.define_segment("sequence", in_order(step("product_viewed"), bought))
    with engine_of(folder) as engine:
        return {
            "customers": people,
            "events": events,
            "preview, counting": best(lambda: sized(engine, {"counting": counting}, attributes={}), 2),
            "preview, sequence": best(lambda: sized(engine, {"sequence": sequence}, attributes={}), 2),
        }


def growth(given: argparse.Namespace) -> Figures:
    """The same at smaller sizes, for the chart."""
    from benchmarks import scale_data

    found = []
    _, group = floor_queries()
    segments = heavy()
    for customers, events in growth_sizes(given.customers, given.events):
        folder = given.folder / f"growth-{events}"
        if events == given.events:
            folder = given.folder
        elif not (folder / "warehouse.duckdb").exists():
            scale_data.deliver(folder, customers=customers, events=events)
            scale_data.warehouse(folder, customers=customers, clustered=True)
        with engine_of(folder) as engine:
            floor_here = best(lambda: engine.rows(group))
            fifty = best(lambda: sized(engine, segments), 2)
        found.append({"customers": customers, "events": events, "group by customer": floor_here, "50 segments": fifty})
    return {"points": found}


PHASES: dict[str, Callable[[argparse.Namespace], Figures]] = {
    "generate": generate,
    "floor": floor,
    "rfm": rfm,
    "polars": peer("polars"),
    "chdb": peer("chdb"),
    "packed": packed,
    "filter": filtered,
    "each": each("warehouse"),
    "each-loaded": each("loaded"),
    "marginal": marginal,
    "history": daily,
    "lookups": lookups,
    "preview": preview,
    "growth": growth,
    "spark": on_spark,
}


if __name__ == "__main__":
    main()
