"""Rules as SQL: every leaf is true or false, never missing, so that ``not`` is the exact complement."""

from __future__ import annotations

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compare import (
    anniversary_spans,
    cased,
    comparable,
    fitting,
    item_text,
    list_operands,
    moment_span,
    pattern,
    version_operand,
    weekdays,
)
from segmentary.language.compile_values import EventValues, Values
from segmentary.language.kinds import ratio, wanted
from segmentary.language.sql import (
    binary,
    call,
    choose,
    constant,
    every,
    extract_sql,
    is_missing,
    lambda_of,
    matches_sql,
    month_day_sql,
    one_of,
    some,
    true_only,
    version_sql,
    wide,
)
from segmentary.language.tree import All, AnyOf, Compare, EventMeasure, Not, Rule
from segmentary.language.values import exact_number, unscaled

ORDER: dict[str, type[exp.Binary]] = {
    "is": exp.EQ,
    "is_not": exp.NEQ,
    "lt": exp.LT,
    "lte": exp.LTE,
    "gt": exp.GT,
    "gte": exp.GTE,
    "before": exp.LT,
    "after": exp.GT,
}
MIRRORED: dict[type[exp.Binary], type[exp.Binary]] = {
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
}
TEXT = {"contains": "contains", "starts_with": "starts_with", "ends_with": "ends_with"}


def event_rule(values: EventValues, rule: Rule) -> exp.Expr:
    """Return a condition on one event.

    Raises
    ------
    DefinitionError
        for a rule about a customer, which no event can answer.
    """
    match rule:
        case All(rules=rules):
            return every(event_rule(values, part) for part in rules)
        case AnyOf(rules=rules):
            return some(event_rule(values, part) for part in rules)
        case Not(rule=inner):
            return exp.Not(this=exp.Paren(this=event_rule(values, inner)))
        case Compare():
            return compare_sql(values, rule)
    raise DefinitionError(
        f"{type(rule).__name__} stands inside an event filter", hint="filter events by their properties only"
    )


def compare_sql(values: Values, rule: Compare) -> exp.Expr:
    """Return a comparison, false where the value is missing."""
    kind = wanted(rule, values.types)
    if kind == "number" and rule.operator not in ("exists", "missing") and ratio(rule.value) is not None:
        return ratio_sql(values, rule)
    value = values.value(rule.value, kind)
    if rule.operator == "missing":
        return is_missing(value)
    if rule.operator == "exists":
        return exp.Not(this=exp.Paren(this=is_missing(value)))
    return true_only(test_sql(values, rule, value))


def test_sql(values: Values, rule: Compare, value: exp.Expr) -> exp.Expr:
    """Return a comparison that may be missing where its value is."""
    operator = rule.operator
    if operator in ("has_any", "has_all", "has_none"):
        return items_pass_sql(rule, value)
    if operator in ("within_last", "within_next", "between_from_now", "in_period"):
        kind = wanted(rule, values.types)
        span = moment_span(rule, "time" if kind == "time" else "date", values.context, values.timezone)
        low, high = (literal(moment) for moment in span)
        return every((binary(exp.GTE, value.copy(), low), binary(exp.LT, value, high)))
    if operator in ("anniversary_within_next", "anniversary_within_last"):
        return some(
            every(
                (
                    binary(exp.LT, extract_sql("year", value.copy()), literal(year)),
                    binary(exp.GTE, month_day_sql(value.copy()), literal(low)),
                    binary(exp.LTE, month_day_sql(value.copy()), literal(high)),
                )
            )
            for year, low, high in anniversary_spans(rule, values.context, values.timezone)
        )
    if operator == "weekday_in":
        return one_of(extract_sql("weekday", value), [literal(day) for day in sorted(weekdays(rule))])
    if operator == "matches":
        pattern(str(rule.operand), rule.ignore_case)
        return matches_sql(value, cased(str(rule.operand), rule.ignore_case))
    if operator.startswith("version_"):
        kind_of = ORDER[operator.removeprefix("version_")]
        return binary(kind_of, version_sql(value), constant(version_operand(rule)))
    return scalar_test_sql(rule, value)


def scalar_test_sql(rule: Compare, value: exp.Expr) -> exp.Expr:
    operands = [constant(comparable(one, rule.ignore_case)) for one in fitting(rule)]
    if rule.ignore_case and operands and operands[0].is_string:
        value = call("lower", value)
    match rule.operator:
        case "in":
            return one_of(value, operands)
        case "not_in":
            return exp.Not(this=exp.Paren(this=one_of(value, operands)))
        case "between":
            if len(operands) != 2:
                return exp.false()
            return every((binary(exp.GTE, value.copy(), operands[0]), binary(exp.LTE, value, operands[1])))
    if not operands:
        return exp.false()
    if rule.operator in TEXT:
        return call(TEXT[rule.operator], value, operands[0])
    return binary(ORDER[rule.operator], value, operands[0])


def items_pass_sql(rule: Compare, items: exp.Expr) -> exp.Expr:
    """Return a test of a list of text."""
    asked = sorted({comparable(item_text(one), rule.ignore_case) for one in list_operands(rule)})
    known = exp.Not(this=exp.Paren(this=is_missing(items)))
    if not asked:
        return exp.false() if rule.operator == "has_any" else known
    if rule.ignore_case:
        items = call("list_transform", items, lambda_of(call("lower", exp.column("item"))))
    options = exp.Array(expressions=[constant(one) for one in asked])
    if rule.operator == "has_all":
        return call("list_has_all", items, options)
    found = call("list_has_any", items, options)
    return found if rule.operator == "has_any" else exp.Not(this=found)


# ---------------------------------------------------------------- ratios and means


def ratio_sql(values: Values, rule: Compare) -> exp.Expr:
    """Return a comparison of a quotient or mean with constants, by cross-multiplication: nothing is divided."""
    parts = ratio(rule.value)
    if not rule.operand and rule.operator == "not_in":
        return exp.Not(this=exp.Paren(this=is_missing(values.number(rule.value))))
    signed = not isinstance(parts, EventMeasure)
    if isinstance(parts, EventMeasure):
        above, below = values.mean_parts(parts)
    elif parts is not None:
        above, below = (values.number(part) for part in parts)
    else:
        raise AssertionError("only ratios come here")
    operands = [unscaled(exact_number(one)) for one in fitting(rule)]

    def test(kind: type[exp.Binary], operand: tuple[int, int]) -> exp.Expr:
        return crossed(kind, above.copy(), below.copy(), operand, signed=signed)

    match rule.operator:
        case "in":
            return true_only(some(test(exp.EQ, one) for one in operands))
        case "not_in":
            return true_only(every(test(exp.NEQ, one) for one in operands))
        case "between":
            return true_only(every((test(exp.GTE, operands[0]), test(exp.LTE, operands[1]))))
        case _:
            return true_only(test(ORDER[rule.operator], operands[0]))


def crossed(
    kind: type[exp.Binary], above: exp.Expr, below: exp.Expr, operand: tuple[int, int], *, signed: bool
) -> exp.Expr:
    """Return ``above / below KIND n / 10**places``; the denominator's sign turns the comparison."""
    whole, places = operand
    left = binary(exp.Mul, wide(above), literal(10**places)) if places else above
    right = binary(exp.Mul, literal(whole), wide(below))
    branches = [(binary(exp.GT, below.copy(), literal(0)), binary(kind, left, right))]
    if signed:
        turned = binary(MIRRORED[kind], left.copy(), right.copy())
        branches.append((binary(exp.LT, below.copy(), literal(0)), turned))
    return choose(*branches)
