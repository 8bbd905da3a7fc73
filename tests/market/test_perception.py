"""How brands are seen: planted differences found, none without, and a map that keeps distances."""

import json

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.market.groups import Groups
from segmentary.market.perception import Perceptions, mapped, perceptions
from segmentary.market.survey_design import SurveyDesign

BRANDS = ("we", "x", "y")
ATTRIBUTES = ("cheap", "fresh", "near", "kind")


def ratings(seed, planted=True, n=400):
    r = np.random.default_rng(seed)
    labels = r.integers(0, 2, n)
    person = r.normal(0, 0.7, (n, 1, 1))
    found = 5 + person + r.normal(0, 1.2, (n, 3, 4))
    if planted:
        found[labels == 0, 1, 1] += 1.5
    return found, Groups(("a", "b"), labels), SurveyDesign(r.lognormal(0, 0.3, n))


def test_planted_perception_is_found():
    values, groups, design = ratings(0)
    found = perceptions(values, BRANDS, ATTRIBUTES, groups, design, ours="we")
    sure = [(one.segment, one.brand, one.attribute) for one in found.cells if one.difference and one.difference.sure]
    assert sure == [("a", "x", "fresh")]
    cell = next(one for one in found.cells if (one.segment, one.brand, one.attribute) == ("a", "x", "fresh"))
    assert cell.relative > 0.5
    assert cell.difference.estimate == pytest.approx(-1.5, abs=0.4)
    assert found.sentence == "Worse on fresh (against x, a)."


def test_false_alarms_stay_below_five_in_a_hundred():
    rounds = 200
    alarms = 0
    for seed in range(rounds):
        values, groups, design = ratings(800 + seed, planted=False, n=150)
        found = perceptions(values, BRANDS, ATTRIBUTES, groups, design, ours="we")
        alarms += any(one.difference is not None and one.difference.sure for one in found.cells)
    assert alarms / rounds <= 0.05 + 2 * (0.05 * 0.95 / rounds) ** 0.5


def test_the_map_is_correspondence_analysis():
    """With two axes nothing is lost: distances on the map are the chi-squared distances of the profiles."""
    table = np.array([[10.0, 20, 30], [30, 10, 5], [12, 25, 14]])
    points, shown = mapped(table, "s", BRANDS, ATTRIBUTES[:3])
    assert shown == pytest.approx(1)
    at = {one.name: np.array([one.x, one.y]) for one in points if one.kind == "brand"}
    profile = table / table.sum(axis=1, keepdims=True)
    mass = table.sum(axis=0) / table.sum()
    wanted = (((profile[0] - profile[1]) ** 2) / mass).sum() ** 0.5
    assert np.linalg.norm(at["we"] - at["x"]) == pytest.approx(wanted)
    assert all(one.quality == pytest.approx(1) for one in points)


def test_maps_that_cannot_be_are_empty():
    for table in (np.ones((1, 3)), -np.ones((2, 2)), np.full((2, 2), np.nan), np.ones((3, 3)), np.zeros((2, 2))):
        points, shown = mapped(table, "s", BRANDS, ATTRIBUTES)
        assert points == []
        assert np.isnan(shown)


def test_missing_ratings_and_empty_segments():
    values, groups, design = ratings(1)
    values[:, 2, :] = np.nan
    labels = np.zeros(len(groups), dtype=np.intp)
    found = perceptions(values, BRANDS, ATTRIBUTES, Groups(("a", "none"), labels), design, ours="we")
    cells = {(one.segment, one.brand, one.attribute): one for one in found.cells}
    assert cells["a", "y", "near"].mean.n == 0
    assert not cells["none", "x", "near"].difference.known
    assert cells["a", "we", "near"].difference is None
    assert found.map == ()
    assert json.dumps(found.to_document())


def test_without_segments_and_without_ours():
    values, _, design = ratings(2)
    found = perceptions(values, BRANDS, ATTRIBUTES, None, design)
    assert found.segments == ("",)
    assert all(one.difference is None for one in found.cells)
    assert found.sentence == "Nobody is seen surely better or worse than we are."
    document = json.loads(json.dumps(found.to_document()))
    assert Perceptions.from_document(document).to_document() == document


def test_what_does_not_fit_is_refused():
    values, groups, design = ratings(3)
    with pytest.raises(DataError):
        perceptions(values[:, :, 0], BRANDS, ATTRIBUTES, groups, design)
    with pytest.raises(DataError):
        perceptions(values, BRANDS, ATTRIBUTES[:2], groups, design)
