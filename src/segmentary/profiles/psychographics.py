"""What people think: answers to survey items as traits, and attitude scales made of several items.

Every item is a trait ``<survey>_<item>``. A scale is the mean of its items, those worded the other way round turned,
for everyone who answered at least half of them: a trait ``attitude_<name>``. Scales are declared in the settings::

    [scales.eco]
    items = ["recycles", "flies_often", "buys_organic"]
    reversed = ["flies_often"]
    low = 1
    high = 5

or found by the names of the items: ``eco_1``, ``eco_2``, ``eco_3r`` of one survey are the scale ``eco``, whose item 3
is reversed. A scale is only worth something when its items agree: `reliability` says how far they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.errors import SettingsError
from segmentary.language.tree import ValueType
from segmentary.profiles.derived import append, text_table
from segmentary.profiles.reliability import Reliability, reliability_of, store
from segmentary.schema import IDENTITY_MAP, RESPONSES
from segmentary.settings import Settings

MODULE = "psychographics"
FOLDER = Path(__file__).parent
ITEMS_TABLE = "survey_items"
SCALES_TABLE = "attitude_scales"
NUMBERED = re.compile(r"(?P<scale>.+?)_(?P<number>\d+)(?P<turned>r?)\Z")
WIDEST_RANGE = 10
"""Items that run over more than this are amounts or ages, not degrees of agreement."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question of one survey, with what its answers look like."""

    survey: str
    item: str
    numeric: bool
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Scale:
    """An attitude scale: items of one survey (empty: of any), answered from low to high."""

    name: str
    survey: str
    items: tuple[str, ...]
    reversed: tuple[str, ...]
    low: Decimal
    high: Decimal

    @property
    def needed(self) -> int:
        """How many items must be answered: half of them, rounded up."""
        return (len(self.items) + 1) // 2


def derive(engine: Engine, settings: Settings, taken: frozenset[str]) -> int:
    """Add item traits and attitude scores, and note how reliable the scales are; return how many rows."""
    store(engine, reliability(engine, settings))
    items = items_of(engine)
    if not items:
        return 0
    names = item_names(items)
    cells = [(i.survey, i.item, names[i], "number" if i.numeric else "text") for i in items if names[i] not in taken]
    engine.ingest(ITEMS_TABLE, text_table(("survey", "item", "name", "value_type"), cells))
    try:
        rows = append(engine, MODULE, bound("item_answers.sql", ITEMS_TABLE))
    finally:
        engine.drop(ITEMS_TABLE)
    scales = [scale for scale in scales_of(items, settings) if f"attitude_{scale.name}" not in taken]
    if scales:
        engine.ingest(SCALES_TABLE, scale_table(scales))
        try:
            rows += append(engine, MODULE, bound("scale_scores.sql", SCALES_TABLE))
        finally:
            engine.drop(SCALES_TABLE)
    return rows


def reliability(engine: Engine, settings: Settings, *, level: float = 0.95) -> tuple[Reliability, ...]:
    """Say for every scale how far its items agree, over all respondents who answered every one of them."""
    scales = scales_of(items_of(engine), settings)
    if not scales:
        return ()
    engine.ingest(SCALES_TABLE, scale_table(scales))
    try:
        answers = engine.table(
            query(
                FOLDER / "scale_answers.sql",
                responses=exp.table_(RESPONSES.name, quoted=True),
                scales=exp.table_(SCALES_TABLE, quoted=True),
            )
        )
    finally:
        engine.drop(SCALES_TABLE)
    return tuple(reliability_of(scale.name, scale.items, answers, level=level) for scale in scales)


def bound(file: str, table: str) -> exp.Query:
    return query(
        FOLDER / file,
        responses=exp.table_(RESPONSES.name, quoted=True),
        identity_map=exp.table_(IDENTITY_MAP.name, quoted=True),
        **{"items" if table == ITEMS_TABLE else "scales": exp.table_(table, quoted=True)},
    )


def items_of(engine: Engine) -> list[Item]:
    """Return every item that was ever answered."""
    rows = engine.rows(query(FOLDER / "item_facts.sql", responses=exp.table_(RESPONSES.name, quoted=True)))
    return [
        Item(survey, item, bool(answers == numbers), low, high) for survey, item, answers, numbers, low, high in rows
    ]


