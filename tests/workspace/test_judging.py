"""A preview and a run give the same people, on random definitions and histories.

``SEGMENTARY_CASES`` (90 unless set) says how many definitions are compared; ``make bench-preview`` takes 20,000.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pyarrow as pa
import pytest
from sqlglot import exp
from tests.language import wild_events
from tests.language.drawing import COORDINATES, PLACES, REFERENCES, history
from tests.language.past import History
from tests.language.strategies import LISTS, TRAITS
from tests.language.warehouse import Warehouse, naive
from tests.language.wild import Wild
from tests.language.wild_people import WildPeople

import segmentary as sg
from segmentary.language.kinds import natural
from segmentary.language.tree import SegmentDefinition, TraitDefinition
from segmentary.language.walk import traits_used
from segmentary.schema import (
    BELONGINGS,
    CUSTOMER_ATTRIBUTES,
    CUSTOMER_CONSENTS,
    CUSTOMERS,
    EVENTS,
    REFERENCE_VALUES,
    Table,
)
from segmentary.schema import (
    PLACES as PLACES_TABLE,
)
from segmentary.workspace.aligned import aligned
from segmentary.workspace.evaluation import Request, needed
from segmentary.workspace.judging import ordinary
from segmentary.workspace.timed import Timed
from segmentary.workspace.workspace import Workspace

CASES = int(os.environ.get("SEGMENTARY_CASES", "90"))
RULES, COMPUTED = 30, 4
ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "degrees": pa.decimal128(38, 10),
    "instant": pa.timestamp("us"),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "json": pa.string(),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    with sg.init(tmp_path_factory.mktemp("judging") / "shop") as found:
        yield found


def put(workspace: Workspace, table: Table, rows: list[dict[str, object]]) -> None:
    columns = {one.name: pa.array([row.get(one.name) for row in rows], ARROW[one.type]) for one in table.columns}
    workspace.engine.ingest(table.name, pa.table(columns), temporary=False)


def fill(workspace: Workspace, past: History) -> None:
    """Put a history into the derived tables, events customer by customer."""
    events = Warehouse(past).events().to_pylist()
    events.sort(key=lambda row: (row["customer_id"].encode(), row["happened_at"]))
    put(workspace, EVENTS, events)
    people = sorted({one.customer_id: one for one in past.people}.values(), key=lambda one: one.customer_id)
    earliest = {one.customer_id: min((e.happened_at for e in one.events), default=None) for one in people}
    seen = [
        {
            "customer_id": one.customer_id,
            "created_at": naive(one.created_at),
            "first_seen_at": naive(min((at for at in (earliest[one.customer_id], one.created_at) if at), default=None)),
        }
        for one in people
    ]
    random.Random(len(seen)).shuffle(seen)
    put(workspace, CUSTOMERS, seen)
    attributes = [
        {
            "customer_id": one.customer_id,
            "name": a.name,
            "value": a.value,
            "value_type": a.value_type,
            "valid_from": naive(a.valid_from),
            "valid_to": naive(a.valid_to),
            "known_at": naive(a.known_at),
            "source": "crm",
        }
        for one in people
        for a in one.attributes
    ]
    put(workspace, CUSTOMER_ATTRIBUTES, attributes)
    put(
        workspace,
        BELONGINGS,
        [
            {
                "customer_id": one.customer_id,
                "group_kind": b.group,
                "group_id": b.group_id,
                "valid_from": naive(b.valid_from),
                "valid_to": naive(b.valid_to),
                "known_at": naive(b.known_at),
            }
            for one in people
            for b in one.belongings
        ],
    )
    places = [
        {"list_name": name, "name": p.name, "latitude": p.latitude, "longitude": p.longitude}
        for name, some in PLACES.items()
        for p in some
    ]
    put(workspace, PLACES_TABLE, places)
    facts = [
        {"table_name": table, "id": key, "name": name, "value": value}
        for table, rows in REFERENCES.items()
        for key, told in rows.items()
        for name, value in told.items()
    ]
    put(workspace, REFERENCE_VALUES, facts)
    put(workspace, CUSTOMER_CONSENTS, [])
    workspace.engine.create_as("derived_state", exp.select(exp.cast(exp.Literal.number(0), "bigint").as_("loads")))
    workspace.derived.kept.clear()


def drawn(seed: int) -> tuple[History, dict[str, SegmentDefinition], dict[str, TraitDefinition]]:
    rng = random.Random(seed)
    past = history(rng, rng.choice((0, 1, 6, 12, 25)))
    past = replace(past, context=replace(past.context, known_at=None))
    types = {**TRAITS, **COORDINATES}
    wild = WildPeople(rng, dict(types)) if seed % 3 == 2 else Wild(rng, dict(types))
    wild.attributes = dict(TRAITS)
    traits: dict[str, TraitDefinition] = {}
    for i in range(COMPUTED):
        value = wild.value(2)
        kind = natural(value, types)
        kind = rng.choice(("number", "text", "date", "time", "boolean")) if kind == "list" else kind
        traits[f"trait_{i}"] = TraitDefinition(f"trait_{i}", value, kind)
        types[f"trait_{i}"] = kind
    segments: dict[str, SegmentDefinition] = {}
    for i in range(RULES):
        rule = wild_events.rule(rng) if rng.random() < 0.1 else wild.rule(rng.choice((1, 2, 3)))
        # Patterns are of a world of their own, with other traits.
        if not set(traits_used(rule)) <= types.keys():
            rule = wild.rule(2)
        segments[f"segment_{i}"] = SegmentDefinition(f"segment_{i}", rule)
        wild.segments.append(f"segment_{i}")
    return past, segments, traits


def request(past, segments, traits, names) -> Request:
    types = {**TRAITS, **COORDINATES}
    closed, wanted, read = needed({name: segments[name] for name in names}, segments, traits)
    attributes = {name: types[name] for name in types if name in read}
    return Request(closed, wanted, attributes, past.context, LISTS, "preview")


def answered(workspace, judged, names) -> dict[str, tuple[int, list[str]]]:
    ids = {name: [row[0] for row in workspace.engine.rows(judged.members(name))] for name in names}
    return {name: (judged.people(name), sorted(ids[name])) for name in names}


def kept(workspace, past, segments, traits, names):
    one = request(past, segments, traits, names)
    with aligned(workspace, Timed(workspace.engine), one, names, ()) as judged:
        return None if judged is None else answered(workspace, judged, names)


@pytest.mark.parametrize("seed", range(max(1, CASES // RULES)))
def test_a_preview_finds_whom_a_run_finds(workspace, seed):
    past, segments, traits = drawn(seed)
    fill(workspace, past)
    names = tuple(segments)
    run = answered(workspace, ordinary(Timed(workspace.engine), request(past, segments, traits, names)), names)
    assert all(people == len(ids) for people, ids in run.values())
    alone = 0
    # One by one, what was computed for one is taken for the next; then all at once.
    for asked in (*((name,) for name in names[::6]), names):
        found = kept(workspace, past, segments, traits, asked)
        if found is not None:
            alone += len(asked) == 1
            assert {name: (found[name], segments[name]) for name in asked if found[name] != run[name]} == {}, seed
    assert alone
