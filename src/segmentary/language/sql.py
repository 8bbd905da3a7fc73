"""Small building blocks of SQL trees, and the SQL twins of the functions in `values`.

Everything is built without copying (``copy=False``): a builder that copies its arguments is quadratic in depth. DuckDB
comes first; functions only it has are called by name, so that another dialect refuses them instead of guessing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, reduce
from typing import Literal

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.kinds import DECIMALS, DIGITS, QUOTIENT_DECIMALS
from segmentary.language.tree import Scalar, ValueType
from segmentary.language.values import DAY, MOMENT, NUMBER, VERSION, exact_number

SQL_TYPES: dict[ValueType, str] = {
    "text": "varchar",
    "number": f"decimal({DIGITS + DECIMALS}, {DECIMALS})",
    "boolean": "boolean",
    "date": "date",
    "time": "timestamp",
    "list": "varchar[]",
}
PLAIN = (exp.Column, exp.Literal, exp.Paren, exp.Func, exp.Cast, exp.Boolean, exp.Null)


def column(name: str, table: str = "people") -> exp.Expr:
    return exp.Column(this=exp.Identifier(this=name, quoted=True), table=exp.Identifier(this=table, quoted=True))


def wrapped(node: exp.Expr) -> exp.Expr:
    """Return a node in parentheses where it could be read another way."""
    return node if isinstance(node, PLAIN) and not isinstance(node, exp.Connector) else exp.Paren(this=node)


def binary(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return kind(this=wrapped(left), expression=wrapped(right))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def every(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the conjunction; of nothing it is true."""
    found = [wrapped(part) for part in parts]
    return reduce(lambda a, b: exp.And(this=a, expression=b), found) if found else exp.true()


