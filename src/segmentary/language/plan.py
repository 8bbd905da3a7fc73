"""The plan: all computed traits and segments as three queries that share everything that can be shared.

``activity`` is one pass over the events; ``trait_values`` and ``memberships`` are one row per customer of the universe.
Each definition becomes one column exactly once; what depends on it stands one layer further out, so that a reference is
a column and never a repetition. Columns are numbered (``a0``, ``t0``, ``s0``); no name of a user ever becomes one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlglot import exp

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.aggregates import Activity
from segmentary.language.inputs import Inputs
from segmentary.language.layers import Layers
from segmentary.language.packed_activity import PackedActivity
from segmentary.language.parts import Aggregate
from segmentary.language.tree import Context, EntityType, Rule, SegmentDefinition, TraitDefinition, ValueType


@dataclass(frozen=True, slots=True)
class Given:
    """A column of the relation `profile`: an attribute or a model's output."""

    column: str
    type: ValueType


class Plan:
    """Everything to compute, compiled.

    The relations are handed in as `Inputs`; the given columns of ``profile`` are text, exact decimals, booleans, dates,
    UTC timestamps and lists as JSON text; ``events`` holds what was known, each event once.

    Attributes
    ----------
    aggregates : the distinct aggregates over the events.
    trait_columns, segment_columns : definition name to column.
    """

    def __init__(self, layers: Layers, activity: Activity) -> None:
        self.layers = layers
        self.collected = activity
        self.trait_columns = dict(layers.trait_columns)
        self.segment_columns = dict(layers.segment_columns)

    @classmethod
    def build(
        cls,
        *,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        given: Mapping[str, Given],
        context: Context,
        lists: Mapping[str, tuple[str, ...]] | None = None,
        entity: EntityType = "customer",
    ) -> Plan:
        """Compile all definitions about one kind of entity.

        Raises
        ------
        UnknownNameError
            when a definition mentions a trait, segment or list that is not there.
        CycleError
            when definitions refer to each other in a circle.
        DefinitionError
            when a definition has no meaning, naming it.
        """
        types: dict[str, ValueType] = {name: one.type for name, one in given.items()}
        types |= {name: definition.type for name, definition in traits.items()}
        activity = Activity(context, types, frozenset(traits))
        places = {name: (one.column, one.type) for name, one in given.items()}
        layers = Layers(context, segments, traits, places, types, lists or {}, activity, entity)
        for name, trait in traits.items():
            with naming(f"trait {name!r}"):
                layers.add_trait(name, trait)
        for name, segment in segments.items():
            with naming(f"segment {name!r}"):
                layers.add_segment(name, segment)
        layers.settle()
        return cls(layers, activity)

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The distinct aggregates, each computed once."""
        return tuple(self.collected.found.values())

    @property
    def moments(self) -> Mapping[str, tuple[str, dt.datetime]]:
        """Every membership of another moment that is evaluated: key to (key of the segment's definition, instant)."""
        return self.layers.moments

    @property
    def related(self) -> Mapping[str, tuple[Rule, str | None]]:
        """In a plan of groups, every rule about their members: key to (rule about customers, time zone)."""
        return self.layers.related

    def activity(self, inputs: Inputs) -> exp.Select:
        """Return the shared pass: one row per customer with events, ``customer_id`` and ``a0`` ... ``an``."""
        return self.collected.query(inputs)

    def packed_activity(self) -> PackedActivity:
        """Return the same by a kernel, for an engine that gives events as they are stored, customer by customer."""
        return PackedActivity(self.collected)

    def trait_values(self, inputs: Inputs) -> exp.Query:
        """Return one row per customer of the universe: ``customer_id`` and every computed trait (`trait_columns`)."""
        return self.layers.query(list(self.trait_columns.values()), replace(inputs, traits=None))

    def memberships(self, inputs: Inputs) -> exp.Query:
        """Return one row per customer of the universe: ``customer_id``, a boolean per segment (`segment_columns`)."""
        return self.layers.query(list(self.segment_columns.values()), inputs)


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Let an error about a definition's content name the definition."""
    try:
        yield
    except UnknownNameError as error:
        error.add_note(f"in {what}")
        raise
    except DefinitionError as error:
        if error.place is not None or error.pointer is not None:
            raise
        raise type(error)(error.reason, hint=error.hint, pointer=what) from error
