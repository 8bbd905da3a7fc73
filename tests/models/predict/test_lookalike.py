"""Lookalike: a rank with its lift out-of-fold, never a probability."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.models.predict.test_propensity import moment, telco

from segmentary.engine.duckdb import DuckDB
from segmentary.errors import NoAnswerError
from segmentary.models.predict.features import FeatureTable
from segmentary.models.predict.learners import fit_logistic
from segmentary.models.predict.lookalike import Lookalike, fit_lookalike, out_of_fold
from segmentary.models.predict.metrics import auc, lift_at
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.progress import quiet
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def people(n: int = 2_000):
    table, _ = moment(3, n)
    odds = 1.2 * table.table.values[:, 1] - 6
    member = np.random.default_rng(1).random(n) < 1 / (1 + np.exp(-odds))
    return table, member


@pytest.fixture(scope="module")
def alike() -> Lookalike:
    return fit_lookalike(*people(), name="champions")


def test_scores_are_shares_of_the_population_less_alike(alike):
    table, member = people()
    scores, tenths = alike.scores(table.table), alike.deciles(table.table)
    assert ((scores >= 0) & (scores <= 100)).all()
    order = np.argsort(alike.formula.raw(table.table))
    assert (np.diff(scores[order]) >= 0).all()
    assert (np.diff(tenths[order]) >= 0).all()
    share = (alike.formula.raw(table.table)[:, None] > alike.formula.raw(table.table)[None, :]).mean(axis=1) * 100
    assert np.abs(scores - share).max() <= 1.01
    assert scores[member].mean() > 75


def test_the_card_never_says_probability(alike):
    card = alike.card
    assert set(alike.outputs) == {"score", "decile"}
    assert [one.name for one in card.holdout] == ["auc", "lift_at_10"]
    assert 0.8 < card.holdout[0].estimate.low < card.holdout[0].estimate.high < 1
    assert card.holdout[1].estimate.low > 2
    assert card.features[0].name == "orders"
    assert card.features[0].direction == "more"
    assert card.positives == int(people()[1].sum())
    assert card.calibration == ()
    assert "no probability" in card.target
    assert not any("chance" in one.lower() for one in (card.target, card.method))


def test_a_document_and_the_engine_say_the_same(alike):
    again = Lookalike.from_document(json.loads(json.dumps(alike.to_document())))
    table, _ = people(300)
    np.testing.assert_array_equal(again.scores(table.table), alike.scores(table.table))
    values = table.table.values
    engine = DuckDB()
    told = {"customer_id": pa.array(table.ids)} | {
        f"v{i}": pa.array(values[:, i], pa.float64(), from_pandas=True) for i in (0, 1)
    }
    told |= {"v2": pa.array([("Kiel", "Ulm")[int(one)] for one in values[:, 2]]), "v3": pa.array(values[:, 3] == 1)}
    engine.ingest("people", pa.table(told))
    columns = {name: f"v{i}" for i, name in enumerate(table.types)}
    inputs = ScoreInputs(engine, exp.table_("people", quoted=True), columns, table.types, None, "score")
    rows = {row[0]: row[1:] for row in engine.rows(again.score_query(inputs))}
    assert [rows[one][0] for one in table.ids] == alike.scores(table.table).tolist()
    assert [rows[one][1] for one in table.ids] == alike.deciles(table.table).tolist()


def test_seeds_that_are_too_small_or_too_large_are_refused():
    table, _ = people()
    with pytest.raises(NoAnswerError, match="champions has 30 people"):
        fit_lookalike(table, np.arange(2_000) < 30, name="champions")
    with pytest.raises(NoAnswerError, match="60% of the population"):
        fit_lookalike(table, np.arange(2_000) < 1_200)
    alone = FeatureTable(table.table.select(["orders"]), table.as_of, table.types)
    with pytest.raises(NoAnswerError, match="as good as defined by orders"):
        fit_lookalike(alone, table.table.values[:, 1] >= 5)


def test_what_the_seed_was_chosen_by_is_left_out_and_said():
    table, _ = people()
    found = fit_lookalike(table, table.table.values[:, 1] >= 5, name="regulars")
    assert "orders" not in {one.name for one in found.card.features}
    assert [one.columns for one in found.card.findings if one.code == "definition"] == [("orders",)]
    assert set(found.features) <= {"days_since_order"}
    assert found.scores(table.table).shape == (2_000,)


def test_a_seed_by_chance_has_nothing_in_common_and_the_card_says_so():
    table, _ = people()
    found = fit_lookalike(table, np.random.default_rng(5).random(2_000) < 0.2)
    assert any(one.code == "alike" for one in found.card.findings)
    assert found.card.holdout[0].estimate.low < 0.55


@pytest.mark.real_data
def test_telco_finds_the_leavers_a_fifth_of_them_was_shown(real_data: Path):
    table, y = telco(real_data)
    figures = []
    for seed in range(6):
        leavers = np.flatnonzero(y)
        member = np.zeros(len(y))
        member[np.random.default_rng(seed).permutation(leavers)[: len(leavers) // 5]] = 1
        penalty = fit_logistic(table, member).penalty
        rest = member == 0
        apart = out_of_fold(table, member, penalty, seed, quiet)[rest]
        figures.append((auc(y[rest], apart).estimate, lift_at(y[rest], apart).estimate))
    area, lift = np.mean(figures, axis=0)
    assert area == pytest.approx(0.840, abs=0.01)
    assert lift == pytest.approx(3.07, abs=0.15)


def test_people_of_one_kind_only_say_nothing():
    columns = (Column("x", "numeric"),)
    table = FeatureTable(
        TypedTable(columns, np.ones((500, 1))), dt.datetime(2025, 1, 1, tzinfo=dt.UTC), {"x": "number"}
    )
    with pytest.raises(NoAnswerError):
        fit_lookalike(table, np.arange(500) < 100)
