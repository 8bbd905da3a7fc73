"""One person's answers to a typing tool: where they lead, how surely, or that it cannot be said. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import DataError, NoAnswerError, UnknownNameError

if TYPE_CHECKING:
    from segmentary.models.table.columns import Column
    from segmentary.workspace.discovery_looking import Look

FARTHEST = 1e15
"""No answer is a larger number."""
UNSURE = 0.5
"""Below, the likeliest segment is less likely than all the others together: then none is named."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A segment and how likely it is, 0 to 1."""

    key: str
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Typed:
    """Where one person's answers lead.

    segment, name : the key and name of the segment; None: it cannot be said, and why. confidence : calibrated on people
    the tool had not seen. all : every segment, the likeliest first. ask_next : the question that would leave least
    doubt, None where there is none; answered : of how many questions of the tool.
    """

    segment: str | None
    name: str
    confidence: float | None
    why: str
    all: tuple[Likely, ...]
    ask_next: str | None
    answered: int
    questions: int


def type_answers(look: Look, answers: Mapping[str, str | float | bool]) -> Typed:
    """Place one person by their answers; nothing is kept.

    Raises
    ------
    UnknownNameError
        when the tool does not ask that.
    DataError
        when an answer is none of the question's.
    NoAnswerError
        when the solution has no typing tool.
    """
    import numpy as np

    from segmentary.models.table.typed_table import TypedTable

    tool = look.tool
    if tool is None:
        raise NoAnswerError("this solution is no typing tool", hint="make one of it first (a job: typing_tool)")
    questions = {column.name: column for column in tool.assigner.columns}
    bank = {column.name: column for column in tool.bank.columns}
    for name in answers:
        if name not in questions and name not in bank:
            raise UnknownNameError("question", name, [*questions, *bank])
    coded = {name: code({**bank, **questions}[name], value) for name, value in answers.items()}
    more = sorted(set(coded) - set(questions))
    assigner = tool.bank if more else tool.assigner
    columns = assigner.columns
    row = np.array([[coded.get(column.name, np.nan) for column in columns]])
    table = TypedTable(columns, row)
    asked = TypedTable(tool.bank.columns, np.array([[coded.get(column.name, np.nan) for column in tool.bank.columns]]))
    (following,) = tool.ask_next(asked)
    place = int(assigner.assign(table)[0])
    answered = len(coded)
    if place < 0:
        why = "too few of the questions are answered to say"
        return Typed(None, "", None, why, (), following, answered, len(questions))
    names = {one.key: one.name for one in look.solution.description.segments}
    chances = assigner.probabilities(table)[0]
    likely = tuple(
        Likely(key, names.get(key, key), float(chance))
        for key, chance in sorted(zip(assigner.labels, chances, strict=True), key=lambda pair: -pair[1])
    )
    first = likely[0]
    if first.probability < UNSURE:
        why = "the answers fit several segments: none is more likely than all the others together"
        return Typed(None, first.name, first.probability, why, likely, following, answered, len(questions))
    return Typed(first.key, first.name, first.probability, "", likely, following, answered, len(questions))


def code(column: Column, value: str | float | bool) -> float:
    """Return an answer as the number a table holds.

    Raises
    ------
    DataError
        when it is none of the levels, or no number.
    """
    if column.coded:
        text = {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else str(value).strip()
        if text not in column.levels:
            raise DataError(f"this is no answer to {column.label}", hint="one of " + ", ".join(column.levels[:20]))
        return float(column.levels.index(text))
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not abs(number) < FARTHEST:
        raise DataError(f"this is no number: {column.label}", hint="a number, with a point before its decimals")
    return number
