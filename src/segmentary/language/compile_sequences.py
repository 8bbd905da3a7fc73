"""Sequences of events as window functions, backwards: which events begin the rest, and how soon it can be complete.

``done`` of an event at step i is the earliest moment at which the steps from i on are complete when i is that event. It
follows from ``done`` of the events of step i + 1 by one minimum over a window, for everything that ties two adjacent
steps is either a span of time (a frame) or an equality (a part of the partition): bindings, sessions, ``directly``, and
``without``, since between two events nothing of a kind happened when as many of it came before the one as before the
other. Only a binding to a step further back needs the events themselves: `compile_chains`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_order import (
    add,
    add_order,
    add_visiting,
    down,
    event_order,
    frame,
    in_visit,
    known,
    level,
    microseconds,
    named,
    over,
    total,
    up,
    with_visits,
)
from segmentary.language.inputs import Inputs
from segmentary.language.sequencing import checked
from segmentary.language.sql import binary, call, cast, choose, column, every, is_missing, one_of, some
from segmentary.language.tree import Duration, EventFilter, Sequence, Step

if TYPE_CHECKING:
    from segmentary.language.aggregates import Activity


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that must be equal of two adjacent steps: a column of the earlier and one of the later event."""

    earlier: str
    later: str
    can_miss: bool = True


