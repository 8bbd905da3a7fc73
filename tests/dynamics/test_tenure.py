"""How long people stay, from stays counted in the engine."""

import math

import pytest
from tests.dynamics.test_states import rows_of, states

from segmentary.dynamics.tenure import curves_of, tenure
from segmentary.errors import UsageError


def test_curves_are_those_of_kaplan_and_meier():
    # Of ten stays in a, two end after one period, three are censored after one; of five left, one ends after two.
    stays = {(0, 1, True): 2, (0, 1, False): 3, (0, 2, True): 1, (0, 2, False): 4, (-1, 1, True): 9}
    curve = curves_of(stays, ("a", "b"))["a"]
    assert curve.survival.tolist() == pytest.approx([0.8, 0.8 * 0.8])
    assert (curve.people, curve.events) == (10, 3)
    assert math.isinf(curve.median().estimate)


def test_parts_of_a_small_table():
    people = {f"s{i}": [None, 0, 0, 0] for i in range(20)} | {f"g{i}": [None, 0, 1, 1] for i in range(20)}
    engine, known = states(rows_of(people))
    found = tenure(engine, known)
    a, b = found.parts
    assert (a.begun, a.ended, a.one.estimate) == (40, 20, 0.5)
    assert a.median.estimate == 1
    assert a.sentence.startswith("Of those who come into a, 50% (")
    assert "half have left after 1 month." in a.sentence
    assert (b.begun, b.ended) == (20, 0)
    assert "Only 20 stays" in b.sentence
    assert [(k.after, k.kept.estimate, k.bought.estimate) for k in a.pooled[:2]] == [(1, 40 / 60, 1.0), (2, 0.5, 1.0)]
    assert [c.people for c in a.cohorts] == [40, 20, 20]
    assert found.part("a") is a
    assert found.to_document()["parts"][0]["stays"] == 40


def test_nobody_and_too_few_moments():
    engine, known = states([])
    found = tenure(engine, known)
    assert found.parts[0].curve is None
    assert "Nobody came into a" in found.parts[0].sentence
    assert "Too few stays" in found.sentence
    engine, short = states([], moments=known.moments[:2])
    with pytest.raises(UsageError, match="three moments"):
        tenure(engine, short)
