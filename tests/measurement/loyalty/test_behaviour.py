import datetime as dt

import numpy as np
import pytest
from tests.measurement.happened import EVENTS, engine_with, event, members

from segmentary.engine.sqlfile import query, text
from segmentary.language.tree import Context
from segmentary.measurement.loyalty import behaviour as module
from segmentary.measurement.loyalty.behaviour import (
    Leaving,
    leaving_events,
    order_figures,
    retention,
    still_buying,
)

CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), timezone="Europe/Berlin")


def order(who, day):
    return event(who, day, name="order_completed")


def test_repeat_rate_and_orders():
    rows = [
        order("a", dt.datetime(2025, 5, 1)),
        order("a", dt.datetime(2025, 5, 1, 12)),
        order("b", dt.datetime(2024, 1, 1)),
    ]
    rows += [order("c", dt.datetime(2025, 5, d)) for d in (1, 2, 3)] + [order("d", dt.datetime(2026, 4, 1))]
    engine = engine_with(rows)
    found = order_figures(engine, EVENTS, members(engine, ["abd", "c"], "abcd"), ["one", "two"], CONTEXT)
    by = {(f.segment, f.measure): f for f in found}
    assert by["one", "repeat_rate"].own.estimate == 0  # twice on one day is not again
    assert (by["one", "repeat_rate"].own.n, by["one", "repeat_rate"].others.estimate) == (2, 1.0)
    assert by["one", "orders_per_customer"].own.estimate == 2
    assert by["two", "orders_per_customer"].own.estimate == 3


def test_still_buying_counts_only_those_seen_long_enough():
    rows = [
        order("a", dt.datetime(2025, 1, 1)),
        order("a", dt.datetime(2025, 4, 20)),
        order("b", dt.datetime(2025, 1, 1)),
    ]
    rows += [order("late", dt.datetime(2025, 12, 1))]
    engine = engine_with(rows)
    found = still_buying(engine, EVENTS, members(engine, [["a", "b", "late"]], ["a", "b", "late"]), ["s"], CONTEXT)
    three = next(f for f in found if f.measure == "still_buying_3_months")
    assert (three.own.n, three.own.estimate) == (2, 0.5)
    assert next(f for f in found if f.measure == "still_buying_12_months").own.n == 0


def test_retention_counts_the_still_there_as_long_as_seen():
    rng = np.random.default_rng(1)
    rows, groups = [], [[], []]
    for k in range(600):
        slow = k % 2
        start = dt.datetime(2024, 6, 1) + dt.timedelta(days=int(rng.integers(0, 500)))
        stay = int(rng.exponential(800 if slow else 250)) + 1
        rows.append(event(f"c{k}", start, name="subscription_started"))
        if start + dt.timedelta(days=stay) < dt.datetime(2026, 2, 28):
            rows.append(event(f"c{k}", start + dt.timedelta(days=stay), name="subscription_cancelled"))
        groups[slow].append(f"c{k}")
    engine = engine_with(rows)
    leaving = Leaving("subscription_cancelled", "subscription_started")
    who = members(engine, groups, groups[0] + groups[1])
    found = {(f.segment, f.measure): f for f in retention(engine, EVENTS, who, ["quick", "slow"], CONTEXT, leaving)}
    for segment, mean in (("quick", 250), ("slow", 800)):
        for months, days in ((3, 91), (6, 183), (12, 365)):
            figure = found[segment, f"retention_{months}_months"]
            # A little wider than 95%: six intervals at once.
            half = 1.4 * (figure.own.high - figure.own.low) / 2
            assert abs(figure.own.estimate - np.exp(-days / mean)) < half
            assert figure.own.n == 300
    year = found["slow", "retention_12_months"]
    assert year.gap.low > 0
    assert year.others.estimate == pytest.approx(found["quick", "retention_12_months"].own.estimate)
    # Without an event of beginning, the first thing known begins it: here the same.
    assert retention(engine, EVENTS, who, ["quick"], CONTEXT, Leaving("subscription_cancelled", None))[0].own.n == 300


def test_which_events_are_leaving():
    assert leaving_events(["order_cancelled", "email_unsubscribed", "visit_ended"]) is None
    assert leaving_events(["membership_cancelled"]) == Leaving("membership_cancelled", None)
    assert leaving_events([]) is None


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    moments = {"as_of": CONTEXT.as_of, "known_at": None}
    given = {"events": EVENTS, "members": EVENTS, "zone": "Europe/Berlin"} | moments
    today = module.today(CONTEXT)
    queries = [
        query(module.ORDERS, **given, order_event="o", since=CONTEXT.as_of),
        query(module.STILL_BUYING, **given, order_event="o", today=today, after=91, window=91),
        query(module.STAYS, **given, starts=None, ends="e", today=today),
        query(
            module.LEAVING, answers=EVENTS, events=EVENTS, members=EVENTS, survey="s", item="i", promoter=9,
            detractor=6, ends="e", order_event="o", lapsed=CONTEXT.as_of, by_event=True, **moments,
        ),
    ]  # fmt: skip
    assert all(text(one, dialect) for one in queries)
