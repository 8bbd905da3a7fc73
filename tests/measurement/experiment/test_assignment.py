"""The lot: exact, repeatable, the same on every engine, and nobody of the global holdout in it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query
from segmentary.measurement.experiment.assignment import assign, assignment_query, cuts, strata_query
from segmentary.measurement.experiment.plan import Arm

ARMS = [Arm("mail", 0.6), Arm("call", 0.3), Arm("control", 0.1)]


@pytest.fixture
def engine():
    made = DuckDB()
    made.create_as("strata", parse_query(
        "select 'c' || i as customer_id, case when i % 5 = 0 then 'small' else 'large' end as segment"
        " from range(1003) as r(i)"
    ))  # fmt: skip
    yield made
    made.close()


def drawn(engine, salt="s", holdout=0.1):
    counts = assign(engine, exp.table_("strata"), ARMS, salt=salt, global_holdout=holdout, into="drawn")
    rows = engine.rows(parse_query("select customer_id, segment, arm from drawn"))
    return counts, {one: (segment, arm) for one, segment, arm in rows}


def test_shares_are_exact_up_to_one_person_in_every_segment(engine):
    counts, _ = drawn(engine)
    for arms in counts.values():
        n = sum(people for arm, people in arms.items() if arm != "global_holdout")
        for arm in ARMS:
            assert abs(arms[arm.name] - n * arm.share) <= 1


def test_it_is_the_order_of_the_hash_in_python_too(engine):
    counts, people = drawn(engine)
    inside = [one for one, (segment, arm) in people.items() if segment == "small" and arm != "global_holdout"]
    order = sorted(inside, key=lambda one: sha256(f"s:{one}".encode()).hexdigest())
    ends = cuts("s", "small", len(order), ARMS)
    assert {people[one][1] for one in order[: ends[0]]} == {"mail"}
    assert {people[one][1] for one in order[ends[0] : ends[1]]} == {"call"}
    assert counts["small"]["control"] == ends[2] - ends[1]


def test_the_global_holdout_is_the_same_whatever_the_salt_and_grows_by_keeping(engine):
    out = {}
    for salt, share in (("one", 0.1), ("two", 0.1), ("three", 0.2)):
        _, people = drawn(engine, salt, share)
        out[salt] = {one for one, (_, arm) in people.items() if arm == "global_holdout"}
    assert out["one"] == out["two"] < out["three"]
    drawn_so = {
        f"c{i}"
        for i in range(1003)
        if sha256(f"global_holdout:c{i}".encode()).hexdigest()[:15] < "199999999999999a"[:15]
    }
    assert len(out["one"] ^ drawn_so) <= 1


def test_another_salt_draws_other_people(engine):
    _, one = drawn(engine, "one", 0.0)
    _, other = drawn(engine, "two", 0.0)
    same = sum(one[who] == other[who] for who in one) / len(one)
    assert 0.3 < same < 0.65


@given(st.integers(0, 500), st.text(max_size=5))
def test_the_cuts_hold_everybody_once(people, stratum):
    found = cuts("salt", stratum, people, ARMS)
    assert found == sorted(found)
    assert found[-1] == people
    assert all(abs(end - people * share) <= 1 for end, share in zip(found, (0.6, 0.9, 1.0), strict=True))


def test_rounding_does_not_always_favour_one_arm():
    halves = [Arm("a", 0.5), Arm("b", 0.5)]
    first = [cuts("salt", f"s{n}", 1, halves)[0] for n in range(200)]
    assert 60 < sum(first) < 140


def test_the_first_segment_that_holds_a_person_counts():
    engine = DuckDB()
    people = parse_query("select 'c' || i as customer_id from range(4) as r(i)")
    some = {
        name: parse_query(f"select 'c' || i as customer_id from range({n}) as r(i)") for name, n in (("a", 1), ("b", 3))
    }
    found = sorted(engine.rows(strata_query(people, some)))
    assert found == [("c0", "a"), ("c1", "b"), ("c2", "b"), ("c3", "(others)")]
    assert {row[1] for row in engine.rows(strata_query(people, {}))} == {"(everybody)"}
    engine.close()


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    query = assignment_query(exp.table_("strata"), {"a": 10}, ARMS, salt="s", global_holdout=0.1)
    assert rewritten(query, dialect) is not None
