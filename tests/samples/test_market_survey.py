from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.table.reading import typed_table
from segmentary.samples.generated import make_business
from segmentary.samples.market_people import ATTITUDE_GROUPS, BRANDS, GAP_GROUP, GAP_NEED, NEEDS, base_shares, group_of
from segmentary.samples.market_survey import POPULATION, WAVES, MarketSurvey, attitude_truth, market_survey
from segmentary.samples.personas import PERSONAS, SCALES


@pytest.fixture(scope="module", params=[True, False], ids=["gap", "no gap"])
def survey(request: pytest.FixtureRequest) -> MarketSurvey:
    return market_survey(respondents=3_000, gap=request.param, seed=4)


def raked(part: MarketSurvey, wave: str) -> np.ndarray:
    columns = part.columns()
    weights = np.array(columns["weight"])
    for _ in range(30):
        for name, levels in part.margins[wave].items():
            values = np.array(columns[name])
            for level, people in levels.items():
                weights[values == level] *= people / weights[values == level].sum()
    return weights


def test_the_same_seed_makes_the_same_survey() -> None:
    one, other = market_survey(respondents=60, seed=5), market_survey(respondents=60, seed=5)
    assert one.rows == other.rows
    assert one.truth == other.truth
    assert one.rows != market_survey(respondents=60, seed=6).rows


def test_nobody_asked() -> None:
    empty = market_survey(respondents=0)
    assert empty.rows == ()
    assert empty.columns() == {}


def test_personas_with_near_attitudes_are_one_group() -> None:
    grouped = [name for names in ATTITUDE_GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped)) == len(PERSONAS) - 2
    means = {p.name: np.array([p.attitudes.get(scale, 3.0) for scale in SCALES]) for p in PERSONAS}
    for one in grouped:
        for other in grouped:
            if group_of(one) != group_of(other):
                assert np.linalg.norm(means[one] - means[other]) > 1
        family = [name for name in grouped if group_of(name) == group_of(one) and name != one]
        assert not family or min(np.linalg.norm(means[one] - means[name]) for name in family) <= 1
    assert group_of("newcomer") is None


def test_weights_are_the_population_and_raking_finds_the_sizes(survey: MarketSurvey) -> None:
    for wave in WAVES:
        part = survey.wave(wave)
        assert sum(row["weight"] for row in part.rows) == pytest.approx(POPULATION)
        weights = raked(part, wave)
        segments = np.array(part.truth.segments)
        effective = weights.sum() ** 2 / (weights @ weights)
        for group, size in part.truth.sizes[wave].items():
            error = np.sqrt(size * (1 - size) / effective)
            assert weights[segments == group].sum() / weights.sum() == pytest.approx(size, abs=4.5 * error)
        aware = weights[np.array(part.columns()["aware_ours"])].sum() / weights.sum()
        assert aware == pytest.approx(part.truth.awareness[wave], abs=0.06)


def test_the_gap_is_there_or_not(survey: MarketSurvey) -> None:
    truth = survey.truth
    segments = np.array(truth.segments)
    columns = survey.columns()
    wanted = np.array([np.nan if v is None else v for v in columns[f"importance_{GAP_NEED}"]], dtype=float)
    satisfied = np.array([np.nan if v is None else v for v in columns[f"satisfied_{GAP_NEED}"]], dtype=float)
    inside = segments == GAP_GROUP
    penetration = truth.penetration[WAVES[-1]]
    assert np.nanmean(wanted[inside]) > 4
    if truth.gap_segment is None:
        assert truth.gap_need is None
        assert set(truth.trends) == {"awareness_ours"}
        assert max(penetration.values()) == pytest.approx(min(penetration.values()))
        assert np.nanmean(satisfied[inside]) == pytest.approx(np.nanmean(satisfied[~inside]), abs=0.3)
    else:
        assert (truth.gap_segment, truth.gap_need) == (GAP_GROUP, GAP_NEED)
        assert truth.trends["size_green"] == (0.15, 0.20, 0.25)
        assert penetration[GAP_GROUP] < 0.25 * penetration["loyal"]
        assert np.nanmean(satisfied[inside]) < 2.3


def test_customers_are_those_of_the_business() -> None:
    business, _ = make_business(customers=300, seed=2)
    survey = market_survey(respondents=900, business=business, gap=False)
    personas = {who.customer_id: who.persona for who in business.customers}
    named = [(row["customer_id"], segment) for row, segment in zip(survey.rows, survey.truth.segments, strict=True)]
    ours = [(who, segment) for who, segment in named if who in personas]
    assert len(ours) == len({who for who, _ in ours}) > 20
    assert all(group_of(personas[who]) == segment for who, segment in ours)
    for row in survey.rows:
        assert row["uses_ours"] == (row["customer_id"] is not None)


def test_answers_hang_together(survey: MarketSurvey) -> None:
    for row in survey.rows[:500]:
        assert 18 <= row["age"] < 80
        for brand in BRANDS:
            assert row[f"considers_{brand}"] <= row[f"aware_{brand}"]
            assert row[f"uses_{brand}"] <= row[f"considers_{brand}"]
            assert (row[f"spend_{brand}"] > 0) == row[f"uses_{brand}"]
            assert (row[f"{brand}_cheap"] is None) == (not row[f"aware_{brand}"])
        for need in NEEDS:
            assert row[f"importance_{need}"] in (None, 1, 2, 3, 4, 5)


def test_a_survey_is_a_typed_table(survey: MarketSurvey) -> None:
    items = [f"{scale}_{number}" for scale in SCALES for number in (1, 2, 3)]
    table = typed_table(survey.rows, columns=items, weights="weight", ids="respondent_id").table
    assert {(column.kind, len(column.levels)) for column in table.columns} == {("ordinal", 5)}
    assert 0.02 < np.isnan(table.values).mean() < 0.12
    assert table.effective_n < len(table)


def test_truth_of_those_who_answered() -> None:
    business, _ = make_business(customers=400, seed=2)
    answered, everybody = attitude_truth(business), attitude_truth(business, people="all")
    assert set(answered) < set(everybody)
    assert set(everybody.values()) == set(ATTITUDE_GROUPS)
    assert sum(base_shares().values()) == pytest.approx(1)
    assert all(who.answered_at is not None for who in business.customers if who.customer_id in answered)
