"""The shared pass, packed: many counts in few columns, and only of the events that matter.

Every event falls into one **cell**: its name, the part of time between two bounds of windows, the values of the
properties that filters ask for. What an event adds to every count is a function of its cell, looked up in a constant
list. So one ``bit_or`` answers up to sixty questions "has it happened", and one ``sum`` of whole numbers holds
several counters side by side, each in its own **lane** of bits. Lanes are as wide as the number of events one customer
can have at most, so that none ever runs over into the next.

What is not a count is ``agg filter (where ...)`` in the same pass, each condition decided once for each event.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import prod

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.parts import Aggregate, Picked, aliased, filtered
from segmentary.language.sql import binary, call, cast, choose, column, constant, number_type, try_cast

BITS = 60
CELLS = 1024
WORTH = 3  # fewer counts than that are no cheaper packed
Switch = tuple[exp.Expr, frozenset[exp.Expr]]


@dataclass(slots=True)
class Cells:
    """One numbering of events by what some counts ask of them; numbers start at 1."""

    names: tuple[str, ...] = ()
    bounds: tuple[dt.datetime, ...] = ()
    switches: dict[exp.Expr, tuple[exp.Expr, ...]] = field(default_factory=dict)
    tests: tuple[exp.Expr, ...] = ()
    counts: list[Aggregate] = field(default_factory=list)

    def with_one(self, one: Aggregate) -> Cells:
        """Return the cells that tell apart what these do and one count more."""
        picked = one.picked
        switches, tests = dict(self.switches), list(self.tests)
        for part in conjuncts(picked.where):
            found = switch(part)
            if found is None:
                tests.append(part)
            else:
                of, values = found
                switches[of] = tuple(sorted({*switches.get(of, ()), *values}, key=lambda value: value.sql("duckdb")))
        moments = {*self.bounds, *(moment for moment in (picked.since, picked.until) if moment is not None)}
        return Cells(
            tuple(sorted({*self.names, *picked.names})),
            tuple(sorted(moments)),
            switches,
            tuple(dict.fromkeys(tests)),
            [*self.counts, one],
        )

    @property
    def sizes(self) -> list[int]:
        """How many values each dimension has."""
        values = [len(found) + 1 for found in self.switches.values()]
        return [len(self.names) + 1, len(self.bounds) + 1, *values, *(2 for _ in self.tests)]

    @property
    def size(self) -> int:
        """How many cells there are."""
        return prod(self.sizes)

    def number(self) -> exp.Expr:
        """Return the number of an event's cell."""
        moment = column("happened_at", "events")
        digits = [
            ladder((binary(exp.EQ, column("name", "events"), constant(name)) for name in self.names), first=1),
            until_ladder(moment, self.bounds),
        ]
        for of, values in self.switches.items():
            digits.append(ladder((binary(exp.EQ, of.copy(), value.copy()) for value in values), first=1))
        digits += [choose((test.copy(), literal(1)), otherwise=literal(0)) for test in self.tests]
        number: exp.Expr = literal(1)
        step = 1
        for digit, size in zip(digits, self.sizes, strict=True):
            if size > 1:
                number = binary(exp.Add, number, binary(exp.Mul, digit, literal(step)) if step > 1 else digit)
            step *= size
        return cast(number, "integer")

    def counted(self, picked: Picked) -> list[bool]:
        """Return, for every cell, whether its events count."""
        names = [not picked.names, *(not picked.names or name in picked.names for name in self.names)]
        since = 0 if picked.since is None else self.bounds.index(picked.since) + 1
        until = len(self.bounds) if picked.until is None else self.bounds.index(picked.until)
        allowed = [names, [since <= place <= until for place in range(len(self.bounds) + 1)]]
        parts = conjuncts(picked.where)
        asked = [found for found in map(switch, parts) if found is not None]
        for of, values in self.switches.items():
            wanted = [some for other, some in asked if other == of]
            allowed.append([not wanted, *(all(value in some for some in wanted) for value in values)])
        allowed += [[test not in parts, True] for test in self.tests]
        # The first dimension turns fastest.
        return [all(choice) for choice in itertools.product(*reversed(allowed))]


def conjuncts(where: exp.Expr | None) -> list[exp.Expr]:
    """Return the parts that all have to hold."""
    if where is None:
        return []
    if isinstance(where, exp.Paren):
        return conjuncts(where.this)
    if isinstance(where, exp.And):
        return [*conjuncts(where.left), *conjuncts(where.right)]
    return [where]


def switch(test: exp.Expr) -> Switch | None:
    """Return what is compared and with which texts, for a test that it is one of them."""
    if not (isinstance(test, exp.Coalesce) and test.expressions == [exp.false()]):
        return None
    inner = test.this
    while isinstance(inner, exp.Paren):
        inner = inner.this
    match inner:
        case exp.EQ():
            of, values = inner.this, [inner.expression]
        case exp.In() if inner.expressions:
            of, values = inner.this, inner.expressions
        case _:
            return None
    return (of, frozenset(values)) if all(value.is_string for value in values) else None


