"""What a campaign changed and brought: words, totals, money; and how often its intervals hold."""

from decimal import Decimal

import pytest
from tests.measurement.campaign.counted import read

from segmentary.measurement.campaign.effect import CANNOT, lifts, money, with_costs
from segmentary.measurement.campaign.reactions import Funnel
from segmentary.samples.planted_campaign import share_of_buyers

RATES = {"good": (0.5, 1.0), "null": (0.5, 0.5), "bad": (1.0, 0.5)}
TRUE = {name: share_of_buyers(treated) - share_of_buyers(held) for name, (held, treated) in RATES.items()}


@pytest.fixture(scope="module")
def found():
    return lifts(read(RATES, 5)[0])


def one_of(found, metric, segment=""):
    return next(one for one in found if (one.metric, one.segment) == (metric, segment))


def test_every_segment_gets_its_own_word(found):
    assert [one_of(found, "buys", name).word for name in RATES] == ["worked", "not clear", "did harm"]
    good = one_of(found, "buys", "good")
    assert good.sentence.startswith("good: worked: buys ")
    assert good.total.estimate == pytest.approx(good.effect.estimate * 500)
    assert good.method == "CUPED"
    assert good.to_document()["n_treated"] == 500


def test_segments_alike_are_told_together():
    alike = lifts(read({"a": (0.5, 1.0), "b": (0.5, 1.0)}, 2)[0])
    assert one_of(alike, "buys").word == "worked"
    assert one_of(alike, "buys", "a").like_all
    assert "not shown to differ" in one_of(alike, "buys", "a").sentence


def test_did_not_needs_a_size_that_would_matter():
    small = {"a": (1.0, 1.0)}
    assert one_of(lifts(read(small, 1, 20_000)[0]), "buys").word == "not clear"
    assert one_of(lifts(read(small, 1, 20_000, detect=0.1)[0]), "buys").word == "did not"


def test_before_its_day_there_is_no_verdict():
    early = lifts(read(RATES, 5, peeking=True)[0])
    assert {one.word for one in early} == {"no verdict"}
    assert "no verdict yet" in early[0].sentence


def funnel_rows():
    rows = [
        Funnel(name, arm, "v", people=500, sent=0 if arm == "holdout" else 490)
        for name in RATES
        for arm in ("treated", "holdout")
    ]
    return with_costs(rows, 0.1, {("good", "treated", "v"): (10, Decimal("20.00"))})


def test_money_is_held_against_what_it_cost(found):
    rows = funnel_rows()
    lines = {one.segment: one for one in money(found, rows, "holdout", 0.5)}
    good = lines["good"]
    assert (good.cost, good.offers_cost) == (pytest.approx(69.0), 20.0)
    assert good.profit.estimate == pytest.approx(0.5 * good.revenue.estimate - 69)
    assert good.roi.estimate == pytest.approx(good.profit.estimate / 69)
    assert 0 < good.each.low < good.each.estimate < good.each.high
    assert lines["bad"].each is None
    assert lines["bad"].why == CANNOT
    assert lines[""].people == 1_500
    assert lines[""].to_document()["basis"] == "profit"


def test_without_a_margin_the_return_is_of_revenue(found):
    line = money(found, funnel_rows(), "holdout", None)[0]
    assert line.profit is None
    assert line.basis.startswith("revenue, not profit")
    free = money(found, [Funnel("good", "treated", "v", people=500)], "holdout", 0.5)[0]
    assert free.roi is None


def test_a_broken_split_says_nothing():
    analysis, _ = read(RATES, 5)
    from dataclasses import replace

    assert lifts(replace(analysis, blocked=True)) == []


def test_intervals_hold_and_nulls_are_not_claimed():
    inside = claimed = 0
    for seed in range(40):
        analysis, _ = read(RATES, 100 + seed, 400)
        seen = lifts(analysis)
        for name, effect in TRUE.items():
            one = one_of(seen, "buys", name)
            inside += one.effect.low <= effect <= one.effect.high
        claimed += one_of(seen, "buys", "null").word in ("worked", "did harm")
    assert inside >= 0.9 * 120
    assert claimed <= 5
