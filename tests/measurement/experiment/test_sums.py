"""Sums add: any split of the people merges to the same, in Python and out of the engine."""

from __future__ import annotations

import statistics
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query
from segmentary.measurement.experiment.sums import Sums, added, count_sums, over_segments, sums_query, within

AMOUNTS = st.lists(st.tuples(*[st.integers(-10_000, 10_000)] * 3), min_size=0, max_size=30)


@given(AMOUNTS, st.lists(st.integers(0, 3), min_size=30, max_size=30))
def test_any_split_merges_to_the_same(rows, parts):
    def of(some):
        y, x, d = ([one[i] / 100 for one in some] for i in range(3))
        return Sums.of(np.array(y), np.array(x), np.array(d))

    # Hundredths are no binary fractions: exactness is of what is added, so they are added as whole numbers here.
    exact = [Sums.of([y], [x], [d]) for y, x, d in rows]
    split = [added(one for one, p in zip(exact, parts, strict=False) if p == k) for k in range(4)]
    assert added(split) == added(exact) == added(reversed(exact))
    assert of(rows).n == len(rows)


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=40))
def test_mean_and_variance_are_those_of_the_values(values):
    found = Sums.of(values).outcome
    assert found.mean == pytest.approx(statistics.fmean(values))
    assert found.variance == pytest.approx(statistics.variance(values), rel=1e-12, abs=1e-12)


def test_a_large_level_does_not_eat_the_variance():
    rows = "select 's' as segment, 'a' as arm, 1000000000.25 + i as y0, 0 as d0, 0 as x0 from range(3) as r(i)"
    engine = DuckDB()
    [found] = count_sums(engine, parse_query(rows), 1)
    engine.close()
    assert found["s", "a"].outcome.variance == 1


def test_nobody_and_one_person_have_no_variance():
    assert Sums().outcome.variance == Sums.of([5.0]).outcome.variance == 0
    assert Sums().share
    assert Sums.of([0, 1]).share
    assert not Sums.of([0, 2]).share


def test_documents_lose_nothing():
    sums = Sums(3, 2, 1, *[Fraction(n, 7) for n in range(1, 9)])
    assert Sums.from_document(sums.to_document()) == sums


PEOPLE = """
    select 'a' as segment, 'one' as arm, 1.5 as y0, 2 as d0, 3.25 as x0 union all
    select 'a', 'one', 2.5, 1, null union all
    select 'a', 'one', null, 9, 9 union all
    select 'b', 'two', 0, 1, 0
"""


def test_the_engine_counts_what_python_does():
    engine = DuckDB()
    [found] = count_sums(engine, parse_query(PEOPLE), 1)
    engine.close()
    known = Sums.of([1.5, 2.5], [3.25, 0], [2, 1])
    assert found["a", "one"] == replace(known, people=3)
    assert found["b", "two"].people == 1
    assert over_segments(found)["one"] == within(found, "a")["one"]


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    assert rewritten(sums_query(parse_query(PEOPLE), 2), dialect) is not None
