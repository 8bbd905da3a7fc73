"""Which column is what, by name: the words shops, CRM systems, mail tools and analysts use.

Names are compared in one spelling without separators, so ``CustomerID``, ``customer_id`` and ``Customer Id`` are one.
Within a list, earlier words win.
"""

from __future__ import annotations

from collections.abc import Mapping

from segmentary.sources.base import Kind
from segmentary.sources.names import lower_snake

CUSTOMER = (
    "customer_id", "customer_number", "customer_no", "customer_nr", "customer_key", "customer_code", "customer_ref",
    "cust_id", "cust_no", "custid", "cust_key", "customer_unique_id", "customer", "cust", "client_number",
    "client_no", "client_code", "user_id", "userid", "uid", "user", "member_id", "member_number", "member_no",
    "membership_no", "loyalty_id", "loyalty_card", "card_id", "subscriber_id", "subscriber_key", "contact_id",
    "contact_key", "person_id", "profile_id", "klaviyo_id", "hs_object_id", "vid", "shopper_id", "buyer_id",
    "buyer", "guest_id", "consumer_id", "lead_id", "recipient_id", "requester_id", "author_id", "party_id",
    "master_id", "kundennummer", "kundennr", "kunden_id", "kunde", "numero_client", "num_client", "id_client",
    "client_id", "id_cliente", "respondent_id", "respondent", "household_id", "household_key", "household",
    "hshd_num", "account_id", "account_number", "account_no", "account", "account_name", "company_id",
    "organization_id", "organisation_id", "company",
)  # fmt: skip
ANONYMOUS = (
    "domain_userid", "anonymous_id", "visitor_id", "user_pseudo_id", "distinct_id", "cookie_id", "cookie",
    "device_id", "full_visitor_id", "network_userid", "visitor",
)  # fmt: skip
OWN_ID = ("id", "unique_id", "record_id", "external_id", "key", "guid", "uuid", "row_id", "doeid", "identifier", "nr")
PERSONS = tuple(w for w in CUSTOMER if not w.startswith(("household", "hshd", "account", "company", "organi")))
EMAIL = (
    "email", "e_mail", "email_address", "mail", "customer_email", "contact_email", "user_email", "email1",
    "e_mail_address", "primary_email", "work_email", "recipient_email", "recipient", "to_email",
)  # fmt: skip
PHONE = (
    "phone", "phone_number", "mobile", "mobile_phone", "telephone", "tel", "cell", "cell_phone", "mobile_number",
    "customer_phone", "contact_phone", "phone1", "telefon", "phone_no", "mobile_phone_number",
)  # fmt: skip
ORDER = (
    "order_id", "order_number", "order_no", "order_nr", "order_key", "order_ref", "order_name", "invoice_no",
    "invoice_id", "invoice_number", "invoice", "transaction_id", "transaction_no", "transaction_number", "txn_id",
    "trans_id", "basket_id", "receipt_id", "receipt_no", "receipt_number", "bill_no", "bill_id", "sale_id",
    "sales_id", "purchase_id", "checkout_id", "booking_id", "reservation_id", "charge_id", "payment_id",
    "payment_intent", "opportunity_id", "deal_id", "document_no", "bestellnummer", "rechnungsnummer", "ticket_no",
    "order", "basket", "beleg", "belegnr", "belegnummer", "bestellnr", "rechnungsnr", "auftragsnummer",
    "numero_commande", "num_pedido",
)  # fmt: skip
CLOSE_TIME = ("close_date", "closed_at", "closed_date", "closedate", "won_at", "won_date")
ORDER_TIME = (
    "order_completed_at", "order_date", "ordered_at", "order_datetime", "order_time", "order_timestamp",
    "order_purchase_timestamp", "order_created_at", "invoice_date", "transaction_timestamp", "transaction_date",
    "transaction_time", "txn_date", "purchase_date", "purchased_at", "purchase_time", "sale_date", "sales_date",
    "date_of_purchase", "bill_date", "booking_date", "placed_at", "completed_at", "processed_at", "paid_at",
    "payment_date", "happened_at", "occurred_at", "created_at", "created", "create_date", "date_created",
    "created_utc", *CLOSE_TIME, "datetime", "date_time", "timestamp", "date", "time", "day", "bestelldatum",
    "rechnungsdatum", "datum", "zeitpunkt", "belegdatum", "kaufdatum", "date_commande", "fecha",
)  # fmt: skip
EVENT_TIME = (
    "happened_at", "occurred_at", "event_time", "event_timestamp", "event_date", "event_datetime", "derived_tstamp",
    "original_timestamp", "timestamp", "client_timestamp", "collector_tstamp", "dvce_created_tstamp",
    "start_tstamp", "datetime", "date_time", "ts", "time", "date", "activity_date", "action_date", "visit_date",
    "visited_at", "redemption_date", "redeemed_at", "sent_at", "send_time", "clicked_at", "opened_at",
    "delivered_at", "unsubscribed_at", "login_time", "started_at", "start_time", "created_at", "create_time",
    "created", "occurred_on", "recorded_at", "received_at", "updated_at", "day", "zeitpunkt", "datum", "fecha",
)  # fmt: skip
EVENT_NAME = (
    "event_name", "event", "event_type", "action", "action_name", "activity", "activity_type", "type", "metric",
    "interaction", "message_type", "ereignis",
)  # fmt: skip
MESSAGE_ID = ("message_id", "event_id", "insert_id", "event_uuid", "log_id", "activity_id", "id")
SESSION = ("session_id", "domain_sessionid", "session", "visit_id", "ga_session_id", "web_session_id", "session_key")
PRODUCT = (
    "product_id", "product_code", "product_sku", "product_key", "product_no", "product_number", "stock_code", "sku",
    "lineitem_sku", "item_sku", "item_id", "item_no", "item_number", "item_code", "article_no", "article_id",
    "article_number", "article", "artikelnummer", "variant_id", "product_variant_id", "asin", "ean", "gtin", "upc",
    "product", "item", "product_name", "lineitem_name", "item_name", "artikelnr", "artikel", "produkt",
    "produktnummer", "producto", "produit",
)  # fmt: skip
QUANTITY = (
    "quantity", "qty", "line_quantity", "lineitem_quantity", "item_quantity", "order_quantity", "quantity_sold",
    "units", "unit_count", "pieces", "number_of_items", "item_count", "n_items", "num_items", "n_cds", "cds",
    "menge", "anzahl", "quantite", "cantidad", "stueck",
)  # fmt: skip
UNIT_PRICE = (
    "unit_price", "price_per_unit", "price_each", "item_price", "lineitem_price", "product_price", "sale_price",
    "selling_price", "list_price", "price", "einzelpreis", "preis", "stueckpreis", "prix_unitaire",
    "precio_unitario",
)  # fmt: skip
AMOUNT = (
    "amount", "total_price_set_shop_money_amount", "total_price_set_shop_amount", "line_total", "line_amount",
    "total_amount", "order_total", "order_value", "order_amount", "total_price", "grand_total", "total",
    "sales_value", "sales_amount", "net_sales", "revenue", "net_amount", "gross_amount", "payment_value",
    "purchase_amount", "transaction_amount", "amount_paid", "invoice_amount", "invoice_total", "extended_price",
    "close_value", "deal_value", "deal_amount", "price_total", "total_value", "turnover", "sales", "value", "spend",
    "amount_spent", "subtotal", "subtotal_price", "betrag", "umsatz", "summe", "price",
)  # fmt: skip
DISCOUNT = (
    "discount", "discount_amount", "discount_value", "total_discount", "total_discounts", "lineitem_discount",
    "line_discount", "retail_disc", "discounts", "rabatt", "nachlass", "remise", "descuento",
)  # fmt: skip
CURRENCY = (
    "currency", "currency_code", "currency_iso_code", "order_currency", "presentment_currency", "waehrung",
    "devise", "moneda",
)  # fmt: skip
STATUS = (
    "deal_stage", "order_status", "status", "financial_status", "payment_status", "stage", "state_of_order",
    "order_state", "stage_name", "sale_status",
)  # fmt: skip
CATEGORY = (
    "category", "product_category", "category_name", "item_category", "product_category_name", "department",
    "product_type", "product_line", "category_path", "kategorie", "warengruppe", "categorie", "categoria",
)  # fmt: skip
BRAND = ("brand", "brand_name", "product_brand", "vendor", "manufacturer", "make", "marke", "marque", "marca")
DESCRIPTION = (
    "description", "product_description", "product_name", "item_name", "lineitem_name", "item_description",
    "product_title", "title", "name", "bezeichnung", "beschreibung", "libelle", "descripcion",
)  # fmt: skip
CHANNEL = (
    "channel", "sales_channel", "channel_name", "order_channel", "source_name", "medium", "platform", "kanal",
    "canal",
)  # fmt: skip
PLACE = (
    "place_id", "store_id", "shop_id", "store", "branch_id", "branch", "location_id", "outlet_id", "store_code",
    "store_number", "store_nbr", "filiale", "filialnr",
)  # fmt: skip
UNIT = ("unit", "unit_of_measure", "uom", "measure_unit", "einheit")
CREATED = (
    "created_at", "customer_created_at", "account_created_at", "signup_date", "sign_up_date", "signed_up_at",
    "signup_at", "registered_at", "registration_date", "date_registered", "date_joined", "join_date", "joined_at",
    "member_since", "customer_since", "enrollment_date", "enrolled_at", "dt_customer", "date_added", "create_date",
    "created", "created_date", "creation_date", "date_created", "create_time", "timestamp_signup", "optin_time",
    "opened_date", "first_seen", "first_seen_at", "start_date", "angelegt_am", "registriert_am",
)  # fmt: skip
DELETED = ("deleted", "is_deleted", "fivetran_deleted", "isdeleted", "archived", "is_archived")
MERGED = ("merged_into", "merged_into_id", "merged_to", "master_record_id", "canonical_vid", "merge_target")
HOUSEHOLD = ("household_id", "household_key", "household", "hh_id", "family_id")
ACCOUNT = (
    "account_id", "company_id", "organization_id", "organisation_id", "org_id", "associated_company_id", "account",
    "account_name",
)  # fmt: skip
CAMPAIGN = (
    "campaign", "campaign_id", "campaign_name", "campaign_key", "mailing_id", "automation_email_id", "promotion_id",
    "experiment", "experiment_id", "experiment_name",
)  # fmt: skip
ARM = (
    "arm", "variant", "variation", "group", "test_group", "experiment_group", "treatment", "cell", "bucket",
    "assigned_group", "ab_group", "is_holdout", "holdout",
)  # fmt: skip
ITEM = (
    "item", "question", "question_id", "item_id", "question_code", "question_name", "item_name", "variable",
    "question_text", "statement",
)  # fmt: skip
ANSWER = ("value", "answer", "response", "score", "rating", "answer_value", "response_value", "answer_text", "choice")
RESPONDENT = (
    "respondent_id", "respondent", "participant_id", "participant", "response_id", "case_id", "caseid", "resp_id",
    "subject_id", "interview_id",
)  # fmt: skip
WEIGHT = (
    "weight", "survey_weight", "weights", "nweight", "final_weight", "wgt", "wt", "pweight", "finalwt",
    "person_weight", "household_weight", "weighting",
)  # fmt: skip
MESSAGE_TEXT = (
    "text", "message", "body", "content", "message_text", "comment", "utterance", "query_text", "note",
    "review_text", "verbatim",
)  # fmt: skip
GRANTED = (
    "granted", "consent", "opted_in", "opt_in", "is_granted", "consented", "consent_given", "permission",
    "consent_status", "subscribed", "decision", "accepts_marketing",
)  # fmt: skip
ANSWERED = (
    "answered_at", "submitted_at", "completed_at", "response_date", "end_date", "recorded_date", "survey_date",
    "created_at", "timestamp", "date",
)  # fmt: skip

