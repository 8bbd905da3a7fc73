"""The verdict: right on a handful of known data sets, and an answer for every table."""

import numpy as np
import pytest

from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import Spread
from segmentary.models.validate.judging import MOST, judge
from segmentary.models.validate.verdict import Verdict
from segmentary.samples.planted import MORE_NULLS, NULLS, PLANTED, make

KS = (2, 3, 4)


@pytest.mark.parametrize("name", [*NULLS, *MORE_NULLS])
def test_one_population_is_not_called_natural(name):
    assert judge(make(name, 300, 1)[0], ks=KS).kind != "natural"


@pytest.mark.parametrize("name", ["mixed3", *(name for name in PLANTED if name != "likert3")])
def test_segments_that_were_put_there_are_natural(name):
    assert judge(make(name, 300, 20_000)[0], ks=KS).kind == "natural"


def test_segments_behind_a_response_style_are_seen_if_not_always_pinned_down():
    verdict = judge(make("likert3", 300, 20_000)[0], ks=KS)
    assert verdict.gate
    assert verdict.kind in ("natural", "structure_only")


def test_a_split_along_one_column_names_it():
    verdict = judge(make("axis2", 300, 3)[0], ks=KS)
    assert verdict.split_columns == ("x1",)
    assert "x1" in verdict.sentence


def test_the_verdict_is_the_same_again_and_survives_a_document():
    table = make("lca4", 150, 1)[0]
    verdict = judge(table, ks=(2, 3), seed=4)
    assert verdict == judge(table, ks=(2, 3), seed=4)
    assert Verdict.from_document(verdict.to_document()) == verdict


def numbers(values, weights=None):
    values = np.asarray(values, dtype=float)
    return TypedTable(tuple(Column(f"x{j}", "numeric") for j in range(values.shape[1])), values, weights)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.empty((0, 2)), "nothing varies"),
        (np.ones((1, 2)), "nothing varies"),
        (np.ones((90, 2)), "nothing varies"),
        (np.full((90, 2), np.nan), "nothing varies"),
        (np.random.default_rng(0).normal(size=(20, 2)), "20 people"),
        (np.empty((50, 0)), "nothing varies"),
    ],
)
def test_too_little_to_say(values, why):
    verdict = judge(numbers(values))
    assert verdict.kind == "cannot_say"
    assert verdict.gate is None
    assert why in verdict.sentence


def test_extreme_weights_leave_few_people():
    x = np.random.default_rng(0).normal(size=(100, 3))
    weights = np.ones(100)
    weights[0] = 1e6
    assert judge(numbers(x, weights)).kind == "cannot_say"


def test_weights_do_not_make_groups():
    rng = np.random.default_rng(0)
    verdict = judge(numbers(rng.normal(size=(250, 4)), rng.uniform(0.5, 3, size=250)), ks=KS)
    assert verdict.kind != "natural"
    assert verdict.effective_n < 250


def test_missing_answers_and_many_columns_are_judged():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 40))
    x[rng.uniform(size=x.shape) < 0.3] = np.nan
    assert judge(numbers(x), ks=KS).kind in ("constructive", "reproducible")


def test_duplicates_of_two_rows_are_two_groups_and_not_an_error():
    x = np.repeat(np.array([[0.0, 1.0], [5.0, 2.0]]), 40, axis=0)
    assert judge(numbers(x), ks=(2, 3)).reproducible


def test_stability_that_is_known_is_used():
    table = make("uniform", 200, 1)[0]
    verdict = judge(table, ks=(2, 3), stability={3: Spread(0.9, 0.8, 0.85, 0.95, 0.97, 100)})
    assert verdict.stability == (3, 0.9)
    assert verdict.kind == "reproducible"


def test_of_many_people_a_sample_is_looked_at_and_that_is_said():
    table = make("g3_sep", 20_000, 1)[0]
    verdict = judge(table, ks=(3,), references=10)
    assert verdict.n == 20_000
    assert f"{MOST:,} of 20,000" in verdict.findings[0].message


def test_it_tells_how_far_it_is_and_can_be_cancelled():
    heard: list[float] = []
    judge(make("uniform", 100, 1)[0], ks=(2,), references=5, tell=lambda sentence, done: heard.append(done))
    assert heard == sorted(heard)
    assert 0 <= heard[0] <= heard[-1] <= 1

    def stop(sentence, done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(make("uniform", 100, 1)[0], ks=(2,), tell=stop)
