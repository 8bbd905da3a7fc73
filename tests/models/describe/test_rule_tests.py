"""One condition: in arrays and in the language."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from segmentary.language.tree import Compare, Not, TraitValue
from segmentary.models.describe.rule_tests import Condition, among, operand, trait_type
from segmentary.models.table.columns import Column


def test_levels_are_said_in_the_language_of_their_trait():
    scale = Column("q", "ordinal", ("1", "2", "3", "4", "5"))
    assert among(scale, "number", frozenset({3, 4})) == Compare(TraitValue("q"), "gte", Decimal(4))
    assert among(scale, "number", frozenset({0, 1})) == Compare(TraitValue("q"), "lte", Decimal(2))
    assert among(scale, "number", frozenset({1, 3})) == Compare(TraitValue("q"), "in", (Decimal(2), Decimal(4)))
    assert among(scale, "text", frozenset({3, 4})) == Compare(TraitValue("q"), "in", ("4", "5"))
    assert among(Column("m", "binary", ("no", "yes")), "boolean", frozenset({1})) == Compare(
        TraitValue("m"), "is", True
    )
    assert trait_type(scale, None) == "number"
    assert trait_type(scale, {"q": "text"}) == "text"
    assert trait_type(Column("m", "binary", ("no", "yes")), None) == "boolean"
    assert trait_type(Column("m", "binary", ("No", "Yes")), None) == "text"


def test_unknown_is_out_but_for_the_complement():
    x = np.array([1.0, 5.0, np.nan])
    at_least = Condition("x", at_least=Decimal(3))
    assert at_least.among(x).tolist() == [False, True, False]
    assert Condition("x", at_least=Decimal(3), way="no").among(x).tolist() == [True, False, False]
    assert Condition("x", at_least=Decimal(3), way="not").among(x).tolist() == [True, False, True]
    column = Column("x", "numeric")
    assert at_least.rule(column, "number") == Compare(TraitValue("x"), "gte", Decimal(3))
    assert Condition("x", at_least=Decimal(3), way="no").rule(column, "number").operator == "lt"
    assert Condition("x", at_least=Decimal(3), way="not").rule(column, "number") == Not(at_least.rule(column, "number"))


def test_a_level_is_a_truth_value_a_number_or_a_text():
    column = Column("x", "ordinal", ("1", "2.5", "many"))
    assert operand(column, "number", 1) == Decimal("2.5")
    assert operand(column, "number", 2) == "many"
    assert operand(column, "text", 0) == "1"
    assert operand(Column("m", "binary", ("n", "y")), "boolean", 1) is True
