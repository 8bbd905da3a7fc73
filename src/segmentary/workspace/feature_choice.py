"""Which features and attributes a prediction may be made of: only what was known before the moment, never a score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import UsageError
from segmentary.language.tree import (
    All,
    Case,
    Constant,
    ModelValue,
    Rule,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.walk import walk
from segmentary.schema import CUSTOMER_ATTRIBUTES, EVENTS, PREDICTIONS
from segmentary.workspace.scoring import outputs_in_force
from segmentary.workspace.variables import matching

if TYPE_CHECKING:
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.workspace import Workspace

Asked: TypeAlias = "Sequence[str] | Literal['auto', 'none']"
UNCHANGING = frozenset({"birth_date", "birthdate", "date_of_birth", "birthday", "birth_year", "year_of_birth"})
"""Undated attributes that cannot have changed: they say when somebody was born."""
FEWEST_PEOPLE, MOST_DISTINCT = 20, 200
SEGMENTS = (SegmentAt, SegmentDuring, SegmentMoved, SegmentReference)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which features and attributes are used, and what was left out."""

    features: Mapping[str, TraitDefinition]
    attributes: Mapping[str, ValueType]
    findings: tuple[Finding, ...]


def choose_features(
    workspace: Workspace,
    as_of: dt.datetime,
    *,
    attributes: Asked = "auto",
    also: Sequence[str] = (),
    outcome: Rule | None = None,
) -> Chosen:
    """Return the standard features this data allows, the attributes that may be used, and what was left out.

    Only what was there before `as_of` (of several moments the earliest) decides; windows are no longer than the data
    reach back then, so that a feature means the same at every moment.

    Parameters
    ----------
    attributes : ``auto`` (every one that is dated, and when somebody was born), ``none``, or names and patterns; one
        that is asked for by name is used although it is undated, with a warning.
    also : computed traits of the workspace to use beside the standard ones.
    outcome : what is to be predicted: how often and how lately it happened before are features, too.

    Raises
    ------
    UnknownNameError
        when an attribute or trait is none.
    UsageError
        when one is a score of a model or prediction, or a trait that asks for one.
    """
    from segmentary.models.predict.features import history_features, standard_features, with_parts

    workspace.derived.ensure()
    seen = dict(workspace.warehouse.rows(events_before(as_of)))
    reach = (as_of.replace(tzinfo=None) - min(seen.values()).replace(tzinfo=None)).days if seen else None
    words = workspace.derived.vocabulary({}, frozenset(), frozenset())
    words = replace(words, events={name: known for name, known in words.events.items() if name in seen})
    given, findings = choose_attributes(workspace, as_of, attributes)
    created = {"created_at": words.traits["created_at"]} if "created_at" in words.traits else {}
    features = standard_features(replace(words, traits=created), reach_days=reach)
    if outcome is not None:
        entered = segments_entered(workspace, outcome)
        features |= history_features(All((outcome, *entered.values())), reach_days=reach)
        features |= membership_features(entered)
    held = workspace.traits_defined()
    for name in matching(also, list(held), what="computed trait", see="see `segmentary traits`") if also else ():
        features |= with_parts([name], held)
    features = {name: one for name, one in features.items() if name not in given}
    check_features(workspace, features)
    return Chosen(features, given, tuple(findings))


def segments_entered(workspace: Workspace, outcome: Rule) -> dict[str, Rule]:
    """Return the rules of the segments whose entry or exit an outcome asks for."""
    held = workspace.segments_defined()
    names = dict.fromkeys(node.name for node in walk(outcome) if isinstance(node, SegmentMoved))
    return {name: held[name].where for name in names if name in held}


def membership_features(entered: Mapping[str, Rule]) -> dict[str, TraitDefinition]:
    """Return whether somebody satisfies the rule of a segment as of the moment: who is in it cannot enter it.

    Not of rules that ask for models or other segments: these may know what came later.
    """
    found = {}
    for place, (segment, rule) in enumerate(entered.items()):
        if any(isinstance(node, (ModelValue, *SEGMENTS)) for node in walk(rule)):
            continue
        name = "is_in" if not place else f"is_in{place + 1}"
        value = Case(((rule, Constant(Decimal(1))),), Constant(Decimal(0)))
        found[name] = TraitDefinition(name, value, "number", f"is in {segment} already (1: yes)")
    return found


def events_before(as_of: dt.datetime) -> exp.Select:
    """Return the sorts of events that happened before a moment, and when each was first seen."""
    happened = exp.column("happened_at", quoted=True)
    name = exp.column("name", quoted=True)
    events = exp.table_(EVENTS.name, quoted=True)
    before = exp.LT(this=happened, expression=literal(as_of))
    first = exp.Min(this=happened.copy()).as_("first_at")
    return exp.select(name, first).from_(events).where(before).group_by(name.copy())


