"""What a recognised export is: how it is known, which parts it has, and what becomes of each of its rows.

A plain source is one table: one row is one thing, and a mapping says which column is what. The export of a tool is
more: a row may be an event *and* an identity *and* attributes, and its words must be translated (``open`` becomes
``email_opened``). An `Export` does that. Rules for whoever writes one:

1. **Known by shape.** `Export.recognises` looks at column names (`Raw.names`) and at the first rows (`Raw.head`), never
   at the file's name, and returns the reason in words, or "" where it is not this export. Ask for enough that no other
   tool's file passes (two or three columns or keys that only this tool writes).
2. **Parts.** `Export.parts` returns the parts this file can have; the first is the main part. Each `Part` has a settled
   `SourceMapping` of one kind; the columns it names (``columns``, ``attributes``, ``items``) are the columns of the
   part's rows. They are yours: name them as you like, canonical names are best. Where every column of a table is
   wanted, make ``attributes`` from `Raw.names`. The source of the main part is called NAME, those of the others
   NAME_<part>; names of parts never change, because history hangs on them.
3. **Rows.** `Export.reader` returns a function that is called once per row of the file, in order, with its number and
   the row (a table: column -> text, typed values for typed formats; JSON: the object, see `fields`). It yields `Made`
   rows: (part, {column -> text or None}). It raises `SetAside` with a reason for a row that holds nothing about a
   customer, `RowRefused` for one that cannot be understood. State that must live over rows lives in the closure.
4. **Nothing vanishes.** Every row of the file is in at least one part, refused, or set aside: `translate` checks it and
   refuses a row of which nothing was made. Set-aside and refused rows stand in the quality account of the main part.
5. **Values** are text: times as ISO 8601 (``2026-03-01T10:00:00Z``; mappings then say ``date_order="iso"``), numbers
   with a point, booleans true/false. ``properties`` of events may be one column of kind events, holding a JSON object.
6. **Whose.** ``record_id`` is the customer's own id; rows that only have an address or cookie fill ``email`` or
   ``cookie``: who has no ``record_id`` is named by them, and shared identifiers join people. Undated attributes that
   may change are one part of kind ``attributes`` (one row per value); a record that is delivered whole every time is a
   part of kind ``customers`` with wide attributes.
7. **Dated by receipt.** Where a tool's rows may lack their time (webhook bodies), `Part.receipt` names the column that
   is then filled with the moment of loading.
8. **Order and repetition.** Give rows their ids (``message_id``, ``order_id``): the same row in another file adds
   nothing. Nothing random, no clock: reading a file again gives the same rows, which is how archives are replayed.
   When the meaning of a row changes, raise `Export.version` and keep the old class in `registry.EXPORTS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from segmentary.sources.base import SourceMapping

Record = Mapping[str, Any]


class Raw(Protocol):
    """A file as an export sees it."""

    @property
    def name(self) -> str:
        """Name of the source, made from the file's."""
        ...

    @property
    def form(self) -> Literal["objects", "table"]:
        """JSON and Parquet are objects; everything else is a table."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Column names of a table; for objects the keys of the first rows."""
        ...

    @property
    def head(self) -> tuple[Record, ...]:
        """The first rows, at most `HEAD_ROWS`."""
        ...

    def records(self, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, Record]]:
        """Yield all rows with their numbers, for what must be known before the first row is read."""
        ...


HEAD_ROWS = 200


class SetAside(ValueError):  # noqa: N818 - says what becomes of a row
    """The row holds nothing about a customer; the message says what it is instead."""


class RowRefused(ValueError):  # noqa: N818 - says what becomes of a row
    """The row cannot be understood; the message says why."""


class Made(NamedTuple):
    """One row of one part; columns that are left out are empty."""

    part: str
    values: Mapping[str, str | None]


Reader = Callable[[int, Record], Iterable[Made]]


@dataclass(frozen=True, slots=True)
class Part:
    """One table an export holds.

    Attributes
    ----------
    name : "" for the main part; the source of the others is NAME_<name>.
    title : what its rows are called, in the plural: events, profiles, order lines.
    mapping : of one kind, settled; its source columns are the columns of the part.
    receipt : column to fill with the moment of loading where it is empty; "" for none.
    """

    name: str
    title: str
    mapping: SourceMapping
    receipt: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the part's rows."""
        mapping = self.mapping
        used = (*mapping.columns.values(), *mapping.attributes.values(), *mapping.items)
        return tuple(dict.fromkeys(used))


class Export(ABC):
    """One kind of export.

    Attributes
    ----------
    name : lower_snake, for good.
    version : raised when rows come to mean something else.
    title : what people call it.
    form : what it is made of (JSON and Parquet are objects, all else is a table); other files are not offered to it.
    follows : whether later files of a source that began as this export are read as it even when they do not say so
        themselves (a day with little in it).
    source : what its sources are called where nobody names them; "" for the name of the file. The same thing in files
        of different names is then one source, and nothing in it counts twice.
    empty : known by its columns alone, so that a file with a heading and no rows is known too.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    title: ClassVar[str]
    form: ClassVar[Literal["objects", "table", "any"]]
    follows: ClassVar[bool] = False
    empty: ClassVar[bool] = False
    source: ClassVar[str] = ""

    @abstractmethod
    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export, "" where it is not."""

    @abstractmethod
    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts such a file can have, the main one first."""

    @abstractmethod
    def reader(self, raw: Raw) -> Reader:
        """Return the function that makes canonical rows of each row of the file."""


def events_part(name: str = "", title: str = "events", *, receipt: bool = True, **more: str) -> Part:
    """Return a part of events whose columns have the canonical names, with properties as JSON.

    more : fields of the mapping, such as id_space or currency.
    """
    names = (
        "name", "happened_at", "record_id", "email", "phone", "cookie", "external_id", "device", "message_id",
        "order_id", "session_id", "sequence", "amount", "currency", "product_id", "category", "brand", "quantity",
        "channel", "properties",
    )  # fmt: skip
    return plain_part(name, title, "events", names, receipt="happened_at" if receipt else "", **more)


def plain_part(name: str, title: str, kind: Any, names: Iterable[str], *, receipt: str = "", **more: Any) -> Part:
    """Return a part whose columns have the canonical names of its kind, dates in ISO."""
    columns = {each: each for each in names}
    return Part(name, title, SourceMapping(kind=kind, columns=columns, date_order="iso", **more), receipt)


def messages_part(name: str = "messages", title: str = "messages", **more: Any) -> Part:
    """Return a part of messages."""
    names = (
        "message_id", "text", "happened_at", "record_id", "email", "phone", "cookie", "external_id", "channel",
        "direction", "conversation_id", "campaign_id",
    )  # fmt: skip
    return plain_part(name, title, "messages", names, receipt="happened_at", **more)


def attributes_part(name: str = "attributes", title: str = "attribute values", **more: Any) -> Part:
    """Return a part of attribute values, one row each."""
    names = ("record_id", "email", "phone", "cookie", "external_id", "device", "name", "value", "value_type",
             "valid_from")  # fmt: skip
    return plain_part(name, title, "attributes", names, **more)
