"""One meaning: the compiled plan gives what the oracle gives, on random definitions and histories.

``SEGMENTARY_CASES`` (2,000 unless set) says how many pairs of definition and history are compared; 20,000 is the nightly run.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

import pytest
from tests.language.histories import History, Warehouse, history
from tests.language.strategies import LISTS
from tests.language.wild import Wild

from segmentary.language.kinds import natural
from segmentary.language.oracle import Population
from segmentary.language.tree import AnyOf, All, Not, Rule, SegmentDefinition, SegmentReference, TraitDefinition
from segmentary.language.walk import walk

CASES = int(os.environ.get("SEGMENTARY_CASES", "2000"))
RULES, TRAITS = 50, 6
ZONES = (None, None, "UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe")


def drawn(seed: int) -> tuple[History, dict[str, SegmentDefinition], dict[str, TraitDefinition]]:
    rng = random.Random(seed)
    past = history(rng, rng.choice((0, 1, 6, 12, 25)))
    types = dict(past.types)
    traits: dict[str, TraitDefinition] = {}
    wild = Wild(rng, types)
    for i in range(TRAITS):
        value = wild.value(2)
        kind = natural(value, types)
        if kind == "list" or rng.random() < 0.15:
            kind = rng.choice(("number", "text", "date", "time", "boolean"))
        traits[f"trait_{i}"] = TraitDefinition(f"trait_{i}", value, kind, timezone=rng.choice(ZONES))
        types[f"trait_{i}"] = kind
    segments: dict[str, SegmentDefinition] = {}
    for i in range(RULES):
        name = f"segment_{i}"
        segments[name] = SegmentDefinition(name, wild.rule(), timezone=rng.choice(ZONES))
        wild.segments.append(name)
    return past, segments, traits


def differences(
    past: History, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> list[str]:
    oracle = Population(
        past.people,
        past.context,
        segments=segments,
        traits=traits,
        given=past.given,  # type: ignore[arg-type]
        given_types=past.types,
        lists=LISTS,
    )
    members, values = Warehouse(past).evaluate(segments, traits, LISTS)
    found: list[str] = []
    for name, trait in traits.items():
        for customer in oracle.universe():
            expected, got = oracle.trait(name, customer), values[name][customer]
            if isinstance(expected, dt.datetime):
                expected = expected.replace(tzinfo=None)
            if expected != got:
                found.append(f"{name} of {customer}: oracle {expected!r}, plan {got!r}\n  {trait}")
    for name, definition in segments.items():
        expected_ids = oracle.members(name)
        if expected_ids != members[name]:
            found.append(
                f"{name}: only oracle {sorted(expected_ids - members[name])}, "
                f"only plan {sorted(members[name] - expected_ids)}\n  {definition}"
            )
    return found


@pytest.mark.parametrize("part", range(8))
def test_the_plan_gives_what_the_oracle_gives(part: int) -> None:
    seeds = range(part, -(-CASES // RULES), 8)
    for seed in seeds:
        found = differences(*drawn(seed))
        assert not found, f"seed {seed}, {drawn(seed)[0].context}\n" + "\n".join(found[:3])
