"""A look at all rows of a delivery: what its text columns hold, and what is odd about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.sources.arrival import Arrival, Reader
from segmentary.sources.base import SourceMapping
from segmentary.sources.columns import FIXED_TYPES, ValueType, canonical, typed
from segmentary.sources.plans import Rendered, kept
from segmentary.sources.values import PLAIN, Column, as_text, given, node

SYMBOLS = r"\(?[-+]?[$€£¥₹₽₩₪]?[-+]?(?:\d{1,15}|\d{1,3}(?:[,.' ]\d{3})+)(?:[.,]\d{1,10})?\s?[$€£¥₹₽₩₪]?\)?"
PLAIN_NUMBER = {".": r"[-+]?\d{1,15}(?:\.\d{0,10})?", ",": r"[-+]?\d{1,15}(?:,\d{0,10})?"}
LEADING_ZERO = r"[-+]?0\d+.*"
DATE_SHAPE = r"\d{1,4}[./-](?:\d{1,2}|[A-Za-z]{3,9})[./-]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?"
FILLERS = ("?", "n/a", "na", "#n/a", "unknown", "none", "null", "nan", "-", "--", "xxx", "test", "tbd", "not available")
MOJIBAKE = r"Ã[\x{80}-\x{BF}¤©¨¼¶Ÿ§]|â€|Â[£€ ©®°]|\x{FFFD}"
RUINED_ID = r"\d(?:\.\d+)?[eE]\+?\d{1,2}"
WORD_TYPES = frozenset({"true", "false", "yes", "no", "y", "n"})


# Planning a query takes longer than in proportion to its columns.
COLUMNS_PER_QUERY = 6
Figures = dict[tuple[str, str], object]


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


def study(
    engine: Engine,
    arrival: Arrival,
    mapping: SourceMapping,
    attributes: Mapping[str, str],
    known: Mapping[str, ValueType],
    *,
    zone: str,
    plan: Hashable,
) -> ColumnFacts:
    """Look at every column: what type its values are, and what is odd about them.

    attributes : attribute name -> source column.
    known : types that earlier loads have settled.
    plan : what the queries depend on besides: files with the same plan share them.
    """
    used = [*mapping.columns.values(), *mapping.attributes.values(), *mapping.items]
    looked_at = list(dict.fromkeys(used))
    ids = {source for name, source in mapping.columns.items() if name.endswith("_id")}
    settled = {name: known.get(name) or FIXED_TYPES.get(name) for name in attributes}
    open_columns = {source for name, source in attributes.items() if settled[name] is None}

    def first(reader: Reader, name: str) -> dict[str, exp.Expr]:
        column = reader.column(name)
        if not arrival.has_text(name):
            return {"blank_count": node("count(*) filter (where $x is null)", x=column.place)}
        asked = note_counts(column, mapping, is_id=name in ids)
        return asked | (shape_counts(column, mapping) if name in open_columns else {})

    figures = ask(engine, arrival, looked_at, first, (plan, "first", tuple(sorted(open_columns))))
    types, doubtful = guess_types(arrival, attributes, settled, figures)

    def second(reader: Reader, name: str) -> dict[str, exp.Expr]:
        return unreadable_counts(reader, attributes[name], doubtful[name], mapping, zone)

    checked = ask(engine, arrival, list(doubtful), second, (plan, "second", tuple(doubtful.items())))
    found = list(notes(looked_at, figures))
    for name in doubtful:
        lost = count(checked, name, "lost")
        if lost and settled[name] is None:
            types[name] = "text"
        elif lost:
            found.append(Note(attributes[name], "unreadable_value", lost, str(checked[name, "example"] or "")))
    return ColumnFacts(types, tuple(found))


def guess_types(
    arrival: Arrival, attributes: Mapping[str, str], settled: Mapping[str, ValueType | None], figures: Figures
) -> tuple[dict[str, ValueType], dict[str, ValueType]]:
    """Return the type of every attribute, and those whose values have still to be read to be sure."""
    types: dict[str, ValueType] = {}
    doubtful: dict[str, ValueType] = {}
    for name, source in attributes.items():
        arrived = typed(arrival.place(source)[1])
        if arrived is not None:
            types[name] = arrived
            continue
        fixed = settled[name]
        types[name] = fixed or deduced(figures, source)
        all_plain = count(figures, source, "plain") == count(figures, source, "given")
        certain = types[name] == "text" or (types[name] == "number" and fixed is None and all_plain)
        if not certain:
            doubtful[name] = types[name]
    return types, doubtful


def unreadable_counts(
    reader: Reader, source: str, kind: ValueType, mapping: SourceMapping, zone: str
) -> dict[str, exp.Expr]:
    """Return how many values of a column are no values of a type, and one of them."""
    column = reader.column(source)
    codes = mapping.missing_codes.get(source, ())
    value = canonical(column, kind, mapping, zone=zone, codes=codes)
    text = given(column, codes)
    lost = column.let(node("$text is not null and $value is null", text=text, value=column.let(value)))
    return {
        "lost": node("count(*) filter (where $x)", x=lost),
        "example": node("min($text) filter (where $x)", text=text, x=lost),
    }


def ask(
    engine: Engine,
    arrival: Arrival,
    names: Sequence[str],
    questions: Callable[[Reader, str], dict[str, exp.Expr]],
    plan: Hashable,
) -> Figures:
    """Return the answers to some questions about every column, a few columns a query."""
    figures: Figures = {}
    for start in range(0, len(names) if arrival.rows else 0, COLUMNS_PER_QUERY):
        some = tuple(names[start : start + COLUMNS_PER_QUERY])

        def make(some: tuple[str, ...] = some) -> tuple[tuple[tuple[str, str], ...], Rendered]:
            reader = arrival.reader()
            asked = {(name, what): e for name in some for what, e in questions(reader, name).items()}
            columns = [exp.alias_(e, f"figure_{i}", copy=False) for i, e in enumerate(asked.values())]
            query = exp.select().select(*columns, copy=False).from_(reader.steps.relation(), copy=False)
            return tuple(asked), Rendered(query)

        asked, query = kept((plan, "ask", some), make)
        figures.update(zip(asked, engine.rows(query)[0], strict=True))
    return figures


def count(figures: Figures, name: str, what: str) -> int:
    value = figures.get((name, what))
    return value if isinstance(value, int) else 0


def shape_counts(column: Column, mapping: SourceMapping) -> dict[str, exp.Expr]:
    """Return, per shape, the number of values of a text column that have it."""
    value = given(column)
    word = column.let(node("case when strlen($x) < 6 then lower($x) end", x=value))
    plain = node(
        "regexp_full_match($x, $shape) and not regexp_full_match($x, $zero)",
        x=value,
        shape=PLAIN_NUMBER[mapping.decimal_mark],
        zero=LEADING_ZERO,
    )
    shaped = node(
        "regexp_full_match($x, $shape) and not regexp_full_match($x, $zero)", x=value, shape=SYMBOLS, zero=LEADING_ZERO
    )
    return {
        "given": node("count($x)", x=value),
        "plain": node("count(*) filter (where $x)", x=plain),
        "number": node("count(*) filter (where $x)", x=shaped),
        "boolean": node("count(*) filter (where $x in $words)", x=word, words=tuple(sorted(WORD_TYPES))),
        "words": node("count(distinct case when $x in $words then $x end)", x=word, words=tuple(sorted(WORD_TYPES))),
        "date": node("count(*) filter (where regexp_full_match($x, $shape))", x=value, shape=DATE_SHAPE),
        "timed": node("count(*) filter (where contains($x, ':'))", x=value),
    }


def deduced(figures: Figures, name: str) -> ValueType:
    """Return the type all values of a text column look like."""
    filled = count(figures, name, "given")
    if filled == 0:
        return "text"
    if filled in (count(figures, name, "plain"), count(figures, name, "number")):
        return "number"
    if count(figures, name, "boolean") == filled and count(figures, name, "words") == 2:
        return "boolean"
    if count(figures, name, "date") == filled:
        return "time" if count(figures, name, "timed") else "date"
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


def notes(names: Iterable[str], figures: Figures) -> Iterator[Note]:
    """Yield what is odd about the columns."""
    for name in names:
        for code in NOTE_CODES:
            times = count(figures, name, f"{code}_count")
            if times:
                yield Note(name, code, times, str(figures.get((name, f"{code}_example")) or ""))
