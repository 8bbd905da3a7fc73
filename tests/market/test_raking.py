"""Raking: what iterative proportional fitting is known to give, bounds that hold, and margins that cannot be."""

import json

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.groups import Groups
from segmentary.market.raking import Margin, RakeReport, rake
from segmentary.market.replicates import jackknife
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import mean, total


def people(seed: int = 0, n: int = 500):
    r = np.random.default_rng(seed)
    sex = r.choice(["f", "m"], n, p=[0.7, 0.3])
    age = r.choice(["young", "middle", "old"], n, p=[0.5, 0.3, 0.2])
    y = r.normal(10, 2, n) + 3 * (sex == "m") + 2 * (age == "old")
    return sex.tolist(), age.tolist(), y


SEX = {"f": 520.0, "m": 480.0}
AGE = {"young": 300.0, "middle": 400.0, "old": 300.0}


def test_two_by_two_keeps_the_odds_ratio():
    """Deming & Stephan: margins are met and the association of the sample is kept; the solution is unique."""
    a = ["x"] * 70 + ["y"] * 30
    b = ["u"] * 40 + ["v"] * 30 + ["u"] * 10 + ["v"] * 20
    found = rake(
        SurveyDesign(np.ones(100)), [Margin("a", a, {"x": 0.5, "y": 0.5}), Margin("b", b, {"u": 0.6, "v": 0.4})]
    )
    cell = {
        (i, j): sum(w for w, one, two in zip(found.weights, a, b, strict=True) if (one, two) == (i, j))
        for i in "xy"
        for j in "uv"
    }
    assert cell["x", "u"] + cell["x", "v"] == pytest.approx(50, abs=1e-5)
    assert cell["x", "u"] + cell["y", "u"] == pytest.approx(60, abs=1e-5)
    odds = cell["x", "u"] * cell["y", "v"] / (cell["x", "v"] * cell["y", "u"])
    assert odds == pytest.approx(40 * 20 / (30 * 10))


def test_one_margin_is_poststratification():
    sex, _, _ = people()
    found = rake(SurveyDesign.unweighted(500), [Margin("sex", sex, SEX)])
    women = sex.count("f")
    assert found.weights[sex.index("f")] == pytest.approx(520 / women)
    assert found.design.population == pytest.approx(1000)
    assert found.report.iterations <= 2
    assert not any(one.code == "unweighted" for one in found.design.findings)


def test_raking_again_changes_nothing():
    sex, age, _ = people()
    margins = [Margin("sex", sex, SEX), Margin("age", age, AGE)]
    once = rake(SurveyDesign.unweighted(500), margins)
    again = rake(once.design, margins)
    assert again.weights == pytest.approx(once.weights, rel=1e-6)
    assert again.report.iterations == 1


def test_shares_and_percentages_are_the_same_margins():
    sex, age, _ = people()
    design = SurveyDesign(np.full(500, 2.0))
    shares = rake(design, [Margin("sex", sex, {"f": 0.52, "m": 0.48})])
    hundred = rake(design, [Margin("sex", sex, {"f": 52.0, "m": 48.0})])
    assert shares.weights == pytest.approx(hundred.weights)
    assert shares.design.population == pytest.approx(1000)
    mixed = rake(design, [Margin("sex", sex, {"f": 0.52, "m": 0.48}), Margin("age", age, AGE)], population=5e6)
    assert mixed.design.population == pytest.approx(5e6)


def test_totals_fixed_by_margins_have_no_error():
    sex, age, y = people()
    margins = [Margin("sex", sex, SEX), Margin("age", age, AGE)]
    taylor = rake(SurveyDesign.unweighted(500), margins).design
    replicated = rake(jackknife(SurveyDesign.unweighted(500), groups=100), margins).design
    for design in (taylor, replicated):
        one = total(design, groups=Groups.of(sex))[0]
        assert one.exact
        assert (one.estimate, one.error) == (pytest.approx(520, abs=1e-4), 0)
    plain = mean(SurveyDesign(taylor.weights), y)[0].error
    errors = mean(taylor, y)[0].error, mean(replicated, y)[0].error
    assert errors[0] == pytest.approx(errors[1], rel=0.15)
    assert max(errors) < plain


def test_replicates_are_made_before_raking():
    sex, _, _ = people()
    with pytest.raises(DataError, match="raked already"):
        jackknife(rake(SurveyDesign.unweighted(500), [Margin("sex", sex, SEX)]).design)


def test_raking_removes_the_bias_of_who_answers():
    """Women answer more often; the mean of everybody comes back."""
    off = []
    for seed in range(40):
        sex, age, y = people(seed)
        design = rake(
            SurveyDesign.unweighted(500),
            [Margin("sex", sex, {"f": 0.5, "m": 0.5}), Margin("age", age, {"young": 0.4, "middle": 0.3, "old": 0.3})],
        ).design
        (one,) = mean(design, y)
        off.append((one.estimate - (10 + 1.5 + 0.6)) / one.error)
    assert abs(np.mean(off)) < 0.5
    assert 0.6 < np.std(off) < 1.4


