"""The sum over customers beside the forecast of the total."""

import json

import numpy as np
import pytest
from tests.models.predict.test_totals import business

from segmentary.errors import NoAnswerError
from segmentary.models.predict.reconciling import Reconciliation, reconcile
from segmentary.models.predict.totals import forecast_total


@pytest.fixture(scope="module")
def forecast():
    return forecast_total(business(np.full(300, 100.0), 28), horizon_days=28)


def test_the_factor_is_of_the_forecast_and_its_ends(forecast):
    both = reconcile(50, 2_000.0, forecast)
    total = forecast.total
    assert [both.factor_low, both.factor, both.factor_high] == pytest.approx(
        [one / 2_000 for one in (total.low, total.estimate, total.high)]
    )
    assert Reconciliation.from_document(json.loads(json.dumps(both.to_document()))) == both


def test_it_says_whether_the_two_agree(forecast):
    alike, apart = reconcile(50, forecast.total.estimate, forecast), reconcile(50, 2_000.0, forecast)
    assert alike.agrees
    assert "the two agree" in alike.sentence
    assert not apart.agrees
    assert f"multiplied by {apart.factor:.2f}" in apart.sentence
    assert "50 customers" in apart.sentence


def test_nothing_cannot_be_scaled(forecast):
    with pytest.raises(NoAnswerError, match="nothing can be scaled"):
        reconcile(50, 0.0, forecast)
    with pytest.raises(NoAnswerError):
        reconcile(0, float("nan"), forecast)
