"""What files of survey tools have in common: header rows, questions as items, who answered, test answers.

A tool's file is one row per answered questionnaire. It becomes answers (`responses`): one item per column that holds a
question, under its code where the tool has one and under its wording where not; and one reference row per question with
its wording and kind (a choice, a number, an open answer). Answers of people whom the file calls by our own id are a
part of their own, because they are customers and not only respondents.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from segmentary.sources.base import SourceMapping
from segmentary.sources.exports.export import Export, Made, Part, Raw, Reader, Record, RowRefused, SetAside
from segmentary.sources.exports.tables import MISSING, plain
from segmentary.sources.kinds import RULES, canonical_columns
from segmentary.sources.names import attribute_name, lower_snake, unique

OUR_ID = frozenset(
    plain(word)
    for word in ("external_reference", "external_data_reference", "customer_id", "customerid", "contact_id",
                 "user_id", "userid", "member_id", "client_id", "crm_id", "customer_number", "kundennummer")
)  # fmt: skip
MAIL = frozenset(plain(word) for word in ("email", "e_mail", "email_address", "recipient_email", "e-mail-adresse"))
MOMENT = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?)?"
    r"\s*(?:(Z|UTC|GMT|[A-Z]{3,4})?([+-]\d{1,2})?:?(\d{2})?)?"
)
OPEN_LENGTH = 25
HEADER = "a row of headings"


@dataclass(frozen=True, slots=True)
class Question:
    """One column that holds answers: its item, its wording, and what kind of answers they are."""

    column: str
    item: str
    wording: str
    kind: str = "choice"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a survey's file is laid out.

    Attributes
    ----------
    questions : the columns that hold answers.
    respondent : column of the answer's own id; "" where there is none.
    answered : columns with the time of the answer, the best first.
    customer, email : columns that say who answered, as we know them.
    attributes : attribute name -> column, of what is known about the respondent and the interview.
    headings : how many rows below the first are headings too.
    left_out : column -> why.
    order : how dates are written.
    timezone : zone of times without one.
    missing : codes of "no answer".
    """

    questions: tuple[Question, ...]
    respondent: str
    answered: tuple[str, ...]
    customer: str = ""
    email: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    headings: int = 0
    left_out: Mapping[str, str] = field(default_factory=dict)
    order: str = "iso"
    timezone: str = ""
    missing: tuple[str, ...] = ()


