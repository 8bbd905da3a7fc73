"""Segments of accounts and households, and of other moments, places, facts and consent, in a whole workspace."""

import datetime as dt

import pytest

import segmentary as sg

PEOPLE = """customer_id,email,account_id,latitude,longitude
ann,ann@example.com,a1,52.50,13.40
bob,bob@example.com,a1,48.85,2.35
cyd,cyd@example.com,a2,0,0
dan,dan@example.com,,52.6,13.5
"""
ACCOUNTS = """account_id,plan,seats
a1,business,10
a2,business,3
a3,free,1
"""
STORES = """store_id,name,format,latitude,longitude
s1,Berlin,flagship,52.52,13.405
s2,Kiosk,kiosk,,
"""
EVENTS = """message_id,customer_id,event,timestamp,store_id
m1,ann,logged_in,2026-01-20T10:00:00,
m2,cyd,logged_in,2025-11-02T10:00:00,
m3,ann,visited_store,2026-01-21T10:00:00,s1
m4,bob,visited_store,2026-01-21T10:00:00,s2
"""
CONSENTS = """customer_id,purpose,channel,granted,decided_at
ann,marketing,email,yes,2026-01-01
bob,marketing,email,yes,2026-01-01
bob,marketing,email,no,2026-01-05
"""
DEFINITIONS = """
segment: sleeping
entity: account
where:
  all:
    - {trait: plan, is: business}
    - {related: account, none: {event: logged_in, during: {last: 30d}, count: {gte: 1}}}
---
segment: free_accounts
entity: account
where: {trait: plan, is: free}
---
segment: active
where: {event: logged_in, during: {last: 30d}, count: {gte: 1}}
---
segment: was_active
where: {segment: active, at: 2025-11-10T00:00:00Z, evaluated: true}
---
segment: colleague_active
where: {related: account, any: {segment: active}}
---
segment: near_store
where: {within_km: 25, of: stores}
---
segment: flagship_visitors
where:
  event: visited_store
  where: {fact: format, of: stores, by: store_id, is: flagship}
  count: {gte: 1}
---
segment: may_mail
where: {consent: marketing, channel: email, is: granted}
"""


@pytest.fixture
def company(tmp_path):
    files = {"people": PEOPLE, "accounts": ACCOUNTS, "stores": STORES, "events": EVENTS, "consents": CONSENTS}
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    moment = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    with sg.init(tmp_path / "company", clock=lambda: moment, environment={}) as workspace:
        workspace.add(tmp_path / "people.csv", kind="customers")
        workspace.add(tmp_path / "accounts.csv", kind="accounts")
        workspace.add(tmp_path / "stores.csv", kind="references")
        workspace.add(tmp_path / "events.csv", kind="events")
        workspace.add(tmp_path / "consents.csv", kind="consents")
        (workspace.folder.segments / "all.yaml").write_text(DEFINITIONS)
        workspace.apply()
        yield workspace


def test_every_segment_has_ids_of_its_own_kind(company):
    company.run()
    found = {one.name: company.segment(one.name).ids() for one in company.segments()}
    assert found == {
        "sleeping": ["a2"],
        "free_accounts": ["a3"],
        "active": ["ann"],
        "was_active": ["cyd"],
        "colleague_active": ["bob"],
        "near_store": ["ann", "dan"],
        "flagship_visitors": ["ann"],
        "may_mail": ["ann"],
    }


def test_sizes_are_of_the_segment_s_own_kind(company):
    company.run()
    told = {one.name: (one.people, one.share) for one in company.segments()}
    assert told["sleeping"] == (1, 1 / 3)
    assert told["active"] == (1, 1 / 4)
    assert company.segment("sleeping").count().universe == 3
    assert company.segment("sleeping").count(basis="evaluated").universe == 3
    assert company.segment("sleeping").waterfall().universe == 3


def test_a_rebuilt_warehouse_serves_the_same(company):
    company.run()
    assert company.verify().problems == ()
    company.rebuild()
    assert company.segment("sleeping").ids() == ["a2"]
    assert company.segment("active").ids() == ["ann"]


def test_a_group_has_the_name_of_a_customer(company, tmp_path):
    (tmp_path / "more.csv").write_text("account_id,plan\nann,free\n")
    company.add(tmp_path / "more.csv", kind="accounts", name="accounts")
    company.run()
    assert company.segment("free_accounts").ids() == ["a3", "ann"]
    assert company.segment("active").ids() == ["ann"]
    assert company.segment("sleeping").ids() == ["a2"]
