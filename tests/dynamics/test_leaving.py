"""Who is about to leave: chances that hold, refused where too few left, the plain share where nothing tells."""

import datetime as dt

import numpy as np
import pytest

from segmentary.dynamics.leaving import Cutoff, early_warning
from segmentary.errors import NoAnswerError
from segmentary.models.predict.features import FeatureTable
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (Column("days", "numeric", title="days since the last order"), Column("noise", "numeric"))
AS_OF = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def members(n, seed, slope=0.06):
    """Members whose chance to leave rises with the days since their last order."""
    chance = np.random.default_rng(seed)
    days = chance.uniform(0, 90, n)
    values = np.column_stack([days, chance.normal(size=n)])
    left = chance.random(n) < 1 / (1 + np.exp(-(slope * (days - 60))))
    people = FeatureTable(TypedTable(COLUMNS, values, ids=tuple(f"c{i}" for i in range(n))), AS_OF, {}, universe=n)
    return people, left


def warned(slope=0.06, n=500, cutoffs=3, **more):
    past = [Cutoff(f"m{i}", *members(n, i, slope)) for i in range(cutoffs)]
    now, _ = members(200, 99, slope)
    stake = {f"c{i}": 100.0 for i in range(200)}
    return early_warning("vip", past, now, stake, label="now", until="then", currency="EUR", **more), now


def test_who_has_been_away_is_listed_first_and_why():
    found, now = warned()
    assert found.usable
    assert found.holdout[0].estimate.low > 0.6
    days = dict(zip(now.ids, now.table.values[:, 0], strict=True))
    top, last = found.leavers[0], found.leavers[-1]
    assert days[top.customer_id] > 75
    assert days[last.customer_id] < 15
    assert top.reasons[0].startswith("days since the last order")
    assert last.reasons == ()
    assert top.expected_loss == pytest.approx(100 * top.chance)
    truth = float(np.mean([1 / (1 + np.exp(-(0.06 * (d - 60)))) for d in days.values()])) * 200
    assert found.expected.low <= truth <= found.expected.high
    for one in found.calibration:
        assert one.actual.low - 0.08 <= one.predicted <= one.actual.high + 0.08
    assert "EUR" in found.sentence
    assert warned()[0].leavers == found.leavers


def test_where_nothing_tells_everybody_gets_the_share():
    found, _ = warned(slope=0.0)
    assert not found.usable
    assert {one.chance for one in found.leavers} == {found.base.estimate}
    assert all(one.reasons == () for one in found.leavers)
    assert [one.code for one in found.findings] == ["no_model"]
    assert "cannot be told better" in found.sentence


def test_too_few_exits_are_refused():
    with pytest.raises(NoAnswerError, match="too few to learn"):
        warned(n=12)
    with pytest.raises(NoAnswerError, match="1 earlier moments"):
        warned(cutoffs=1)
    people, _ = members(200, 0)
    nobody = [Cutoff(f"m{i}", people, np.zeros(200, dtype=bool)) for i in range(3)]
    with pytest.raises(NoAnswerError, match="only 0 people left"):
        early_warning("vip", nobody, people, {}, label="now", until="then")


def test_the_document_is_plain():
    document = warned()[0].to_document()
    assert document["trained_on"]["people"] == 1500
    assert document["tested_on"]["as_of"] == "m2"
    assert len(document["leavers"]) == 200
