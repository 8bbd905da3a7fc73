"""What one row is: an order line, an order, an event, a customer, an answer, ... with the reason.

Every kind that fits says how well; the best one wins. Scores are comparable judgements, not probabilities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from segmentary.settings import Settings
from segmentary.sources.base import Kind
from segmentary.sources.look import Look
from segmentary.sources.names import lower_snake
from segmentary.sources.questionnaires import Questionnaire, questionnaire
from segmentary.sources.recognise import (
    ACCOUNT,
    CAMPAIGN,
    CLOSE_TIME,
    CUSTOMER,
    EVENT_NAME,
    HOUSEHOLD,
    ORDER,
    OWN_ID,
    PERSONAL,
    PERSONS,
    PLACE,
    PRODUCT,
    place_in,
)

SURE_EVENT_NAMES = EVENT_NAME[:4]
# So few rows may differ in everything by chance.
FEW_ROWS = 20
PRODUCT_SOURCE = re.compile(r"product|item|article|catalog|assortment|sku")
ORDER_SOURCE = re.compile(r"order|invoice|transaction|sale|purchase|basket|receipt|deal|opportunit|pipeline")
LINE_SOURCE = re.compile(r"line|order_item|lineitem")
ACCOUNT_SOURCE = re.compile(r"account|compan|organi[sz]ation|firm")
HOUSEHOLD_SOURCE = re.compile(r"household|famil")
EVENT_SOURCE = re.compile(
    r"event|unsubscri|redemption|click|bounce|visit|activity|activities|login|session|page_?view|hits"
)
NO_PERSON_SOURCE = re.compile(
    r"campaign|automation|list|segment|template|store|shop_|location|schedule|tag|brand|group|form|coupon|promotion|calendar"
)
# Columns of things that have an id of their own and are nobody: messages, pages, templates, settings.
THINGS = (
    "subject_line", "subject", "slug", "handle", "permalink", "template_id", "list_id", "segment_id",
    "trigger_settings",
    "file_name", "mime_type", "time_zone", "image_url", "archive_url", "preview_url", "change_description",
)  # fmt: skip
CONSENT_SOURCE = re.compile(r"consent|permission|opt_?in|subscription")
FOREIGN_IDS = (*PRODUCT[:24], *CAMPAIGN, *PLACE, *ORDER)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One kind that the rows could be."""

    kind: Kind
    score: float
    reason: str
    columns: dict[str, str] = field(default_factory=dict)
    survey: Questionnaire | None = None
    notes: tuple[str, ...] = ()


def candidates(look: Look, settings: Settings) -> list[Candidate]:
    """Return the kinds that fit, best first."""
    source = lower_snake(look.delivery.name)
    found: list[Candidate] = []
    for judge in (answers, wide_answers, consents, messages, events, sales, exposures, relations, attributes, products):
        found.extend(judge(look, source))
    found.extend(records(look, source, settings))
    return sorted(found, key=lambda c: -c.score)


def linked(columns: dict[str, str]) -> bool:
    return any(name in columns for name in ("record_id", "email", "phone"))


def answers(look: Look, source: str) -> Iterator[Candidate]:
    """Long surveys: respondent, item, value."""
    columns = look.assign("responses")
    if not {"item", "value"} <= columns.keys() or (look.rows > FEW_ROWS and look.unique(columns["item"])):
        return
    if place_in(PRODUCT, columns["item"]) is not None and lower_snake(columns["item"]) != "item":
        return
    if look.named(("quantity", "unit_price", "price")):
        return
    score = 0.96 if "record_id" in columns else 0.7
    yield Candidate("responses", score, "a respondent, an item and a value: one row is one answer", columns)


