"""Salesforce: contacts, leads, accounts, opportunities, campaigns, activities and cases.

An opportunity is an order once it is won; before, and when it is lost, it is an event named after its stage. Its
customer is the contact it names, else the account itself. A converted lead was merged into its contact.
"""

from __future__ import annotations

import re

from segmentary.sources.exports.tables import (
    Part,
    Row,
    Table,
    Value,
    Vendor,
    Words,
    among,
    both,
    flag,
    given,
    is_yes,
    no,
    yes,
)
from segmentary.sources.names import attribute_name, lower_snake

DELETED = flag("is_deleted|_fivetran_deleted")
CREATED = "created_date"
SALESFORCE_ID = re.compile(r"[0-9A-Za-z]{3}[0-9A-Za-z]{11,15}")
STAFF_NOTE = "what staff wrote for themselves"


def opt_out(name: str, channel: str, column: str) -> Part:
    """Return the part of refusals of one channel."""
    take: dict[str, Value] = {
        "record_id": "id", "email": "email", "purpose": "=marketing", "channel": f"={channel}", "granted": "=false",
        "happened_at": f"{column}_date|last_modified_date", "evidence": f"=Salesforce: {column}",
    }  # fmt: skip
    return Part(name, "consents", take, when=yes(column))


REFUSALS = (
    opt_out("email_refusals", "email", "has_opted_out_of_email"),
    opt_out("phone_refusals", "phone", "do_not_call"),
    opt_out("any_refusals", "any", "do_not_contact__c|do_not_contact"),
)
TOLD = {
    "has_opted_out_of_email do_not_call do_not_contact__c do_not_contact": "told as a refusal",
    "photo_url jigsaw jigsaw_contact_id system_modstamp last_viewed_date last_referenced_date": "for its own screens",
    "created_by_id last_modified_by_id owner_id": "numbers of staff",
}
PERSON: dict[str, Value] = {
    "record_id": "id",
    "email": "email",
    "phone": "phone|mobile_phone",
    "created_at": CREATED,
    "deleted": DELETED,
    "first_name": "first_name",
    "last_name": "last_name",
    "job_title": "title",
}
CONTACTS = Table(
    "contact",
    "contacts",
    "id account_id last_name email mailing_city|has_opted_out_of_email|reports_to_id|mailing_country",
    (
        Part(
            "contacts",
            "customers",
            {
                **PERSON,
                "merged_into": "master_record_id",
                "account_id": "account_id",
                "birth_date": "birthdate",
                "city": "mailing_city",
                "region": "mailing_state",
                "postal_code": "mailing_postal_code",
                "country": "mailing_country_code|mailing_country",
            },
            keep="rest",
        ),
        *REFUSALS,
    ),
    leave=TOLD,
)
LEADS = Table(
    "lead",
    "leads",
    "id last_name company status is_converted|converted_contact_id",
    (
        Part(
            "leads",
            "customers",
            {
                **PERSON,
                "merged_into": "converted_contact_id|master_record_id",
                "city": "city",
                "region": "state",
                "postal_code": "postal_code",
                "country": "country_code|country",
                "company": "company",
                "lead_status": "status",
            },
            keep="rest",
        ),
        Part(
            "conversions",
            "events",
            {"name": "=lead_converted", "happened_at": "converted_date", "record_id": "id",
             "message_id": "lead/{id}/converted", "account_of_lead": "converted_account_id",
             "opportunity": "converted_opportunity_id"},
            when=both(yes("is_converted"), given("converted_date")),
        ),
        *REFUSALS,
    ),
    leave=TOLD,
)  # fmt: skip
ACCOUNTS = Table(
    "account",
    "accounts",
    "id name billing_city|billing_country|billing_street industry|number_of_employees|annual_revenue|account_source",
    (
        Part(
            "accounts",
            "accounts",
            {
                "record_id": "id",
                "created_at": CREATED,
                "deleted": DELETED,
                "merged_into": "master_record_id",
                "name": "name",
                "industry": "industry",
                "employees": "number_of_employees",
                "annual_revenue": "annual_revenue",
                "country": "billing_country_code|billing_country",
                "city": "billing_city",
                "parent_account": "parent_id",
            },
            keep="rest",
        ),
    ),
    without="stage_name",
    fits=lambda rows: any(SALESFORCE_ID.fullmatch(row("id") or "") for row in rows),
    leave=TOLD,
)


