"""The generated business whose outcomes are known: what was planted is found, nulls are not, budgets need a test."""

import numpy as np
import pytest

import segmentary as sg
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes
from segmentary.samples.planted_plans import CATEGORIES, PLANS
from segmentary.workspace.tailoring import texts_in

REGIONS = ("region_north", "region_east", "region_south", "region_west")
NAMES = tuple(plan.name for plan in PLANS)


def opened(folder, *, customers=2_500, seed=3, experiment="clean"):
    truth = plant_outcomes(folder / "exports", customers=customers, seed=seed, experiment=experiment)
    workspace = sg.init(folder / "shop", timezone=truth.timezone, currency=truth.currency, environment={})
    workspace.add(*(folder / "exports" / source.file for source in SOURCES))
    workspace.apply(SEGMENTS)
    workspace.run(truth.as_of)
    return workspace, truth


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    workspace, truth = opened(tmp_path_factory.mktemp("planted"))
    with workspace:
        yield workspace, truth


@pytest.fixture(scope="module")
def used(planted):
    return planted[0].tailoring.uses([*NAMES, *REGIONS])


def test_what_a_plan_uses_is_what_was_planted(planted, used):
    _, truth = planted
    for plan in NAMES:
        shares = {
            "channel": truth.channels[plan],
            "support_chat_started.topic": truth.topics[plan],
            "weekday": {"Saturday": truth.weekend[plan] / 2},
            "hour": {"evening (18-24)": truth.evening[plan]},
        }  # fmt: skip
        if plan != truth.shift_plan:
            shares["category"] = truth.categories[plan]["2026-01"]
        for dimension, items in shares.items():
            found = {one.item: one for one in used.of(plan, dimension)}
            for item, share in items.items():
                # Some forty intervals at once: three standard errors rather than two.
                part = found[item].part
                assert abs(part.estimate - share) < 1.6 * (part.high - part.low) / 2 + 1e-9


def test_price_levels_lean_as_planted(used):
    verdicts = {(one.segment, one.item): one.verdict for one in used.rows if one.dimension == "price"}
    assert (verdicts["basic", "low price"], verdicts["basic", "high price"]) == ("over", "under")
    assert (verdicts["pro", "low price"], verdicts["pro", "high price"]) == ("under", "over")


def test_regions_are_like_everybody_else(used):
    assert [one for one in used.told() if one.segment in REGIONS] == []


def test_the_shifting_taste_is_found_and_only_that(planted):
    workspace, truth = planted
    found = workspace.tailoring.trends([*NAMES, *REGIONS], months=15)  # since the shift began
    garden = next(one for one in found.of(truth.shift_plan) if one.item == truth.shift_category)
    assert (garden.verdict, garden.own) == ("rising", True)
    assert garden.slope.low <= 0.016 <= garden.slope.high
    months = truth.categories[truth.shift_plan]
    close = [one.share.low <= months[one.month][truth.shift_category] <= one.share.high for one in garden.months]
    assert np.mean(close) >= 0.8
    for plan in ("basic", "pro"):
        assert {one.item for one in found.of(plan)} == set(CATEGORIES)
        assert all(one.verdict not in ("rising", "falling") for one in found.of(plan))
    assert not any(one.own for region in REGIONS for one in found.of(region))
    assert garden.forecast is not None


def test_offers_say_what_was_planted(planted):
    found = planted[0].tailoring.offers([*NAMES, "region_east"])
    assert {"garden"} == {one.item for one in found.of("plus") if one.kind == "build"}
    assert found.silent == ("region_east",)
    assert any(one.item == "coffee" for one in found.of("pro"))
    assert any("high end of the prices" in one.sentence for one in found.of("pro"))


def test_no_budget_without_an_experiment(planted):
    tailoring = planted[0].tailoring
    with pytest.raises(NoAnswerError, match="no experiment supports a budget") as told:
        tailoring.budget(1_000)
    assert "experiment plan" in told.value.hint
    with pytest.raises(NoAnswerError, match="cannot be said"):
        tailoring.budget(1_000, experiment="loyal_letter", cost=2)


def declare(workspace, **more):
    return workspace.experiments.declare(
        "autumn_offer", randomised="by lot, at the shop", primary="revenue = sum order_completed.amount in 56d",
        by="plan", arms={"treated": 0.45, "control": 0.45, "holdout": 0.1}, cost=2.0, **more,
    )  # fmt: skip


def test_the_campaign_and_the_budget_that_follows(planted):
    workspace, truth = planted
    declare(workspace)
    read = workspace.experiments.analyze("autumn_offer", as_of=truth.as_of)
    for one in read.segments:
        plan = one.segment.removeprefix("plan = ")
        lift = truth.effects[plan].revenue if one.arm == "treated" else 0.0
        # Six intervals at once.
        half = 1.4 * (one.raw.high - one.raw.low) / 2
        assert abs(one.raw.estimate - lift) < half
    found = workspace.tailoring.budget(1_000, within="subscribers")
    plus = found.row("plan = plus")
    assert plus.verdict in ("spend", "learn")
    assert plus.spend >= max(row.spend for row in found.rows)
    assert found.row("plan = pro").verdict in ("learn", "spend nothing")
    assert plus.people < sum(plan == "plus" for plan in truth.plan_of.values())
    assert sum(row.spend for row in found.rows) <= 1_000 + 1e-9
    again = workspace.tailoring.budget(1_000, within="subscribers")
    assert again == found


def test_a_broken_experiment_carries_no_budget(tmp_path):
    workspace, _ = opened(tmp_path, customers=1_500, experiment="broken")
    with workspace:
        declare(workspace)
        with pytest.raises(NoAnswerError, match="not what was planned"):
            workspace.tailoring.budget(1_000)


def test_names_and_windows_are_checked(planted):
    tailoring = planted[0].tailoring
    with pytest.raises(UnknownNameError):
        tailoring.uses(["nobody"])
    with pytest.raises(UnknownNameError):
        tailoring.uses(by=["colour"])
    with pytest.raises(UsageError):
        tailoring.uses(days=0)
    with pytest.raises(UsageError):
        tailoring.trends(months=2)
    with pytest.raises(UsageError):
        tailoring.budget(100, margin=0)
    assert not planted[0].warehouse.has_table("tailoring_members")


def test_what_a_definition_names(planted):
    defined = planted[0].segments_defined()
    assert "subscription_cancelled" in set(texts_in(defined["subscribers"].where))
    assert {"plan", "pro"} <= set(texts_in(defined["pro"].where))


def test_products_have_names(used):
    assert {one.said for one in used.rows if one.item == "COF-PRE-1"} == {"premium coffee 1 (COF-PRE-1)"}


def test_an_empty_workspace(tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace, pytest.raises(UsageError):
        workspace.tailoring.uses()
