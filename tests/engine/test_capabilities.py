"""The table of what engines can do is true of the default engine; the other engines' tests ask the same."""

from __future__ import annotations

from tests.engine.capabilities import ENGINES, REFUSED, everything, judged
from tests.language.warehouse import Warehouse

from segmentary.language.operators import OPERATORS


def test_the_table_is_true_of_duckdb() -> None:
    expected, both, names = judged()
    found, _ = Warehouse(both.past).evaluate(both.segments, {}, both.lists)
    assert {names[k]: v for k, v in found.items()} == {names[k]: v for k, v in expected.items()}


def test_it_names_every_operator_and_hardly_anything_is_refused() -> None:
    told = {"within_next", "between_from_now", "in_period", "anniversary_within_next"}  # made of the same comparisons
    assert set(OPERATORS) - told <= set(everything())
    assert len(REFUSED) <= 2
    assert {engine for engine, _ in REFUSED} <= set(ENGINES)
