"""RFM scores: discrete quantiles, fixed cuts, and equality with R rfm 0.3.0."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.errors import DataError, UsageError
from segmentary.models.rfm import OUTPUTS, RFM
from segmentary.models.rfm_names import MEANINGS, NAMES, Box, name_of

TRAITS = exp.table_("traits", quoted=True)
Row = tuple[int | None, int, Decimal | None]


def engine_with(rows: list[Row], engine: DuckDB | None = None) -> DuckDB:
    engine = engine or DuckDB(threads=1)
    engine.ingest(
        "traits",
        pa.table(
            {
                "customer_id": pa.array([f"c{i}" for i in range(len(rows))], pa.string()),
                "recency": pa.array([r for r, _, _ in rows], pa.int64()),
                "order_count": pa.array([f for _, f, _ in rows], pa.int64()),
                "monetary": pa.array([m for _, _, m in rows], pa.decimal128(18, 4)),
            }
        ),
    )
    return engine


def scored(engine: DuckDB, model: RFM) -> dict[str, tuple[object, ...]]:
    return {row[0]: row[1:] for row in engine.rows(model.score_query(TRAITS))}


def discrete_cuts(values: list[Decimal], classes: int) -> list[Decimal]:
    """The smallest value that at least i/classes of all values do not exceed: written from the definition."""
    n = len(values)
    return [min(v for v in values if sum(w <= v for w in values) * classes >= i * n) for i in range(1, classes)]


def oracle(rows: list[Row], classes: int) -> list[tuple[int, int, int] | None]:
    kept = [(Decimal(r), Decimal(f), m) for r, f, m in rows if r is not None and m is not None and f > 0]
    if not kept:
        return [None] * len(rows)
    cuts = [discrete_cuts([row[i] for row in kept], classes) for i in range(3)]
    result: list[tuple[int, int, int] | None] = []
    for r, f, m in rows:
        if r is None or m is None or f == 0:
            result.append(None)
            continue
        above = [sum(Decimal(v) > cut for cut in cuts[i]) for i, v in enumerate((r, f, m))]
        result.append((classes - above[0], 1 + above[1], 1 + above[2]))
    return result


rows_strategy = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 12), st.integers(0, 4000)),
        st.integers(0, 6),
        st.one_of(st.none(), st.decimals(Decimal("-50"), Decimal("99999"), places=2, allow_nan=False)),
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    return DuckDB(threads=1)


@given(rows=rows_strategy, classes=st.sampled_from([5, 5, 3, 9]))
def test_engine_scores_equal_the_definition(engine: DuckDB, rows: list[Row], classes: int) -> None:
    engine_with(rows, engine)
    model = RFM(classes).fit(engine, TRAITS)
    got = scored(engine, model)
    for i, expected in enumerate(oracle(rows, classes)):
        r, f, m, cell, name = got[f"c{i}"]
        if expected is None:
            assert (r, f, m, cell, name) == (None,) * 5
        else:
            assert (r, f, m) == expected
            assert cell == "".join(map(str, expected))
            assert name == (name_of(expected[0], expected[1]) if classes == 5 else None)


def test_every_cell_has_exactly_one_name() -> None:
    pairs = list(itertools.chain.from_iterable(NAMES.values()))
    assert len(NAMES) == 11
    assert set(MEANINGS) == set(NAMES)
    assert sorted(pairs) == sorted(f"{r}{f}" for r in range(1, 6) for f in range(1, 6))
    cells = {f"{r}{f}{m}": name_of(r, f) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert len(cells) == 125
    # Money orders within a cell and never changes its name.
    assert all(len({cells[f"{p}{m}"] for m in range(1, 6)}) == 1 for p in pairs)


def test_engine_names_all_125_cells() -> None:
    rows = [(r, f, Decimal(m)) for r in range(5) for f in range(1, 6) for m in range(5)]
    engine = engine_with(rows)
    model = RFM(cuts={"recency": [0, 1, 2, 3], "order_count": [1, 2, 3, 4], "monetary": [0, 1, 2, 3]})
    got = scored(engine, model.fit(engine, TRAITS))
    assert len({row[3] for row in got.values()}) == 125
    assert all(row[4] == name_of(row[0], row[1]) for row in got.values())  # type: ignore[arg-type]


def test_equal_values_score_equally_and_ties_are_reported() -> None:
    engine = engine_with([(i, 1 if i < 8 else i, Decimal(10)) for i in range(10)])
    model = RFM().fit(engine, TRAITS)
    assert model.score_counts(engine, TRAITS) == {
        "recency": {1: 2, 2: 2, 3: 2, 4: 2, 5: 2},
        "order_count": {1: 8, 5: 2},
        "monetary": {1: 10},
    }


def test_cents_do_not_drop_a_class() -> None:
    money = [Decimal(c) / 100 for c in range(100, 200, 10)]
    engine = engine_with([(1, 1, m) for m in money])
    proper = scored(engine, RFM().fit(engine, TRAITS))
    r_rule = scored(engine, RFM(compatibility="r-rfm").fit(engine, TRAITS))
    assert [proper[f"c{i}"][2] for i in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert [r_rule[f"c{i}"][2] for i in range(10)] == [1] * 10  # its "+ 1" swallows every class here


def test_nobody_and_one_person() -> None:
    nobody = engine_with([])
    assert scored(nobody, RFM().fit(nobody, TRAITS)) == {}
    browsers = engine_with([(None, 0, None), (None, 0, Decimal(0))])
    model = RFM().fit(browsers, TRAITS)
    assert model.n_customers_ == 0
    assert set(scored(browsers, model).values()) == {(None,) * 5}
    for one in (RFM(), RFM(compatibility="r-rfm")):
        engine = engine_with([(3, 2, Decimal("9.99"))])
        assert scored(engine, one.fit(engine, TRAITS))["c0"] == (5, 1, 1, "511", "new")


def test_cut_points_freeze_and_reapply() -> None:
    engine = engine_with([(i, i % 7 + 1, Decimal(i * 37 % 101) / 4) for i in range(60)])
    for model in (RFM(), RFM(compatibility="r-rfm"), RFM(boxes=[Box("top", (4, 5), (4, 5), (1, 5))])):
        document = json.loads(json.dumps(model.fit(engine, TRAITS).to_document()))
        again = RFM.from_document(document)
        assert again.edges_ == model.edges_
        assert again.to_document() == document
        assert scored(engine, again) == scored(engine, model)
    other = engine_with([(100, 1, Decimal(1)), (0, 9, Decimal(500))])
    assert scored(other, RFM.from_document(RFM().fit(engine, TRAITS).to_document())) == {
        "c0": (1, 1, 1, "111", "lost"),
        "c1": (5, 5, 5, "555", "champion"),
    }


def test_columns_are_those_announced_and_names_may_be_hostile() -> None:
    engine = DuckDB(threads=1)
    odd = 'rec"ency; drop table x --'
    engine.ingest("traits", pa.table({"customer_id": ["a"], odd: [1], "n": [1], "m": [2]}))
    columns = {"recency": odd, "order_count": "n", "monetary": "m"}
    model = RFM().fit(engine, TRAITS, columns)
    assert engine.table(model.score_query(TRAITS, columns)).column_names == ["customer_id", *OUTPUTS]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RFM(1), "2 to 9"),
        (lambda: RFM(compatibility="r-rfm", cuts={"recency": [1], "order_count": [1], "monetary": [1]}), "combined"),
        (lambda: RFM(cuts={"recency": [1]}), "order_count"),
        (lambda: RFM(cuts={"recency": [2, 1], "order_count": [1], "monetary": [1]}), "ascend"),
    ],
)
def test_parameters_without_meaning_are_refused(make: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make().fit(engine_with([]), TRAITS)  # type: ignore[operator]


def test_not_fitted_and_not_a_document() -> None:
    with pytest.raises(UsageError, match="no cut points"):
        RFM().score_query(TRAITS)
    with pytest.raises(UsageError, match="no cut points"):
        RFM().to_document()
    for document in ({}, {"model": "rfm", "edges": 3}, {"model": "other", "edges": {}}):
        with pytest.raises(DataError, match="frozen"):
            RFM.from_document(document)


# ---------------------------------------------------------------- R rfm 0.3.0

UNIT_TEST_BOXES = [
    Box("Champions", (4, 5), (4, 5), (4, 5)),
    Box("Loyal Customers", (2, 5), (3, 5), (3, 5)),
    Box("Potential Loyalist", (3, 5), (1, 3), (1, 3)),
    Box("New Customers", (4, 5), (1, 1), (1, 1)),
    Box("Promising", (3, 4), (1, 1), (1, 1)),
    Box("Need Attention", (2, 3), (2, 3), (2, 3)),
    Box("About To Sleep", (2, 3), (1, 2), (1, 2)),
    Box("At Risk", (1, 2), (2, 5), (2, 5)),
    Box("Can't Lose Them", (1, 1), (4, 5), (4, 5)),
    Box("Lost", (1, 2), (1, 2), (1, 2)),
]
README_BOXES = [
    Box("Champions", (5, 5), (5, 5), (5, 5)),
    Box("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
    Box("Loyal Customers", (2, 4), (2, 4), (2, 4)),
    Box("Promising", (3, 4), (1, 3), (3, 5)),
    Box("New Customers", (4, 5), (1, 3), (1, 5)),
    Box("Can't Lose Them", (1, 2), (3, 4), (4, 5)),
    Box("At Risk", (1, 2), (2, 5), (4, 5)),
    Box("Need Attention", (1, 3), (3, 5), (3, 5)),
    Box("About To Sleep", (2, 3), (1, 3), (1, 4)),
    Box("Lost", (1, 1), (1, 5), (1, 5)),
]


def published_orders(folder: Path) -> DuckDB:
    engine = DuckDB(threads=1)
    orders = exp.select("*").from_(exp.func("read_csv", exp.Literal.string(str(folder / "statistics/rfm_orders.csv"))))
    engine.create_as("orders", orders)
    engine.run(
        "create table traits as select customer_id, date_diff('day', max(order_date), date '2006-12-31') as recency, "
        "count(*) as order_count, sum(revenue)::decimal(18, 4) as monetary from orders group by all"
    )
    return engine


@pytest.mark.real_data
def test_equals_r_rfm_for_995_of_995_customers(real_data: Path) -> None:
    engine = published_orders(real_data)
    model = RFM(compatibility="r-rfm").fit(engine, TRAITS)
    assert model.n_customers_ == 995
    assert [str(c) for c in model.edges_.recency] == ["115", "181", "297.4", "482"]
    assert [str(c) for c in model.edges_.order_count] == ["4", "5", "6", "8"]
    assert [str(c) for c in model.edges_.monetary] == ["255.8", "382", "506.4", "666"]
    counts = model.score_counts(engine, TRAITS)
    assert [*counts["recency"].values()] == [197, 200, 199, 199, 200]
    assert [*counts["order_count"].values()] == [268, 187, 176, 244, 120]
    assert [*counts["monetary"].values()] == [200, 200, 198, 202, 195]
    # The whole rule again, by hand, in floating point as R has it: every customer must agree.
    got = scored(engine, model)
    rows = engine.rows(exp.select("customer_id", "recency", "order_count", "monetary").from_("traits"))
    equal = 0
    for customer, recency, orders, money in rows:
        r = 5 - sum(recency >= c for c in (115, 181, 297.4, 482))
        f = 1 + sum(orders >= c for c in (4, 5, 6, 8))
        m = 1 + sum(float(money) >= c for c in (255.8, 382, 506.4, 666))
        equal += got[customer][:3] == (r, f, m)
    assert equal == len(rows) == 995
    # The first rows that the package's README prints.
    assert [got[f"C{i:04}"][3] for i in range(1, 6)] == ["343", "412", "323", "544", "433"]


def box_sizes(engine: DuckDB, boxes: list[Box]) -> dict[object, int]:
    names = [row[4] for row in scored(engine, RFM(compatibility="r-rfm", boxes=boxes).fit(engine, TRAITS)).values()]
    return {name: names.count(name) for name in set(names)}


@pytest.mark.real_data
def test_both_published_segment_tables(real_data: Path) -> None:
    engine = published_orders(real_data)
    assert box_sizes(engine, UNIT_TEST_BOXES) == {
        "Champions": 158,
        "Loyal Customers": 278,
        "Potential Loyalist": 229,
        "Lost": 111,
        "At Risk": 86,
        "About To Sleep": 50,
        "Need Attention": 35,
        "others": 48,
    }
    assert box_sizes(engine, README_BOXES) == {
        "Potential Loyalist": 342,
        "Loyal Customers": 170,
        "Lost": 148,
        "New Customers": 104,
        "About To Sleep": 102,
        "Can't Lose Them": 47,
        "Champions": 35,
        "At Risk": 28,
        "Need Attention": 10,
        "Promising": 9,
    }
    model = RFM(compatibility="r-rfm", boxes=UNIT_TEST_BOXES).fit(engine, TRAITS)
    champions = (
        exp.select("customer_id")
        .from_(model.score_query(TRAITS).subquery("s"))
        .where(exp.EQ(this=exp.column("rfm_segment"), expression=exp.Literal.string("Champions")))
    )
    totals = exp.select(exp.Sum(this=exp.column("order_count")), exp.Sum(this=exp.column("monetary"))).from_("traits")
    totals = totals.where(exp.In(this=exp.column("customer_id"), query=champions.subquery()))
    assert engine.rows(totals) == [(1234, Decimal(120178))]