def stage(row: Row) -> str:
    """Return what became of an opportunity: won, lost, or the stage it is in."""
    if is_yes(row("is_deleted|_fivetran_deleted")):
        return "deleted"
    named = lower_snake(row("stage_name") or "open")
    if is_yes(row("is_won")) or (row("is_won") is None and named in ("closed_won", "won")):
        return "won"
    return "lost" if is_yes(row("is_closed")) or named in ("closed_lost", "lost") else named


def deal_time(row: Row) -> str | None:
    """Return when an opportunity was closed, or opened where it is still open."""
    return (row("close_date") if stage(row) in ("won", "lost") else None) or row(CREATED) or row("close_date")


OPPORTUNITIES = Table(
    "opportunity",
    "opportunities",
    "id account_id stage_name amount close_date",
    (
        Part(
            "opportunities",
            "orders",
            {
                "order_id": "id",
                "happened_at": deal_time,
                "record_id": "contact_id|primary_contact_id|account_id",
                "amount": "amount",
                "currency": "currency_iso_code",
                "status": stage,
                "deal": "name",
                "deal_stage": "stage_name",
                "deal_type": "type",
                "lead_source": "lead_source",
                "probability": "probability",
                "company_id": "account_id",
            },
            more={"sale_status": ("won",)},
        ),
        Part(
            "opened",
            "events",
            {"name": "=deal_opened", "happened_at": CREATED, "record_id": "contact_id|primary_contact_id|account_id",
             "message_id": "opportunity/{id}/opened", "deal": "name", "expected_amount": "amount",
             "lead_source": "lead_source"},
            when=given(CREATED),
        ),
        Part(
            "accounts_of_opportunities",
            "relations",
            {"record_id": "account_id", "to_type": "=account", "to_id": "account_id", "kind": "=account_itself"},
            when=both(no(given("contact_id|primary_contact_id")), given("account_id")),
        ),
    ),
)  # fmt: skip
CAMPAIGN_MEMBERS = Table(
    "campaign_member",
    "members of campaigns",
    "id campaign_id contact_id|lead_id|lead_or_contact_id status has_responded|first_responded_date|created_date",
    (
        Part(
            "campaign_members",
            "exposures",
            {"record_id": "contact_id|lead_id|lead_or_contact_id", "campaign": "campaign_id",
             "assigned_at": CREATED},
        ),
        Part(
            "responses",
            "events",
            {"name": "=campaign_responded", "happened_at": "first_responded_date|last_modified_date",
             "record_id": "contact_id|lead_id|lead_or_contact_id", "message_id": "member/{id}/responded",
             "campaign": "campaign_id", "member_status": "status"},
            when=both(yes("has_responded"), given("first_responded_date|last_modified_date")),
        ),
    ),
    aside_when=((yes("is_deleted"), "taken out of the campaign"),),
)  # fmt: skip
ACTIVITIES = {
    "call": "call_logged", "email": "email_logged", "list_email": "email_logged", "meeting": "meeting_held",
    "task": "task_logged", "cadence": "task_logged", "linkedin": "social_logged",
}  # fmt: skip
TASKS = Table(
    "task",
    "activities",
    "id who_id subject status|is_closed activity_date|completed_date_time|created_date task_subtype|type|priority",
    (
        Part(
            "activities",
            "events",
            {
                "name": Words("task_subtype|type", ACTIVITIES, otherwise="task_logged", missing="task_logged"),
                "happened_at": "completed_date_time|activity_date|created_date",
                "record_id": "who_id",
                "message_id": "task/{id}",
                "subject": "subject",
                "task_status": "status",
                "duration_s": "call_duration_in_seconds",
                "call_direction": "call_type",
            },
            when=both(given("who_id"), no(yes("is_deleted"))),
        ),
    ),
    aside="an activity with nobody, or a deleted one",
    leave={"description": STAFF_NOTE},
)
MEETINGS = Table(
    "event",
    "meetings",
    "id who_id subject start_date_time|activity_date_time end_date_time|duration_in_minutes",
    (
        Part(
            "meetings",
            "events",
            {"name": "=meeting_held", "happened_at": "start_date_time|activity_date_time", "record_id": "who_id",
             "message_id": "event/{id}", "subject": "subject", "minutes": "duration_in_minutes"},
            when=both(given("who_id"), no(yes("is_deleted"))),
        ),
    ),
    aside="a meeting with nobody, or a deleted one",
    leave={"description": STAFF_NOTE},
)  # fmt: skip
EMAILS = Table(
    "email_message",
    "e-mails",
    "id incoming from_address to_address text_body|subject message_date|created_date",
    (
        Part(
            "emails",
            "messages",
            {
                "message_id": "email/{id}",
                "conversation_id": "case/{parent_id}",
                "email": lambda row: row("from_address" if is_yes(row("incoming")) else "to_address"),
                "direction": lambda row: "in" if is_yes(row("incoming")) else "out",
                "channel": "=email",
                "happened_at": "message_date|created_date",
                "text": lambda row: "\n".join(each for each in (row("subject"), row("text_body")) if each),
            },
        ),
    ),
    aside_when=((yes("is_deleted"), "deleted"),),
    leave={"html_body headers": "the same text, made up for a screen"},
)
CASES = Table(
    "case",
    "cases",
    "id case_number contact_id status subject created_date",
    (
        Part(
            "cases",
            "events",
            {"name": "=ticket_opened", "happened_at": CREATED, "record_id": "contact_id",
             "email": "supplied_email|contact_email", "session_id": "case/{id}", "message_id": "case/{id}/opened",
             "channel": "origin", "ticket": "case_number", "priority": "priority", "ticket_type": "type",
             "ticket_status": "status", "reason": "reason", "subject": "subject"},
        ),
        Part(
            "solved",
            "events",
            {"name": "=ticket_solved", "happened_at": "closed_date", "record_id": "contact_id",
             "email": "supplied_email|contact_email", "session_id": "case/{id}", "message_id": "case/{id}/solved",
             "channel": "origin", "ticket": "case_number", "priority": "priority"},
            when=given("closed_date"),
        ),
        Part(
            "descriptions",
            "messages",
            {"message_id": "case/{id}/description", "conversation_id": "case/{id}", "record_id": "contact_id",
             "email": "supplied_email|contact_email", "direction": "=in", "channel": "=ticket",
             "happened_at": CREATED,
             "text": lambda row: "\n".join(each for each in (row("subject"), row("description")) if each)},
            when=given("description"),
        ),
    ),
    aside_when=((yes("is_deleted"), "deleted"),),
)  # fmt: skip