class Marks:
    """The events of a sequence with what is asked of each: ``m`` its steps, ``p`` properties, ``w`` counts, visits.

    roles : filled where no event can match two filters (`roles`); then ranks and counts are simpler.
    """

    def __init__(self, activity: Activity, sequence: Sequence, timezone: str | None) -> None:
        checked(sequence)
        self.activity = activity
        # Some engines have one list of names for all of a statement.
        self.name = f"a{len(activity.found)}_marks"
        self.sequence = sequence
        self.values = activity.values(timezone)
        self.steps = sequence.steps
        during = sequence.during
        self.matches = [
            activity.condition(step.event, None if step.absent else during, self.values) for step in self.steps
        ]
        self.without = {
            i: some(activity.condition(one, None, self.values) for one in step.without)
            for i, step in enumerate(self.steps)
            if step.without
        }
        self.properties: dict[tuple[str, ...], str] = {}
        for step in self.steps:
            for binding in step.same:
                for path in (binding.path, binding.other or binding.path):
                    self.properties.setdefault(path, f"p{len(self.properties)}")
        self.roles = roles(self.steps)
        self.turns = any(step.directly for step in self.steps)

    def ties(self, i: int) -> list[Tie]:
        """Return what must be equal of an event of step i and the one before it."""
        found = [
            Tie(self.properties[binding.other or binding.path], self.properties[binding.path])
            for binding in self.steps[i].same
            if binding.step in (None, i)
        ]
        if self.sequence.session is not None:
            found.append(Tie("visit", "visit"))
        if self.steps[i].directly:
            found.append(Tie("next_turn", "turn", can_miss=False))
        if i in self.without:
            after, before = self.counts(i)
            found.append(Tie(after, before, can_miss=False))
        return found

    def counts(self, i: int) -> tuple[str, str]:
        """Return how many events that must not lie before step i there were: after the one before it, and before it."""
        return (f"w{i}", f"w{i}") if self.roles else (f"w{i}_after", f"w{i}_before")

    @property
    def columns(self) -> list[str]:
        """The columns of `query`."""
        found = ["customer_id", "moment", "place", *(f"m{i}" for i in range(len(self.steps)))]
        found += self.properties.values()
        found += dict.fromkeys(name for i in self.without for name in self.counts(i))
        found += ["visit"] if self.sequence.session is not None else []
        return [*found, "turn", "next_turn"] if self.turns else found

    @property
    def last(self) -> int:
        """The last step that is an event, not an absence."""
        return len(self.steps) - (2 if self.steps[-1].absent else 1)

    def roles_clash(self) -> bool:
        """Say whether one event may be two adjacent steps and be tied differently as the one and the other."""
        return any(
            any(tie.earlier != tie.later for tie in self.ties(i + 1))
            and may_be_both(self.steps[i].event, self.steps[i + 1].event)
            for i in range(len(self.steps) - 1)
        )

    def has_far_bindings(self) -> bool:
        """Say whether a step is bound to one that is not right before it."""
        return any(binding.step not in (None, i) for i, step in enumerate(self.steps) for binding in step.same)

    def query(self, inputs: Inputs) -> exp.Select:
        """Return the events of the steps: customer_id, ``moment``, ``place`` (ties share one) and all marks."""
        marked = self.marked(inputs)
        if self.sequence.session is not None:
            marked = with_visits(marked, self.sequence.session)
        placed = self.placed(marked)
        query = exp.Select().from_(placed.subquery("placed"), copy=False)
        for name in self.columns:
            if name == "next_turn":
                add(query, binary(exp.Add, column("turn", "placed"), literal(1)), name)
            else:
                query.select(column(name, "placed"), copy=False)
        if self.without or self.sequence.session is not None:
            query.where(some(column(f"m{i}", "placed") for i in range(len(self.steps))), copy=False)
        return query

    def marked(self, inputs: Inputs) -> exp.Select:
        """Return the events that matter with what each is; all that make sessions where there are some."""
        session = self.sequence.session
        matters = some([*self.matches, *self.without.values()])
        names = self.names()
        picked = [one_of(column("name", "events"), map(literal, names))] if names else []
        if session is None:
            query = self.activity.rows(inputs.events, every([*picked, matters]))
        else:
            query = self.activity.rows(inputs.events, every(picked))
            self.activity.sides.join(query, matters)
        add_order(query)
        for i, condition in enumerate(self.matches):
            add(query, condition.copy(), f"m{i}")
        for i, condition in self.without.items():
            add(query, condition.copy(), f"is_w{i}")
        for path, name in self.properties.items():
            add(query, self.values.property(path, "text"), name)
        if session is not None:
            add_visiting(query, session)
        if self.roles:
            event = column("name", "events")
            ranks = [(one_of(event.copy(), map(literal, names)), literal(rank)) for names, rank in self.roles.items()]
            add(query, choose(*ranks, otherwise=literal(len(ranks) * 2)), "role")
        return query

    def names(self) -> tuple[str, ...]:
        """Return the names of all events that matter; none means every name."""
        several = [one.names for step in self.steps for one in (step.event, *step.without)]
        if self.sequence.session is not None:
            several.append(self.sequence.session.of)
        return tuple(sorted({name for names in several for name in names})) if all(several) else ()

    def placed(self, marked: exp.Select) -> exp.Select:
        """Return events with their place in the customer's order, and how often each kind came before and after."""
        query = level(marked, "marked")
        customer, order = [column("customer_id", "marked")], event_order("marked")
        if self.turns:
            add(query, over(exp.DenseRank(), [*customer, column("visit", "marked")], order), "turn")
        if self.roles:
            order.append(up(column("role", "marked")))
        add(query, over(exp.Rank(), customer, order), "place")
        for i in self.without:
            if self.roles:
                so_far = over(total(column(f"is_w{i}", "marked")), customer, order, frame("ROWS", "first", "here"))
                add(query, so_far, f"w{i}")
                continue
            kind = column(f"is_w{i}", "marked")
            until_here = over(total(kind), customer, order, frame("RANGE", "first", "here"))
            from_here = over(total(kind.copy()), customer, order, frame("RANGE", "here", "last"))
            everything = over(total(kind.copy()), customer, order, frame("ROWS", "first", "last"))
            add(query, until_here, f"w{i}_after")
            add(query, binary(exp.Sub, everything, from_here), f"w{i}_before")
        return query


def sequence_count(marks: Marks, latest: int | None, inputs: Inputs) -> exp.Select:
    """Return how many events of the first step begin a sequence, by customer; of the latest so many only."""
    from segmentary.language.compile_chains import chained

    if marks.has_far_bindings():
        begun = chained(marks, inputs)
    elif marks.roles_clash():
        begun = apart(marks, inputs)
    else:
        begun = stacked(marks, inputs)
    return counted(marks, begun, latest)


