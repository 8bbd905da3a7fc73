"""The same assignment inside the engine: from the columns of a relation to label, confidence and probabilities.

One nested query, a step a level, so that nothing is said twice: codes, row-centring, features, scores, the highest
score, the label. What `Assigner.assign` does in arrays is done here by the same figures; `TIE` and rounding to
`PLACES` digits keep the last bits in which engines differ out of the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

import numpy as np
from sqlglot import exp

from segmentary.errors import UnknownNameError, UnsupportedError
from segmentary.language.sql import SQL_TYPES, binary, cast, choose, constant, is_missing, matches_sql, wrapped
from segmentary.language.tree import ValueType
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import TIE
from segmentary.models.table.coding import number
from segmentary.models.table.columns import NUMBER, Column
from segmentary.models.table.preparation import Feature, Transform

PLACES = 6
"""Digits of a probability."""
FAR = 700.0
"""exp(-700) is as good as nothing; PostgreSQL refuses to say less."""


@dataclass(frozen=True, slots=True)
class Input:
    """Where a column of an assigner stands in the relation: its name there, and its type."""

    column: str
    type: ValueType


def assignment_query(
    assigner: Assigner, source: exp.Table | exp.Subquery, inputs: Mapping[str, Input], *, key: str = "customer_id"
) -> exp.Select:
    """Return one row per row of a relation: its key, ``label``, ``confidence``, and ``p0`` ... in order of the labels.

    Who too little is known of has none of them.

    Parameters
    ----------
    source : the relation. inputs : column of the assigner -> where it stands; missing columns are unknown for all.

    Raises
    ------
    UnsupportedError
        when a column has a type that cannot be a value of its kind.
    """
    known = {f"x{place}": coded(column, inputs.get(column.name)) for place, column in enumerate(assigner.columns)}
    query = selected(exp.column(key, quoted=True), known).from_(source)
    places = {column.name: f"x{place}" for place, column in enumerate(assigner.columns)}
    counted = {"known": added(one_if_known(name) for name in known)}
    query = outside(query, key, [*known], counted)
    rows = places
    if assigner.preparation is not None:
        rows, query = prepared(assigner, query, key, places)
    query = outside(query, key, ["known"], scores(assigner, list(rows.values())))
    names = [f"s{k}" for k in range(assigner.terms.segments)]
    query = outside(query, key, ["known", *names], {"top": highest(names)})
    label = labelled(assigner.labels, names)
    beyond = {f"e{k}": exponential(name) for k, name in enumerate(names)}
    query = outside(query, key, ["known"], {"label": label, **beyond})
    query = outside(query, key, ["known", "label", *beyond], {"total": added(number_of(name) for name in beyond)})
    return final(assigner, query, key, list(beyond))


def selected(key: exp.Expr, values: Mapping[str, exp.Expr]) -> exp.Select:
    query = exp.select(key)
    for name, value in values.items():
        query = query.select(value.as_(name, quoted=True), copy=False)
    return query


def outside(query: exp.Select, key: str, kept: Iterable[str], values: Mapping[str, exp.Expr]) -> exp.Select:
    """Return the next step: the query inside, some of its columns kept, others made of them."""
    kept_columns = [exp.column(name, quoted=True) for name in kept]
    made = selected(exp.column(key, quoted=True), {}).select(*kept_columns, copy=False)
    for name, value in values.items():
        made = made.select(value.as_(name, quoted=True), copy=False)
    return made.from_(query.subquery("step"), copy=False)


def number_of(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)


def double(value: float) -> exp.Expr:
    """Return a binary fraction exactly."""
    return cast(exp.Literal.string(repr(float(value))), "double")


def added(parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return the sum, from left to right."""
    found = list(parts)
    return reduce(lambda a, b: exp.Add(this=a, expression=wrapped(b)), found) if found else double(0.0)


def times(value: exp.Expr, factor: float) -> exp.Expr:
    return binary(exp.Mul, value, double(factor))


def one_if_known(name: str) -> exp.Expr:
    return choose((is_missing(number_of(name)), exp.Literal.number(0)), otherwise=exp.Literal.number(1))


# ---------------------------------------------------------------- codes


def coded(column: Column, place: Input | None) -> exp.Expr:
    """Return the number or code of a column, missing where it is unknown or none of the levels."""
    if place is None:
        return cast(exp.null(), "double")
    value = exp.column(place.column, quoted=True)
    if not column.coded:
        match place.type:
            case "number":
                return cast(value, "double")
            case "boolean":
                return choose((value, double(1.0)), (exp.Not(this=value.copy()), double(0.0)))
            case "text":
                return text_number(value)
            case _:
                raise UnsupportedError(f"{place.type} {column.name!r} as a number", "an assignment")
    branches = []
    for code, level in enumerate(column.levels):
        test = is_level(column, place, code, level)
        if test is not None:
            branches.append((test, double(float(code))))
    if place.type == "text":
        # The text itself first: levels may be spelled "1" and "01".
        numbers = [(code, number(level)) for code, level in enumerate(column.levels)]
        branches += [
            (binary(exp.EQ, text_number(value), double(level)), double(float(code)))
            for code, level in reversed(numbers)
            if level == level
        ]
    return choose(*branches) if branches else cast(exp.null(), "double")


