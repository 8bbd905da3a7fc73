"""Read the tables of a vendor as its file in `vendors` says: which table a file is, and what its rows become."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any, ClassVar

from segmentary.sources.base import SourceMapping
from segmentary.sources.exports.export import Export, Made, Raw, Reader, Record, RowRefused, SetAside
from segmentary.sources.exports.export import Part as ExportPart
from segmentary.sources.exports.tables import (
    BOOKKEEPING,
    SPEAKS_OF,
    Names,
    Part,
    Row,
    Table,
    Value,
    Vendor,
    Words,
    plain,
)
from segmentary.sources.kinds import canonical_columns
from segmentary.sources.names import attribute_name, unique

HOLE = re.compile(r"\{([^}]+)\}")
EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.0)?")
ZONE = re.compile(r"(?<=[\d])\s*(?:UTC|GMT|([+-]\d\d):?(\d\d))$")
NOTHING_FOR_US = "nothing in this table is about a customer"
ASIDE_PART = "set_aside"
DEEPEST = 4


def bare(name: str, prefixes: tuple[str, ...]) -> str:
    """Return a column's name without what a tool puts before it."""
    return next((name[len(one) :] for one in prefixes if name.lower().startswith(one) and len(name) > len(one)), name)


def all_names(names: tuple[str, ...], prefixes: tuple[str, ...]) -> dict[str, str]:
    """Return plain name -> column; the first of two that are alike, an unprefixed one before a prefixed one."""
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda one: bare(one, prefixes) != one):
        found.setdefault(plain(bare(name, prefixes)), name)
    return found


def own_names(names: tuple[str, ...], prefixes: tuple[str, ...]) -> dict[str, str]:
    """Return the same without what loading tools write for themselves."""
    found = all_names(names, prefixes)
    return {key: name for key, name in found.items() if key and not BOOKKEEPING.fullmatch(key)}


def columns_of(spec: str) -> tuple[tuple[str, ...], ...]:
    """Return the columns a table must have, each with its other spellings."""
    return tuple(tuple(plain(one) for one in word.split("|")) for word in spec.split())


def matches(table: Table, names: Mapping[str, str], rows: tuple[Row, ...], *, synced: bool) -> int:
    """Return how many columns say that this is the table, 0 where it is not."""
    needed = columns_of(table.columns)
    if not all(any(one in names for one in spellings) for spellings in needed):
        return 0
    if any(one in names for spellings in columns_of(table.without) for one in spellings):
        return 0
    if table.exact:
        known = {one for spellings in (*needed, *columns_of(table.maybe)) for one in spellings}
        if not names.keys() <= known:
            return 0
    if table.synced and not synced:
        return 0
    if table.fits is not None and not table.fits(rows):
        return 0
    return len(needed) + (100 if table.exact else 0)


def flat(record: Record, before: str = "", depth: int = 0) -> dict[str, Any]:
    """Return a record with what is in its objects beside it, under names with dots; lists are JSON.

    Examples
    --------
    >>> flat({"id": "1", "properties": {"email": "a@b.c"}, "tags": ["x"]})
    {'id': '1', 'properties.email': 'a@b.c', 'tags': '["x"]'}
    """
    out: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth < DEEPEST:
            out |= flat(value, f"{before}{name}.", depth + 1)
        elif isinstance(value, list | dict):
            out[before + name] = json.dumps(value, ensure_ascii=False, default=str) if value else None
        else:
            out[before + name] = value
    return out


def names_of(raw: Raw) -> tuple[str, ...]:
    """Return the columns of a table, or of the objects of the first rows."""
    if raw.form == "table":
        return raw.names
    return tuple(dict.fromkeys(name for record in raw.head for name in flat(record)))


def table_of(vendor: Vendor, raw: Raw) -> Table | None:
    """Return the table of a vendor that a file is, None where it is none."""
    given = names_of(raw)
    names = own_names(given, vendor.prefixes)
    every = Names(all_names(given, vendor.prefixes))
    rows = tuple(Row(every, record if raw.form == "table" else flat(record)) for record in raw.head)
    synced = len(every) > len(names)
    found = [(matches(table, names, rows, synced=synced), -place, table) for place, table in enumerate(vendor.tables)]
    best = max(found, key=lambda one: one[:2], default=(0, 0, None))
    return best[2] if best[0] else None


