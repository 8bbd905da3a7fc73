"""One meaning of states, stays, groups, places and consent: the compiled plan gives what the oracle gives.

``SEGMENTARY_CASES`` says how many rules are compared, as in `test_agreement`.
"""

from __future__ import annotations

import os
import random

import pytest
from tests.language.histories import History, Warehouse, history
from tests.language.strategies import LISTS, TRAITS
from tests.language.wild_people import WildPeople

from segmentary.language.tree import SegmentDefinition, TraitDefinition

CASES = int(os.environ.get("SEGMENTARY_CASES", "2000"))
RULES = 14
GROUP_RULES = 3
ZONES = (None, None, "UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati")


def drawn(seed: int) -> tuple[History, dict[str, SegmentDefinition], dict[str, TraitDefinition]]:
    rng = random.Random(seed)
    past = history(rng, rng.choice((0, 1, 6, 12, 25)))
    wild = WildPeople(rng, dict(past.types))
    wild.attributes = TRAITS
    segments: dict[str, SegmentDefinition] = {}
    for i in range(RULES):
        name = f"segment_{i}"
        segments[name] = SegmentDefinition(name, wild.rule(), timezone=rng.choice(ZONES))
        wild.segments.append(name)
    for kind in ("account", "household"):
        # Another group than their own they may not ask about.
        groups = WildPeople(rng, dict(past.types))
        groups.attributes = TRAITS
        groups.related = lambda depth, kind=kind, ask=wild.related: of_kind(ask(depth), kind)  # type: ignore[method-assign]
        for i in range(GROUP_RULES):
            name = f"{kind}_{i}"
            segments[name] = SegmentDefinition(name, groups.beyond(2), entity=kind, timezone=rng.choice(ZONES))  # type: ignore[arg-type]
            groups.segments.append(name)
    return past, segments, {}


def of_kind(rule, kind):
    from dataclasses import replace

    return replace(rule, group=kind)


def differences(past: History, segments: dict[str, SegmentDefinition], traits: dict[str, TraitDefinition]) -> list[str]:
    members, _ = Warehouse(past).evaluate(segments, traits, LISTS)
    found = []
    for name, definition in segments.items():
        expected = past.members(segments, traits, LISTS, name)
        if expected != members[name]:
            found.append(
                f"{name}: only oracle {sorted(expected - members[name])}, "
                f"only plan {sorted(members[name] - expected)}\n  {definition}"
            )
    return found


@pytest.mark.differential
@pytest.mark.parametrize("part", range(8))
def test_the_plan_gives_what_the_oracle_gives(part: int) -> None:
    for seed in range(part, -(-CASES // RULES // 2), 8):
        past, segments, traits = drawn(seed)
        found = differences(past, segments, traits)
        assert not found, f"seed {seed}, {past.context}\n" + "\n".join(found[:3])
