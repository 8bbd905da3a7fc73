from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.errors import AmbiguousDateError, MappingError
from segmentary.settings import Settings
from segmentary.sources.base import Kind, Proposal, SourceMapping
from segmentary.sources.kinds import canonical_columns
from segmentary.sources.mapping import propose, settled
from segmentary.sources.open import open_source

SETTINGS = Settings()
LINES = {
    "Order ID": ["1", "1", "C2", "3", "C4"],
    "OrderDate": ["25/12/2025 10:00", "25/12/2025 10:00", "26/12/2025 11:00", "1/1/2026 9:00", "2/1/2026 9:00"],
    "customerId": ["a", "a", "b", "", "b"],
    "sku": ["x", "y", "x", "x", "y"],
    "Qty": ["1", "2", "-1", "4", "-1"],
    "Unit Price": ["€ 1.234,50", "€ 2,00", "€ 1.234,50", "€ 1,25", "€ 3,00"],
    "Gift wrap": ["yes", "no", "no", "no", "no"],
}


def csv_text(columns: Mapping[str, list[str]], mark: str = ";") -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join(mark.join(row) for row in (tuple(columns), *rows)) + "\n"


def proposed(folder: Path, columns: Mapping[str, list[str]], name: str = "file", **options: Any) -> Proposal:
    path = folder / f"{name}.csv"
    path.write_text(csv_text(columns))
    return propose(open_source(path)[0], settings=SETTINGS, **options)


def test_order_lines_with_dates_money_and_cancellations(tmp_path: Path) -> None:
    columns = {
        name: [v if name != "Order ID" else v.replace("C", "C53637").rjust(6, "5") for v in values]
        for name, values in LINES.items()
    }
    proposal = proposed(tmp_path, columns)
    mapping = settled(proposal)
    assert mapping.kind == "order_lines"
    assert mapping.columns == {
        "order_id": "Order ID",
        "happened_at": "OrderDate",
        "record_id": "customerId",
        "product_id": "sku",
        "quantity": "Qty",
        "unit_price": "Unit Price",
    }
    assert mapping.attributes == {"gift_wrap": "Gift wrap"}
    assert (mapping.date_order, mapping.decimal_mark, mapping.currency) == ("day_first", ",", "EUR")
    assert mapping.cancellation_prefix == "C"
    reasons = "\n".join(proposal.reasons)
    assert "row 1 can be read no other way" in reasons
    assert "order_id = Order ID" in reasons


def test_dates_that_fit_both_orders_are_asked_and_answered(tmp_path: Path) -> None:
    columns = {
        "customer_id": ["a", "b", "a"],
        "order_date": ["1/2/2026", "3/4/2026", "5/6/2026"],
        "total": ["1", "2", "3"],
    }
    proposal = proposed(tmp_path, columns)
    assert len(proposal.questions) == 1
    with pytest.raises(AmbiguousDateError) as refused:
        settled(proposal)
    assert "--dates day_first" in str(refused.value)
    assert settled(proposed(tmp_path, columns, date_order="day_first")).date_order == "day_first"
    answered = proposed(tmp_path, columns, overrides={"dates": "month_first"})
    assert settled(answered).date_order == "month_first"
    with pytest.raises(MappingError, match="no order 'upside_down'"):
        proposed(tmp_path, columns, overrides={"dates": "upside_down"})


def test_a_date_beyond_the_sample_decides(tmp_path: Path) -> None:
    days = ["01/02/2026"] * 30_000 + ["02/14/2026"]
    columns = {"customer_id": [str(i % 50) for i in range(len(days))], "order_date": days, "total": ["1"] * len(days)}
    proposal = proposed(tmp_path, columns)
    assert settled(proposal).date_order == "month_first"
    assert any("row 30,001" in reason for reason in proposal.reasons)


def test_another_day_of_the_same_source_decides(tmp_path: Path) -> None:
    for day in ("01/02/2026", "02/02/2026", "14/02/2026"):
        (tmp_path / f"{day.replace('/', '')}.csv").write_text(f"customer_id,order_date,total\na,{day},1\na,{day},2\n")
    first = open_source(tmp_path)[0]
    assert settled(propose(first, settings=SETTINGS)).date_order == "day_first"


