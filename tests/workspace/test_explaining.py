"""Why somebody is in a segment, over a whole workspace: the explanation agrees with the membership of the run."""

import datetime as dt

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError
from segmentary.workspace.fetching import fetch, fetch_members

MOMENT = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
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
m5,ann,logged_in,2026-01-22T10:00:00,
"""
CONSENTS = """customer_id,purpose,channel,granted,decided_at
ann,marketing,email,yes,2026-01-01
bob,marketing,email,yes,2026-01-01
bob,marketing,email,no,2026-01-05
"""
DEFINITIONS = """
segment: active
where: {event: logged_in, during: {last: 30d}, count: {gte: 1}}
---
segment: sleeping
entity: account
where:
  all:
    - {trait: plan, is: business}
    - {related: account, none: {segment: active}}
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
---
segment: busiest
where: {rank: {top: 1, by: {event: logged_in, count: true}}}
---
segment: was_busiest
where: {segment: busiest, at: 2025-12-01T00:00:00Z, evaluated: true}
"""
ENTITIES = {"sleeping": ("a1", "a2", "a3")}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explaining")
    files = {"people": PEOPLE, "accounts": ACCOUNTS, "stores": STORES, "events": EVENTS, "consents": CONSENTS}
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    with sg.init(folder / "company", clock=lambda: MOMENT, environment={}) as workspace:
        workspace.add(folder / "people.csv", kind="customers")
        workspace.add(folder / "accounts.csv", kind="accounts")
        workspace.add(folder / "stores.csv", kind="references")
        workspace.add(folder / "events.csv", kind="events")
        workspace.add(folder / "consents.csv", kind="consents")
        (workspace.folder.segments / "all.yaml").write_text(DEFINITIONS)
        workspace.apply()
        workspace.run(as_of=MOMENT)
        yield workspace


@pytest.mark.parametrize(
    "segment",
    [
        "active",
        "sleeping",
        "was_active",
        "colleague_active",
        "near_store",
        "flagship_visitors",
        "may_mail",
        "busiest",
        "was_busiest",
    ],
)
def test_the_explanation_agrees_with_the_run(company, segment):
    members = set(company.segment(segment).ids())
    for one in ENTITIES.get(segment, ("ann", "bob", "cyd", "dan")):
        assert company.segment(segment).explain(one).member == (one in members), one
    assert members, "each of the segments has somebody"


def test_what_would_change_it_and_when(company):
    why = company.segment("active").explain("ann")
    assert why.would_change_if == ("2 fewer “logged in” events in the last 30 days",)
    assert why.will_change_at == dt.datetime(2026, 2, 21, 10, tzinfo=dt.UTC) + dt.timedelta(microseconds=1)
    colleague = company.segment("colleague_active").explain("bob")
    assert colleague.will_change_at == why.will_change_at
    assert colleague.conditions[0].note == "1 of 1 others satisfy it: ann"
    sleeping = company.segment("sleeping").explain("a1")
    assert not sleeping.member
    assert sleeping.will_change_at == why.will_change_at
    assert company.segment("may_mail").explain("bob").would_change_if == ("consent to marketing by email were given",)
    assert company.segment("near_store").explain("ann").conditions[0].note.startswith("Berlin is 2.")


def test_whom_there_is_not(company):
    with pytest.raises(UnknownNameError):
        company.segment("active").explain("zoe")
    with pytest.raises(UnknownNameError):
        company.segment("sleeping").explain("ann")


def test_a_person_is_fetched_with_everything_known(company):
    ann = fetch(company.warehouse, "ann")
    assert [event.name for event in sorted(ann.events, key=lambda e: e.place)] == [
        "logged_in",
        "visited_store",
        "logged_in",
    ]
    assert [(one.purpose, one.channel, one.granted) for one in ann.decisions] == [("marketing", "email", True)]
    assert [(one.group, one.group_id) for one in ann.belongings] == [("account", "a1")]
    assert fetch_members(company.warehouse, "account", "a1") == ["ann", "bob"]
