"""Columns that depend on columns: every definition is computed once, each layer from the one below it.

Most steps are expressions over the columns below. A step that needs more than its own row (what was, who else, where)
brings a relation of its own, made from the inputs or from the layer below, which is left-joined by customer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import CycleError, DefinitionError
from segmentary.language.aggregates import Activity
from segmentary.language.compile_people import Row
from segmentary.language.compile_values import unpacked
from segmentary.language.inputs import Inputs
from segmentary.language.parts import Aggregate, aliased
from segmentary.language.sql import (
    binary,
    choose,
    column,
    is_missing,
    number_type,
    try_cast,
)
from segmentary.language.tree import (
    Context,
    EntityType,
    EventMeasure,
    Rule,
    SegmentDefinition,
    TraitDefinition,
    ValueType,
)

Build = Callable[[Inputs, exp.Table], exp.Select]


@dataclass(frozen=True, slots=True)
class Step:
    """One computed column and the columns it is made of.

    build : gives, from the inputs and the layer below, a relation with one row per ``customer_id``, left-joined under
        the column's name, so that the expression can use its columns.
    after : segments whose definitions it rests on though no column of theirs is read: circles go through them too.
    """

    name: str
    expression: exp.Expr
    uses: frozenset[str]
    build: Build | None = None
    after: frozenset[str] = frozenset()


class Layers:
    """Compiles definitions into steps and stacks the steps into queries."""

    def __init__(
        self,
        context: Context,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        given: Mapping[str, tuple[str, ValueType]],
        types: Mapping[str, ValueType],
        lists: Mapping[str, tuple[str, ...]],
        activity: Activity,
        entity: EntityType = "customer",
    ) -> None:
        self.context = context
        self.segments = segments
        self.traits = traits
        self.given = given
        self.types = types
        self.lists = lists
        self.activity = activity
        self.entity = entity
        self.moments: dict[str, tuple[str, dt.datetime]] = {}
        self.related: dict[str, tuple[Rule, str | None]] = {}
        self.trait_columns = {name: f"t{i}" for i, name in enumerate(traits)}
        self.segment_columns = {name: f"s{i}" for i, name in enumerate(segments)}
        self.base: dict[str, exp.Expr] = {}
        self.given_columns: dict[tuple[str, bool], str] = {}
        self.shared: dict[Hashable, str] = {}
        self.steps: dict[str, Step] = {}
        self.depths: dict[tuple[str, bool], int] = {}

    def add_trait(self, name: str, definition: TraitDefinition) -> None:
        """Compile a computed trait."""
        row = Row(self, definition.timezone, None)
        value = row.value(definition.value, definition.type)
        if definition.type == "list":
            raise DefinitionError("a computed trait cannot be a list", hint="compute text, a number, a date, ...")
        place = self.trait_columns[name]
        self.steps[place] = Step(place, value, frozenset(row.uses), after=frozenset(row.after))

    def add_segment(self, name: str, definition: SegmentDefinition) -> None:
        """Compile a segment."""
        row = Row(self, definition.timezone, definition.name)
        truth = row.rule(definition.where)
        place = self.segment_columns[name]
        self.steps[place] = Step(place, truth, frozenset(row.uses), after=frozenset(row.after))

    def settle(self) -> None:
        """Refuse circles."""
        settled: set[str] = set()
        for name in self.steps:
            self.refuse_circles(name, (), settled)

    def refuse_circles(self, name: str, path: tuple[str, ...], settled: set[str]) -> None:
        """Refuse a column that rests on itself."""
        if name in path:
            raise self.cycle((*path[path.index(name) :], name))
        if name in settled or name not in self.steps:
            return
        step = self.steps[name]
        for other in sorted(step.uses | step.after):
            self.refuse_circles(other, (*path, name), settled)
        settled.add(name)

    def given_column(self, name: str, *, raw: bool) -> str:
        """Return the base column of a given trait: unpacked, or raw for a path into it."""
        if (name, raw) not in self.given_columns:
            place, kind = self.given[name]
            found = column(place, "profile")
            base = f"g{len(self.given_columns)}"
            self.base[base] = found if raw else unpacked(found, kind)
            self.given_columns[name, raw] = base
        return self.given_columns[name, raw]

    def aggregate_column(
        self, node: EventMeasure, kind: ValueType, timezone: str | None, *, presence: bool = False
    ) -> str:
        """Return the base column of a measure, where nothing happened means 0 for counts and sums.

        presence : it only matters whether it is 0.
        """
        return self.based(self.activity.aggregate(node, kind, timezone, presence=presence))

    def count_column(self, node: EventMeasure, timezone: str | None) -> str:
        """Return the base column of how many values a mean is of."""
        return self.based(self.activity.known_count(node, timezone))

    def based(self, one: Aggregate) -> str:
        """Return the base column of an aggregate; a customer without any event has 0 where nothing means 0."""
        if one.column not in self.base:
            found = column(one.column, "activity")
            if one.made.places is not None:
                # A sum beyond the bounds of all numbers is missing, and stays so.
                nobody = is_missing(column("customer_id", "activity"))
                found = choose((nobody, literal(0)), otherwise=found)
            elif one.made.zero:
                found = exp.Coalesce(this=found, expressions=[literal(0)])
            self.base[one.column] = found
        return one.column

    def related_key(self, rule: Rule, timezone: str | None) -> str:
        """Return under which key it is handed in which customers satisfy a rule about a group's members."""
        found = next((key for key, known in self.related.items() if known == (rule, timezone)), None)
        if found is None:
            found = f"related {len(self.related)}"
            self.related[found] = rule, timezone
        return found

    def share(self, key: Hashable, letter: str, make: Callable[[str], Step]) -> str:
        """Return the column of a step that several definitions may need, made at the first request of a key."""
        if key not in self.shared:
            name = f"{letter}{len(self.shared)}"
            # Its name is taken before it is made: what it is made of takes others.
            self.shared[key] = name
            self.steps[name] = make(name)
        return self.shared[key]

    def depth(self, name: str, *, traits_are_there: bool) -> int:
        """Return the layer of a column; the base is 0."""
        if name not in self.steps or (traits_are_there and name.startswith("t")):
            return 0
        key = name, traits_are_there
        if key not in self.depths:
            below = (self.depth(other, traits_are_there=traits_are_there) for other in self.steps[name].uses)
            self.depths[key] = 1 + max(below, default=0)
        return self.depths[key]

    def cycle(self, columns: Iterable[str]) -> CycleError:
        """Return the error for columns that are made of each other, by the definitions' names."""
        names = {place: f"trait {name}" for name, place in self.trait_columns.items()}
        names |= {place: f"segment {name}" for name, place in self.segment_columns.items()}
        steps = " -> ".join(names[place] for place in columns if place in names)
        return CycleError(f"definitions refer to each other in a circle: {steps}", hint="break one of the references")

    def query(self, wanted: list[str], inputs: Inputs) -> exp.Select:
        """Return ``customer_id`` and the wanted columns for everyone in the universe.

        Without ``inputs.traits`` the computed traits are computed here.
        """
        there = inputs.traits is not None
        needed = self.needed(wanted, traits_are_there=there)
        computed = [n for n in needed if n in self.steps and not (there and n.startswith("t"))]
        levels: dict[int, list[str]] = {}
        for name in computed:
            levels.setdefault(self.depth(name, traits_are_there=there), []).append(name)
        query = exp.select(column("customer_id", "people"))
        ctes = [("layer_0", self.base_query([n for n in needed if n not in computed], inputs))]
        for level in sorted(levels):
            layer = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("people"))).from_(
                exp.to_table(f"layer_{level - 1}", alias="people"), copy=False
            )
            for name in sorted(levels[level], key=lambda n: (n[0], int(n[1:]))):
                step = self.steps[name]
                layer.append("expressions", aliased(step.expression.copy(), name))
                if step.build is not None:
                    built = step.build(inputs, exp.to_table(f"layer_{level - 1}")).subquery(name)
                    on = binary(exp.EQ, column("customer_id", name), column("customer_id", "people"))
                    layer.join(built, on=on, join_type="left", copy=False)
            ctes.append((f"layer_{level}", layer))
        for name in wanted:
            query.append("expressions", column(name))
        query.from_(exp.to_table(ctes[-1][0], alias="people"), copy=False)
        for name, layer in ctes:
            query.with_(name, layer, copy=False)
        return query

    def needed(self, wanted: Iterable[str], *, traits_are_there: bool) -> list[str]:
        """Return every column the wanted ones are made of, themselves included."""
        found: dict[str, None] = {}
        waiting = list(wanted)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found[name] = None
            if name in self.steps and not (traits_are_there and name.startswith("t")):
                waiting += self.steps[name].uses
        return list(found)

    def base_query(self, names: Iterable[str], inputs: Inputs) -> exp.Select:
        """Return one row per customer of the universe: given traits, aggregates and, where they are there, traits."""
        # Where a relation is of everybody, nothing has to be joined to it.
        root = "profile" if inputs.profile == inputs.universe else "universe"
        tables = {"profile": inputs.profile, "activity": inputs.activity, "traits": inputs.traits}
        whole = {alias for alias, table in tables.items() if table == inputs.universe}
        query = exp.select(column("customer_id", root))
        query.from_(exp.alias_(inputs.universe.copy(), root, table=True), copy=False)
        used: set[str] = set()
        for name in sorted(names, key=lambda n: (n[0], int(n[1:]))):
            if name.startswith("t"):
                used.add("traits")
                value = column(name, "traits")
                if self.trait_types()[name] == "number":
                    value = try_cast(value, number_type())
                query.append("expressions", aliased(value, name))
                continue
            used.add("profile" if name.startswith("g") else "activity")
            query.append("expressions", aliased(self.base[name].copy(), name))
        for one in query.find_all(exp.Column) if whole - {root} else ():
            if one.table in whole:
                one.set("table", exp.to_identifier(root, quoted=True))
        for alias, table in tables.items():
            if alias in used and alias not in whole and table is not None:
                on = binary(exp.EQ, column("customer_id", alias), column("customer_id", root))
                query.join(exp.alias_(table.copy(), alias, table=True), on=on, join_type="left", copy=False)
        return query

    def trait_types(self) -> dict[str, ValueType]:
        """Return the type of every computed trait's column."""
        return {place: self.traits[name].type for name, place in self.trait_columns.items()}
