"""Rows of shops and help desks find their orders, customers and conversations, in whatever order they came."""

from decimal import Decimal

import pytest
from sqlglot import parse_one

import segmentary as sg
from segmentary.sources.linking import linked_events, linked_lines, settle_authors

SHOP = {
    "customers": """id,email,first_name,last_name,orders_count,total_spent,accepts_marketing,created_at
c1,ann@example.org,Ann,Berg,2,100,true,2025-12-01 10:00:00
c2,bob@example.org,Bob,Coe,1,10,false,2025-12-01 10:00:00
""",
    "orders": """id,customer_id,email,processed_at,financial_status,subtotal_price,total_price,total_discounts,\
currency,total_tax,_fivetran_deleted,test
o1,c1,ann@example.org,2026-01-01 10:00:00,paid,90.00,99.00,10.00,EUR,9,false,false
o2,c1,ann@example.org,2026-02-01 10:00:00,partially_refunded,50.00,55.00,0,EUR,5,false,false
o3,c2,bob@example.org,2026-02-02 10:00:00,paid,10.00,15.00,0,EUR,0,false,false
o4,c2,bob@example.org,2026-02-03 10:00:00,voided,70.00,70.00,0,EUR,0,false,false
o5,c2,bob@example.org,2026-02-04 10:00:00,paid,70.00,70.00,0,EUR,0,true,false
o6,c2,bob@example.org,2026-02-05 10:00:00,paid,70.00,70.00,0,EUR,0,false,true
o7,c1,ann@example.org,2026-02-06 10:00:00,paid,20.00,20.00,0,USD,0,false,false
""",
    # o1: 70 + 30 of goods, 10 off the whole order; o2: one of its two lines is known; o3: no lines at all.
    "lines": """id,order_id,product_id,variant_id,title,quantity,price,total_discount,vendor
l1,o1,p1,v1,Shirt,2,35.00,0,Us
l2,o1,p2,v2,Socks,3,10.00,0,Us
l3,o2,p1,v1,Shirt,1,35.00,0,Us
l4,o4,p1,v1,Shirt,2,35.00,0,Us
l5,o7,p1,v1,Shirt,1,20.00,0,Us
l6,unknown,p1,v1,Shirt,1,20.00,0,Us
""",
    "refunds": """id,order_id,created_at,note,restock
r1,o2,2026-02-10 10:00:00,,true
r2,o1,2026-02-11 10:00:00,,true
""",
    "refund_lines": """id,refund_id,order_line_id,quantity,subtotal,restock_type
x1,r1,l3,1,35.00,return
x2,r2,l2,1,9.00,return
""",
    "codes": "order_id,index,code,amount,type\no1,0,SPRING,10.00,percentage\n",
    "payments": """id,order_id,refund_id,kind,gateway,status,amount,currency,processed_at,test
t1,o3,,sale,card,success,15.00,EUR,2026-02-02 10:00:01,false
""",
}
DESK = {
    "users": """id,role,email,locale,verified,organization_id,name
u1,end-user,cy@example.org,en,true,,Cy
u2,agent,help@example.org,en,true,,Eva
""",
    "tickets": """id,requester_id,submitter_id,status,subject,created_at,updated_at,priority
7,u1,u1,solved,Broken,2026-01-01 10:00:00,2026-01-02 10:00:00,high
""",
    "comments": """id,body,ticket_id,user_id,public,created
1,It broke,7,u1,true,2026-01-01 10:00:00
2,We send another,7,u2,true,2026-01-01 11:00:00
3,difficult,7,u2,false,2026-01-01 11:01:00
""",
    "history": "field_name,ticket_id,updated,user_id,value\nstatus,7,2026-01-02 10:00:00,u2,solved\n",
}


def rows(workspace, text):
    workspace.derived.ensure()
    return workspace.engine.rows(parse_one(text, read="duckdb"))


def loaded(root, tables):
    folder = root / "files"
    folder.mkdir()
    workspace = sg.init(root / "w", currency="EUR")
    workspace.close()
    settings = root / "w" / "segmentary.toml"
    settings.write_text(settings.read_text() + '\n[rates.USD]\n2000-01-01 = "0.5"\n')
    workspace = sg.open(root / "w")
    for number, text in enumerate(tables):
        (folder / f"{number}.csv").write_text(text)
        workspace.add(folder / f"{number}.csv")
    return workspace


@pytest.fixture(scope="module", params=[1, -1], ids=["forwards", "backwards"])
def shop(request, tmp_path_factory):
    tables = [*SHOP.values()][:: request.param]
    with loaded(tmp_path_factory.mktemp("shop"), tables) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with loaded(tmp_path_factory.mktemp("desk"), [*DESK.values()][::-1]) as workspace:
        yield workspace


