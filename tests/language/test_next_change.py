"""When time alone changes a rule: no instant before has another truth, and the instant found has."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from tests.language.histories import NOW, attribute, happened, utc

from segmentary.errors import UnknownNameError
from segmentary.language.next_change import later, next_change, seek
from segmentary.language.oracle import AttributeVersion, Belonging, Decision, Entry, Person, Population
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Between,
    Calendar,
    Compare,
    Consent,
    Constant,
    Context,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FixedWindow,
    Had,
    HasBeen,
    Last,
    Not,
    PeriodsWith,
    PropertyValue,
    Rank,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEvent,
    Sliding,
    Step,
    TraitDefinition,
    TraitValue,
)

MOMENT, HOUR, DAY = dt.timedelta(microseconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
ORDER, VIEW = EventFilter(("order",)), EventFilter(("view",))
HAPPENED = PropertyValue(("happened_at",))
LAST_ORDER = EventMeasure(ORDER, "last", HAPPENED)
TYPES = {"plan": "text", "birthday": "date", "ends_at": "time", "spent": "number"}


def count(during: object = None) -> EventMeasure:
    return EventMeasure(ORDER, "count", None, during)  # type: ignore[arg-type]


def at_least(number: int, during: object = None) -> Compare:
    return Compare(count(during), "gte", Decimal(number))


def population(*people: Person, context: Context = NOW, **more: object) -> Population:
    return Population(people, context, given_types=TYPES, **more)  # type: ignore[arg-type]


def change(rule: Rule, person: Person, **more: object) -> dt.datetime | None:
    return next_change(population(person, **more), rule, person.customer_id)


def ordered(*days: float) -> Person:
    return Person("a", events=tuple(happened("order", NOW.as_of - DAY * day) for day in days))


# ---------------------------------------------------------------- by hand


def test_an_event_ages_out_just_after_the_length() -> None:
    rule = at_least(2, Last(Duration(30, "day")))
    assert change(rule, ordered(5, 20, 25)) == NOW.as_of + 10 * DAY + MOMENT
    assert change(rule, ordered(5)) is None
    assert change(Not(rule), ordered(5, 20)) == NOW.as_of + 10 * DAY + MOMENT
    assert change(at_least(1), ordered(5)) is None


def test_an_event_comes_into_a_window_that_lies_back() -> None:
    rule = at_least(1, Between(Duration(20, "day"), Duration(10, "day")))
    assert change(rule, ordered(4)) == NOW.as_of + 6 * DAY + MOMENT
    assert change(rule, ordered(15)) == NOW.as_of + 5 * DAY + MOMENT


def test_the_calendar_turns_at_local_midnight() -> None:
    this_month, next_month = Calendar("month", "this"), utc(2026, 3, 31, 22)
    assert change(at_least(1, this_month), ordered(5)) == next_month
    assert change(at_least(1, Calendar("month", "previous")), ordered(5)) == next_month
    assert change(at_least(1, Calendar("quarter", "previous")), ordered(5)) == next_month
    week = PeriodsWith(count(), "gte", Decimal(1), "week", 1)
    # Monday 6 April in Berlin.
    assert change(Compare(week, "gte", Decimal(1)), ordered(0.1)) == utc(2026, 4, 5, 22)


def test_months_clamp_and_clocks_change() -> None:
    # A month after 29 January is 28 February at that local time; on 1 March it is more than a month.
    context = Context(utc(2026, 2, 10), "Europe/Berlin")
    person = Person("a", events=(happened("order", utc(2026, 1, 29, 12)),))
    rule = at_least(1, Last(Duration(1, "month")))
    # 28 February 13:00 minus a month is 28 January: still inside; until 1 March, which lies after 29 January.
    assert change(rule, person, context=context) == utc(2026, 2, 28, 23)
    # The last order was at noon in winter time: in summer time noon comes an hour earlier.
    context = Context(utc(2026, 3, 20), "Europe/Berlin")
    person = Person("a", events=(happened("order", utc(2026, 3, 1, 11)),))
    assert change(rule, person, context=context) == utc(2026, 4, 1, 10) + MOMENT


def test_deadlines_of_absences() -> None:
    rule = Sequence((Step(ORDER), Step(VIEW, max_gap=Duration(1, "day"), absent=True)), anchor="last")
    assert change(rule, ordered(0.5)) == NOW.as_of + DAY / 2
    assert change(rule, ordered(3)) is None


def test_days_since_and_anniversaries() -> None:
    days = Compare(Elapsed(LAST_ORDER), "gte", Decimal(30))
    # The order was on 26 March: 30 days later is 25 April, which begins at 22:00 UTC the day before.
    assert change(days, ordered(5)) == utc(2026, 4, 24, 22)
    born = Person("a", (attribute("birthday", "2000-02-29", "date"),))
    soon = Compare(TraitValue("birthday"), "anniversary_within_next", Duration(7, "day"))
    context = Context(utc(2027, 1, 1), "Europe/Berlin")
    # On 28 February in 2027; a week before is the 22nd, from its first instant.
    assert change(soon, born, context=context) == utc(2027, 2, 21, 23)
    years = Compare(Elapsed(TraitValue("birthday"), "years"), "gte", Decimal(27))
    assert change(years, born, context=context) == utc(2027, 2, 27, 23)


def test_moments_come_near() -> None:
    ends = Person("a", (attribute("ends_at", "2026-04-10T12:00:00Z", "time"),))
    rule = Compare(TraitValue("ends_at"), "between_from_now", (Duration(3, "day"), Duration(5, "day")))
    assert change(rule, ends) == utc(2026, 4, 5, 12) + MOMENT
    assert (
        change(Compare(TraitValue("ends_at"), "within_last", Duration(1, "day")), ends) == utc(2026, 4, 10, 12) + MOMENT
    )


def test_versions_end_and_states_grow_old() -> None:
    plan = Person("a", (AttributeVersion("plan", "trial", "text", NOW.as_of - 4 * DAY, NOW.as_of + 20 * DAY),))
    is_trial = Compare(TraitValue("plan"), "is", "trial")
    assert change(is_trial, plan) == NOW.as_of + 20 * DAY + MOMENT
    assert change(HasBeen(is_trial, at_least=Duration(10, "day")), plan) == NOW.as_of + 6 * DAY
    assert change(Had(is_trial, Last(Duration(7, "day"))), plan) == NOW.as_of + 27 * DAY


def test_stays_grow_old_and_fill_windows() -> None:
    log = (Entry("vip", "a", True, NOW.as_of - 3 * DAY, NOW.as_of),)
    person = Person("a")
    moved = SegmentMoved("vip", "entered", Last(Duration(7, "day")))
    assert change(moved, person, entries=log) == NOW.as_of + 4 * DAY + MOMENT
    stayed = SegmentMoved("vip", "entered", stayed=Duration(5, "day"))
    assert change(stayed, person, entries=log) == NOW.as_of + 2 * DAY
    filled = SegmentDuring("vip", Last(Duration(30, "day")), "at_least", Duration(14, "day"))
    assert change(filled, person, entries=log) == NOW.as_of + 11 * DAY
    then = SegmentAt("vip", Duration(7, "day"))
    assert change(then, person, entries=log) == NOW.as_of + 4 * DAY + MOMENT


def test_another_moment_of_a_definition_moves_along() -> None:
    segments = {"recent": SegmentDefinition("recent", at_least(1, Last(Duration(5, "day"))))}
    rule = SegmentAt("recent", Duration(10, "day"), evaluated=True)
    # Ordered 2 days ago: recent from then until 3 days ahead, and 10 days later each.
    assert change(rule, ordered(2), segments=segments) == NOW.as_of + 8 * DAY + MOMENT
    assert change(SegmentReference("recent"), ordered(2), segments=segments) == NOW.as_of + 3 * DAY + MOMENT
    assert change(SegmentReference("recent"), ordered(2), segments=segments, known_members={"recent": {"a"}}) is None


def test_others_change_ranks_and_groups() -> None:
    mine, other = ordered(20, 21), Person("b", events=(happened("order", NOW.as_of - 25 * DAY),) * 3)
    ranked = Rank(count(Last(Duration(30, "day"))), number=1)
    both = population(mine, Person("b", events=tuple(happened("order", NOW.as_of - 25 * DAY, i) for i in range(3))))
    assert next_change(both, ranked, "a") == NOW.as_of + 5 * DAY + MOMENT
    group = (Belonging("account", "x", None, NOW.as_of + 9 * DAY),)
    people = [Person("a", belongings=group), Person("b", events=other.events, belongings=group)]
    rule = Related("account", "any", at_least(1))
    assert next_change(population(*people), rule, "a") == NOW.as_of + 9 * DAY
    assert next_change(population(*people), Related("account", "any", at_least(1, Last(Duration(30, "day")))), "a") == (
        NOW.as_of + 5 * DAY + MOMENT
    )


def test_what_never_changes_by_itself() -> None:
    person = Person("a", decisions=(Decision("marketing", "email", True, NOW.as_of - DAY, NOW.as_of),))
    for rule in (Consent("marketing"), Sample(Decimal("0.5"), "s"), All(()), Compare(TraitValue("plan"), "missing")):
        assert change(rule, person) is None
    with pytest.raises(UnknownNameError):
        next_change(population(person), All(()), "nobody")


def test_what_lies_ahead_of_as_of_has_not_happened() -> None:
    person = Person("a", events=(happened("order", NOW.as_of - DAY), happened("order", NOW.as_of + DAY)))
    assert change(at_least(2), person) is None


# ---------------------------------------------------------------- at random


class Draw:
    """Small people and rules whose truth time changes often."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        days = ((2026, 3, 20), (2026, 2, 10), (2024, 2, 20), (2025, 10, 20), (2026, 1, 31), (2026, 3, 29))
        zone = self.rng.choice(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati"))
        self.context = Context(utc(*self.rng.choice(days), self.rng.randrange(24), 30), zone)

    def when(self) -> dt.datetime:
        hours, odd = self.rng.randrange(24 * 70), self.rng.choice((0, 0, 1, -1))
        return self.context.as_of - HOUR * hours - MOMENT * odd

    def ahead(self) -> dt.datetime | None:
        return self.rng.choice((None, None, self.context.as_of + HOUR * self.rng.randrange(24 * 40)))

    def length(self, *, exact: bool = False) -> Duration:
        units = ("hour", "day", "week") if exact else ("hour", "day", "week", "month", "quarter")
        unit = self.rng.choice(units)
        most = {"hour": 900, "day": 60, "week": 8, "month": 3, "quarter": 1}[unit]
        return Duration(self.rng.randrange(1, most + 1), unit)  # type: ignore[arg-type]

    def person(self, name: str) -> Person:
        rng = self.rng
        events = tuple(
            happened(rng.choice(("order", "order", "view")), self.when(), i) for i in range(rng.randrange(7))
        )
        plans = tuple(
            AttributeVersion("plan", rng.choice(("trial", "paid")), "text", self.when(), self.ahead()) for _ in range(2)
        )
        day = (self.context.as_of + DAY * rng.randrange(-400, 40)).date()
        moment = (self.context.as_of + HOUR * rng.randrange(-900, 900)).isoformat().replace("+00:00", "Z")
        more = (attribute("birthday", day.isoformat(), "date"), attribute("ends_at", moment, "time"))
        group = (Belonging("account", rng.choice("xy"), None, self.ahead()),)
        return Person(name, plans + more, events, belongings=group)

    def log(self, name: str) -> list[Entry]:
        moves = sorted(self.when() for _ in range(self.rng.randrange(5)))
        return [Entry("vip", name, number % 2 == 0, at, at) for number, at in enumerate(moves)]

    def window(self) -> FixedWindow:
        older, newer = self.length(), self.length()
        unit = self.rng.choice(("day", "week", "month", "fiscal_quarter"))
        which = self.rng.choice(("this", "previous"))
        return self.rng.choice((Last(older), Last(older), Between(older, newer), Calendar(unit, which)))  # type: ignore[arg-type]

    def event_rule(self) -> Rule:
        rng, number = self.rng, Decimal(self.rng.randrange(1, 4))
        recent = EventFilter(("order",), Compare(HAPPENED, "within_last", self.length()))
        sequence = Sequence(
            (Step(ORDER), Step(VIEW, max_gap=self.length(exact=True), absent=True)),
            rng.choice((None, self.window())),
            anchor=rng.choice(("any", "first", "last")),
        )
        visits = Session(Duration(12, "hour"), within=self.window())
        values = (
            count(self.window()),
            count(self.window()),
            count(Sliding(self.length(exact=True), self.window())),
            count(Session(Duration(12, "hour"), within=self.window())),
            count(SinceEvent(EventFilter(("view",), Compare(HAPPENED, "within_last", self.length())))),
            EventMeasure(recent, "count"),
            SessionMeasure(visits, "count"),
            SequenceCount(sequence),
            PeriodsWith(count(), "gte", Decimal(1), rng.choice(("day", "week", "month")), 3),
            Arithmetic("subtract", count(self.window()), count(self.window())),
        )
        return rng.choice((sequence, Compare(rng.choice(values), rng.choice(("gte", "is", "lt")), number)))  # type: ignore[arg-type]

    def date_rule(self) -> Rule:
        rng = self.rng
        value = rng.choice(
            (TraitValue("birthday"), TraitValue("ends_at"), LAST_ORDER, EventMeasure(ORDER, "min", HAPPENED))
        )
        operator = rng.choice(("within_last", "within_next", "anniversary_within_next", "anniversary_within_last"))
        unit = rng.choice(("days", "months", "years"))
        number = Decimal(rng.randrange(0, {"days": 80, "months": 14, "years": 3}[unit]))
        elapsed = Compare(Elapsed(value, unit), rng.choice(("gte", "is", "lte")), number)  # type: ignore[arg-type]
        return rng.choice(
            (
                Compare(value, operator, self.length()),  # type: ignore[arg-type]
                Compare(value, "between_from_now", (self.length(), self.length())),
                Compare(value, "in_period", Calendar("month", rng.choice(("this", "previous")))),  # type: ignore[arg-type]
                elapsed,
                elapsed,
                Compare(Arithmetic("add", Elapsed(value), Constant(Decimal(1))), "gte", Decimal(30)),
            )
        )

    def past_rule(self) -> Rule:
        rng, trial = self.rng, Compare(TraitValue("plan"), "is", "trial")
        quantifier = rng.choice(("any", "all", "at_end", "at_least"))
        return rng.choice(
            (
                trial,
                HasBeen(trial, at_least=self.length()),
                HasBeen(trial, less_than=self.length()),
                Had(trial, self.window()),
                SegmentDuring("vip", self.window(), quantifier, self.length(exact=True)),  # type: ignore[arg-type]
                SegmentMoved("vip", "entered", self.window(), rng.choice((None, 2)), self.length(exact=True)),
                SegmentMoved("vip", "exited", self.window()),
                SegmentAt("vip", self.length()),
                SegmentAt("vip", Calendar("week", "previous")),
                SegmentAt("asked", self.length(), evaluated=True),
                SegmentAt("asked", Calendar("week", "previous"), evaluated=True),
                SegmentReference("asked"),
                Compare(TraitValue("orders"), "gte", Decimal(1)),
                Rank(count(self.window()), number=1),
                Related("account", "any", self.event_rule()),
            )
        )

    def rule(self) -> Rule:
        kinds: tuple[Callable[[], Rule], ...] = (self.event_rule, self.date_rule, self.past_rule)
        first, second = (self.rng.choice(kinds)() for _ in range(2))
        return self.rng.choice((first, first, Not(first), All((first, second)), AnyOf((first, second))))

    def population(self) -> Population:
        asked = SegmentDefinition("asked", self.rng.choice((self.event_rule, self.date_rule))(), timezone="Asia/Tokyo")
        orders = TraitDefinition("orders", count(self.window()), "number", timezone="America/Havana")
        return Population(
            [self.person("a"), self.person("b")],
            self.context,
            segments={"asked": asked},
            traits={"orders": orders},
            given_types=TYPES,  # type: ignore[arg-type]
            entries=self.log("a"),
        )


DAYS = 50


@pytest.mark.parametrize("seed", range(40))
def test_no_instant_before_has_another_truth(seed: int) -> None:
    draw = Draw(seed)
    people, rule = draw.population(), draw.rule()
    found = next_change(people, rule, "a", horizon_days=DAYS)
    start, end = draw.context.as_of, draw.context.as_of + DAY * DAYS
    now = people.holds(rule, "a")
    if found is not None:
        assert later(people, found).holds(rule, "a") != now
    span = ((found or end) - start) // MOMENT
    picked = [start + MOMENT * draw.rng.randrange(span) for _ in range(8)]
    picked += [start + HOUR / 2 * draw.rng.randrange(span // (HOUR // MOMENT) + 1) for _ in range(4)]
    for instant in (*picked, (found or end) - MOMENT):
        if start <= instant < (found or end):
            assert later(people, instant).holds(rule, "a") == now, f"{instant}: {rule}"


def test_of_somebody_with_many_events_not_everything_is_tried() -> None:
    rule = at_least(3, Last(Duration(30, "day")))
    person = ordered(*(hour / 24 for hour in range(1, 201)))
    people = population(person)
    whole = seek(people, rule, "a")
    assert whole.complete
    assert whole.instant == next_change(people, rule, "a")
    some = seek(people, rule, "a", effort=4_000)
    assert not some.complete
    assert some.instant is None
    assert whole.instant is not None
    assert NOW.as_of < some.until < whole.instant
    assert seek(people, rule, "a", effort=10**6) == whole
