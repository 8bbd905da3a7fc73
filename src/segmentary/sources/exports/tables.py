"""The words in which a vendor's tables are written down: how each is known, and what its columns mean.

A vendor's file lists `Table` s. A table is known by its columns (and, where those are few, by all of them together); it
has `Part` s, each of one kind, and every part says what its canonical columns are made of:

==================  ==================================================================================
``"a|b"``           the column a, or b where a is not there or empty
``"=text"``         a constant
``"{a}/{b}"``       a text made of columns; empty where one of them is
`Words`             a column whose words are translated
a function          of the row, for what fits none of these
==================  ==================================================================================

What no part names is kept as attributes or properties of the parts that say ``keep="rest"``, except what the table
leaves out with a reason (addresses of the internet, card numbers, what another part already tells).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from segmentary.sources.base import Kind
from segmentary.sources.exports.export import Record

NOT_NAME = re.compile(r"[^0-9a-z]+")
BOOKKEEPING = re.compile(r"fivetran\w*|airbyte\w*|sdc\w*|dlt\w*|\w*synced|bqrawinserted\w*")
SPEAKS_OF = "speaks_of"
"""Functions that make values say under this name which columns they speak of."""
EACH = "each"
"""In a part with several rows per row of the file: what the row is about."""
MISSING = frozenset(("", "null", "none", "nan", "nat", "n/a", "\\n"))
LONGEST_MISSING = 4


def plain(name: str) -> str:
    """Return a column's name as tables are compared by: letters and digits only.

    Examples
    --------
    >>> plain('"TAG"'), plain("Email Address"), plain("_fivetran_synced")
    ('tag', 'emailaddress', 'fivetransynced')
    """
    return NOT_NAME.sub("", name.lower())


class Names(dict[str, str]):
    """Plain name -> column of one file; remembers which columns a spelling means."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self.meant: dict[str, tuple[str, ...]] = {}

    def of(self, spec: str) -> tuple[str, ...]:
        """Return the columns of the file that ``"a|b"`` means, in that order."""
        found = self.meant.get(spec)
        if found is None:
            wanted = (self.get(plain(one)) for one in spec.split("|"))
            found = self.meant[spec] = tuple(name for name in wanted if name is not None)
        return found


class Row:
    """One row of a vendor's table; columns are found by their plain names."""

    __slots__ = ("each", "names", "values")

    def __init__(self, names: Mapping[str, str], values: Record, each: str | None = None) -> None:
        self.names = names if isinstance(names, Names) else Names(names)
        self.values = values
        self.each = each

    def __call__(self, spec: str) -> str | None:
        """Return the first value given of some columns, None where none is."""
        if spec == EACH:
            return self.each
        for name in self.names.of(spec):
            value = self.values.get(name)
            if value is None:
                continue
            text = str(value).strip()
            if text and (len(text) > LONGEST_MISSING or text.lower() not in MISSING):
                return text
        return None


@dataclass(frozen=True, slots=True)
class Words:
    """A column whose words are translated; ``otherwise`` is what unknown ones mean.

    otherwise : "refuse" refuses the row, "same" keeps the word, "" leaves the value empty; anything else is the value.
    missing : what an empty value means.
    """

    column: str
    words: Mapping[str, str]
    otherwise: str = ""
    missing: str | None = None


Value = str | Words | Callable[[Row], str | None]
Condition = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that the rows of a table tell.

    Attributes
    ----------
    name : of the part, for good; its source is called NAME_<name>.
    take : canonical column -> what it is made of.
    keep : "rest": every column that no part and no rule speaks of; or "attribute=column" words; "" for nothing.
    when : which rows are in it.
    more : further fields of the mapping, such as ``sale_status``.
    id_space : whose ids ``record_id`` holds, where it is not the vendor's.
    many : makes several rows of one; each is called `EACH`.
    """

    name: str
    kind: Kind
    take: Mapping[str, Value]
    keep: str = ""
    when: Condition | None = None
    title: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    id_space: str = ""
    many: Callable[[Row], Iterable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a vendor.

    Attributes
    ----------
    says : what it is, in words.
    columns : names it must have, each with its other spellings behind a bar.
    exact : these columns and `maybe` are all it has, apart from what the loading tool writes for itself.
    without : columns it must not have.
    parts : what its rows are; none where all are set aside.
    aside : why rows that are in no part are set aside; the whole table, where there are no parts.
    aside_when : (condition, reason) of rows that are set aside before anything else is asked.
    leave : "column column ..." -> why they are left out.
    fits : a test on the first rows where columns are not enough.
    synced : a loading tool must have left its column, because the others could be anybody's.
    """

    name: str
    says: str
    columns: str
    parts: tuple[Part, ...] = ()
    aside: str = ""
    exact: bool = False
    maybe: str = ""
    without: str = ""
    aside_when: tuple[tuple[Condition, str], ...] = ()
    leave: Mapping[str, str] = field(default_factory=dict)
    fits: Callable[[tuple[Row, ...]], bool] | None = None
    synced: bool = False


@dataclass(frozen=True, slots=True)
class Vendor:
    """A tool and its tables.

    Attributes
    ----------
    id_space : whose ids its records have.
    prefixes : what the tool or those who load it put before the names of columns, such as ``property_``.
    """

    name: str
    title: str
    id_space: str
    tables: tuple[Table, ...]
    prefixes: tuple[str, ...] = ()


def given(column: str) -> Condition:
    """Rows with a value."""
    return lambda row: row(column) is not None


def empty(column: str) -> Condition:
    """Rows without a value."""
    return lambda row: row(column) is None


def among(column: str, words: str) -> Condition:
    """Rows with one of some words."""
    wanted = frozenset(words.split())
    return lambda row: (row(column) or "").lower() in wanted


def yes(column: str) -> Condition:
    """Rows where a flag is set."""
    return lambda row: is_yes(row(column))


def is_yes(text: str | None) -> bool:
    return (text or "").lower() in ("true", "t", "yes", "y", "1", "1.0")


def no(condition: Condition) -> Condition:
    """Rows of which it is not true."""
    return lambda row: not condition(row)


def both(*conditions: Condition) -> Condition:
    """Rows of which all is true."""
    return lambda row: all(one(row) for one in conditions)


def either(*conditions: Condition) -> Condition:
    """Rows of which something is true."""
    return lambda row: any(one(row) for one in conditions)


def flag(column: str, *, when: Literal["yes", "no"] = "yes") -> Callable[[Row], str | None]:
    """Return a flag as true or false; ``when`` says which of them means true."""

    def value(row: Row) -> str | None:
        text = row(column)
        return None if text is None else str(is_yes(text) == (when == "yes")).lower()

    setattr(value, SPEAKS_OF, column)
    return value


def pieces(column: str, *, marks: str = ";,") -> Callable[[Row], Iterable[str]]:
    """Return the parts of a list written in one cell, without what stands behind a colon in each."""

    def split(row: Row) -> Iterable[str]:
        found = re.split(f"[{marks}]", row(column) or "")
        return dict.fromkeys(each for one in found if (each := one.partition(":")[0].strip()))

    return split


def first_of(column: str) -> Callable[[Row], str | None]:
    """Return the first of a list written in one cell."""
    split = pieces(column)

    def value(row: Row) -> str | None:
        return next(iter(split(row)), None)

    setattr(value, SPEAKS_OF, column)
    return value
