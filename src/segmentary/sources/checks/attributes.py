"""Attributes and records: fillers, sentinels, impossible ages, constants, twins, tombstones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal, query
from segmentary.sources.checks.finding import Finding, many, percent, share_of
from segmentary.sources.checks.records_of import Row, by_source, number, records

HERE = Path(__file__).parent
ATTRIBUTES = exp.table_("attributes")
OLDEST_BIRTH_YEAR = 1905
BIRTH_YEAR = re.compile(r"(^|_)(birth_?year|year_?(of_?)?birth|yob)(_|$)")
AGE = re.compile(r"^age(_years)?$")
# Known only after what one would like to predict: a score that uses them looks better than it is.
LEAKS = {"duration": "the length of a call is known only after it", "page_values": "computed from the purchase itself"}
FEW = Decimal("0.005")
FENCES = 3


def attribute_findings(engine: Engine) -> Iterator[tuple[str, Finding]]:
    """Yield what is odd about attributes and records: (source, finding)."""
    counts = records(engine, query(HERE / "attribute_counts.sql", attributes=ATTRIBUTES))
    for row in counts:
        for finding in one_attribute(row):
            yield str(row["source"]), finding
    yield from far_values(engine, counts)
    for row in records(engine, query(HERE / "rare_values.sql", attributes=ATTRIBUTES)):
        n = number(row, "value_count")
        text = f"{many(n, 'value')} of {row['name']} are spellings hardly anybody has: {str(row['examples'])[:120]}"
        total = number(row, "total_count")
        yield str(row["source"]), Finding("rare_value", "info", n, share_of(n, total), text)
    for source, row in by_source(engine, query(HERE / "twins.sql", attributes=ATTRIBUTES)).items():
        n, total = number(row, "twin_count"), number(row, "record_count")
        if n:
            text = f"{many(n, 'record')} equal an earlier one in everything but the id"
            yield source, Finding("equal_apart_from_id", "warn", n, share_of(n, total), text)
    for source, row in by_source(engine, query(HERE / "two_countries.sql", attributes=ATTRIBUTES)).items():
        n = number(row, "moved_count")
        if n:
            text = f"{many(n, 'customer')} appear in more than one country: the newest holds"
            yield source, Finding("two_countries", "info", n, share_of(n, number(row, "customer_count")), text)
    for source, row in by_source(engine, query(HERE / "record_counts.sql", records=exp.table_("records"))).items():
        for finding in tombstones(row):
            yield source, finding


def one_attribute(row: Row) -> Iterator[Finding]:
    """Yield what the values of one attribute say."""
    name, total = str(row["name"]), number(row, "value_count")
    if number(row, "distinct_count") == 1 and total >= 10:
        text = f"{name} is the same for everybody: it can tell nobody apart"
        yield Finding("constant_column", "info", total, 1.0, text, example=str(row["example"])[:40])
    n = number(row, "minus_one_count")
    if n and not number(row, "below_count") and total > n:
        text = f"{name} is -1 in {percent(n, total)}: a code for 'none', not a number"
        yield Finding("sentinel_value", "serious" if n * 20 >= total else "warn", n, share_of(n, total), text, "-1")
    example = row["repeated_example"]
    # Only the largest value of all: 999 seconds among 4,918 are seconds.
    if isinstance(example, str) and Decimal(example) == row["highest"] and is_far(row, Decimal(example)):
        text = f"{name} goes up to {example}: a filler, far above everybody else"
        yield Finding("sentinel_value", "serious", 1, None, text, example)
    n = number(row, "odd_dates")
    if n:
        text = f"{name} holds {many(n, 'date')} such as 1900-01-01 that mean 'unknown'"
        yield Finding("sentinel_date", "warn", n, share_of(n, total), text)
    low, high = row["lowest"], row["highest"]
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        if BIRTH_YEAR.search(name) and low < OLDEST_BIRTH_YEAR:
            text = f"{name} goes back to {low:.0f}: people of that age are typing errors"
            yield Finding("impossible_age", "serious", 1, None, text, f"{low:.0f}")
        if AGE.match(name) and (low < 0 or high > 115):
            text = f"{name} runs from {low:.0f} to {high:.0f}: nobody has that age"
            yield Finding("impossible_age", "serious", 1, None, text, f"{high:.0f}")
    if name in LEAKS:
        yield Finding("leakage_suspected", "warn", total, None, f"{name}: {LEAKS[name]}; do not predict with it")


def quartiles(row: Row) -> tuple[Decimal, Decimal] | None:
    low, high = row["lower_quartile"], row["upper_quartile"]
    if not isinstance(low, Decimal) or not isinstance(high, Decimal):
        return None
    return low, high


def is_far(row: Row, value: Decimal) -> bool:
    """Whether a value lies beyond three times the middle half."""
    middle = quartiles(row)
    return middle is not None and value > middle[1] + FENCES * max(middle[1] - middle[0], Decimal(1))


def far_values(engine: Engine, counts: list[Row]) -> Iterator[tuple[str, Finding]]:
    """Yield attributes with a few values so far off that they are likely typing errors."""
    bounds = []
    totals = {(row["source"], row["name"]): number(row, "value_count") for row in counts}
    for row in counts:
        middle = quartiles(row)
        if middle is None or number(row, "value_count") < 100 or middle[0] == middle[1]:
            continue
        reach = FENCES * (middle[1] - middle[0])
        bound = {"source": row["source"], "name": row["name"], "low": middle[0] - reach, "high": middle[1] + reach}
        bound["middle"] = (middle[0] + middle[1]) / 2
        bounds.append(exp.select(*(literal(value).as_(name) for name, value in bound.items())))
    if not bounds:
        return
    relation: exp.Query = bounds[0]
    for each in bounds[1:]:
        relation = exp.union(relation, each, distinct=False)
    for row in records(engine, query(HERE / "far_values.sql", attributes=ATTRIBUTES, bounds=relation)):
        n, total = number(row, "far_count"), totals[row["source"], row["name"]]
        if n <= 3 or n <= FEW * total:
            text = f"{row['name']} is far from everybody else's in {many(n, 'row')}, such as {row['example']}"
            yield str(row["source"]), Finding("far_value", "warn", n, share_of(n, total), text, str(row["example"]))


def tombstones(row: Row) -> Iterator[Finding]:
    """Yield deleted, merged and repeated records."""
    total = number(row, "record_count")
    deleted, merged, repeated = (number(row, n) for n in ("deleted_count", "merged_count", "repeated_in_file"))
    if deleted:
        text = f"{many(deleted, 'record')} are marked as deleted at the source: not customers any more"
        yield Finding("deleted_records", "warn", deleted, share_of(deleted, total), text)
    if merged:
        text = f"{many(merged, 'record')} were merged into another at the source: their history goes with it"
        yield Finding("merged_records", "info", merged, share_of(merged, total), text)
    if repeated:
        text = f"{many(repeated, 'row')} repeat an id of the same file: the last one holds"
        yield Finding("repeated_id", "warn", repeated, share_of(repeated, total), text)
