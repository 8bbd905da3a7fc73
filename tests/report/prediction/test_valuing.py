"""Lifetime value: tracking, past purchases, the sum of everybody beside the total."""

import numpy as np
from tests.report.prediction.cards import report

from segmentary.models.intervals import Interval
from segmentary.models.predict.reconciling import reconcile
from segmentary.models.predict.totals import TotalForecast
from segmentary.models.value.holdout import FrequencyRow, PurchaseHoldout, Tracking
from segmentary.models.value.segment_value import SegmentValue
from segmentary.report.document import HIDDEN
from segmentary.report.prediction.report import prediction_document
from segmentary.report.prediction.valuing import by_frequency, purchases, total, worth


def held(scale=1.0):
    i = Interval(1.0, 0.9, 1.1, 500)
    rows = tuple(
        FrequencyRow(k, people, scale * k, Interval(k, k - 0.2, k + 0.2, people))
        for k, people in enumerate((300, 190, 5, 40))
    )
    weeks = np.arange(20, dtype=float)
    return PurchaseHoldout(
        500, scale, i, 0.5, i, Interval(0.1, 0.0, 0.2, 500), i, 2.0, -3.0, rows, Tracking(weeks, scale * weeks, 12)
    )


def value(segment, people, each):
    i = Interval(each, each * 0.9, each * 1.1, people)
    all_of_them = Interval(each * people, each * people * 0.9, each * people * 1.1, people)
    return SegmentValue(segment, people, all_of_them, i, all_of_them, Interval(people, people, people, people))


TESTS = {"Pareto/NBD": held(1.1), "BG/NBD": held(0.9)}


def test_purchases_week_by_week():
    part = purchases(report("clv", tests=TESTS, chosen="Pareto/NBD"))
    assert [figure.name for figure in part.figures] == ["tracking", "by_frequency"]
    assert any("10.0% more repeat purchases than came" in one for one in part.lead)
    drawn = part.figures[0].draw(342).to_dict()
    assert drawn
    grids = {grid.name: grid for grid in part.grids}
    assert grids["By past purchases"].rows[2][1] is HIDDEN
    assert len(grids["Weeks"].rows) == 20


def test_small_rows_are_not_drawn():
    names = by_frequency(report("clv"), held()).natives[0].categories
    assert names == ("0 repeat purchases", "1 repeat purchases", "3 or more repeat purchases")


def test_what_segments_are_worth():
    values = (value("everybody", 1_000, 50.0), value("best", 100, 200.0), value("few", 3, 9.0))
    data = report("clv", values=values, tests=TESTS, chosen="BG/NBD")
    part = worth(data)
    assert "€50,000" in part.lead[0]
    assert part.figures[0].natives[0].categories == ("best",)
    assert part.grids[0].rows[2][1:] == (HIDDEN,) * 5
    ids = [one.id for one in prediction_document(data).parts]
    assert "worth" in ids
    assert "segments" not in ids


def test_sum_beside_the_total():
    forecast = TotalForecast(91, Interval(900.0, 700.0, 1_200.0, 6), "last_period", (), 800, True, 950.0, ())
    part = total(report("next", total=reconcile(100, 1_000.0, forecast)))
    assert "agree" in part.lead[0]
    assert part.figures[0].natives[0].categories[0] == "sum over customers"
    assert total(report("next")) is None