def text_number(value: exp.Expr) -> exp.Expr:
    """Return the number a text is, missing where it is none."""
    return choose((matches_sql(value.copy(), NUMBER), cast(value.copy(), "double")))


def is_level(column: Column, place: Input, code: int, level: str) -> exp.Expr | None:
    """Return the test whether a value is a level; None where it cannot be."""
    value = exp.column(place.column, quoted=True)
    match place.type:
        case "text":
            return binary(exp.EQ, value, constant(level))
        case "number":
            return binary(exp.EQ, value, constant(Decimal(level.strip()))) if math.isfinite(number(level)) else None
        case "boolean":
            if len(column.levels) != 2:
                return None
            return value if code == 1 else exp.Not(this=value)
        case _:
            raise UnsupportedError(f"{place.type} {column.name!r} as levels", "an assignment")


# ---------------------------------------------------------------- features


def prepared(
    assigner: Assigner, query: exp.Select, key: str, places: Mapping[str, str]
) -> tuple[dict[str, str], exp.Select]:
    """Return the features as columns ``z0`` ..."""
    preparation = assigner.preparation
    if preparation is None:
        raise UnknownNameError("preparation", "", ())
    names = list(places.values())
    together = [places[name] for name in preparation.row_centred]
    if together:
        answered = added(one_if_known(name) for name in together)
        whole = added(exp.Coalesce(this=number_of(name), expressions=[double(0.0)]) for name in together)
        some = exp.Greatest(this=wrapped(answered), expressions=[exp.Literal.number(1)])
        middle = exp.Div(this=cast(whole, "double"), expression=cast(some, "double"))
        query = outside(query, key, ["known", *names], {"middle": middle})
        centred = {
            name: binary(exp.Sub, number_of(name), number_of("middle")) if name in together else number_of(name)
            for name in names
        }
        query = outside(query, key, ["known"], centred)
    values = {f"z{i}": feature_sql(one, places[one.column]) for i, one in enumerate(preparation.features)}
    return {name: name for name in values}, outside(query, key, ["known"], values)


def feature_sql(feature: Feature, name: str) -> exp.Expr:
    """Return one coordinate, filled where it is missing."""
    x = number_of(name)
    missing = is_missing(x.copy())
    if feature.level is not None:
        hit = binary(exp.EQ, x, double(float(feature.level)))
        one, none = (moved(feature.transform, double(value)) for value in (1.0, 0.0))
        return choose((missing, double(feature.fill)), (hit, one), otherwise=none)
    return choose((missing, double(feature.fill)), otherwise=moved(feature.transform, x))


def moved(transform: Transform, x: exp.Expr) -> exp.Expr:
    """Return (g(x) - centre) / scale."""
    shifted = binary(exp.Sub, curved(transform, x), double(transform.centre))
    return exp.Div(this=cast(shifted, "double"), expression=double(transform.scale))


def curved(transform: Transform, x: exp.Expr) -> exp.Expr:
    """Return g(x)."""
    match transform.way:
        case "none" | "standardise":
            return x
        case "log":
            return both_sides(x, lambda size: exp.Ln(this=plus_one(size)), lambda size: exp.Ln(this=plus_one(size)))
        case "yeo_johnson":
            return both_sides(
                x, lambda size: grown(size, transform.power), lambda size: grown(size, 2.0 - transform.power)
            )
        case "rank":
            return ranked_sql(x, transform.knots)


def plus_one(size: exp.Expr) -> exp.Expr:
    return binary(exp.Add, double(1.0), size)


