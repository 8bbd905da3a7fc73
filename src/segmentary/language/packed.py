"""The shared pass, packed: what an event adds to every aggregate is looked up by its cell.

Every event falls into one **cell**: its name, the part of time between two bounds of windows, the values of the
properties that filters ask for. The engine numbers the cells and hands over narrow columns in the order the events are
stored in, customer by customer; `kernel` adds up. Of counts that only matter as "ever", sixty share one column, a bit
each; other counts share columns in **lanes** of twenty bits. Sums, first and last moments have a column each.

Everything is whole numbers, and what could overflow is noticed: then, and where events are not stored customer by
customer, `Activity.query` does the same without packing.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.parts import Adding, Aggregate, Picked, Way, aliased
from segmentary.language.sql import binary, cast, choose, column, constant, number_type, try_cast
from segmentary.schema import EVENTS

if TYPE_CHECKING:
    from segmentary.language.kernel import Kernel

BITS = 60
LANE = 20
CELLS = 4096
WAYS: dict[type[exp.Expr], Way] = {exp.Sum: "sum", exp.Min: "min", exp.Max: "max", exp.Count: "known"}
MONEY = frozenset(one.name for one in EVENTS.columns if one.type == "decimal")
Switch = tuple[exp.Expr, frozenset[exp.Expr]]


@dataclass(slots=True)
class Cells:
    """One numbering of events by what some aggregates ask of them; numbers start at 1."""

    names: tuple[str, ...] = ()
    bounds: tuple[dt.datetime, ...] = ()
    switches: dict[exp.Expr, tuple[exp.Expr, ...]] = field(default_factory=dict)
    tests: tuple[exp.Expr, ...] = ()
    held: list[Aggregate] = field(default_factory=list)

    def with_one(self, one: Aggregate) -> Cells:
        """Return the cells that tell apart what these do and what one aggregate more asks."""
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
            [*self.held, one],
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
        return cast(number, "smallint")

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

    Attributes
    ----------
    decoded : for every aggregate that is packed, its value in terms of the packed columns, of a table ``packed``.
    """

    def __init__(self, plain: Sequence[Aggregate], exact: AbstractSet[str]) -> None:
        self.decoded: dict[str, exp.Expr] = {}
        self.cells = grouped([one for one in plain if way_of(one) is not None])
        self.values: dict[str, exp.Expr] = {}
        self.adding: list[Adding] = []
        for number, cells in enumerate(self.cells):
            counts = [one for one in cells.held if way_of(one) == "count"]
            for part in batched([one for one in counts if one.column not in exact], BITS):
                self.share(f"d{number}", cells, part, 1)
            for part in batched([one for one in counts if one.column in exact], BITS // LANE):
                self.share(f"d{number}", cells, part, LANE)
            for one in cells.held:
                if one.column not in self.decoded:
                    self.keep(f"d{number}", cells, one)

    def share(self, cell: str, cells: Cells, counts: Sequence[Aggregate], width: int) -> None:
        """Put some counts side by side into one column."""
        adds = [0] * cells.size
        for place, one in enumerate(counts):
            for at, counted in enumerate(cells.counted(one.picked)):
                adds[at] |= int(counted) << (place * width)
        name = f"c{len(self.adding)}"
        self.adding.append(Adding(name, "ever" if width == 1 else "count", cell, tuple(adds)))
        for place, one in enumerate(counts):
            found: exp.Expr = column(name, "packed")
            if place:
                found = binary(exp.BitwiseRightShift, found, literal(place * width))
            self.decoded[one.column] = binary(exp.BitwiseAnd, found, literal((1 << width) - 1))

    def keep(self, cell: str, cells: Cells, one: Aggregate) -> None:
        """Give an aggregate a column of its own."""
        name, way = f"c{len(self.adding)}", WAYS[type(one.made.value)]
        value = one.made.value.this
        self.values[value.name] = value
        adds = tuple(int(counted) for counted in cells.counted(one.picked))
        self.adding.append(Adding(name, way, cell, adds, value.name))
        found: exp.Expr = column(name, "packed")
        self.decoded[one.column] = found if one.made.places is None else try_cast(found, number_type(one.made.places))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all events that count; none means every event."""
        several = [one.picked.names for cells in self.cells for one in cells.held]
        return tuple(sorted({name for names in several for name in names})) if all(several) else ()

    def query(self, rows: exp.Select) -> exp.Select:
        """Return what the kernel reads of events given as a select without columns."""
        rows.select(column("customer_id", "events"), copy=False)
        for number, cells in enumerate(self.cells):
            rows.append("expressions", aliased(cells.number(), f"d{number}"))
        for value in self.values.values():
            rows.append("expressions", value.copy())
        return rows

    def kernel(self) -> Kernel:
        """Return what adds up the rows of `query`."""
        from segmentary.language.kernel import Kernel

        return Kernel(self.adding, LANE)


def way_of(one: Aggregate) -> Way | None:
    """Return how the kernel makes an aggregate; None when it cannot."""
    made = one.made
    if made.form != "plain" or made.nth is not None or one.picked.anchor is not None:
        return None
    way, of = WAYS.get(type(made.value)), made.value.this
    if way == "known" and isinstance(of, exp.Star):
        return "count"
    if way is None or not isinstance(of, exp.Column) or of.table != "events":
        return None
    allowed = MONEY if way in ("sum", "known") else frozenset({"happened_at"})
    return way if of.name in allowed else None


def grouped(several: Sequence[Aggregate]) -> list[Cells]:
    """Return numberings with a bounded number of cells, as few as it takes.

    What alone needs too many cells stays out.
    """
    groups: list[Cells] = []
    for one in several:
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
