"""Predicting as a job: kinds and their options, scores, drift, the end of one."""

from __future__ import annotations

import pytest
from tests.workspace.analysed_shop import quiet

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.workspace.prediction_jobs import drift_job, predict_job, retire_prediction_job, score_job


def test_a_prediction_is_fitted_scored_and_ended(analysed):
    asked = {"kind": "clv", "name": "worth", "days": 30, "model": "bg_nbd", "margin": 0.3, "discount": 0.1}
    found = predict_job(analysed, asked, quiet)
    assert (found.name, found.kind) == ("worth", "clv")
    assert dict(analysed.predictions.fitted("worth").asked)["margin"] == 0.3
    assert score_job(analysed, {"names": ["worth"]}, quiet).scored[0].people > 100
    assert drift_job(analysed, {"name": "worth"}, quiet).sentence
    assert retire_prediction_job(analysed, {"name": "worth"}, quiet).ended > 100
    with pytest.raises(UnknownNameError):
        retire_prediction_job(analysed, {"name": "worth"}, quiet)


def test_what_cannot_be_said_is_said_with_what_would_help(analysed):
    with pytest.raises(NoAnswerError) as told:
        predict_job(analysed, {"kind": "churn", "days": 900}, quiet)
    assert told.value.hint
    with pytest.raises(NoAnswerError):
        predict_job(analysed, {"kind": "next", "days": 900}, quiet)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": "fortune"},
        {"kind": "clv", "days": 0},
        {"kind": "clv", "margin": 2},
        {"kind": "clv", "model": "crystal_ball"},
        {"kind": "churn", "tenure": "tenure_days"},
        {"kind": "propensity", "name": "p"},
        {"kind": "lookalike", "name": "l"},
        {"kind": "clv", "name": "Not A Name"},
    ],
)
def test_wishes_that_mean_nothing_are_refused(analysed, asked):
    with pytest.raises(UsageError):
        predict_job(analysed, asked, quiet)
