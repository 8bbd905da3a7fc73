"""Designs against formulas written out by hand, and against what replicates of linear figures must give exactly."""

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.replicates import balanced, bootstrap, jackknife
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import mean, total


def sample(seed: int = 1, n: int = 300, strata: int = 6, clusters: int = 4):
    r = np.random.default_rng(seed)
    stratum, cluster = r.integers(0, strata, n), r.integers(0, clusters, n)
    y = r.gamma(2, 50, n) + 10 * cluster + 5 * stratum
    return SurveyDesign(r.lognormal(3, 0.6, n), stratum, cluster), y


def written_out(design: SurveyDesign, scores: np.ndarray) -> float:
    """Variance of a total of clusters within strata, term by term."""
    found = 0.0
    for h in np.unique(design.strata):
        sums = [
            sum(
                design.weights[i] * scores[i]
                for i in range(len(scores))
                if (design.strata[i], design.clusters[i]) == (h, c)
            )
            for c in np.unique(design.clusters[design.strata == h])
        ]
        size, middle = len(sums), sum(sums) / len(sums)
        found += size / (size - 1) * sum((one - middle) ** 2 for one in sums)
    return found


def test_total_and_mean_are_the_textbook_formulas():
    design, y = sample()
    (whole,) = total(design, y)
    assert whole.error == pytest.approx(written_out(design, y) ** 0.5, rel=1e-12)
    (middle,) = mean(design, y)
    scores = (y - middle.estimate) / design.population
    assert middle.error == pytest.approx(written_out(design, scores) ** 0.5, rel=1e-12)
    assert middle.df == 6 * 4 - 6


def test_a_simple_random_sample_gives_the_ordinary_standard_error():
    y = np.random.default_rng(0).normal(size=50)
    design = SurveyDesign(np.full(50, 20.0))
    (one,) = mean(design, y)
    assert one.error == pytest.approx(y.std(ddof=1) / 50**0.5)
    assert one.design_effect == pytest.approx(1.0)
    assert one.effective_n == pytest.approx(50)
    (halved,) = mean(SurveyDesign(np.full(50, 2.0), units=np.full(50, 100.0)), y)
    assert halved.error == pytest.approx(one.error * 0.5**0.5)


def test_the_order_of_rows_and_the_names_of_units_do_not_matter():
    design, y = sample()
    order = np.random.default_rng(3).permutation(len(y))
    renamed = SurveyDesign(
        design.weights[order],
        np.array([f"s{one}" for one in design.strata[order]]),
        np.array([f"c{one}" for one in design.clusters[order]]),
    )
    assert mean(renamed, y[order])[0].error == pytest.approx(mean(design, y)[0].error, rel=1e-12)


def test_the_scale_of_weights_changes_no_mean():
    design, y = sample()
    for factor in (1e-9, 1e9):
        scaled = SurveyDesign(design.weights * factor, design.strata, design.clusters)
        one, other = mean(scaled, y)[0], mean(design, y)[0]
        assert (one.estimate, one.error, one.effective_n) == pytest.approx(
            (other.estimate, other.error, other.effective_n), rel=1e-9
        )


def test_replicates_of_a_total_equal_linearisation():
    design, y = sample(clusters=2)
    wanted = total(design, y)[0]
    for one in (jackknife(design), balanced(design), balanced(design, fay=0.5)):
        found = total(one, y)[0]
        assert found.error == pytest.approx(wanted.error, rel=1e-9)
        assert found.df == wanted.df == 6


def test_replicates_of_a_mean_are_close_to_linearisation():
    design, y = sample(n=600)
    wanted = mean(design, y)[0].error
    assert mean(jackknife(design), y)[0].error == pytest.approx(wanted, rel=0.03)
    assert mean(bootstrap(design, replicates=2000, seed=1), y)[0].error == pytest.approx(wanted, rel=0.08)
    assert mean(jackknife(design, groups=3, seed=1), y)[0].error == pytest.approx(wanted, rel=0.5)


def test_jackknife_without_strata_is_the_classic_one():
    r = np.random.default_rng(2)
    y = r.normal(size=40)
    found = jackknife(SurveyDesign(np.ones(40)))
    assert found.kind == "jackknife_1"
    assert found.replicates == 40
    assert mean(found, y)[0].error == pytest.approx(y.std(ddof=1) / 40**0.5)


