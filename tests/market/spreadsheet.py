"""A small calculator for workbooks: reads the formulas of a file and works them out as spreadsheet programs do."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from openpyxl import load_workbook
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries

COMPARE = {
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
}


class Book:
    """A workbook in memory; `enter` answers, then `value` of any cell."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(BytesIO(content))

    def enter(self, page: str, cell: str, value: Any) -> None:
        self.book[page][cell].value = value
        if isinstance(value, str):
            self.book[page][cell].data_type = "s"

    def value(self, page: str, cell: str) -> Any:
        held = self.book[page][cell].value
        if isinstance(held, str) and self.book[page][cell].data_type == "f":
            return Formula(self, page, held).result()
        return held

    def area(self, page: str, where: str) -> Any:
        if "!" in where:
            page, where = where.split("!")
        where = where.replace("$", "")
        if ":" not in where:
            return self.value(page, where)
        left, top, right, bottom = range_boundaries(where)
        return np.array(
            [
                [self.value(page, self.book[page].cell(row, column).coordinate) for column in range(left, right + 1)]
                for row in range(top, bottom + 1)
            ],
            dtype=object,
        )


class Formula:
    """One formula, by recursive descent: comparison, then &, then + -, then * /, then a sign."""

    def __init__(self, book: Book, page: str, text: str) -> None:
        self.book, self.page = book, page
        self.tokens = [one for one in Tokenizer(text).items if one.type != "WHITE-SPACE"]
        self.at = 0

    def result(self) -> Any:
        found = self.comparison()
        assert self.at == len(self.tokens)
        return found

    def peek(self) -> Any:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> Any:
        self.at += 1
        return self.tokens[self.at - 1]

    def infix(self, signs: tuple[str, ...]) -> str | None:
        token = self.peek()
        if token is not None and token.type == "OPERATOR-INFIX" and token.value in signs:
            return str(self.take().value)
        return None

    def comparison(self) -> Any:
        found = self.joined()
        while sign := self.infix(tuple(COMPARE)):
            other = self.joined()
            found = COMPARE[sign](blank(found, other), blank(other, found))
        return found

    def joined(self) -> Any:
        found = self.sum()
        while self.infix(("&",)):
            found = text_of(found) + text_of(self.sum())
        return found

    def sum(self) -> Any:
        found = self.product()
        while sign := self.infix(("+", "-")):
            other = self.product()
            found = found + other if sign == "+" else found - other
        return found

    def product(self) -> Any:
        found = self.signed()
        while sign := self.infix(("*", "/")):
            other = self.signed()
            found = found * other if sign == "*" else found / other
        return found

    def signed(self) -> Any:
        token = self.peek()
        if token.type == "OPERATOR-PREFIX":
            self.take()
            return -self.signed() if token.value == "-" else self.signed()
        return self.atom()

    def atom(self) -> Any:
        token = self.take()
        if token.type == "OPERAND":
            if token.subtype == "NUMBER":
                return float(token.value)
            if token.subtype == "TEXT":
                return token.value[1:-1].replace('""', '"')
            assert token.subtype == "RANGE", token
            return self.book.area(self.page, token.value)
        if token.type == "PAREN":
            found = self.comparison()
            assert self.take().type == "PAREN"
            return found
        assert token.type == "FUNC", token
        return self.function(token.value.rstrip("(").upper())

    def function(self, name: str) -> Any:
        parts: list[Any] = []
        if self.peek().type == "FUNC" and self.peek().subtype == "CLOSE":
            self.take()
            return FUNCTIONS[name]()
        while True:
            parts.append(self.comparison())
            token = self.take()
            if token.type == "FUNC":
                return FUNCTIONS[name](*parts)
            assert token.type == "SEP", token


def blank(value: Any, other: Any) -> Any:
    """An empty cell is "" beside a text, 0 beside a number."""
    if value is None:
        return "" if isinstance(other, str) else 0
    return value


def text_of(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def numbers(value: Any) -> np.ndarray:
    return np.vectorize(float, otypes=[float])(np.atleast_1d(np.asarray(value, dtype=object)))


def match(wanted: Any, area: Any, kind: float) -> int | None:
    flat = list(np.ravel(area))
    if wanted is None:  # #N/A, in the branch of an IF that is not taken
        return None
    if kind == 0:
        return flat.index(wanted) + 1
    return max(place for place, one in enumerate(flat, start=1) if one <= wanted)


def index(area: Any, row: float | None, column: float | None = None) -> Any:
    if row is None:
        return None
    if column is None:
        return np.ravel(area)[int(row) - 1]
    return area[int(row) - 1, int(column) - 1]


FUNCTIONS = {
    "IF": lambda test, yes, no: yes if test else no,
    "NOT": lambda test: not test,
    "ISNUMBER": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "EXACT": lambda area, text: np.vectorize(lambda one: text_of(one) == text, otypes=[float])(area),
    "SUMPRODUCT": lambda area: float(numbers(area).sum()),
    "SUM": lambda area: float(numbers([0 if one is None else one for one in np.ravel(area)]).sum()),
    "MAX": lambda area: float(numbers(area).max()),
    "EXP": lambda area: np.exp(numbers(area)),
    "MATCH": match,
    "INDEX": index,
}
