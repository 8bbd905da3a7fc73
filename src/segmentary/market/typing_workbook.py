"""The point sheet as a spreadsheet for a call centre: choose the answers, read the segment.

No macros: drop-downs and formulas that every spreadsheet program knows. Only the answers can be changed. Three sheets:
the questions with the result, the points every answer gives, and how far to trust it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from segmentary.market.typing_results import TypingTool
from segmentary.market.typing_sheet import PointSheet, Question
from segmentary.models.describe.naming import readable
from segmentary.models.intervals import Interval

MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""The same tool gives the same file: it does not know when it was made."""
LOWEST = -1e300
FIRST = 4
"""Row (from 0) of the first question."""


def typing_workbook(
    tool: TypingTool, *, titles: Mapping[str, str] | None = None, sure: float = 0.8, heading: str = "Which segment?"
) -> bytes:
    """Return the workbook (XLSX) of a tool's point sheet.

    titles : segment key -> what to call it. sure : below this confidence the sheet says that it is not sure.
    """
    import xlsxwriter

    sheet, names = tool.sheet, named(tool.sheet, titles)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    held = BytesIO()
    book = xlsxwriter.Workbook(held, options)
    book.set_properties({"title": heading, "created": MADE})
    look = formats(book)
    questions = book.add_worksheet("Questions")
    places = write_points(book.add_worksheet("Points"), sheet, names, look)
    write_questions(questions, sheet, names, places, look, sure=sure, heading=heading)
    write_about(book.add_worksheet("About"), tool, names, look)
    book.close()
    return held.getvalue()


def named(sheet: PointSheet, titles: Mapping[str, str] | None) -> list[str]:
    return [readable((titles or {}).get(label, label.replace("_", " "))) for label in sheet.labels]


def formats(book: Any) -> dict[str, Any]:
    def made(**given: Any) -> Any:
        return book.add_format({"valign": "top", **given})

    return {
        "title": made(bold=True, font_size=16),
        "note": made(italic=True, text_wrap=True, font_color="#444444"),
        "head": made(bold=True, bottom=1, text_wrap=True),
        "text": made(text_wrap=True, quote_prefix=True),
        "answer": made(bg_color="#FFF9DB", border=1, locked=False, num_format="@", text_wrap=True),
        "number": made(bg_color="#FFF9DB", border=1, locked=False),
        "whole": made(num_format="0"),
        "total": made(num_format="0", bold=True, top=1),
        "result": made(bold=True, font_size=14, bg_color="#E7F5E9", border=1, text_wrap=True),
        "share": made(num_format="0%", bold=True, font_size=14, bg_color="#E7F5E9", border=1, align="left"),
        "percent": made(num_format="0.0%"),
    }


