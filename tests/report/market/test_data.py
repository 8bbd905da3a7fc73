"""What a market report may say."""

from __future__ import annotations

from dataclasses import replace

from tests.report.market import planted

from segmentary.models.intervals import Interval
from segmentary.report.document import HIDDEN
from segmentary.report.market.data import MarketReportData, known


def test_few_customers_hide_a_segment_as_few_respondents_do(data: MarketReportData) -> None:
    assert data.hidden == frozenset()
    assert data.comparison is not None
    few = tuple(replace(one, customers=4) if i == 0 else one for i, one in enumerate(data.comparison.segments))
    found = replace(data, comparison=replace(data.comparison, segments=few))
    assert data.comparison.segments[0].name in found.hidden
    assert len(found.hidden) == 2


def test_sentences_about_hidden_segments_are_not_said() -> None:
    data = planted.market(tiny=True)
    name = sorted(data.hidden)[0]
    assert data.said(f"{name} grows") == ""
    assert data.lead("All is well.", f"{name} grows", "") == ("All is well.",)
    assert data.shown(name, 3.0) is HIDDEN


def test_what_can_be_drawn() -> None:
    one = Interval(0.5, 0.4, 0.6, 9)
    assert known(one) is one
    assert known(HIDDEN) is known(None) is known(Interval(float("nan"), 0.0, 1.0, 0)) is None
