"""Rules people can read: in the segment language, true of the same people as in arrays, missing values included."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models.describe.people import people

from segmentary.language.documents import parse_rule
from segmentary.language.history import AttributeVersion, Person
from segmentary.language.oracle import Population
from segmentary.language.tree import All, AnyOf, Compare, Context, Not, TraitValue
from segmentary.models.describe.rule_shortening import shortened_leaves, shortest
from segmentary.models.describe.rule_tests import Condition, operand, trait_type
from segmentary.models.describe.rule_tree import Leaf, grower, placed
from segmentary.models.describe.rules import RuleSet, collapsed, find_rules
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


def population(table: TypedTable, types: dict[str, str] | None = None) -> Population:
    """Return the people of a table as the language knows them."""
    persons, kinds = [], {}
    for row in range(len(table)):
        own = []
        for column, x in zip(table.columns, table.values[row], strict=True):
            kind = trait_type(column, types)
            kinds[column.name] = kind
            if not np.isnan(x):
                value = operand(column, kind, int(x)) if column.coded else Decimal(repr(float(x)))
                text = str(value).lower() if kind == "boolean" else str(value)
                own.append(AttributeVersion(column.name, text, kind))
        persons.append(Person(f"p{row:04d}", attributes=tuple(own)))
    return Population(persons, CONTEXT, given_types=kinds)


def agree(found: RuleSet, table: TypedTable, types: dict[str, str] | None = None) -> None:
    """The rules, written, read again and judged one person at a time, place people as the arrays do."""
    judge, labels = population(table, types), found.place(table)
    for segment, rule in found.rules.items():
        for one in found.readable:
            if one.segment == segment:
                assert parse_rule(json.loads(json.dumps(one.document))) == rule
        members = [judge.holds(rule, f"p{row:04d}") for row in range(len(table))]
        assert members == (labels == segment).tolist()


@pytest.mark.parametrize(("seed", "missing", "weighted"), [(0, 0.0, False), (1, 0.15, False), (2, 0.3, True)])
def test_the_oracle_and_the_arrays_place_people_alike(seed, missing, weighted):
    table, labels = people(seed, missing=missing, weighted=weighted)
    found = find_rules(table, labels, 3)
    assert found.agreement.estimate > 0.7
    assert len(found.readable) == 3
    agree(found, table.take(slice(0, 200)))
    # Also people with unknown values where those it was learned from had none, and of other types of traits.
    fresh = people(seed + 50, n=120, missing=0.4)[0]
    agree(found, fresh)
    types = {"agrees": "text", "member": "text"}
    agree(find_rules(table, labels, 3, types=types), fresh, types)


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.integers(2, 6), st.floats(0, 0.5))
def test_any_solution_has_rules_of_one_meaning(seed, k, missing):
    table, labels = people(seed, n=120, k=k, missing=missing)
    found = find_rules(table, labels, k, seed=seed)
    if found is not None:
        agree(found, people(seed + 1, n=40, missing=0.3)[0])


def test_everybody_known_is_in_exactly_one_segment():
    table, labels = people(4, n=600, missing=0.0)
    found = find_rules(table, labels, 3)
    assert (found.place(table) >= 0).all()
    partly = people(5, n=600, missing=0.2)[0]
    holds = np.zeros((600, 3), dtype=bool)
    judge = population(partly)
    for segment, rule in found.rules.items():
        holds[:, segment] = [judge.holds(rule, f"p{row:04d}") for row in range(600)]
    assert holds.sum(axis=1).max() == 1


def test_rules_are_short_and_round():
    table, labels = people(6, n=2000, missing=0.0)
    found = find_rules(table, labels, 3)
    text = json.dumps([one.document for one in found.readable])
    assert len(text) < 900
    for part in [one for rule in found.rules.values() for one in leaves_of(rule)]:
        if part.value == TraitValue("age"):
            assert part.operand == part.operand.to_integral_value()
    assert all(one.sentence for one in found.readable)
    assert "“" not in found.readable[0].sentence or "name" in found.readable[0].sentence


def leaves_of(rule):
    match rule:
        case All(rules) | AnyOf(rules):
            return [leaf for part in rules for leaf in leaves_of(part)]
        case Not(part):
            return leaves_of(part)
        case Compare():
            return [rule]
    return []


def test_what_is_planted_as_a_rule_is_found():
    chance = np.random.default_rng(0)
    age, orders = chance.integers(18, 80, 800), chance.poisson(5, 800)
    labels = np.where(age >= 40, 0, np.where(orders >= 6, 1, 2))
    table = TypedTable(
        (Column("age", "numeric"), Column("orders", "count")), np.column_stack([age, orders]).astype(float)
    )
    found = find_rules(table, labels, 3)
    assert found.agreement.estimate > 0.98
    documents = [one.document for one in found.readable]
    assert documents[0] == {"trait": "age", "gte": 40}
    assert documents[1] == {"all": [{"trait": "age", "lt": 40}, {"trait": "orders", "gte": 6}]}
    assert found.readable[0].recall.estimate > 0.97
    assert found.readable[0].sentence == "age is at least 40"


def test_chance_has_no_rules():
    table, labels = people(0, n=400)
    found = find_rules(table, np.random.default_rng(99).integers(0, 3, 400), 3)
    assert found is None or found.readable == ()
    assert find_rules(table.take(slice(0, 10)), labels[:10], 3) is None
    assert find_rules(table, np.zeros(400, dtype=np.intp), 1) is None
    assert find_rules(TypedTable((), np.zeros((50, 0))), np.arange(50) % 2, 2) is None


def test_a_tree_puts_everybody_in_one_leaf():
    table, labels = people(7, n=300, missing=0.3)
    trees = list(grower(table, labels, 3, deepest=4).grown(8))
    assert [len(leaves) for leaves in trees] == list(range(1, len(trees) + 1))
    for leaves in trees:
        inside = np.zeros(300, dtype=int)
        for leaf in leaves:
            here = np.ones(300, dtype=bool)
            for condition in leaf.path:
                here &= condition.holds(table)
            inside += here
        assert (inside == 1).all()
        short = shortened_leaves(collapsed(leaves), table.columns) if len(leaves) > 1 else leaves
        assert (placed(short, table) == placed(leaves, table)).all()
        assert sum(len(leaf.path) for leaf in short) <= sum(len(leaf.path) for leaf in leaves)


def test_conditions_that_say_one_thing_are_one():
    ten, twenty = (Condition("x", at_least=Decimal(cut)) for cut in (10, 20))
    assert shortest([ten, twenty]) == (twenty,)
    below = [Condition("x", at_least=Decimal(cut), way="no") for cut in (30, 25)]
    assert shortest([ten, *below]) == (ten, below[1])
    first = Condition("c", codes=frozenset({0, 1}), way="not")
    second = Condition("c", codes=frozenset({1, 2}), way="not")
    assert shortest([first, second]) == (Condition("c", codes=frozenset({0, 1, 2}), way="not"),)


def test_needless_conditions_are_dropped():
    a, b = Condition("a", codes=frozenset({1})), Condition("b", codes=frozenset({1}))
    no_a, no_b = (Condition(name, codes=frozenset({1}), way="no") for name in "ab")
    columns = tuple(Column(name, "binary", ("no", "yes")) for name in "ab")
    leaves = (Leaf((a,), 0), Leaf((no_a, b), 0), Leaf((no_a, no_b), 1))
    assert shortened_leaves(leaves, columns) == (Leaf((a,), 0), Leaf((b,), 0), Leaf((no_a, no_b), 1))
