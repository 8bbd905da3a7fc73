"""One customer out of many records: events, attributes and consents under the customer's id."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.schema import (
    BELONGINGS,
    CUSTOMER_ATTRIBUTES,
    CUSTOMER_CONSENTS,
    CUSTOMERS,
    EVENTS,
    GROUP_ATTRIBUTES,
    GROUPS,
    IDENTITY_MAP,
    ORDER_COMPLETED,
    ORDER_REFUNDED,
    PLACES,
    PREDICTIONS,
    PRODUCT_PURCHASED,
    PRODUCT_RETURNED,
    REFERENCE_ROWS,
    REFERENCE_VALUES,
    VOICE_WITHDRAWN,
    VOICES,
)
from segmentary.settings import Settings
from segmentary.sources.linking import linked_events, linked_lines, unlink
from segmentary.sources.pairing import pair_cancellations

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
SERVED = "served_map"
LATEST_PRODUCTS = "latest_products"


def derive(engine: Engine, settings: Settings) -> None:
    """Make the derived tables from the received ones and the identity map.

    Events are stored clustered by customer and time. Customers whose every record was deleted at its source are left
    out, with all that belongs to them.
    """
    pair_cancellations(engine)
    served = served_map(engine)
    products = query(HERE / "latest_products.sql", products=exp.table_("products"), loads=exp.table_("loads"))
    engine.create_as(LATEST_PRODUCTS, products, temporary=True)
    events = engine.create_as(
        EVENTS.name,
        events_query(served, settings, lines := linked_lines(engine), linked_events(engine, lines)),
    )
    tables = {"attributes": "attributes", "relations": "relations", "loads": "loads"}
    attributes = query(
        HERE / "customer_attributes.sql",
        identity_map=served,
        **{name: exp.table_(table) for name, table in tables.items()},
    )
    engine.create_as(CUSTOMER_ATTRIBUTES.name, attributes, order_by=("name", "customer_id", "source", "valid_from"))
    consents = query(HERE / "customer_consents.sql", consents=exp.table_("consents"), identity_map=served)
    engine.create_as(CUSTOMER_CONSENTS.name, consents, order_by=("customer_id", "happened_at"))
    customers = query(
        HERE / "customers.sql",
        records=exp.table_("records"),
        identity_map=served,
        events=exp.table_(EVENTS.name),
        customer_attributes=exp.table_(CUSTOMER_ATTRIBUTES.name),
        predictions=PREDICTIONS,
    )
    people = engine.create_as(CUSTOMERS.name, customers, order_by=("customer_id",))
    derive_groups(engine, served)
    derive_references(engine)
    for name in (SERVED, LATEST_PRODUCTS):
        engine.drop(name)
    unlink(engine)
    log.info("customers derived", extra={"customers": people, "events": events})


def derive_groups(engine: Engine, served: exp.Table) -> None:
    """Make the accounts and households, what is known of them, and who is in them."""
    customer_attributes, relations = exp.table_(CUSTOMER_ATTRIBUTES.name), exp.table_("relations")
    belongings = query(
        HERE / "belongings.sql", relations=relations, identity_map=served, customer_attributes=customer_attributes
    )
    engine.create_as(BELONGINGS.name, belongings, order_by=("group_kind", "group_id", "customer_id", "valid_from"))
    attributes = query(HERE / "attributes_of_groups.sql", attributes=exp.table_("attributes"))
    order = ("group_kind", "name", "group_id", "source", "valid_from")
    engine.create_as(GROUP_ATTRIBUTES.name, attributes, order_by=order)
    groups = query(
        HERE / "groups.sql",
        records=exp.table_("records"),
        loads=exp.table_("loads"),
        group_attributes=exp.table_(GROUP_ATTRIBUTES.name),
        belongings=exp.table_(BELONGINGS.name),
    )
    engine.create_as(GROUPS.name, groups, order_by=("group_kind", "group_id"))


def derive_references(engine: Engine) -> None:
    """Make the facts about what events name, and the places among them."""
    facts = query(
        HERE / "reference_values.sql",
        reference_rows=exp.table_(REFERENCE_ROWS.name),
        loads=exp.table_("loads"),
        products=exp.table_(LATEST_PRODUCTS),
    )
    engine.create_as(REFERENCE_VALUES.name, facts, order_by=("table_name", "id", "name"))
    places = query(HERE / "places.sql", reference_values=exp.table_(REFERENCE_VALUES.name))
    engine.create_as(PLACES.name, places, order_by=("list_name", "name"))


def served_map(engine: Engine) -> exp.Table:
    """Return the identity map of the customers who are still there, each with a number."""
    gone = query(
        HERE / "gone_customers.sql",
        records=exp.table_("records"),
        loads=exp.table_("loads"),
        identity_map=exp.table_(IDENTITY_MAP.name),
    )
    served = query(HERE / "served_map.sql", identity_map=exp.table_(IDENTITY_MAP.name), gone=gone)
    engine.create_as(SERVED, served, temporary=True)
    return exp.table_(SERVED)


def events_query(
    served: exp.Table, settings: Settings, order_lines: str = "order_lines", recorded_events: str = "recorded_events"
) -> exp.Query:
    """Return everything that happened to customers, clustered by customer and time."""
    lines = {"order_lines": exp.table_(order_lines), "identity_map": served, "currency": settings.currency}
    products = exp.table_(LATEST_PRODUCTS)
    parts = (
        query(HERE / "order_events.sql", **lines, completed=ORDER_COMPLETED, refunded=ORDER_REFUNDED),
        query(
            HERE / "line_events.sql",
            **lines,
            products=products,
            purchased=PRODUCT_PURCHASED,
            returned=PRODUCT_RETURNED,
        ),
        query(HERE / "status_events.sql", **lines),
        query(
            HERE / "recorded_events.sql",
            recorded_events=exp.table_(recorded_events),
            identity_map=served,
            products=products,
            voices=VOICES,
            withdrawn=VOICE_WITHDRAWN,
        ),
    )
    everything: exp.Query = part_of(parts[0])
    for part in parts[1:]:
        everything = exp.union(everything, part_of(part), distinct=False)
    # Numbers sort several times faster than ids, and give the same order.
    clustered = exp.select(*EVENTS.names).from_(everything.subquery("everything"))
    return clustered.order_by("customer_number", "happened_at", "sequence", "name")


def part_of(events: exp.Query) -> exp.Select:
    return exp.select(*EVENTS.names, "customer_number").from_(events.subquery("part"))