def wide_answers(look: Look, source: str) -> Iterator[Candidate]:
    """Wide surveys: one column per question."""
    found = questionnaire(look)
    if found is None or look.named(ORDER) or any(look.is_time(n) for n in look.names[1:]):
        return
    columns = {}
    if found.respondent:
        columns["record_id"] = found.respondent
    elif (customer := look.named(CUSTOMER[:30])) and look.unique(customer):
        columns["record_id"] = customer
    if found.weight:
        columns["weight"] = found.weight
    items = tuple(n for n in found.items if n not in columns.values())
    kept = Questionnaire(items, found.respondent, found.weight, found.replicates, found.share)
    weighted = f", weighted by {found.weight}" if found.weight else ""
    reason = f"{len(items)} columns hold answers on a scale: one row is one respondent{weighted}"
    yield Candidate("responses", 0.93, reason, columns, kept)


def consents(look: Look, source: str) -> Iterator[Candidate]:
    """Decisions about being contacted."""
    columns = look.assign("consents")
    named = CONSENT_SOURCE.search(source) is not None
    if "granted" in columns and linked(columns) and ("purpose" in columns or named):
        yield Candidate("consents", 0.96, "a customer, a purpose and a yes or no: one row is one decision", columns)


def messages(look: Look, source: str) -> Iterator[Candidate]:
    """Things customers and staff said."""
    columns = look.assign("messages")
    if "text" not in columns:
        return
    if "conversation_id" in columns or "direction" in columns:
        score = 0.98
    elif len(look.names) <= 4 or ("happened_at" in columns and look.lengths(columns["text"]) > 25):
        score = 0.8
    else:
        return
    yield Candidate("messages", score, f"{columns['text']} holds sentences: one row is one message", columns)


def events(look: Look, source: str) -> Iterator[Candidate]:
    """Things that happened."""
    columns = look.assign("events")
    if "happened_at" not in columns:
        return
    if "message_id" in columns and not repeats_little(look, columns["message_id"]):
        del columns["message_id"]
    anonymous_visitors(look, columns)
    name = columns.get("name")
    few = name is not None and not look.unique(name) and look.columns[name].type == "text"
    if few and name is not None and place_in(SURE_EVENT_NAMES, name) is not None:
        yield Candidate("events", 0.97, f"{name} says what happened: one row is one event", columns)
    elif few:
        yield Candidate("events", 0.72, f"{name} seems to say what happened: one row is one event", columns)
    elif "record_id" in columns or "session_id" in columns or "email" in columns:
        columns.pop("name", None)
        score = 0.915 if EVENT_SOURCE.search(source) else 0.65
        yield Candidate("events", score, "someone and a time: one row is one event", columns)


def repeats_little(look: Look, name: str) -> bool:
    counts = look.counts(name)
    return bool(counts) and len(counts) >= 0.9 * counts.total()


def anonymous_visitors(look: Look, columns: dict[str, str]) -> None:
    """Take the visitor's cookie as who did it where the customer's id is mostly missing."""
    cookie, known = columns.get("cookie"), columns.get("record_id")
    if cookie is None:
        return
    if known is None:
        columns["record_id"] = columns.pop("cookie")
    elif look.filled(known) < 0.5 * look.filled(cookie):
        columns["record_id"], columns["external_id"] = cookie, known
        del columns["cookie"]


def sales(look: Look, source: str) -> Iterator[Candidate]:
    """Orders and their lines."""
    columns = look.assign("order_lines")
    own_order_id(look, source, columns)
    deal_time(look, columns)
    order = columns.get("order_id")
    timed = "happened_at" in columns
    valued = "amount" in columns or "unit_price" in columns
    line = "unit_price" in columns and ("quantity" in columns or "product_id" in columns)
    line = line or ("product_id" in columns and "quantity" in columns)
    if order is None:
        yield from nameless_sales(look, source, columns)
        return
    repeats = not look.unique(order) and look.rows > 1
    if timed and line and (repeats or "amount" not in columns or LINE_SOURCE.search(source)):
        yield Candidate("order_lines", 0.95, f"{order} repeats and rows have products: one row is one line", columns)
    elif timed and valued and not repeats:
        yield Candidate("orders", 0.92, f"every row has its own {order}: one row is one order", one_order(columns))
    elif timed and valued:
        yield Candidate("order_lines", 0.8, f"{order} repeats: one row is one line of an order", columns)
    elif line:
        yield Candidate("order_lines", 0.75, "orders, products and prices: one row is one line", columns)