def test_money_is_counted_once_and_is_the_orders_own(shop):
    told = dict(rows(shop, "select name, sum(amount) from events where name like 'order_%ed' group by name"))
    # 90 + 50 + 10 in euros and 20 dollars at a half; the voided, the deleted and the test order are no sales.
    assert told["order_completed"] == Decimal("160.0000")
    assert told["order_refunded"] == Decimal("-44.0000")
    assert told["order_voided"] == Decimal("70.0000")
    assert told["order_deleted"] == Decimal("70.0000")


def test_lines_share_what_was_taken_off_the_whole_order(shop):
    lines = rows(shop, "select order_id, product_id, amount from events where name = 'product_purchased' order by 1, 2")
    assert lines == [
        ("o1", "p1", Decimal("63.0000")), ("o1", "p2", Decimal("27.0000")), ("o2", "p1", Decimal("35.0000")),
        ("o7", "p1", Decimal("10.0000")),
    ]  # fmt: skip
    orders = dict(rows(shop, "select order_id, amount from events where name = 'order_completed'"))
    assert orders["o2"] == Decimal("50.0000")


def test_refunds_have_their_time_their_customer_and_their_product(shop):
    told = rows(
        shop,
        "select customer_id, product_id, quantity, amount, happened_at::date::varchar from events"
        " where name = 'product_returned' order by happened_at",
    )
    assert told == [
        ("c1", "p1", Decimal(-1), Decimal("-35.0000"), "2026-02-10"),
        ("c1", "p2", Decimal(-1), Decimal("-9.0000"), "2026-02-11"),
    ]


def test_facts_of_orders_and_payments_find_the_customer(shop):
    told = rows(shop, "select name, customer_id, order_id from events where name in ('discount_used', 'payment_sale')")
    assert sorted(told) == [("discount_used", "c1", "o1"), ("payment_sale", "c2", "o3")]


def test_nobody_becomes_a_customer_by_a_line(shop):
    assert rows(shop, "select customer_id from customers order by 1") == [("c1",), ("c2",)]


def test_a_newer_version_of_a_line_takes_its_place(tmp_path):
    newer = SHOP["lines"].replace("l3,o2,p1,v1,Shirt,1,35.00", "l3,o2,p1,v1,Shirt,1,30.00")
    with loaded(tmp_path, [SHOP["orders"], SHOP["lines"], newer]) as workspace:
        told = rows(workspace, "select amount from events where name = 'product_purchased' and order_id = 'o2'")
        assert told == [(Decimal("30.0000"),)]


def test_staff_are_no_customers_and_what_they_write_goes_out(desk):
    assert rows(desk, "select customer_id from customers") == [("u1",)]
    told = rows(desk, "select record_id, direction, text from messages where text not like 'Broken%' order by text")
    assert told == [("u1", "in", "It broke"), ("u1", "out", "We send another")]


def test_changes_of_a_ticket_are_its_customers(desk):
    told = rows(desk, "select name, customer_id from events order by name")
    assert told == [("ticket_opened", "u1"), ("ticket_solved", "u1"), ("ticket_status_changed", "u1")]


def test_all_of_it_can_be_made_again(desk):
    assert desk.verify().problems == ()


def test_nothing_is_made_where_nothing_waits(tmp_path):
    with loaded(tmp_path, ["order_id,customer_id,order_date,amount\n1,a,2026-01-01,5\n"]) as workspace:
        workspace.derived.ensure()
        assert linked_lines(workspace.engine) == "order_lines"
        assert linked_events(workspace.engine, "order_lines") == "recorded_events"
        assert settle_authors(workspace.engine) == 0


def test_what_waits_is_said(shop):
    told = {
        each.source: (one.severity, one.message)
        for each in shop.quality().sources
        for one in each.findings
        if one.code == "waiting_rows"
    }
    assert told["shopify_order_lines"] == (
        "warn",
        (
            "6 rows belong to orders in another table: 5 have found theirs, 1 wait and count nothing:"
            " load their orders or refunds"
        ),
    )
    assert told["shopify_refund_lines"] == ("info", "2 rows belong to orders in another table: 2 have found theirs")
    assert told["shopify_refunds"][0] == "info"


def test_the_account_of_money_says_the_same(shop):
    totals = {one.name: one.amount for one in shop.quality().money}
    assert totals["refunds"] == Decimal("-44.0000")
    assert totals["net of everything"] == Decimal("116.0000")


def test_wrong_types_are_refused_with_their_reason(tmp_path):
    tables = [SHOP["orders"].replace("90.00", "ninety").replace("2026-02-01 10:00:00", "soon")]
    with loaded(tmp_path, tables) as workspace:
        (account,) = workspace.quality().sources
        assert account.refused_reasons == {
            "set aside: a test, no sale": 1, "unreadable_number": 1, "unreadable_time": 1,
        }  # fmt: skip
