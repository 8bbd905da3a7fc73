"""Columns that depend on columns: every definition is computed once, each layer from the one below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import CycleError, DefinitionError
from segmentary.language.aggregates import Activity, Aggregate, aliased, rising
from segmentary.language.compile_rules import compare_sql
from segmentary.language.compile_values import Values, inside_sql, unpacked
from segmentary.language.inputs import Inputs
from segmentary.language.kinds import natural, read_as
from segmentary.language.references import listed, referenced
from segmentary.language.sql import (
    binary,
    call,
    choose,
    coerced_sql,
    column,
    constant,
    every,
    is_missing,
    nothing,
    number_type,
    one_of,
    quotient_sql,
    some,
    true_only,
    try_cast,
)
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Context,
    EventMeasure,
    Not,
    Rank,
    Rule,
    Sample,
    SegmentDefinition,
    SegmentReference,
    StaticList,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.values import drawn_below


@dataclass(frozen=True, slots=True)
class Step:
    """One computed column and the columns it is made of."""

    name: str
    expression: exp.Expr
    uses: frozenset[str]


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
    ) -> None:
        self.context = context
        self.segments = segments
        self.traits = traits
        self.given = given
        self.types = types
        self.lists = lists
        self.activity = activity
        self.trait_columns = {name: f"t{i}" for i, name in enumerate(traits)}
        self.segment_columns = {name: f"s{i}" for i, name in enumerate(segments)}
        self.base: dict[str, exp.Expr] = {}
        self.given_columns: dict[tuple[str, bool], str] = {}
        self.rank_columns: dict[tuple[Rank, str | None], str] = {}
        self.steps: dict[str, Step] = {}
        self.depths: dict[tuple[str, bool], int] = {}

    def add_trait(self, name: str, definition: TraitDefinition) -> None:
        """Compile a computed trait."""
        row = Row(self, definition.timezone)
        value = row.value(definition.value, definition.type)
        if definition.type == "list":
            raise DefinitionError("a computed trait cannot be a list", hint="compute text, a number, a date, ...")
        place = self.trait_columns[name]
        self.steps[place] = Step(place, value, frozenset(row.uses))

    def add_segment(self, name: str, definition: SegmentDefinition) -> None:
        """Compile a segment."""
        row = Row(self, definition.timezone)
        truth = row.rule(definition.where)
        place = self.segment_columns[name]
        self.steps[place] = Step(place, truth, frozenset(row.uses))

    def settle(self) -> None:
        """Refuse circles."""
        for name in self.steps:
            self.depth(name, traits_are_there=False)

    def given_column(self, name: str, *, raw: bool) -> str:
        """Return the base column of a given trait: unpacked, or raw for a path into it."""
        if (name, raw) not in self.given_columns:
            place, kind = self.given[name]
            found = column(place, "profile")
            base = f"g{len(self.given_columns)}"
            self.base[base] = found if raw else unpacked(found, kind)
            self.given_columns[name, raw] = base
        return self.given_columns[name, raw]

    def aggregate_column(self, node: EventMeasure, kind: ValueType, timezone: str | None) -> str:
        """Return the base column of a measure, where nothing happened means 0 for counts and sums."""
        return self.based(self.activity.aggregate(node, kind, timezone))

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

    def rank_column(self, rank: Rank, timezone: str | None) -> str:
        """Return the column of a rank, with the columns it is decided from as steps before it."""
        key = rank, timezone
        if key not in self.rank_columns:
            number = len(self.rank_columns)
            self.rank_columns[key] = name = f"r{number}"
            row = Row(self, timezone)
            kind = natural(rank.by, self.types)
            measured = row.value(rank.by, "number" if kind in ("text", "list") else kind)
            conditions = [] if rank.over is None else [row.rule(rank.over)]
            groups = []
            if rank.within is not None:
                place = row.value(rank.within, natural(rank.within, self.types))
                conditions.append(exp.Not(this=exp.Paren(this=is_missing(place))))
                self.steps[f"p{number}"] = Step(f"p{number}", place.copy(), frozenset(row.uses))
                groups = [column(f"p{number}")]
            counted = choose((every(conditions), measured)) if conditions else measured
            self.steps[f"k{number}"] = Step(f"k{number}", counted, frozenset(row.uses))
            uses = frozenset({f"k{number}"} | {group.name for group in groups})
            self.steps[name] = Step(name, rank_sql(rank, column(f"k{number}"), groups), uses)
        return self.rank_columns[key]

    def depth(self, name: str, *, traits_are_there: bool, path: tuple[str, ...] = ()) -> int:
        """Return the layer of a column; the base is 0."""
        if name not in self.steps or (traits_are_there and name.startswith("t")):
            return 0
        if name in path:
            raise self.cycle((*path[path.index(name) :], name))
        key = name, traits_are_there
        if key not in self.depths:
            below = (
                self.depth(other, traits_are_there=traits_are_there, path=(*path, name))
                for other in self.steps[name].uses
            )
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
                layer.append("expressions", aliased(self.steps[name].expression.copy(), name))
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
        query = exp.select(column("customer_id", "universe"))
        query.from_(exp.alias_(inputs.universe.copy(), "universe", table=True), copy=False)
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
        tables = {"profile": inputs.profile, "activity": inputs.activity, "traits": inputs.traits}
        for alias, table in tables.items():
            if alias in used and table is not None:
                on = binary(exp.EQ, column("customer_id", alias), column("customer_id", "universe"))
                query.join(exp.alias_(table.copy(), alias, table=True), on=on, join_type="left", copy=False)
        return query

    def trait_types(self) -> dict[str, ValueType]:
        """Return the type of every computed trait's column."""
        return {place: self.traits[name].type for name, place in self.trait_columns.items()}