class SurveyExport(Export):
    """A survey tool's file of answers."""

    form = "table"
    numbered: ClassVar[bool] = False
    """Whether answers have numbers of their survey only, which another survey has too."""

    @abstractmethod
    def layout(self, raw: Raw) -> Layout | None:
        """Return how the file is laid out, None where it is not this tool's."""

    @abstractmethod
    def why(self, layout: Layout) -> str:
        """Say by what it was recognised."""

    def refusal(self, record: Record) -> str:
        """Return why an answer is none, such as a test; "" for an answer."""
        return ""

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this tool's."""
        layout = self.layout(raw)
        return self.why(layout) if layout is not None and layout.questions else ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return answers, answers of known customers, and questions."""
        layout = self.found(raw)
        shared = {"email": "email"} if layout.email else {}
        columns = {"record_id": "record_id", "answered_at": "answered_at", **shared}
        attributes = {name: name for name in layout.attributes}
        items = tuple(question.item for question in layout.questions)
        mapping = SourceMapping(
            kind="responses",
            columns=columns,
            attributes=attributes,
            items=items,
            date_order="iso",
            timezone=layout.timezone,
            id_space=f"{self.name}_{lower_snake(raw.name)}" if self.numbered else self.name,
            survey=raw.name,
            missing_codes=dict.fromkeys(items, layout.missing) if layout.missing else {},
        )
        # The survey's name stands in mappings only: an archived file is read again under another name.
        about = SourceMapping(
            kind="references",
            columns={"reference_id": "reference_id"},
            attributes={name: name for name in ("wording", "answers", "place")},
            constants={"table_name": f"{lower_snake(raw.name)}_questions"},
        )
        return (
            Part("", "answered questionnaires", mapping),
            Part("customers", "questionnaires of customers", replace(mapping, id_space="customer")),
            Part("questions", "questions", about),
        )

    def reader(self, raw: Raw) -> Reader:
        """Return the function that makes answers of each row."""
        layout = self.found(raw)
        first = 1 + layout.headings
        seen = [0]

        def read(number: int, record: Record) -> Iterator[Made]:
            seen[0] += 1
            if seen[0] == 1 and layout.headings:
                yield from questions(layout)
                return
            if seen[0] < first:
                raise SetAside(HEADER)
            if reason := self.refusal(record):
                raise RowRefused(reason)
            if seen[0] == first and not layout.headings:
                yield from questions(layout)
            yield answer(layout, record)

        return read

    def found(self, raw: Raw) -> Layout:
        """Return the layout of a recognised file."""
        layout = self.layout(raw)
        if layout is None:
            raise RowRefused(f"the columns are not those of {self.title}")
        return layout


def questions(layout: Layout) -> Iterator[Made]:
    """Yield the questions with their wording."""
    for place, one in enumerate(layout.questions, start=1):
        yield Made(
            "questions",
            {
                "reference_id": one.item,
                "wording": one.wording,
                "answers": one.kind,
                "place": str(place),
            },
        )


def answer(layout: Layout, record: Record) -> Made:
    """Return one answered questionnaire."""
    customer = text_of(record, layout.customer)
    respondent = text_of(record, layout.respondent) or fingerprint(record)
    when = next((text for column in layout.answered if (text := text_of(record, column))), None)
    values: dict[str, str | None] = {
        "record_id": customer or respondent,
        "answered_at": iso_moment(when, layout.order),
        "email": text_of(record, layout.email),
    }
    values |= {name: text_of(record, column) for name, column in layout.attributes.items()}
    values |= {one.item: text_of(record, one.column) for one in layout.questions}
    return Made("customers" if customer else "", values)


def text_of(record: Record, column: str) -> str | None:
    """Return a cell, None where it is empty."""
    value = record.get(column) if column else None
    text = "" if value is None else str(value).strip()
    return None if text.lower() in MISSING else text


def fingerprint(record: Record) -> str:
    """Return an id for an answer that has none: equal rows are one answer."""
    told = json.dumps({k: str(v) for k, v in record.items()}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def laid_out(
    asked: Sequence[tuple[str, str, str]],
    *,
    known: Mapping[str, str],
    respondent: str,
    answered: Sequence[str],
    rows: Sequence[Record],
    headings: int = 0,
    order: str = "iso",
    timezone: str = "",
    missing: tuple[str, ...] = (),
    opened: Collection[str] = (),
) -> Layout:
    """Return a layout from what a tool's columns mean.

    asked : (column, item, wording) of the questions.
    known : column -> name of an attribute, "customer", "email", or "" for what is left out.
    rows : the answers among the first rows.
    opened : columns of questions that are open, as the tool says itself.
    """
    attributes = {name: column for column, name in known.items() if name not in ("", "customer", "email")}
    reserved = (*canonical_columns("responses"), *RULES["responses"].table.names, *attributes, "row_number")
    items = unique((item for _, item, _ in asked), reserved=reserved)
    return Layout(
        questions=tuple(
            Question(column, item, wording, "open" if column in opened else kind_of(rows, column))
            for (column, _, wording), item in zip(asked, items, strict=True)
        ),
        respondent=respondent,
        answered=tuple(answered),
        customer=next((column for column, name in known.items() if name == "customer"), ""),
        email=next((column for column, name in known.items() if name == "email"), ""),
        attributes=attributes,
        headings=headings,
        order=order,
        timezone=timezone,
        missing=missing,
    )


def embedded(column: str) -> str:
    """Return what a column that is no question says: whose answer it is, or an attribute of the respondent."""
    if plain(column) in OUR_ID:
        return "customer"
    return "email" if plain(column) in MAIL else attribute_name(column)


def kind_of(rows: Sequence[Record], column: str) -> str:
    """Return what kind of answers a column holds: open, number or choice."""
    values = [text for row in rows if (text := text_of(row, column))]
    if not values:
        return "choice"
    if all(re.fullmatch(r"-?\d+(?:[.,]\d+)?", value) for value in values):
        return "number"
    varied = len(set(values)) > 0.7 * len(values)
    long = sum(len(value) for value in values) / len(values) > OPEN_LENGTH
    return "open" if long and varied and any(" " in value for value in values) else "choice"


def order_of(values: Sequence[str], otherwise: str) -> str:
    """Return how dates are written: iso, day_first or month_first; `otherwise` where every value fits both."""
    parts = [found for value in values if (found := MOMENT.fullmatch(value.strip()))]
    if not parts or all(len(found[1]) == 4 for found in parts):
        return "iso"
    if any(int(found[1]) > 12 for found in parts):
        return "day_first"
    return "month_first" if any(int(found[2]) > 12 for found in parts) else otherwise


def iso_moment(text: str | None, order: str) -> str | None:
    """Return a time as ISO 8601; what cannot be read stays as it is and is refused with its reason.

    Examples
    --------
    >>> iso_moment("01/15/2025 10:22:33 PM", "month_first"), iso_moment("2025/01/15 10:22:33 AM GMT+1", "iso")
    ('2025-01-15T22:22:33', '2025-01-15T10:22:33+01:00')
    """
    found = MOMENT.fullmatch(text.strip()) if text else None
    if text is None or found is None:
        return text
    one, two, three = (int(found[i]) for i in (1, 2, 3))
    year, month, day = (one, two, three) if len(found[1]) == 4 else (three, two, one)
    if order == "month_first" and len(found[1]) != 4:
        month, day = one, two
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    try:
        moment = dt.datetime(year, month, day, hour, int(found[5] or 0), int(found[6] or 0))  # noqa: DTZ001 - zone below
    except ValueError:
        return text
    if found[9]:
        return f"{moment.isoformat()}{int(found[9]):+03d}:{found[10] or '00'}"
    return moment.isoformat() + ("Z" if found[8] in ("Z", "UTC", "GMT") else "")
