from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.expressions import all_of, rule_of, trait, value_of
from segmentary.language.expressions_people import top
from segmentary.language.tree import All, AnyOf, Arithmetic, Compare, Constant, Not, TraitValue

A, B, C = ((trait(name) > 1) for name in "abc")


def test_chains_stay_one_group_and_groups_stay_groups():
    assert (A & B & C).rule == All((A.rule, B.rule, C.rule))
    assert (A & (B & C)).rule == All((A.rule, B.rule, C.rule))
    assert (A | B | C).rule == AnyOf((A.rule, B.rule, C.rule))
    assert (A & B | C).rule == AnyOf((All((A.rule, B.rule)), C.rule))
    assert (all_of(A, B) & C).rule == All((All((A.rule, B.rule)), C.rule))
    assert (~(A & B) & C).rule == All((Not(All((A.rule, B.rule))), C.rule))


def test_and_or_not_in_words_are_refused():
    with pytest.raises(TypeError, match=r"join with & \| ~"):
        bool(A)
    with pytest.raises(TypeError, match="join with"):
        1 < trait("a") < 3  # noqa: B015


def test_numbers_are_exact():
    assert (trait("a") > 0.1).rule == Compare(TraitValue("a"), "gt", Decimal("0.1"))
    assert (trait("a") * 2).value == Arithmetic("multiply", TraitValue("a"), Constant(Decimal(2)))
    with pytest.raises(DefinitionError, match="not a number"):
        trait("a") > float("nan")  # noqa: B015


def test_fixed_values_have_to_mean_something():
    with pytest.raises(DefinitionError, match="write missing: true"):
        trait("a") == None  # noqa: B015, E711
    with pytest.raises(DefinitionError, match="does not say its zone"):
        trait("a").before(dt.datetime(2026, 1, 1))
    with pytest.raises(DefinitionError, match="'mondy' is not possible"):
        trait("a").weekday_in("mondy")
    with pytest.raises(DefinitionError, match="edges of bands are numbers"):
        trait("a").band(["x"], ["low", "high"])
    with pytest.raises(DefinitionError, match="is not a share"):
        top("ten percent", by=trait("a"))


def test_trees_and_expressions_mix():
    assert rule_of(A.rule) is A.rule
    assert value_of(TraitValue("a")) == TraitValue("a")
    assert value_of("x") == Constant("x")
    with pytest.raises(DefinitionError, match="a quantity is not a condition"):
        rule_of(trait("a"))  # type: ignore[arg-type]
