from tests.report.prediction.cards import card, report

from segmentary.report.prediction.resting import merged, rests


def test_a_feature_stands_once():
    found = merged(card().features)
    assert [(one.name, round(one.importance, 2), one.direction) for one in found] == [
        ("spend", 0.7, "mixed"),
        ("recency", 0.3, "less"),
    ]


def test_features_are_explained():
    part = rests(report())
    assert part.grids[0].rows[0][:2] == ("Spend so far", "the total amount of orders")
    assert part.figures[0].draw(342).to_dict()
    assert rests(report(card=card(features=()))) is None
