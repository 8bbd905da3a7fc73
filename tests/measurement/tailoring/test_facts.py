import datetime as dt
from decimal import Decimal

import pytest
from tests.measurement.happened import EVENTS, engine_with, event

from segmentary.engine.sqlfile import text
from segmentary.errors import UnknownNameError
from segmentary.language.tree import Context
from segmentary.measurement.tailoring.facts import (
    LEVELS,
    NIGHT,
    WEEKDAYS,
    Period,
    chosen,
    dimensions,
    facts_query,
    price_levels,
    thirds,
)

AS_OF = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
BERLIN = Period(dt.datetime(2025, 3, 1, tzinfo=dt.UTC), Context(as_of=AS_OF, timezone="Europe/Berlin"))


def items(engine, dimension, period=BERLIN):
    return [row[1] for row in engine.rows(facts_query(EVENTS, dimension, period))]


def test_times_are_local():
    # 23:30 on a Sunday in UTC is half past midnight on Monday in Berlin, and the next month.
    at = dt.datetime(2025, 11, 30, 23, 30)
    engine = engine_with([event("a", at, name="order_completed", channel="web")])
    known = dimensions()
    assert items(engine, known["weekday"]) == ["Monday"]
    assert items(engine, known["hour"]) == [NIGHT]
    ((_, channel, amount, month),) = engine.rows(facts_query(EVENTS, known["channel"], BERLIN))
    assert (channel, amount, month) == ("web", 10, 12 * 2025 + 11)


def test_only_what_happened_in_time_and_was_known():
    rows = [
        event("a", dt.datetime(2025, 2, 1), category="old"),
        event("a", dt.datetime(2025, 4, 1), category="in"),
        event("a", dt.datetime(2026, 3, 1), category="not yet"),
        event("a", dt.datetime(2025, 5, 1), category="learnt late", known_at=dt.datetime(2026, 2, 1)),
        event("a", dt.datetime(2025, 5, 1), category=""),
        event("a", dt.datetime(2025, 5, 1)),
    ]
    engine = engine_with(rows)
    known = Context(as_of=AS_OF, known_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert items(engine, dimensions()["category"], Period(BERLIN.since, known)) == ["in"]


def test_price_levels_within_a_category():
    rows = [event("a", dt.datetime(2025, 4, 1), category="tea", amount=Decimal(p)) for p in (1, 2, 3)]
    rows += [event("a", dt.datetime(2025, 4, 1), category="gold", amount=Decimal(p)) for p in (100, 200, 300)]
    rows += [event("a", dt.datetime(2025, 4, 1), category="one", amount=Decimal(5))]
    rows += [event("a", dt.datetime(2025, 4, 1), category="tea", amount=Decimal(0))]
    engine = engine_with(rows)
    levels = price_levels(engine, EVENTS, BERLIN)
    assert set(levels.ends) == {"tea", "gold"}
    assert sorted(items(engine, dimensions(levels=levels)["price"])) == sorted([*LEVELS, *LEVELS])


def test_thirds():
    assert thirds({}) is None
    assert thirds({Decimal(3): 9}) is None
    assert thirds({Decimal(1): 1, Decimal(2): 98, Decimal(3): 1}) == (Decimal(1), Decimal(2))
    assert thirds({Decimal(1): 5, Decimal(2): 5}) == (Decimal(1), Decimal(1))


def test_topics_come_from_a_property():
    engine = engine_with([event("a", dt.datetime(2025, 4, 1), name="chat", properties='{"topic": "billing"}')])
    assert items(engine, dimensions(["chat"])["chat.topic"]) == ["billing"]


def test_names():
    known = dimensions(["chat"])
    assert [one.name for one in chosen(known, ["channel"])] == ["channel"]
    assert len(chosen(known, [])) == len(known) == 7
    with pytest.raises(UnknownNameError, match="categry"):
        chosen(known, ["categry"])
    assert known["weekday"].order == WEEKDAYS


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    levels = price_levels(
        engine_with([event("a", dt.datetime(2025, 4, 1), category="t", amount=Decimal(p)) for p in (1, 2, 3)]),
        EVENTS,
        BERLIN,
    )
    for dimension in dimensions(["chat"], levels).values():
        assert text(facts_query(EVENTS, dimension, BERLIN), dialect)
