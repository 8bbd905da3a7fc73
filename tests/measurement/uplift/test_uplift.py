"""Verdicts on planted effects: target, treat everyone, treat nobody, no evidence."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.measurement.uplift.planted import COLUMNS, planted

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.uplift.policies import ALL, NONE, RESPONSE, RULE, Economics
from segmentary.measurement.uplift.trial import trial_of
from segmentary.measurement.uplift.uplift import uplift
from segmentary.models.table.typed_table import TypedTable

RIDGE = (("dr", "ridge"), ("t", "ridge"))


def read(kind, n=4_000, *, seed=2, economics=None, **given):
    trial, true = planted(kind, n, seed=seed, **given)
    return uplift(trial, outcome="visits", economics=economics, learners=RIDGE, repeats=1, draws=80), true


def test_people_helped_and_harmed_are_told_apart():
    found, true = read("both")
    assert found.said.word == "target"
    assert found.said.targetable
    assert found.rule == "fan = yes"
    assert found.policy.share == pytest.approx(0.4, abs=0.03)
    assert found.policy.worth.low <= 0.4 * 0.15 <= found.policy.worth.high
    assert found.gaps[ALL].low > 0
    assert "target the 40% it helps most" in found.said.sentence
    assert [one.name for one in found.policies][:4] == [NONE, ALL, RESPONSE, RULE]
    assert found.average.low <= true.mean() <= found.average.high
    assert found.who[0].name == "fan"
    assert found.heterogeneity.slope.low < 1 < found.heterogeneity.slope.high
    tenths = found.heterogeneity.tenths
    assert sum(one.people for one in tenths) == 4_000
    # A tenth is all fans or no fans, save for the one at the border.
    assert sum(one.actual.low <= (0.15 if one.place <= 4 else -0.1) <= one.actual.high for one in tenths) >= 8


def test_where_nobody_is_harmed_everyone_is_treated_unless_it_costs():
    found, _ = read("fans")
    assert found.said.word == "treat everyone"
    assert found.said.targetable
    costly, _ = read("fans", economics=Economics(cost=1.0, value=10.0))
    assert costly.said.word == "target"
    assert "fan = yes" in " ".join(costly.said.beside)
    assert costly.policy.worth.low <= 0.4 * (2.0 - 1.0) <= costly.policy.worth.high


def test_effects_alike_are_no_evidence():
    found, _ = read("alike")
    assert found.said.word == "treat everyone"
    assert not found.said.targetable
    assert found.said.difference.startswith("no evidence of a targetable difference")
    harm, _ = read("harm")
    assert harm.said.word == "treat nobody"
    none, _ = read("none")
    assert none.said.word == "not clear"


def test_nothing_is_found_where_nothing_is():
    claimed = sum(read("none", 600, seed=seed)[0].said.targetable for seed in range(12))
    assert claimed <= 1


def test_amounts_are_read_too():
    found, true = read("both", 3_000, amounts=True)
    assert found.said.word == "target"
    assert found.curve.qini_sklift is None
    assert found.policy.worth.low <= np.maximum(true, 0).mean() <= found.policy.worth.high


def test_an_uneven_lot_is_weighed():
    trial, true = planted("both", 8_000)
    chance = np.where(trial.table.values[:, 0] == 1, 0.8, 0.3)
    r = np.random.default_rng(5)
    treated = r.random(8_000) < chance
    y = (r.random(8_000) < 0.3 + true * treated).astype(float)
    found = uplift(trial_of(trial.table, treated, y, chance), learners=RIDGE, repeats=1)
    assert found.average.low <= true.mean() <= found.average.high
    assert [one.code for one in found.findings if one.code == "uneven_lot"]


def test_what_is_found_is_json_and_repeats():
    found, _ = read("both", 1_500)
    again, _ = read("both", 1_500)
    document = json.dumps(found.to_document(), sort_keys=True)
    assert document == json.dumps(again.to_document(), sort_keys=True)
    assert "Radcliffe" in document


def test_missing_values_and_constant_columns_do_not_stop_it():
    trial, _ = planted("both", 2_000)
    values = trial.table.values.copy()
    values[::3, 1], values[:, 2] = np.nan, 0
    found = uplift(trial_of(TypedTable(COLUMNS, values), trial.treated, trial.y, 0.5), learners=RIDGE, repeats=1)
    assert found.rule == "fan = yes"


def test_too_little_and_unknown_learners_are_refused():
    with pytest.raises(NoAnswerError, match="at least 200"):
        read("both", 200)
    with pytest.raises(UsageError, match="no such learner"):
        uplift(planted("both", 1_000)[0], learners=())
