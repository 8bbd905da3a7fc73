"""Frames, lengths and names: what every engine has to understand."""

from __future__ import annotations

import random

import pytest
from sqlglot import exp
from tests.language.wild_events import dense_history, pattern

from segmentary.engine.sqlfile import text
from segmentary.language.compile_order import LONGEST, frame, microseconds
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import Duration, TraitDefinition

GIVEN = {"city": Given("p0", "text"), "level": Given("p1", "number")}


def table(name: str) -> exp.Table:
    return exp.table_(name, quoted=True)


INPUTS = Inputs(
    table("universe"),
    table("profile"),
    table("events"),
    attributes=table("attributes"),
    entries=table("entries"),
    references=table("references"),
)


def test_lengths_are_whole_microseconds_that_stay_within_64_bits() -> None:
    assert microseconds(Duration(30, "minute")) == 1_800_000_000
    assert microseconds(Duration(0, "day")) == 0
    assert microseconds(Duration(10**12, "week")) == LONGEST


def test_frames_are_what_they_say() -> None:
    def written(spec: exp.WindowSpec) -> str:
        return exp.Window(this=exp.Count(this=exp.Star()), spec=spec).sql("duckdb")

    assert "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW" in written(frame("ROWS", "first", "here"))
    assert "RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING" in written(frame("RANGE", 1, "last"))


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_engine_can_say_every_pattern_and_no_name_is_used_twice(dialect: str) -> None:
    rng = random.Random(7)
    past = dense_history(rng, 1)
    traits = {f"t{i}": TraitDefinition(f"t{i}", pattern(rng), "number") for i in range(40)}
    plan = Plan.build(segments={}, traits=traits, given=GIVEN, context=past.context)
    tree = plan.activity(INPUTS)
    names = [cte.alias for cte in tree.find_all(exp.CTE)]
    assert len(names) == len({*names})
    written = text(tree, dialect).lower()
    assert "asof" not in written
    assert "interval" not in written