def own_order_id(look: Look, source: str, columns: dict[str, str]) -> None:
    """Take a plain ``id`` as order id where the file is about orders and every row has its own."""
    plain = look.named(OWN_ID)
    if plain is None or plain in columns.values() or "order_id" in columns:
        return
    about = ORDER_SOURCE.search(source) and not LINE_SOURCE.search(source)
    if look.unique(plain) and about and ("record_id" in columns or "email" in columns):
        columns["order_id"] = plain
    elif not look.unique(plain) and "record_id" not in columns:
        columns["record_id"] = plain


def deal_time(look: Look, columns: dict[str, str]) -> None:
    """Take the closing date as the time of a deal that runs through stages."""
    stage = columns.get("status")
    closed = look.named(CLOSE_TIME)
    if stage is not None and closed is not None and "stage" in lower_snake(stage) and look.is_time(closed):
        columns["happened_at"] = closed


def nameless_sales(look: Look, source: str, columns: dict[str, str]) -> Iterator[Candidate]:
    """Purchases without order id: customer, time, money."""
    if "happened_at" not in columns or not linked(columns):
        return
    if "amount" not in columns and "unit_price" in columns and "quantity" not in columns:
        columns["amount"] = columns.pop("unit_price")
    if "amount" not in columns:
        return
    who = columns.get("record_id") or columns.get("email", "")
    about = ORDER_SOURCE.search(source) or ORDER_SOURCE.search(lower_snake(columns["happened_at"]))
    if who and look.unique(who) and look.rows > FEW_ROWS and not about:
        return  # one row per customer with a date and an amount: a summary, not purchases
    notes = ("there is no order id: every row counts as an order of its own",)
    reason = "a customer, a time and an amount: one row is one order"
    yield Candidate("orders", 0.92 if about else 0.86, reason, one_order(columns), notes=notes)


def one_order(columns: dict[str, str]) -> dict[str, str]:
    """Return the columns of an order: a price without amount is its amount."""
    out = dict(columns)
    if "amount" not in out and "unit_price" in out:
        out["amount"] = out.pop("unit_price")
    return out


def exposures(look: Look, source: str) -> Iterator[Candidate]:
    """Who was in which campaign."""
    columns = look.assign("exposures")
    if "campaign" not in columns or not linked(columns):
        return
    if look.unique(columns["campaign"]) and look.rows > 1:
        return
    times = [n for n in look.names if look.is_time(n) and n not in columns.values() and not lower_snake(n).startswith(
        ("fivetran", "airbyte"))]  # fmt: skip
    if "arm" in columns:
        yield Candidate("exposures", 0.94, "a customer, a campaign and an arm: one row is one exposure", columns)
    elif not times and len(look.names) <= 8:
        yield Candidate("exposures", 0.92, "a customer and a campaign: one row is one exposure", columns)


def relations(look: Look, source: str) -> Iterator[Candidate]:
    """Who belongs to which group."""
    columns = look.assign("relations")
    if {"record_id", "to_id"} <= columns.keys() and len(look.names) <= len(columns) + 1 and len(look.names) <= 6:
        yield Candidate("relations", 0.93, "a customer and a group, nothing else: one row is one membership", columns)


def attributes(look: Look, source: str) -> Iterator[Candidate]:
    """One attribute of one customer per row."""
    columns = look.assign("attributes")
    if {"record_id", "name", "value"} <= columns.keys() and len(look.names) <= 8:
        first = lower_snake(columns["name"])
        if first != "name" or lower_snake(columns["value"]) == "value":
            yield Candidate("attributes", 0.9, "a customer, a name and a value: one row is one attribute", columns)


