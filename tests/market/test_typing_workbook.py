"""The spreadsheet of a typing tool, worked out by a small calculator."""

from __future__ import annotations

import pytest
from tests.market.questionnaires import KEYS, told, tool_and_people
from tests.market.spreadsheet import Book

from segmentary.market.typing_results import TypingTool
from segmentary.market.typing_workbook import column_letters, typing_workbook
from segmentary.models.table.typed_table import TypedTable


@pytest.fixture(scope="module", params=[False, True], ids=["levels", "numbers"])
def made(request: pytest.FixtureRequest) -> tuple[TypingTool, TypedTable]:
    """A tool, and people it did not see, some of whose answers are missing."""
    return tool_and_people(request.param)


def test_the_workbook_shows_what_the_sheet_says(made):
    tool, people = made
    sheet, content = tool.sheet, typing_workbook(tool, titles=dict.fromkeys(KEYS[:1], "=Eco people"))
    assert content == typing_workbook(tool, titles=dict.fromkeys(KEYS[:1], "=Eco people"))
    names = ["=Eco people", "price", "other people"]
    labels, points, confidence = sheet.assign(people), sheet.points(people), sheet.confidence(people)
    count = len(sheet.questions)
    for row in range(12):
        book = Book(content)
        given = told(people, row)
        for place, question in enumerate(sheet.questions):
            book.enter("Questions", f"C{5 + place}", given.get(question.column.name))
        totals = [book.value("Questions", f"{letter}{5 + count}") for letter in "EFG"]
        assert totals == points[row].tolist()
        segment = book.value("Questions", f"C{7 + count}")
        assert segment == ("answer the questions" if labels[row] < 0 else names[labels[row]])
        if labels[row] >= 0:
            assert book.value("Questions", f"C{8 + count}") == pytest.approx(confidence[row])
            advice = book.value("Questions", f"C{9 + count}")
            assert (advice == "sure enough") == (confidence[row] >= 0.8)


def test_the_workbook_lets_only_answers_be_changed(made):
    tool, _ = made
    book = Book(typing_workbook(tool)).book
    for page in book.worksheets:
        assert page.protection.sheet
    page = book["Questions"]
    unlocked = [cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked]
    assert unlocked == [f"C{5 + place}" for place in range(len(tool.sheet.questions))]
    assert len(page.data_validations.dataValidation) == len(tool.sheet.questions)


def test_columns_have_letters():
    assert [column_letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
