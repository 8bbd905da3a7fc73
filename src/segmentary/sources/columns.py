"""What the columns of a delivery hold: types of the attributes, and notes for the quality account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.sources.arrival import Arrival
from segmentary.sources.base import SourceMapping
from segmentary.sources.values import (
    BROKEN,
    FALSE_WORDS,
    MISSING_VALUE,
    PLAIN,
    TRUE_WORDS,
    WHOLE,
    Column,
    as_boolean,
    as_decimal,
    as_instant,
    as_text,
    canonical_date,
    canonical_number,
    canonical_time,
    given,
    node,
)

ValueType = Literal["text", "number", "boolean", "date", "time", "list"]
FIXED_TYPES: Mapping[str, ValueType] = {
    "first_name": "text",
    "last_name": "text",
    "email": "text",
    "phone": "text",
    "birth_date": "date",
    "birth_year": "number",
    "gender": "text",
    "country": "text",
    "region": "text",
    "city": "text",
    "postal_code": "text",
    "latitude": "number",
    "longitude": "number",
    "user_agent": "text",
    "created_at": "time",
}
SYMBOLS = r"\(?[-+]?[$€£¥₹₽₩₪]?[-+]?(?:\d{1,15}|\d{1,3}(?:[,.' ]\d{3})+)(?:[.,]\d{1,10})?\s?[$€£¥₹₽₩₪]?\)?"
LEADING_ZERO = r"[-+]?0\d+.*"
DATE_SHAPE = r"\d{1,4}[./-](?:\d{1,2}|[A-Za-z]{3,9})[./-]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?"
FILLERS = ("?", "n/a", "na", "#n/a", "unknown", "none", "null", "nan", "-", "--", "xxx", "test", "tbd", "not available")
MOJIBAKE = r"Ã[\x{80}-\x{BF}¤©¨¼¶Ÿ§]|â€|Â[£€ ©®°]|\x{FFFD}"
RUINED_ID = r"\d(?:\.\d+)?[eE]\+?\d{1,2}"
WORD_TYPES = frozenset({"true", "false", "yes", "no", "y", "n"})


@dataclass(frozen=True, slots=True)
class Note:
    """One observation about one column."""

    column: str
    code: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a look at all rows says.

    Attributes
    ----------
    types : attribute name -> type of its values.
    notes : observations for the quality account.
    """

    types: Mapping[str, ValueType]
    notes: tuple[Note, ...]


def typed(column: Column) -> ValueType | None:
    """Return what a typed column holds; None for text, whose values decide."""
    if column.is_list:
        return "list"
    if column.type == "BOOLEAN":
        return "boolean"
    if column.type in WHOLE or column.type in BROKEN or column.type.startswith("DECIMAL"):
        return "number"
    if column.type == "DATE":
        return "date"
    if column.type.startswith("TIMESTAMP"):
        return "time"
    return None if column.type == "VARCHAR" else "text"


def study(
    engine: Engine, arrival: Arrival, mapping: SourceMapping, attributes: Mapping[str, str], *, zone: str
) -> ColumnFacts:
    """Look at every text column once: what its values are, and what is odd about them."""
    used = [*mapping.columns.values(), *mapping.attributes.values(), *mapping.items]
    texts = [name for name in dict.fromkeys(used) if arrival.has_text(name)]
    reader = arrival.reader()
    ids = {source for name, source in mapping.columns.items() if name.endswith("_id")}
    wanted = {source for name, source in attributes.items() if name not in FIXED_TYPES}
    asked: list[exp.Expr] = []
    for i, name in enumerate(texts):
        column = reader.column(name)
        asked += [e.as_(f"n{i}_{what}") for what, e in note_counts(column, mapping, is_id=name in ids).items()]
        if name in wanted:
            asked += [e.as_(f"t{i}_{what}") for what, e in type_counts(column, mapping, zone).items()]
    found: dict[str, object] = {}
    if asked and arrival.rows:
        names = [e.alias for e in asked]
        found = dict(zip(names, engine.rows(exp.select(*asked).from_(reader.steps.relation()))[0], strict=True))
    place = {name: i for i, name in enumerate(texts)}
    types: dict[str, ValueType] = {}
    for name, source in attributes.items():
        known = FIXED_TYPES.get(name) or typed(reader.column(source))
        types[name] = known or deduced({k: count(found, f"t{place[source]}_{k}") for k in TYPE_QUESTIONS})
    return ColumnFacts(types, tuple(notes(texts, found)))


TYPE_QUESTIONS = ("given", "number", "boolean", "words", "date", "timed")


def count(found: Mapping[str, object], key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) else 0


