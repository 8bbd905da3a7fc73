"""The relations a compiled plan reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Inputs:
    """Tables by what they hold; all of them hold only what was known. What no definition asks for may be missing.

    universe : customer_id (the entity's id).
    profile : customer_id and the given columns.
    events : as `schema.EVENTS`.
    activity, traits : what `Plan.activity` and `Plan.trait_values` gave.
    attributes : customer_id, name, value, value_type, valid_from, valid_to, known_at: all versions.
    decisions : customer_id, purpose, channel, granted, happened_at, known_at.
    entries : segment, customer_id, entered, valid_at, detected_at: the membership log.
    belongings : customer_id, group_kind, group_id, valid_from, valid_to, known_at.
    places : list_name, name, latitude, longitude.
    references : table_name, id, name, value.
    moments : for every membership of another moment (`Plan.moments`), its members: customer_id.
    related : in a plan of groups, for every rule about members (`Plan.related`), who satisfies it: customer_id.
    """

    universe: exp.Table
    profile: exp.Table
    events: exp.Table
    activity: exp.Table | None = None
    traits: exp.Table | None = None
    attributes: exp.Table | None = None
    decisions: exp.Table | None = None
    entries: exp.Table | None = None
    belongings: exp.Table | None = None
    places: exp.Table | None = None
    references: exp.Table | None = None
    moments: Mapping[str, exp.Table] = field(default_factory=dict)
    related: Mapping[str, exp.Table] = field(default_factory=dict)
