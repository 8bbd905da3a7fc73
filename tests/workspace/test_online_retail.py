"""The main job on real data: every published figure of Online Retail, through the workspace."""

from decimal import Decimal

import pytest

import segmentary as sg
from segmentary.engine.sqlfile import parse_query

pytestmark = pytest.mark.real_data

TRUTH = """
segment: recent
where: {trait: recency, lte: 30}
---
segment: gone
where: {trait: recency, gt: 180}
---
segment: one_time
where: {event: order_completed, count: {is: 1}}
---
segment: repeat
where: {event: order_completed, count: {gte: 2}}
---
segment: buyers
where: {event: order_completed, count: {gte: 1}}
---
segment: good
where:
  all:
    - {trait: recency, lte: 30}
    - {trait: order_count, gte: 5}
    - {trait: monetary, gte: 1000}
---
segment: gone_90
where: {trait: recency, gt: 90}
---
segment: new_since_november
where: {event: order_completed, first: {of: happened_at, after: 2011-10-31}}
"""


@pytest.fixture(scope="module")
def shop(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("online_retail") / "shop"
    with sg.init(folder, currency="GBP", timezone="UTC") as workspace:
        workspace.add(real_data / "online_retail" / "online_retail.parquet")
        (workspace.folder.segments / "truth.yaml").write_text(TRUTH)
        workspace.apply()
        workspace.run(as_of="2011-12-10")
        yield workspace


def one(workspace, sql):
    return workspace.engine.rows(parse_query(sql))


def test_every_row_is_accounted_for(shop):
    ((read, kept, known, refused),) = one(
        shop, "select sum(rows_read), sum(rows_kept), sum(rows_known), sum(rows_refused) from loads"
    )
    assert read == 541_909
    assert (kept, known, refused) == (541_909, 0, 0)


def test_clean_sales(shop):
    ((rows, customers, orders, money),) = one(
        shop,
        """select count(*), count(distinct record_id), count(distinct order_id), sum(amount)
        from order_lines where sale_kind = 'sale' and record_id is not null""",
    )
    assert (rows, customers, orders) == (397_884, 4_338, 18_532)
    assert round(money, 2) == Decimal("8911407.90")


def test_orders_became_events(shop):
    ((orders, money),) = one(shop, "select count(*), sum(amount) from events where name = 'order_completed'")
    assert orders == 18_532
    assert round(money, 2) == Decimal("8911407.90")


@pytest.mark.parametrize(
    ("segment", "people"),
    [
        ("recent", 1_628),
        ("gone", 861),
        ("gone_90", 1_449),
        ("one_time", 1_493),
        ("repeat", 2_845),
        ("buyers", 4_338),
        ("good", 739),
        ("new_since_november", 364),
    ],
)
def test_published_counts(shop, segment, people):
    view = shop.segment(segment)
    assert view.count().people == people
    assert view.count(as_of="2011-12-10").people == people
    assert view.people().num_rows == people
    assert sum(step.entered - step.left for step in view.history()) == people


def test_universe_and_repeat_rate(shop):
    assert shop.segment("buyers").count().universe == 4_372
    share = shop.segment("repeat").count().people / shop.segment("buyers").count().people
    assert round(share * 100, 2) == 65.58


def test_best_customers(shop):
    rows = one(shop, "select customer_id, monetary, order_count from traits order by monetary desc nulls last limit 5")
    assert [(i, round(m, 2), n) for i, m, n in rows] == [
        ("14646", Decimal("280206.02"), 73),
        ("18102", Decimal("259657.30"), 60),
        ("17450", Decimal("194550.79"), 46),
        ("16446", Decimal("168472.50"), 2),
        ("14911", Decimal("143825.06"), 201),
    ]


def test_a_second_run_changes_nothing(shop):
    report = shop.run(as_of="2011-12-10")
    assert all(change.entered == change.left == 0 for change in report.segments)


def test_the_same_file_again_adds_nothing(shop, real_data):
    (report,) = shop.add(real_data / "online_retail" / "online_retail.parquet")
    assert report.already_loaded
    assert report.rows_kept == 0
    assert one(shop, "select count(*) from order_lines") == [(541_909,)]


def test_verify_finds_the_warehouse_equal(shop):
    found = shop.verify()
    assert found.problems == ()
    assert found.equal


def test_rebuild_gives_the_same_answers(shop):
    before = shop.segment("good").ids()
    assert shop.rebuild() == 1
    assert shop.segment("good").ids() == before
    assert shop.verify().equal
