"""Criteria: weights, scoring and where their values come from."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.market.criterion import Criterion, Knockout
from segmentary.market.estimate import Estimate


def test_stated_ends_cut_off_and_relative_ones_need_not():
    stated = Criterion("x", "attractiveness", 1, (5.0, 15.0), worst=0, best=10)
    assert stated.scores(np.array([-1.0, 5, 15])).tolist() == [0, 5, 10]
    assert stated.scores(np.array([15.0]), cut=False).tolist() == [15]
    relative = Criterion("x", "attractiveness", 1, (5.0, 15.0), better="less")
    assert relative.relative
    assert relative.scale == (15.0, 5.0)


def test_points_of_people_are_scores():
    rated = Criterion.rated("brand", "competitiveness", 1, (3, 7))
    assert rated.scores(np.array(rated.values)).tolist() == [3, 7]
    assert (rated.source, rated.relative) == ("judgement", False)


def test_estimates_bring_errors_and_unknown_ones_are_refused():
    one = Criterion.estimated("spend", "attractiveness", 1, [Estimate(1.0, 0.2, 0.6, 1.4, 50)] * 2, unit="EUR")
    assert one.errors == (0.2, 0.2)
    nothing = Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    with pytest.raises(DataError, match="a value is missing"):
        Criterion.estimated("spend", "attractiveness", 1, [nothing])


def test_criteria_are_documents():
    for one in (Criterion("x", "attractiveness", 1, (5.0, 15.0), worst=0, best=10), Knockout("size", 5, (1.0, 9.0))):
        assert type(one).from_document(json.loads(json.dumps(one.to_document()))) == one
