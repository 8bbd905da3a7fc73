"""The operators of the oracle: one known value against an operand. A missing value makes every one of them false."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from segmentary.errors import DefinitionError
from segmentary.language.kinds import WEEKDAY_NUMBERS, scalar_type
from segmentary.language.tree import Calendar, Compare, Context, Duration, Scalar
from segmentary.language.values import Known, exact_number, lowered, normal, unscaled, version_key
from segmentary.language.windows import (
    add,
    anniversaries,
    day_moved,
    days_within,
    local_day,
    months_threshold,
    period_days,
    start_of_day,
    subtract,
    zone_of,
)

Test = Callable[[Any, Any], bool]
ORDER: dict[str, Test] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "before": lambda a, b: a < b,
    "after": lambda a, b: a > b,
    "is": lambda a, b: a == b,
    "is_not": lambda a, b: a != b,
}
TEXT: dict[str, Test] = {
    "contains": lambda a, b: b in a,
    "starts_with": lambda a, b: a.startswith(b),
    "ends_with": lambda a, b: a.endswith(b),
}


def compared(rule: Compare, value: Known | None, context: Context, timezone: str | None) -> bool:
    """Say whether a value, already read as the wanted type, passes a comparison."""
    operator = rule.operator
    if operator == "missing":
        return value is None
    if value is None:
        return False
    if operator == "exists":
        return True
    if isinstance(value, tuple):
        return items_pass(rule, value)
    if operator in ("within_last", "within_next", "between_from_now", "in_period"):
        return moment_passes(rule, value, context, timezone)
    if operator.startswith("anniversary_within"):
        return anniversary_passes(rule, value, context, timezone)
    if operator == "weekday_in":
        return isinstance(value, dt.date) and value.isoweekday() in weekdays(rule)
    if operator == "matches":
        return pattern(str(rule.operand), rule.ignore_case)(normal(str(value)))
    if operator.startswith("version_"):
        mine, theirs = version_key(normal(str(value))), version_operand(rule)
        return mine is not None and ORDER[operator.removeprefix("version_")](mine, theirs)
    form = comparable(value, rule.ignore_case)
    operands = [comparable(one, rule.ignore_case) for one in fitting(rule)]
    if operator in TEXT:
        return bool(operands) and TEXT[operator](form, operands[0])
    if operator in ("in", "not_in"):
        return (form in operands) == (operator == "in")
    if operator == "between":
        return len(operands) == 2 and operands[0] <= form <= operands[1]
    return bool(operands) and ORDER[operator](form, operands[0])


def fitting(rule: Compare) -> list[Scalar]:
    """Return the operands of a comparison; those of another type than the first can never be met and are left out."""
    operands = rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)
    scalars = [one for one in operands if isinstance(one, str | bool | int | Decimal | dt.date)]
    return [one for one in scalars if scalar_type(one) == scalar_type(scalars[0])]


def comparable(value: Any, ignore_case: bool) -> Any:
    """Return a constant or value in the form it is compared in."""
    if isinstance(value, str):
        return lowered(normal(value)) if ignore_case else normal(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC) if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def compared_ratio(rule: Compare, exact: Fraction) -> bool:
    """Say whether an exact ratio passes a numeric comparison."""
    operands = [exact_number(one) for one in fitting(rule)]
    for operand in operands:
        unscaled(operand)
    numbers = [Fraction(operand) for operand in operands]
    match rule.operator:
        case "in" | "not_in":
            return (exact in numbers) == (rule.operator == "in")
        case "between":
            return numbers[0] <= exact <= numbers[1]
        case _:
            return ORDER[rule.operator](exact, numbers[0])


def items_pass(rule: Compare, items: tuple[str, ...]) -> bool:
    own = {comparable(item, rule.ignore_case) for item in items}
    asked = {comparable(item_text(one), rule.ignore_case) for one in list_operands(rule)}
    match rule.operator:
        case "has_any":
            return bool(own & asked)
        case "has_all":
            return asked <= own
        case "has_none":
            return not own & asked
    return False


def list_operands(rule: Compare) -> tuple[Any, ...]:
    return rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)


def item_text(operand: object) -> str:
    """Return the operand of a list operator as the text an item has."""
    match operand:
        case bool():
            return "true" if operand else "false"
        case Decimal():
            return f"{operand:f}"
        case dt.datetime():
            return operand.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        case dt.date():
            return operand.isoformat()
    return str(operand)


@cache
def pattern(text: str, ignore_case: bool) -> Callable[[str], bool]:
    """Return a search for an RE2 regular expression.

    Raises
    ------
    DefinitionError
        when it is not one.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(cased(text, ignore_case), options)
    except re2.error as error:
        raise DefinitionError(
            f"not a regular expression: {text!r}", hint="RE2 syntax; it has no look-around and no back-references"
        ) from error
    return lambda subject: compiled.search(subject) is not None


