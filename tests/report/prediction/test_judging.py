import pytest
from tests.report.prediction.cards import card, report

from segmentary.report.prediction.judging import calibration, holdout


def test_figures_stand_beside_their_rivals():
    grid = holdout(report("next")).grids[0]
    rows = {row[0]: row for row in grid.rows}
    assert rows["Mean distance"][1:7] == (
        "lower is better",
        "€40.00",
        "€38.00 to €42.00",
        "€55.00",
        "as last time",
        "yes",
    )
    assert rows["Sum over sum, less 1"][6] == "–"
    assert holdout(report(card=card(holdout=()))) is None


@pytest.mark.parametrize("kind", ["propensity", "next"])
@pytest.mark.parametrize("width", [342, 760])
def test_charts_are_drawn(kind, width):
    data = report(kind)
    for part in (holdout(data), calibration(data)):
        for figure in part.figures:
            assert figure.draw(width).to_dict()["title"]["text"]


def test_calibration_says_how_often_it_was_right():
    assert calibration(report()).lead[0].endswith("in 10 of 10 tenths.")
    assert calibration(report(card=card(calibration=()))) is None
