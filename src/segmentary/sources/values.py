"""Values as sources write them, read into canonical types, as SQL expressions over one column.

Every reader returns null for what is missing *and* for what it cannot read; whoever calls it compares with `given` to
tell the two apart, so that nothing is half-read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlglot import exp, parse_one

from segmentary.engine.sqlfile import literal
from segmentary.sources.base import SourceMapping
from segmentary.sources.steps import Steps

MISSING_TEXT = ("", "null", "nan", "nat", "#n/a", "\\n")
MISSING_VALUE = (*MISSING_TEXT, "none", "n/a", "na", "?", "-", "--", ".")
TRUE_WORDS = ("true", "t", "yes", "y", "1", "on", "granted", "accepted", "subscribed", "opted_in", "opt-in", "opt_in")
FALSE_WORDS = (
    "false",
    "f",
    "no",
    "n",
    "0",
    "off",
    "denied",
    "refused",
    "unsubscribed",
    "opted_out",
    "opt-out",
    "opt_out",
)

TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", "T%H:%M")
DATES = {
    "day_first": ("%d-%m-{y}", "%d-%b-{y}", "%d-%B-{y}"),
    "month_first": ("%m-%d-{y}", "%b-%d-{y}", "%B-%d-{y}", "%d-%b-{y}", "%d-%B-{y}"),
    "year_first": ("{y}-%m-%d", "{y}%m%d", "{y}-%b-%d"),
}
TYPED_DATE = ("DATE",)
TYPED_TEXT = ("VARCHAR", "ENUM", "UUID", "BLOB")
WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
BROKEN = ("FLOAT", "DOUBLE", "REAL")

# Optional currency, sign, accounting brackets; groups of two or three digits after the first; a fraction.
CURRENCIES = (
    "EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|BRL|MXN|ARS|CLP|COP|ZAR|SGD|HKD"
    "|KRW|TWD|THB|IDR|MYR|PHP|VND|ILS|AED|SAR|EGP|NGN|KES|UAH|RUB"
)
SIGN = rf"(?:[^\w\s.,()%+\-'?*#/|<>=]{{1,2}}|(?:US|CA|AU|NZ|HK|S|C|A|R)\$|{CURRENCIES}|kr|zł|Kč|Rs|Fr|lei|лв)?"
MONEY = {
    ".": rf"\(?[-+]?{SIGN}[-+]?(?:\d+|\d{{1,3}}(?:[,']\d{{2,3}})*[,']\d{{3}})?(?:\.\d*)?{SIGN}-?\)?",
    ",": rf"\(?[-+]?{SIGN}[-+]?(?:\d+|\d{{1,3}}(?:[.']\d{{3}})+)?(?:,\d*)?{SIGN}-?\)?",
}
PLAIN = {".": r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?", ",": r"[-+]?(?:\d+,?\d*|,\d+)"}


@cache
def parsed(snippet: str) -> exp.Expr:
    return parse_one(snippet, read="duckdb")


def node(snippet: str, **given: object) -> exp.Expr:
    """Return a fixed SQL expression with every ``$name`` bound as a node."""
    tree = parsed(snippet).copy()
    for hole in list(tree.find_all(exp.Placeholder)):
        value = literal(given[hole.name])
        if hole is tree:
            return value
        hole.replace(exp.Paren(this=value) if isinstance(value, exp.Binary | exp.Connector) else value)
    return tree


@dataclass(frozen=True, slots=True)
class Column:
    """A column that arrived: its expression, its SQL type, and where intermediate values go. Text is trimmed."""

    place: exp.Expr
    type: str
    steps: Steps

    def let(self, expression: exp.Expr) -> exp.Expr:
        """Return an intermediate column that holds an expression."""
        return self.steps.let(expression)

    @property
    def is_text(self) -> bool:
        """Whether it arrived as text."""
        return self.type.startswith(TYPED_TEXT)

    @property
    def is_list(self) -> bool:
        """Whether one value is a list or a structure."""
        return self.type.endswith("]") or self.type.startswith(("STRUCT", "MAP", "JSON"))


def as_text(column: Column) -> exp.Expr:
    """Return the value as trimmed text, null where there is none."""
    if column.is_list:
        return column.let(node("cast(to_json($x) as varchar)", x=column.place))
    if column.type in BROKEN:
        return column.let(number_text(column))
    if column.type == "VARCHAR":
        return column.place.copy()
    return column.let(trimmed(node("cast($x as varchar)", x=column.place)))


def trimmed(text: exp.Expr) -> exp.Expr:
    """Return a text without blanks around it, null where nothing is left."""
    # Most values have no blanks around them, and looking is cheaper than trimming.
    return node(
        "case when $x < '!' or ends_with($x, ' ') or ends_with($x, '\t') or ends_with($x, '\r') or ends_with($x, '\n')"
        " or starts_with($x, '\u00a0') or ends_with($x, '\u00a0')"
        " then nullif(trim($x, ' \t\r\n\u00a0'), '') else $x end",
        x=text,
    )


def unless(text: exp.Expr, words: tuple[str, ...]) -> exp.Expr:
    """Return a text, null where it is one of the words that mean nothing is there."""
    longest = max(len(word.encode()) for word in words)
    return node(
        "case when strlen($x) > $longest then $x when lower($x) not in $words then $x end",
        x=text,
        longest=longest,
        words=words,
    )


def given(column: Column, codes: tuple[str, ...] = (), *, lenient: bool = True) -> exp.Expr:
    """Return the value as text, null where the source says that there is none."""
    words = (MISSING_VALUE if lenient else MISSING_TEXT) + tuple(code.lower() for code in codes)
    if not column.is_text and not codes:
        return as_text(column)
    return column.let(unless(as_text(column), words))


def as_id(column: Column) -> exp.Expr:
    """Return an id as text: whole numbers without a fraction, however they were stored."""
    if column.type in WHOLE:
        return node("cast($x as varchar)", x=column.place)
    if column.type in BROKEN or column.type.startswith("DECIMAL"):
        return node(
            "case when $x = floor($x) and abs($x) < 1e18 then cast(cast($x as bigint) as varchar)"
            " else cast($x as varchar) end",
            x=column.place,
        )
    text = column.let(unless(as_text(column), (*MISSING_TEXT, "none", "n/a", "?")))
    return node(
        "case when ends_with($x, '.0') then regexp_replace($x, '^(\\d+)\\.0$', '\\1') else $x end",
        x=text,
    )


def number_text(column: Column) -> exp.Expr:
    """Return a binary fraction as its shortest exact text; nothing for NaN and the infinities."""
    return node("case when isfinite($x) then cast($x as varchar) end", x=column.place)


def as_decimal(column: Column, mapping: SourceMapping, type_name: str = "decimal(18, 4)") -> exp.Expr:
    """Return a number or money as an exact decimal; "$1,234.50", "1.234,50 €" and "(12.00)" included."""
    if column.type in WHOLE or column.type.startswith("DECIMAL"):
        return exp.TryCast(this=column.place.copy(), to=exp.DataType.build(type_name, dialect="duckdb"))
    to = exp.DataType.build(type_name, dialect="duckdb")
    if column.type in BROKEN:
        return exp.TryCast(this=node("case when isfinite($x) then $x end", x=column.place), to=to)
    if column.type == "BOOLEAN":
        return exp.TryCast(this=node("cast($x as integer)", x=column.place), to=to)
    mark = mapping.decimal_mark
    text = given(column)
    plain = text if mark == "." else node("replace($x, ',', '.')", x=text)
    squeezed = column.let(node("translate($x, '−\u00a0\u202f\u2009 ', '-')", x=text))
    digits = node("regexp_replace($x, $other, '', 'g')", x=squeezed, other=r"[^\d.]" if mark == "." else r"[^\d,]")
    if mark == ",":
        digits = node("replace($x, ',', '.')", x=digits)
    negative = node("$x like '(%' or contains($x, '-')", x=squeezed)
    signed = node("case when $negative then concat('-', $digits) else $digits end", negative=negative, digits=digits)
    return node(
        "case when regexp_full_match($text, $plain_form) then $plain"
        " when regexp_full_match($squeezed, $money_form) then $money end",
        text=text,
        plain_form=PLAIN[mark],
        plain=exp.TryCast(this=plain, to=to),
        squeezed=squeezed,
        money_form=MONEY[mark],
        money=exp.TryCast(this=signed, to=to),
    )


def as_boolean(column: Column) -> exp.Expr:
    """Return yes or no."""
    if column.type == "BOOLEAN":
        return column.place.copy()
    if column.type in WHOLE or column.type in BROKEN:
        return node("case $x when 1 then true when 0 then false end", x=column.place)
    word = column.let(node("lower($x)", x=as_text(column)))
    return node("case when $x in $yes then true when $x in $no then false end", x=word, yes=TRUE_WORDS, no=FALSE_WORDS)


def to_utc(local: exp.Expr, zone: str) -> exp.Expr:
    """Return a local time as UTC."""
    if zone in ("UTC", "Etc/UTC", "GMT", ""):
        return local
    return node("timezone('UTC', timezone($zone, $x))", zone=zone, x=local)


def as_instant(column: Column, mapping: SourceMapping, zone: str) -> exp.Expr:
    """Return a time as UTC without zone; times without zone are in the mapping's zone, then the workspace's."""
    zone = mapping.timezone or zone
    return sane(column.let(raw_instant(column, mapping, zone)))


def raw_instant(column: Column, mapping: SourceMapping, zone: str) -> exp.Expr:
    if column.type == "TIMESTAMP WITH TIME ZONE":
        return node("timezone('UTC', $x)", x=column.place)
    if column.type.startswith("TIMESTAMP") or column.type == "DATE":
        return to_utc(node("cast($x as timestamp)", x=column.place), zone)
    if mapping.date_order in ("epoch_seconds", "epoch_millis"):
        return epoch(column, 1_000_000 if mapping.date_order == "epoch_seconds" else 1_000)
    text = column.let(node("case when regexp_matches($x, '\\d') then $x end", x=given(column)))
    if mapping.time_format:
        parsed_time = node("try_strptime($x, $format)", x=text, format=mapping.time_format)
        if "%z" in mapping.time_format or "%Z" in mapping.time_format:
            return node("timezone('UTC', $x)", x=parsed_time)
        return to_utc(parsed_time, zone)
    return from_text(column, text, mapping.date_order or "iso", zone)


def epoch(column: Column, micros: int) -> exp.Expr:
    seconds = as_decimal(column, SourceMapping(kind="events"), "decimal(38, 6)")
    return node(
        "case when abs($x) < 100000000000000000 / $micros then make_timestamp(cast($x * $micros as bigint)) end",
        x=column.let(seconds),
        micros=micros,
    )


def from_text(column: Column, text: exp.Expr, order: str, zone: str) -> exp.Expr:
    """Return the time a text says, in one order of day, month and year; the ISO spelling is always understood."""
    is_iso = node("regexp_matches($x, '^\\d{4}-\\d{1,2}-\\d{1,2}')", x=text)
    has_zone = node("regexp_matches(substr($x, 11), '[Zz+-]|UTC|GMT')", x=text)
    local = column.let(
        node(
            "case when not $iso then $other when not $zoned then try_cast($x as timestamp) end",
            iso=column.let(is_iso),
            zoned=column.let(has_zone),
            x=text,
            other=ordered(column, text, "year_first" if order == "iso" else order),
        )
    )
    return node(
        "case when $iso and $zoned then timezone('UTC', try_cast($x as timestamptz)) else $local end",
        iso=column.let(is_iso),
        zoned=column.let(has_zone),
        x=text,
        local=to_utc(local, zone),
    )


def ordered(column: Column, text: exp.Expr, order: str) -> exp.Expr:
    dashed = column.let(
        node(
            "case when not regexp_matches($x, '^\\d{4}-\\d{1,2}-\\d{1,2}') then"
            " regexp_replace(replace($x, ', ', ' '), '^(\\w+)[./ -]+(\\w+)[./ -]+(\\d+),?', '\\1-\\2-\\3') end",
            x=text,
        )
    )
    long = [exp.Literal.string(day.format(y="%Y") + time) for time in TIMES for day in DATES[order]]
    short = [exp.Literal.string(day.format(y="%y") + time) for time in TIMES for day in DATES[order]]
    four = r"^\d{4}[-\d]" if order == "year_first" else r"^\w+-\w+-\d{4}"
    return node(
        "case when regexp_matches($x, $four) then try_strptime($x, $long) else try_strptime($x, $short) end",
        x=dashed,
        four=four,
        long=exp.Array(expressions=long),
        short=exp.Array(expressions=short),
    )


def sane(instant: exp.Expr) -> exp.Expr:
    """Return an instant, null outside the years a calendar date can mean: a year 9 is a misread year."""
    return node(
        "case when $x >= timestamp '1000-01-01 00:00:00' and $x < timestamp '9999-12-31 23:59:59' then $x end",
        x=instant,
    )


def canonical_number(number: exp.Expr) -> exp.Expr:
    """Return a decimal as canonical text: no trailing zeros, no exponent."""
    return node("rtrim(rtrim(cast($x as varchar), '0'), '.')", x=number)


def canonical_date(instant: exp.Expr) -> exp.Expr:
    """Return an instant as the text of its date."""
    return node("strftime($x, '%Y-%m-%d')", x=instant)


def canonical_time(instant: exp.Expr) -> exp.Expr:
    """Return an instant as canonical text."""
    return node("strftime($x, '%Y-%m-%dT%H:%M:%S')", x=instant)
