"""The exports that are recognised, one line each: a new one is added here.

The order matters only where two would recognise the same file: the first wins.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from segmentary.errors import SourceError
from segmentary.sources.exports.export import Export

EXPORTS = (
    "vendor_exports:Shopify",
    "vendor_exports:Mailchimp",
    "vendor_exports:Zendesk",
    "vendor_exports:HubSpot",
    "vendor_exports:Salesforce",
    "vendor_exports:Klaviyo",
    "vendor_exports:Intercom",
    "vendor_exports:SocialPosts",
    "survey_tools:Qualtrics",
    "survey_tools:SurveyMonkey",
    "survey_tools:Typeform",
    "survey_tools:LimeSurvey",
    "survey_tools:GoogleForms",
    "interviews:Interviews",
    "statistics_survey:StatisticsSurvey",
    "segment_spec:SegmentSpec",
    "mail_webhooks:MailWebhooks",
    "chats:Chats",
    "chats:ChatTables",
    "snowplow:Snowplow",
    "ga4:GoogleAnalytics",
)  # fmt: skip
"""Module of this room and class."""


@cache
def exports() -> tuple[Export, ...]:
    """Return all exports."""
    found = []
    for line in EXPORTS:
        module, _, name = line.partition(":")
        made = getattr(import_module(f"segmentary.sources.exports.{module}"), name)
        found.append(made())
    return tuple(found)


def export_named(name: str, version: int) -> Export:
    """Return the export a mapping names.

    Raises
    ------
    SourceError
        when this version of the program does not know it.
    """
    for each in exports():
        if each.name == name and each.version == version:
            return each
    raise SourceError(
        f"a file was read as export {name!r}, version {version}, which is not known here",
        hint="use the version of Segmentary that loaded it, or a newer one",
    )
