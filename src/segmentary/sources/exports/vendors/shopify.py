"""Shopify: customers, orders and what belongs to them, in the shapes of its REST and of its GraphQL interface.

An order, its lines, its refunds and their lines are tables of their own, and each lacks what another has: lines have no
customer and no time, refunds no product. They are brought together by `sources.linking`; the money is that of the lines
where they are there, and the order's own where they are not.
"""

from __future__ import annotations

from segmentary.sources.exports.tables import (
    Part,
    Row,
    Table,
    Value,
    Vendor,
    Words,
    both,
    either,
    flag,
    given,
    is_yes,
    no,
    yes,
)
from segmentary.sources.exports.vendors.shopify_others import OTHERS, TRAFFIC
from segmentary.sources.linking import DELETED_LINE, EVENT_OF_ORDER, LINE_OF_ORDER, REFUND, REFUNDED_LINE
from segmentary.sources.names import lower_snake

CONSENT = {
    "subscribed": "true", "not_subscribed": "false", "unsubscribed": "false", "pending": "false",
    "invalid": "false", "redacted": "false", "true": "true", "false": "false",
}  # fmt: skip
SALES = ("paid", "partially_paid", "pending", "authorized", "partially_refunded", "refunded", "open")
CURRENCY = (
    "currency|currency_code|subtotal_price_set_shop_currency_code|total_price_set_shop_currency_code"
    "|original_total_set_shop_currency_code|subtotal_set_shop_currency_code|total_refunded_set_shop_currency_code"
    "|amount_set_shop_currency_code|amount_set_shop_money_currency_code"
)
TEST = (either(yes("test"), yes("is_test")), "a test, no sale")
GONE = (yes("_fivetran_deleted"), "deleted in the shop")


def consent(channel: str, state: str, since: str) -> Part:
    """Return the part of decisions about marketing by one channel."""
    level = f"{channel}_marketing_consent_opt_in_level|marketing_opt_in_level"
    return Part(
        f"{channel}_consents",
        "consents",
        {
            "record_id": "id",
            "email": "email",
            "purpose": "=marketing",
            "channel": f"={channel}",
            "granted": Words(state, CONSENT, otherwise="refuse"),
            "happened_at": since,
            "evidence": lambda row: " ".join(
                each.lower() for each in ("Shopify", row(state), row(level) or "") if each
            ).replace("shopify", "Shopify"),
        },
        when=given(state),
    )


EMAIL_STATE = "email_marketing_consent_state|accepts_marketing|accepts_email_marketing"
SMS_STATE = "sms_marketing_consent_state|accepts_sms_marketing"
CUSTOMERS = Table(
    "customer",
    "customers",
    "id email first_name last_name orders_count|number_of_orders total_spent|amount_spent_amount",
    (
        Part(
            "customers",
            "customers",
            {
                "record_id": "id",
                "email": "email",
                "phone": "phone",
                "created_at": "created_at",
                "deleted": flag("_fivetran_deleted"),
                "first_name": "first_name",
                "last_name": "last_name",
                "account_state": "state",
                "orders_in_shop": "orders_count|number_of_orders",
                "spent_in_shop": "total_spent|amount_spent_amount",
            },
            keep="rest",
        ),
        consent("email", EMAIL_STATE, "email_marketing_consent_updated_at|email_marketing_consent_consent_updated_at"
                "|accepts_marketing_updated_at|updated_at"),
        consent("sms", SMS_STATE, "sms_marketing_consent_updated_at|sms_marketing_consent_consent_updated_at"
                "|updated_at"),
    ),
    leave={
        f"{EMAIL_STATE} {SMS_STATE}".replace("|", " "): "told as a consent",
        "email_marketing_consent_opt_in_level sms_marketing_consent_opt_in_level marketing_opt_in_level"
        " email_marketing_consent_updated_at sms_marketing_consent_updated_at": "told with the consent",
        "default_address_id admin_graphql_api_id multipass_identifier": "numbers of the shop's own",
    },
)  # fmt: skip


def status(row: Row) -> str:
    """Return what became of an order."""
    if is_yes(row("_fivetran_deleted")):
        return "deleted"
    return (row("financial_status|display_financial_status") or "open").lower()