def counted(marks: Marks, begun: exp.Select, latest: int | None) -> exp.Select:
    """Return how many first events of those that may be are complete, by customer."""
    customer, place = column("customer_id", "begun"), column("place", "begun")
    query = level(begun, "begun").where(column("m0", "begun"), copy=False)
    if marks.sequence.anchor in ("first", "last"):
        farthest = exp.Min(this=place) if marks.sequence.anchor == "first" else exp.Max(this=place)
        add(query, over(farthest, [customer]), "anchor")
        query = level(query, "begun").where(binary(exp.EQ, column("anchor", "begun"), place.copy()), copy=False)
    if marks.sequence.session is not None:
        query.where(in_visit("begun"), copy=False)
    if latest is not None:
        add(query, over(exp.RowNumber(), [customer], [down(place)]), "newest")
        query = level(query, "begun")
        query.where(binary(exp.LTE, column("newest", "begun"), literal(max(latest, 0))), copy=False)
    done = column("done", "begun")
    complete = [known(done)]
    if marks.sequence.within is not None:
        taken = binary(exp.Sub, done.copy(), column("moment", "begun"))
        complete.append(binary(exp.LT, taken, literal(microseconds(marks.sequence.within))))
    result = exp.select(column("customer_id", "begun"), named(total(), "value")).from_(
        query.subquery("begun"), copy=False
    )
    result.where(every(complete), copy=False)
    return result.group_by(column("customer_id", "begun"), copy=False)


def stacked(marks: Marks, inputs: Inputs) -> exp.Select:
    """Return the events of the first step with ``done``, where an event is at most one of two adjacent steps."""
    last = marks.last
    query = level(marks.query(inputs), "marks")
    if not marks.steps[-1].absent:
        add(query, choose((column(f"m{last}", "marks"), column("moment", "marks"))), f"done{last}")
    for i in reversed(range(len(marks.steps) - 1)):
        step = Adjacent(marks, i, "marks")
        mine = column(f"m{i}", "marks")
        partition = [
            column(tie.later, "marks")
            if tie.earlier == tie.later
            else choose((mine, column(tie.earlier, "marks")), otherwise=column(tie.later, "marks"))
            for tie in step.ties
        ]
        if step.absent:
            target = choose((column(f"m{i + 1}", "marks"), column("moment", "marks")))
        else:
            target = column(f"done{i + 1}", "marks")
        above = level(query, "marks")
        add(above, step.done(mine, step.target(target), partition), f"done{i}")
        query = above
    result = level(query, "marks")
    add(result, column("done0", "marks"), "done")
    return result


def apart(marks: Marks, inputs: Inputs) -> exp.Select:
    """Return the same where an event can be both: it stands in the relation twice, in two roles."""

    def picked(table: str, i: int, role: int, done: exp.Expr) -> exp.Select:
        query = exp.select(*(column(name, table) for name in marks.columns)).from_(exp.to_table(table), copy=False)
        add(query, literal(role), "role")
        add(query, done, "done")
        return query.where(column(f"m{i}", table), copy=False)

    relations = [(marks.name, marks.query(inputs))]
    below = marks.name
    for i in reversed(range(len(marks.steps) - 1)):
        step = Adjacent(marks, i, "roles")
        at_moment = below == marks.name
        later = picked(below, i + 1, 0, column("moment" if at_moment else "done", below))
        if not at_moment:
            later.where(known(column("done", below)), copy=False)
        earlier = picked(marks.name, i, 1, cast_missing())
        both = exp.union(earlier, later, distinct=False, copy=False)
        mine = binary(exp.EQ, column("role", "roles"), literal(1))
        partition = [
            choose((mine, column(tie.earlier, "roles")), otherwise=column(tie.later, "roles")) for tie in step.ties
        ]
        target = choose((binary(exp.EQ, column("role", "roles"), literal(0)), column("done", "roles")))
        found = exp.select(*(column(name, "roles") for name in (*marks.columns, "role")))
        add(found, step.done(mine, step.target(target), partition), "done")
        found.from_(both.subquery("roles"), copy=False)
        below = f"{marks.name}_{i}"
        reached = exp.select(*(column(name, "found") for name in (*marks.columns, "done")))
        reached.from_(found.subquery("found"), copy=False)
        reached.where(binary(exp.EQ, column("role", "found"), literal(1)), copy=False)
        relations.append((below, reached))
    result = level(exp.select(exp.Star()).from_(below, copy=False), "reached")
    for name, relation in relations:
        result.with_(name, relation, copy=False)
    return result


