"""Which records become one customer."""

from __future__ import annotations

import pytest
from tests.sources.delivered import put, rows_of

from segmentary.engine.duckdb import DuckDB
from segmentary.identity.resolve import resolve
from segmentary.settings import Settings
from segmentary.sources.base import SourceMapping

SETTINGS = Settings(country="GB")
SHOP = SourceMapping(kind="customers", columns={"record_id": "id", "email": "mail", "phone": "tel"})
CRM = SourceMapping(
    kind="customers",
    columns={"record_id": "id", "email": "mail", "phone": "tel", "merged_into": "into", "deleted": "gone"},
    id_space="crm",
)


@pytest.fixture
def engine():
    database = DuckDB(threads=1)
    yield database
    database.close()


def identity(engine: DuckDB) -> dict[tuple[str, str], str]:
    return {
        (space, record): who
        for space, record, who in rows_of(engine, "identity_map", "id_space", "record_id", "customer_id")
    }


def test_nobody(engine):
    report = resolve(engine, SETTINGS)
    assert (report.records, report.customers, report.merged) == (0, 0, 0)
    assert rows_of(engine, "identity_map", "customer_id") == []


def test_shared_keys_join_records_of_two_systems(engine):
    put(engine, SHOP, ("id", "mail", "tel"), [("1", "ann@example.org", ""), ("2", "", "020 7946 0018"), ("3", "", "")])
    crm = [("A", " Ann@Example.org", "", "", ""), ("B", "", "+44 20 7946 0018", "", ""), ("1", "", "", "", "")]
    put(engine, CRM, ("id", "mail", "tel", "into", "gone"), crm, source="crm", load_id="load2")
    report = resolve(engine, SETTINGS)
    assert identity(engine) == {
        ("customer", "1"): "1",
        ("customer", "2"): "2",
        ("customer", "3"): "3",
        ("crm", "A"): "1",
        ("crm", "B"): "2",
        ("crm", "1"): "crm:1",
    }
    assert (report.records, report.customers, report.merged) == (6, 4, 2)


def test_placeholders_and_keys_of_many_join_nobody(engine):
    rows = [(str(i), "none@none.com", "") for i in range(5)] + [(f"x{i}", "info@shop.example", "") for i in range(12)]
    put(engine, SHOP, ("id", "mail", "tel"), rows)
    report = resolve(engine, SETTINGS)
    assert report.merged == 0
    assert report.placeholders_ignored == 5
    assert report.shared_keys_ignored == 1


def test_a_component_that_is_too_large_is_refused_and_reported(engine):
    rows = []
    for i in range(30):
        rows += [(f"{i:03}", f"link{i}@example.org", ""), (f"{i + 1:03}", f"link{i}@example.org", "")]
    put(engine, SHOP, ("id", "mail", "tel"), rows)
    report = resolve(engine, SETTINGS)
    assert report.merged == 0
    assert [refused.records for refused in report.refused] == [31]
    assert report.refused[0].keys == ("email",)
    assert report.customers == 31
    assert resolve(engine, SETTINGS, largest_component=31).merged == 1


def test_a_merge_of_the_source_keeps_the_target_and_loses_nothing(engine):
    rows = [("old", "a@shop.example", "", "new", "true"), ("new", "b@shop.example", "", "", "")]
    put(engine, CRM, ("id", "mail", "tel", "into", "gone"), rows)
    resolve(engine, SETTINGS)
    assert identity(engine) == {("crm", "old"): "new", ("crm", "new"): "new"}


def test_groups_with_members_are_no_customers(engine):
    people = SourceMapping(kind="customers", columns={"record_id": "id", "account_id": "firm"})
    firms = SourceMapping(kind="accounts", columns={"record_id": "id"}, attributes={"sector": "sector"})
    put(engine, people, ("id", "firm"), [("ann", "F1")])
    put(engine, firms, ("id", "sector"), [("F1", "retail")], source="firms", load_id="load2")
    resolve(engine, SETTINGS)
    assert identity(engine) == {("customer", "ann"): "ann"}


def test_accounts_that_buy_themselves_are_customers(engine):
    firms = SourceMapping(kind="accounts", columns={"record_id": "id"}, attributes={"sector": "sector"})
    put(engine, firms, ("id", "sector"), [("F1", "retail")])
    resolve(engine, SETTINGS)
    assert identity(engine) == {("customer", "F1"): "F1"}


def test_resolving_again_gives_the_same(engine):
    put(engine, SHOP, ("id", "mail", "tel"), [("2", "ann@example.org", ""), ("1", "ann@example.org", "")])
    resolve(engine, SETTINGS)
    first = identity(engine)
    resolve(engine, SETTINGS)
    assert identity(engine) == first == {("customer", "1"): "1", ("customer", "2"): "1"}