ORDERS = Table(
    "order",
    "orders",
    "id customer_id processed_at|created_at financial_status|display_financial_status"
    " subtotal_price|subtotal_price_set_shop_amount|total_price",
    (
        Part(
            "orders",
            "orders",
            {
                "order_id": "id",
                "happened_at": "processed_at|created_at",
                "record_id": "customer_id",
                "email": "email",
                "amount": "subtotal_price|subtotal_price_set_shop_amount|total_price|total_price_set_shop_amount",
                "currency": CURRENCY,
                "discount": "total_discounts|total_discounts_set_shop_amount",
                "status": status,
                "channel": "source_name",
                "place_id": "location_id",
                "city": "shipping_address_city|billing_address_city",
                "country": "shipping_address_country_code|billing_address_country_code",
                "postal_code": "shipping_address_zip|billing_address_zip",
                "order_name": "name",
                "total_price": "total_price|total_price_set_shop_amount",
                "total_tax": "total_tax|total_tax_set_shop_amount",
                "total_shipping": "total_shipping_price_set_shop_amount",
                "fulfilment": "fulfillment_status|display_fulfillment_status",
                "cancelled_at": "cancelled_at",
            },
            keep="cancel_reason referring_site=referring_site|referrer_url customer_locale tags"
                 " landing_site=landing_site_base_url|landing_site",
            more={"sale_status": SALES},
        ),
    ),
    aside_when=(TEST,),
)  # fmt: skip


def negative(spec: str) -> Value:
    """Return money that goes back."""

    def value(row: Row) -> str | None:
        text = row(spec)
        return None if text is None else text[1:] if text.startswith("-") else f"-{text}"

    return value


LINES = Table(
    "order_line",
    "lines of orders",
    "id order_id quantity price|original_total_set_shop_amount|original_unit_price_set_shop_amount"
    " variant_id|product_id title|name",
    (
        Part(
            "order_lines",
            "order_lines",
            {
                "order_id": "order_id",
                "happened_at": "=",
                "status": lambda row: DELETED_LINE if is_yes(row("_fivetran_deleted")) else LINE_OF_ORDER,
                "product_id": "product_id|sku|variant_id",
                "description": "title|name",
                "brand": "vendor",
                "quantity": "quantity",
                "amount": lambda row: line_money(row),
                "discount": "total_discount|total_discount_set_shop_amount",
                "line_id": "id",
                "sku": "sku",
                "variant_id": "variant_id",
                "variant": "variant_title",
                "gift_card": flag("gift_card|is_gift_card"),
            },
            more={"sale_status": ("sold",)},
        ),
    ),
    without="refund_id fulfillment_order_id customer_id happened_at order_date ordered_at created_at invoice_date date",
)


def line_money(row: Row) -> str | None:
    """Return the money of a line: pieces times price, less what was taken off the line itself."""
    from decimal import Decimal, InvalidOperation

    try:
        whole = row("original_total_set_shop_amount")
        price = row("price|original_unit_price_set_shop_amount")
        if whole is None and price is None:
            return None
        money = Decimal(whole) if whole is not None else Decimal(str(price)) * Decimal(row("quantity") or "1")
        return str(money - Decimal(row("total_discount|total_discount_set_shop_amount") or "0"))
    except InvalidOperation:
        return row("original_total_set_shop_amount|price")


REFUNDS = Table(
    "refund",
    "refunds",
    "id order_id created_at note|restock|return_id",
    (
        Part(
            "refunds",
            "order_lines",
            {
                "order_id": "id",
                "cancels_order_id": "order_id",
                "happened_at": "processed_at|created_at",
                "status": f"={REFUND}",
                "amount": negative("total_refunded_set_shop_amount"),
                "return_id": "return_id",
            },
            more={"sale_status": ("sold",)},
        ),
    ),
    without="amount kind gateway customer_id quantity",
    leave={"note": "what staff wrote for themselves"},
)
REFUND_LINES = Table(
    "order_line_refund",
    "lines of refunds",
    "id refund_id order_line_id quantity subtotal|subtotal_set_shop_amount|restock_type",
    (
        Part(
            "refund_lines",
            "order_lines",
            {
                "order_id": "refund_id",
                "happened_at": "=",
                "status": f"={REFUNDED_LINE}",
                "quantity": negative("quantity"),
                "amount": negative("subtotal|subtotal_set_shop_amount"),
                "line_id": "order_line_id",
                "refund_line_id": "id",
                "restock": "restock_type",
            },
            more={"sale_status": ("sold",)},
        ),
    ),
)


