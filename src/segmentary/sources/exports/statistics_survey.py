"""Surveys in files of statistics programs: answers as anywhere, with the wording and labels the file keeps."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from segmentary.settings import Settings
from segmentary.sources.base import Proposal, SourceMapping
from segmentary.sources.exports.export import Export, Made, Part, Raw, Reader, Record, RowRefused
from segmentary.sources.mapping import propose
from segmentary.sources.names import lower_snake
from segmentary.sources.statistics import StatisticsFile


@lru_cache(maxsize=1)
def proposed(delivery: StatisticsFile) -> Proposal:
    """Return what a plain table of these variables would be."""
    return propose(delivery, settings=Settings())


def labelled(raw: Raw) -> StatisticsFile | None:
    """Return the file of a survey whose variables have wordings or labels."""
    delivery = getattr(raw, "delivery", None)
    if not isinstance(delivery, StatisticsFile) or not (delivery.questions or delivery.labels):
        return None
    found = proposed(delivery)
    return delivery if found.mapping.items and not found.asked else None


class StatisticsSurvey(Export):
    """A survey in SPSS's, Stata's or SAS's format."""

    name = "statistics_survey"
    title = "Survey with labels"
    form = "table"

    def recognises(self, raw: Raw) -> str:
        """Return why it is one."""
        delivery = labelled(raw)
        if delivery is None:
            return ""
        return f"its columns are answers, and {len(delivery.questions)} of them have their wording beside them"

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return answers and questions."""
        delivery = survey_of(raw)
        mapping = replace(proposed(delivery).mapping, date_order="iso", decimal_mark=".", survey=lower_snake(raw.name))
        about = SourceMapping(
            kind="references",
            columns={"reference_id": "reference_id"},
            attributes={name: name for name in ("wording", "labels", "place")},
            constants={"table_name": f"{lower_snake(raw.name)}_questions"},
        )
        return Part("", "answered questionnaires", mapping), Part("questions", "questions", about)

    def reader(self, raw: Raw) -> Reader:
        """Return the function that makes answers of each row, and with the first one the questions."""
        delivery = survey_of(raw)

        def read(number: int, record: Record) -> Iterator[Made]:
            if number == 1:
                for place, name in enumerate(delivery.names, start=1):
                    codes = {str(text_of(code)): label for code, label in delivery.labels.get(name, {}).items()}
                    yield Made(
                        "questions",
                        {
                            "reference_id": name,
                            "wording": delivery.questions.get(name) or name,
                            "labels": json.dumps(codes, ensure_ascii=False) if codes else None,
                            "place": str(place),
                        },
                    )
            yield Made("", {name: text_of(value) for name, value in record.items()})

        return read


def survey_of(raw: Raw) -> StatisticsFile:
    """Return the file of a recognised survey."""
    delivery = labelled(raw)
    if delivery is None:
        raise RowRefused("the file has no labels of a survey")
    return delivery


def text_of(value: object) -> str | None:
    """Return a typed value as text."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case dt.datetime() | dt.date():
            return value.isoformat()
        case _:
            return str(value)
