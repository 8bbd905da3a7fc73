"""The gate's tests."""

import numpy as np

from segmentary.models.table.columns import Column
from segmentary.models.validate.coordinates import coordinates
from segmentary.models.validate.gate import Spreads, dip_tests, log_spread, passes, spread_test
from segmentary.models.validate.verdict import Test as GateTest
from segmentary.samples.planted import make


def test_the_p_value_counts_references_as_extreme():
    references = np.array([[0.0], [-0.1], [-0.2], [-0.3]])
    assert Spreads((2,), np.array([-1.0]), references, 1).p == 1 / 5
    assert Spreads((2,), np.array([-0.25]), references, 1).p == 2 / 5
    assert Spreads((2,), np.array([1.0]), references, 1).p == 1.0


def test_significant_is_not_enough():
    assert passes(GateTest("copula_w", 0.01, 3.0, excess=0.10), 5)
    assert not passes(GateTest("copula_w", 0.01, 3.0, excess=0.02), 5)
    assert not passes(GateTest("copula_w", 0.03, 3.0, excess=0.10), 5)
    assert passes(GateTest("copula_w", 0.01, 3.0, excess=0.02), 20)
    assert passes(GateTest("dip", 0.01, 0.1), 5)


def test_segments_leave_less_spread_than_one_population():
    table, _ = make("lca4", 300, 1)
    test, spreads = spread_test(table, coordinates(table), (2, 3, 4), references=5, seed=0)
    assert test.name == "tetrachoric_w"
    assert test.p == 1 / 40
    assert test.excess == max(spreads.excess)
    assert passes(GateTest("copula_w", 0.01, 3.0, excess=test.excess), 10)


def test_coded_answers_give_the_same_by_distinct_rows():
    x, w = make("lca4", 200, 2)[0].values, np.ones(200)
    coded, plain = (log_spread(x, w, (2, 3), coded=one, seed=1) for one in (True, False))
    assert np.allclose(coded, plain, atol=0.02)
    assert log_spread(np.ones((20, 2)), np.ones(20), (2, 3), coded=False, seed=0).tolist() == [0.0, 0.0]


def test_a_split_column_is_named_and_answers_are_not_asked():
    table, _ = make("axis2", 300, 1)
    test = dip_tests(table.columns, coordinates(table), table.weight)
    assert test is not None
    assert test.columns == ("x1",)
    items, _ = make("likert", 100, 1)
    assert dip_tests(items.columns, coordinates(items), items.weight) is None
    assert dip_tests((Column("visits", "count"),), coordinates(make("counts", 50, 1)[0]), np.ones(50)) is None
