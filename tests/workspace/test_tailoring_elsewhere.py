"""Tailoring and loyalty with the warehouse in PostgreSQL: what the embedded database says."""

import shutil

import pytest
from tests.engine.engines import postgres_server

import segmentary as sg
from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    truth = plant_outcomes(folder / "exports", customers=300, seed=5)
    with sg.init(folder / "here", timezone=truth.timezone, currency=truth.currency, environment={}) as workspace:
        workspace.add(*(folder / "exports" / source.file for source in SOURCES))
        workspace.apply(SEGMENTS)
        workspace.run(truth.as_of)
    shutil.copytree(folder / "here", folder / "there")
    with (
        postgres_server() as server,
        sg.open(folder / "here") as here,
        sg.open(folder / "there", warehouse=server) as there,
    ):
        yield here, there


def test_uses_are_the_same(shops):
    here, there = (shop.tailoring.uses(["pro", "basic"]) for shop in shops)
    assert [(one.segment, one.item, one.users, one.verdict) for one in here.rows] == [
        (one.segment, one.item, one.users, one.verdict) for one in there.rows
    ]
    assert [one.part.estimate for one in here.rows] == pytest.approx([one.part.estimate for one in there.rows])


def test_trends_are_the_same(shops):
    here, there = (shop.tailoring.trends(["plus", "pro"]) for shop in shops)
    assert [one.slope.estimate for one in here.rows] == pytest.approx([one.slope.estimate for one in there.rows])
    assert [one.slope.error for one in here.rows] == pytest.approx([one.slope.error for one in there.rows])


def test_loyalty_is_the_same(shops):
    here, there = (shop.loyalty.measure(["pro", "basic"]) for shop in shops)
    assert [one.measure for one in here.figures] == [one.measure for one in there.figures]
    assert [one.own.estimate for one in here.figures] == pytest.approx([one.own.estimate for one in there.figures])
    assert [one.happy.n for one in here.said_and_done] == [one.happy.n for one in there.said_and_done]
