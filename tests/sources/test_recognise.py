from __future__ import annotations

import pytest

from segmentary.sources.kinds import canonical_columns
from segmentary.sources.names import lower_snake
from segmentary.sources.recognise import PERSONAL, WORDS, assign, best_column, personal, place_in


@pytest.mark.parametrize("kind", WORDS)
def test_words_are_spelt_plainly_and_lead_to_columns_that_exist(kind: str) -> None:
    assert set(WORDS[kind]) <= set(canonical_columns(kind))  # type: ignore[index, arg-type]
    for words in (*WORDS[kind].values(), *PERSONAL.values()):  # type: ignore[index]
        assert all(lower_snake(w) == w for w in words)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"],
            {
                "order_id": "InvoiceNo",
                "product_id": "StockCode",
                "quantity": "Quantity",
                "happened_at": "InvoiceDate",
                "unit_price": "UnitPrice",
                "record_id": "CustomerID",
            },
        ),
        (
            ["Name", "Email", "Created at", "Lineitem sku", "Lineitem quantity", "Lineitem price", "Currency", "Total"],
            {
                "email": "Email",
                "happened_at": "Created at",
                "product_id": "Lineitem sku",
                "quantity": "Lineitem quantity",
                "unit_price": "Lineitem price",
                "currency": "Currency",
                "amount": "Total",
                "description": "Name",
            },
        ),
        (
            ["Belegnr", "Kundennr", "Artikelnr", "Menge", "Einzelpreis", "Bestelldatum"],
            {
                "order_id": "Belegnr",
                "record_id": "Kundennr",
                "product_id": "Artikelnr",
                "quantity": "Menge",
                "unit_price": "Einzelpreis",
                "happened_at": "Bestelldatum",
            },
        ),
    ],
)
def test_order_lines_of_common_systems(columns: list[str], expected: dict[str, str]) -> None:
    assert assign("order_lines", columns) == expected


def test_payload_paths_are_known_by_their_last_part() -> None:
    assert place_in(("user_id",), "payload.userId") is not None
    assert place_in(("id",), "payload.id") is None
    assert best_column(("email",), ["context.email", "email"]) == "email"


def test_personal_attributes() -> None:
    assert personal(["FirstName", "Surname", "DOB", "Year_Birth", "ZIP", "UserAgent", "Favourite colour"]) == {
        "first_name": "FirstName",
        "last_name": "Surname",
        "birth_date": "DOB",
        "birth_year": "Year_Birth",
        "postal_code": "ZIP",
        "user_agent": "UserAgent",
    }
