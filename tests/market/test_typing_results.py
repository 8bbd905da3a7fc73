"""A typing tool as it is kept."""

from __future__ import annotations

import json

from tests.market.questionnaires import answers

from segmentary.market.typing_results import TypingTool
from segmentary.market.typing_sheet import PointSheet
from segmentary.market.typing_tool import typing_tool


def test_a_document_comes_back():
    tool = typing_tool(*answers(1, n=300, numbers=True, missing=0.1))
    document = json.loads(json.dumps(tool.to_document(), allow_nan=False))
    assert TypingTool.from_document(document).to_document() == tool.to_document()
    assert PointSheet.from_document(document["sheet"]) == tool.sheet


# ---------------------------------------------------------------- parts
