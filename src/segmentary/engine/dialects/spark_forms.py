"""What Spark SQL has no function for, said with those it has. Each form is parsed once and bound like a fixed query."""

from __future__ import annotations

from functools import cache
from itertools import count

from sqlglot import exp, parse_one

# The letters that stand alone in a form: v, w, a and s are bound inside it, `given` and `zone` from outside.
FORMS = {
    # A JSON document as a variant; missing where it is none. In brackets, or Spark would overlook what follows it.
    "document": """
        try_element_at(try_element_at(filter(
            array(try_cast(try_parse_json(concat('[', {v}, ']')) as array<variant>)), inside -> size(inside) = 1
        ), 1), 1)
    """,
    "member": "try_element_at(try_cast({v} as map<string, variant>), {key})",
    "element": "try_element_at(try_cast({v} as array<variant>), {place})",
    "items": "try_cast({v} as array<variant>)",
    "kind": """
        case
            when {s} like 'ARRAY<%' then 'ARRAY'
            when {s} like 'OBJECT<%' then 'OBJECT'
            when {s} = 'VOID' then 'NULL'
            when {s} = 'STRING' then 'VARCHAR'
            when {s} like 'DECIMAL(%' and {s} not like 'DECIMAL(%,0)' then 'DOUBLE'
            else {s}
        end
    """,
    "scalar": """
        case when not (schema_of_variant({v}) like 'ARRAY<%' or schema_of_variant({v}) like 'OBJECT<%'
            or schema_of_variant({v}) = 'VOID') then {v} end
    """,
    "told": """
        case
            when {v} is null then null
            when schema_of_variant({v}) like 'ARRAY<%' or schema_of_variant({v}) like 'OBJECT<%' then to_json({v})
            when schema_of_variant({v}) = 'VOID' then null
            when schema_of_variant({v}) in ('STRING', 'BOOLEAN', 'BIGINT') then cast({v} as string)
            when schema_of_variant({v}) rlike '^DECIMAL[(](19|2[0-9]|3[0-9]),0[)]$' then cast({v} as string)
            else {float}
        end
    """,
    # The shortest text of a floating-point number, without an exponent from 1e-6 to 1e21.
    "float": r"""
        case
            when {v} is null or {v} not rlike 'E' then {v}
            when abs(cast({v} as double)) >= 1e21 or abs(cast({v} as double)) < 1e-6
                then replace(replace({v}, '.0E', 'e'), 'E', 'e')
            when abs(cast({v} as double)) >= 1
                then regexp_replace(
                    regexp_replace(cast(cast({v} as decimal(38, 16)) as string), '0+$', ''), '[.]$', '.0'
                )
            else regexp_replace(cast(cast({v} as decimal(38, 24)) as string), '0+$', '')
        end
    """,
    # Up to fifteen digits are the shortest text of the floating-point number they are read as.
    "shortest": r"""
        case
            when schema_of_variant({v}) = 'DOUBLE' then cast({v} as string)
            when abs(cast({v} as double)) < 1e-6 then cast(cast({v} as double) as string)
            when length(regexp_replace(cast({v} as string), '[-.]', '')) > 16 then cast(cast({v} as double) as string)
            when contains(cast({v} as string), '.') then cast({v} as string)
            else concat(cast({v} as string), '.0')
        end
    """,
    # The UTC instant of a local time; of two it is the later, of none that of the clock before it was put forward.
    "instant": """
        case
            when convert_timezone('UTC', {zone}, {late}) = {v}
                then greatest({late}, convert_timezone({zone}, 'UTC', {v}))
            else convert_timezone({zone}, 'UTC', {v})
        end
    """,
    "late": """
        convert_timezone({zone}, 'UTC', {v}) + interval '1' day
            + ({v} - convert_timezone('UTC', {zone}, convert_timezone({zone}, 'UTC', {v}) + interval '1' day))
    """,
}
NAMES = count()


@cache
def parsed(name: str) -> exp.Expr:
    """Return the tree of a form, its holes as columns."""
    text = FORMS[name]
    for hole in ("v", "s", "key", "place", "zone", "late", "float"):
        text = text.replace("{" + hole + "}", f"hole_{hole}")
    return parse_one(text, read="spark")


def form(name: str, **given: exp.Expr) -> exp.Expr:
    """Return a form with its holes filled."""
    tree = parsed(name).copy()
    for place in list(tree.find_all(exp.Column)):
        if place.name.startswith("hole_"):
            found = given[place.name.removeprefix("hole_")].copy()
            if place is tree:
                return found
            place.replace(found)
    return exp.Paren(this=tree)


def bound(value: exp.Expr, name: str, **given: exp.Expr) -> exp.Expr:
    """Return a form of a value that is computed once, however often the form mentions it."""
    if isinstance(value, exp.Column | exp.Literal):
        return form(name, v=value, s=value, **given)
    letter = f"let_{next(NAMES)}"
    variable = exp.column(letter)
    body = form(name, v=variable, s=variable, **given)
    return let(value, letter, body)


def let(value: exp.Expr, letter: str, body: exp.Expr) -> exp.Expr:
    """Return a body in which a letter stands for a value."""
    one = exp.Anonymous(this="array", expressions=[value])
    function = exp.Lambda(this=body, expressions=[exp.to_identifier(letter)])
    made = exp.Anonymous(this="transform", expressions=[one, function])
    return exp.Anonymous(this="element_at", expressions=[made, exp.Literal.number(1)])
