"""Arms against each other."""

from segmentary.measurement.campaign.plan import metrics_of
from segmentary.measurement.campaign.variants import between
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.sums import Sums


def shares(n, k):
    return Sums.of([1.0] * k + [0.0] * (n - k))


CELLS = {("a", "one"): shares(800, 400), ("a", "two"): shares(800, 250), ("a", "three"): shares(800, 255),
         ("b", "one"): shares(800, 300), ("b", "two"): shares(800, 300), ("b", "three"): shares(800, 305)}  # fmt: skip
BUYS = metrics_of("", "")[:1]


def test_the_better_one_is_named_and_the_others_are_not():
    found = {(x.segment, x.one, x.other): x for x in between([CELLS], BUYS, ("one", "two", "three"))}
    assert len(found) == 9
    assert found["a", "one", "two"].better == "one"
    assert "one is better than two" in found["a", "one", "two"].sentence
    assert found["a", "two", "three"].better == ""
    assert "not clear" in found["b", "one", "two"].sentence
    assert found["", "one", "two"].to_document()["kind"] == "share"


def test_of_some_metrics_less_is_better():
    lower = (parse_metric("leaves = any left in 28d lower"),)
    first = between([CELLS], lower, ("one", "two"))
    assert {x.segment: x.better for x in first}["a"] == "two"


def test_before_its_day_nothing_is_better_and_nobody_is_no_pair():
    assert {x.better for x in between([CELLS], BUYS, ("one", "two"), peeking=True)} == {""}
    assert between([CELLS], BUYS, ("one", "four")) == []
