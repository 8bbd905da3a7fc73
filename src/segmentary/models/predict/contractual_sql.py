"""Contractual churn inside an engine: the same formulas, links, calibration, bins and deciles, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.language.sql import binary, is_missing
from segmentary.models.assign.sql import Input, added, coded, double, outside
from segmentary.models.predict.chances import decile_expression
from segmentary.models.predict.formula import FAR
from segmentary.models.predict.formula_sql import finite, formula_query, held_within, link_expression
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.table.columns import Column

if TYPE_CHECKING:
    from segmentary.models.predict.contractual import ContractualChurn
    from segmentary.models.predict.contractual_ways import Part

MOST = 3.7
"""exp(exp(3.7)) is 4e17: beyond it a chance is 1 to the last digit."""


def score_query(churn: ContractualChurn, inputs: ScoreInputs) -> exp.Select:
    """Return customer_id and the outputs of everybody whose duration is known."""
    placed = {name: Input(column, inputs.types[name]) for name, column in inputs.columns.items()}
    known = finite(exp.cast(coded(Column(churn.duration, "numeric"), placed.get(churn.duration)), "double"))
    people = (
        exp.select(exp.Star()).from_(inputs.people.copy()).where(exp.Not(this=is_missing(known))).subquery("people")
    )
    names = [f"p{place}" for place in range(len(churn.parts))]
    formulas = {name: part.formula for name, part in zip(names, churn.parts, strict=True)}
    query = formula_query(formulas, people, placed, raw=True)
    key = "customer_id"
    query = outside(query, key, (), {name: linked(name, part) for name, part in zip(names, churn.parts, strict=True)})
    total = added(exp.column(name, quoted=True) for name in names)
    mean = exp.Div(this=exp.cast(exp.Paren(this=total), "double"), expression=double(float(len(names))))
    query = outside(query, key, (), {"mean": mean})
    query = outside(query, key, (), {"probability": churn.calibration.expression(exp.column("mean", quoted=True))})
    p = exp.column("probability", quoted=True)
    low, high = churn.bins.expressions(p)
    found = {"low": low, "high": high, "decile": decile_expression(p, churn.cuts)}
    return outside(query, key, ("probability",), found)


def linked(name: str, part: Part) -> exp.Expr:
    """Return the chance of a column that holds the sum before the link."""
    raw = exp.column(name, quoted=True)
    if part.link == "logit":
        return link_expression(raw, "logit")
    low = exp.Greatest(this=raw, expressions=[double(-FAR)])
    risk = exp.Exp(this=exp.Least(this=low, expressions=[double(MOST)]))
    stays = exp.Exp(this=held_within(binary(exp.Mul, risk, double(-1.0)), FAR))
    return binary(exp.Sub, double(1.0), stays)
