"""Finding segments as a job: the options of the command line, and what it comes to."""

from __future__ import annotations

import pytest
from tests.workspace.analysed_shop import QUICK, quiet

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.workspace.discovery_jobs import chosen, discover_job, discovery_report_job, emergence_job, kinds, span
from segmentary.workspace.plain_json import document


def test_a_search_keeps_what_it_found_and_says_it_small(analysed):
    asked = {"name": "spans", "by": ["recency", "order_count"], "segments": "2..3", "choose": "k_means:3", **QUICK}
    found = discover_job(analysed, asked, quiet)
    assert (found.name, found.segments, found.people) == ("spans", 3, 160)
    assert found.version == next(one.version for one in analysed.discoveries.kept() if one.name == "spans")
    assert discover_job(analysed, asked, quiet).version == found.version, "the same again is the same"
    assert len(str(document(found))) < 3_000


def test_no_answer_is_no_result(analysed):
    with pytest.raises(NoAnswerError):
        discover_job(analysed, {"name": "none", "by": ["same"], **QUICK}, quiet)
    with pytest.raises(UsageError, match="cannot name"):
        discover_job(analysed, {"name": "Not A Name", "by": ["recency"]}, quiet)
    assert "none" not in {one.name for one in analysed.discoveries.kept()}


def test_raising_stops_it_and_nothing_is_kept(analysed):
    def stop(sentence, done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        discover_job(analysed, {"name": "stopped", "by": ["recency", "order_count"], **QUICK}, stop)
    assert "stopped" not in {one.name for one in analysed.discoveries.kept()}


def test_too_few_people_to_look_for_new_segments_is_said_or_answered(analysed):
    assert emergence_job(analysed, {"name": "kinds"}, quiet).people == 160


def test_a_report_needs_a_solution(analysed):
    with pytest.raises(UnknownNameError):
        discovery_report_job(analysed, {"name": "nowhere"}, quiet)
    with pytest.raises(UsageError, match="which solution"):
        discovery_report_job(analysed, {}, quiet)


def test_numbers_of_segments_are_read():
    assert span(None) == range(2, 9)
    assert span("4") == span(4) == range(4, 5)
    assert span("2..5") == range(2, 6)
    for odd in ("1", "5..2", "2..", "2..99", "x", True, [2], 1.5, "²"):
        with pytest.raises(UsageError):
            span(odd)
    assert chosen("") is None
    assert chosen("k_means:4") == ("k_means", 4)
    for odd in ("k_means", "k_means:1", "k_means:x", ":4"):
        with pytest.raises(UsageError):
            chosen(odd)
    assert kinds({}) is None
    with pytest.raises(UnknownNameError):
        kinds({"a": "odd"})
