"""The packed pass gives what the plain one gives, and steps aside where it could not."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp
from tests.language.strategies import LISTS
from tests.language.test_agreement import drawn
from tests.language.warehouse import TABLES, Warehouse

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query
from segmentary.language.inputs import Inputs
from segmentary.language.kinds import natural
from segmentary.language.plan import Plan
from segmentary.language.tree import (
    All,
    AnyOf,
    Between,
    Compare,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    Not,
    PropertyValue,
    SegmentDefinition,
    SinceEvent,
    TraitDefinition,
    Value,
    Window,
)
from segmentary.schema import EVENTS
from segmentary.workspace.pass_over_events import make_activity, make_packed

NOW = Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "Europe/Berlin")
NAMES = ("order_completed", "product_viewed", "login")
WINDOWS: tuple[Window | None, ...] = (
    None,
    Last(Duration(7, "day")),
    Last(Duration(90, "day")),
    Between(Duration(60, "day"), Duration(30, "day")),
)
INPUTS = Inputs(**{name: exp.table_(name, quoted=True) for name in TABLES})  # type: ignore[arg-type]
Row = tuple[str, str, dt.datetime, Decimal | None, str | None]


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    found = DuckDB()
    yield found
    found.close()


def fill(engine: DuckDB, rows: Sequence[Row], *, order: bool) -> None:
    """Put events and everybody into tables."""
    columns = [list(one) for one in zip(*rows, strict=True)] if rows else [[] for _ in range(5)]
    kinds = (pa.string(), pa.string(), pa.timestamp("us"), pa.decimal128(18, 4), pa.string())
    names = ("customer_id", "name", "happened_at", "amount", "channel")
    given = {n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)}
    others = [one for one in EVENTS.columns if one.name not in given]
    types = {"text": pa.string(), "integer": pa.int64(), "decimal": pa.decimal128(18, 4), "instant": pa.timestamp("us")}
    given |= {one.name: pa.nulls(len(rows), types.get(one.type, pa.string())) for one in others}
    engine.ingest("arrived", pa.table(given))
    order_by = ("customer_id", "happened_at") if order else ()
    engine.create_as("events", exp.select("*").from_("arrived"), temporary=True, order_by=order_by)
    ids = sorted({row[0] for row in rows} | {"nobody"})
    engine.ingest("universe", pa.table({"customer_id": pa.array(ids, pa.string())}))


def happenings(seed: int, count: int, people: int) -> Sequence[Row]:
    rng = random.Random(seed)
    now = dt.datetime(2026, 3, 1)
    ids = ["", "a", "ä", "c\u0142", *(f"c{i:04d}" for i in range(people))]
    found: list[Row] = []
    for _ in range(count):
        at = now + dt.timedelta(
            days=-rng.randrange(-3, 120), hours=rng.choice((0, 0, 5)), microseconds=rng.choice((0, 1))
        )
        amount = rng.choice((None, Decimal("0.0001"), Decimal("-3.5"), Decimal(rng.randrange(10**6)) / 100))
        found.append((rng.choice(ids), rng.choice((*NAMES, "other")), at, amount, rng.choice((None, "web", "app", ""))))
    return found


def values() -> list[Value]:
    """Every measure in every window, of some filters."""
    channel = PropertyValue(("channel",))
    filters = [
        EventFilter(("order_completed",)),
        EventFilter(()),
        EventFilter(("login", "order_completed"), Compare(channel, "is", "web")),
        EventFilter(("login",), Not(Compare(channel, "in", ("web", "app")))),
        EventFilter(
            (), All((Compare(channel, "in", ("web", "app")), Compare(PropertyValue(("amount",)), "gt", Decimal(1))))
        ),
        EventFilter(NAMES, AnyOf((Compare(channel, "missing"), Compare(channel, "is", "app")))),
        EventFilter(NAMES, All((Compare(channel, "is", "web"), Compare(channel, "is", "app")))),
    ]
    amount, moment = PropertyValue(("amount",)), PropertyValue(("happened_at",))
    found: list[Value] = []
    for events in filters:
        for window in WINDOWS:
            found += [
                EventMeasure(events, "count", during=window),
                EventMeasure(events, "sum", amount, window),
                EventMeasure(events, "mean", amount, window),
                EventMeasure(events, "max", moment, window),
                EventMeasure(events, "first", moment, window),
            ]
    found += [
        EventMeasure(filters[0], "distinct", channel),
        EventMeasure(filters[0], "most_frequent", channel),
        EventMeasure(filters[0], "max", amount),
        EventMeasure(filters[0], "count", during=SinceEvent(EventFilter(("login",)))),
    ]
    return found


def plan_of(measures: Sequence[Value]) -> Plan:
    """Every measure as a trait."""
    traits = {f"t{i}": TraitDefinition(f"t{i}", one, natural(one, {})) for i, one in enumerate(measures)}
    return Plan.build(segments={}, traits=traits, given={}, context=NOW)


def answers(engine: DuckDB, plan: Plan, activity: str) -> dict[str, Any]:
    inputs = Inputs(INPUTS.universe, INPUTS.universe, INPUTS.events, exp.table_(activity, quoted=True))
    return {row["customer_id"]: row for row in engine.table(plan.trait_values(inputs)).to_pylist()}


def both(engine: DuckDB, plan: Plan) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Trait values by the packed pass and by the plain one, and whether it was packed."""
    was_packed = make_packed(engine, plan, INPUTS, "activity")
    make_activity(engine, plan, INPUTS, "activity")
    engine.create_as("plain", plan.activity(INPUTS), temporary=True)
    return answers(engine, plan, "activity"), answers(engine, plan, "plain"), was_packed


