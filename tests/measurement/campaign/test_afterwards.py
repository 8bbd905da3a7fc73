"""Who still buys, and what people are worth since; forecasts stand apart."""

import datetime as dt

import numpy as np
import pytest
from sqlglot import exp
from tests.measurement.campaign.happening import AS_OF, START, made

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.measurement.campaign.afterwards import (
    FORECAST,
    retained,
    retention_query,
    retention_sums,
    ripe,
    worth,
)
from segmentary.measurement.experiment.metrics import Taken
from segmentary.measurement.experiment.outcomes import Part
from segmentary.measurement.experiment.sums import Sums


def test_thirty_days_at_a_time():
    engine, people, _ = made()
    sums = retention_sums(engine, people, (30, 60), AS_OF)
    assert {cell: int(one.y) for cell, one in sums[30].items()} == {
        ("gold", "treated"): 1, ("gold", "holdout"): 1, ("plain", "treated"): 1, ("plain", "holdout"): 0,
    }  # fmt: skip
    assert {cell: int(one.y) for cell, one in sums[60].items() if one.y} == {("gold", "treated"): 1}  # bob, on day 40
    found = retained(sums, "holdout")
    assert [(one.segment, one.after_days) for one in found][:3] == [("", 30), ("gold", 30), ("plain", 30)]
    assert all("not clear" in one.sentence or "nothing" in one.sentence for one in found)
    assert retention_sums(engine, people, (), AS_OF) == {}
    engine.close()


def test_days_that_have_not_passed_for_everybody_are_not_judged():
    start = START.replace(tzinfo=dt.UTC)
    later = start + dt.timedelta(days=10)
    assert ripe([start, later], start + dt.timedelta(days=61)) == [30]
    assert ripe([], AS_OF) == []


def shares(n, k):
    return Sums.of([1.0] * k + [0.0] * (n - k))


def test_a_large_difference_is_told_and_corrected():
    cells = {("a", "treated"): shares(900, 500), ("a", "holdout"): shares(900, 300),
             ("b", "treated"): shares(900, 300), ("b", "holdout"): shares(900, 310)}  # fmt: skip
    found = {(one.segment, one.after_days): one for one in retained({30: cells}, "holdout")}
    assert "more stay" in found["a", 30].sentence
    assert "not clear" in found["b", 30].sentence
    assert found["a", 30].p >= 0
    assert found["", 30].to_document()["treated"]["n"] == 1800


def test_worth_is_adjusted_for_the_past_and_a_forecast_says_so():
    rng = np.random.default_rng(3)
    past = rng.gamma(2, 20, 1_200)
    after = past + rng.normal(0, 5, 1_200) + np.repeat([4.0, 0.0], 600)
    cells = {("a", "treated"): Sums.of(after[:600], past[:600]), ("a", "holdout"): Sums.of(after[600:], past[600:])}
    [one] = worth(cells, "holdout", "expected value (clv)", forecast=True)
    assert one.method == "CUPED"
    assert one.difference.low < 4 < one.difference.high
    assert one.difference.high - one.difference.low < 2
    assert FORECAST in one.sentence
    assert worth({("a", "treated"): Sums()}, "holdout", "x", forecast=False) == []


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    parts = [Part("y0", Taken("any", "order_completed"), 0, 30)]
    query = retention_query(exp.table_("people"), parts, "taken")
    assert rewritten(query, dialect).sql(dialect)
