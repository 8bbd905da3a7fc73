"""Learners recover planted effects, survive what is empty, and come back from JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.measurement.uplift.planted import planted

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.uplift.effect import EffectFormula
from segmentary.measurement.uplift.learners import LEARNERS, WAYS, DRLearner, TLearner, scores_of
from segmentary.measurement.uplift.outcome_models import BASES, constant, fit_mean, outcome_model


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("amounts", [False, True])
def test_planted_effects_are_found(way, base, amounts):
    trial, true = planted("fans", 6_000, amounts=amounts)
    learnt = LEARNERS[way](base).fit(trial.table, trial.treated, trial.y, 0.5)
    found = learnt.predict(trial.table)
    fan, unit = true > 0, 20 if amounts else 1
    assert found[fan].mean() / unit == pytest.approx(0.2, abs=0.08)
    assert found[~fan].mean() / unit == pytest.approx(0.0, abs=0.04)
    assert np.corrcoef(found, true)[0, 1] > (0.75 if base == "ridge" else 0.4)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("base", BASES)
def test_what_is_learnt_comes_back_from_json(way, base):
    trial, _ = planted("both", 1_500)
    learnt = LEARNERS[way](base).learn(trial)
    back = EffectFormula.from_document(json.loads(json.dumps(learnt.to_document())))
    assert np.array_equal(back.predict(trial.table), learnt.predict(trial.table))
    assert "fan" in back.reads


def test_the_same_seed_learns_the_same():
    trial, _ = planted("both", 1_500)
    one, other = (DRLearner(seed=3).learn(trial).predict(trial.table) for _ in range(2))
    assert np.array_equal(one, other)


def test_too_little_is_refused():
    trial, _ = planted("fans", 300)
    with pytest.raises(NoAnswerError, match="at least 200 of each"):
        TLearner().fit(trial.table, trial.treated, trial.y)
    with pytest.raises(UsageError, match="forest"):
        TLearner("forest").learn(planted("fans", 1_000)[0])


def test_scores_are_right_on_average_however_wrong_the_models_are():
    trial, true = planted("fans", 40_000, share=0.3)
    n = len(trial)
    for inside, outside in ((0.0, 0.0), (0.9, 0.1)):
        scores = scores_of(trial, np.full(n, inside), np.full(n, outside))
        assert scores.mean() == pytest.approx(true.mean(), abs=4 * scores.std() / np.sqrt(n))


def test_an_arm_in_which_nothing_happens_has_its_mean():
    trial, _ = planted("fans", 1_000)
    made = outcome_model(trial.table, np.zeros(1_000), "ridge", binary=True, seed=0)
    assert np.array_equal(made.predict(trial.table), np.zeros(1_000))
    assert constant(trial.table, 0.5).predict(trial.table)[0] == 0.5


def test_noise_leaves_a_ridge_hardly_any_slope():
    trial, _ = planted("none", 2_000)
    noise = np.random.default_rng(4).normal(0, 1, 2_000)
    assert np.std(fit_mean(trial.table, noise).predict(trial.table)) < 0.05
    told = fit_mean(trial.table, trial.table.values[:, 1] * 2.0).predict(trial.table)
    assert np.corrcoef(told, trial.table.values[:, 1])[0, 1] > 0.97
