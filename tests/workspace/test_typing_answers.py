"""One person's answers: a segment, or that it cannot be said."""

from __future__ import annotations

import pytest

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.workspace.discovery_looking import look, tool_of
from segmentary.workspace.typing_answers import type_answers


def test_answers_lead_to_a_segment_or_to_cannot_say(analysed):
    tool = tool_of(analysed, "kinds")
    (column,) = tool.tool.assigner.columns
    low, high = (type_answers(tool, {column.name: value}) for value in (1, 200))
    assert low.segment != high.segment
    assert low.confidence == max(one.probability for one in low.all) > 0.5
    assert abs(sum(one.probability for one in low.all) - 1) < 1e-9
    nothing = type_answers(tool, {})
    assert nothing.segment is None
    assert nothing.why


@pytest.mark.parametrize("value", ["many", "1e400", "nan", float("inf"), 1e30, ""])
def test_answers_that_are_none_are_refused(analysed, value):
    tool = tool_of(analysed, "kinds")
    (column,) = tool.tool.assigner.columns
    with pytest.raises(DataError):
        type_answers(tool, {column.name: value})


def test_questions_nobody_asks_are_refused(analysed):
    with pytest.raises(UnknownNameError):
        type_answers(tool_of(analysed, "kinds"), {"shoe_size": 3})
    with pytest.raises(NoAnswerError):
        type_answers(look(analysed, "kinds"), {})
