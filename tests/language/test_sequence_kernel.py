"""Sequences counted in arrays, of events as they are stored: the kernel gives what the oracle gives."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import islice

import pytest
from sqlglot import exp
from tests.language.past import History
from tests.language.warehouse import Warehouse
from tests.language.wild_events import NOW, dense_history, sequence

from segmentary.language.aggregates import Activity
from segmentary.language.compile_sequences import Marks
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Plan
from segmentary.language.sequence_rows import in_order
from segmentary.language.tree import Context, SequenceCount, TraitDefinition
from segmentary.workspace.pass_over_events import make_activity

ROUNDS = int(os.environ.get("SEGMENTARY_PATTERNS", "12"))
VALUES = 30


class InOrder(Warehouse):
    """Makes the activity as a workspace does it."""

    kernels, left = 0, 0

    def pass_over_events(self, plan: Plan, inputs: Inputs) -> None:
        before = sum(one.in_order is not None for one in plan.aggregates)
        make_activity(self.engine, plan, inputs, "in_order")
        self.left = sum(one.in_order is not None for one in plan.aggregates)
        self.kernels = before - self.left
        self.engine.create_as("activity", exp.select("*").from_("in_order"), temporary=True)


def countable(rng: random.Random) -> Iterator[SequenceCount]:
    """Yield random counts of sequences that a kernel can make."""
    while True:
        one = SequenceCount(sequence(rng), rng.choice((None, None, 1, 2, 5)))
        marks = Marks(Activity(Context(NOW, "UTC"), {"city": "text", "level": "number"}), one.sequence, None)
        if in_order(marks, one.latest) is not None:
            yield one


def compared(past: History, traits: dict[str, TraitDefinition]) -> tuple[list[str], InOrder]:
    """Return where the kernel differs from the oracle, and what was used."""
    oracle = past.population({}, traits, {})
    warehouse = InOrder(past)
    _, values = warehouse.evaluate({}, traits, {})
    found = []
    for name, trait in traits.items():
        wanted = {customer: oracle.trait(name, customer) for customer in oracle.universe()}
        wrong = {c: (v, values[name][c]) for c, v in wanted.items() if v != values[name][c]}
        if wrong:
            found.append(f"{name}: oracle, kernel {wrong}\n  {trait.value}")
    return found, warehouse


@pytest.mark.differential
@pytest.mark.parametrize("piece", [5, 1_000_000])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_kernel_finds_the_sequences_the_oracle_finds(
    seed: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segmentary.workspace.pass_over_events.PIECE", piece)
    rng = random.Random(seed)
    past = dense_history(rng)
    patterns = list(islice(countable(rng), VALUES))
    traits = {f"t{i}": TraitDefinition(f"t{i}", one, "number") for i, one in enumerate(patterns)}
    found, warehouse = compared(past, traits)
    assert found == []
    assert warehouse.left == 0
    assert warehouse.kernels > VALUES / 2