def type_counts(column: Column, mapping: SourceMapping, zone: str) -> dict[str, exp.Expr]:
    """Return, per question about a text column, the number of rows that say yes."""
    value = given(column)
    word = column.let(node("lower($x)", x=value))
    number = node(
        "regexp_full_match($x, $shape) and not regexp_full_match($x, $zero) and $read is not null",
        x=value,
        shape=SYMBOLS,
        zero=LEADING_ZERO,
        read=column.let(as_decimal(column, mapping, "decimal(38, 10)")),
    )
    date = node(
        "case when regexp_full_match($x, $shape) then $read is not null else false end",
        x=value,
        shape=DATE_SHAPE,
        read=column.let(as_instant(column, mapping, zone)),
    )
    return {
        "given": node("count($x)", x=value),
        "number": node("count(*) filter (where $x)", x=number),
        "boolean": node("count(*) filter (where $x in $words)", x=word, words=tuple(sorted(WORD_TYPES))),
        "words": node("count(distinct case when $x in $words then $x end)", x=word, words=tuple(sorted(WORD_TYPES))),
        "date": node("count(*) filter (where $x)", x=date),
        "timed": node("count(*) filter (where contains($x, ':'))", x=value),
    }


def deduced(counts: Mapping[str, int]) -> ValueType:
    """Return the type all values of a text column agree on."""
    filled = counts["given"]
    if filled == 0:
        return "text"
    if counts["number"] == filled:
        return "number"
    if counts["boolean"] == filled and counts["words"] == 2:
        return "boolean"
    if counts["date"] == filled:
        return "time" if counts["timed"] else "date"
    return "text"


def note_counts(column: Column, mapping: SourceMapping, *, is_id: bool) -> dict[str, exp.Expr]:
    """Return, per observation about a text column, how many rows it is true of and one of them."""
    text = as_text(column)
    conditions = {
        "blank": node("$x is null", x=text),
        "filler": node("case when strlen($x) < 14 then lower($x) in $words end", x=text, words=FILLERS),
        "mojibake": node(
            "case when contains($x, 'Ã') or contains($x, 'â€') or contains($x, 'Â') or contains($x, $lost)"
            " then regexp_matches($x, $shape) end",
            x=text,
            lost="\ufffd",
            shape=MOJIBAKE,
        ),
    }
    if is_id:
        conditions["ruined_id"] = node("regexp_full_match($x, $shape)", x=text, shape=RUINED_ID)
    else:
        conditions["money_text"] = node(
            "case when $x < 'A' or $x > '~' then regexp_matches($x, '[$€£¥₹₽₩₪,()]') and regexp_full_match($x, $shape)"
            " and not regexp_full_match($x, $plain) end",
            x=text,
            shape=SYMBOLS,
            plain=PLAIN[mapping.decimal_mark],
        )
    out: dict[str, exp.Expr] = {}
    for code, test in conditions.items():
        condition = column.let(test)
        out[f"{code}_count"] = node("count(*) filter (where $x)", x=condition)
        if code != "blank":
            out[f"{code}_example"] = node("min($text) filter (where $x)", text=text, x=condition)
    return out


NOTE_CODES = ("blank", "filler", "mojibake", "ruined_id", "money_text")


def notes(texts: Iterable[str], found: Mapping[str, object]) -> Iterable[Note]:
    for i, name in enumerate(texts):
        for code in NOTE_CODES:
            times = count(found, f"n{i}_{code}_count")
            if times:
                yield Note(name, code, times, str(found.get(f"n{i}_{code}_example") or ""))


def canonical(
    column: Column, kind: ValueType, mapping: SourceMapping, *, zone: str, codes: tuple[str, ...]
) -> exp.Expr:
    """Return a value as canonical text of its type; null where it is missing or of another type."""
    text = given(column, codes, lenient=kind != "text")
    match kind:
        case "number":
            value = canonical_number(column.let(as_decimal(column, mapping, "decimal(38, 10)")))
        case "boolean":
            value = node("cast($x as varchar)", x=as_boolean(column))
        case "date":
            # A birthday is a calendar date: it is not moved into another zone.
            value = canonical_date(column.let(as_instant(column, mapping_without_zone(mapping), "UTC")))
        case "time":
            value = canonical_time(column.let(as_instant(column, mapping, zone)))
        case "text" | "list":
            return text
    if codes:
        return node("case when $text is not null then $value end", text=text, value=value)
    return value


def mapping_without_zone(mapping: SourceMapping) -> SourceMapping:
    return SourceMapping(
        kind=mapping.kind,
        date_order=mapping.date_order,
        time_format=mapping.time_format,
        decimal_mark=mapping.decimal_mark,
        timezone="UTC",
    )


__all__ = ["FALSE_WORDS", "MISSING_VALUE", "TRUE_WORDS", "ColumnFacts", "Note", "canonical", "study"]
