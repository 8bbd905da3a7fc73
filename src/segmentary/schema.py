"""The canonical tables, as data: what one row is, and what every column holds.

Instants are UTC without zone in the warehouse; money is DECIMAL(18,4); ids are text. **Received** tables hold what
sources delivered, row by row, with where it came from. **Derived** tables are made from them and can be thrown away.

Columns that every received table has:

==========  ==========================================================================================
source      name of the source (a file, a folder of daily files, a database table)
row_key     identity of the row within its source: its own id, or a hash of the row and its ordinal in the file
load_id     the load that brought it (content hash of the accepted file, first 16 hex digits)
row_number  place in that load, from 1
known_at    when the system learnt it
==========  ==========================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "integer", "decimal", "degrees", "instant", "date", "boolean", "json"]

SQL_TYPES: dict[ColumnType, str] = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18, 4)",
    "degrees": "decimal(38, 10)",
    "instant": "timestamp",
    "date": "date",
    "boolean": "boolean",
    "json": "varchar",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its canonical name, type and meaning."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table. ``key`` makes a row unique."""

    name: str
    row: str
    columns: tuple[Column, ...]
    family: Literal["received", "derived"]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)


PROVENANCE = (
    Column("source", "text", "name of the source"),
    Column("row_key", "text", "identity of the row within its source"),
    Column("load_id", "text", "the load that brought it"),
    Column("row_number", "integer", "place in that load, from 1"),
    Column("known_at", "instant", "when the system learnt it"),
)
WHO = (
    Column("id_space", "text", "whose ids record_id belongs to; sources of one business usually share 'customer'"),
    Column("record_id", "text", "the customer's id as that source writes it; missing when unidentified"),
)


def received(name: str, row: str, *columns: tuple[str, ColumnType, str], who: bool = True) -> Table:
    own = tuple(Column(*c) for c in columns)
    return Table(name, row, (*PROVENANCE, *(WHO if who else ()), *own), "received", ("source", "row_key"))


def derived(name: str, row: str, *columns: tuple[str, ColumnType, str], key: tuple[str, ...] = ()) -> Table:
    return Table(name, row, tuple(Column(*c) for c in columns), "derived", key)


EVENT_COLUMNS: tuple[tuple[str, ColumnType, str], ...] = (
    ("name", "text", "what happened, lower_snake"),
    ("happened_at", "instant", "when"),
    ("sequence", "integer", "order among events of one instant and source"),
    ("message_id", "text", "the source's own id of the event"),
    ("order_id", "text", "the order it belongs to"),
    ("session_id", "text", "the visit it belongs to"),
    ("amount", "decimal", "money, in the workspace's currency"),
    ("currency", "text", "ISO 4217 code"),
    ("product_id", "text", "the product"),
    ("category", "text", "the product's category"),
    ("brand", "text", "the product's brand"),
    ("quantity", "decimal", "how many, in the product's own unit: never summed across units"),
    ("channel", "text", "web, store, mail, ..."),
    ("properties", "json", "everything else, one JSON object of text, numbers and booleans"),
)

