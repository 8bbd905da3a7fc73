"""Values and rules as SQL over one row of ``people``: somebody's traits, aggregates and what other steps found."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, assert_never

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_consents import consent
from segmentary.language.compile_groups import related
from segmentary.language.compile_periods import pattern_sql, sequence_sql
from segmentary.language.compile_places import near
from segmentary.language.compile_ranks import keeps, rank_column
from segmentary.language.compile_rules import compare_sql
from segmentary.language.compile_states import had, has_been
from segmentary.language.compile_stays import segment_at, segment_during, segment_moved
from segmentary.language.compile_values import Pattern, Values, inside_sql
from segmentary.language.kinds import model_key, model_type, natural, read_as
from segmentary.language.parts import asks_presence
from segmentary.language.references import listed, referenced
from segmentary.language.sql import (
    binary,
    call,
    coerced_sql,
    column,
    constant,
    every,
    is_missing,
    nothing,
    one_of,
    quotient_sql,
    some,
)
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Consent,
    EventMeasure,
    Had,
    HasBeen,
    ModelValue,
    Near,
    Not,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    StaticList,
    TraitAtEvent,
    TraitValue,
    Value,
    ValueType,
)
from segmentary.language.values import drawn_below
from segmentary.language.walk import walk

if TYPE_CHECKING:
    from segmentary.language.layers import Build, Layers


def is_there(name: str) -> exp.Expr:
    """Return whether the row is in a relation joined to it."""
    return exp.Not(this=exp.Paren(this=is_missing(column("customer_id", name))))


class Row(Values):
    """Values and rules of one row of ``people``, noting every column they use.

    segment : the segment the rule stands in, by the name the log knows it by.
    """

    def __init__(self, layers: Layers, timezone: str | None, segment: str | None) -> None:
        super().__init__(layers.context, timezone, layers.types)
        self.layers = layers
        self.segment = segment
        self.uses: set[str] = set()
        self.after: set[str] = set()
        self.asking: Compare | None = None

    def another(self) -> Row:
        """Return a row of the same definition that has used nothing yet."""
        return Row(self.layers, self.timezone, self.segment)

    def place(self, node: Value | Rule) -> str | None:
        """Return the segment a node stands in, where that makes a difference: ranks that keep their members."""
        return self.segment if any(isinstance(part, Rank) and keeps(part) for part in walk(node)) else None

    def value_column(self, value: Value, kind: ValueType | None = None) -> str:
        """Return the column of a value as a step of its own."""
        from segmentary.language.layers import Step

        kind = kind or natural(value, self.types)

        def make(name: str) -> Step:
            row = self.another()
            found = row.value(value, kind)
            return Step(name, found, frozenset(row.uses), after=frozenset(row.after))

        return self.layers.share(("value", value, kind, self.timezone, self.place(value)), "p", make)

    def rule_column(self, rule: Rule) -> str:
        """Return the column of a rule as a step of its own."""
        from segmentary.language.layers import Step

        def make(name: str) -> Step:
            row = self.another()
            truth = row.rule(rule)
            return Step(name, truth, frozenset(row.uses), after=frozenset(row.after))

        return self.layers.share(("rule", rule, self.timezone, self.place(rule)), "q", make)

    def joined(
        self,
        key: Hashable,
        build: Build,
        uses: frozenset[str] = frozenset(),
        found: Callable[[str], exp.Expr] = is_there,
    ) -> exp.Expr:
        """Return what a relation of its own says of the row, which is in it at most once.

        uses : columns of the layer below that the relation reads; found : gives the answer from the relation's name.
        """
        from segmentary.language.layers import Step

        return self.used(self.layers.share(key, "x", lambda name: Step(name, found(name), uses, build)))

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
        presence = self.asking is not None and self.asking.value is value and asks_presence(self.asking)
        found = self.layers.aggregate_column(value, kind, self.timezone, presence=presence)
        return coerced_sql(self.used(found), own, kind, self.zone)

    def mean_parts(self, value: EventMeasure) -> tuple[exp.Expr, exp.Expr]:
        """Return the columns of sum and count."""
        whole = self.layers.aggregate_column(value, "number", self.timezone)
        return self.used(whole), self.used(self.layers.count_column(value, self.timezone))

    def model(self, value: ModelValue, kind: ValueType) -> exp.Expr:
        """Return what a model says, which is given."""
        model_type(value, self.types)
        return self.trait(TraitValue(model_key(value)), kind)

    def pattern(self, value: Pattern) -> exp.Expr:
        """Return a number about how events follow each other."""
        return pattern_sql(self, value)

    def beside(self, value: TraitAtEvent | ReferenceValue, kind: ValueType) -> exp.Expr:
        """Refuse: there is no event here."""
        raise DefinitionError(f"the fact {value.name!r} stands outside an event filter", hint="name the event")

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
                before, self.asking = self.asking, rule
                truth = compare_sql(self, rule)
                self.asking = before
                return truth
            case Sequence():
                return sequence_sql(self, rule)
            case Rank():
                return self.used(rank_column(self, rule))
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
                return self.rule_beyond(rule)

    def rule_beyond(
        self, rule: HasBeen | Had | SegmentAt | SegmentDuring | SegmentMoved | Related | Near | Consent
    ) -> exp.Expr:
        """Return the truth of a rule about other moments, other entities, places or consent."""
        match rule:
            case HasBeen():
                return has_been(self, rule)
            case Had():
                return had(self, rule)
            case SegmentAt():
                return segment_at(self, rule)
            case SegmentDuring():
                return segment_during(self, rule)
            case SegmentMoved():
                return segment_moved(self, rule)
            case Related():
                return related(self, rule)
            case Near():
                return near(self, rule)
            case Consent():
                return consent(self, rule)
            case _:
                assert_never(rule)


def read_as_kind(value: EventMeasure, kind: ValueType) -> ValueType:
    return kind if value.measure in ("count", "median_gap_days") else read_as(value, kind)
