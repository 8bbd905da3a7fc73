"""The matrix: scores as stated, the choice, and how firm it is (checked against linear programming)."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.attractiveness import Matrix, market_matrix
from segmentary.market.criterion import Criterion, Knockout
from segmentary.market.estimate import Estimate
from segmentary.market.firmness import Scored, axis_weights, smallest_shift

NAMES = ("a", "b", "c", "d")


def criteria():
    return [
        Criterion("size", "attractiveness", 3, (1000, 3000, 2000, 500), (100, 200, 300, 100), unit="households"),
        Criterion("growth", "attractiveness", 2, (0.1, -0.05, 0.02, 0.3), worst=-0.1, best=0.3),
        Criterion("price pressure", "attractiveness", 1, (2, 8, 4, 5), better="less"),
        Criterion.rated("brand", "competitiveness", 2, (8, 3, 5, 2)),
        Criterion.rated("channel", "competitiveness", 1, (5, 6, 7, 3)),
    ]


def test_scores_are_linear_between_the_stated_ends():
    size, growth, price, brand, _ = criteria()
    assert size.scores(np.array([500.0, 3000, 1750])).tolist() == [0, 10, 5]
    assert growth.scores(np.array([-0.2, 0.1, 0.9])).tolist() == pytest.approx([0, 5, 10])
    assert price.scores(np.array([2.0, 8])).tolist() == [10, 0]
    assert brand.scores(np.array([8.0])).tolist() == [8]
    assert "500 households scores 0, 3,000 households scores 10 (worst and best of these segments)" in size.scoring
    flat = Criterion("x", "attractiveness", 1, (2, 2))
    assert flat.scores(np.array([2.0, 2])).tolist() == [5, 5]
    assert "alike" in flat.scoring


def test_positions_are_weighted_means():
    found = market_matrix(NAMES, criteria(), m=2, bubble=(1000, 3000, 2000, 500))
    one = found.position("a")
    assert one.attractiveness.estimate == pytest.approx((3 * 2 + 2 * 5 + 1 * 10) / 6)
    assert one.competitiveness.estimate == pytest.approx((2 * 8 + 5) / 3)
    assert one.score.estimate == pytest.approx((one.attractiveness.estimate + one.competitiveness.estimate) / 2)
    assert one.bubble == 1000
    assert sorted(row.rank for row in found.positions) == [1, 2, 3, 4]
    assert found.chosen == tuple(row.name for row in sorted(found.positions, key=lambda row: row.rank)[:2])
    for row in found.positions:
        assert row.attractiveness.low <= row.attractiveness.estimate <= row.attractiveness.high
        assert row.competitiveness.low == pytest.approx(row.competitiveness.high)
    assert market_matrix(NAMES, criteria(), blend=1.0).position("a").score.estimate == pytest.approx(
        one.attractiveness.estimate
    )


def test_the_scale_of_weights_does_not_matter():
    ten = [Criterion(c.name, c.axis, c.weight * 10, c.values, c.errors, c.worst, c.best, c.better) for c in criteria()]
    one, other = market_matrix(NAMES, criteria(), m=2), market_matrix(NAMES, ten, m=2)
    assert [row.score.estimate for row in one.positions] == pytest.approx(
        [row.score.estimate for row in other.positions]
    )
    assert one.same_choice == other.same_choice


def test_the_smallest_shift_is_that_of_linear_programming():
    from scipy.optimize import linprog

    r = np.random.default_rng(0)
    for _ in range(25):
        k, axis = 3, np.array([0, 0, 0, 1, 1])
        parts = [
            Criterion(str(j), ("attractiveness", "competitiveness")[axis[j]], float(r.uniform(0.5, 3)), (1.0, 2.0, 3.0))
            for j in range(5)
        ]
        weights, axes = axis_weights(parts, 0.6)
        scored = Scored(r.uniform(0, 10, (k, 5)), weights, axes, 0.6)
        order = list(np.argsort(-scored.total))
        found = smallest_shift(scored, NAMES, [one.name for one in parts], order[:1], order[1:])
        best = math.inf
        share = np.where(axes == 0, 0.6, 0.4)
        for other in order[1:]:
            apart = (scored.scores[order[0]] - scored.scores[other]) * share
            now = weights / share
            # Variables: what is taken from and given to each weight; the moved share of both axes is least.
            answer = linprog(
                np.repeat([1.0, 0.0], 5),
                A_ub=[np.concatenate([-apart, apart])],
                b_ub=[-apart @ now],
                A_eq=[
                    np.concatenate([np.where(axes == one, 1.0, 0), -np.where(axes == one, 1.0, 0)]) for one in (0, 1)
                ],
                b_eq=[0, 0],
                bounds=[(0, one) for one in now] + [(0, None)] * 5,
            )
            if answer.success:
                best = min(best, answer.fun)
        if math.isinf(best):
            assert math.isnan(found.moved)
        else:
            assert found.moved == pytest.approx(best, abs=1e-7)


def test_the_smallest_shift_makes_the_two_equal():
    found = market_matrix(NAMES, criteria(), m=2)
    moved = {one.name: one.weight / (6 if one.axis == "attractiveness" else 3) for one in criteria()}
    for source, to, share in found.shift.moves:
        moved[source] -= share
        moved[to] += share
    again = [Criterion(c.name, c.axis, moved[c.name], c.values, (), c.worst, c.best, c.better) for c in criteria()]
    positions = market_matrix(NAMES, again, m=2)
    scores = [positions.position(one).score.estimate for one in (found.shift.out, found.shift.into)]
    assert scores[0] == pytest.approx(scores[1])


def test_a_clear_winner_is_firm_and_equals_are_not():
    clear = [
        Criterion.rated("x", "attractiveness", 1, (9, 2, 1)),
        Criterion.rated("y", "attractiveness", 1, (8, 3, 2)),
        Criterion.rated("z", "competitiveness", 1, (9, 4, 3)),
    ]
    found = market_matrix("abc", clear)
    assert (found.chosen, found.same_choice, found.same_choice_both) == (("a",), 1.0, 1.0)
    assert math.isnan(found.shift.moved)
    assert "No weighting" in found.shift.sentence
    assert found.position("b").dominated_by == "a"
    even = [
        Criterion.rated("x", "attractiveness", 1, (8, 2)),
        Criterion.rated("y", "attractiveness", 1, (2, 8)),
        Criterion.rated("z", "competitiveness", 1, (5, 5)),
    ]
    found = market_matrix("ab", even)
    assert found.shift.moved == 0
    assert found.same_choice == pytest.approx(0.5, abs=0.05)


def test_errors_of_the_data_move_the_choice():
    def unsure(error):
        return [
            Criterion("size", "attractiveness", 1, (110, 100), (error, error), worst=0, best=200),
            Criterion.rated("brand", "competitiveness", 1, (5, 5)),
        ]

    assert market_matrix("ab", unsure(0.1)).same_choice_data == 1
    even = market_matrix("ab", unsure(10)).same_choice_data
    assert even == pytest.approx(0.76, abs=0.03)  # P(Z > -10 / (10 sqrt 2))


def test_knockouts_take_segments_out():
    found = market_matrix(NAMES, criteria(), m=3, knockouts=[Knockout("size", 900, (1000, 3000, 2000, 500))])
    last = found.position("d")
    assert last.knocked_out == ("size",)
    assert (last.rank, last.kept, last.kept_both) == (4, 0, 0)
    assert set(found.chosen) == {"a", "b", "c"}
    nobody = market_matrix(NAMES, criteria(), knockouts=[Knockout("size", 9e9, (1000, 3000, 2000, 500))])
    assert (nobody.chosen, nobody.m) == ((), 0)
    assert "all_knocked_out" in {one.code for one in nobody.findings}
    assert json.dumps(nobody.to_document())


def test_one_segment_alone():
    found = market_matrix(
        "a", [Criterion.rated("x", "attractiveness", 1, (3,)), Criterion("y", "competitiveness", 1, (7,))]
    )
    assert found.chosen == ("a",)
    assert found.same_choice_both == 1
    assert math.isnan(found.shift.moved)


def test_survey_estimates_bring_their_errors():
    values = [Estimate(10.0, 1.0, 8, 12, 50), Estimate(20.0, math.nan, math.nan, math.nan, 1)]
    one = Criterion.estimated("spend", "attractiveness", 1, values, worst=0, best=40)
    found = market_matrix("ab", [one, Criterion.rated("y", "competitiveness", 1, (5, 5))])
    first, second = found.positions
    assert first.attractiveness.high > first.attractiveness.low
    assert second.attractiveness.high == second.attractiveness.low


@pytest.mark.parametrize(
    ("names", "parts", "more", "said"),
    [
        ("ab", [Criterion.rated("x", "attractiveness", 1, (1, 2))], {}, "about competitiveness"),
        ("ab", [Criterion.rated("x", "attractiveness", 1, (1, 2, 3))], {}, "3 values for 2"),
        ("aa", criteria(), {}, "one name"),
        ("abcd", [*criteria(), criteria()[0]], {}, "one name"),
        ("abcd", criteria(), {"m": 0}, "1 or more"),
        (
            "abcd",
            [Criterion.rated("x", "attractiveness", 0, (1, 2, 3, 4)), criteria()[3]],
            {},
            "weights of attractiveness",
        ),
    ],
)
def test_what_does_not_fit_is_refused(names, parts, more, said):
    with pytest.raises(DataError, match=said):
        market_matrix(names, parts, **more)


def test_nothing_to_judge():
    with pytest.raises(NoAnswerError):
        market_matrix((), criteria())
    with pytest.raises(NoAnswerError):
        market_matrix(NAMES, [])


@pytest.mark.parametrize(
    "parts",
    [
        {"axis": "beauty"},
        {"weight": -1},
        {"values": (1.0, math.nan)},
        {"errors": (1.0,)},
        {"errors": (-1.0, 1.0)},
        {"worst": 1.0},
        {"worst": 1.0, "best": 1.0},
    ],
)
def test_criteria_that_score_nothing_are_refused(parts):
    with pytest.raises(DataError):
        Criterion(**{"name": "x", "axis": "attractiveness", "weight": 1.0, "values": (1.0, 2.0)} | parts)


def test_the_matrix_is_a_document():
    found = market_matrix(NAMES, criteria(), m=2)
    document = json.loads(json.dumps(found.to_document()))
    assert Matrix.from_document(document).to_document() == document
    assert document["sentence"] == found.sentence