def both_sides(x: exp.Expr, above: Callable[[exp.Expr], exp.Expr], below: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Return what grows with the distance from zero: above it as one function says, below it as minus another."""
    positive = exp.Greatest(this=x.copy(), expressions=[double(0.0)])
    negative = exp.Greatest(this=times(x.copy(), -1.0), expressions=[double(0.0)])
    at_least = exp.GTE(this=x.copy(), expression=double(0.0))
    return choose((at_least, above(positive)), otherwise=times(below(negative), -1.0))


def grown(size: exp.Expr, power: float) -> exp.Expr:
    if power == 0:
        return exp.Ln(this=plus_one(size))
    raised = exp.Pow(this=wrapped(plus_one(size)), expression=double(power))
    return exp.Div(this=cast(binary(exp.Sub, raised, double(1.0)), "double"), expression=double(power))


def ranked_sql(x: exp.Expr, knots: tuple[float, ...]) -> exp.Expr:
    """Return the share of people at or below x, linear between the knots."""
    values, first, counts = np.unique(np.asarray(knots), return_index=True, return_counts=True)
    shares = (first + (counts - 1) / 2) / max(1, len(knots) - 1)
    branches = [(exp.LTE(this=x.copy(), expression=double(values[0])), double(shares[0]))]
    for i in range(1, len(values)):
        slope = (shares[i] - shares[i - 1]) / (values[i] - values[i - 1])
        away = times(binary(exp.Sub, x.copy(), double(values[i - 1])), float(slope))
        here = exp.LTE(this=x.copy(), expression=double(values[i]))
        branches.append((here, binary(exp.Add, double(shares[i - 1]), away)))
    return choose(*branches, otherwise=double(shares[-1]))


# ---------------------------------------------------------------- scores


def scores(assigner: Assigner, rows: list[str]) -> dict[str, exp.Expr]:
    """Return one score per segment over columns that are in the order of the terms."""
    return {f"s{k}": score(assigner, rows, k) for k in range(assigner.terms.segments)}


def score(assigner: Assigner, rows: list[str], k: int) -> exp.Expr:
    terms = assigner.terms
    parts: list[exp.Expr] = [double(terms.constant[k])]
    for place, name in enumerate(rows):
        known = exp.Coalesce(this=number_of(name), expressions=[double(0.0)])
        if terms.linear[k, place]:
            parts.append(times(known.copy(), terms.linear[k, place]))
        if terms.quadratic[k, place]:
            parts.append(times(binary(exp.Mul, known.copy(), known.copy()), terms.quadratic[k, place]))
        if terms.cross is not None:
            parts += crossed(terms.cross[k], rows, place)
        if place in terms.lookups:
            parts.append(looked_up(number_of(name), terms.lookups[place][k]))
        if place in terms.counts:
            start, slope = terms.counts[place][:, k]
            parts.append(where_known(name, [double(start), times(number_of(name), slope)]))
        if place in terms.numbers:
            c, b, a = terms.numbers[place][:, k]
            square = binary(exp.Mul, number_of(name), number_of(name))
            parts.append(where_known(name, [double(c), times(number_of(name), b), times(square, a)]))
    return added(parts)


def crossed(table: np.ndarray[tuple[int, int], np.dtype[np.float64]], rows: list[str], place: int) -> list[exp.Expr]:
    """Return the products of one column with itself and those after it."""
    found = []
    for other in range(place, len(rows)):
        factor = table[place, other] if other == place else table[place, other] + table[other, place]
        if factor:
            pair = [exp.Coalesce(this=number_of(rows[i]), expressions=[double(0.0)]) for i in (place, other)]
            found.append(times(binary(exp.Mul, *pair), float(factor)))
    return found


def looked_up(code: exp.Expr, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> exp.Expr:
    branches = [(binary(exp.EQ, code.copy(), double(float(i))), double(value)) for i, value in enumerate(values)]
    return choose(*branches, otherwise=double(0.0))


def where_known(name: str, parts: list[exp.Expr]) -> exp.Expr:
    return choose((is_missing(number_of(name)), double(0.0)), otherwise=added(parts))


def highest(names: list[str]) -> exp.Expr:
    if len(names) == 1:
        return number_of(names[0])
    return exp.Greatest(this=number_of(names[0]), expressions=[number_of(name) for name in names[1:]])


def labelled(labels: tuple[str, ...], names: list[str]) -> exp.Expr:
    """Return the label of the first score that is as good as the highest."""
    enough = binary(exp.Sub, number_of("top"), double(TIE))
    branches = [
        (exp.GTE(this=number_of(name), expression=wrapped(enough.copy())), constant(label))
        for label, name in zip(labels, names, strict=True)
    ]
    return choose(*branches)


def exponential(name: str) -> exp.Expr:
    """Return exp(score - highest), never so small that an engine refuses it."""
    below = binary(exp.Sub, number_of(name), number_of("top"))
    return exp.Exp(this=exp.Greatest(this=below, expressions=[double(-FAR)]))


def final(assigner: Assigner, query: exp.Select, key: str, names: list[str]) -> exp.Select:
    """Return label, confidence and probabilities, for those enough is known of."""
    total = cast(number_of("total"), "double")
    enough = exp.GTE(this=number_of("known"), expression=exp.Literal.number(max(1, assigner.least_known)))
    chances = {f"p{k}": exp.Div(this=cast(number_of(name), "double"), expression=total) for k, name in enumerate(names)}
    sure = choose(
        *(
            (binary(exp.EQ, number_of("label"), constant(label)), chances[f"p{k}"].copy())
            for k, label in enumerate(assigner.labels)
        )
    )
    told = {"label": choose((enough, number_of("label")))}
    for name, value in {"confidence": sure, **chances}.items():
        told[name] = choose((enough.copy(), as_number(value)))
    return outside(query, key, [], told)


def as_number(share: exp.Expr) -> exp.Expr:
    """Return a share as a number of the language, rounded the same way everywhere."""
    return cast(cast(share, f"decimal({PLACES + 3}, {PLACES})"), SQL_TYPES["number"])