@pytest.mark.parametrize(
    ("name", "columns", "kind", "expected"),
    [
        (
            "people",
            {"email": ["a@b.co", "c@d.co"], "city": ["X", "Y"]},
            "customers",
            {"record_id": "email", "email": "email"},
        ),
        ("crm", {"customerID": ["1", "2"], "tenure": ["3", "4"]}, "customers", {"record_id": "customerID"}),
        ("accounts", {"account_id": ["1", "2"], "sector": ["a", "b"]}, "accounts", {"record_id": "account_id"}),
        ("accounts", {"account": ["Acme", "Beta"], "sector": ["a", "b"]}, "customers", {"record_id": "account"}),
        ("households", {"household_id": ["1", "2"], "size": ["3", "4"]}, "households", {"record_id": "household_id"}),
        ("demographics", {"household_id": ["1", "2"], "size": ["3", "4"]}, "customers", {"record_id": "household_id"}),
        (
            "log",
            {
                "userId": ["1", "1", "2"],
                "event": ["page_view", "click", "click"],
                "timestamp": ["2026-01-01T00:00:00Z"] * 3,
            },
            "events",
            {"record_id": "userId", "name": "event", "happened_at": "timestamp"},
        ),
        (
            "answers",
            {"respondent": ["1", "1"], "question": ["q1", "q2"], "answer": ["5", "3"]},
            "responses",
            {"record_id": "respondent", "item": "question", "value": "answer"},
        ),
        (
            "consents",
            {
                "customer_id": ["1", "1"],
                "purpose": ["m", "a"],
                "granted": ["yes", "no"],
                "decided_at": ["2026-01-01"] * 2,
            },
            "consents",
            {"record_id": "customer_id", "purpose": "purpose", "granted": "granted", "happened_at": "decided_at"},
        ),
        (
            "members",
            {"customer_id": ["1", "2"], "household_id": ["h", "h"]},
            "relations",
            {"record_id": "customer_id", "to_id": "household_id"},
        ),
        (
            "sent",
            {"contact_id": ["1", "2"], "campaign": ["c", "c"], "variant": ["a", "b"]},
            "exposures",
            {"record_id": "contact_id", "campaign": "campaign", "arm": "variant"},
        ),
        (
            "products",
            {"product_id": ["1", "2"], "category": ["a", "b"]},
            "products",
            {"product_id": "product_id", "category": "category"},
        ),
        (
            "traits",
            {"customer_id": ["1", "1"], "attribute": ["a", "b"], "value": ["x", "y"]},
            "attributes",
            {"record_id": "customer_id", "name": "attribute", "value": "value"},
        ),
        (
            "chat",
            {
                "conversation_id": ["1", "1"],
                "customer_id": ["a", "a"],
                "text": ["where is my parcel?", "it is on its way"],
            },
            "messages",
            {"text": "text", "record_id": "customer_id", "conversation_id": "conversation_id"},
        ),
    ],
)
def test_kinds(tmp_path: Path, name: str, columns: dict[str, list[str]], kind: Kind, expected: dict[str, str]) -> None:
    mapping = settled(proposed(tmp_path, columns, name))
    assert mapping.kind == kind
    assert dict(mapping.columns) == expected


def test_deals_are_orders_and_only_won_ones_are_sales(tmp_path: Path) -> None:
    columns = {
        "opportunity_id": ["1", "2", "3"],
        "account": ["a", "a", "b"],
        "deal_stage": ["Won", "Lost", "Engaging"],
        "created_at": ["2026-01-01", "2026-01-02", "2026-01-02"],
        "close_date": ["2026-02-01", "2026-02-02", ""],
        "close_value": ["10", "0", ""],
    }
    proposal = proposed(tmp_path, columns)
    assert proposal.mapping.sale_status == ("Won",)
    assert proposal.mapping.columns["happened_at"] == "close_date"
    assert any("Engaging, Lost are not" in reason for reason in proposal.reasons)


def test_wide_surveys_name_their_items(tmp_path: Path) -> None:
    items = {f"q{i}": ["1", "5", "3", ""] for i in range(6)}
    mapping = settled(
        proposed(tmp_path, {"respondent_id": list("abcd"), **items, "Gender": ["f", "m", "f", "m"]}, "study")
    )
    assert (mapping.kind, mapping.survey, mapping.items) == ("responses", "study", tuple(items))
    assert mapping.attributes == {"gender": "Gender"}
    assert mapping.columns == {"record_id": "respondent_id"}


def test_rows_without_id_are_persons_of_their_own(tmp_path: Path) -> None:
    columns = {"age": ["30", "40"], "job": ["a", "b"], "marital": ["x", "y"], "balance": ["1", "2"], "y": ["no", "yes"]}
    proposal = proposed(tmp_path, columns)
    assert proposal.mapping.kind == "customers"
    assert "record_id" not in proposal.mapping.columns
    assert any("no customer id" in reason for reason in proposal.reasons)


def test_what_cannot_be_told_is_asked(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, {"thing": ["a", "b"], "other": ["c", "d"]})
    with pytest.raises(MappingError, match="not clear what one row is"):
        settled(proposal)
    assert settled(proposed(tmp_path, {"thing": ["a", "b"], "other": ["c", "d"]}, kind="customers")).kind == "customers"


