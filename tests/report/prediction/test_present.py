import math

import numpy as np
import pytest
from tests.report.prediction.cards import report

from segmentary.dynamics.drift import drift_from
from segmentary.models.predict.card import Distribution
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.report.prediction.data import ScoreBin
from segmentary.report.prediction.present import drift, label, segments, spread


@pytest.mark.parametrize("kind", ["next", "churn"])
def test_spread_and_segments_are_drawn(kind):
    data = report(kind)
    for part in (spread(data), segments(data)):
        for figure in part.figures:
            assert figure.draw(342).to_dict()
    hidden = spread(data).figures[0].natives[0].series[0].values
    assert sum(value is None for value in hidden) >= 2


def test_who_scores_highest_is_said_where_it_is_clear():
    assert segments(report()).lead[0] == "Highest on average is ../first & <b> (75%), lowest rest (33%)."
    assert "Members are of 2026-02-01" in segments(report()).lead[1]


def test_labels_of_bins():
    assert label(ScoreBin(-math.inf, 10.0, 1), report("next")) == "below 10"
    assert label(ScoreBin(1_000.0, math.inf, 1), report("next")) == "1K or more"
    assert label(ScoreBin(-math.inf, 0.05, 1), report()) == "0 to 5%"
    assert label(ScoreBin(0.95, math.inf, 1), report()) == "95 to 100%"


def test_a_rank_has_no_spread():
    assert spread(report("lookalike")) is None


def test_drift_tells_what_moved():
    values = np.random.default_rng(1).normal(1.0, 1.0, (800, 2))
    table = TypedTable((Column("a", "numeric"), Column("b", "numeric")), values)
    shares = (0.25, 0.25, 0.25, 0.25)
    then = [Distribution(name, (-0.7, 0.0, 0.7), (), shares, 0.0) for name in ("a", "b")]
    found = drift_from(then, table, people=800, must={"b": "time passes"}, then="then", now="now")
    part = drift(report(drift=found))
    assert {grid.name for grid in part.grids} == {"Drift", "Must drift"}
    assert part.figures[0].natives[0].categories == ("A",) if part.figures else True
