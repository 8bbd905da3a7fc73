"""Klaviyo: profiles with their consents, events (metrics), lists and segments."""

from __future__ import annotations

from segmentary.sources.exports.tables import Part, Row, Table, Vendor, Words, given, is_yes
from segmentary.sources.names import lower_snake

GRANTED = {
    "subscribed": "true", "unsubscribed": "false", "never_subscribed": "false", "true": "true", "false": "false",
    "yes": "true", "no": "false", "suppressed": "false", "pending": "false",
}  # fmt: skip
METRICS = {
    "received_email": "email_delivered", "opened_email": "email_opened", "clicked_email": "email_clicked",
    "bounced_email": "email_bounced", "dropped_email": "email_rejected", "marked_email_as_spam": "email_complained",
    "unsubscribed_from_email_marketing": "email_unsubscribed", "unsubscribed": "email_unsubscribed",
    "unsubscribed_from_list": "email_unsubscribed", "subscribed_to_email_marketing": "email_subscribed",
    "subscribed_to_list": "email_subscribed", "received_sms": "sms_delivered", "clicked_sms": "sms_clicked",
    "failed_to_deliver_sms": "sms_failed", "sent_sms": "sms_replied", "consented_to_receive_sms": "sms_subscribed",
    "subscribed_to_sms_marketing": "sms_subscribed", "unsubscribed_from_sms": "sms_unsubscribed",
    "unsubscribed_from_sms_marketing": "sms_unsubscribed",
}  # fmt: skip
KNOWN_METRICS = frozenset(
    (*METRICS, "placed_order", "ordered_product", "active_on_site", "viewed_product", "checkout_started",
     "started_checkout", "refunded_order", "cancelled_order", "fulfilled_order", "added_to_cart")
)  # fmt: skip
ID = "klaviyo_id|person_id|profile_id|id"
EMAIL_CONSENT = "email_marketing_consent|consent_email|email_consent|subscriptions_email_marketing_consent"
SMS_CONSENT = "sms_marketing_consent|consent_sms|sms_consent|subscriptions_sms_marketing_consent"
METRIC = "metric_name|metric|event_name|event"


def consent(channel: str, column: str) -> Part:
    """Return the part of decisions about one channel."""
    return Part(
        f"{channel}_consents",
        "consents",
        {
            "record_id": ID,
            "email": "email",
            "purpose": "=marketing",
            "channel": f"={channel}",
            "granted": Words(column, GRANTED, otherwise="refuse"),
            "happened_at": f"{channel}_marketing_consent_timestamp|{channel}_marketing_consent_date|consent_timestamp",
            "evidence": lambda row: f"Klaviyo: {row(column)}",
        },
        when=given(column),
    )


def event(row: Row) -> str:
    """Return the name of an event: a reaction where the metric is one, else the metric."""
    metric = lower_snake(row(METRIC) or "")
    return METRICS.get(metric, metric)


VENDOR = Vendor(
    "klaviyo",
    "Klaviyo",
    "klaviyo",
    (
        Table(
            "profile",
            "profiles",
            f"klaviyo_id|id email {EMAIL_CONSENT}|first_active|predicted_clv|last_event_date"
            " first_name last_name phone_number|organization|profile_created_on|created",
            (
                Part(
                    "profiles",
                    "customers",
                    {"record_id": ID, "email": "email", "phone": "phone_number",
                     "created_at": "profile_created_on|created|first_active|date_added",
                     "external_id": "external_id", "first_name": "first_name", "last_name": "last_name",
                     "city": "city", "region": "state_region|region", "country": "country",
                     "postal_code": "zip_code|zip", "job_title": "title", "company": "organization"},
                    keep="rest",
                ),
                consent("email", EMAIL_CONSENT),
                consent("sms", SMS_CONSENT),
            ),
            without="lifecyclestage account_id orders_count",
            leave={f"{EMAIL_CONSENT} {SMS_CONSENT}".replace("|", " "): "told as a consent",
                   "ip_address last_ip": "addresses of the internet are not kept"},
        ),
        Table(
            "event",
            "events",
            f"{METRIC} person_id|profile_id|klaviyo_id datetime|timestamp|event_date",
            (
                Part(
                    "events",
                    "events",
                    {"name": event, "happened_at": "datetime|timestamp|event_date", "record_id": ID.removesuffix("|id"),
                     "email": "email|profile_email|person_email", "message_id": "uuid|event_id|id",
                     "campaign": "campaign_name|campaign_id|attributed_campaign",
                     "flow": "flow_name|flow_id|attributed_flow", "variant": "variation_id|variation",
                     "url": "url|clicked_url", "amount": "value|event_value|property_value"},
                    keep="rest",
                ),
            ),
            leave={"ip ip_address": "addresses of the internet are not kept"},
            fits=lambda rows: any(lower_snake(row(METRIC) or "") in KNOWN_METRICS for row in rows),
        ),
        Table("list_person", "who is in a list", "list_id|segment_id person_id|profile_id",
              (Part("list_members", "attributes",
                    {"record_id": "person_id|profile_id",
                     "name": lambda row: f"klaviyo_{'list' if row('list_id') else 'segment'}_"
                     + lower_snake(row("list_id|segment_id") or ""),
                     "value": lambda row: str(not is_yes(row("_fivetran_deleted"))).lower(),
                     "value_type": "=boolean", "valid_from": "joined_group_at|added_at"}),),
              exact=True, maybe="joined_group_at added_at"),
        Table("metric", "names of events", "id name created updated"
              " integration_id|integration_name|integration_category",
              (Part("metrics", "references", {"reference_id": "id"}, keep="rest"),)),
    ),
)  # fmt: skip