def some(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the disjunction; of nothing it is false."""
    found = [wrapped(part) for part in parts]
    return reduce(lambda a, b: exp.Or(this=a, expression=b), found) if found else exp.false()


def true_only(condition: exp.Expr) -> exp.Expr:
    """Return a condition that is false where it cannot be decided."""
    return exp.Coalesce(this=condition, expressions=[exp.false()])


def is_missing(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=wrapped(value), expression=exp.null())


def one_of(value: exp.Expr, options: Iterable[exp.Expr]) -> exp.Expr:
    """Return ``value in (...)``; in nothing is false (missing where the value is)."""
    found = list(options)
    if not found:
        return binary(exp.And, exp.false(), exp.Not(this=wrapped(is_missing(value))))
    return exp.In(this=wrapped(value), expressions=found)


def choose(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    """Return ``case when ... then ... end``."""
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise)


@cache
def parsed_type(target: str) -> exp.DataType:
    return exp.DataType.build(target, dialect="duckdb")


def cast(value: exp.Expr, target: str) -> exp.Expr:
    return exp.Cast(this=value, to=parsed_type(target).copy())


def try_cast(value: exp.Expr, target: str) -> exp.Expr:
    """Return a cast that gives missing where the value does not fit."""
    return exp.TryCast(this=value, to=parsed_type(target).copy())


def nothing(kind: ValueType) -> exp.Expr:
    """Return a missing value of a type."""
    return cast(exp.null(), SQL_TYPES[kind])


def number_type(places: int = DECIMALS) -> str:
    """Return the type of numbers with so many digits after the point."""
    return f"decimal({DIGITS + places}, {places})"


def constant(value: Scalar) -> exp.Expr:
    """Return a constant.

    Raises
    ------
    DefinitionError
        when it has no exact meaning in SQL.
    """
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return number(exact_number(value))
    if isinstance(value, str) and "\0" in value:
        raise DefinitionError("text in a definition cannot hold a NUL character")
    return literal(value)


def number(value: Decimal) -> exp.Expr:
    if value == value.to_integral_value():
        return exp.Literal.number(int(value))
    places = -int(value.normalize().as_tuple().exponent)
    return cast(exp.Literal.string(f"{value.normalize():f}"), number_type(places))


# ---------------------------------------------------------------- text


def normal_sql(text: exp.Expr) -> exp.Expr:
    return call("nfc_normalize", text)


def sealed(value: exp.Expr, kind: ValueType) -> exp.Expr:
    """Return a choice between values so that the engine does not rewrite comparisons with it.

    DuckDB 2.0 fails ("BindBuiltinScalarFunction did not return ...") where it pushes a comparison into a ``case`` of
    constant text whose condition it knows to be false. Text is in normal form already: a function that changes nothing.
    """
    return normal_sql(value) if kind == "text" else value


def pattern_part(text: exp.Expr, pattern: str, group: int) -> exp.Expr:
    """Return a group of the first match of an RE2 pattern; empty text where there is none."""
    return call("regexp_extract", text, exp.Literal.string(pattern), exp.Literal.number(group))


def read_sql(text: exp.Expr, target: ValueType) -> exp.Expr:
    """Return what text says, read as a type; missing where it does not say such a thing."""
    match target:
        case "text":
            return text
        case "number":
            return try_cast(pattern_part(text, NUMBER, 1), number_type())
        case "boolean":
            ifs = [
                exp.If(this=exp.Literal.string(word), true=exp.Boolean(this=word == "true"))
                for word in ("true", "false")
            ]
            return exp.Case(this=text, ifs=ifs)
        case "date":
            return try_cast(pattern_part(text, DAY, 0), "date")
        case "time":
            return try_cast(pattern_part(text, MOMENT, 1), "timestamp")
        case "list":
            return items_sql(text)


def items_sql(text: exp.Expr) -> exp.Expr:
    """Return the items of a JSON array as a list of normal text; null, objects and arrays inside are left out.

    The cast is for text that is missing as such: its array would have no type.
    """
    item = exp.column("item")
    kind = call("json_type", item.copy())
    nested = exp.Not(this=exp.In(this=kind, expressions=[literal(w) for w in ("NULL", "OBJECT", "ARRAY")]))
    scalars = call("list_filter", cast(call("json_extract", text.copy(), literal("$[*]")), "json[]"), lambda_of(nested))
    found = call("list_transform", scalars, lambda_of(normal_sql(call("json_extract_string", item, literal("$")))))
    is_array = binary(exp.EQ, call("json_type", text.copy()), literal("ARRAY"))
    return choose((call("json_valid", text), choose((is_array, found))))


def lambda_of(body: exp.Expr) -> exp.Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier("item")])


def pointer(path: tuple[str, ...]) -> exp.Expr:
    """Return a path into a JSON document as an RFC 6901 pointer: any key can be said, none can break out."""
    return constant("".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path))


def json_scalar(document: exp.Expr, path: tuple[str, ...]) -> exp.Expr:
    """Return the text of a scalar inside a JSON document; missing for null, objects and arrays."""
    return normal_sql(call("json_extract_string", call("json_value", document, pointer(path)), literal("$")))


def json_any(document: exp.Expr, path: tuple[str, ...]) -> exp.Expr:
    """Return the text of whatever is at a path of a JSON document."""
    return call("json_extract_string", document, pointer(path))


def version_sql(text: exp.Expr) -> exp.Expr:
    """Return text that sorts as the version it stands for."""
    parts = [call("lpad", pattern_part(text.copy(), VERSION, n), literal(9), literal("0")) for n in (1, 2, 3, 4)]
    beta = pattern_part(text.copy(), VERSION, 5)
    tail = choose(
        (binary(exp.EQ, beta, literal("")), literal("1")), otherwise=call("concat", literal("0"), beta.copy())
    )
    return sealed(choose((matches_sql(text, VERSION), call("concat", *parts, tail))), "text")


def matches_sql(text: exp.Expr, pattern: str) -> exp.Expr:
    return call("regexp_matches", text, constant(pattern))


# ---------------------------------------------------------------- time


def at_zone(value: exp.Expr, zone: str) -> exp.Expr:
    return exp.Paren(this=exp.AtTimeZone(this=wrapped(value), zone=exp.Literal.string(zone)))


def local_sql(instant: exp.Expr, zone: str) -> exp.Expr:
    """Return the local wall time of a UTC instant."""
    return instant if zone == "UTC" else at_zone(at_zone(instant, "UTC"), zone)


def local_date_sql(instant: exp.Expr, zone: str) -> exp.Expr:
    return cast(local_sql(instant, zone), "date")


def day_start_sql(day: exp.Expr, zone: str) -> exp.Expr:
    """Return the UTC instant a local day starts at."""
    start = cast(day, "timestamp")
    return start if zone == "UTC" else at_zone(at_zone(start, zone), "UTC")


def extract_sql(part: str, moment: exp.Expr) -> exp.Expr:
    name = "ISODOW" if part == "weekday" else part.upper()
    # Of a date that is missing as such, DuckDB's extract is a float.
    return cast(exp.Extract(this=exp.Var(this=name), expression=moment), "bigint")


def month_day_sql(day: exp.Expr) -> exp.Expr:
    """Return month * 100 + day of a date."""
    month = binary(exp.Mul, extract_sql("month", day), literal(100))
    return binary(exp.Add, month, extract_sql("day", day.copy()))


def elapsed_sql(
    day: exp.Expr, today: dt.date, unit: Literal["days", "months", "years"], late: int, late_in_year: int
) -> exp.Expr:
    """Return the whole days, months or years from a date until today.

    late : the last day of a month that has had its monthly day today; late_in_year : the same as month * 100 + day.
    """
    if unit == "days":
        return binary(exp.Sub, literal(today), day)
    year = extract_sql("year", day)
    if unit == "years":
        whole = binary(exp.Sub, literal(today.year), year)
        after = binary(exp.GT, month_day_sql(day.copy()), literal(late_in_year))
    else:
        months = binary(exp.Add, binary(exp.Mul, year, literal(12)), extract_sql("month", day.copy()))
        whole = binary(exp.Sub, literal(today.year * 12 + today.month), months)
        after = binary(exp.GT, extract_sql("day", day.copy()), literal(late))
    return binary(exp.Sub, whole, choose((after, literal(1)), otherwise=literal(0)))


def coerced_sql(value: exp.Expr, kind: ValueType, target: ValueType, zone: str) -> exp.Expr:
    """Return a value of one type read as another; missing where that has no meaning."""
    match kind, target:
        case _ if kind == target:
            return value
        case "text", _:
            return read_sql(value, target)
        case "time", "date":
            return local_date_sql(value, zone)
        case "date", "time":
            return day_start_sql(value, zone)
    return nothing(target)


# ---------------------------------------------------------------- numbers


def wide(value: exp.Expr) -> exp.Expr:
    """Return a number as a type with room to reckon: DuckDB reckons narrow decimals in 64 bits and fails."""
    return value if isinstance(value, exp.Cast | exp.TryCast) else cast(value, number_type())


def product_sql(left: exp.Expr, right: exp.Expr, places: int) -> exp.Expr:
    return try_cast(call("try", binary(exp.Mul, wide(left), wide(right))), number_type(places))


def quotient_sql(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return left / right cut to six digits, in whole numbers throughout; dividing by zero is missing."""
    shift = literal(10**DECIMALS)
    above, below = (cast(binary(exp.Mul, wide(side), shift.copy()), "hugeint") for side in (left, right))
    whole = binary(
        exp.IntDiv,
        binary(exp.Mul, above, literal(10**QUOTIENT_DECIMALS)),
        exp.Nullif(this=below, expression=literal(0)),
    )
    unit = cast(literal("0.000001"), "decimal(7, 6)")
    return try_cast(binary(exp.Mul, cast(whole, "decimal(38, 0)"), unit), number_type(QUOTIENT_DECIMALS))
