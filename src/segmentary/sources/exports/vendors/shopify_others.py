"""Shopify: payments and parcels of orders, goods, and the tables that are about nobody."""

from __future__ import annotations

from segmentary.sources.exports.tables import Part, Table, Words, both, given, yes

MONEY = "amount|amount_set_shop_amount|amount_set_shop_money_amount"
MONEY_CURRENCY = "currency|currency_code|amount_set_shop_currency_code"
CARD = "card numbers are never kept"


def reference(name: str, says: str, columns: str, key: str = "id", keep: str = "rest", *, exact: bool = False,
              leave: str = "", why: str = "", maybe: str = "") -> Table:  # fmt: skip
    """Return a table of facts about what orders and events name."""
    part = Part(f"{name}_facts", "references", {"reference_id": key, "table_name": f"=shopify_{name}"}, keep=keep)
    return Table(name, says, columns, (part,), exact=exact, leave={leave: why} if leave else {}, maybe=maybe)


def aside(name: str, says: str, columns: str, why: str, *, exact: bool = False, without: str = "") -> Table:
    """Return a table that is set aside."""
    return Table(name, says, columns, aside=why, exact=exact, without=without)


PARCEL_STATES = {
    word: f"shipment_{word}"
    for word in (
        "delivered", "in_transit", "out_for_delivery", "attempted_delivery", "ready_for_pickup", "picked_up",
        "confirmed", "label_printed", "label_purchased", "failure", "delayed", "carrier_picked_up",
    )
}  # fmt: skip
PAYMENTS = {
    "sale": "payment_sale", "authorization": "payment_authorization", "capture": "payment_capture",
    "void": "payment_void", "refund": "payment_refund", "change": "payment_change",
    "emv_authorization": "payment_authorization", "suggested_refund": "payment_suggested_refund",
}  # fmt: skip

TRAFFIC = (
    Table(
        "transaction", "payments", "id order_id kind gateway status amount|amount_set_shop_amount",
        (
            Part("payments", "events",
                 {"name": Words("kind", PAYMENTS, otherwise="refuse"), "happened_at": "processed_at|created_at",
                  "message_id": "payment/{id}", "order_id": "order_id", "amount": MONEY, "currency": MONEY_CURRENCY,
                  "gateway": "gateway", "payment_status": "status", "error_code": "error_code",
                  "refund_id": "refund_id", "card_company": "payment_credit_card_company"}),
        ),
        aside_when=((yes("test"), "a test, no payment"),),
        leave={"receipt payment_credit_card_bin payment_credit_card_number authorization": CARD},
    ),
    Table(
        "tender_transaction", "money received", "id order_id payment_method processed_at amount",
        (
            Part("tenders", "events",
                 {"name": "=payment_tendered", "happened_at": "processed_at", "message_id": "tender/{id}",
                  "order_id": "order_id", "amount": MONEY, "currency": MONEY_CURRENCY, "method": "payment_method",
                  "card_company": "payment_details_credit_card_company"}),
        ),
        aside_when=((yes("test"), "a test, no payment"),),
        leave={"payment_details_credit_card_number": CARD},
    ),
    Table(
        "fulfillment", "shipments", "id order_id location_id status created_at service|service_id|tracking_company",
        (
            Part("shipments", "events",
                 {"name": "=order_shipped", "happened_at": "created_at", "message_id": "shipment/{id}",
                  "order_id": "order_id", "session_id": "shipment/{id}", "shipment_status": "status",
                  "carrier": "tracking_company"}),
        ),
    ),
    Table(
        "fulfillment_event", "what happened to parcels", "id fulfillment_id happened_at status",
        (
            Part("parcels", "events",
                 {"name": Words("status", PARCEL_STATES, otherwise="shipment_other"), "happened_at": "happened_at",
                  "message_id": "parcel/{id}", "order_id": "order_id", "session_id": "shipment/{fulfillment_id}",
                  "shipment_status": "status", "estimated_delivery_at": "estimated_delivery_at"}),
        ),
        aside_when=((yes("_fivetran_deleted"), "deleted in the shop"),),
    ),
    Table(
        "customer_address", "addresses of customers", "id customer_id is_default|default city zip country_code",
        (
            Part("addresses", "customers",
                 {"record_id": "customer_id", "city": "city", "postal_code": "zip", "country": "country_code|country",
                  "region": "province|province_code", "latitude": "latitude", "longitude": "longitude",
                  "address": "address_1|address1", "company": "company"}, when=yes("is_default|default")),
        ),
        aside="not the address the customer uses (is_default)",
    ),
    Table(
        "metafield", "further fields of things in the shop", "id key namespace owner_id owner_resource value",
        (
            Part("customer_fields", "attributes",
                 {"record_id": "owner_id", "name": "{namespace}_{key}", "value": "value", "valid_from": "updated_at"},
                 when=both(given("value"), lambda row: (row("owner_resource") or "").lower() == "customer")),
        ),
        aside="a field of something else than a customer (a product, an order, the shop)",
    ),
)  # fmt: skip

