from __future__ import annotations

import pytest
from profiles_warehouse import at
from sqlglot import exp

from segmentary.profiles import firmographics
from segmentary.profiles.customer import derive_groups
from segmentary.profiles.firmographics import sector_of, size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *(("0", "micro"), ("9", "micro"), ("9.5", "micro"), ("10", "small"), ("49", "small"), ("50", "medium")),
        *(("249", "medium"), ("250", "large"), ("1,200", "large"), ("10 000", "large"), ("1e9", None)),
        *(("1-10", "micro"), ("11-50", "small"), ("51–200", "medium"), ("250+", "large"), (">500", "large")),
        *(("", None), ("n/a", None), ("-3", None), ("1-2-3", None), ("many", None)),
    ],
)
def test_size_classes(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        *(("technolgy", "technology"), ("TECHNOLOGY ", "technology"), ("IT", "technology")),
        *(("Retail", "retail"), ("telco", "telecommunications"), ("Health Care", "healthcare")),
        *(("Non-Profit", "non-profit"), ("Underwater Basketry", "underwater basketry"), ("", None), ("?", None)),
    ],
)
def test_sectors(text, sector):
    assert sector_of(text) == sector


def derive(engine, taken):
    derive_groups(engine, exp.table_("identity_map"))
    return firmographics.derive(engine, taken)


def account(warehouse, account_id, **attributes):
    for name, (value, kind) in attributes.items():
        warehouse.add(
            "attributes",
            {
                "id_space": "account",
                "record_id": account_id,
                "entity_type": "account",
                "name": name,
                "value": value,
                "value_type": kind,
                "source": "accounts",
            },
        )


def works_at(warehouse, customer, account_id, kind="account", **columns):
    row = {"id_space": "customer", "record_id": customer, "from_type": "customer", "to_type": kind, "to_id": account_id}
    warehouse.add("relations", row | columns)


def test_the_attributes_of_the_account_are_those_of_its_people(warehouse):
    warehouse.customers("c", "d")
    account(warehouse, "a1", employees=("49", "number"), sector=("technolgy", "text"), account_tier=("gold", "text"))
    works_at(warehouse, "c", "a1")
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c") == {
        "account_employees": "49",
        "account_sector": "technolgy",
        "account_tier": "gold",
        "company_size": "small",
        "business_sector": "technology",
    }
    assert warehouse.derived("d") == {}


def test_a_relation_ends(warehouse):
    warehouse.customers("c")
    account(warehouse, "a1", employees=("5", "number"))
    account(warehouse, "a2", employees=("500", "number"))
    works_at(warehouse, "c", "a1", valid_from=at("2025-01-01"), valid_to=at("2026-01-01"))
    works_at(warehouse, "c", "a2", valid_from=at("2026-01-01"))
    derive(warehouse.engine, frozenset())
    moments = ("2025-01-01", "2025-06-01", "2026-01-01", "2026-01-02")
    found = [warehouse.derived("c", when).get("company_size") for when in moments]
    assert found == [None, "micro", "micro", "large"]


def test_the_account_may_be_named_in_a_column(warehouse):
    warehouse.customers("c")
    account(warehouse, "a1", employees=("5", "number"))
    warehouse.attribute("c", "account_id", "a1")
    derive(warehouse.engine, frozenset({"account_id"}))
    assert warehouse.derived("c")["company_size"] == "micro"


def test_customers_that_are_firms_themselves(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "employees", "250", "number")
    warehouse.attribute("c", "industry", "Pharma")
    derive(warehouse.engine, frozenset({"employees", "industry"}))
    assert warehouse.derived("c") == {"company_size": "large", "business_sector": "pharmaceuticals"}


def test_how_many_share_a_household(warehouse):
    warehouse.customers("c", "d", "alone")
    works_at(warehouse, "c", "h1", "household")
    works_at(warehouse, "d", "h1", "household", valid_from=at("2026-01-10"), valid_to=at("2026-01-20"))
    works_at(warehouse, "alone", "h2", "household")
    derive(warehouse.engine, frozenset())
    moments = ("2026-01-05", "2026-01-15", "2026-01-25")
    assert [warehouse.derived("c", when).get("household_members") for when in moments] == ["1", "2", "1"]
    assert [warehouse.derived("d", when).get("household_members") for when in moments] == [None, "2", None]
    assert warehouse.derived("alone")["household_members"] == "1"


def test_a_filler_household_is_none(warehouse):
    people = [f"c{i}" for i in range(101)]
    warehouse.customers(*people)
    warehouse.add(
        "relations",
        *(
            {"id_space": "customer", "record_id": p, "from_type": "customer", "to_type": "household", "to_id": "0"}
            for p in people
        ),
    )
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c0") == {}