ORDER_LINES = received(
    "order_lines",
    "one line of a sale, a cancellation or a correction",
    ("order_id", "text", "the order"),
    ("happened_at", "instant", "when"),
    ("sale_kind", "text", "sale, cancellation, return, free, adjustment"),
    ("cancels_order_id", "text", "the order a cancellation takes back, where known"),
    ("product_id", "text", "the product"),
    ("description", "text", "the product's name on the line"),
    ("category", "text", "the product's category"),
    ("brand", "text", "the product's brand"),
    ("quantity", "decimal", "how many; negative on cancellations"),
    ("unit", "text", "what one is; empty means pieces"),
    ("unit_price", "decimal", "price of one, in the original currency"),
    ("discount", "decimal", "money taken off the line, positive, in the workspace's currency"),
    ("amount", "decimal", "money of the line in the workspace's currency; negative on cancellations"),
    ("original_amount", "decimal", "money of the line as delivered"),
    ("currency", "text", "ISO 4217 code as delivered"),
    ("channel", "text", "web, store, ..."),
    ("place_id", "text", "the shop"),
    ("properties", "json", "everything else"),
)
RECORDED_EVENTS = received("recorded_events", "something that happened, as a source recorded it", *EVENT_COLUMNS)
RECORDS = received(
    "records",
    "one delivery of one customer (or account, household) record",
    ("entity_type", "text", "customer, account, household, respondent"),
    ("created_at", "instant", "when the source created it"),
    ("deleted", "boolean", "the source says it deleted the record"),
    ("merged_into", "text", "the record it was merged into"),
)
ATTRIBUTES = received(
    "attributes",
    "one value of one attribute of one record, in time",
    ("entity_type", "text", "customer, account, household, respondent"),
    ("name", "text", "attribute name, lower_snake"),
    ("value", "text", "canonical text: numbers 12.50, booleans true/false, dates 2026-03-01, lists as JSON"),
    ("value_type", "text", "text, number, boolean, date, time, list"),
    ("valid_from", "instant", "missing: from the beginning of time"),
    ("valid_to", "instant", "missing: until replaced"),
)
IDENTIFIERS = received(
    "identifiers",
    "one identifier of one record",
    ("kind", "text", "email, phone, external, cookie, device"),
    ("value", "text", "normalised"),
    ("raw_value", "text", "as delivered"),
    ("verified", "boolean", "the source vouches for it"),
)
RESPONSES = received(
    "responses",
    "one answer of one respondent",
    ("survey", "text", "the survey"),
    ("wave", "text", "which run of it"),
    ("item", "text", "the question"),
    ("value", "text", "the answer, canonical text"),
    ("missing_code", "text", "why there is no answer"),
    ("weight", "decimal", "survey weight of the respondent"),
    ("stratum", "text", "sampling stratum"),
    ("cluster", "text", "sampling cluster"),
    ("answered_at", "instant", "when"),
)
MESSAGES = received(
    "messages",
    "one message with a customer",
    ("channel", "text", "mail, chat, social, interview"),
    ("direction", "text", "in or out"),
    ("happened_at", "instant", "when"),
    ("conversation_id", "text", "the conversation"),
    ("text", "text", "what was said"),
    ("campaign_id", "text", "the campaign it belongs to"),
)
CONSENTS = received(
    "consents",
    "one decision of one customer",
    ("purpose", "text", "marketing, analytics, ..."),
    ("channel", "text", "email, phone, post, any"),
    ("granted", "boolean", "yes or no"),
    ("happened_at", "instant", "when; missing: before everything known"),
    ("evidence", "text", "where the decision is written"),
)
PRODUCTS = received(
    "products",
    "one product",
    ("product_id", "text", "the product"),
    ("name", "text", "its name"),
    ("category", "text", "category"),
    ("brand", "text", "brand"),
    ("unit", "text", "what one is"),
    ("properties", "json", "everything else"),
    who=False,
)
REFERENCE_ROWS = received(
    "reference_rows",
    "one row of a table of facts about what events name: stores, campaigns, tariffs",
    ("table_name", "text", "the table: the name of its source unless a column says another"),
    ("reference_id", "text", "what events name it by"),
    ("properties", "json", "the facts"),
    who=False,
)
RELATIONS = received(
    "relations",
    "a membership of one record in a group, in time",
    ("from_type", "text", "customer"),
    ("to_type", "text", "account or household"),
    ("to_id", "text", "the group's id"),
    ("kind", "text", "works_at, lives_in, ..."),
    ("valid_from", "instant", "missing: from the beginning of time"),
    ("valid_to", "instant", "missing: until now"),
)
EXPOSURES = received(
    "exposures",
    "one customer put into one arm of one campaign",
    ("campaign", "text", "the campaign"),
    ("arm", "text", "treated, holdout, a variant; missing where the source does not say"),
    ("assigned_at", "instant", "when"),
    ("sent_at", "instant", "when the message left"),
)
RECEIVED = (
    ORDER_LINES,
    RECORDED_EVENTS,
    RECORDS,
    ATTRIBUTES,
    IDENTIFIERS,
    RESPONSES,
    MESSAGES,
    CONSENTS,
    PRODUCTS,
    REFERENCE_ROWS,
    RELATIONS,
    EXPOSURES,
)

LOADS = Table(
    "loads",
    "one accepted file, as the warehouse holds it",
    (
        Column("load_id", "text", "content hash of the archived file and its source"),
        Column("source", "text", "name of the source"),
        Column("kind", "text", "customers, accounts, orders, order_lines, events, responses, consents, ..."),
        Column("file", "text", "name of the file as given"),
        Column("rows_read", "integer", "rows in the file"),
        Column("rows_kept", "integer", "rows kept and new"),
        Column("rows_known", "integer", "rows an earlier load had already brought"),
        Column("rows_refused", "integer", "rows refused, each with a reason in refusals"),
        Column("known_at", "instant", "when it was accepted"),
        Column("ordinal", "integer", "place among all loads, from 1: the order among loads of one instant"),
    ),
    "received",
    ("load_id",),
)
COLUMN_NOTES = Table(
    "column_notes",
    "one observation about one column of one load, made while the text was still at hand",
    (
        Column("load_id", "text", "the load"),
        Column("source", "text", "name of the source"),
        Column("column_name", "text", "the column as the source writes it"),
        Column("code", "text", "blank, filler, money_text, ruined_id, mojibake"),
        Column("row_count", "integer", "rows it is true of"),
        Column("example", "text", "one value"),
    ),
    "received",
)
REFUSALS = Table(
    "refusals",
    "one refused row",
    (
        Column("load_id", "text", "the load"),
        Column("source", "text", "name of the source"),
        Column("row_number", "integer", "place in the file, from 1"),
        Column("reason", "text", "why, one of the reasons of the quality account"),
        Column("column_name", "text", "the column at fault"),
    ),
    "received",
)