STOCK = "stock of goods: nothing about customers"
PICTURES = "pictures of goods: nothing about customers"
MEDIA_STATES = ("READY", "UPLOADED", "PROCESSING", "FAILED")
TAXES = "taxes: the order says how much tax it bears"
FREIGHT = "cost of shipping: no money of goods, and the order says it"
OTHERS = (
    Table(
        "product", "products", "id title handle product_type vendor",
        (Part("products", "products",
              {"product_id": "id", "name": "title", "category": "product_type", "brand": "vendor"}, keep="rest"),),
        leave={"body_html description_html": "long texts of the shop's pages"},
    ),
    reference("variant", "variants of products", "id product_id inventory_item_id price title", "id",
              "product_id sku price title compare_at_price barcode"),
    reference("product_tag", "tags of products", "product_id index value", "{product_id}/{index}",
              "product_id tag=value", exact=True),
    reference("collection", "collections of products", "id handle title sort_order", "id", "title handle"),
    reference("collection_product", "what is in collections", "collection_id product_id",
              "{collection_id}/{product_id}", "collection_id product_id", exact=True),
    reference("discount", "discounts", "id codes_count|codes_count_count starts_at ends_at applies_once_per_customer"),
    reference("discount_code", "codes of discounts", "id code discount_id discount_type", "code",
              "discount_id discount_type"),
    reference("location", "shops and warehouses", "id name address_1|address1 country_code is_active|active|legacy"
              " localized_country_name|is_fulfillment_service|legacy", "id",
              "name city country=country_code region=province|province_code postal_code=zip"),
    reference("shop", "the shop itself", "id myshopify_domain plan_display_name iana_timezone", "id",
              "name currency=currency|currency_code timezone=iana_timezone country=country_code"
              " plan=plan_display_name"),
    aside("tax_line", "taxes of order lines", "order_line_id index rate title", TAXES),
    aside("order_shipping_tax_line", "taxes of shipping", "order_shipping_line_id index rate", TAXES),
    aside("order_shipping_line", "cost of shipping", "id order_id code carrier_identifier delivery_category", FREIGHT),
    aside("abandoned_checkout_shipping_line", "shipping of abandoned checkouts",
          "checkout_id index carrier_identifier delivery_category", FREIGHT),
    aside("abandoned_checkout_discount_code", "discount codes of abandoned checkouts", "checkout_id index code",
          "a code that was typed in and not used: no time and nobody stands beside it"),
    aside("discount_allocation", "how a discount is spread over lines",
          "order_line_id discount_application_index index", "the order's own subtotal says what was taken off"),
    aside("order_adjustment", "shipping and rounding of refunds",
          "id refund_id reason amount|amount_set|amount_set_shop_amount tax_amount|tax_amount_set_shop_amount",
          "shipping and rounding of refunds: no money of goods"),
    aside("order_note_attribute", "free fields of the checkout", "order_id name value",
          "free fields of the checkout: they may hold anything about a person, and no time", exact=True),
    aside("order_url_tag", "tags of addresses of orders", "order_id key value",
          "what the web address of an order said; visits say it with their time", exact=True),
    aside("fulfillment_order_line_item", "what is still to be shipped",
          "fulfillment_order_id order_line_item_id remaining_quantity", STOCK),
    aside("fulfillment_tracking_info", "numbers of parcels", "fulfillment_id index number company",
          "numbers of parcels; what happened to them is in the table of parcels' events"),
    aside("inventory_item", "stock", "id inventory_history_url sku tracked", STOCK),
    aside("inventory_level", "stock", "id inventory_item_id location_id can_deactivate", STOCK),
    aside("inventory_quantity", "stock", "id inventory_item_id inventory_level_id quantity", STOCK),
    aside("media_image", "pictures", "media_id image_id image_url", PICTURES),
    aside("product_media", "pictures of products", "product_id media_id", PICTURES, exact=True),
    aside("product_variant_media", "pictures of variants", "product_variant_id media_id", PICTURES, exact=True),
    aside("media", "pictures", "id media_content_type preview_image_id preview_status", PICTURES),
    Table("media_plain", "pictures", "id status created_at updated_at", aside=PICTURES, exact=True,
          fits=lambda rows: bool(rows) and all(row("status") in MEDIA_STATES for row in rows)),
    aside("collection_rule", "how collections are made", "collection_id index relation condition",
          "how the shop gathers goods: nothing about customers"),
)  # fmt: skip
