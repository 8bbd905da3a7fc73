"""Next best offers: planted tastes are found, in two lists; nothing returned, durable or left out; reasons in words."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sqlglot import exp
from tests.engine.engines import postgres_server

from segmentary.engine.base import Engine
from segmentary.engine.connect import connect
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.language.spans import Context
from segmentary.models.predict.offer_backtest import mean_of
from segmentary.models.predict.offers import Offers, next_best_offers

NOW = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
CONTEXT = Context(NOW, "Europe/Berlin")
START = dt.datetime(2024, 1, 1, 12)
STAPLES, TEA, COFFEE = ("bread", "milk"), ("tea", "pot", "honey", "lemon"), ("coffee", "filter", "sugar", "cup")
Row = tuple[str, str, dt.datetime, str]


def shopping(people: int = 120, *, seed: int = 1) -> list[Row]:
    """Return lines: everybody buys staples, half buys for tea and half for coffee; a sofa is bought once in a life."""
    chance = np.random.default_rng(seed)
    rows: list[Row] = []
    for person in range(people):
        who, tastes = f"c{person:03d}", TEA if person % 2 else COFFEE
        # One thing of their kind nobody has told them of yet.
        missing = tastes[1 + person % 3]
        for day in np.flatnonzero(chance.random(182) < 0.12):
            when = START + dt.timedelta(days=int(day))
            bought = [*(one for one in STAPLES if chance.random() < 0.7)]
            bought += [one for one in tastes if chance.random() < 0.4 and (one != missing or day > 140)]
            rows += [(who, "product_purchased", when, item) for item in bought]
        rows.append((who, "product_purchased", START + dt.timedelta(days=int(chance.integers(0, 150))), "sofa"))
    return rows


def store(engine: Engine, rows: list[Row]) -> exp.Table:
    who, names, when, item = (list(one) for one in zip(*rows, strict=True))
    table = {"customer_id": who, "name": names, "happened_at": pa.array(when, pa.timestamp("us"))}
    engine.ingest("bought", pa.table({**table, "known_at": table["happened_at"], "category": item, "product_id": item}))
    return exp.table_("bought", quoted=True)


def offered(rows: list[Row], engine: Engine | None = None, **options: object) -> Offers:
    used = engine or DuckDB(threads=1)
    return next_best_offers(used, store(used, rows), CONTEXT, most=3, **options)  # type: ignore[arg-type]


def listed(found: Offers, who: str, name: str) -> list[str]:
    return [one["item"] for one in found.of(who) if one["list"] == name]


def test_two_lists_with_reasons() -> None:
    found = offered(shopping())
    assert found.table.column_names == ["customer_id", "list", "rank", "item", "name", "reason"]
    assert found.methods["discover"] == "near"
    near = next(one for one in found.scores if one.method == "near")
    assert near.gain.low > 0
    assert near.precision.n > 50
    for person in (1, 2):
        tastes = TEA if person % 2 else COFFEE
        again, fresh = (listed(found, f"c{person:03d}", name) for name in ("buy again", "discover"))
        assert set(again) <= {*STAPLES, *tastes}
        assert not set(again) & set(fresh)
    reasons = {one["list"]: one["reason"] for one in found.of("c001") if one["rank"] == 1}
    assert reasons["buy again"].startswith("bought ")
    assert reasons["buy again"].endswith((" days ago", "yesterday", "today"))
    assert any("beats" in one for one in found.sentences)


def test_what_is_bought_once_is_not_offered_again() -> None:
    found = offered(shopping())
    assert "sofa" not in found.table.filter(pc.equal(found.table["list"], "buy again"))["item"].to_pylist()
    assert "sofa" in next(one.message for one in found.findings if one.code == "bought_once")
    told = offered(shopping(), once=["bread"])
    assert "bread" not in [one.item for one in told.most_offered if one.list == "buy again"]


def test_what_is_left_out_is_never_offered() -> None:
    found = offered(shopping(), leave_out=["bread", "tea", "coffee"])
    assert not {"bread", "tea", "coffee"} & set(found.table["item"].to_pylist())


def test_what_was_brought_back_is_not_offered_again() -> None:
    rows = shopping()
    kept = [("c001", "product_purchased", START + dt.timedelta(days=day), "bread") for day in (170, 171, 172)]
    back = [("c001", "product_returned", START + dt.timedelta(days=175), "bread")]
    assert "bread" in listed(offered(rows + kept, level="product_id"), "c001", "buy again")
    assert "bread" not in listed(offered(rows + kept + back, level="product_id"), "c001", "buy again")
    later = [("c001", "product_purchased", START + dt.timedelta(days=178), "bread")]
    assert "bread" in listed(offered(rows + kept + back + later, level="product_id"), "c001", "buy again")


def test_nothing_from_the_future_and_nothing_rare() -> None:
    rows = shopping()
    future = [("c001", "product_purchased", NOW.replace(tzinfo=None), "skis")] * 40
    rare = [(f"c{i:03d}", "product_purchased", START + dt.timedelta(days=i), "yarn") for i in range(19)]
    found = offered(rows + future + rare)
    assert not {"skis", "yarn"} & set(found.table["item"].to_pylist())
    assert "yarn" in offered(rows + rare, minimum_base=10).table["item"].to_pylist()


def test_the_same_rows_in_another_order_say_the_same() -> None:
    rows = shopping()
    assert offered(rows).table.equals(offered(rows[::-1]).table)


def test_per_segment() -> None:
    found = offered(shopping())
    segments = {"tea": [f"c{i:03d}" for i in range(1, 120, 2)], "nobody": []}
    made = found.per_segment(segments, most=2)
    assert {one.segment for one in made} == {"tea"}
    fresh = [one for one in made if one.list == "discover"]
    assert fresh[0].rank == 1
    assert fresh[0].share.low <= fresh[0].share.estimate <= fresh[0].share.high
    assert fresh[0].share.n <= 60


def test_names_for_people() -> None:
    engine = DuckDB(threads=1)
    engine.ingest("named", pa.table({"item": ["bread"], "name": ["Rye bread"]}))
    found = offered(shopping(), engine, names=exp.table_("named", quoted=True))
    names = dict(zip(found.table["item"].to_pylist(), found.table["name"].to_pylist(), strict=True))
    assert names["bread"] == "Rye bread"
    assert names["milk"] == "milk"


def test_a_shop_with_no_later_purchases_says_it_was_not_tried() -> None:
    rows = [(f"c{i:02d}", "product_purchased", START + dt.timedelta(days=180), "bread") for i in range(30)]
    found = offered(rows)
    assert "untried" in {one.code for one in found.findings}
    assert found.methods == {"buy again": "frequency", "discover": "popular"}
    json.dumps(found.to_document())


def test_customers_to_whom_there_is_nothing_to_say() -> None:
    rows = shopping()
    odd = [("zz", "product_purchased", START, f"x{i}") for i in range(3)]
    bread = [row for row in rows if row[3] == "bread"]
    found = offered(bread + odd + [("c000", "product_purchased", START, "bread")])
    assert found.customers >= 100
    # Whoever bought bread has nothing to discover, and zz may discover bread.
    assert listed(found, "zz", "discover") == ["bread"]
    everything = offered(bread)
    assert "discover" not in everything.table["list"].to_pylist()


def test_refusals() -> None:
    with pytest.raises(NoAnswerError, match="nobody bought anything"):
        offered([("c1", "order_completed", START, "bread")])
    with pytest.raises(UnknownNameError):
        offered(shopping(10), level="colour")
    with pytest.raises(DataError):
        offered(shopping(10), minimum_base=0)


def test_nothing_is_left_behind() -> None:
    engine = DuckDB(threads=1)
    offered(shopping(40), engine)
    left = engine.rows(exp.select("table_name").from_("information_schema.tables").where("table_name like 'offers%'"))
    assert left == []


def test_the_mean_of_sums() -> None:
    hits = np.array([0, 3, 5, 10, 2])
    found = mean_of(5, float(hits.sum()), float((hits**2).sum()), 10)
    half = 1.959964 * hits.std(ddof=1) / np.sqrt(5) / 10
    assert found.estimate == pytest.approx(hits.mean() / 10)
    assert found.high - found.estimate == pytest.approx(half, rel=1e-6)
    assert np.isnan(mean_of(0, 0, 0, 10).estimate)
    assert mean_of(1, 4, 16, 10).estimate == 0.4


@pytest.mark.postgres
def test_postgres_offers_the_same() -> None:
    with postgres_server() as address:
        engine = connect(address)
        rows = shopping(80)
        found = offered(rows, engine)
        assert found.table.to_pylist() == offered(rows).table.to_pylist()
        engine.close()