@pytest.mark.parametrize("pieces", [(7, False), (300, True), (0, True), (1, True)])
def test_packed_is_plain(engine: DuckDB, pieces: tuple[int, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    count, packed_expected = pieces
    monkeypatch.setattr("segmentary.workspace.pass_over_events.PIECE", 13)
    fill(engine, happenings(count, count, 12), order=packed_expected)
    for measures in (values(), [v for v in values() if isinstance(v, EventMeasure) and v.measure in ("count", "sum")]):
        packed, plain, was_packed = both(engine, plan_of(measures))
        assert packed == plain
        assert was_packed or not packed_expected


def test_events_in_no_order_are_counted_without_packing(engine: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentary.workspace.pass_over_events.PIECE", 13)
    fill(engine, happenings(3, 400, 5), order=False)
    packed, plain, was_packed = both(engine, plan_of(values()))
    assert packed == plain
    assert not was_packed


def test_somebody_with_more_events_than_a_lane_holds(engine: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane holds 2**20 - 1: one event more, and the pass is made without packing."""
    monkeypatch.setattr("segmentary.workspace.pass_over_events.FEW", 1)
    for count, expected in ((2**20 - 1, True), (2**20, False)):
        engine.execute(parse_query("select 1"))
        many = parse_query(
            f"select 'busy' as customer_id, 'login' as name, timestamp '2026-01-01' as happened_at, "
            f"1::decimal(18, 4) as amount, 'web' as channel from range({count}) union all "
            "select 'idle', 'login', timestamp '2026-01-01', 1::decimal(18, 4), 'web'"
        )
        engine.create_as("events", many, temporary=True)
        engine.ingest("universe", pa.table({"customer_id": ["busy", "idle"]}))
        login = EventFilter(("login",))
        measures: list[Value] = [EventMeasure(login, "count"), EventMeasure(login, "count", during=WINDOWS[2])]
        measures += [EventMeasure(EventFilter(()), "count"), EventMeasure(login, "sum", PropertyValue(("amount",)))]
        packed, plain, was_packed = both(engine, plan_of(measures))
        assert packed == plain
        assert [packed[one]["t0"] for one in ("busy", "idle")] == [count, 1]
        assert was_packed is expected


def test_sums_beyond_eighteen_digits_are_made_without_packing(engine: DuckDB) -> None:
    huge = Decimal("99999999999999.9999")
    at = dt.datetime(2026, 1, 1)
    fill(engine, [(name, "login", at, amount, None) for name, amount in (("a", huge), ("b", -huge))] * 2, order=True)
    whole = EventMeasure(EventFilter(("login",)), "sum", PropertyValue(("amount",)))
    packed, plain, was_packed = both(engine, plan_of([whole]))
    assert packed == plain
    assert not was_packed


def test_only_whether_is_asked(engine: DuckDB) -> None:
    """Counts that are compared with nothing but 0 share one column of bits; the members are the same."""
    tests = [("gte", 1), ("is", 0), ("gt", 0), ("lte", 0), ("lt", 1), ("is_not", 0)]
    rules: dict[str, SegmentDefinition] = {}
    for name, window, (operator, operand) in itertools.product(NAMES, WINDOWS[1:], tests):
        count = EventMeasure(EventFilter((name,)), "count", during=window)
        rule = Compare(count, operator, Decimal(operand))  # type: ignore[arg-type]
        rules[f"s{len(rules)}"] = SegmentDefinition(f"s{len(rules)}", rule)
    plan = Plan.build(segments=rules, traits={}, given={}, context=NOW)
    packed = plan.packed_activity()
    assert [one.way for one in packed.packing.adding] == ["ever"]
    fill(engine, happenings(5, 500, 30), order=True)
    make_activity(engine, plan, INPUTS, "activity")
    engine.create_as("plain", plan.activity(INPUTS), temporary=True)
    inputs = Inputs(INPUTS.universe, INPUTS.universe, INPUTS.events, INPUTS.activity, INPUTS.universe)
    found = engine.rows(plan.memberships(inputs))
    plain = replace(inputs, activity=exp.table_("plain", quoted=True))
    assert sorted(found) == sorted(engine.rows(plan.memberships(plain)))


@pytest.mark.parametrize("seed", range(4))
def test_random_definitions(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What random definitions need of the events is the same, packed or not."""
    monkeypatch.setattr("segmentary.workspace.pass_over_events.PIECE", 13)
    past, segments, traits = drawn(seed)
    warehouse = Warehouse(past)
    customers = {name: one for name, one in segments.items() if one.entity == "customer"}
    plan = Plan.build(segments=customers, traits=traits, given=warehouse.given, context=past.context, lists=LISTS)
    warehouse.fill()
    engine = warehouse.engine
    engine.create_as("events", exp.select("*").from_("events"), temporary=True, order_by=("customer_id", "happened_at"))
    make_activity(engine, plan, INPUTS, "packed_pass")
    exact = plan.collected.exact
    packed = {row["customer_id"]: row for row in engine.table(exp.select("*").from_("packed_pass")).to_pylist()}
    plain = {row["customer_id"]: row for row in engine.table(plan.activity(INPUTS)).to_pylist()}
    for customer, row in plain.items():
        for one in plan.aggregates:
            expected, found = row[one.column], packed.get(customer, {}).get(one.column)
            if one.column in exact or one.build is not None:
                assert (found or 0) == (expected or 0) if one.made.zero else found == expected, one
            else:
                assert bool(found) == bool(expected), one
