"""Whom the Hillstrom e-mails help: the figures other tools reach, and what is not claimed."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.golden.uplift import trial

from segmentary.measurement.uplift.curves import qini_score
from segmentary.measurement.uplift.learners import DRLearner, TLearner
from segmentary.measurement.uplift.trial import folds_of
from segmentary.measurement.uplift.uplift import uplift

pytestmark = pytest.mark.real_data
DR = (("dr", "ridge"),)


def test_womens_visits_reach_the_published_qini(real_data):
    given = trial(real_data, "womens")
    fold, reached = folds_of(given, 3, 0), []
    for k in range(3):
        train, test = given.take(fold != k), given.take(fold == k)
        plain = TLearner().learn(train)
        both = (plain, DRLearner().learn(train, plain))
        reached.append([qini_score(test.y, one.predict(test.table), test.treated) for one in both])
    assert np.min(np.mean(reached, axis=0)) >= 0.058


def test_the_verdicts(real_data):
    women, men = (
        uplift(trial(real_data, arm), arm=arm, learners=DR, repeats=1, draws=120) for arm in ("womens", "mens")
    )
    assert women.said.targetable
    assert women.differences["likely anyway"].low > 0
    assert women.curve.uplift["0.3"].estimate == pytest.approx(0.07, abs=0.004)
    assert women.rule == "womens = yes"
    assert men.said.difference.startswith("no evidence of a targetable difference")
    assert men.said.word == "treat everyone"
