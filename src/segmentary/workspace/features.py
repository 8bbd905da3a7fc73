"""People as they were known at a moment of the past, and what came after: what predictions learn from.

Leakage is impossible by construction, not by care: features are definitions of the language evaluated as of the moment
(`Context.as_of`), attributes count only where they are dated, or on a short list of what does not change; the people
are those of whom something dated before the moment is known; what predictions and models say is never a feature.
Outcomes are the same language, evaluated as of the end of the horizon, over events from the moment on.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.tree import (
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    PropertyValue,
    Rule,
    SegmentDefinition,
    SegmentMoved,
    TraitDefinition,
    ValueType,
)
from segmentary.ledger.definitions import lists
from segmentary.schema import CUSTOMERS, ORDER_COMPLETED
from segmentary.workspace.asking import rule_of
from segmentary.workspace.evaluating import Definitions, evaluate_segments
from segmentary.workspace.evaluation import Evaluation
from segmentary.workspace.feature_choice import check_features, scored_names

if TYPE_CHECKING:
    from segmentary.language.expressions import Condition
    from segmentary.models.predict.features import FeatureTable
    from segmentary.workspace.workspace import Workspace

Ruled: TypeAlias = "str | Condition | Rule"
SAMPLE = 50_000
PREFIX = "past"
NAME = "the outcome/typed"
ENTERS = re.compile(r'\s*enters\s+(?:segment\s+)?("[^"]+"|[\w.@-]+)\s*')


# ---------------------------------------------------------------- tables


def feature_table(
    workspace: Workspace,
    features: Mapping[str, TraitDefinition],
    attributes: Mapping[str, ValueType] | Sequence[str],
    as_of: dt.datetime | Context,
    *,
    within: Ruled | None = None,
    sample: int | None = SAMPLE,
    seed: int = 0,
) -> FeatureTable:
    """Return people of whom something dated before a moment is known, with features as of it.

    Parameters
    ----------
    features : definitions; those of `segmentary.models.predict.features.standard_features`, or any.
    attributes : attributes to add, by name (and type).
    as_of : the moment, in UTC.
    within : only who satisfies this rule as of the moment.
    sample : at most so many people, the first by a hash of (seed, id), so that samples of two moments hold the same
        people where they can; None: everybody.

    Raises
    ------
    NoAnswerError
        when there is nobody.
    UsageError
        when a feature is a score, or asks for one.
    """
    from segmentary.models.predict.features import FeatureTable, typed_features

    context = as_of if isinstance(as_of, Context) else workspace.context(as_of)
    workspace.derived.ensure()
    check_features(workspace, features)
    known = workspace.derived.attribute_types()
    scores = scored_names(workspace) if attributes else set()
    for name in attributes:
        if name not in known:
            raise UnknownNameError("attribute", name, known)
        if name in scores:
            raise UsageError(f"{name} is a score: it is no feature", hint="use what the score is made of")
    given = {name: known[name] for name in attributes if name not in features}
    definitions = Definitions({}, features, lists(workspace.ledger))
    names = [*features, *given]
    evaluation = evaluate_segments(workspace, {}, context, definitions=definitions, traits=names, prefix=PREFIX)
    types: dict[str, ValueType] = {name: one.type for name, one in features.items()} | given
    query = people_query(evaluation, types, context)
    if within is not None:
        query = query.where(inside(workspace, within, context))
    engine = workspace.warehouse
    size = engine.create_as(f"{PREFIX}_people", query, temporary=True)
    if not size:
        raise nobody(context, asked=within is not None)
    frame = engine.table(sampled(types, size, sample, seed))
    for part in ("people", "within_flags"):
        engine.drop(f"{PREFIX}_{part}")
    titles = {name: one.title for name, one in features.items()}
    table = typed_features(frame, types, titles)
    return FeatureTable(table, context.as_of, types, dict(features), given, size)


def nobody(context: Context, *, asked: bool) -> NoAnswerError:
    """Return that there is nobody by a moment; asked: nobody who satisfies the rule then."""
    day = f"{context.as_of:%Y-%m-%d}"
    if asked:
        hint = "they are chosen as of each moment of the past: scores and undated facts may not have been there"
        return NoAnswerError(f"nobody known by {day} is among those asked for then", hint=hint)
    return NoAnswerError(f"nobody is known by {day}", hint="take a later moment, or load older data")


def people_query(evaluation: Evaluation, types: Mapping[str, ValueType], context: Context) -> exp.Select:
    """Return one row per person of whom something dated is known: id and features, numbers as binary fractions.

    The undated whom no event makes known are left out: to be there without one would tell that none came later either.
    """
    from segmentary.workspace.variables import columns_query

    query = columns_query(evaluation, types, None)
    query.set("order", None)
    seen = exp.column("first_seen_at", quoted=True)
    dated = (
        exp.select(exp.column("customer_id", quoted=True))
        .from_(exp.table_(CUSTOMERS.name, quoted=True))
        .where(exp.LT(this=seen, expression=literal(context.as_of)))
    )
    key = exp.column("customer_id", table="everybody", quoted=True)
    return query.where(exp.In(this=key, query=dated.subquery()))


def inside(workspace: Workspace, rule: Ruled, context: Context) -> exp.Expr:
    """Evaluate a rule as of the moment; return the condition that somebody satisfies it."""
    definition = SegmentDefinition(NAME, rule_of(workspace, rule))
    evaluation = evaluate_segments(workspace, {NAME: definition}, context, prefix=f"{PREFIX}_within")
    members = exp.select(exp.column("customer_id", quoted=True)).from_(exp.table_(evaluation.flags, quoted=True))
    members = members.where(exp.column(evaluation.segment_columns[NAME], quoted=True))
    workspace.warehouse.create_as(f"{PREFIX}_members", members, temporary=True)
    chosen = exp.select(exp.column("customer_id", quoted=True)).from_(exp.table_(f"{PREFIX}_members", quoted=True))
    return exp.In(this=exp.column("customer_id", table="everybody", quoted=True), query=chosen.subquery())


def sampled(types: Mapping[str, ValueType], size: int, sample: int | None, seed: int) -> exp.Select:
    """Return the people of a sample in the order of their ids, each column by its name."""
    key = exp.column("customer_id", quoted=True)
    columns = [key, *(exp.column(name, quoted=True) for name in types)]
    query = exp.select(*columns).from_(exp.table_(f"{PREFIX}_people", quoted=True))
    if sample is None or size <= sample:
        return query.order_by(key.copy())
    salted = exp.Anonymous(this="concat", expressions=[literal(f"{seed}:"), key.copy()])
    digest = exp.Anonymous(this="left", expressions=[exp.Anonymous(this="sha256", expressions=[salted]), literal(15)])
    drawn = query.order_by(digest, key.copy()).limit(sample)
    return exp.select(*(one.copy() for one in columns)).from_(drawn.subquery("drawn")).order_by(key.copy())


# ---------------------------------------------------------------- outcomes


def read_outcome(workspace: Workspace, rule: Ruled) -> Rule:
    """Return the tree of an outcome: any rule of the language, YAML of one, or ``enters SEGMENT``."""
    if isinstance(rule, str):
        entered = ENTERS.fullmatch(rule)
        if entered is not None:
            name = entered.group(1).strip('"')
            held = workspace.segments_defined()
            if name not in held:
                raise UnknownNameError("segment", name, held, see="see `segmentary segment list`")
            return SegmentMoved(name, "entered")
        if "\n" in rule.strip() or rule.lstrip().startswith("{"):
            return rule_of(workspace, yaml_rule(rule))
    return rule_of(workspace, rule)


def yaml_rule(text: str) -> Rule:
    """Return the rule a YAML text says."""
    import yaml

    from segmentary.language.documents import parse_rule

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"the outcome is no YAML: {str(error).splitlines()[0]}") from error
    return parse_rule(document)


def outcomes(workspace: Workspace, rule: Ruled, cutoff: dt.datetime | Context, horizon_days: int) -> dict[str, bool]:
    """Say of everybody whether a rule came true within the days from a moment on.

    rule : any rule of the language about events, such as ``did product_purchased where (category = "shoes")``, a
    sequence, ``not did order_completed``, or ``enters vip``. Its events are those from the moment (included) until the
    end of the horizon (excluded).

    Raises
    ------
    UsageError
        when the rule has a window of its own, or is about how somebody is (`segmentary.models.predict.horizon`).
    """
    from segmentary.models.predict.horizon import over_horizon

    bound = over_horizon(read_outcome(workspace, rule), horizon_days)
    context = end_of(workspace, cutoff, horizon_days)
    definition = SegmentDefinition(NAME, bound)
    evaluation = evaluate_segments(workspace, {NAME: definition}, context, prefix=f"{PREFIX}_outcome")
    flag = exp.column(evaluation.segment_columns[NAME], quoted=True)
    query = exp.select(exp.column("customer_id", quoted=True), flag.as_("happened")).from_(
        exp.table_(evaluation.flags, quoted=True)
    )
    found = workspace.warehouse.table(query)
    return dict(
        zip(found.column("customer_id").to_pylist(), map(bool, found.column("happened").to_pylist()), strict=True)
    )


def amounts(
    workspace: Workspace, cutoff: dt.datetime | Context, horizon_days: int, *, event: str = ORDER_COMPLETED
) -> dict[str, float]:
    """Return what everybody spent within the days from a moment on: gross, 0 of nobody's order."""
    during = Last(Duration(horizon_days, "day"))
    value = EventMeasure(EventFilter((event,)), "sum", PropertyValue(("amount",)), during)
    definitions = Definitions({}, {NAME: TraitDefinition(NAME, value, "number")}, {})
    context = end_of(workspace, cutoff, horizon_days)
    evaluation = evaluate_segments(
        workspace, {}, context, definitions=definitions, traits=[NAME], prefix=f"{PREFIX}_outcome"
    )
    column = exp.cast(exp.column(evaluation.trait_columns[NAME], quoted=True), "double")
    query = exp.select(exp.column("customer_id", quoted=True), column.as_("amount")).from_(
        exp.table_(evaluation.traits, quoted=True)
    )
    found = workspace.warehouse.table(query)
    told = (0.0 if one is None else float(one) for one in found.column("amount").to_pylist())
    return dict(zip(found.column("customer_id").to_pylist(), told, strict=True))


def end_of(workspace: Workspace, cutoff: dt.datetime | Context, horizon_days: int) -> Context:
    """Return the end of the horizon."""
    if horizon_days < 1:
        raise UsageError(f"a horizon of {horizon_days} days", hint="at least one day")
    context = cutoff if isinstance(cutoff, Context) else workspace.context(cutoff)
    return replace(context, as_of=context.as_of + dt.timedelta(days=horizon_days))
