"""A formula inside an engine: the same sum of the same figures, for every person where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

import numpy as np
from sqlglot import exp

from segmentary.language.sql import binary, cast, choose, is_missing
from segmentary.models.assign.sql import Input, added, both_sides, coded, double, outside, plus_one, selected
from segmentary.models.predict.formula import FAR, Encoding, Formula, Link
from segmentary.models.predict.trees import LEAF, Tree

LARGEST = float(np.finfo(np.float64).max)


def formula_query(
    formulas: Mapping[str, Formula],
    source: exp.Table | exp.Subquery,
    inputs: Mapping[str, Input],
    *,
    key: str = "customer_id",
    kept: Iterable[str] = (),
    raw: bool = False,
) -> exp.Select:
    """Return one row per row of a relation: its key, the columns `kept`, and each formula's prediction by its name.

    inputs : column of the formulas -> where it stands and its type there; columns that are missing are unknown for
    everybody. raw : the sum before the link instead of the prediction.

    Raises
    ------
    UnsupportedError
        when a column has a type that cannot be a value of its kind.
    """
    also = list(kept)
    values: dict[str, exp.Expr] = {}
    places: dict[str, dict[str, str]] = {}
    for number, (name, formula) in enumerate(formulas.items()):
        wanted = set(formula.reads)
        places[name] = {}
        for place, column in enumerate(formula.columns):
            if column.name in wanted:
                made = f"f{number}x{place}"
                values[made] = finite(cast(coded(column, inputs.get(column.name)), "double"))
                places[name][column.name] = made
    query = selected(exp.column(key, quoted=True), {})
    query = query.select(*(exp.column(one, quoted=True) for one in also), copy=False)
    for made, value in values.items():
        query = query.select(value.as_(made, quoted=True), copy=False)
    query = query.from_(source)
    sums = {
        name: raw_expression(formula, {c: exp.column(at, quoted=True) for c, at in places[name].items()})
        for name, formula in formulas.items()
    }
    query = outside(query, key, also, sums)
    if raw:
        return query
    links = {name: link_expression(exp.column(name, quoted=True), one.link) for name, one in formulas.items()}
    return outside(query, key, also, links)


def formula_expression(formula: Formula, columns: Mapping[str, exp.Expr]) -> exp.Expr:
    """Return the prediction as an expression over the columns of a relation.

    columns : name -> the number (or code of the level) as a double; null is missing, as are NaN and infinity. Columns
    that are not named are unknown for everybody. (`formula_query` makes numbers and codes of stored values.)
    """
    return link_expression(raw_expression(formula, {n: finite(one) for n, one in columns.items()}), formula.link)


def raw_expression(formula: Formula, columns: Mapping[str, exp.Expr]) -> exp.Expr:
    """Return the sum before the link; columns are finite doubles or null."""
    unknown = cast(exp.null(), "double")
    x = {one.column: columns.get(one.column, unknown) for one in formula.encodings}
    parts: list[exp.Expr] = [double(formula.intercept)]
    for encoding, weight in zip(formula.encodings, formula.weights, strict=False):
        if weight:
            parts.append(binary(exp.Mul, encoded(encoding, x[encoding.column]), double(weight)))
    parts += [tree_expression(tree, formula.encodings, x) for tree in formula.trees]
    return added(parts)


def finite(value: exp.Expr) -> exp.Expr:
    """Return a double where it is a number; NaN and infinity are missing."""
    return choose((exp.Between(this=value.copy(), low=double(-LARGEST), high=double(LARGEST)), value.copy()))


def encoded(encoding: Encoding, value: exp.Expr) -> exp.Expr:
    """Return the feature of a column."""
    missing = is_missing(value.copy())
    if encoding.way == "missing":
        return choose((missing, moved(encoding, double(1.0))), otherwise=moved(encoding, double(0.0)))
    unknown = cast(exp.null(), "double") if encoding.fill is None else double(encoding.fill)
    if encoding.way == "level":
        one, none = ((value_ - encoding.centre) / encoding.scale for value_ in (1.0, 0.0))
        if not encoding.levels:
            return choose((missing, unknown), otherwise=double(none))
        hits = [binary(exp.EQ, value.copy(), double(float(level))) for level in encoding.levels]
        hit = reduce(lambda a, b: exp.Or(this=a, expression=b), hits)
        return choose((missing, unknown), (hit, double(one)), otherwise=double(none))
    held = value.copy()
    if encoding.low is not None:
        held = exp.Greatest(this=held, expressions=[double(encoding.low)])
    if encoding.high is not None:
        held = exp.Least(this=held, expressions=[double(encoding.high)])
    if encoding.way == "log":
        held = both_sides(held, lambda size: exp.Ln(this=plus_one(size)), lambda size: exp.Ln(this=plus_one(size)))
    result = moved(encoding, held)
    # Without a fill nothing needs to be said: of nothing comes nothing, but for `greatest`, which skips it.
    plain = encoding.fill is None and encoding.low is None and encoding.high is None and encoding.way == "number"
    return result if plain else choose((missing, unknown), otherwise=result)


def moved(encoding: Encoding, value: exp.Expr) -> exp.Expr:
    """Return (value - centre) / scale."""
    shifted = binary(exp.Sub, value, double(encoding.centre)) if encoding.centre else value
    if encoding.scale == 1.0:
        return shifted
    return exp.Div(this=cast(shifted, "double"), expression=double(encoding.scale))


def tree_expression(
    tree: Tree, encodings: tuple[Encoding, ...], columns: Mapping[str, exp.Expr], node: int = 0
) -> exp.Expr:
    """Return what a tree adds from a node on: one case inside another."""
    if tree.left[node] == LEAF:
        return double(tree.value[node])
    encoding = encodings[tree.feature[node]]
    x = encoded(encoding, columns[encoding.column])
    left, right = (tree_expression(tree, encodings, columns, child) for child in (tree.left[node], tree.right[node]))
    threshold = double(tree.threshold[node])
    # What cannot be compared falls to the other branch: the side that missing values go to is the one not tested for.
    if tree.missing_left[node]:
        return choose((binary(exp.GT, x, threshold), right), otherwise=left)
    return choose((binary(exp.LTE, x, threshold), left), otherwise=right)


def link_expression(raw: exp.Expr, link: Link) -> exp.Expr:
    """Return what a sum means through its link."""
    if link == "identity":
        return raw
    if link == "log":
        return exp.Exp(this=held_within(raw, FAR))
    beyond = exp.Exp(this=binary(exp.Mul, held_within(raw, FAR), double(-1.0)))
    return exp.Div(this=double(1.0), expression=cast(binary(exp.Add, double(1.0), beyond), "double"))


def held_within(value: exp.Expr, limit: float) -> exp.Expr:
    """Return a value held between -limit and limit."""
    low = exp.Greatest(this=value, expressions=[double(-limit)])
    return exp.Least(this=low, expressions=[double(limit)])
