"""The relations an evaluation reads, limited to what was known: views, made only where a definition asks for them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.language.inputs import Inputs
from segmentary.language.tree import (
    Consent,
    Context,
    Had,
    HasBeen,
    Near,
    Rank,
    ReferenceValue,
    Related,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SinceEntry,
    TraitAtEvent,
    TraitDefinition,
)
from segmentary.language.walk import walk
from segmentary.profiles.consent import decisions_query
from segmentary.schema import (
    BELONGINGS,
    CUSTOMER_ATTRIBUTES,
    CUSTOMER_CONSENTS,
    GROUP_ATTRIBUTES,
    MEMBERSHIP_LOG,
    PLACES,
    REFERENCE_VALUES,
)

DECISION = tuple(name for name in CUSTOMER_CONSENTS.names if name != "source")
ASKING: dict[str, tuple[type, ...]] = {
    "attributes": (HasBeen, Had, TraitAtEvent),
    "decisions": (Consent,),
    "entries": (SegmentAt, SegmentDuring, SegmentMoved, SinceEntry, Rank),
    "belongings": (Related,),
    "places": (Near,),
    "references": (ReferenceValue,),
}
"""Which nodes read which relation."""


def asked(definitions: Iterable[SegmentDefinition | TraitDefinition]) -> set[str]:
    """Return the relations beside profile and events that definitions read."""
    kinds = {type(node) for definition in definitions for node in walk(definition)}
    return {name for name, nodes in ASKING.items() if kinds & set(nodes)}


def gathered(engine: Engine, inputs: Inputs, names: set[str], context: Context, prefix: str) -> Inputs:
    """Return the inputs of a plan of customers with the relations it asks for."""
    held = {
        "attributes": (CUSTOMER_ATTRIBUTES.name, "known_at"),
        "entries": (MEMBERSHIP_LOG.name, "detected_at"),
        "belongings": (BELONGINGS.name, "known_at"),
        "places": (PLACES.name, None),
        "references": (REFERENCE_VALUES.name, None),
    }
    found = {}
    for name, (table, moment) in held.items():
        if name in names:
            query = exp.select("*").from_(exp.table_(table, quoted=True))
            found[name] = as_known(engine, f"{prefix}_{name}", query, context, moment)
    if "decisions" in names:
        decided = exp.select(*(exp.column(name, quoted=True) for name in DECISION))
        query = decided.from_(decisions_query().subquery("decided"))
        found["decisions"] = as_known(engine, f"{prefix}_decisions", query, context, "known_at")
    return Inputs(
        universe=inputs.universe,
        profile=inputs.profile,
        events=inputs.events,
        activity=inputs.activity,
        traits=inputs.traits,
        moments=inputs.moments,
        related=inputs.related,
        **found,
    )


def group_attributes(engine: Engine, kind: str, context: Context, prefix: str) -> exp.Table:
    """Return the attributes of accounts (households) in time, in the shape of those of customers."""
    names = [name for name in CUSTOMER_ATTRIBUTES.names if name != "customer_id"]
    query = exp.select(exp.column("group_id", quoted=True).as_("customer_id", quoted=True))
    query = query.select(*(exp.column(name, quoted=True) for name in names)).from_(
        exp.table_(GROUP_ATTRIBUTES.name, quoted=True)
    )
    query = query.where(exp.EQ(this=exp.column("group_kind", quoted=True), expression=literal(kind)))
    return as_known(engine, f"{prefix}_attributes", query, context, "known_at")


def as_known(engine: Engine, name: str, query: exp.Select, context: Context, moment: str | None) -> exp.Table:
    """Return a view of what was known of a relation at the context's moment of knowledge."""
    if moment is not None and context.known_at is not None:
        query = query.where(exp.LTE(this=exp.column(moment, quoted=True), expression=literal(context.known_at)))
    make_view(engine, name, query)
    return exp.table_(name, quoted=True)


def make_view(engine: Engine, name: str, query: exp.Query) -> None:
    """Make a temporary view, in place of an older one."""
    engine.execute(
        exp.Create(
            this=exp.table_(name, quoted=True),
            kind="VIEW",
            expression=query,
            replace=True,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )
    )
