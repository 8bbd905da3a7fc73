"""Which questions of the surveys ask for recommendation, satisfaction and spending: found by name and scale."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.errors import DataError, UnknownNameError
from segmentary.language.tree import Context

ANSWERS, QUESTIONS = (Path(__file__).with_name(f"{name}.sql") for name in ("answers", "questions"))
RECOMMENDS = re.compile(r"recommend|nps|promoter|weiterempf|net_promoter", re.IGNORECASE)
SATISFIES = re.compile(r"satisf|csat|zufrieden|happy_with|contentment", re.IGNORECASE)
SPENDS = re.compile(r"^(?P<stem>spend|spends|spent|wallet|budget|amount)_(?P<brand>.+)$", re.IGNORECASE)
OURS = ("ours", "us", "here", "with_us")
TOPS = (5, 7, 10)
"""Scales of satisfaction end here."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with whole numbers as answers.

    waves : oldest first, by when they were last answered. low, high : of its scale.
    """

    survey: str
    item: str
    kind: Literal["nps", "csat"]
    low: int
    high: int
    waves: tuple[str, ...]

    @property
    def promoter(self) -> int:
        """The lowest answer of the good end: 9 of 10, and the top two boxes of satisfaction."""
        return 9 if self.kind == "nps" else self.high - 1

    @property
    def detractor(self) -> int:
        """The highest answer of the bad end: 6 of 10; below the middle of satisfaction."""
        return 6 if self.kind == "nps" else (self.low + self.high - 1) // 2

    @property
    def what(self) -> str:
        """What is asked, and where."""
        return f"{self.item} of {self.survey or 'the survey'}"


@dataclass(frozen=True, slots=True)
class Spending:
    """Questions about spending in the field: ours, and all of them together with ours."""

    survey: str
    ours: str
    items: tuple[str, ...]
    waves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in one wave, as the data have it."""

    survey: str
    item: str
    wave: str
    people: int
    low: float
    high: float
    whole: bool
    last_at: dt.datetime | None


def answers_query(responses: exp.Table | exp.Query, identity_map: exp.Table | exp.Query, context: Context) -> exp.Query:
    """Return the last answer of each customer to each question in each wave."""
    return query(
        ANSWERS, responses=responses, identity_map=identity_map, as_of=context.as_of, known_at=context.known_at
    )


def asked(engine: Engine, answers: exp.Query) -> list[Asked]:
    """Return every question with numbers for answers, by survey, item and wave."""
    rows = engine.rows(query(QUESTIONS, answers=answers))
    found = [
        Asked(str(survey), str(item), str(wave), int(people), float(low), float(high), whole == people, last_at)
        for survey, item, wave, people, low, high, whole, last_at in rows
    ]
    return sorted(found, key=lambda one: (one.survey, one.item, one.wave))


def recommendation(known: Sequence[Asked], item: str | None = None) -> Question | None:
    """Return the question that asks how likely a recommendation is, 0 to 10; None where there is none.

    Raises
    ------
    UnknownNameError
        when the item named is not there.
    DataError
        when its answers are not whole numbers of 0 to 10.
    """
    return question(known, item, "nps")


def satisfaction(known: Sequence[Asked], item: str | None = None) -> Question | None:
    """Return the question that asks how satisfied somebody is, 1 to 5 (7, 10); None where there is none.

    Raises as `recommendation`.
    """
    return question(known, item, "csat")


def question(known: Sequence[Asked], item: str | None, kind: Literal["nps", "csat"]) -> Question | None:
    hint = RECOMMENDS if kind == "nps" else SATISFIES
    if item is not None:
        names = [one.item for one in known]
        if item not in names:
            raise UnknownNameError("question", item, names)
    candidates: dict[tuple[str, str], list[Asked]] = {}
    for one in known:
        if (item is None and hint.search(one.item)) or one.item == item:
            candidates.setdefault((one.survey, one.item), []).append(one)
    fitting = {key: scale for key, rows in candidates.items() if (scale := scale_of(rows, kind)) is not None}
    if not fitting:
        if item is not None:
            wanted = "0 to 10" if kind == "nps" else "1 to 5, 7 or 10"
            raise DataError(f"{item} is not answered in whole numbers of {wanted}", hint="name another question")
        return None
    key = max(fitting, key=lambda one: (sum(row.people for row in candidates[one]), one))
    low, high = fitting[key]
    return Question(*key, kind, low, high, by_time(candidates[key]))


def scale_of(rows: Sequence[Asked], kind: Literal["nps", "csat"]) -> tuple[int, int] | None:
    """Return the ends of a question's scale; None where it is no such scale."""
    low, high = min(one.low for one in rows), max(one.high for one in rows)
    if not all(one.whole for one in rows) or low < 0:
        return None
    if kind == "nps":
        # A scale of 1 to 5 is no net promoter score, whatever it is called.
        return (0, 10) if 8 <= high <= 10 else None
    top = next((one for one in TOPS if high <= one), None)
    return (1, top) if top is not None and low >= 1 else None


def spending(known: Sequence[Asked], ours: str | None = None) -> Spending | None:
    """Return the questions about spending with us and with others; None where there are none.

    ours : the item about us; the others are those of the same survey whose names begin alike.
    """
    if ours is not None and ours not in [one.item for one in known]:
        raise UnknownNameError("question", ours, [one.item for one in known])
    for one in known:
        match = SPENDS.match(one.item)
        if one.item != ours and (ours is not None or match is None or match["brand"].lower() not in OURS):
            continue
        stem = one.item.split("_")[0]
        items = sorted({o.item for o in known if o.survey == one.survey and o.item.startswith(f"{stem}_")})
        if len(items) > 1:
            rows = [o for o in known if o.survey == one.survey and o.item == one.item]
            return Spending(one.survey, one.item, tuple(items), by_time(rows))
    return None


def by_time(rows: Sequence[Asked]) -> tuple[str, ...]:
    """Return the waves, oldest first; undated ones by name, before the others."""
    order = sorted(rows, key=lambda one: (one.last_at is not None, str(one.last_at or ""), one.wave))
    return tuple(one.wave for one in order)
