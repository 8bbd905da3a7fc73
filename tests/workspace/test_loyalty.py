"""Planted satisfaction and leaving are measured within their intervals, and regions are not told apart."""

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError
from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes
from segmentary.samples.planted_plans import PLANS

REGIONS = ("region_north", "region_east", "region_south", "region_west")
NAMES = tuple(plan.name for plan in PLANS)
# Eighteen intervals at once: widened as Bonferroni would have it.
WIDER = 1.55


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    truth = plant_outcomes(folder / "exports", customers=2_500, seed=3)
    with sg.init(folder / "shop", timezone=truth.timezone, currency=truth.currency, environment={}) as workspace:
        workspace.add(*(folder / "exports" / source.file for source in SOURCES))
        workspace.apply(SEGMENTS)
        workspace.run(truth.as_of)
        yield workspace, truth


@pytest.fixture(scope="module")
def found(planted):
    return planted[0].loyalty.measure([*NAMES, *REGIONS])


def held(interval, truth):
    return abs(interval.estimate - truth) <= WIDER * (interval.high - interval.low) / 2


def test_every_planted_figure_is_within_its_interval(planted, found):
    _, truth = planted
    for plan in NAMES:
        measured = found.of(plan)
        assert held(measured["nps"].own, truth.score(plan, "2026-01"))
        assert held(measured["csat"].own, truth.satisfied[plan])
        assert held(measured["share_of_wallet"].own, truth.wallet[plan])
        for months, days in ((3, 91), (6, 183), (12, 365)):
            assert held(measured[f"retention_{months}_months"].own, truth.survival(plan, days))


def test_the_order_of_the_plans_is_told_and_regions_are_not(found):
    for measure in ("nps", "csat", "share_of_wallet", "retention_12_months", "orders_per_customer"):
        assert found.of("pro")[measure].verdict == "higher"
        assert found.of("basic")[measure].verdict == "lower"
    assert {one.verdict for region in REGIONS for one in found.of(region).values()} == {"unclear"}


def test_scores_over_the_waves(planted, found):
    _, truth = planted
    for series in found.scores:
        if series.segment in NAMES:
            assert [one.wave for one in series.waves] == list(truth.nps["plus"])
            for one in series.waves:
                assert held(one.score, truth.score(series.segment, one.wave))
            for change in series.changes:
                true = truth.score(series.segment, change.later) - truth.score(series.segment, change.earlier)
                half = WIDER * (change.change.high - change.change.low) / 2
                assert abs(change.change.estimate - true) <= half


def test_within_a_plan_happiness_does_not_keep_anybody(found):
    crossed = {one.segment: one for one in found.said_and_done}
    # Planted: within a plan, answers say nothing about leaving; across plans they do.
    unclear = sum("not clearly" in crossed[plan].sentence for plan in NAMES if plan in crossed)
    assert unclear >= 2
    everywhere = [crossed[region] for region in REGIONS]
    assert all(one.happy.estimate < one.unhappy.estimate for one in everywhere)


def test_names_are_checked(planted):
    loyalty = planted[0].loyalty
    with pytest.raises(UnknownNameError):
        loyalty.measure(nps="nothing")
    with pytest.raises(UnknownNameError):
        loyalty.measure(ends="nothing")
    assert loyalty.leaving("subscription_cancelled").starts is None
    assert loyalty.leaving().starts == "subscription_started"
    assert not planted[0].warehouse.has_table("loyalty_answers")