class VendorExport(Export):
    """The tables of one vendor; subclasses name it."""

    empty = True
    vendor: ClassVar[Vendor]

    def recognises(self, raw: Raw) -> str:
        """Return which table it is, and by which columns."""
        table = table_of(self.vendor, raw)
        if table is None:
            return ""
        shown = ", ".join(word.split("|")[0] for word in table.columns.split()[:6])
        return f"the columns {shown} are those of {self.vendor.title}'s table of {table.says}"

    def parts(self, raw: Raw) -> tuple[ExportPart, ...]:
        """Return the parts of the table."""
        table = self.table(raw)
        if not table.parts:
            mapping = SourceMapping(kind="references", columns={"reference_id": "reference_id"})
            return (ExportPart(ASIDE_PART, table.says, mapping),)
        kept = kept_columns(table, names_of(raw), self.vendor.prefixes)
        return tuple(export_part(self.vendor, part, kept) for part in table.parts)

    def reader(self, raw: Raw) -> Reader:
        """Return the function that makes the rows of the parts."""
        table = self.table(raw)
        names = Names(all_names(names_of(raw), self.vendor.prefixes))
        objects = raw.form == "objects"
        kept = kept_columns(table, names_of(raw), self.vendor.prefixes)
        plans = [(part, getters(part, kept_of(part, kept))) for part in table.parts]
        reason = table.aside or NOTHING_FOR_US

        def read(_number: int, record: Record) -> Iterator[Made]:
            record = flat(record) if objects else record
            row = Row(names, record)
            for condition, why in table.aside_when:
                if condition(row):
                    raise SetAside(why)
            used = False
            for part, columns in plans:
                if part.when is not None and not part.when(row):
                    continue
                if part.many is None:
                    used = True
                    yield Made(part.name, {name: get(row) for name, get in columns})
                    continue
                for each in part.many(row):
                    used = True
                    about = Row(names, record, each)
                    yield Made(part.name, {name: get(about) for name, get in columns})
            if not used:
                raise SetAside(reason)

        return read

    def table(self, raw: Raw) -> Table:
        """Return the table a recognised file is."""
        found = table_of(self.vendor, raw)
        if found is None:
            raise RowRefused(f"the columns are not those of a table of {self.vendor.title}")
        return found


def spoken_of(part: Part) -> Iterator[str]:
    """Yield the columns a part takes."""
    for value in part.take.values():
        match value:
            case Words(column=column):
                yield from column.split("|")
            case str() if value.startswith("="):
                continue
            case str():
                for piece in HOLE.findall(value) or [value]:
                    yield from piece.split("|")
            case _:
                yield from getattr(value, SPEAKS_OF, "").split("|")
    if part.keep != "rest":
        for word in part.keep.split():
            yield from word.partition("=")[2].split("|") if "=" in word else (word,)


def kept_columns(table: Table, names: tuple[str, ...], prefixes: tuple[str, ...]) -> dict[str, str]:
    """Return attribute name -> column of everything that no part and no rule speaks of."""
    spoken = {plain(name) for part in table.parts for name in spoken_of(part)}
    spoken |= {plain(name) for names in table.leave for name in names.split()}
    free = [name for key, name in own_names(names, prefixes).items() if key not in spoken]
    reserved = {name for part in table.parts for name in (*canonical_columns(part.kind), *part.take)}
    named = unique((attribute_name(bare(n, prefixes)) for n in free), reserved=(*reserved, "row_number"))
    return {name: plain(bare(column, prefixes)) for name, column in zip(named, free, strict=True)}


def kept_of(part: Part, kept: Mapping[str, str]) -> dict[str, str]:
    """Return attribute name -> columns of what a part keeps beside what it takes."""
    if part.keep == "rest":
        return dict(kept)
    pairs = (word.partition("=") for word in part.keep.split())
    return {name: column or name for name, _, column in pairs}


