"""Whom a planted campaign helps: `plus` buys more, `basic` the same, `pro` less; told apart as of the assignment."""

from __future__ import annotations

import datetime as dt
import json

import pytest

import segmentary
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.samples.planted_outcomes import SOURCES, plant_outcomes

METRIC = "orders = count order_completed in 56d"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uplift")
    truth = plant_outcomes(folder / "files", customers=4_000, seed=7)
    made = segmentary.init(folder / "shop", timezone=truth.timezone, currency=truth.currency, environment={})
    with made as workspace:
        workspace.add(*(folder / "files" / source.file for source in SOURCES))
        given = {"control": "control", "arms": {"treated": 0.5, "control": 0.5}}
        workspace.experiments.declare("autumn_offer", randomised="by the shop", primary=METRIC, **given)
        workspace.experiments.declare(
            "as_ratio", campaign="autumn_offer", randomised="by the shop", **given,
            primary="basket = sum order_completed.amount / count order_completed in 28d",
        )  # fmt: skip
        yield workspace


@pytest.fixture(scope="module")
def helped(shop):
    return shop.experiments.uplift("autumn_offer", by=["plan", "region"], learners="ridge", as_of="2026-03-01")


def test_the_planted_differences_are_found_by_plan(helped):
    (found,) = helped.arms
    assert found.said.targetable
    assert found.said.word == "target"
    assert found.rule == "plan = plus"
    assert found.who[0].name == "plan"
    assert found.who[1].importance < 0.05
    assert helped.assigned_at.date() == dt.date(2025, 10, 6)
    assert "undated" in {one.code for one in helped.findings}


def test_it_is_json(helped):
    assert json.loads(json.dumps(helped.to_document()))["arms"][0]["said"]["word"] == "target"


def test_without_traits_the_dated_past_is_read(shop):
    found = shop.experiments.uplift("autumn_offer", learners="ridge", as_of="2026-03-01")
    assert "days_since_order" in found.arms[0].features
    assert "plan" not in found.arms[0].features


def test_what_cannot_be_read_is_refused(shop):
    ask = shop.experiments.uplift
    with pytest.raises(UnknownNameError, match="plann"):
        ask("autumn_offer", by=["plann"], as_of="2026-03-01")
    with pytest.raises(UnknownNameError, match="postcard"):
        ask("autumn_offer", by=["plan"], arms=["postcard"], as_of="2026-03-01")
    with pytest.raises(UsageError, match="what is one orders worth"):
        ask("autumn_offer", by=["plan"], cost=1.0, as_of="2026-03-01")
    with pytest.raises(UsageError, match="ratio"):
        ask("as_ratio", by=["plan"], as_of="2026-03-01")


def test_a_broken_split_is_not_read(tmp_path):
    truth = plant_outcomes(tmp_path / "files", customers=3_000, seed=7, experiment="broken")
    made = segmentary.init(tmp_path / "shop", timezone=truth.timezone, currency=truth.currency, environment={})
    with made as workspace:
        workspace.add(*(tmp_path / "files" / source.file for source in SOURCES))
        given = {"control": "control", "arms": {"treated": 0.5, "control": 0.5}}
        workspace.experiments.declare("autumn_offer", randomised="by the shop", primary=METRIC, **given)
        with pytest.raises(NoAnswerError, match="not what was planned"):
            workspace.experiments.uplift("autumn_offer", by=["plan"], as_of="2026-03-01")
