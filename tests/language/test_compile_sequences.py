"""Sequences and the other questions about how events follow each other: the plan gives what the oracle gives."""

from __future__ import annotations

import os
import random

import pytest
from tests.language.warehouse import Warehouse
from tests.language.wild_events import dense_history, pattern, rule

from segmentary.language.tree import SegmentDefinition, TraitDefinition

ROUNDS = int(os.environ.get("SEGMENTARY_PATTERNS", "12"))
RULES, VALUES = 12, 12


def differences(seed: int) -> list[str]:
    rng = random.Random(seed)
    past = dense_history(rng)
    segments = {f"s{i}": SegmentDefinition(f"s{i}", rule(rng)) for i in range(RULES)}
    traits = {f"t{i}": TraitDefinition(f"t{i}", pattern(rng), "number") for i in range(VALUES)}
    oracle = past.population(segments, traits, {})
    members, values = Warehouse(past).evaluate(segments, traits, {})
    found = []
    for name, definition in segments.items():
        expected = oracle.members(name)
        if expected != members[name]:
            found.append(
                f"seed {seed} {name}: oracle {sorted(expected)}, plan {sorted(members[name])}\n  {definition.where}"
            )
    for name, trait in traits.items():
        wanted = {customer: oracle.trait(name, customer) for customer in oracle.universe()}
        wrong = {c: (v, values[name][c]) for c, v in wanted.items() if v != values[name][c]}
        if wrong:
            found.append(f"seed {seed} {name}: oracle, plan {wrong}\n  {trait.value}")
    return found


@pytest.mark.differential
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_plan_finds_the_patterns_the_oracle_finds(seed: int) -> None:
    assert differences(seed) == []