def ladder(tests: Iterable[exp.Expr], *, first: int) -> exp.Expr:
    """Return the place of the first test that holds, else 0."""
    branches = [(test, literal(place)) for place, test in enumerate(tests, first)]
    return choose(*branches, otherwise=literal(0)) if branches else literal(0)


def until_ladder(moment: exp.Expr, bounds: Sequence[dt.datetime]) -> exp.Expr:
    """Return how many of the bounds are not after a moment."""
    branches = [(binary(exp.LT, moment.copy(), literal(bound)), literal(n)) for n, bound in enumerate(bounds)]
    return choose(*branches, otherwise=literal(len(bounds))) if branches else literal(0)


class Packing:
    """How aggregates share the columns of one pass.

    Parameters
    ----------
    plain : the aggregates of the shared pass.
    exact : columns of those whose value matters beyond being 0 or not.
    most : how many events one customer has at most.
    """

    def __init__(self, plain: Sequence[Aggregate], exact: AbstractSet[str], most: int) -> None:
        self.width = max(1, most.bit_length())
        self.columns: dict[str, exp.Expr] = {}
        self.decoded: dict[str, exp.Expr] = {}
        self.inner: dict[exp.Expr, str] = {}
        countable = [one for one in plain if is_count(one)]
        packed = countable if len(countable) >= WORTH and self.width <= BITS else []
        for cells in grouped(packed):
            self.pack(cells, exact)
        for one in plain:
            if one.column not in self.decoded:
                self.keep(one)

    def pack(self, cells: Cells, exact: AbstractSet[str]) -> None:
        """Give the counts of one numbering their bits and lanes."""
        number = column(self.noted(cells.number()), "events")
        per_column = BITS // self.width
        for part in batched([one for one in cells.counts if one.column not in exact], BITS):
            self.place(cells, part, number, 1)
        for part in batched([one for one in cells.counts if one.column in exact], per_column):
            self.place(cells, part, number, self.width)

    def place(self, cells: Cells, counts: Sequence[Aggregate], number: exp.Expr, width: int) -> None:
        """Put some counts side by side into one column."""
        adds = [0] * cells.size
        for place, one in enumerate(counts):
            for cell, counted in enumerate(cells.counted(one.picked)):
                adds[cell] |= int(counted) << (place * width)
        options = exp.Array(expressions=[literal(value) for value in adds])
        looked_up = call("list_extract", cast(options, "bigint[]"), number.copy())
        name = f"c{len(self.columns)}"
        whole: exp.Expr = exp.BitwiseOrAgg(this=looked_up) if width == 1 else exp.Sum(this=looked_up)
        self.columns[name] = cast(whole, "bigint")
        for place, one in enumerate(counts):
            found: exp.Expr = column(name, "packed")
            if place:
                found = binary(exp.BitwiseRightShift, found, literal(place * width))
            self.decoded[one.column] = binary(exp.BitwiseAnd, found, literal((1 << width) - 1))

    def keep(self, one: Aggregate) -> None:
        """Give an aggregate a column of its own."""
        name = f"c{len(self.columns)}"
        flag = column(self.noted(one.picked.condition), "events")
        value = filtered(one.made.value.copy(), flag)
        found: exp.Expr = column(name, "packed")
        if one.made.nth is not None:
            value = call("list_extract", value, literal(one.made.nth))
        elif one.made.places is not None:
            found = try_cast(exp.Coalesce(this=found, expressions=[literal(0)]), number_type(one.made.places))
        self.columns[name] = value
        self.decoded[one.column] = found

    def noted(self, decided: exp.Expr) -> str:
        """Return the column in which something is decided for every event, once."""
        return self.inner.setdefault(decided, f"d{len(self.inner)}")

    def query(self, rows: exp.Select) -> exp.Select:
        """Return the pass over events given as a select without columns: ``customer_id`` and `columns`."""
        rows.select(exp.Column(this=exp.Star(), table=exp.to_identifier("events", quoted=True)), copy=False)
        for decided, name in self.inner.items():
            rows.append("expressions", aliased(decided.copy(), name))
        query = exp.select(column("customer_id", "events")).from_(rows.subquery("events"), copy=False)
        for name, value in self.columns.items():
            query.append("expressions", aliased(value.copy(), name))
        return query.group_by(column("customer_id", "events"), copy=False)


def is_count(one: Aggregate) -> bool:
    """Say whether an aggregate counts events that a cell can tell apart."""
    counts = isinstance(one.made.value, exp.Count) and isinstance(one.made.value.this, exp.Star)
    return counts and one.made.nth is None and one.picked.anchor is None


def grouped(counts: Sequence[Aggregate]) -> list[Cells]:
    """Return numberings with a bounded number of cells, as few as it takes.

    A count that alone needs too many cells stays out.
    """
    groups: list[Cells] = []
    for one in counts:
        for place, cells in enumerate(groups):
            if (larger := cells.with_one(one)).size <= CELLS:
                groups[place] = larger
                break
        else:
            if (alone := Cells().with_one(one)).size <= CELLS:
                groups.append(alone)
    return groups


def batched(counts: Sequence[Aggregate], size: int) -> list[Sequence[Aggregate]]:
    return [counts[start : start + size] for start in range(0, len(counts), size)]