def test_missing_columns_are_asked_for(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, {"customer_id": ["a", "b"], "note": ["x", "y"]}, kind="orders")
    with pytest.raises(MappingError, match="need happened_at"):
        settled(proposal)


def test_a_person_decides(tmp_path: Path) -> None:
    overrides = {
        "amount": "Unit Price",
        "quantity": "",
        "wrapped": "gift WRAP",
        "timezone": "Europe/Berlin",
        "product_id": "",
    }
    mapping = proposed(tmp_path, LINES, overrides=overrides, kind="order_lines").mapping
    assert mapping.columns["amount"] == "Unit Price"
    assert "quantity" not in mapping.columns
    assert mapping.attributes["wrapped"] == "Gift wrap"
    assert mapping.timezone == "Europe/Berlin"
    with pytest.raises(MappingError, match="no column 'Qtty'") as refused:
        proposed(tmp_path, LINES, overrides={"quantity": "Qtty"})
    assert "'Qty'" in str(refused.value)
    with pytest.raises(MappingError, match="no column 'quantities'"):
        proposed(tmp_path, LINES, overrides={"quantities": "Qty"})
    with pytest.raises(MappingError, match="no kind 'orderz'"):
        proposed(tmp_path, LINES, kind="orderz")


def test_a_known_source_keeps_its_mapping(tmp_path: Path) -> None:
    known = settled(proposed(tmp_path, LINES))
    again = proposed(tmp_path, LINES | {"Colour": ["r"] * 5}, known=known)
    assert again.mapping.attributes == {"gift_wrap": "Gift wrap", "colour": "Colour"}
    assert settled(again).columns == known.columns
    without = {k: v for k, v in LINES.items() if k != "sku"}
    with pytest.raises(MappingError, match="'sku' was there before and is gone"):
        settled(proposed(tmp_path, without, known=known))


def test_new_columns_of_a_known_source_are_recognised(tmp_path: Path) -> None:
    first = {"customer_id": ["a", "b", "c"], "city": ["Rome", "Paris", "Rome"], "signup_date": ["2025-01-02"] * 3}
    known = settled(proposed(tmp_path, first, kind="customers"))
    later = first | {
        "is_deleted": ["false", "true", "false"],
        "merged_into": ["", "", "a"],
        "email": ["a@example.org", "b@example.org", "c@example.org"],
        "shipping_country": ["IT", "FR", "IT"],
        "colour": ["r", "g", "b"],
    }
    again = proposed(tmp_path, later, known=known)
    fresh = {"deleted": "is_deleted", "merged_into": "merged_into", "email": "email"}
    assert settled(again).columns == {**known.columns, **fresh}
    assert again.mapping.attributes == {"city": "city", "country": "shipping_country", "colour": "colour"}
    assert any("is_deleted" in reason and "new" in reason for reason in again.reasons)
    empty = later | {"merged_into": ["", "", ""]}
    assert proposed(tmp_path, empty, known=known).mapping.columns["merged_into"] == "merged_into"


def test_a_file_without_tombstones_of_a_source_that_has_them(tmp_path: Path) -> None:
    first = {"customer_id": ["a", "b"], "city": ["Rome", "Paris"], "deleted": ["true", "false"]}
    known = settled(proposed(tmp_path, first, kind="customers"))
    assert "deleted" in known.columns
    without = settled(proposed(tmp_path, {k: v for k, v in first.items() if k != "deleted"}, known=known))
    assert "deleted" not in without.columns
    assert settled(proposed(tmp_path, first, known=without)).columns == known.columns


def test_a_new_status_amount_or_currency_of_known_orders(tmp_path: Path) -> None:
    first = {"order_id": ["1", "2"], "order_date": ["25/12/2025", "26/12/2025"], "customer_id": ["a", "b"]}
    known = settled(proposed(tmp_path, first, kind="orders"))
    later = first | {"total_amount": ["1,50", "2,75"], "currency": ["EUR", "EUR"], "status": ["paid", "open"]}
    mapping = settled(proposed(tmp_path, later, known=known))
    fresh = {"amount": "total_amount", "currency": "currency", "status": "status"}
    assert mapping.columns == {**known.columns, **fresh}
    assert mapping.sale_status == ("paid",)
    assert (mapping.decimal_mark, mapping.date_order) == (",", "day_first")


def test_two_new_columns_that_could_be_the_same_stay_attributes(tmp_path: Path) -> None:
    first = {"customer_id": ["a", "b"], "city": ["Rome", "Paris"]}
    known = settled(proposed(tmp_path, first, kind="customers"))
    both = first | {"email": ["a@b.org", "c@b.org"], "work_email": ["a@c.org", "c@c.org"]}
    assert "email" not in proposed(tmp_path, both, known=known).mapping.columns


