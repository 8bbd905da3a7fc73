"""The Python spelling: expressions that build the tree.

::

    (events("order_completed").last("90d").count() >= 3) & ~segment("vip")

`events` chooses, puts into a window and measures; `sequence` and `sessions` are patterns of events; `segment`,
`related`, `near`, `consent` and `model` ask about other moments, people, places and predictions. `source.to_python`
writes a tree in this spelling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from segmentary.language.expressions import (
    Condition,
    Quantity,
    all_of,
    any_of,
    case,
    constant,
    first_known,
    prop,
    rule_of,
    trait,
    value_of,
)
from segmentary.language.expressions_events import Events, events, since
from segmentary.language.expressions_patterns import Sessions, Steps, no, sequence, sessions, step
from segmentary.language.expressions_people import (
    Model,
    People,
    bottom,
    consent,
    fact,
    ids,
    members_of,
    model,
    near,
    related,
    sample,
    segment,
    top,
)
from segmentary.language.expressions_windows import (
    between,
    dates,
    end_of,
    last,
    previous,
    previous_day,
    previous_fiscal_quarter,
    previous_fiscal_year,
    previous_month,
    previous_quarter,
    previous_week,
    previous_year,
    session,
    since_entering,
    sliding,
    this,
    this_day,
    this_fiscal_quarter,
    this_fiscal_year,
    this_month,
    this_quarter,
    this_week,
    this_year,
)
from segmentary.language.scalars import parse_date
from segmentary.language.tree import (
    Base,
    EntityType,
    History,
    Part,
    Rule,
    SegmentationDefinition,
    SegmentDefinition,
    Sensitivity,
    TraitDefinition,
    Value,
    ValueType,
)

# fmt: off
__all__ = [
    "Condition", "Events", "Model", "People", "Quantity", "Sessions", "Steps", "all_of", "any_of", "between", "bottom",
    "case", "consent", "constant", "dates", "define_segment", "define_segmentation", "define_trait", "end_of", "events",
    "fact", "first_known", "ids", "last", "members_of", "model", "near", "no", "part", "previous", "previous_day",
    "previous_fiscal_quarter", "previous_fiscal_year", "previous_month", "previous_quarter", "previous_week",
    "previous_year", "prop", "related", "rule_of", "sample", "segment", "sequence", "session", "sessions", "since",
    "since_entering", "sliding", "step", "this", "this_day", "this_fiscal_quarter", "this_fiscal_year", "this_month",
    "this_quarter", "this_week", "this_year", "top", "trait", "value_of",
]
# fmt: on


def define_segment(
    name: str,
    where: Condition | Rule | str,
    *,
    title: str = "",
    purpose: str = "",
    entity: EntityType = "customer",
    timezone: str | None = None,
    base: Base = "other",
    tags: Iterable[str] = (),
    history: dt.date | str | None = None,
) -> SegmentDefinition:
    """Return a named rule."""
    return SegmentDefinition(
        name, rule_of(where), title, purpose, entity, timezone, base, tuple(tags), history_of(history)
    )


def define_segmentation(
    name: str,
    *parts: Part,
    otherwise: str,
    title: str = "",
    purpose: str = "",
    entity: EntityType = "customer",
    timezone: str | None = None,
    base: Base = "other",
    tags: Iterable[str] = (),
    history: dt.date | str | None = None,
) -> SegmentationDefinition:
    """Return an ordered list of segments, made with `part`: the first that matches wins, the rest is ``otherwise``."""
    return SegmentationDefinition(
        name, parts, otherwise, title, purpose, entity, timezone, base, tuple(tags), history_of(history)
    )


def history_of(wanted: dt.date | str | None) -> History:
    """Return which past is to be computed: ``"all"``, that since a day, or none."""
    if wanted is None or wanted == "none":
        return None
    return "all" if wanted == "all" else parse_date(wanted) if isinstance(wanted, str) else wanted


def part(name: str, where: Condition | Rule, *, title: str = "") -> Part:
    """Return one segment of a segmentation."""
    return Part(name, rule_of(where), title)


def define_trait(
    name: str,
    value: Quantity | Value,
    type: ValueType,  # noqa: A002 - the word of the written form
    *,
    title: str = "",
    unit: str = "",
    base: Base = "behavioural",
    timezone: str | None = None,
    sensitivity: Sensitivity = "ordinary",
    description: str = "",
) -> TraitDefinition:
    """Return a named value."""
    return TraitDefinition(name, value_of(value), type, title, unit, base, timezone, sensitivity, description)
