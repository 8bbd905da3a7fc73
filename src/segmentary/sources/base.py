"""What a source delivers, and how a delivery is mapped onto the canonical tables.

A *source* is a file, a folder of files with the same columns, a database table or a dataframe. A *delivery* is one of
its files, read row by row. A *mapping* says what one row is and which column is what; a *proposal* is a mapping with
reasons, not yet settled by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol, get_args

import pyarrow as pa

from segmentary.errors import MappingError

Kind = Literal[
    "customers",
    "accounts",
    "households",
    "orders",
    "order_lines",
    "events",
    "responses",
    "messages",
    "consents",
    "products",
    "references",
    "relations",
    "exposures",
    "attributes",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
ColumnShape = Literal["text", "integer", "number", "boolean", "date", "time", "list"]
DateOrder = Literal["iso", "day_first", "month_first", "year_first", "epoch_seconds", "epoch_millis", ""]
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
DecimalMark = Literal[".", ","]
ROW_NUMBER = "row_number"
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of a delivery, profiled on a sample of its rows.

    Attributes
    ----------
    name : as the source writes it (made unique where the source repeats it).
    type : what the values look like; text formats still deliver text.
    filled : rows of the sample with a value.
    distinct : different values in the sample, capped at 1,000.
    examples : a few different values, as text.
    """

    name: str
    type: ColumnShape
    filled: int
    distinct: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """How a file is written.

    Attributes
    ----------
    format : csv, jsonl, json, parquet, excel, spss, stata, sqlite, postgresql, dataframe, access_log.
    encoding, delimiter, bom, compressed : for text files; empty where they have no meaning.
    rows : number of rows where it is known without reading everything.
    warnings : what a person should know, such as a guessed encoding.
    """

    format: str
    encoding: str = ""
    delimiter: str = ""
    bom: bool = False
    compressed: str = ""
    rows: int | None = None
    warnings: tuple[str, ...] = ()


class Delivery(Protocol):
    """One file, sheet, table or dataframe of a source.

    `read` can be called again and again. Its first column is ``row_number`` (int64, from 1); then all source columns
    follow. Text formats deliver every column as text exactly as written (None only for an absent field); typed formats
    deliver their types. After `read` is drained, `rejected` holds (row number, reason) of every row that could not be
    parsed: rows read = rows delivered + rows rejected.
    """

    @property
    def name(self) -> str:
        """Name of the source."""
        ...

    @property
    def origin(self) -> str:
        """Where it came from, as given."""
        ...

    @property
    def path(self) -> Path | None:
        """The file, where there is one."""
        ...

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        ...

    @property
    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns, profiled on a sample."""
        ...

    @property
    def rejected(self) -> list[tuple[int, str]]:
        """Rows that could not be parsed, with the reason; complete when the last `read` is drained."""
        ...

    def read(self) -> pa.RecordBatchReader:
        """Return all rows, from the beginning."""
        ...


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """What one row of a source is, and which column is what.

    Attributes
    ----------
    kind : what one row is.
    columns : canonical name -> source column. ``record_id`` is the customer's id; where it is missing for customers
        and responses, every row is a person of its own (``source:row_number``).
    attributes : attribute or property name in lower_snake -> source column, for columns kept as they are.
    ignored : source columns left out.
    date_order, time_format : how dates are written; an empty order means there are none, or they are typed.
    decimal_mark : the mark between whole and fraction in money and numbers written as text.
    timezone : IANA zone that times without zone are in; empty means the workspace's.
    currency : ISO 4217 code of amounts without a currency column; empty means the workspace's.
    id_space : whose ids ``record_id`` holds; sources of one business usually share ``customer``.
    event_name : name of the event every row is, where no column says it.
    survey : name of the survey.
    items : for wide surveys: source columns that each hold the answers to one question (to be unpivoted).
    sale_status : values of the ``status`` column that mean a sale happened; empty means every row is a sale.
    missing_codes : per source column, codes that mean "no answer" (refused, do not know, not asked).
    constants : canonical name -> one value for all rows.
    cancellation_prefix : what order ids of cancellations begin with, such as ``C``.
    drop_duplicates : leave out exact copies of a row within one file.
    export : the recognised export and the part of it that was read: ``NAME/VERSION/rows/PART``; empty for plain rows.
    """

    kind: Kind
    columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    date_order: DateOrder = ""
    time_format: str = ""
    decimal_mark: DecimalMark = "."
    timezone: str = ""
    currency: str = ""
    id_space: str = "customer"
    event_name: str = ""
    survey: str = ""
    items: tuple[str, ...] = ()
    sale_status: tuple[str, ...] = ()
    missing_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    cancellation_prefix: str = ""
    drop_duplicates: bool = False
    export: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return the mapping as JSON-able data, fields with their default value left out."""
        document: dict[str, Any] = {"kind": self.kind}
        empty = SourceMapping(kind=self.kind)
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "kind" or value == getattr(empty, each.name):
                continue
            if isinstance(value, Mapping):
                value = {k: list(v) if isinstance(v, tuple) else v for k, v in value.items()}
            document[each.name] = list(value) if isinstance(value, tuple) else value
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> SourceMapping:
        """Return the mapping a document holds.

        Raises
        ------
        MappingError
            when a field is unknown or a value has no meaning.
        """
        known = {each.name for each in fields(cls)}
        unknown = sorted(set(document) - known)
        if unknown:
            raise MappingError(
                f"a source mapping has no field {unknown[0]!r}", hint=f"fields are: {', '.join(sorted(known))}"
            )
        if document.get("kind") not in KINDS:
            raise MappingError(
                f"a source mapping needs a kind, not {document.get('kind')!r}", hint=f"one of: {', '.join(KINDS)}"
            )
        for name, choices in (("date_order", DATE_ORDERS), ("decimal_mark", get_args(DecimalMark))):
            if name in document and document[name] not in choices:
                allowed = ", ".join(c for c in choices if c)
                raise MappingError(f"{name} has no value {document[name]!r}", hint=f"one of: {allowed}")
        return cls(**{name: field_value(name, value) for name, value in document.items()})


TUPLES = ("ignored", "items", "sale_status")
TABLES = ("columns", "attributes", "constants", "missing_codes")


def field_value(name: str, value: Any) -> Any:
    """Return a document's value as the field holds it; complain about the wrong shape."""
    if name in TUPLES:
        if not isinstance(value, list | tuple):
            raise MappingError(f"{name} of a source mapping is a list, not {value!r}")
        return tuple(str(v) for v in value)
    if name in TABLES:
        if not isinstance(value, Mapping):
            raise MappingError(f"{name} of a source mapping is a table of names, not {value!r}")
        if name == "missing_codes":
            return {str(k): tuple(str(code) for code in v) for k, v in value.items()}
        return {str(k): str(v) for k, v in value.items()}
    if name == "drop_duplicates":
        if not isinstance(value, bool):
            raise MappingError(f"drop_duplicates is true or false, not {value!r}")
        return value
    if not isinstance(value, str):
        raise MappingError(f"{name} of a source mapping is a text, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can answer, and how to answer it."""

    about: Literal["kind", "dates", "column"]
    text: str
    hint: str

    def __str__(self) -> str:
        return f"{self.text} ({self.hint})"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping with reasons, before a person has settled it.

    Attributes
    ----------
    confidence : 0 to 1: how sure the kind is.
    reasons : one sentence per decision.
    questions : what a person must answer before anything is loaded.
    asked : the same questions with what they are about, for `settled`.
    """

    mapping: SourceMapping
    confidence: float
    reasons: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()