def test_bootstrap_is_the_same_by_seed():
    design, _ = sample()
    one, same, other = (bootstrap(design, replicates=10, seed=seed).replicate_weights for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_replicates_may_lie_around_their_mean():
    design, y = sample(clusters=2)
    found = bootstrap(design, replicates=50, seed=0)
    around = SurveyDesign(
        found.weights, replicate_weights=found.replicate_weights, kind="bootstrap", around="replicates"
    )
    means = found.replicate_weights.T @ y / found.replicate_weights.sum(axis=0)
    assert mean(around, y)[0].error == pytest.approx(means.std(ddof=1))


def test_single_unit_strata_are_treated_as_asked_and_said():
    r = np.random.default_rng(4)
    y = r.normal(10, 2, 21)
    strata = np.append(np.repeat([0, 1], 10), 2)
    errors = {way: mean(SurveyDesign(np.ones(21), strata, lonely=way), y)[0].error for way in ("grand_mean", "certain")}
    assert errors["grand_mean"] >= errors["certain"] > 0
    design = SurveyDesign(np.ones(21), strata, lonely="refuse")
    with pytest.raises(NoAnswerError, match="single sampling unit"):
        mean(design, y)
    assert any(one.code == "single_unit_strata" for one in design.findings)


def test_one_unit_cannot_say_how_sure():
    design = SurveyDesign(np.ones(20), clusters=np.zeros(20))
    assert design.df == 0
    (one,) = mean(design, np.arange(20.0))
    assert one.estimate == 9.5
    assert np.isnan(one.error)
    assert not one.known
    with pytest.raises(NoAnswerError):
        design.linear_covariance(np.ones((20, 1)))
    for make in (jackknife, bootstrap):
        with pytest.raises(NoAnswerError):
            make(design)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"weights": np.array([1.0, -1.0])}, "negative"),
        ({"weights": np.array([1.0, np.nan])}, "missing"),
        ({"weights": np.zeros(3)}, "all weights are zero"),
        ({"weights": np.full(3, 1e300)}, "stands for nobody"),
        ({"weights": np.ones(3), "strata": np.zeros(2)}, "do not fit"),
        ({"weights": np.ones(3), "kind": "brr"}, "go together"),
        ({"weights": np.ones(3), "replicate_weights": np.ones((3, 4))}, "go together"),
        ({"weights": np.ones(3), "replicate_weights": np.ones((2, 4)), "kind": "brr"}, "shape"),
        ({"weights": np.ones(3), "replicate_weights": np.ones((3, 1)), "kind": "brr"}, "two replicates"),
        ({"weights": np.ones(3), "replicate_weights": np.ones((3, 4)), "kind": "fay", "fay": 1.0}, "Fay"),
        ({"weights": np.ones(3), "replicate_weights": np.ones((3, 4)), "kind": "jackknife_n"}, "scale"),
        ({"weights": np.ones(3), "kind": "balanced", "replicate_weights": np.ones((3, 4))}, "no replicate weights"),
        ({"weights": np.ones(3), "units": np.zeros(3)}, "units"),
    ],
)
def test_designs_that_do_not_fit_are_refused(parts, said):
    with pytest.raises(DataError, match=said):
        SurveyDesign(**parts)


def test_balanced_needs_pairs():
    with pytest.raises(DataError, match="two sampling units"):
        balanced(SurveyDesign(np.ones(9), np.repeat([0, 1, 2], 3)))


def test_findings_say_what_to_mind():
    assert [one.code for one in SurveyDesign.unweighted(100).findings] == ["unweighted"]
    heavy = np.ones(1000)
    heavy[7] = 1e6
    heavy[8] = 0
    codes = {one.code for one in SurveyDesign(heavy).findings}
    assert codes == {"extreme_weights", "zero_weight"}
    assert SurveyDesign(heavy).effective_n == pytest.approx(1.0, abs=0.01)


def test_the_sentence_names_the_design():
    design, _ = sample()
    assert "6 strata and 24 clusters" in design.sentence
    assert "without weights" in SurveyDesign.unweighted(5).sentence
    assert "balanced (Fay 0.5) replicate" in balanced(sample(clusters=2)[0], fay=0.5).sentence


def test_no_respondents_is_a_design_of_nobody():
    design = SurveyDesign(np.zeros(0))
    assert (len(design), design.population, design.effective_n, design.findings) == (0, 0.0, 0.0, ())
