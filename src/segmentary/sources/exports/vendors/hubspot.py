"""HubSpot: contacts, companies, deals, lists, engagements; by the names of its interface and by its files' labels.

A deal is an order once it is won; before, and when it is lost, it is an event named after its stage. Its customer is
the contact it names, else the company itself.
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
    first_of,
    flag,
    given,
    is_yes,
    no,
    pieces,
    yes,
)
from segmentary.sources.names import attribute_name, lower_snake

OWN_WORDS = (
    "lifecyclestage|hs_email_optout|hs_object_id|hs_lead_status|hs_merged_object_ids|hs_calculated_merged_vids|vid"
    "|contact_owner|unsubscribed_from_all_email|associatedcompanyid|hubspot_owner_id|hs_analytics_source|deal_owner"
    "|company_owner|hs_createdate|hs_lastmodifieddate|num_associated_contacts|hs_is_closed_won|deal_pipeline_id"
    "|hs_deal_stage_probability|company_domain_name|associated_contact_ids|associated_company_ids"
)
ID = "hs_object_id|record_id|contact_id|vid|id"
COMPANY_ID = "hs_object_id|record_id|company_id|id"
EMAIL_OUT = "hs_email_optout|unsubscribed_from_all_email|opted_out_of_email"
GONE = "archived|is_deleted|_fivetran_deleted"
STAFF_NOTE = "what staff wrote for themselves"
COMPANY_OF = "associatedcompanyid|associated_company_ids|primary_associated_company_id|associated_company_id"
CONTACT_OF = "associated_contact_ids|associated_contact_id|hs_primary_contact_id|contact_id"
MAIL_EVENTS = {
    "sent": "email_sent", "delivered": "email_delivered", "open": "email_opened", "click": "email_clicked",
    "bounce": "email_bounced", "dropped": "email_rejected", "deferred": "email_deferred",
    "spamreport": "email_complained", "statuschange": "email_unsubscribed", "reply": "email_replied",
    "unsubscribe": "email_unsubscribed",
}  # fmt: skip


def stage(row: Row) -> str:
    """Return what became of a deal: won, lost, or the stage it is in."""
    named = lower_snake(row("dealstage|deal_stage|deal_pipeline_stage_id") or "open")
    if is_yes(row("is_deleted|archived|_fivetran_deleted")):
        return "deleted"
    if is_yes(row("hs_is_closed_won|is_closed_won")) or named.replace("_", "").startswith("closedwon"):
        return "won"
    if named.replace("_", "").startswith("closedlost"):
        return "lost"
    return named


def deal_time(row: Row) -> str | None:
    """Return when a deal was closed, or opened where it is still open."""
    closed = row("closedate|close_date|hs_closed_won_date") if stage(row) in ("won", "lost") else None
    return closed or row("createdate|create_date|hs_createdate|created_at")


def buyer(row: Row) -> str | None:
    """Return the contact of a deal, else its company."""
    contact = first_of(CONTACT_OF)(row)
    company = first_of(COMPANY_OF + "|company_id")(row)
    return contact or (f"company/{company}" if company else None)


def opt_out(name: str, channel: str, columns: str) -> Part:
    """Return the part of refusals of one channel."""
    take: dict[str, Value] = {
        "record_id": ID, "email": "email", "purpose": "=marketing", "channel": f"={channel}", "granted": "=false",
        "evidence": f"=HubSpot: {columns.split('|', maxsplit=1)[0]}",
    }  # fmt: skip
    return Part(name, "consents", take, when=yes(columns))


CONTACTS = Table(
    "contact",
    "contacts",
    f"{ID} email firstname|first_name lastname|last_name {OWN_WORDS}",
    (
        Part(
            "contacts",
            "customers",
            {
                "record_id": ID,
                "email": "email",
                "phone": "phone|phone_number|mobilephone|mobile_phone_number",
                "created_at": "createdate|create_date|created_at",
                "deleted": flag(GONE),
                "merged_into": "hs_merged_into|merged_into_id|canonical_vid_of",
                "account_id": first_of(COMPANY_OF),
                "first_name": "firstname|first_name",
                "last_name": "lastname|last_name",
                "job_title": "jobtitle|job_title",
                "lifecycle_stage": "lifecyclestage|lifecycle_stage",
                "lead_status": "hs_lead_status|lead_status",
                "country": "country|country_region",
                "city": "city",
                "postal_code": "zip|postal_code",
            },
            keep="rest",
        ),
        Part(
            "merged",
            "customers",
            {"record_id": "each", "merged_into": ID, "deleted": flag(GONE)},
            many=lambda row: [
                each
                for each in pieces("hs_merged_object_ids|merged_record_ids|hs_calculated_merged_vids|merged_vids")(row)
                if each != row(ID)
            ],
        ),
        opt_out("email_refusals", "email", EMAIL_OUT),
        opt_out("any_refusals", "any", "hs_do_not_contact|do_not_contact|hs_is_unworked_optout"),
    ),
    without="dealname|deal_name domain|company_domain_name numberofemployees",
    leave={
        f"{EMAIL_OUT} hs_do_not_contact do_not_contact".replace("|", " "): "told as a refusal",
        "hs_merged_object_ids merged_record_ids hs_calculated_merged_vids merged_vids": "told as merged contacts",
        "ip_country hs_ip_timezone ip_latlon ip_zipcode hs_latest_source_data_1": "guessed from an internet address",
    },
)  # fmt: skip

COMPANIES = Table(
    "company",
    "companies",
    f"{COMPANY_ID} name|company_name domain|company_domain_name|website|numberofemployees {OWN_WORDS}",
    (
        Part(
            "companies",
            "accounts",
            {
                "record_id": COMPANY_ID,
                "created_at": "createdate|create_date|hs_createdate",
                "deleted": flag(GONE),
                "name": "name|company_name",
                "domain": "domain|company_domain_name|website",
                "industry": "industry",
                "employees": "numberofemployees|number_of_employees",
                "annual_revenue": "annualrevenue|annual_revenue",
                "country": "country|country_region",
                "city": "city",
            },
            keep="rest",
        ),
    ),
    without="email dealname|deal_name dealstage|deal_stage billing_street billing_city is_won",
)

DEALS = Table(
    "deal",
    "deals",
    "hs_object_id|record_id|deal_id|id dealname|deal_name dealstage|deal_stage|deal_pipeline_stage_id amount"
    f" closedate|close_date|createdate|create_date {OWN_WORDS}|pipeline|dealtype",
    (
        Part(
            "deals",
            "orders",
            {
                "order_id": "hs_object_id|record_id|deal_id|id",
                "happened_at": deal_time,
                "record_id": buyer,
                "amount": "amount|hs_closed_amount|amount_in_company_currency",
                "currency": "deal_currency_code|currency",
                "status": stage,
                "deal": "dealname|deal_name",
                "deal_stage": "dealstage|deal_stage|deal_pipeline_stage_id",
                "pipeline": "pipeline|deal_pipeline_id",
                "deal_type": "dealtype|deal_type",
                "lost_reason": "closed_lost_reason",
                "company_id": first_of(COMPANY_OF + "|company_id"),
            },
            keep="hs_deal_stage_probability hs_priority=hs_priority|priority",
            more={"sale_status": ("won",)},
        ),
        Part(
            "opened",
            "events",
            {"name": "=deal_opened", "happened_at": "createdate|create_date|hs_createdate", "record_id": buyer,
             "message_id": "deal/{hs_object_id|record_id|deal_id|id}/opened",
             "deal": "dealname|deal_name", "expected_amount": "amount", "pipeline": "pipeline|deal_pipeline_id"},
            when=given("createdate|create_date|hs_createdate"),
        ),
        Part(
            "companies_of_deals",
            "relations",
            {"record_id": lambda row: f"company/{first_of(COMPANY_OF + '|company_id')(row)}",
             "to_type": "=account", "to_id": first_of(COMPANY_OF + "|company_id"), "kind": "=account_itself"},
            when=both(no(given(CONTACT_OF)), given(COMPANY_OF + "|company_id")),
        ),
    ),
)  # fmt: skip

MAIL_DIRECTION = {
    "incoming_email": "in", "email": "out", "forwarded_email": "out", "incoming": "in", "outgoing": "out",
    "inbound": "in", "outbound": "out", "draft_email": "out",
}  # fmt: skip
EMAILS = Table(
    "email",
    "e-mails with contacts",
    "hs_object_id|record_id|engagement_id|id hs_email_subject|email_subject|subject"
    " hs_email_text|email_body|text|hs_email_html hs_email_direction|email_direction|direction"
    " hs_timestamp|activity_date|timestamp|created_at",
    (
        Part(
            "emails",
            "messages",
            {
                "message_id": "email/{hs_object_id|record_id|engagement_id|id}",
                "conversation_id": "hs_email_thread_id|thread_id",
                "record_id": first_of(CONTACT_OF),
                "channel": "=email",
                "direction": Words("hs_email_direction|email_direction|direction", MAIL_DIRECTION),
                "happened_at": "hs_timestamp|activity_date|timestamp|created_at",
                "text": lambda row: "\n".join(
                    each
                    for each in (row("hs_email_subject|email_subject|subject"), row("hs_email_text|email_body|text"))
                    if each
                ),
            },
        ),
    ),
    leave={"hs_email_html hs_email_headers": "the same text, made up for a screen"},
)

CALLS = Table(
    "call",
    "calls",
    "hs_object_id|record_id|engagement_id|id hs_call_title|call_title|hs_call_body|call_notes"
    " hs_call_direction|call_direction|hs_call_duration|call_duration hs_timestamp|activity_date|timestamp",
    (
        Part(
            "calls",
            "events",
            {
                "name": "=call_logged",
                "happened_at": "hs_timestamp|activity_date|timestamp",
                "record_id": first_of(CONTACT_OF),
                "message_id": "call/{hs_object_id|record_id|engagement_id|id}",
                "channel": "=phone",
                "title": "hs_call_title|call_title",
                "call_direction": "hs_call_direction|call_direction",
                "duration_ms": "hs_call_duration|call_duration",
                "outcome": "hs_call_disposition|call_outcome|hs_call_status",
            },
        ),
    ),
    leave={"hs_call_body call_notes": STAFF_NOTE},
)

MEETINGS = Table(
    "meeting",
    "meetings",
    "hs_object_id|record_id|engagement_id|id hs_meeting_title|meeting_name|meeting_title"
    " hs_meeting_start_time|meeting_start_time|hs_timestamp",
    (
        Part(
            "meetings",
            "events",
            {
                "name": "=meeting_held",
                "happened_at": "hs_meeting_start_time|meeting_start_time|hs_timestamp",
                "record_id": first_of(CONTACT_OF),
                "message_id": "meeting/{hs_object_id|record_id|engagement_id|id}",
                "title": "hs_meeting_title|meeting_name|meeting_title",
                "outcome": "hs_meeting_outcome|meeting_outcome",
            },
        ),
    ),
)

HISTORY = Table(
    "contact_property_history",
    "history of contacts",
    "contact_id|vid|object_id name|property_name timestamp value source|source_type",
    (
        Part(
            "history",
            "attributes",
            {
                "record_id": "contact_id|vid|object_id",
                "name": lambda row: attribute_name(row("name|property_name") or "property"),
                "value": "value",
                "valid_from": "timestamp",
            },
        ),
    ),
    exact=True,
    maybe="source_id source_label updated_by_user_id id request_id selected",
)

LIST_MEMBERS = Table(
    "contact_list_member",
    "who is in a list",
    "contact_id|vid contact_list_id|list_id",
    (
        Part(
            "list_members",
            "attributes",
            {
                "record_id": "contact_id|vid",
                "name": lambda row: f"hubspot_list_{lower_snake(row('contact_list_id|list_id') or '')}",
                "value": lambda row: str(not is_yes(row("_fivetran_deleted|is_deleted"))).lower(),
                "value_type": "=boolean",
                "valid_from": "added_at|timestamp",
            },
        ),
    ),
    exact=True,
    maybe="added_at timestamp is_member is_deleted internal_list_id",
)

MAILINGS = Table(
    "email_event",
    "reactions to e-mails",
    "recipient type created|timestamp email_campaign_id|app_id|sent_by_id portal_id|id",
    (
        Part(
            "reactions",
            "events",
            {
                "name": Words("type", MAIL_EVENTS, otherwise="refuse"),
                "happened_at": "created|timestamp",
                "email": "recipient",
                "message_id": "id",
                "campaign": "email_campaign_id",
                "url": "url",
                "reason": "response|bounced_reason|drop_reason",
                "machine": flag("filtered_event"),
            },
        ),
    ),
    leave={"ip_address location user_agent browser device_type": "addresses of the internet are not kept"},
)

VENDOR = Vendor(
    "hubspot",
    "HubSpot",
    "hubspot",
    (
        CONTACTS,
        COMPANIES,
        DEALS,
        EMAILS,
        CALLS,
        MEETINGS,
        HISTORY,
        LIST_MEMBERS,
        MAILINGS,
        Table("contact_list", "lists", "id|contact_list_id name processing_type|metadata_processing|dynamic"
              " created_at|createdate size|metadata_size|portal_id",
              (Part("lists", "references", {"reference_id": "id|contact_list_id"}, keep="rest"),)),
        Table("deal_pipeline_stage", "stages of deals", "stage_id|id pipeline_id label probability|display_order",
              (Part("stages", "references", {"reference_id": "stage_id|id"}, keep="rest"),)),
        Table("note", "notes", "hs_object_id|record_id|engagement_id|id hs_note_body|note_body", aside=STAFF_NOTE),
        Table("task", "tasks", "engagement_id|hs_object_id|record_id|id task_type|hs_task_type"
              " status|hs_task_status subject|hs_task_subject", aside="what staff had to do: nothing a customer did"),
        Table("engagement_contact", "whom engagements are with", "engagement_id contact_id",
              aside="which contact an engagement is with, without what it was: export engagements with their contacts",
              exact=True, maybe="category type type_id"),
    ),
    prefixes=("property_", "properties.", "properties_"),
)  # fmt: skip
