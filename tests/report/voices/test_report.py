"""The report of voices: the most named first, hidden figures hidden, interviews without any percentage."""

import pytest

from segmentary.models.intervals import Interval, wilson
from segmentary.models.voice.theme_results import (
    CodeMentions,
    CodeShare,
    CountedMentions,
    CountedShares,
    SegmentShare,
)
from segmentary.report.document import HIDDEN
from segmentary.report.voices.data import MoodMonth, VoicesData
from segmentary.report.voices.report import render_voices, voices_document

MORE = SegmentShare("vip", 40, wilson(20, 40), wilson(10, 60), Interval(0.33, 0.15, 0.5, 100), 0.002, "more")
FEW = SegmentShare("new", 5, None, None, None, None, "too few")
LATE = CodeShare("late", "pain", "Late <again>", 30, wilson(30, 100), 1.2, Interval(-0.6, -0.8, -0.4, 30),
                 ("it came late",), (MORE, FEW))  # fmt: skip
SELDOM = CodeShare("seldom", "need", "Seldom", None, None, None, None, ())
SURVEY = CountedShares("people who answered", "nps: why", 100, 120, 60, (LATE, SELDOM), 11, True, (), ("Weighted.",))
TALKS = CountedMentions("interview", 6, 20, (CodeMentions("late", "pain", "Late", 4, 9, ("always late",)),))
MONTHS = (
    MoodMonth("2026-01", 50, 40, Interval(-0.1, -0.3, 0.1, 50), wilson(20, 50)),
    MoodMonth("2026-02", 3, 2, Interval(0.4, 0.1, 0.7, 3), wilson(1, 3)),
)
WHOLE = VoicesData("shop", "2026-03-01", 11, (SURVEY,), (TALKS,), MONTHS, "shop@v1", ("mails: nobody said anything.",))


def test_the_most_named_is_said_first():
    document = voices_document(WHOLE)
    assert document.answer.sentence.startswith("Late <again>: 30 of 100 people who answered name it, 30%")
    assert document.headlines == ("vip: Late <again> is named by 50%, by 17% of everybody else.",)
    assert [one.id for one in document.parts] == ["voices_1", "mood", "interviews_1", "unanswered", "glossary"]


def test_few_people_are_hidden():
    grids = {one.name: one for one in voices_document(WHOLE).grids}
    assert grids["Named 1"].rows[1][2:] == (HIDDEN, HIDDEN, HIDDEN, HIDDEN)
    assert grids["Mood"].rows[1] == ("2026-02", HIDDEN, HIDDEN, HIDDEN, HIDDEN)
    assert [row[-1] for row in grids["Segments 1"].rows] == ["more", "too few"]
    assert grids["Segments 1"].rows[1][3] is HIDDEN


def test_interviews_have_counts_only():
    grids = {one.name: one for one in voices_document(WHOLE).grids}
    assert {field.kind for field in grids["Interviews 1"].fields} == {"text", "count"}


@pytest.mark.parametrize(
    ("data", "word"),
    [(VoicesData(), "Nothing to count"), (VoicesData(interviews=(TALKS,)), "Heard in interviews")],
)
def test_what_there_is_not(data, word):
    assert voices_document(data).answer.word == word


def test_the_page_is_written(tmp_path):
    page = render_voices(WHOLE, tmp_path, forms=["html"]).html.read_text(encoding="utf-8")
    assert "Late &lt;again&gt;" in page
    assert "Who names it more and less" in page