def products(look: Look, source: str) -> Iterator[Candidate]:
    """Products, one row each."""
    columns = look.assign("products")
    key = columns.get("product_id")
    if key is None or look.named(PERSONS) or look.named(ORDER) or not look.unique(key):
        return
    named = PRODUCT_SOURCE.search(source) is not None
    if place_in(PRODUCT, key) is None and not named:
        return
    yield Candidate("products", 0.93 if named else 0.9, f"every row has its own {key}: one row is one product", columns)


def records(look: Look, source: str, settings: Settings) -> Iterator[Candidate]:
    """One row per customer, account or household."""
    columns = look.assign("customers")
    if not look.unique(columns.get("record_id", "")) if columns.get("record_id") else False:
        better = next((n for n in look.names if place_in((*CUSTOMER, *OWN_ID), n) is not None and look.unique(n)), None)
        if better:
            columns["record_id"] = better
    key = columns.get("record_id")
    described = [n for n in look.names if any(place_in(words, n) is not None for words in PERSONAL.values())]
    if key is not None:
        if columns.get("household_id") == key or columns.get("account_id") == key:
            columns = {k: v for k, v in columns.items() if v != key or k == "record_id"}
        yield from keyed_records(look, source, settings, columns, key, described)
    elif "email" in columns and look.unique(columns["email"]):
        columns["record_id"] = columns["email"]
        yield Candidate(
            "customers", 0.85, f"every row has its own {columns['email']}: one row is one customer", columns
        )
    elif look.rows and not any(look.named((word,)) for word in FOREIGN_IDS if word != "campaign"):
        timed = "created_at" not in columns and any(look.is_time(n) for n in look.names)
        score = 0.3 if timed or len(look.names) < 4 else 0.6 if described or len(look.names) >= 5 else 0.5
        notes = ("there is no customer id: every row is a person of its own, called source:row number",)
        yield Candidate("customers", score, "columns describe someone: one row is one customer", columns, notes=notes)


def keyed_records(
    look: Look, source: str, settings: Settings, columns: dict[str, str], key: str, described: list[str]
) -> Iterator[Candidate]:
    own = not look.unique(key)
    kind, notes = group_kind(look, source, settings, columns, key)
    named = place_in(CUSTOMER, key) is not None
    if own:
        score = (
            0.7
            if "email" in columns or len(described) >= 2
            else 0.55
            if named and not any(look.is_time(n) for n in look.names)
            else 0.3
        )
        reason = f"{key} names customers, though some repeat: one row is one version of a customer"
    else:
        known = named or "email" in columns or len(described) >= 2
        score = 0.91 if known else 0.85 if described else 0.58
        if not known and not described and (NO_PERSON_SOURCE.search(source) or look.named(THINGS)):
            score = 0.3
        reason = f"every row has its own {key}: one row is one {kind[:-1]}"
    yield Candidate(kind, score, reason, columns, notes=notes)


def group_kind(
    look: Look, source: str, settings: Settings, columns: dict[str, str], key: str
) -> tuple[Kind, tuple[str, ...]]:
    """Return whether records are customers, or accounts or households that customers belong to."""
    if "email" in columns or place_in(PERSONS, key) is not None:
        return "customers", ()
    linked_to = {name for given in settings.sources.values() for name in given.get("columns", {})}
    if place_in(HOUSEHOLD, key) is not None:
        if "household_id" in linked_to or HOUSEHOLD_SOURCE.search(source):
            return "households", ("customers are linked to it by household_id",)
        return "customers", ("the household is the customer; if customers belong to households, say --as households",)
    if place_in(ACCOUNT, key) is not None:
        by_id = lower_snake(key).endswith("_id") and ACCOUNT_SOURCE.search(source)
        if "account_id" in linked_to or by_id:
            return "accounts", ("customers are linked to it by account_id; if accounts buy, say --as customers",)
        return "customers", ("the account is the customer; if people belong to accounts, say --as accounts",)
    return "customers", ()