def test_trimmed_weights_stay_between_their_bounds_and_reach_the_margins():
    sex, age, _ = people()
    margins = [Margin("sex", sex, {"f": 0.4, "m": 0.6}), Margin("age", age, {"young": 0.3, "middle": 0.3, "old": 0.4})]
    free, held = (rake(SurveyDesign.unweighted(500), margins, trim=trim).report for trim in (None, (0.25, 2.9)))
    assert free.highest > 2.9
    assert held.converged
    assert held.highest <= 2.9 + 1e-6
    assert held.lowest >= 0.25 - 1e-6
    assert held.trimmed > 0
    assert held.misfit < 1e-6
    assert held.effect_after < free.effect_after


def test_bounds_that_miss_the_margins_together_are_reported():
    """Each level alone could be met within these bounds, all together cannot (27 of 68 old people are men)."""
    sex, age, _ = people()
    margins = [Margin("sex", sex, {"f": 0.4, "m": 0.6}), Margin("age", age, {"young": 0.3, "middle": 0.3, "old": 0.4})]
    found = rake(SurveyDesign.unweighted(500), margins, trim=(0.3, 2.9)).report
    assert not found.converged
    assert 1e-4 < found.misfit < 0.01
    assert "not reached" in found.sentence
    assert "not_reached" in {one.code for one in found.findings}


def test_bounds_that_cannot_be_met_are_an_error_naming_the_level():
    sex, _, _ = people()
    with pytest.raises(DataError, match=r"cannot stand for 10\.0% \(f\)"):
        rake(SurveyDesign.unweighted(500), [Margin("sex", sex, {"f": 0.1, "m": 0.9})], trim=(0.5, 2))


def test_unknown_levels_keep_their_share():
    sex, age, _ = people()
    some = [None if place % 4 == 0 else one for place, one in enumerate(sex)]
    found = rake(SurveyDesign.unweighted(500), [Margin("sex", some, SEX), Margin("age", age, AGE)])
    levels = {(one.margin, one.level): one for one in found.report.levels}
    assert levels["sex", "(missing)"].after == pytest.approx(0.25)
    assert levels["sex", "f"].after == pytest.approx(0.75 * 0.52)
    assert [one.code for one in found.report.findings] == ["missing_margin"]


@pytest.mark.parametrize(
    ("margin", "said"),
    [
        ({"f": 0.5, "m": 0.4, "d": 0.1}, "nobody asked is d"),
        ({"f": 1.0}, "respondents are m"),
        ({"f": 1.0, "m": 0.0}, "target 0 but respondents"),
        ({"f": 0.5, "m": -0.5}, "0 or more"),
        ({}, "0 or more"),
        ({"f": 0.0, "m": 0.0}, "all targets are zero"),
    ],
)
def test_impossible_margins_are_named(margin, said):
    sex, _, _ = people()
    with pytest.raises(DataError, match=said):
        rake(SurveyDesign.unweighted(500), [Margin("sex", sex, margin)])


def test_margins_that_contradict_each_other_are_named():
    sex, age, _ = people()
    with pytest.raises(DataError, match="adds up to"):
        rake(
            SurveyDesign.unweighted(500),
            [Margin("sex", sex, SEX), Margin("age", age, {k: 2 * v for k, v in AGE.items()})],
        )
    same = [Margin("a", ["x", "x", "y"], {"x": 0.5, "y": 0.5}), Margin("b", ["u", "u", "v"], {"u": 0.6, "v": 0.4})]
    with pytest.raises(DataError, match="cannot be reached together"):
        rake(SurveyDesign.unweighted(3), same)


def test_nobody_and_nothing():
    with pytest.raises(NoAnswerError):
        rake(SurveyDesign(np.zeros(0)), [Margin("a", [], {"x": 1.0})])
    with pytest.raises(DataError, match="no margin"):
        rake(SurveyDesign(np.ones(2)), [])
    with pytest.raises(DataError, match="nobody's level is known"):
        rake(SurveyDesign(np.ones(2)), [Margin("a", [None, None], {"x": 1.0})])
    with pytest.raises(DataError, match="levels for"):
        rake(SurveyDesign(np.ones(2)), [Margin("a", ["x"], {"x": 1.0})])


def test_zero_and_huge_weights():
    sex, _, _ = people()
    w = np.ones(500)
    w[:5] = 0
    w[5] = 1e6
    found = rake(SurveyDesign(w), [Margin("sex", sex, SEX)], trim=(0.1, 5))
    assert (found.weights[:5] == 0).all()
    assert found.report.highest <= 5 + 1e-6
    assert found.report.n == 495


def test_replicates_that_lose_a_level_are_counted():
    levels = ["a"] * 19 + ["b"]
    found = rake(jackknife(SurveyDesign.unweighted(20)), [Margin("x", levels, {"a": 0.9, "b": 0.1})])
    assert found.report.failed_replicates == 1
    assert {"failed_replicates", "small_levels"} <= {one.code for one in found.report.findings}


def test_the_report_is_a_document():
    sex, age, _ = people()
    report = rake(SurveyDesign.unweighted(500), [Margin("sex", sex, SEX), Margin("age", age, AGE)]).report
    document = json.loads(json.dumps(report.to_document()))
    assert RakeReport.from_document(document) == report
    assert document["sentence"].startswith("500 respondents weighted to 2 margins in ")
