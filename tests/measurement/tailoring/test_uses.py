"""Uses are counted in the engine as a person would count them, and chance differences are not told."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from scipy import stats
from tests.measurement.happened import EVENTS, engine_with, event, members

from segmentary.engine.sqlfile import query, text
from segmentary.language.tree import Context
from segmentary.measurement.tailoring import uses as module
from segmentary.measurement.tailoring.facts import Period, dimensions, facts_query
from segmentary.measurement.tailoring.uses import LEAST_EFFECT, uses, verdict_of

AS_OF = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
YEAR = Period(dt.datetime(2025, 3, 1, tzinfo=dt.UTC), Context(as_of=AS_OF))
BY = dimensions()


def bought(rng, shares, people, prefix):
    rows = []
    for k in range(people):
        for _ in range(1 + rng.poisson(3)):
            item = rng.choice(list(shares), p=list(shares.values()))
            at = dt.datetime(2025, 6, 1) + dt.timedelta(days=int(rng.integers(0, 200)))
            rows.append(event(f"{prefix}{k}", at, category=item, amount=Decimal(int(rng.integers(1, 50)))))
    return rows


def test_counts_as_by_hand():
    rng = np.random.default_rng(1)
    rows = bought(rng, {"tea": 0.7, "milk": 0.3}, 40, "a") + bought(rng, {"tea": 0.3, "milk": 0.7}, 50, "b")
    # One heavy buyer of milk in the first group: a person counts once, whatever the money.
    rows += [event("a0", dt.datetime(2025, 7, 1), category="milk", amount=Decimal(1000)) for _ in range(60)]
    engine = engine_with(rows)
    ids = sorted({row["customer_id"] for row in rows})
    inside = [who for who in ids if who[0] == "a"]
    found = uses(engine, EVENTS, members(engine, [inside], ids), ["first"], [BY["category"]], YEAR)
    part, spent = {}, {}
    for who in ids:
        mine = [row for row in rows if row["customer_id"] == who]
        tea = [row for row in mine if row["category"] == "tea"]
        part[who] = len(tea) / len(mine)
        spent[who] = (float(sum(row["amount"] for row in tea)), float(sum(row["amount"] for row in mine)))
    one, two = ([part[w] for w in ids if (w[0] == "a") == here] for here in (True, False))
    use = next(row for row in found.rows if row.item == "tea")
    welch = stats.ttest_ind(one, two, equal_var=False)
    assert (use.people, use.others, use.users) == (40, 50, sum(p > 0 for p in one))
    assert use.part.estimate == pytest.approx(np.mean(one))
    assert use.part_of_others.estimate == pytest.approx(np.mean(two))
    assert use.difference.p == pytest.approx(welch.pvalue, rel=1e-6)
    low, high = welch.confidence_interval()
    assert (use.difference.low, use.difference.high) == pytest.approx((low, high), rel=1e-6)
    assert use.money.estimate == pytest.approx(
        sum(spent[w][0] for w in inside) / sum(spent[w][1] for w in inside), rel=1e-9
    )
    assert use.money.estimate < 0.1 < use.part.estimate
    assert use.index == pytest.approx(100 * np.mean(one) / np.mean(two))
    assert use.verdict == "over"
    assert use.sureness > 0
    assert found.to_document()["tests"] == 2


def test_the_money_share_interval_holds_its_level():
    inside = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rows = bought(rng, {"tea": 0.4, "milk": 0.6}, 60, "a") + bought(rng, {"tea": 0.4, "milk": 0.6}, 20, "b")
        engine = engine_with(rows)
        ids = sorted({row["customer_id"] for row in rows})
        found = uses(
            engine, EVENTS, members(engine, [[w for w in ids if w[0] == "a"]], ids), ["a"], [BY["category"]], YEAR
        )
        money = next(row for row in found.rows if row.item == "tea").money
        inside += money.low <= 0.4 <= money.high
    assert inside >= 52  # of 60 at 95%


def test_chance_is_not_told():
    claims = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = bought(rng, {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1}, 90, "x")
        engine = engine_with(rows)
        ids = sorted({row["customer_id"] for row in rows})
        groups = [list(rng.permutation(ids)[:30]) for _ in range(4)]
        found = uses(engine, EVENTS, members(engine, groups, ids), list("1234"), [BY["category"]], YEAR)
        claims += bool(found.told())
    assert claims <= 5  # 5% of 30 on average


def test_nobody_and_too_few():
    engine = engine_with([])
    assert uses(engine, EVENTS, members(engine, [[]], []), ["none"], list(BY.values()), YEAR).rows == ()
    rows = [event(f"c{k}", dt.datetime(2025, 6, 1), category="tea") for k in range(30)]
    engine = engine_with(rows)
    ids = [f"c{k}" for k in range(30)]
    found = uses(engine, EVENTS, members(engine, [ids[:5], ids[:15]], ids), ["few", "half"], [BY["category"]], YEAR)
    assert found.withheld == (("few", "category"),)
    (use,) = found.rows
    assert use.segment == "half"
    assert use.difference is None  # everybody buys tea only
    assert use.verdict == "unclear"
    assert (use.part.estimate, use.part.high) == (1.0, 1.0)


def test_rare_items_are_left_out_and_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_ITEMS", 2)
    rows = [
        event(f"c{k}", dt.datetime(2025, 6, 1), category=c) for c, n in (("a", 40), ("b", 30), ("c", 20), ("d", 3))
        for k in range(n)
    ]  # fmt: skip
    engine = engine_with(rows)
    ids = [f"c{k}" for k in range(40)]
    found = uses(engine, EVENTS, members(engine, [ids[:20]], ids), ["half"], [BY["category"]], YEAR)
    assert {one.item for one in found.rows} == {"a", "b"}
    assert found.left_out == {"category": 1}


def test_bh_tells_more_than_holm():
    rng = np.random.default_rng(5)
    shares = dict.fromkeys("abcdefghij", 0.1)
    tilted = dict(zip("abcdefghij", [0.14, 0.13, 0.12, 0.11, 0.1, 0.1, 0.09, 0.08, 0.07, 0.06], strict=True))
    rows = bought(rng, shares, 200, "x") + bought(rng, tilted, 200, "y")
    engine = engine_with(rows)
    ids = sorted({row["customer_id"] for row in rows})
    args = (engine, EVENTS, members(engine, [[w for w in ids if w[0] == "y"]], ids), ["y"], [BY["category"]], YEAR)
    assert len(uses(*args, correction="bh").told()) >= len(uses(*args).told())


def test_verdicts_need_size_and_certainty():
    from segmentary.models.intervals import Difference

    small = Difference(0.001, 0.0005, 0.0015, 0.02, 0.01, 0.03, 1e-9)
    assert verdict_of(small, 1e-9, LEAST_EFFECT) == "alike"
    wide = Difference(0.1, -0.1, 0.3, 0.4, -0.4, 1.2, 0.4)
    assert verdict_of(wide, 0.4, LEAST_EFFECT) == "unclear"
    assert verdict_of(None, 1.0, LEAST_EFFECT) == "unclear"


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    assert text(query(module.PERSONAL, facts=facts_query(EVENTS, BY["category"], YEAR)), dialect)
    assert text(query(module.ITEMS, personal=EVENTS, least=11), dialect)
    assert text(query(module.USES, personal=EVENTS, members=EVENTS, items=("a", "b's")), dialect)
    assert text(query(module.PEOPLE, personal=EVENTS, members=EVENTS), dialect)


def test_what_a_segment_is_defined_by_is_marked():
    rng = np.random.default_rng(8)
    rows = bought(rng, {"tea": 0.9, "milk": 0.1}, 60, "a") + bought(rng, {"tea": 0.2, "milk": 0.8}, 60, "b")
    engine = engine_with(rows)
    ids = sorted({row["customer_id"] for row in rows})
    who = members(engine, [[w for w in ids if w[0] == "a"]], ids)
    found = uses(engine, EVENTS, who, ["tea_drinkers"], [BY["category"]], YEAR).defined_by({"tea_drinkers": {"tea"}})
    assert {one.item: one.circular for one in found.rows} == {"tea": True, "milk": False}
    named = found.called("category", {"milk": "Milk, fresh"})
    assert {one.said for one in named.rows} == {"tea", "Milk, fresh"}