def export_part(vendor: Vendor, part: Part, kept: Mapping[str, str]) -> ExportPart:
    """Return a part as the framework knows it."""
    own = canonical_columns(part.kind)
    columns = {name: name for name in part.take if name in own}
    others = [*(name for name in part.take if name not in own), *kept_of(part, kept)]
    mapping = SourceMapping(
        kind=part.kind,
        columns=columns,
        attributes={name: name for name in dict.fromkeys(others)},
        date_order="iso",
        timezone="UTC",
        id_space=part.id_space or vendor.id_space,
        **part.more,  # type: ignore[arg-type]
    )
    return ExportPart(part.name, part.title or part.name.replace("_", " "), mapping)


Getter = Callable[[Row], str | None]


def getters(part: Part, others: Mapping[str, str]) -> tuple[tuple[str, Getter], ...]:
    """Return what makes each column of a part, with what it keeps beside what it takes."""
    times = instants(part.kind)
    made = [(name, timed(getter(value)) if name in times else getter(value)) for name, value in part.take.items()]
    return (*made, *((name, getter(column)) for name, column in others.items() if name not in part.take))


def timed(inner: Getter) -> Getter:
    return lambda row: time_text(inner(row))


def getter(value: Value) -> Getter:
    """Return what makes a value of a row; it raises RowRefused for a word that is not known and must be."""
    match value:
        case Words():
            return partial(translated, value)
        case str() if value.startswith("="):
            return lambda row: value[1:]
        case str() if "{" in value:
            return partial(filled, value)
        case str():
            return lambda row: row(value)
        case _:
            return value


def value_of(value: Value, row: Row) -> str | None:
    """Return one value of a row."""
    return getter(value)(row)


def translated(value: Words, row: Row) -> str | None:
    """Return the meaning of a word."""
    text = row(value.column)
    if text is None:
        return value.missing
    found = value.words.get(text.lower().replace(" ", "_"))
    if found is not None:
        return found
    if value.otherwise == "refuse":
        raise RowRefused(f"{value.column.split('|')[0]} {text[:40]!r} is not known")
    return {"same": text, "": None}.get(value.otherwise, value.otherwise)


def filled(template: str, row: Row) -> str | None:
    """Return a text made of columns, None where one of them is empty."""
    found = [row(name) for name in HOLE.findall(template)]
    if any(one is None for one in found):
        return None
    values = iter(found)
    return HOLE.sub(lambda _: str(next(values)), template)


@cache
def instants(kind: str) -> frozenset[str]:
    """Return the columns of a kind that hold times."""
    return frozenset(n for n, c in canonical_columns(kind).items() if c.type == "instant")  # type: ignore[arg-type]


def time_text(text: str | None) -> str | None:
    """Return a time as ISO 8601: numbers are seconds or milliseconds since 1970; what is no time stays as it is.

    Examples
    --------
    >>> time_text("1672914000000"), time_text("2020-09-11 13:26:15 UTC"), time_text("2026-01-05T10:11:12.000+0000")
    ('2023-01-05T10:20:00Z', '2020-09-11T13:26:15Z', '2026-01-05T10:11:12.000+00:00')
    """
    if text is None:
        return None
    if EPOCH.fullmatch(text):
        whole = text.partition(".")[0]
        seconds = int(whole) / (1000 if len(whole) == 13 else 1)
        return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat().replace("+00:00", "Z")
    if len(text) >= 10 and text[4] == "-" and text[7] == "-":
        text = text[:10] + "T" + text[11:] if len(text) > 11 and text[10] == " " else text
        return ZONE.sub(lambda m: f"{m[1]}:{m[2]}" if m[1] else "Z", text)
    return text


def properties(**members: str | None) -> str | None:
    """Return properties as a JSON object, without those that are empty."""
    filled_ones = {name: value for name, value in members.items() if value is not None}
    return json.dumps(filled_ones, ensure_ascii=False) if filled_ones else None
