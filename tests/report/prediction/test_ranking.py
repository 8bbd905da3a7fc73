import pytest
from tests.report.prediction.cards import card, report

from segmentary.report.prediction.data import SeedTenth
from segmentary.report.prediction.ranking import gain, lifted, seed


def test_gains_add_up():
    part = gain(report())
    found = part.figures[0].natives[0].series[0].values
    assert found[-1] == pytest.approx(1.0)
    assert list(found) == sorted(found)
    assert found[0] == pytest.approx(0.19)
    assert "first 20%" in part.lead[0]
    assert part.figures[0].draw(342).to_dict()


def test_lift_of_a_tenth():
    bins = card().calibration
    assert lifted(bins[-1], 0.5).estimate == pytest.approx(1.9)


def test_nothing_came_of_anybody():
    assert gain(report(card=card(calibration=()))) is None


def test_where_the_seed_stands():
    part = seed(report("lookalike"))
    assert part.grids[0].rows[0][:3] == ("1 (most alike)", 100, 95) or part.grids[0].rows[0][2].value == "hidden"
    assert seed(report("lookalike", seed_tenths=(SeedTenth(10, 50, 0),))) is None
    assert part.figures[0].draw(760).to_dict()
