"""Members against everybody else: the numbers, the correction, and what is not shown."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from segmentary.models.intervals import Moments, difference_of_means
from segmentary.report.compare import best_markers, compare, hidden_levels
from segmentary.report.figures import SegmentInput
from segmentary.report.suppression import pair_sums
from segmentary.report.tallies import Sums, Tally, TraitColumn

TRAIT = TraitColumn("orders", "Orders", "orders", "mean", "v0")
GRAM = pair_sums(np.array([[1, 0], [1, 1]], dtype=bool))


def sums(values: list[float], centre: float) -> Sums:
    return Sums(len(values), sum(v - centre for v in values), sum((v - centre) ** 2 for v in values))


def tally(traits: dict[tuple[str, str | None], Sums], people: int) -> Tally:
    return Tally(people, None, 0.0, traits)


def compared(members: list[float], others: list[float], *, below: int = 11, uses: frozenset[str] = frozenset()):
    centre = 3.0
    return compare(
        [SegmentInput("s", uses=uses)],
        [TRAIT],
        [tally({("orders", None): sums(members, centre)}, len(members))],
        tally({("orders", None): sums(members + others, centre)}, len(members) + len(others)),
        {"orders": centre},
        shown=[True],
        gram=GRAM,
        below=below,
    )


def test_others_are_found_by_subtraction() -> None:
    members, others = [5.0, 6.0, 7.0, 9.0] * 5, [1.0, 2.0, 3.0, 2.0] * 9
    (found,) = compared(members, others)
    expected = difference_of_means(
        Moments(20, statistics.fmean(members), statistics.variance(members)),
        Moments(36, statistics.fmean(others), statistics.variance(others)),
    )
    assert expected is not None
    assert found.members == pytest.approx(6.75)
    assert found.others == pytest.approx(2.0)
    assert found.difference.low == pytest.approx(expected.low)
    assert found.difference.effect == pytest.approx(expected.effect)
    assert found.marker
    assert not found.defining


def test_few_on_either_side_are_not_compared() -> None:
    assert compared([5.0, 6.0] * 5, [1.0, 2.0] * 20) == ()
    assert compared([5.0, 6.0] * 20, [1.0, 2.0] * 5) == ()
    assert compared([5.0] * 20, [5.0] * 20) == ()
    assert len(compared([5.0, 6.0], [1.0, 2.0], below=1)) == 1


def test_a_trait_of_the_rule_is_no_discovery() -> None:
    found = compared([5.0, 6.0] * 10, [1.0, 2.0] * 20, uses=frozenset({"orders"}))
    assert found[0].defining
    assert best_markers(found, "s") == [found[0]]
    assert best_markers(found, "other") == []


def test_a_level_that_others_would_give_away_is_hidden() -> None:
    # Three segments that together are everybody: hiding one alone would not hide it.
    gram = pair_sums(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=bool))
    parts = [Sums(100, 4.0, 0.0), Sums(100, 30.0, 0.0), Sums(100, 60.0, 0.0)]
    assert hidden_levels(parts, Sums(300, 94.0, 0.0), gram, 11) - {3} == {0, 1}
    assert hidden_levels([Sums(100, 40.0, 0.0)] * 3, Sums(300, 120.0, 0.0), gram, 11) == set()