def item_names(items: Iterable[Item]) -> dict[Item, str]:
    """Return the trait name of every item; names that would be equal get a number."""
    found: dict[Item, str] = {}
    used: set[str] = set()
    for item in items:
        base = snake(f"{item.survey}_{item.item}") or "item"
        name, number = base, 1
        while name in used:
            number += 1
            name = f"{base}_{number}"
        used.add(name)
        found[item] = name
    return found


def snake(text: str) -> str:
    return re.sub(r"\W+", "_", text.casefold()).strip("_")


# ---------------------------------------------------------------- scales


def scales_of(items: list[Item], settings: Settings) -> list[Scale]:
    """Return the declared scales, then those found by the names of the items."""
    declared = [declared_scale(name, items, document) for name, document in settings.scales.items()]
    scales = [scale for scale in declared if scale is not None]
    known = {scale.name for scale in scales}
    return scales + [scale for scale in found_scales(items) if scale.name not in known]


def declared_scale(name: str, items: list[Item], document: Mapping[str, Any]) -> Scale | None:
    """Return a scale of the settings, or None while the data has none of its items.

    Raises
    ------
    SettingsError
        when the table has no items, turns an item it does not have, or knows a key that has no meaning.
    """
    where = f"[scales.{name}]"
    unknown = document.keys() - {"survey", "items", "reversed", "low", "high"}
    if unknown:
        raise SettingsError(f"{where}: unknown key {min(unknown)!r}", hint="survey, items, reversed, low, high")
    wanted = tuple(str(item) for item in document.get("items", ()))
    turned = tuple(str(item) for item in document.get("reversed", ()))
    if len(wanted) < 2:
        raise SettingsError(f"{where}: a scale has two items or more", hint='items = ["eco_1", "eco_2"]')
    if stray := [item for item in turned if item not in wanted]:
        raise SettingsError(f"{where}: {stray[0]!r} is reversed but not among the items")
    survey = str(document.get("survey", ""))
    held = [i for i in items if i.item in wanted and i.numeric and survey in ("", i.survey)]
    if not held:
        return None
    low, high = (
        Decimal(str(document[key])) if key in document else observed
        for key, observed in zip(("low", "high"), observed_range(held), strict=True)
    )
    return Scale(name, survey, wanted, turned, low, high)


def found_scales(items: list[Item]) -> list[Scale]:
    """Return the scales that the names of items tell: two or more of one survey that differ in their number only."""
    groups: dict[tuple[str, str], list[tuple[Item, bool]]] = {}
    for item in items:
        match = NUMBERED.match(item.item)
        if match and item.numeric and item.low is not None and item.high is not None:
            groups.setdefault((item.survey, snake(match["scale"])), []).append((item, bool(match["turned"])))
    scales: dict[str, Scale] = {}
    for (survey, name), members in groups.items():
        held = [item for item, _ in members]
        low, high = observed_range(held)
        if len(members) >= 2 and high - low <= WIDEST_RANGE and name and name not in scales:
            turned = tuple(item.item for item, is_turned in members if is_turned)
            scales[name] = Scale(name, survey, tuple(i.item for i in held), turned, low, high)
    return list(scales.values())


def observed_range(items: Iterable[Item]) -> tuple[Decimal, Decimal]:
    held = list(items)
    lows = [item.low for item in held if item.low is not None]
    highs = [item.high for item in held if item.high is not None]
    return min(lows, default=Decimal(0)), max(highs, default=Decimal(0))


def scale_table(scales: Iterable[Scale]) -> pa.Table:
    """Return one row per scale and item, with the sum of both ends where the item is reversed."""
    rows = [
        {
            "scale": scale.name,
            "survey": scale.survey,
            "item": item,
            "turned": item in scale.reversed,
            "ends": scale.low + scale.high,
            "needed": scale.needed,
        }
        for scale in scales
        for item in scale.items
    ]
    kinds: list[tuple[str, pa.DataType]] = [
        ("scale", pa.string()),
        ("survey", pa.string()),
        ("item", pa.string()),
        ("turned", pa.bool_()),
        ("ends", pa.decimal128(18, 4)),
        ("needed", pa.int64()),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))


def value_types(items: Iterable[Item]) -> dict[str, ValueType]:
    """Return the type of every item trait."""
    held = list(items)
    names = item_names(held)
    return {names[item]: "number" if item.numeric else "text" for item in held}