def history(name: str, column: str, says: str) -> Table:
    """Return a table of changes of fields."""
    take: dict[str, Value] = {
        "record_id": column,
        "name": lambda row: attribute_name(row("field") or "field"),
        "value": "new_value",
        "valid_from": CREATED,
    }
    part = Part(
        "history", "attributes", take, when=no(among("field", "created contactmerged leadmerged ownerassignment"))
    )
    return Table(name, says, f"{column} field old_value new_value created_date", (part,), aside="no value of a field")


VENDOR = Vendor(
    "salesforce",
    "Salesforce",
    "salesforce",
    (
        CONTACTS,
        LEADS,
        ACCOUNTS,
        OPPORTUNITIES,
        CAMPAIGN_MEMBERS,
        TASKS,
        MEETINGS,
        EMAILS,
        CASES,
        history("contact_history", "contact_id", "history of contacts"),
        history("lead_history", "lead_id", "history of leads"),
        Table("campaign", "campaigns", "id name is_active type"
              " number_of_leads|number_sent|budgeted_cost|expected_revenue",
              (Part("campaigns", "references", {"reference_id": "id"}, keep="rest"),)),
        Table("user", "users of Salesforce", "id username profile_id|user_role_id email is_active",
              aside="our own people, no customers"),
        Table("opportunity_history", "stages opportunities went through",
              "id opportunity_id stage_name created_date|close_date amount",
              (Part("stages", "events",
                    {"name": lambda row: f"deal_{lower_snake(row('stage_name') or 'stage')}", "happened_at": CREATED,
                     "order_id": "opportunity_id", "message_id": "stage/{id}", "deal_stage": "stage_name",
                     "expected_amount": "amount", "probability": "probability"}),)),
    ),
)  # fmt: skip
