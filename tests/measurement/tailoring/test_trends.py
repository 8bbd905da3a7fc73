import datetime as dt

import numpy as np
import pytest
from tests.measurement.happened import EVENTS, engine_with, event, members

from segmentary.engine.sqlfile import query, text
from segmentary.language.tree import Context
from segmentary.measurement.tailoring import trends as module
from segmentary.measurement.tailoring.facts import dimensions, facts_query
from segmentary.measurement.tailoring.trends import trends, whole_months

CONTEXT = Context(as_of=dt.datetime(2026, 3, 10, tzinfo=dt.UTC), timezone="Europe/Berlin")
BY = dimensions()["category"]


def buying(rng, people, prefix, share):
    """share: month 0 to 17 -> share of garden."""
    rows = []
    for k in range(people):
        for month in range(18):
            for _ in range(rng.poisson(1.0)):
                at = dt.datetime(2024, 9, 3) + dt.timedelta(days=30.4 * month + rng.uniform(0, 25))
                rows.append(event(f"{prefix}{k}", at, category="garden" if rng.uniform() < share(month) else "tea"))
    return rows


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(1)
    rows = buying(rng, 150, "a", lambda m: 0.2 + 0.025 * m) + buying(rng, 250, "b", lambda m: 0.3)
    engine = engine_with(rows)
    ids = sorted({row["customer_id"] for row in rows})
    groups = [[w for w in ids if w[0] == "a"], [w for w in ids if int(w[1:]) % 2 == 0], ids[:5]]
    return trends(
        engine, EVENTS, members(engine, groups, ids), ["moving", "even", "few"], BY, whole_months(CONTEXT, 18)
    )


def test_the_one_that_moves_is_found(found):
    garden = next(one for one in found.of("moving") if one.item == "garden")
    assert garden.verdict == "rising"
    assert garden.own
    assert garden.slope.low <= 0.025 <= garden.slope.high
    assert garden.months[0].share.estimate < 0.35 < garden.months[-1].share.estimate
    assert garden.forecast is not None
    assert "unlike everybody else" in garden.sentence
    assert len(found.months) == len(garden.months) == 18
    assert (found.months[0], found.months[-1]) == ("2024-09", "2026-02")


def test_every_other_half_is_like_the_rest(found):
    even = found.of("even")
    assert not any(one.own for one in even)


def test_what_is_withheld_and_told(found):
    assert found.withheld == (("few", "category"),)
    assert "less than two years" in found.season
    assert {one.segment for one in found.told()} >= {"moving"}
    assert found.to_document()["rows"][0]["sentence"]


def test_whole_months_end_with_the_last():
    period = whole_months(CONTEXT, 12)
    assert period.since == dt.datetime(2025, 2, 28, 23, tzinfo=dt.UTC)
    assert period.until == dt.datetime(2026, 2, 28, 23, tzinfo=dt.UTC)


def test_nothing_and_too_short():
    engine = engine_with([])
    nothing = trends(engine, EVENTS, members(engine, [[]], []), ["none"], BY, whole_months(CONTEXT, 12))
    assert nothing.rows == ()
    rows = [event(f"c{k}", dt.datetime(2026, 1, 5), category="tea") for k in range(40)]
    engine = engine_with(rows)
    ids = [f"c{k}" for k in range(40)]
    short = trends(engine, EVENTS, members(engine, [ids[:20]], ids), ["half"], BY, whole_months(CONTEXT, 12))
    assert short.rows == ()
    assert short.months == ("2026-01",)


def test_a_month_with_nobody_is_a_hole():
    days = (dt.datetime(2025, 10, 5), dt.datetime(2025, 11, 5), dt.datetime(2026, 1, 5))
    rows = [event(f"c{k}", at, category="tea" if k % 2 else "jam") for k in range(40) for at in days]
    engine = engine_with(rows)
    ids = [f"c{k}" for k in range(40)]
    held = trends(engine, EVENTS, members(engine, [ids[:20]], ids), ["half"], BY, whole_months(CONTEXT, 12))
    december = held.rows[0].months[2]
    assert december.month == "2025-12"
    assert december.share.n == 0
    assert np.isnan(december.share.estimate)
    assert held.rows[0].forecast is None


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    facts = facts_query(EVENTS, BY, whole_months(CONTEXT, 12))
    given = {"parts": EVENTS, "members": EVENTS}
    queries = [
        query(module.PARTS, facts=facts),
        query(module.KNOWN, parts=EVENTS),
        query(module.PEOPLE, **given, origin=24_300),
        query(module.ITEMS, **given, origin=24_300, items=("a", "b")),
        query(module.MONTHS, **given, items=("a",)),
    ]
    assert all(text(one, dialect) for one in queries)
