"""Overlap counts what sets share, for any sets and any number of segments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from tests.segments.test_membership import store

from segmentary.engine.duckdb import DuckDB
from segmentary.segments.membership import MEMBERSHIP
from segmentary.segments.overlap import overlap


@given(members=st.dictionaries(st.sampled_from("abcd"), st.frozensets(st.integers(0, 8).map(str)), min_size=1))
def test_every_pair_is_what_the_sets_say(members):
    positions = {name: 35 * number for number, name in enumerate("abcd")}
    engine = DuckDB()
    store(engine, MEMBERSHIP, members, positions)
    names = sorted(members)
    found = overlap(engine, names, positions)
    assert found.sizes == {name: len(members[name]) for name in names}
    assert [(p.first, p.second) for p in found.pairs] == [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    for pair in found.pairs:
        first, second = members[pair.first], members[pair.second]
        assert pair.shared == len(first & second)
        assert pair.either == len(first | second)
        assert pair.jaccard == (len(first & second) / len(first | second) if first | second else None)
        assert pair.share_of_first == (len(first & second) / len(first) if first else None)
        assert pair.share_of_second == (len(first & second) / len(second) if second else None)
    engine.close()


def test_more_pairs_than_one_query_holds():
    names = [f"s{number}" for number in range(40)]
    positions = {name: number for number, name in enumerate(names)}
    members = {name: {str(number), "everybody"} for number, name in enumerate(names)}
    engine = DuckDB()
    store(engine, MEMBERSHIP, members, positions)
    pairs = overlap(engine, names, positions).pairs
    assert len(pairs) == 40 * 39 // 2
    assert {pair.shared for pair in pairs} == {1}
    engine.close()


@pytest.mark.parametrize("names", [[], ["a"]])
def test_before_the_first_run(names):
    engine = DuckDB()
    found = overlap(engine, names, {"a": 0})
    assert (found.sizes, found.pairs) == (dict.fromkeys(names, 0), ())
    assert not engine.has_table(exp.table_(MEMBERSHIP).name)
    engine.close()