def test_a_settings_file_may_say_only_part(tmp_path: Path) -> None:
    known = SourceMapping(kind="order_lines", timezone="Europe/Berlin", date_order="day_first", drop_duplicates=True)
    mapping = settled(proposed(tmp_path, LINES, known=known))
    assert (mapping.kind, mapping.timezone, mapping.date_order) == ("order_lines", "Europe/Berlin", "day_first")
    assert mapping.columns["order_id"] == "Order ID"
    assert mapping.drop_duplicates


def test_ids_stay_text_and_every_column_is_somewhere(tmp_path: Path) -> None:
    columns = {
        "basket_id": ["4.0128e+10", "0012", "0012"],
        "customer": ["1", "2", "2"],
        "date": ["2026-01-01"] * 3,
        "sales": ["1", "2", "3"],
        "_fivetran_synced": ["x"] * 3,
    }
    mapping = proposed(tmp_path, columns).mapping
    assert mapping.columns["order_id"] == "basket_id"
    assert mapping.ignored == ("_fivetran_synced",)


def test_typed_tables_need_no_date_order() -> None:
    table = pa.table({"customer_id": ["a", "b"], "order_date": pa.array([0, 1], pa.date32()), "revenue": [1.5, 2.5]})
    mapping = settled(propose(open_source(table, name="orders")[0], settings=SETTINGS))
    assert (mapping.kind, mapping.date_order) == ("orders", "")


def test_no_rows_at_all(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, {"customer_id": [], "email": []})
    assert proposal.confidence < 0.5
    assert proposal.questions


NAMES = st.sampled_from(
    [
        "id",
        "Customer ID",
        "email",
        "Date",
        "amount",
        "event",
        "text",
        "q1",
        "q2",
        "sku",
        "price",
        "order_id",
        "weird (€)",
        "row_number",
        "status",
    ]
)
VALUES = st.lists(
    st.sampled_from(["", "1", "2", "a@b.co", "01/02/2026", "2026-01-01", "yes", "C12", "12,5", "NA", "Won"]),
    min_size=3,
    max_size=3,
)


@given(
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=8),
    st.sampled_from([None, "customers", "orders", "events", "responses"]),
)
def test_any_table_gets_a_sound_proposal(columns: dict[str, list[str]], kind: Kind | None) -> None:
    delivery = open_source(pa.table(columns), name="any")[0]
    proposal = propose(delivery, settings=SETTINGS, kind=kind)
    mapping = proposal.mapping
    names = {c.name for c in delivery.columns}
    kept = [*mapping.columns.values(), *mapping.attributes.values(), *mapping.items, *mapping.ignored]
    assert set(kept) == names
    assert set(mapping.columns) <= set(canonical_columns(mapping.kind))
    assert not set(mapping.attributes) & set(mapping.columns)
    assert 0 <= proposal.confidence <= 1
    assert SourceMapping.from_document(mapping.to_document()) == mapping


@pytest.mark.parametrize(("text", "said"), [("", "nothing in it"), ("order_id,customer_id\n", "a header and no rows")])
def test_a_file_without_rows_says_so(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "file.csv").write_text(text)
    proposal = propose(open_source(tmp_path / "file.csv")[0], settings=SETTINGS)
    with pytest.raises(MappingError, match=said):
        settled(proposal)


@pytest.mark.parametrize("name", ["order_date", "happened_at", "OrderDate"])
def test_a_time_by_its_name_although_most_values_are_absurd(tmp_path: Path, name: str) -> None:
    dates = ["2026-01-05", "2026-01-06", *["99999999", "soon", "??", "2026-13-45", "0000-00-00", "x", "later", ""]]
    columns = {
        "order_id": [str(n) for n in range(10)],
        name: dates,
        "customer_id": list("aabbccddee"),
        "amount": [f"{n}.50" for n in range(10)],
    }
    mapping = settled(proposed(tmp_path, columns, kind="orders"))
    assert mapping.columns["happened_at"] == name
    assert proposed(tmp_path, columns).mapping.columns["happened_at"] == name


def test_a_column_of_words_is_no_time_whatever_its_name(tmp_path: Path) -> None:
    columns = {"order_id": ["1", "2"], "order_date": ["soon", "later"], "amount": ["1.5", "2.5"]}
    assert proposed(tmp_path, columns, kind="orders").questions


@pytest.mark.parametrize("rows", [0, 3])
def test_columns_without_values_are_known_by_name_where_the_kind_is_said(tmp_path: Path, rows: int) -> None:
    names = {"order_id": "order_id", "happened_at": "order_date", "record_id": "customer_id", "product_id": "sku"}
    names |= {"quantity": "qty", "unit_price": "unit_price"}
    proposal = proposed(tmp_path, {column: [""] * rows for column in names.values()}, kind="order_lines")
    assert proposal.questions == ()
    assert settled(proposal).columns == names
