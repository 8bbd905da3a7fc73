"""Quotes that belong to nothing: records are split at line ends where a person would see two rows, not one."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from segmentary.sources.shapes import shape_of

LONGEST_RECORD_LINES = 1_000
OPEN_QUOTE = "a quote is opened and never closed"
TELLING = ("integer", "number", "date", "time")


def split_records(lines: Iterator[str], delimiter: str, width: int = 0) -> Iterator[list[str] | str]:
    """Yield records as fields, or the reason why one cannot be parsed; blank lines are no records.

    width : fields of the header; 0 where it is not known.
    """
    waiting: deque[str] = deque()
    while True:
        taken: list[str] = []

        def pull(taken: list[str] = taken) -> Iterator[str]:
            while len(taken) < LONGEST_RECORD_LINES:
                line = waiting.popleft() if waiting else next(lines, None)
                if line is None:
                    return
                taken.append(line)
                yield line

        try:
            fields = next(csv.reader(pull(), delimiter=delimiter, strict=True), None)
        except csv.Error:
            waiting.extendleft(reversed(taken[1:]))
            lenient = next(csv.reader(taken[:1], delimiter=delimiter), [])
            closed = taken[0].count('"') % 2 == 0
            yield lenient if closed else OPEN_QUOTE
            continue
        if fields is None:
            return
        if len(taken) > 1 and rows_of_their_own(taken, delimiter, width):
            waiting.extendleft(reversed(taken[1:]))
            yield OPEN_QUOTE
            continue
        if fields:
            yield fields


def stray_quotes(lines: Iterable[str], delimiter: str, width: int) -> bool:
    """Say whether somewhere a quote opens in one row and the next closes in another."""
    group: list[str] = []
    for line in lines:
        odd = '"' in line and line.count('"') % 2 == 1
        if group or odd:
            group.append(line)
        if odd and len(group) > 1:
            if rows_of_their_own(group, delimiter, width):
                return True
            group = []
        elif len(group) > LONGEST_RECORD_LINES:
            return True
    return False


def rows_of_their_own(lines: Iterable[str], delimiter: str, width: int) -> bool:
    """Say whether lines that quotes join are each a whole row.

    Each has as many fields as the header, whether the quotes count or not, and begins like the others. The lines of a
    text with line breaks have other numbers of fields.
    """
    if width < 2:
        return False
    shapes = set()
    for line in lines:
        text = line.rstrip("\r\n")
        if not text:
            continue
        plain = text.split(delimiter)
        quoted = next(csv.reader([text], delimiter=delimiter), [])
        if width not in (len(plain), len(quoted)):
            return False
        shapes.add(shape_of(plain[0].strip(' "')))
    (shape, *others) = shapes or {"text"}
    return not others and (width > 2 or shape in TELLING)