def of_order(name: str, says: str, columns: str, event: str, keep: str, maybe: str = "") -> Table:
    """Return a table of facts about orders, which become events at the time of the order."""
    take: dict[str, Value] = {
        "order_id": "order_id",
        "happened_at": "=",
        "status": f"={EVENT_OF_ORDER}",
        "event": f"={event}",
    }
    part = Part(f"{event}_facts", "order_lines", take, keep=keep, more={"sale_status": ("sold",)})
    return Table(name, says, columns, (part,), exact=True, maybe=maybe)


def tag(row: Row) -> str:
    """Return the name of the attribute of a tag."""
    return f"tag_{lower_snake(row('value') or '')}"


VISITS = Table(
    "customer_visit",
    "visits that led to orders",
    "order_id occurred_at landing_page source_type|utm_parameters_source",
    (
        Part(
            "visits",
            "events",
            {
                "name": "=visited_before_order",
                "happened_at": "occurred_at",
                "message_id": "visit/{id}/{order_id}",
                "order_id": "order_id",
                "channel": "source_type|type",
                "utm_source": "utm_parameters_source",
                "utm_medium": "utm_parameters_medium",
                "utm_campaign": "utm_parameters_campaign",
                "utm_content": "utm_parameters_content",
                "utm_term": "utm_parameters_term",
                "source": "source",
                "referrer": "referrer_url",
                "landing_page": "landing_page",
                "referral_code": "referral_code",
            },
        ),
    ),
)

CHECKOUT: dict[str, Value] = {
    "record_id": "customer_id",
    "email": "email",
    "amount": "subtotal_price|subtotal_price_set_shop_amount|total_price|total_price_set_shop_amount",
    "currency": CURRENCY,
    "channel": "source_name",
    "city": "shipping_address_city|billing_address_city",
    "country": "shipping_address_country_code|billing_address_country_code",
    "postal_code": "shipping_address_zip|billing_address_zip",
    "checkout_id": "id",
    "gateway": "gateway",
    "referring_site": "referring_site",
}
CHECKOUTS = Table(
    "abandoned_checkout",
    "abandoned checkouts",
    "id abandoned_checkout_url created_at customer_id",
    (
        Part("checkouts", "events",
             {"name": "=checkout_abandoned", "happened_at": "created_at", "message_id": "checkout/{id}/abandoned",
              **CHECKOUT, "recovered": lambda row: str(row("completed_at") is not None).lower()}),
        Part("recovered", "events",
             {"name": "=checkout_recovered", "happened_at": "completed_at", "message_id": "checkout/{id}/recovered",
              **CHECKOUT}, when=given("completed_at")),
    ),
    aside_when=(GONE,),
)  # fmt: skip

VENDOR = Vendor(
    "shopify",
    "Shopify",
    "customer",
    (
        CUSTOMERS,
        ORDERS,
        LINES,
        REFUNDS,
        REFUND_LINES,
        CHECKOUTS,
        VISITS,
        Table("customer_tag", "tags of customers", "customer_id index value",
              (Part("tags", "attributes", {"record_id": "customer_id", "name": tag, "value": "=true",
                                           "value_type": "=boolean"}, when=both(given("value"), no(GONE[0]))),),
              exact=True, aside="an empty or deleted tag"),
        of_order("order_tag", "tags of orders", "order_id index value", "order_tagged", "tag=value"),
        of_order("order_discount_code", "discount codes of orders", "order_id index code", "discount_used",
                 "code discount_amount=amount discount_type=type", maybe="amount type"),
        of_order("discount_application", "discounts applied to orders",
                 "order_id index target_selection|target_type allocation_method", "discount_applied",
                 "code title discount_value=value|value_amount|value_percentage target=target_type discount_type=type",
                 maybe="code description title type value value_type value_amount value_currency_code value_percentage"
                       " target_type target_selection id"),
        *TRAFFIC,
        *OTHERS,
    ),
)  # fmt: skip