def check_features(workspace: Workspace, features: Mapping[str, TraitDefinition]) -> None:
    """Refuse features that are or ask for what models say, or for segments: these may know what came later.

    Raises
    ------
    UsageError
        naming the feature.
    """
    scores = scored_names(workspace)
    for name, definition in features.items():
        for node in walk(definition):
            asks = node.name if isinstance(node, TraitValue) and node.name in scores else ""
            if isinstance(node, ModelValue) or asks or name in scores:
                said = asks or (node.model if isinstance(node, ModelValue) else name)
                raise UsageError(
                    f"{name} asks what a model says ({said}): a score is no feature",
                    hint="use what the score is made of",
                )
            if isinstance(node, SEGMENTS):
                message = f"{name} asks for a segment: segments by the log or of models may know what came later"
                raise UsageError(message, hint="write the segment's rule into the trait")


def scored_names(workspace: Workspace) -> set[str]:
    """Return every attribute that is a score: of predictions, and of found segments."""
    source = exp.EQ(this=exp.column("source", quoted=True), expression=literal(PREDICTIONS))
    told = exp.select(exp.column("name", quoted=True)).distinct()
    rows = workspace.warehouse.rows(told.from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)).where(source))
    return {name for (name,) in rows} | set(outputs_in_force(workspace.ledger))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an attribute before a moment: values, how many undated, how many different."""

    values: int
    undated: int
    distinct: int


def attribute_facts(workspace: Workspace, as_of: dt.datetime) -> dict[str, Facts]:
    """Count, by attribute, what held before a moment; scores are no attributes here."""
    since = exp.column("valid_from", quoted=True)
    dated = exp.Case().when(since.is_(exp.null()), literal(1)).else_(literal(0))
    query = (
        exp.select(exp.column("name", quoted=True))
        .select(
            exp.Count(this=exp.Star()).as_("n"),
            exp.Sum(this=dated).as_("undated"),
            exp.Count(this=exp.Distinct(expressions=[exp.column("value", quoted=True)])).as_("levels"),
        )
        .from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
        .where(exp.or_(since.copy().is_(exp.null()), exp.LT(this=since.copy(), expression=literal(as_of))))
        .where(exp.NEQ(this=exp.column("source", quoted=True), expression=literal(PREDICTIONS)))
        .group_by(exp.column("name", quoted=True))
    )
    return {
        name: Facts(int(n), int(undated), int(levels)) for name, n, undated, levels in workspace.warehouse.rows(query)
    }


def choose_attributes(
    workspace: Workspace, as_of: dt.datetime, asked: Asked
) -> tuple[dict[str, ValueType], list[Finding]]:
    """Return the attributes to use with their types, and which were left out."""
    from segmentary.models.table.findings import Finding

    if asked == "none":
        return {}, []
    facts, types = attribute_facts(workspace, as_of), workspace.derived.attribute_types()
    scores = scored_names(workspace)
    findings: list[Finding] = []
    if asked != "auto":
        names = matching([asked] if isinstance(asked, str) else asked, list(types), what="attribute", see="")
        for name in names:
            if name in scores:
                raise UsageError(f"{name} is a score: it is no feature", hint="use what the score is made of")
            if types[name] not in ("number", "text", "boolean"):
                hint = f"make a trait of the days since it (`days since {name}`) and name that"
                raise UsageError(f"{name} is a {types[name]}: no feature as it stands", hint=hint)
        undated = tuple(name for name in names if name in facts and facts[name].undated)
        if undated:
            message = f"{', '.join(undated)}: undated, so the model may know what became true only later."
            findings.append(Finding("undated", "warning", message, "give them dates, or leave them out", undated))
        return {name: types[name] for name in names}, findings
    usable: dict[str, ValueType] = {}
    undated_names = []
    for name in sorted(facts):
        kind = types.get(name)
        if name in scores or kind not in ("number", "text", "boolean") or facts[name].values < FEWEST_PEOPLE:
            continue
        if facts[name].undated and name not in UNCHANGING:
            undated_names.append(name)
        elif kind != "text" or facts[name].distinct <= MOST_DISTINCT:
            usable[name] = kind
    if undated_names:
        shown = ", ".join(undated_names[:12]) + (" ..." if len(undated_names) > 12 else "")
        message = f"Left out, because undated (nobody can tell whether they were so before the moment): {shown}."
        hint = "load them with dates, or name those that cannot have changed as attributes"
        findings.append(Finding("undated", "note", message, hint, tuple(undated_names)))
    return usable, findings