def cased(text: str, ignore_case: bool) -> str:
    return f"(?i){normal(text)}" if ignore_case else normal(text)


def version_operand(rule: Compare) -> str:
    """Return the sorting text of the version a comparison names.

    Raises
    ------
    DefinitionError
        when it is no version.
    """
    key = version_key(normal(str(rule.operand)))
    if key is None:
        raise DefinitionError(f"not a version: {rule.operand!r}", hint="numbers with dots, such as 2.10.1 or 3.0-beta")
    return key


def weekdays(rule: Compare) -> set[int]:
    """Return the weekday numbers (Monday is 1) a comparison names."""
    numbers: set[int] = set()
    for one in rule.operand if isinstance(rule.operand, tuple) else (rule.operand,):
        if isinstance(one, str) and one.lower() in WEEKDAY_NUMBERS:
            numbers.add(WEEKDAY_NUMBERS[one.lower()])
        elif isinstance(one, Decimal | int) and 1 <= one <= 7:
            numbers.add(int(one))
        else:
            raise DefinitionError(f"not a weekday: {one!r}", hint="monday to sunday, or 1 (Monday) to 7")
    return numbers


def lengths_of(operand: object) -> tuple[Duration, Duration]:
    if not isinstance(operand, tuple) or len(operand) != 2:
        raise DefinitionError(f"not two lengths of time: {operand!r}", hint="for example [3d, 5d]")
    return length_of(operand[0]), length_of(operand[1])


def length_of(operand: object) -> Duration:
    if not isinstance(operand, Duration):
        raise DefinitionError(f"not a length of time: {operand!r}", hint="for example 30d or 3mo")
    return operand


def moment_span(
    rule: Compare, kind: Literal["date", "time"], context: Context, timezone: str | None
) -> tuple[dt.date, dt.date]:
    """Return the first moment (or day) that passes and the first one after it that does not."""
    zone, now = zone_of(context, timezone), context.as_of
    match rule.operator, rule.operand:
        case "in_period", Calendar() as period:
            first, end = period_days(period, context, timezone)
            return (first, end) if kind == "date" else (start_of_day(first, zone), start_of_day(end, zone))
        case "between_from_now", operand:
            nearer, farther = lengths_of(operand)
            if kind == "time":
                return add(now, nearer, zone), add(now, farther, zone)
            today = local_day(now, zone)
            low, high = (day_moved(today, one, 1, context, zone) for one in (nearer, farther))
            return low, high + dt.timedelta(days=1)
        case "within_last", operand:
            length = length_of(operand)
            return days_within(length, -1, context, timezone) if kind == "date" else (subtract(now, length, zone), now)
        case _, operand:
            length = length_of(operand)
            return days_within(length, 1, context, timezone) if kind == "date" else (now, add(now, length, zone))


def moment_passes(rule: Compare, value: object, context: Context, timezone: str | None) -> bool:
    match value:
        case dt.datetime():
            low, high = moment_span(rule, "time", context, timezone)
            return low <= value < high
        case dt.date():
            low, high = moment_span(rule, "date", context, timezone)
            return low <= value < high
    return False


def anniversary_spans(rule: Compare, context: Context, timezone: str | None) -> list[tuple[int, int, int]]:
    """Return the years and days (month * 100 + day) in which an anniversary passes; today is the first of the next."""
    zone = zone_of(context, timezone)
    today = local_day(context.as_of, zone)
    direction = 1 if rule.operator == "anniversary_within_next" else -1
    other = day_moved(today, length_of(rule.operand), direction, context, zone)
    return anniversaries(*((today, other) if direction > 0 else (other, today)))


def anniversary_passes(rule: Compare, value: object, context: Context, timezone: str | None) -> bool:
    if not isinstance(value, dt.date):
        return False
    number = value.month * 100 + value.day
    spans = anniversary_spans(rule, context, timezone)
    return any(value.year < year and low <= number <= high for year, low, high in spans)


def elapsed(day: object, unit: Literal["days", "months", "years"], context: Context, zone: ZoneInfo) -> Decimal | None:
    """Return the whole local days, months or years from a day until as-of.

    Months and years are the largest number that, added to the day, does not pass as-of: 31 January plus one month is
    the end of February.
    """
    if not isinstance(day, dt.date):
        return None
    today = local_day(context.as_of, zone)
    if unit == "days":
        return Decimal((today - day).days)
    months = (today.year - day.year) * 12 + today.month - day.month
    months -= int(day.day > months_threshold(today))
    return Decimal(months if unit == "months" else months // 12)


def part_of(moment: object, part: str, zone: ZoneInfo) -> Decimal | None:
    """Return a part of a date, or of an instant in local time; a date has no hour."""
    match moment:
        case dt.datetime():
            local = moment.astimezone(zone)
            return Decimal(local.isoweekday() if part == "weekday" else getattr(local, part))
        case dt.date() if part != "hour":
            return Decimal(moment.isoweekday() if part == "weekday" else getattr(moment, part))
    return None
