"""Hold definitions against the data: conditions that are always or never true, values never seen, near-duplicates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.lint import Finding, lint
from segmentary.language.tree import (
    All,
    Compare,
    Context,
    Definition,
    EventFilter,
    Not,
    PropertyValue,
    Rule,
    SegmentationDefinition,
    SegmentDefinition,
    TraitValue,
)
from segmentary.language.walk import walk
from segmentary.schema import EVENTS
from segmentary.workspace.coverage import Coverage, Gap
from segmentary.workspace.definitions import read_files
from segmentary.workspace.evaluating import in_force
from segmentary.workspace.judging import Judged, judging
from segmentary.workspace.known_traits import known_traits

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

# A property with more values than this is not counted whole, and then nothing is concluded from it.
COUNTED_VALUES = 5_000
COUNTED_PROPERTIES = ("category", "brand", "channel", "product_id", "source")
SUBJECT, STRICT = "lint subject", "lint strict"


@dataclass(frozen=True, slots=True)
class Lint:
    """What one definition makes a careful reader ask. ``place`` is file, line and column where it is known."""

    definition: str
    place: str
    severity: str
    message: str
    hint: str


def lint_files(workspace: Workspace, path: Path) -> list[Lint]:
    """Lint the definitions of a file or folder, in the order they are written."""
    found: list[Lint] = []
    for one in read_files(path).parsed:
        for finding in findings(workspace, one.definition):
            place = one.place(finding.pointer)
            found.append(
                Lint(
                    one.definition.name,
                    str(place or finding.pointer),
                    finding.severity,
                    finding.message,
                    finding.hint or "",
                )
            )
    return found


def findings(workspace: Workspace, definition: Definition) -> list[Finding]:
    """Lint one definition against what the data says at the newest run's moment, or now."""
    run = workspace.last_run()
    context = workspace.context(run.as_of if run is not None else None)
    found = lint(definition, facts(workspace, definition, context))
    gap = unanswerable(workspace, definition, context)
    return found if gap is None else [*found, Finding(gap.question.pointer, gap.reason, gap.hint)]


def unanswerable(workspace: Workspace, definition: Definition, context: Context) -> Gap | None:
    """Return what a definition asks the log about a time before it begins, by itself or by what it rests on."""
    if isinstance(definition, SegmentationDefinition):
        return None
    return Coverage(workspace.ledger, in_force(workspace), context).gap(definition.name, definition)


def facts(workspace: Workspace, definition: Definition, context: Context) -> Facts:
    """Count what a lint of one definition asks for."""
    population = len_of(workspace)
    told = Facts(
        context,
        population=population,
        traits=trait_facts(workspace, population),
        events=event_facts(workspace, definition, context),
    )
    if not isinstance(definition, SegmentDefinition):
        return told
    coverage = Coverage(workspace.ledger, in_force(workspace), context)
    if coverage.gap(definition.name, definition) is not None:
        return told
    others = {
        name: one
        for name, one in workspace.segments_defined().items()
        if name != definition.name and coverage.gap(name, one) is None
    }
    strict = with_values(definition.where)
    asked = {SUBJECT: definition} | ({STRICT: definition} if strict is not None else {})
    renamed = {
        name: replace(one, name=name, where=strict if name == STRICT and strict else one.where)
        for name, one in asked.items()
    }
    with judging(workspace, {**others, **renamed}, context, prefix="lint") as judged:
        sizes, shared = together(workspace, judged, (*others, *renamed), tuple(others))
        population = judged.base(definition)
    members = sizes[SUBJECT]
    return Facts(
        context,
        population=population,
        traits=told.traits,
        events=told.events,
        sizes={name: sizes[name] for name in others},
        members=members,
        through_missing=members - sizes[STRICT] if STRICT in sizes else 0,
        overlaps={
            name: Decimal(both) / (members + sizes[name] - both)
            for name, both in shared.items()
            if members + sizes[name] - both
        },
    )


