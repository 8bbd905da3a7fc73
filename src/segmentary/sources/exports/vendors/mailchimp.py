"""Mailchimp: audiences, campaigns, who was sent what, and how they reacted."""

from __future__ import annotations

from segmentary.sources.exports.tables import Part, Row, Table, Vendor, Words, given
from segmentary.sources.names import lower_snake

ADDRESS = "addresses of the internet are not kept"
GRANTED = {
    "subscribed": "true", "unsubscribed": "false", "cleaned": "false", "pending": "false", "archived": "false",
    "transactional": "false", "nonsubscribed": "false", "non-subscribed": "false",
}  # fmt: skip
REACTIONS = {
    "open": "email_opened", "click": "email_clicked", "bounce": "email_bounced", "sent": "email_sent",
    "unsub": "email_unsubscribed", "unsubscribe": "email_unsubscribed", "abuse": "email_complained",
    "abuse-report": "email_complained",
}  # fmt: skip
BOUNCES = {"hard": "true", "soft": "false", "syntax": "true"}


def segment(row: Row) -> str:
    """Return the name of the attribute that says whether somebody is in a segment of Mailchimp's."""
    return f"mailchimp_segment_{lower_snake(row('segment_id') or '')}"


def activity(name: str, campaign: str) -> Table:
    """Return a table of reactions."""
    return Table(
        name,
        "reactions to what was sent",
        f"action {campaign} member_id timestamp",
        (
            Part(
                "reactions",
                "events",
                {
                    "name": Words("action", REACTIONS, otherwise="refuse"),
                    "happened_at": "timestamp",
                    "record_id": "member_id",
                    "campaign": campaign,
                    "variant": "combination_id",
                    "url": "url",
                    "permanent": Words("bounce_type", BOUNCES),
                },
                keep="rest",
            ),
        ),
        leave={"ip": ADDRESS},
    )


def recipients(name: str, campaign: str) -> Table:
    """Return a table of who was sent something."""
    take = {"record_id": "member_id", "campaign": campaign, "arm": "combination_id"}
    return Table(
        name,
        "who was sent what",
        f"{campaign} member_id list_id",
        (Part("recipients", "exposures", take),),
        exact=True,
        maybe="combination_id email_address send_time delivered_status",
    )


MEMBERS = Table(
    "member",
    "members of an audience",
    "id list_id email_address status member_rating|unique_email_id|merge_fname|timestamp_signup",
    (
        Part(
            "members",
            "customers",
            {
                "record_id": "id",
                "email": "email_address",
                "created_at": "timestamp_signup|timestamp_opt|last_changed",
                "first_name": "merge_fname|merge_first_name",
                "last_name": "merge_lname|merge_last_name",
                "country": "country_code",
                "mailchimp_status": "status",
            },
            keep="rest",
        ),
        Part(
            "consents",
            "consents",
            {
                "record_id": "id",
                "email": "email_address",
                "purpose": "=marketing",
                "channel": "=email",
                "granted": Words("status", GRANTED, otherwise="refuse"),
                "happened_at": "last_changed|timestamp_opt",
                "evidence": "Mailchimp audience {list_id}: {status}",
            },
            when=given("status"),
        ),
    ),
    leave={"ip_opt ip_signup": ADDRESS, "unique_email_id": "another name of the same address",
           "list_id": "told with the consent"},
)  # fmt: skip

AUDIENCE_FILE = Table(
    "audience_export",
    "an audience, as its export button writes it",
    "email_address member_rating optin_time confirm_time leid euid",
    (
        Part(
            "members",
            "customers",
            {
                "record_id": "euid",
                "email": "email_address",
                "created_at": "optin_time|confirm_time",
                "first_name": "first_name|fname",
                "last_name": "last_name|lname",
                "phone": "phone_number|phone",
                "country": "cc",
                "mailchimp_tags": "tags",
            },
            keep="rest",
        ),
        Part(
            "consents",
            "consents",
            {
                "record_id": "euid",
                "email": "email_address",
                "purpose": "=marketing",
                "channel": "=email",
                "granted": lambda row: "false" if row("unsub_time|clean_time") else "true",
                "happened_at": "unsub_time|clean_time|last_changed|confirm_time",
                "evidence": lambda row: (
                    "Mailchimp audience: "
                    + ("unsubscribed" if row("unsub_time") else "cleaned" if row("clean_time") else "subscribed")
                ),
            },
        ),
    ),
    leave={"optin_ip confirm_ip unsub_ip clean_ip": ADDRESS, "leid": "a number of the list, not of the person"},
)

UNSUBSCRIBED = Table(
    "unsubscribe",
    "who unsubscribed by which campaign",
    "campaign_id member_id list_id reason timestamp",
    (
        Part(
            "unsubscribed",
            "events",
            {
                "name": "=email_unsubscribed",
                "happened_at": "timestamp",
                "record_id": "member_id",
                "campaign": "campaign_id",
                "reason": "reason",
            },
            keep="rest",
        ),
    ),
    exact=True,
)

CAMPAIGNS = "id subject_line|title send_time|create_time track_opens track_text_clicks"

VENDOR = Vendor(
    "mailchimp",
    "Mailchimp",
    "mailchimp",
    (
        MEMBERS,
        AUDIENCE_FILE,
        activity("campaign_recipient_activity", "campaign_id"),
        activity("automation_recipient_activity", "automation_email_id"),
        recipients("campaign_recipient", "campaign_id"),
        recipients("automation_recipient", "automation_email_id"),
        UNSUBSCRIBED,
        Table(
            "automation_email",
            "messages of automations",
            f"{CAMPAIGNS} automation_id delay_type",
            (Part("automation_emails", "references", {"reference_id": "id"}, keep="rest"),),
            leave={"reply_to from_name": "whose message it is says nothing about who got it"},
        ),
        Table(
            "campaign",
            "campaigns",
            f"{CAMPAIGNS} archive_url",
            (Part("campaigns", "references", {"reference_id": "id"}, keep="rest"),),
            leave={"reply_to from_name": "whose message it is says nothing about who got it"},
        ),
        Table(
            "automation",
            "automations",
            "id list_id trigger_settings create_time",
            (Part("automations", "references", {"reference_id": "id"}, keep="rest"),),
        ),
        Table(
            "list",
            "audiences (lists)",
            "id name date_created permission_reminder list_rating",
            (Part("audiences", "references", {"reference_id": "id"}, keep="rest"),),
            leave={"contact_address_1 contact_address_2 default_from_email default_from_name beamer_address":
                   "the sender's own address"},
        ),
        Table(
            "segment",
            "segments of an audience",
            "id list_id member_count name type",
            (Part("segments", "references", {"reference_id": "id"}, keep="rest"),),
            exact=True,
            maybe="created_at updated_at options",
        ),
        Table(
            "segment_member",
            "who is in a segment of an audience",
            "member_id segment_id list_id",
            (
                Part(
                    "segment_members",
                    "attributes",
                    {
                        "record_id": "member_id",
                        "name": segment,
                        "value": lambda row: str((row("_fivetran_deleted") or "").lower() != "true").lower(),
                        "value_type": "=boolean",
                    },
                ),
            ),
            exact=True,
        ),
    ),
)  # fmt: skip