IDENTITY_MAP = derived(
    "identity_map",
    "which customer a record is",
    ("id_space", "text", "whose id"),
    ("record_id", "text", "the id"),
    ("customer_id", "text", "the customer"),
    key=("id_space", "record_id"),
)
CUSTOMERS = derived(
    "customers",
    "a person or organisation we serve",
    ("customer_id", "text", "the customer"),
    ("created_at", "instant", "when a source created the record; missing when unknown"),
    ("first_seen_at", "instant", "earliest event, dated attribute or creation; missing: has always been there"),
    key=("customer_id",),
)
EVENTS = derived(
    "events",
    "something a customer did, clustered by (customer_id, happened_at)",
    ("customer_id", "text", "the customer"),
    ("source", "text", "name of the source"),
    ("known_at", "instant", "when the system learnt it"),
    *EVENT_COLUMNS,
)
CUSTOMER_ATTRIBUTES = derived(
    "customer_attributes",
    "one value of one attribute of one customer, in time",
    ("customer_id", "text", "the customer"),
    ("name", "text", "attribute name"),
    ("value", "text", "canonical text"),
    ("value_type", "text", "text, number, boolean, date, time, list"),
    ("valid_from", "instant", "missing: from the beginning of time"),
    ("valid_to", "instant", "missing: until replaced"),
    ("known_at", "instant", "when the system learnt it"),
    ("source", "text", "name of the source"),
)
CUSTOMER_CONSENTS = derived(
    "customer_consents",
    "one decision of one customer",
    ("customer_id", "text", "the customer"),
    ("purpose", "text", "purpose"),
    ("channel", "text", "channel"),
    ("granted", "boolean", "yes or no"),
    ("happened_at", "instant", "when"),
    ("known_at", "instant", "when the system learnt it"),
    ("source", "text", "name of the source"),
)
BELONGINGS = derived(
    "belongings",
    "one membership of a customer in an account or household, in time",
    ("customer_id", "text", "the customer"),
    ("group_kind", "text", "account or household"),
    ("group_id", "text", "the group"),
    ("valid_from", "instant", "missing: from the beginning of time"),
    ("valid_to", "instant", "missing: until now"),
    ("known_at", "instant", "when the system learnt it"),
)
GROUPS = derived(
    "groups",
    "an account or household",
    ("group_kind", "text", "account or household"),
    ("group_id", "text", "the group"),
    ("first_seen_at", "instant", "creation, earliest dated attribute or membership; missing: has always been there"),
    key=("group_kind", "group_id"),
)
GROUP_ATTRIBUTES = derived(
    "group_attributes",
    "one value of one attribute of one account or household, in time",
    ("group_kind", "text", "account or household"),
    ("group_id", "text", "the group"),
    ("name", "text", "attribute name"),
    ("value", "text", "canonical text; missing: it ends an earlier one"),
    ("value_type", "text", "text, number, boolean, date, time, list"),
    ("valid_from", "instant", "missing: from the beginning of time"),
    ("valid_to", "instant", "missing: until replaced"),
    ("known_at", "instant", "when the system learnt it"),
    ("source", "text", "name of the source"),
)
REFERENCE_VALUES = derived(
    "reference_values",
    "one fact about one thing that events name",
    ("table_name", "text", "the reference table; products are one"),
    ("id", "text", "what events name it by"),
    ("name", "text", "which fact"),
    ("value", "text", "canonical text"),
    key=("table_name", "id", "name"),
)
PLACES = derived(
    "places",
    "one place of a list: a row of a reference table that has coordinates",
    ("list_name", "text", "the reference table"),
    ("name", "text", "the place"),
    ("latitude", "degrees", "degrees north"),
    ("longitude", "degrees", "degrees east"),
)
DERIVED = (
    *(IDENTITY_MAP, CUSTOMERS, EVENTS, CUSTOMER_ATTRIBUTES, CUSTOMER_CONSENTS),
    *(BELONGINGS, GROUPS, GROUP_ATTRIBUTES, REFERENCE_VALUES, PLACES),
)

MEMBERSHIP_LOG = Table(
    "membership_log",
    "one entry into or exit from a segment",
    (
        Column("run_id", "integer", "the run that noticed it"),
        Column("segment", "text", "the segment"),
        Column("customer_id", "text", "the customer"),
        Column("entered", "boolean", "true: entry, false: exit"),
        Column("valid_at", "instant", "from when it holds: the as-of of the run"),
        Column("detected_at", "instant", "when it was noticed"),
        Column("version", "text", "hash of the definition"),
        Column("reason", "text", "event, ageing, late_data, attribute, edit, backfill, merge, erasure"),
    ),
    "received",
    ("run_id", "segment", "customer_id"),
)
ALL_TABLES = (LOADS, REFUSALS, COLUMN_NOTES, *RECEIVED, *DERIVED, MEMBERSHIP_LOG)

PREDICTIONS = "segmentary:predictions"  # the source of scores
VOICES = "segmentary:voices"  # the source of coded passages
VOICE_CODED, VOICE_WITHDRAWN = "voice_coded", "voice_withdrawn"
ORDER_COMPLETED = "order_completed"
ORDER_REFUNDED = "order_refunded"
PRODUCT_PURCHASED, PRODUCT_RETURNED = "product_purchased", "product_returned"
