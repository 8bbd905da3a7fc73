"""Counting who stood where, against counting people one by one in Python."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from segmentary.dynamics.states import (
    States,
    count_later,
    count_moves,
    count_parts,
    later_query,
    moves_query,
    parts_query,
    stays_counted,
    stays_query,
)
from segmentary.engine.dialects.rewriting import rewritten
from segmentary.engine.duckdb import DuckDB

PARTS = ("a", "b")
MOMENTS = tuple(dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 2, 3, 4))


def states(rows, moments=MOMENTS):
    """Rows of customer, place, part, edited, spend; the engine and the states."""
    engine = DuckDB()
    columns = list(zip(*rows, strict=True)) if rows else [[], [], [], [], []]
    kinds = (pa.string(), pa.int32(), pa.int32(), pa.bool_(), pa.decimal128(18, 4))
    names = ("customer_id", "place", "part", "edited", "spend")
    table = {n: pa.array(list(c), k) for n, c, k in zip(names, columns, kinds, strict=True)}
    engine.ingest("stood", pa.table(table))
    labels = tuple(f"{one:%Y-%m-%d}" for one in moments)
    return engine, States("kinds", PARTS, moments, labels, "log", exp.table_("stood", quoted=True), "month")


PEOPLE = st.dictionaries(
    st.sampled_from([f"c{i}" for i in range(8)]),
    st.lists(st.sampled_from([None, -1, 0, 1]), min_size=4, max_size=4),
    max_size=8,
)


def rows_of(people, edited=()):
    return [
        (who, place, part, (who, place) in edited, 1)
        for who, parts in people.items()
        for place, part in enumerate(parts)
        if part is not None
    ]


@settings(max_examples=40)
@given(PEOPLE)
def test_moves_are_those_of_each_person_and_totals_are_the_sizes(people):
    engine, known = states(rows_of(people))
    wanted = np.zeros((3, 5, 5), dtype=int)
    number = {None: 3, -1: 2, 0: 0, 1: 1}
    for parts in people.values():
        for step in range(3):
            one, two = parts[step], parts[step + 1]
            if one is not None or two is not None:
                wanted[step, number[one], number[two]] += 1
    found = count_moves(engine, known)
    assert (found == wanted).all()
    sizes = np.array([[part.people for part in row] for row in count_parts(engine, known)])
    assert (found.sum(axis=2)[:, :3] == sizes[:-1]).all()
    assert (found.sum(axis=1)[:, :3] == sizes[1:]).all()
    engine.close()


@settings(max_examples=40)
@given(PEOPLE)
def test_kept_and_buying_count_the_members_of_each_moment(people):
    engine, known = states(rows_of(people))
    kept, bought = count_later(engine, known)
    for i in range(4):
        for j in range(i, 4):
            for at, part in enumerate((0, 1, -1)):
                members = [one for one in people.values() if one[i] == part]
                assert kept[i, j, at] == sum(one[j] == part for one in members)
                if j > i:
                    assert bought[i, j, at] == sum(one[j] is not None for one in members)
    engine.close()


def test_an_edit_moves_nobody_and_totals_still_hold():
    people = {"ann": [0, 1, 1, 1], "bob": [0, 0, 1, 1], "cyd": [0, 0, 0, 0]}
    engine, known = states(rows_of(people, edited={("ann", 1)}))
    found = count_moves(engine, known)
    edited = 4
    assert found[0, 0, edited] == 1
    assert found[0, edited, 1] == 1
    assert found[0, 0, 1] == 0
    assert found[1, 0, 1] == 1, "what bob did is his own doing"
    assert found[0, 0].sum() == 3
    assert found[0, :, 1].sum() == 1


def test_stays_begun_in_sight_are_counted_with_their_ends():
    people = {
        "long": [0, 0, 0, 0],  # was there before anybody looked: left out
        "came": [None, 0, 0, 0],  # three periods, still there
        "went": [1, 0, 1, 1],  # one period in a, ended; then two in b, still there
        "edited": [1, 0, 0, 1],  # an edit took it out of a: two periods, no exit
        "back": [0, 1, 0, 1],  # comes back: a stay of its own
    }
    engine, known = states(rows_of(people, edited={("edited", 3)}))
    found = stays_counted(engine, known)
    assert found == {
        (0, 3, False): 1,
        (0, 1, True): 2,  # went, back
        (1, 2, False): 1,  # went
        (0, 2, False): 1,  # edited, cut off
        (1, 1, True): 1,  # back, the first time
        (1, 1, False): 1,  # back, the second
    }


def test_nobody_anywhere():
    engine, known = states([])
    assert not count_moves(engine, known).any()
    assert [[part.people for part in row] for row in count_parts(engine, known)] == [[0, 0, 0]] * 4
    assert stays_counted(engine, known) == {}


def test_the_queries_are_known_to_the_other_engines():
    _, known = states([])
    for dialect in ("postgres", "spark"):
        for query in (moves_query(known), stays_query(known), parts_query(known), later_query(known)):
            rewritten(query, dialect)


@pytest.mark.parametrize("source", ["log", "evaluated"])
def test_it_says_where_it_comes_from(source):
    _, known = states([])
    said = States(known.name, known.parts, known.moments, known.labels, source, known.relation).said_source
    assert ("log" in said) == (source == "log")