LINKS: dict[str, tuple[str, ...]] = {"record_id": CUSTOMER, "email": EMAIL, "phone": PHONE}
GROUPS = {"household_id": HOUSEHOLD, "account_id": ACCOUNT}
LINE: dict[str, tuple[str, ...]] = {
    "order_id": ORDER, "happened_at": ORDER_TIME, **LINKS, "product_id": PRODUCT, "quantity": QUANTITY,
    "unit_price": UNIT_PRICE, "amount": AMOUNT, "discount": DISCOUNT, "currency": CURRENCY, "status": STATUS,
    "category": CATEGORY, "brand": BRAND, "description": DESCRIPTION, "channel": CHANNEL, "place_id": PLACE,
    "unit": UNIT,
    "cancels_order_id": ("cancels_order_id", "original_order_id", "refunded_order_id", "zu_bestellung", "storno_zu"),
}  # fmt: skip
RECORD: dict[str, tuple[str, ...]] = {
    "record_id": (*CUSTOMER, *OWN_ID), "email": EMAIL, "phone": PHONE, "created_at": CREATED, "deleted": DELETED,
    "merged_into": MERGED, **GROUPS, "external_id": ("external_id", "external_customer_id", "crm_id"),
}  # fmt: skip
WORDS: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "customers": RECORD,
    "accounts": {
        "record_id": (*ACCOUNT, "company", "company_name", "domain", *OWN_ID), "created_at": CREATED,
        "deleted": DELETED, "merged_into": MERGED,
    },
    "households": {"record_id": (*HOUSEHOLD, *OWN_ID), "created_at": CREATED, "deleted": DELETED},
    "orders": {k: v for k, v in LINE.items() if k != "unit_price"},
    "order_lines": LINE,
    "events": {
        "name": EVENT_NAME, "happened_at": EVENT_TIME, **LINKS, "message_id": MESSAGE_ID, "session_id": SESSION,
        "order_id": ORDER[:20], "product_id": PRODUCT[:24], "amount": AMOUNT[:-1], "currency": CURRENCY,
        "quantity": QUANTITY, "category": CATEGORY, "brand": BRAND, "channel": CHANNEL,
        "sequence": ("sequence", "sequence_number", "event_index", "seq"), "cookie": ANONYMOUS,
    },
    "responses": {
        "record_id": (*RESPONDENT, *PERSONS, *OWN_ID), "email": EMAIL, "item": ITEM, "value": ANSWER,
        "survey": ("survey", "survey_id", "survey_name", "questionnaire"), "wave": ("wave", "survey_wave", "round"),
        "weight": WEIGHT, "stratum": ("stratum", "strata", "stratum_id"),
        "cluster": ("cluster", "psu", "cluster_id", "primary_sampling_unit"), "answered_at": ANSWERED,
        "missing_code": ("missing_code", "missing_reason"),
    },
    "messages": {
        "text": MESSAGE_TEXT, "happened_at": EVENT_TIME, **LINKS, "message_id": MESSAGE_ID,
        "channel": ("channel", "via", "medium", "platform", "source"),
        "direction": ("direction", "sender_type", "author_type", "from_to", "role", "sender"),
        "conversation_id": ("conversation_id", "thread_id", "ticket_id", "chat_id", "case_id", "session_id"),
        "campaign_id": CAMPAIGN[:4],
    },
    "consents": {
        **LINKS, "purpose": ("purpose", "consent_purpose", "consent_type", "topic", "subscription", "list_name"),
        "channel": ("channel", "medium", "consent_channel", "type"), "granted": GRANTED,
        "happened_at": ("decided_at", "consented_at", "consent_date", *EVENT_TIME),
        "evidence": ("evidence", "proof", "source", "form", "origin", "ip_opt"),
    },
    "products": {
        "product_id": (*PRODUCT, *OWN_ID), "name": ("name", "product_name", "title", "item_name", "description"),
        "category": CATEGORY, "brand": BRAND, "unit": UNIT,
    },
    "references": {
        "reference_id": ("reference_id", *PLACE, "campaign_id", "tariff_id", "code", *OWN_ID),
        "table_name": ("table_name",),
    },
    "relations": {
        "record_id": CUSTOMER, "to_id": ("to_id", *HOUSEHOLD, *ACCOUNT, "group_id", "parent_id"),
        "from_type": ("from_type",), "to_type": ("to_type",), "kind": ("kind", "relation", "relationship", "role"),
        "valid_from": ("valid_from", "from_date", "since", "start_date", "started_at"),
        "valid_to": ("valid_to", "to_date", "until", "end_date", "ended_at"),
    },
    "exposures": {
        **LINKS, "campaign": CAMPAIGN, "arm": ARM,
        "assigned_at": ("assigned_at", "assignment_date", "exposed_at", "enrolled_at", "date", "created_at"),
        "sent_at": ("sent_at", "send_time", "send_date", "delivered_at", "mailed_at", "contact_date"),
    },
    "attributes": {
        **LINKS, "name": ("name", "attribute", "attribute_name", "property", "field", "trait", "key"),
        "value": ("value", "attribute_value", "property_value"), "value_type": ("value_type", "type"),
        "valid_from": ("valid_from", "changed_at", "from_date", "since", "date", "timestamp", "updated_at"),
        "valid_to": ("valid_to", "to_date", "until"),
    },
}  # fmt: skip
PERSONAL: Mapping[str, tuple[str, ...]] = {
    "first_name": ("first_name", "firstname", "given_name", "merge_fname", "fname", "forename", "vorname", "prenom"),
    "last_name": ("last_name", "lastname", "surname", "family_name", "merge_lname", "lname", "nachname"),
    "full_name": ("full_name", "customer_name", "display_name", "contact_name"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birthday", "birthdate", "geburtsdatum"),
    "birth_year": ("birth_year", "year_birth", "year_of_birth", "yob", "birthyear", "geburtsjahr"),
    "gender": ("gender", "sex", "geschlecht"),
    "country": ("country", "country_code", "country_name", "shipping_country", "billing_country",
                "shipping_address_country", "billing_address_country", "default_address_country", "geo_country",
                "nation", "land"),
    "region": ("region", "state", "province", "state_code", "province_code", "geo_region", "state_or_region", "county",
               "shipping_province", "bundesland"),
    "city": ("city", "town", "shipping_city", "billing_city", "shipping_address_city", "geo_city", "locality", "ort"),
    "postal_code": ("postal_code", "zip", "zip_code", "postcode", "zipcode", "shipping_zip", "billing_zip",
                    "geo_zipcode", "shipping_address_zip", "plz", "postcode_fake"),
    "latitude": ("latitude", "lat", "geo_latitude"),
    "longitude": ("longitude", "lon", "lng", "long", "geo_longitude"),
    "user_agent": ("user_agent", "useragent", "browser_user_agent", "ua", "http_user_agent", "context_user_agent"),
}  # fmt: skip
# Columns that tools add for themselves.
BOOKKEEPING = (
    "fivetran_synced", "airbyte_emitted_at", "airbyte_extracted_at", "sdc_batched_at", "sdc_received_at",
    "etl_tstamp", "unnamed_0", "index",
)  # fmt: skip
COMMON_PREFIXES = (
    "shopify_", "stripe_", "hubspot_", "mailchimp_", "klaviyo_", "properties_", "context_", "traits_",
    "attributes_", "user_properties_",
)  # fmt: skip


# Names that mean something only together with what they stand in.
VAGUE = (*OWN_ID, "name", "type", "value", "title", "status", "description", "text", "date", "time", "source", "number")


def compact(name: str) -> str:
    """Return a name without separators, lower case."""
    return lower_snake(name).replace("_", "")


def spellings(name: str) -> tuple[str, ...]:
    """Return the compact spellings a column may be known by, the plainest first."""
    snake = lower_snake(name)
    out = [snake.replace("_", "")]
    for prefix in COMMON_PREFIXES:
        if snake.startswith(prefix) and snake[len(prefix) :] not in OWN_ID:
            out.append(snake[len(prefix) :].replace("_", ""))
    last = lower_snake(name.rpartition(".")[2])
    if "." in name and last not in VAGUE:
        out.append(last.replace("_", ""))
    return tuple(out)


def place_in(words: tuple[str, ...], name: str) -> int | None:
    """Return how early a column's name stands in a list of words; None where it does not."""
    ranked = {word.replace("_", ""): place for place, word in reversed(list(enumerate(words)))}
    for penalty, spelling in enumerate(spellings(name)):
        if spelling in ranked:
            return ranked[spelling] + penalty * len(words)
    return None


def best_column(words: tuple[str, ...], names: list[str]) -> str | None:
    """Return the column that the earliest word names; the first of equals."""
    placed = [(place, name) for name in names if (place := place_in(words, name)) is not None]
    return min(placed, key=lambda item: item[0])[1] if placed else None


def assign(kind: Kind, names: list[str]) -> dict[str, str]:
    """Return canonical name -> column for one kind, each column used once, in the order of the vocabulary."""
    free = list(names)
    out: dict[str, str] = {}
    for canonical, words in WORDS[kind].items():
        column = best_column(words, free)
        if column is not None:
            out[canonical] = column
            free.remove(column)
    return out


def personal(names: list[str]) -> dict[str, str]:
    """Return the recognised personal attributes: canonical attribute name -> column."""
    free = list(names)
    out: dict[str, str] = {}
    for canonical, words in PERSONAL.items():
        column = best_column(words, free)
        if column is not None:
            out[canonical] = column
            free.remove(column)
    return out
