"""Transition matrices: shares, intervals, whether people move otherwise than before."""

import datetime as dt
import itertools

import numpy as np
import pytest
from sqlglot import exp

from segmentary.dynamics.states import EDITED, GONE, NEW, States
from segmentary.dynamics.transitions import transitions, transitions_of
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import UsageError
from segmentary.models.intervals import wilson

PARTS = ("good", "poor")


def described(steps):
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    moments = tuple(start + dt.timedelta(days=30 * t) for t in range(len(steps) + 1))
    labels = tuple(f"{one:%Y-%m-%d}" for one in moments)
    return States("kinds", PARTS, moments, labels, "log", exp.table_("none"), "month")


def steps_of(*tables):
    return np.array(tables, dtype=np.int64)


def table(good, poor, new=(0, 0), edited=0):
    """Moves: of good and of poor to (good, poor, gone); of new to (good, poor)."""
    counts = np.zeros((5, 5), dtype=np.int64)
    counts[0, [0, 1, 3]], counts[1, [0, 1, 3]], counts[3, [0, 1]] = good, poor, new
    counts[0, 4] = counts[4, 1] = edited
    return counts


def test_rows_are_shares_with_intervals_and_the_totals_are_sizes():
    steps = steps_of(table((80, 20, 0), (10, 90, 0), (5, 0)), table((76, 19, 0), (11, 99, 0)))
    found = transitions_of(steps, described(steps))
    good = found.rows[0]
    assert good.part == "good"
    assert good.people == 195
    stay = next(cell for cell in good.cells if cell.destination == "good")
    assert stay.share == wilson(156, 195)
    low, high = stay.simultaneous
    assert low < stay.share.low < stay.share.high < high, "all cells together need wider intervals"
    assert good.typical_stay == pytest.approx(1 / (1 - 156 / 195))
    assert found.sizes.tolist() == [[100, 100, 0], [95, 110, 0], [87, 118, 0]]
    assert found.origins[3] == NEW
    assert found.destinations[3] == GONE
    assert found.origins[4] == EDITED
    assert [row.part for row in found.rows] == ["good", "poor", NEW]
    assert found.to_document()["steps"][0]["moves"][0] == {"from": "good", "to": "good", "people": 80}


def test_one_step_has_no_test_and_steps_alike_are_not_called_changed():
    one = transitions_of(steps_of(table((80, 20, 0), (10, 90, 0))), described([0]))
    assert one.p is None
    assert one.rows[0].test is None
    alike = transitions_of(steps_of(*[table((80, 20, 0), (10, 90, 0))] * 6), described([0] * 6))
    assert alike.p == pytest.approx(1.0)
    assert "cannot be established" in alike.sentence


def test_a_change_is_found_and_said():
    before, after = table((90, 10, 0), (10, 90, 0)), table((60, 40, 0), (10, 90, 0))
    found = transitions_of(steps_of(before, before, after, after), described([0] * 4))
    good, poor = found.rows
    assert good.test.p_holm < 0.001
    assert poor.test.p_holm > 0.5
    assert good.changed == "staying good changed clearly: 90% in the first half of the time, 60% in the second"
    assert "did not move in the same way" in found.sentence


def test_an_edited_definition_is_no_movement():
    found = transitions_of(steps_of(table((80, 10, 0), (10, 90, 0), edited=10)), described([0]))
    assert found.rows[0].people == 90, "whom the edit moved takes no part in shares"
    assert found.sizes[0].tolist()[:2] == [100, 100]
    assert found.sizes[1].tolist()[:2] == [90, 110]
    assert "10 changes came of an edited definition" in found.sentence
    assert [one.code for one in found.findings] == ["edited"]


def test_nobody_and_too_few_moments():
    found = transitions_of(steps_of(table((0, 0, 0), (0, 0, 0))), described([0]))
    assert found.rows == ()
    assert "Nobody" in found.sentence
    with pytest.raises(UsageError, match="two moments"):
        transitions(DuckDB(), described([]))


def test_a_row_that_never_changes_is_rarely_called_changed():
    chance = np.random.default_rng(4)
    said = 0
    for seed in range(60):
        steps = np.zeros((5, 5, 5), dtype=np.int64)
        for step, row in itertools.product(range(5), (0, 1)):
            steps[step, row, :2] = chance.multinomial(40, [0.8, 0.2])
        said += bool((transitions_of(steps, described([0] * 5), seed=seed).p or 1) < 0.05)
    assert said <= 7