def column_letters(place: int) -> str:
    """Return the name of a column, from 0."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


# ---------------------------------------------------------------- points


def write_points(page: Any, sheet: PointSheet, names: Sequence[str], look: dict[str, Any]) -> list[tuple[int, int]]:
    """Write every answer with its points; return the first and last row (from 1) of each question."""
    for place, text in enumerate(("Question", "Answer", "From", *names)):
        page.write_string(0, place, text, look["head"])
    row, found = 1, []
    for question in sheet.questions:
        first = row + 1
        for option, text in enumerate(question.options):
            page.write_string(row, 0, question_text(question), look["text"])
            page.write_string(row, 1, text, look["text"])
            if not question.column.coded:
                page.write_number(row, 2, LOWEST if option == 0 else float(question.edges[option - 1]))
            for place, points in enumerate(question.points[option]):
                page.write_number(row, 3 + place, points, look["whole"])
            row += 1
        found.append((first, row))
    page.write_string(row, 0, "Everybody begins with", look["text"])
    for place, points in enumerate(sheet.base):
        page.write_number(row, 3 + place, points, look["whole"])
    page.set_column(0, 1, 40)
    page.set_column(2, 2, 12)
    page.set_column(3, 2 + len(names), 16)
    page.freeze_panes(1, 2)
    page.protect()
    return found


def question_text(question: Question) -> str:
    unit = f" ({question.column.unit})" if question.column.unit else ""
    return readable(question.column.label + unit)


# ---------------------------------------------------------------- questions


def write_questions(
    page: Any,
    sheet: PointSheet,
    names: Sequence[str],
    places: Sequence[tuple[int, int]],
    look: dict[str, Any],
    *,
    sure: float,
    heading: str,
) -> None:
    """Write the questions, their answers to choose, live points, and the result."""
    page.write_string(0, 0, heading, look["title"])
    note = "Choose an answer in each yellow cell. Leave it empty where somebody does not answer."
    page.merge_range(1, 0, 1, 3, note, look["note"])
    for place, text in enumerate(("", "Question", "Answer", "Counts", *names)):
        page.write_string(FIRST - 1, place, text, look["head"])
    last = FIRST + len(sheet.questions)
    for number, (question, rows) in enumerate(zip(sheet.questions, places, strict=True)):
        row = FIRST + number
        page.write_number(row, 0, number + 1, look["whole"])
        page.write_string(row, 1, question_text(question), look["text"])
        write_answer(page, row, question, rows, look)
        page.write_formula(row, 3, counts_formula(row + 1, question, rows), look["whole"], 0)
        for segment in range(len(names)):
            page.write_formula(row, 4 + segment, points_formula(row + 1, question, rows, segment), look["whole"], 0)
    page.write_string(last, 1, "Points", look["head"])
    base_row = places[-1][1] + 1
    for segment in range(len(names)):
        letter = column_letters(4 + segment)
        total = f"=Points!{column_letters(3 + segment)}${base_row}+SUM({letter}{FIRST + 1}:{letter}{last})"
        page.write_formula(last, 4 + segment, total, look["total"], sheet.base[segment])
    write_result(page, sheet, names, last, look, sure)
    page.set_column(0, 0, 4)
    page.set_column(1, 1, 52)
    page.set_column(2, 2, 34)
    page.set_column(3, 3, 8)
    page.set_column(4, 3 + len(names), 16)
    page.freeze_panes(FIRST, 0)
    page.protect("", {"select_locked_cells": True})
    page.set_landscape()
    page.fit_to_pages(1, 0)


def write_answer(page: Any, row: int, question: Question, rows: tuple[int, int], look: dict[str, Any]) -> None:
    if question.column.coded:
        page.write_blank(row, 2, None, look["answer"])
        page.data_validation(
            row,
            2,
            row,
            2,
            {
                "validate": "list",
                "source": f"=Points!$B${rows[0]}:$B${rows[1]}",
                "ignore_blank": True,
                "error_title": "Not an answer",
                "error_message": "Please choose one of the answers in the list, or leave the cell empty.",
            },
        )
        return
    page.write_blank(row, 2, None, look["number"])
    page.data_validation(
        row,
        2,
        row,
        2,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e15,
            "maximum": 1e15,
            "ignore_blank": True,
            "error_title": "Not a number",
            "error_message": "Please enter a number, or leave the cell empty.",
        },
    )


def counts_formula(row: int, question: Question, rows: tuple[int, int]) -> str:
    """Return whether a question is answered: 1 or 0."""
    if question.column.coded:
        return f'=IF($C{row}="",0,SUMPRODUCT(EXACT(Points!$B${rows[0]}:$B${rows[1]},$C{row}&"")*1))'
    return f"=IF(ISNUMBER($C{row}),1,0)"


def points_formula(row: int, question: Question, rows: tuple[int, int], segment: int) -> str:
    """Return the points a question gives a segment; an answer is compared letter by letter."""
    letter = column_letters(3 + segment)
    points = f"Points!{letter}${rows[0]}:{letter}${rows[1]}"
    if question.column.coded:
        return f'=IF($C{row}="",0,SUMPRODUCT(EXACT(Points!$B${rows[0]}:$B${rows[1]},$C{row}&"")*{points}))'
    return f"=IF(ISNUMBER($C{row}),INDEX({points},MATCH($C{row},Points!$C${rows[0]}:$C${rows[1]},1)),0)"


def write_result(
    page: Any, sheet: PointSheet, names: Sequence[str], last: int, look: dict[str, Any], sure: float
) -> None:
    """Write segment, confidence and what to do; `last` is the row (from 0) of the total points."""
    left, right = column_letters(4), column_letters(3 + len(names))
    totals = f"${left}${last + 1}:${right}${last + 1}"
    heads = f"${left}${FIRST}:${right}${FIRST}"
    answered = f"SUM($D${FIRST + 1}:$D${last})>={max(1, sheet.least_known)}"
    best = f"INDEX({heads},1,MATCH(MAX({totals}),{totals},0))"
    confidence = f"1/SUMPRODUCT(EXP(({totals}-MAX({totals}))/{sheet.scale!r}))"
    row = last + 2
    page.write_string(row, 1, "Segment", look["head"])
    page.write_formula(row, 2, f'=IF({answered},{best},"answer the questions")', look["result"], "answer the questions")
    page.write_string(row + 1, 1, "How sure", look["head"])
    page.write_formula(row + 1, 2, f'=IF({answered},{confidence},"")', look["share"], "")
    page.write_string(row + 2, 1, "What to do", look["head"])
    open_ones = f"SUM($D${FIRST + 1}:$D${last})<{len(sheet.questions)}"
    advice = (
        f'=IF(NOT({answered}),"",IF($C${row + 2}>={sure!r},"sure enough",'
        f'IF({open_ones},"not sure: ask what is not answered yet","not sure: treat with care")))'
    )
    page.write_formula(row + 2, 2, advice, look["text"], "")


# ---------------------------------------------------------------- about


def write_about(page: Any, tool: TypingTool, names: Sequence[str], look: dict[str, Any]) -> None:
    """Write how far to trust the sheet."""
    page.set_column(0, 0, 60)
    page.set_column(1, 4, 14)
    page.merge_range(0, 0, 0, 4, readable(tool.sentence), look["note"])
    page.set_row(0, 48)
    for place, text in enumerate(("", "Estimate", "Low (95 %)", "High (95 %)", "People")):
        page.write_string(2, place, text, look["head"])
    figures: list[tuple[str, Interval]] = [
        ("This sheet places people in their segment (people it had not seen)", tool.sheet_agreement),
        ("The exact tool does", tool.agreement),
        ("Always naming the largest segment would", tool.majority),
    ]
    for name, one in zip(names, tool.segments, strict=True):
        figures.append((f"Of those in '{name}', found there", one.recall))
        figures.append((f"Of those placed in '{name}', really there", one.precision))
    for row, (text, interval) in enumerate(figures, start=3):
        page.write_string(row, 0, text, look["text"])
        if interval.n > 0:
            for place, figure in enumerate((interval.estimate, interval.low, interval.high), start=1):
                page.write_number(row, place, figure, look["percent"])
        page.write_number(row, 4, interval.n, look["whole"])
    page.protect()
