"""The vendors whose tables are recognised, each an export of its own."""

from __future__ import annotations

from segmentary.sources.exports.vendor import VendorExport
from segmentary.sources.exports.vendors import (
    hubspot,
    intercom,
    klaviyo,
    mailchimp,
    salesforce,
    shopify,
    social,
    zendesk,
)


class Mailchimp(VendorExport):
    """Tables of Mailchimp."""

    name = "mailchimp"
    source = "mailchimp"
    title = "Mailchimp"
    form = "any"
    vendor = mailchimp.VENDOR


class Shopify(VendorExport):
    """Tables of Shopify."""

    name = "shopify"
    source = "shopify"
    title = "Shopify"
    form = "any"
    vendor = shopify.VENDOR


class Zendesk(VendorExport):
    """Tables of Zendesk."""

    name = "zendesk"
    source = "zendesk"
    title = "Zendesk"
    form = "any"
    vendor = zendesk.VENDOR


class HubSpot(VendorExport):
    """Tables of HubSpot."""

    name = "hubspot"
    source = "hubspot"
    title = "HubSpot"
    form = "any"
    vendor = hubspot.VENDOR


class Salesforce(VendorExport):
    """Tables of Salesforce."""

    name = "salesforce"
    source = "salesforce"
    title = "Salesforce"
    form = "any"
    vendor = salesforce.VENDOR


class Klaviyo(VendorExport):
    """Tables of Klaviyo."""

    name = "klaviyo"
    source = "klaviyo"
    title = "Klaviyo"
    form = "any"
    vendor = klaviyo.VENDOR


class Intercom(VendorExport):
    """Tables of Intercom."""

    name = "intercom"
    source = "intercom"
    title = "Intercom"
    form = "any"
    vendor = intercom.VENDOR


class SocialPosts(VendorExport):
    """Tables of listening tools."""

    name = "social_posts"
    source = "social_posts"
    title = "Social posts"
    form = "any"
    vendor = social.VENDOR
