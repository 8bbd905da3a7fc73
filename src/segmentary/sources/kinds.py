"""What each kind of source holds: its canonical table, what a row must have, and what makes a row itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segmentary.schema import (
    ATTRIBUTES,
    CONSENTS,
    EXPOSURES,
    MESSAGES,
    ORDER_LINES,
    PRODUCTS,
    RECORDED_EVENTS,
    RECORDS,
    REFERENCE_ROWS,
    RELATIONS,
    RESPONSES,
    Column,
    Table,
)
from segmentary.sources.base import Kind

# Columns that link a record to a person or a group; they become identifiers and relations.
IDENTIFIER_COLUMNS = {
    "email": "email",
    "phone": "phone",
    "external_id": "external",
    "cookie": "cookie",
    "device": "device",
}
GROUP_COLUMNS = {"account_id": ("account", "works_at"), "household_id": ("household", "lives_in")}
# What is known about a person, wherever it is written: kept as attributes under these names.
PERSONAL = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "birth_date",
    "birth_year",
    "gender",
    "country",
    "region",
    "city",
    "postal_code",
    "latitude",
    "longitude",
)


@dataclass(frozen=True, slots=True)
class KindRules:
    """Rules of one kind.

    Attributes
    ----------
    table : the canonical table its rows go to.
    entity_type : what a record of it is, for the kinds that hold records.
    required : canonical columns a row must have.
    key : the column that identifies a row, where the source has one.
    on_repeat : what the same key with another body means: nothing new, a replacement, or a new version.
    extra : canonical columns that are no columns of the table.
    """

    table: Table
    entity_type: str = ""
    required: tuple[str, ...] = ()
    key: str = ""
    on_repeat: Literal["known", "replace", "version"] = "known"
    extra: tuple[Column, ...] = ()


LINKS = tuple(Column(name, "text", "link") for name in (*IDENTIFIER_COLUMNS, *GROUP_COLUMNS))
STATUS = Column("status", "text", "what became of the order")
RECORD_EXTRA = (*LINKS, Column("valid_from", "instant", "from when the record holds"))

RULES: dict[Kind, KindRules] = {
    "customers": KindRules(RECORDS, "customer", ("record_id",), "record_id", "version", RECORD_EXTRA),
    "accounts": KindRules(RECORDS, "account", ("record_id",), "record_id", "version", RECORD_EXTRA),
    "households": KindRules(RECORDS, "household", ("record_id",), "record_id", "version", RECORD_EXTRA),
    "orders": KindRules(ORDER_LINES, "", ("order_id", "happened_at"), "order_id", "replace", (*LINKS, STATUS)),
    "order_lines": KindRules(ORDER_LINES, "", ("order_id", "happened_at"), "", "known", (*LINKS, STATUS)),
    "events": KindRules(RECORDED_EVENTS, "", ("happened_at", "name"), "message_id", "known", LINKS),
    "responses": KindRules(RESPONSES, "respondent", ("item",), "", "known", LINKS),
    "messages": KindRules(MESSAGES, "", (), "message_id", "known", (*LINKS, Column("message_id", "text", "id"))),
    "consents": KindRules(CONSENTS, "", ("record_id", "granted"), "", "known", LINKS),
    "products": KindRules(PRODUCTS, "", ("product_id",), "product_id", "replace"),
    "references": KindRules(REFERENCE_ROWS, "", ("reference_id",), "reference_id", "replace"),
    "relations": KindRules(RELATIONS, "", ("record_id", "to_id"), "", "known"),
    "exposures": KindRules(EXPOSURES, "", ("record_id", "campaign"), "", "known", LINKS),
    "attributes": KindRules(ATTRIBUTES, "customer", ("record_id", "name"), "", "known", LINKS),
}


def canonical_columns(kind: Kind) -> dict[str, Column]:
    """Return the canonical columns a mapping of this kind may name, by name."""
    rules = RULES[kind]
    own = [c for c in rules.table.columns if c.name not in ("source", "row_key", "load_id", "row_number", "known_at")]
    return {column.name: column for column in (*own, *rules.extra)}
