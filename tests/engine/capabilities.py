"""What every engine can do: one small history, one segment or trait for every operator, asked of each engine.

The page ``docs/engines.md`` is made from these lists; the tests hold them to be true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

from tests.conformance import examples
from tests.language.histories import NOW, Both, attribute, happened, utc

from segmentary.language.oracle import Person
from segmentary.language.spans import Duration
from segmentary.language.tree import (
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    DatePart,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Measure,
    Not,
    PropertyValue,
    Rule,
    Sample,
    SegmentDefinition,
    StaticList,
    TraitValue,
)

ENGINES = ("DuckDB", "PostgreSQL", "Spark")
# (engine, what): why. Nothing else is refused.
REFUSED: Mapping[tuple[str, str], str] = {}

COUNTRY, AGE, SINCE, TAGS = (TraitValue(name) for name in ("country", "age", "since", "tags"))
ORDERS = EventFilter(("order",))
AMOUNT = PropertyValue(("amount",))

PEOPLE = (
    Person(
        "ada",
        (
            attribute("country", "Österreich"),
            attribute("age", "41", "number"),
            attribute("since", "2024-02-29", "date"),
            attribute("tags", '["a", "É"]', "list"),
        ),
        tuple(
            happened("order", utc(2026, 3, day, 10), amount=Decimal(day) / 4, category="é" if day % 2 else "shoes")
            for day in (1, 2, 9, 17)
        ),
    ),
    Person("bob", (attribute("country", "2.10.1"), attribute("age", "7.5", "number"))),
    Person("eve", (attribute("since", "2026-03-28", "date"),), (happened("order", utc(2026, 3, 29, 0, 30)),)),
)


def operators() -> dict[str, Rule]:
    """Return a rule for every operator of a comparison."""
    found: dict[str, Rule] = {}
    for operator, value, operand in (
        ("is", COUNTRY, "Österreich"),
        ("is_not", COUNTRY, "x"),
        ("in", COUNTRY, ("Österreich", "x")),
        ("not_in", COUNTRY, ("x",)),
        ("lt", AGE, Decimal(8)),
        ("lte", AGE, Decimal("7.5")),
        ("gt", AGE, Decimal(8)),
        ("gte", AGE, Decimal(41)),
        ("between", AGE, (Decimal(7), Decimal(8))),
        ("contains", COUNTRY, "reich"),
        ("starts_with", COUNTRY, "Ö"),
        ("ends_with", COUNTRY, ".1"),
        ("matches", COUNTRY, r"^\d+\.\d"),
        ("exists", COUNTRY, None),
        ("missing", COUNTRY, None),
        ("has_any", TAGS, ("a", "b")),
        ("has_all", TAGS, ("a", "É")),
        ("has_none", TAGS, ("b",)),
        ("version_lt", COUNTRY, "2.11"),
        ("version_lte", COUNTRY, "2.10.1"),
        ("version_gt", COUNTRY, "2.9"),
        ("version_gte", COUNTRY, "2.10.1"),
        ("before", SINCE, dt.date(2025, 1, 1)),
        ("after", SINCE, dt.date(2025, 1, 1)),
        ("within_last", SINCE, Duration(7, "day")),
        ("anniversary_within_last", SINCE, Duration(40, "day")),
        ("weekday_in", SINCE, ("saturday", "thursday")),
    ):
        found[operator] = Compare(value, operator, operand)  # type: ignore[arg-type]
    found["ignore case"] = Compare(COUNTRY, "is", "ÖSTERREICH", ignore_case=True)
    return found


def measures() -> dict[str, Rule]:
    """Return a rule for every measure of events."""
    found: dict[str, Rule] = {}
    for measure in get_args(Measure):
        of = None if measure in ("count", "active_days", "active_weeks", "active_months", "median_gap_days") else AMOUNT
        of = PropertyValue(("category",)) if measure in ("most_frequent", "distinct") else of
        value = EventMeasure(ORDERS, measure, of, nth=2 if measure == "nth" else None)
        found[measure] = Compare(value, "exists", None)
        if of is not PropertyValue(("category",)):
            found[f"{measure}, compared"] = Compare(value, "gte", Decimal(1))
    return found


def others() -> dict[str, Rule]:
    """Return a rule for every other value and leaf about one person."""
    age = {
        operator: Arithmetic(operator, AGE, Constant(Decimal(3)))
        for operator in ("add", "subtract", "multiply", "divide")
    }  # type: ignore[arg-type]
    found: dict[str, Rule] = {f"arithmetic: {name}": Compare(one, "gt", Decimal("2.5")) for name, one in age.items()}
    for unit in ("days", "months", "years"):
        found[f"elapsed {unit}"] = Compare(Elapsed(SINCE, unit), "gte", Decimal(2))  # type: ignore[arg-type]
    for part in ("year", "month", "day", "weekday"):
        found[f"date part: {part}"] = Compare(DatePart(SINCE, part), "lte", Decimal(5))  # type: ignore[arg-type]
    found["band"] = Compare(Band(AGE, (Decimal(10),), ("young", "grown")), "is", "young")
    found["case"] = Compare(Case(((Compare(AGE, "gt", Decimal(10)), COUNTRY),), None), "exists", None)
    found["first known"] = Compare(FirstKnown((TAGS, COUNTRY)), "exists", None)
    found["sample"] = Sample(Decimal("0.5"), "salt")
    found["static list"] = StaticList("people")
    found["not"] = Not(Compare(AGE, "gt", Decimal(10)))
    return found


def everything() -> dict[str, Rule]:
    return {**operators(), **measures(), **others()}


def judged() -> tuple[dict[str, set[str]], Both, dict[str, str]]:
    """Return who is in by the oracle, the history with all segments, and which segment stands for what."""
    names = {f"s_{number}": what for number, what in enumerate(everything())}
    segments = {f"s_{n}": SegmentDefinition(f"s_{n}", rule) for n, rule in enumerate(everything().values())}
    both = Both(*PEOPLE, context=NOW, segments=segments, lists={"people": ("eve",)})
    oracle = both.oracle()
    return {name: set(oracle.members(name)) for name in segments}, both, names


def engines_page() -> str:
    """Return the table of what each engine can do."""
    rows = [f"Request {case.name[:2].lstrip('0')}: {' '.join(case.title.split())}" for case in examples("cases")]
    refused = "\n".join(f"- **{engine}**: {what}: {why}" for (engine, what), why in REFUSED.items()) or "Nothing."
    shown = {
        "The 27 requests": rows,
        "Operators of a comparison": list(operators()),
        "Measures of events": [name for name in measures() if "," not in name],
        "Other values and leaves": list(others()),
    }
    lines = [
        "# Engines",
        "",
        "Made from `tests/engine/capabilities.py`; the tests of each engine hold every *yes* to be true: the answer",
        "is the oracle's. What an engine cannot do exactly it refuses before anything runs, by an error that names it.",
        "",
        "| address | engine |",
        "|---|---|",
        "| a path | DuckDB, 1.5.5 or newer: the default |",
        "| `postgresql://user@host/database` | PostgreSQL, 16 or newer |",
        "| `spark://host:port`, `sc://host:port` | Spark 4: a standalone cluster, or Spark Connect |",
        "",
        "On PostgreSQL a session makes its helper functions in its own temporary schema. Spark brings text into",
        "normal form C on the way in, ids aside; a transaction there saves its tables at its end, one by one.",
        "",
        "## Refused",
        "",
        refused,
        "",
        "In patterns, on PostgreSQL and Spark: over 255 repeats, `\\Q...\\E`, `\\C`, and a repetition repeated.",
    ]
    for title, names in shown.items():
        lines += ["", f"## {title}", "", f"| what | {' | '.join(ENGINES)} |", "|---|---|---|---|"]
        for name in names:
            marks = ["no" if (engine, name) in REFUSED else "yes" for engine in ENGINES]
            lines.append(f"| {name.replace('|', chr(92) + '|')} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"
