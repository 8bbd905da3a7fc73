"""The vendors whose tables are recognised, each an export of its own."""

from __future__ import annotations

from segmentary.sources.exports.vendor import VendorExport
from segmentary.sources.exports.vendors import mailchimp, shopify, zendesk


class Mailchimp(VendorExport):
    """Tables of Mailchimp."""

    name = "mailchimp"
    title = "Mailchimp"
    form = "table"
    vendor = mailchimp.VENDOR


class Shopify(VendorExport):
    """Tables of Shopify."""

    name = "shopify"
    title = "Shopify"
    form = "table"
    vendor = shopify.VENDOR


class Zendesk(VendorExport):
    """Tables of Zendesk."""

    name = "zendesk"
    title = "Zendesk"
    form = "table"
    vendor = zendesk.VENDOR
