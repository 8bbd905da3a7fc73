"""Verdicts in sentences."""

from __future__ import annotations

import pytest

from segmentary.measurement.experiment.effects import Effect
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.verdict import verdict

BUYS = parse_metric("buys = any order_completed in 28d")
LEAVES = parse_metric("leaves = any left in 28d lower")
GUARD = parse_metric("spend = sum order_completed.amount in 28d margin 5%", "guardrail")


def made(estimate, half, control=0.1):
    error = half / 1.96
    p = 0.001 if abs(estimate) > half else 0.4
    return Effect(estimate, estimate - half, estimate + half, error, p, control + estimate, control, 500, 500, "Welch")


@pytest.mark.parametrize(
    ("metric", "found", "more", "word", "says"),
    [
        (BUYS, made(0.02, 0.01), {}, "works", "it works: higher buys, 12.0% instead of 10.0% (+2.0 percentage points"),
        (BUYS, made(-0.02, 0.01), {}, "harms", "it harms: lower buys"),
        (LEAVES, made(-0.02, 0.01), {}, "works", "lower leaves"),
        (BUYS, made(0.0045, 0.0065), {}, "not clear", "not clear: between -0.20 and +1.1 percentage points"),
        (BUYS, made(0.001, 0.004), {"detect": 0.1}, "no difference", "no difference larger than 1.0 percentage points"),
        (BUYS, made(0.02, 0.01), {"p": 0.2}, "not clear", "not clear"),
        (BUYS, None, {}, "no verdict", "nothing can be said"),
    ],
)
def test_on_a_metric(metric, found, more, word, says):
    said = verdict(found, metric, "share", **more)
    assert said.word == word
    assert says in said.sentence


@pytest.mark.parametrize(
    ("estimate", "half", "word"),
    [(0.0, 3.0, "holds"), (0.0, 8.0, "not shown"), (-10.0, 2.0, "harms"), (-2.0, 1.0, "holds")],
)
def test_a_guardrail_holds_only_where_it_is_sure(estimate, half, word):
    assert verdict(made(estimate, half, 100.0), GUARD, "mean").word == word
