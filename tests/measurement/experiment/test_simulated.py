"""The benchmark's claims, small: how often something is said that is not so."""

from __future__ import annotations

import pytest
from benchmarks import experiments


@pytest.mark.parametrize(
    ("part", "simulations"),
    [
        (experiments.looking, 60), (experiments.many_segments, 100), (experiments.assigned, 500),
        (experiments.adjusting, 300), (experiments.shrinking, 60),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)  # fmt: skip
def test_bars_are_kept_as_far_as_so_few_can_tell(part, simulations):
    made = part(simulations)
    for one in made if isinstance(made, tuple) else (made,):
        room = 3 * (0.25 / simulations) ** 0.5
        assert one.low - room <= one.measured <= one.high + room


def test_one_look_finds_something_that_is_not_there_once_in_twenty():
    assert 0.03 <= experiments.fixed(600, people=1_000).measured <= 0.07


def test_the_split_alarm_is_exact():
    fair, skewed = experiments.splits(1)
    assert fair.measured < 0.001
    assert skewed.measured > 0.99
