"""What the pages of data call things: kinds of rows, columns, keys, freshness. English here, translated when shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from segmentary.sources.base import Kind
from segmentary.sources.recognise import WORDS

KINDS: Mapping[Kind, str] = {
    "customers": "Customers: one row is one person",
    "accounts": "Companies: one row is one account",
    "households": "Households: one row is one household",
    "orders": "Orders: one row is one order",
    "order_lines": "Order lines: one row is one product of an order",
    "events": "Events: one row is one thing that happened",
    "responses": "Survey: answers of people",
    "messages": "Messages: one row is something that was said",
    "consents": "Consent: one row is one decision",
    "products": "Products: one row is one product",
    "references": "Look-up table: one row describes something",
    "relations": "Relations: one row says who belongs to whom",
    "exposures": "Campaign contacts: one row is one person in a campaign",
    "attributes": "Properties: one row is one property of a person",
}
COLUMNS: Mapping[str, str] = {
    "record_id": "Whose it is (customer id)",
    "email": "E-mail",
    "phone": "Phone",
    "created_at": "Customer since",
    "deleted": "Was deleted",
    "merged_into": "Merged into",
    "household_id": "Household",
    "account_id": "Company",
    "external_id": "Id elsewhere",
    "order_id": "Order number",
    "happened_at": "When",
    "product_id": "Product",
    "quantity": "Quantity",
    "unit_price": "Price of one",
    "amount": "Amount",
    "discount": "Discount",
    "currency": "Currency",
    "status": "Status",
    "category": "Category",
    "brand": "Brand",
    "description": "Description",
    "channel": "Channel",
    "name": "Name",
    "text": "Text",
    "item": "Question",
    "value": "Answer or value",
    "weight": "Weight of the answer",
    "answered_at": "Answered at",
    "purpose": "Purpose",
    "granted": "Said yes",
    "campaign": "Campaign",
    "arm": "Variant",
    "assigned_at": "Assigned at",
    "sent_at": "Sent at",
    "session_id": "Visit",
    "cookie": "Cookie",
}
RULES: Mapping[str, str] = {
    "email": "the same e-mail address",
    "phone": "the same phone number",
    "external": "the same id elsewhere",
    "cookie": "the same cookie",
    "device": "the same device",
    "source": "their source merged them itself",
}
FRESH: Mapping[str, tuple[str, str]] = {
    "fresh": ("good", "up to date"),
    "late": ("caution", "a file is overdue"),
    "old": ("caution", "nothing new for long"),
    "timeless": ("plain", ""),
}
SEVERITIES: Mapping[str, tuple[str, str]] = {
    "serious": ("bad", "wrong"),
    "warn": ("caution", "look at it"),
    "info": ("plain", "good to know"),
}
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "dates": ("How are the dates written?", "Choose day first or month first below."),
    "kind": ("What is one row of this file?", "Choose it under “One row is” below."),
    "column": ("A column has to be named", "Choose it in the table of columns below."),
}


def choices(kind: str, word: Callable[[str], str], have: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the columns a kind knows, each with what people call it; those of the file first."""
    names = list(dict.fromkeys([*WORDS.get(kind, ()), *have]))  # type: ignore[call-overload]
    return [(name, f"{word(COLUMNS[name])} · {name}" if name in COLUMNS else name) for name in names]
