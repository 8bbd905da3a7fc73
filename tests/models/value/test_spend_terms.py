"""The spend of a person as plain terms, and whether the first purchase tells of later ones."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.value.people import UNTIL, bought_and_spent, shop

from segmentary.models.value.gamma_gamma import GammaGamma
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.spend_terms import counted, first_spend, spend_terms


def test_terms_are_the_model() -> None:
    days, spend = bought_and_spent(300, seed=1)
    model = GammaGamma().fit(days, spend)
    terms = spend_terms(model, 9)
    at = days.astype(int)
    expected, low, high = model.expected_spend_interval(days, spend)
    value = terms.base[at] + terms.share[at] * days * spend
    assert value == pytest.approx(expected, rel=1e-12)
    pooled = terms.base[at] / value
    error = np.sqrt(terms.own[at] + pooled * (terms.cross[at] + pooled * terms.pool))
    assert value * np.exp(1.96 * error) == pytest.approx(high, rel=1e-4)
    assert value / np.exp(1.96 * error) == pytest.approx(low, rel=1e-4)
    assert terms.base[0] == pytest.approx(model.population_spend())


def test_a_first_purchase_that_tells_counts() -> None:
    purchases = Purchases.from_transactions(*shop(1_000, seed=2), until=UNTIL)
    found = first_spend(purchases)
    assert found.used
    assert found.correlation.low > 0
    assert found.ratio == pytest.approx(1.0, abs=0.1)
    days, money = counted(purchases, found.ratio)
    assert (days == purchases.spend_days + 1).all()
    once = purchases.spend_days == 0
    assert money[once] == pytest.approx(found.ratio * purchases.first_spend[once])
    days, money = counted(purchases, 0.0)
    assert (days == purchases.spend_days).all()
    assert (money[once] == 0).all()


def test_a_first_purchase_that_tells_nothing_does_not_count() -> None:
    ids, days, amounts = shop(1_000, seed=3)
    draw = np.random.default_rng(3)
    purchases = Purchases.from_transactions(ids, days, draw.permutation(amounts), until=UNTIL)
    assert not first_spend(purchases).used
    same = Purchases.from_transactions(ids, days, np.full(len(ids), 9.99), until=UNTIL)
    assert not first_spend(same).used
    few = Purchases.from_transactions(*shop(20, seed=4), until=UNTIL)
    assert not first_spend(few).used


def test_unpaid_days_do_not_count() -> None:
    purchases = Purchases.from_transactions(["a", "a", "b"], [0, 4, 2], [0.0, 6.0, 0.0], until=9)
    days, money = counted(purchases, 1.5)
    assert days.tolist() == [1.0, 0.0]
    assert money.tolist() == [6.0, 0.0]