def len_of(workspace: Workspace) -> int:
    return int(
        workspace.warehouse.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_("customers", quoted=True)))
    )


def trait_facts(workspace: Workspace, population: int) -> dict[str, TraitFacts]:
    """Take what the catalogue of traits knows."""
    found = {}
    for trait in known_traits(workspace).values():
        filled = None if trait.fill_rate is None else round(trait.fill_rate * population)
        complete = filled is not None and sum(count for _, count in trait.top_values) == filled > 0
        found[trait.name] = TraitFacts(trait.type, filled, trait.low, trait.high, trait.top_values, complete)
    return found


def event_facts(workspace: Workspace, definition: Definition, context: Context) -> dict[str, EventFacts]:
    """Count the events before as-of, and all values of the properties a definition compares."""
    events = exp.table_(EVENTS.name, quoted=True)
    at = exp.column("happened_at", quoted=True)
    query = (
        exp.select("name", exp.Count(this=exp.Star()), exp.Min(this=at), exp.Max(this=at.copy()))
        .from_(events)
        .where(at.copy() < literal(context.as_of))
        .group_by("name")
    )
    values = {name: property_values(workspace, name, wanted) for name, wanted in compared(definition).items()}
    return {
        name: EventFacts(count, aware(oldest), aware(newest), values.get(name, {}))
        for name, count, oldest, newest in workspace.warehouse.rows(query)
    }


def compared(definition: Definition) -> dict[str, set[str]]:
    """Return, per event name, the built-in properties a definition's filters compare."""
    found: dict[str, set[str]] = {}
    for node in walk(definition):
        if isinstance(node, EventFilter) and node.where is not None:
            names = {
                part.path[0] for part in walk(node.where) if isinstance(part, PropertyValue) and len(part.path) == 1
            }
            for event in node.names:
                found.setdefault(event, set()).update(names & set(COUNTED_PROPERTIES))
    return found


def property_values(workspace: Workspace, event: str, names: Iterable[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    found = {}
    for name in sorted(names):
        query = (
            exp.select(exp.column(name, quoted=True), exp.Count(this=exp.Star()))
            .from_(exp.table_(EVENTS.name, quoted=True))
            .where(
                exp.column("name", quoted=True).eq(literal(event)), exp.column(name, quoted=True).is_(exp.null()).not_()
            )
            .group_by(exp.column(name, quoted=True))
            .limit(COUNTED_VALUES + 1)
        )
        rows = workspace.warehouse.rows(query)
        if len(rows) <= COUNTED_VALUES:
            found[name] = tuple((str(value), int(count)) for value, count in rows)
    return found


def with_values(where: Rule) -> Rule | None:
    """Return the rule for those only whose negated traits are known; None when nothing is negated."""
    compared_under_not = (
        part
        for node in walk(where)
        if isinstance(node, Not)
        for part in walk(node.rule)
        if isinstance(part, Compare) and part.operator not in ("exists", "missing")
    )
    negated = dict.fromkeys(part.value for part in compared_under_not if isinstance(part.value, TraitValue))
    if not negated:
        return None
    return All((where, *(Compare(trait, "exists") for trait in negated)))


def together(
    workspace: Workspace, judged: Judged, names: tuple[str, ...], others: tuple[str, ...]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the size of every segment, and how many people each shares with the subject."""
    table, columns = judged.flags()
    query = exp.Select().from_(exp.table_(table, quoted=True))
    for name in names:
        query = query.select(counted(columns[name]), copy=False)
    for name in others:
        query = query.select(counted(columns[name], columns[SUBJECT]), copy=False)
    row = workspace.warehouse.rows(query)[0]
    return dict(zip(names, row, strict=False)), dict(zip(others, row[len(names) :], strict=True))


def counted(*columns: str) -> exp.Expr:
    test = exp.and_(*(exp.column(name, quoted=True) for name in columns))
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=test))


def aware(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment is not None else None