def cast_missing() -> exp.Expr:
    """Return a missing moment."""
    return cast(exp.null(), "bigint")


class Adjacent:
    """What ties the events of step i to those of the next one, in SQL over one relation that holds both."""

    def __init__(self, marks: Marks, i: int, table: str) -> None:
        self.step: Step = marks.steps[i + 1]
        self.ties = marks.ties(i + 1)
        self.table = table
        self.absent = self.step.absent
        self.earliest = self.absent or i + 1 == marks.last
        self.as_of = marks.activity.context.as_of
        self.unit = "ROWS" if marks.roles else "RANGE"

    def target(self, done: exp.Expr) -> exp.Expr:
        """Return ``done`` of a later event that can be tied to something."""
        there = [known(column(tie.later, self.table)) for tie in self.ties if tie.can_miss]
        return choose((every(there), done)) if there else done

    def done(self, mine: exp.Expr, target: exp.Expr, partition: list[exp.Expr]) -> exp.Expr:
        """Return ``done`` of an earlier event."""
        there = [known(column(tie.earlier, self.table)) for tie in self.ties if tie.can_miss]
        nearest = self.nearest(target, [column("customer_id", self.table), *partition])
        if not self.absent:
            return choose((every((mine.copy(), *there)), nearest))
        if there:
            nearest = choose((every(there), nearest))
        moment = column("moment", self.table)
        deadline = binary(exp.Add, moment, literal(microseconds(self.max_gap)))
        passed = binary(exp.LTE, deadline, call("epoch_us", literal(self.as_of)))
        return choose((every((mine.copy(), is_missing(nearest), passed)), moment.copy()))

    @property
    def max_gap(self) -> Duration:
        """The deadline of an absence."""
        if self.step.max_gap is None:
            raise DefinitionError("an absent step needs a deadline", hint="max_gap: 24h")
        return self.step.max_gap

    def nearest(self, target: exp.Expr, partition: list[exp.Expr]) -> exp.Expr:
        """Return the smallest ``done`` of the later events in reach."""
        moment, place = column("moment", self.table), column("place", self.table)
        low = 0 if self.step.min_gap is None else microseconds(self.step.min_gap)
        high = None if self.step.max_gap is None else microseconds(self.step.max_gap) - 1
        smallest = exp.Min(this=target)
        if high is not None and high < low:
            return cast_missing()
        if low > 0:
            return over(smallest, partition, [up(moment)], frame("RANGE", low, "last" if high is None else high))
        after = over(smallest.copy(), partition, [up(place)], frame(self.unit, 1, "last"))
        if high is None:
            return after
        if self.earliest:
            near = binary(exp.LTE, binary(exp.Sub, after, moment), literal(high))
            return choose((near, after.copy()))
        later = over(smallest, partition, [up(moment)], frame("RANGE", 1, high))
        at_once = over(smallest.copy(), [*partition, moment], [up(place)], frame(self.unit, 1, "last"))
        sooner = some((is_missing(later), binary(exp.LT, at_once, later.copy())))
        return choose((every((known(at_once.copy()), sooner)), at_once.copy()), otherwise=later.copy())


def roles(steps: tuple[Step, ...]) -> dict[tuple[str, ...], int]:
    """Return a rank for the events of every filter where no event can match two of them; nothing where one may.

    Events that tie in every part of their order come by rank: those of a later step first, and what must not lie
    between two steps between them. So no event follows one it ties with, and one count of rows so far tells what lies
    between.
    """
    found: dict[tuple[str, ...], int] = {}
    used: list[str] = []
    for i, step in enumerate(steps):
        place = 2 * (len(steps) - 1 - i)
        found[step.event.names] = place
        used += {*step.event.names}
        between = tuple(sorted({name for one in step.without for name in one.names}))
        if not step.event.names or not all(one.names for one in step.without):
            return {}
        if between:
            found[between] = place + 1
            used += between
    return found if len(used) == len({*used}) else {}


def may_be_both(one: EventFilter, other: EventFilter) -> bool:
    """Say whether an event can match both filters, by their names."""
    return not one.names or not other.names or bool({*one.names} & {*other.names})
