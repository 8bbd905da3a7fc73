"""The market from assumptions: what products of known distributions give, and what matters most."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.market.estimate import Estimate
from segmentary.market.potential import Assumption, Potential, market_potential


def funnel():
    return [
        Assumption.known("households", "tam", 2e6, source="census"),
        Assumption("spend", "tam", 50, 40, 65, "normal", "panel", "EUR"),
        Assumption("within reach", "sam", 0.4, 0.3, 0.5, "share", "shops"),
        Assumption("would choose us", "som", 0.1, 0.02, 0.25, "pert"),
    ]


def test_stages_multiply():
    found = market_potential(funnel(), unit="EUR")
    assert found.tam.estimate == pytest.approx(1e8)
    assert found.sam.estimate == pytest.approx(4e7)
    assert found.som.estimate == pytest.approx(4e6)
    for one in (found.tam, found.sam, found.som):
        assert one.low < one.estimate < one.high
    assert found.tam.low == pytest.approx(8e7, rel=0.02)
    assert found.tam.high == pytest.approx(1.3e8, rel=0.02)


def test_lognormal_product_has_the_known_interval():
    """A product of lognormals is lognormal: squared widths on the scale of the logarithm add up."""
    parts = [Assumption(str(one), "tam", 10, 5, 20, "lognormal", "x") for one in range(3)]
    found = market_potential(parts, draws=200_000)
    half = math.sqrt(3) * math.log(2)
    assert math.log(found.tam.high / 1000) == pytest.approx(half, rel=0.02)
    assert math.log(found.tam.low / 1000) == pytest.approx(-half, rel=0.02)
    assert [round(one.contribution, 2) for one in found.tornado] == pytest.approx([1 / 3] * 3, abs=0.01)


def test_the_tornado_names_what_matters_most():
    found = market_potential(funnel())
    assert found.tornado[0].name == "would choose us"
    assert found.tornado[0].low == pytest.approx(4e6 * 0.2)
    assert found.tornado[0].high == pytest.approx(4e6 * 2.5)
    assert found.tornado[-1].swing == 0
    assert sum(one.contribution for one in found.tornado) == pytest.approx(1)
    assert "Without a source: would choose us." in found.sentence


@pytest.mark.parametrize("shape", ["uniform", "triangular", "pert", "normal", "lognormal", "share"])
def test_draws_keep_to_their_range(shape):
    drawn = Assumption("x", "tam", 0.3, 0.2, 0.6, shape).draw(np.random.default_rng(0), 20_000)
    inside = float(((drawn >= 0.2) & (drawn <= 0.6)).mean())
    assert inside == pytest.approx(1.0 if shape in ("uniform", "triangular", "pert") else 0.95, abs=0.005)
    assert (drawn >= 0).all()


def test_survey_estimates_become_assumptions():
    one = Estimate(0.3, 0.02, 0.262, 0.341, 500)
    assert Assumption.estimated("share", "sam", one, source="survey").shape == "share"
    sure = Estimate(1000.0, 0.0, 1000.0, 1000.0, 500, exact=True)
    assert Assumption.estimated("people", "tam", sure, source="survey").shape == "fixed"
    with pytest.raises(DataError, match="cannot say"):
        Assumption.estimated("x", "tam", Estimate(1.0, math.nan, math.nan, math.nan, 1), source="survey")


def test_the_same_seed_gives_the_same_market_and_order_does_not_matter_to_its_likely_value():
    assert market_potential(funnel(), seed=1) == market_potential(funnel(), seed=1)
    turned = market_potential(funnel()[::-1], seed=1)
    assert turned.last.estimate == pytest.approx(market_potential(funnel(), seed=1).last.estimate)


def test_only_a_total_market_and_a_market_of_nothing():
    found = market_potential([Assumption.known("people", "tam", 0.0, source="x"), *funnel()[1:2]])
    assert (found.tam.estimate, found.sam, found.som) == (0.0, None, None)
    assert found.last is found.tam
    assert json.dumps(found.to_document())


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("x", "tam", 5, 6, 7), "not between"),
        (("x", "tam", 5, -1, 7), "0 or more"),
        (("x", "tam", math.nan, 1, 7), "finite"),
        (("x", "now", 5, 4, 7), "no stage"),
        (("x", "tam", 5, 0, 7, "lognormal"), "above 0"),
        (("x", "sam", 0.5, 0.1, 1.0, "share"), "between 0 and 1"),
    ],
)
def test_ranges_that_are_none_are_refused(parts, said):
    with pytest.raises(DataError, match=said):
        Assumption(*parts)


def test_markets_without_a_total_or_with_two_names_are_refused():
    with pytest.raises(DataError, match="total market"):
        market_potential(funnel()[2:])
    with pytest.raises(DataError, match="one name"):
        market_potential(funnel() * 2)
    with pytest.raises(DataError, match="too few"):
        market_potential(funnel(), draws=5)


def test_telling_can_cancel():
    def stop(sentence, done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        market_potential(funnel(), tell=stop)


def test_the_potential_is_a_document():
    found = market_potential(funnel(), unit="EUR", title="cheese")
    assert Potential.from_document(json.loads(json.dumps(found.to_document()))) == found