def rank_sql(rank: Rank, measured: exp.Expr, groups: list[exp.Expr]) -> exp.Expr:
    """Return whether a row is within a rank; those without a measure are outside the population."""

    def over(function: exp.Expr, order: list[exp.Expr]) -> exp.Expr:
        arranged = exp.Order(expressions=order) if order else None
        return exp.Window(this=function, partition_by=[group.copy() for group in groups], order=arranged)

    best = exp.Ordered(this=measured.copy(), desc=rank.order == "highest", nulls_first=False)
    if rank.ties == "include":
        place = over(exp.Rank(), [best])
    else:
        place = over(exp.RowNumber(), [best, rising(column("customer_id"))])
    size = over(exp.Count(this=measured.copy()), [])
    if rank.share is not None:
        share = Fraction(rank.share)
        # place <= floor(share * size), in whole numbers
        within = binary(
            exp.LTE,
            binary(exp.Mul, place, literal(share.denominator)),
            binary(exp.Mul, literal(share.numerator), size.copy()),
        )
    elif rank.number is not None:
        within = binary(exp.LTE, place, literal(rank.number))
    else:
        raise DefinitionError("a rank needs a share or a number", hint="top: 10% or top: 100")
    known = exp.Not(this=exp.Paren(this=is_missing(measured.copy())))
    large = binary(exp.GTE, size, literal(rank.at_least))
    return true_only(every((known, large, within)))


class Row(Values):
    """Values and rules of one row of ``people``, noting every column they use."""

    def __init__(self, layers: Layers, timezone: str | None) -> None:
        super().__init__(layers.context, timezone, layers.types)
        self.layers = layers
        self.uses: set[str] = set()

    def used(self, name: str) -> exp.Expr:
        """Return a column, noting that it is used."""
        self.uses.add(name)
        return column(name)

    def trait(self, value: TraitValue, kind: ValueType) -> exp.Expr:
        """Return a computed trait's or a given column's value."""
        own = natural(TraitValue(value.name), self.types)
        if value.name in self.layers.trait_columns:
            found = self.used(self.layers.trait_columns[value.name])
        else:
            found = self.used(self.layers.given_column(value.name, raw=bool(value.path)))
        if value.path:
            return inside_sql(found, value.path, kind, self.zone) if own in ("text", "list") else nothing(kind)
        return coerced_sql(found, own, kind, self.zone)

    def measure(self, value: EventMeasure, kind: ValueType) -> exp.Expr:
        """Return a measure's column; a mean is divided here."""
        if value.measure == "mean":
            return coerced_sql(quotient_sql(*self.mean_parts(value)), "number", kind, self.zone)
        own = natural(value, self.types)
        own = kind if own == "text" and read_as_kind(value, kind) == kind else own
        return coerced_sql(self.used(self.layers.aggregate_column(value, kind, self.timezone)), own, kind, self.zone)

    def mean_parts(self, value: EventMeasure) -> tuple[exp.Expr, exp.Expr]:
        """Return the columns of sum and count."""
        whole = self.layers.aggregate_column(value, "number", self.timezone)
        return self.used(whole), self.used(self.layers.count_column(value, self.timezone))

    def property(self, path: tuple[str, ...], kind: ValueType) -> exp.Expr:
        """Refuse: there is no event here."""
        raise DefinitionError(f"the property {'.'.join(path)!r} stands outside an event filter", hint="name the event")

    def rule(self, rule: Rule) -> exp.Expr:
        """Return the truth of a rule."""
        match rule:
            case All(rules=rules):
                return every(self.rule(part) for part in rules)
            case AnyOf(rules=rules):
                return some(self.rule(part) for part in rules)
            case Not(rule=inner):
                return exp.Not(this=exp.Paren(this=self.rule(inner)))
            case Compare():
                return compare_sql(self, rule)
            case Rank():
                return self.used(self.layers.rank_column(rule, self.timezone))
            case SegmentReference():
                return self.used(self.layers.segment_columns[referenced(rule, self.layers.segments)])
            case StaticList():
                ids = dict.fromkeys(name for name in listed(rule, self.layers.lists) if "\0" not in name)
                return one_of(column("customer_id"), [constant(name) for name in ids])
            case Sample(share=share, salt=salt):
                below = drawn_below(share)
                if below is None:
                    return exp.true()
                digest = call("sha256", call("concat", constant(f"{salt}:"), column("customer_id")))
                return binary(exp.LT, call("left", digest, literal(15)), literal(below))
            case _:
                assert_never(rule)


def read_as_kind(value: EventMeasure, kind: ValueType) -> ValueType:
    return kind if value.measure in ("count", "median_gap_days") else read_as(value, kind)
