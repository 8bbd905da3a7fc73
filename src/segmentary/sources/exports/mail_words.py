"""The words e-mail providers have for what becomes of a mail, as reactions; for bounces whether they are for good."""

from __future__ import annotations

from collections.abc import Mapping

from segmentary.sources.reactions import Reaction

WORDS: Mapping[str, Mapping[str, tuple[Reaction, bool | None]]] = {
    "brevo": {
        "request": ("sent", None), "sent": ("sent", None), "delivered": ("delivered", None),
        "hard_bounce": ("bounced", True), "soft_bounce": ("bounced", False), "invalid_email": ("bounced", True),
        "blocked": ("rejected", None), "error": ("failed", None), "deferred": ("deferred", None),
        "spam": ("complained", None), "complaint": ("complained", None), "opened": ("opened", None),
        "unique_opened": ("opened", None), "proxy_open": ("opened", None), "unique_proxy_open": ("opened", None),
        "click": ("clicked", None), "unsubscribe": ("unsubscribed", None), "unsubscribed": ("unsubscribed", None),
        "list_addition": ("subscribed", None),
    },
    "mailersend": {
        "sent": ("sent", None), "delivered": ("delivered", None), "hard_bounced": ("bounced", True),
        "soft_bounced": ("bounced", False), "deferred": ("deferred", None), "spam_complaint": ("complained", None),
        "unsubscribed": ("unsubscribed", None), "opened": ("opened", None), "opened_unique": ("opened", None),
        "clicked": ("clicked", None), "clicked_unique": ("clicked", None),
    },
    "mailjet": {
        "sent": ("delivered", None), "open": ("opened", None), "click": ("clicked", None),
        "bounce": ("bounced", None), "blocked": ("rejected", None), "spam": ("complained", None),
        "unsub": ("unsubscribed", None),
    },
    "mailtrap": {
        "delivery": ("delivered", None), "open": ("opened", None), "click": ("clicked", None),
        "bounce": ("bounced", True), "soft bounce": ("bounced", False), "soft_bounce": ("bounced", False),
        "suspension": ("deferred", None), "reject": ("rejected", None), "spam": ("complained", None),
        "unsubscribe": ("unsubscribed", None),
    },
    "mandrill": {
        "send": ("sent", None), "deferral": ("deferred", None), "delivered": ("delivered", None),
        "hard_bounce": ("bounced", True), "soft_bounce": ("bounced", False), "open": ("opened", None),
        "click": ("clicked", None), "spam": ("complained", None), "unsub": ("unsubscribed", None),
        "reject": ("rejected", None),
    },
    "postal": {
        "MessageSent": ("delivered", None), "MessageDelayed": ("deferred", None),
        "MessageDeliveryFailed": ("failed", None), "MessageHeld": ("deferred", None),
        "MessageBounced": ("bounced", True), "MessageLinkClicked": ("clicked", None),
        "MessageLoaded": ("opened", None),
    },
    "resend": {
        "sent": ("sent", None), "delivered": ("delivered", None), "delivery_delayed": ("deferred", None),
        "bounced": ("bounced", True), "complained": ("complained", None), "opened": ("opened", None),
        "clicked": ("clicked", None), "failed": ("failed", None), "suppressed": ("rejected", None),
    },
    "sendgrid": {
        "processed": ("sent", None), "dropped": ("rejected", None), "delivered": ("delivered", None),
        "bounce": ("bounced", True), "blocked": ("bounced", False), "deferred": ("deferred", None),
        "open": ("opened", None), "click": ("clicked", None), "spamreport": ("complained", None),
        "unsubscribe": ("unsubscribed", None), "group_unsubscribe": ("unsubscribed", None),
        "group_resubscribe": ("subscribed", None),
    },
    "sparkpost": {
        "injection": ("sent", None), "delivery": ("delivered", None), "bounce": ("bounced", None),
        "out_of_band": ("bounced", None), "delay": ("deferred", None), "policy_rejection": ("rejected", None),
        "spam_complaint": ("complained", None), "generation_failure": ("failed", None),
        "generation_rejection": ("rejected", None), "open": ("opened", None), "initial_open": ("opened", None),
        "amp_open": ("opened", None), "amp_initial_open": ("opened", None), "click": ("clicked", None),
        "amp_click": ("clicked", None), "list_unsubscribe": ("unsubscribed", None),
        "link_unsubscribe": ("unsubscribed", None),
    },
    "unisender_go": {
        "sent": ("sent", None), "delivered": ("delivered", None), "hard_bounced": ("bounced", True),
        "soft_bounced": ("bounced", False), "spam": ("complained", None), "opened": ("opened", None),
        "clicked": ("clicked", None), "unsubscribed": ("unsubscribed", None), "subscribed": ("subscribed", None),
    },
    "mailgun": {
        "accepted": ("sent", None), "delivered": ("delivered", None), "failed": ("bounced", None),
        "rejected": ("rejected", None), "opened": ("opened", None), "clicked": ("clicked", None),
        "complained": ("complained", None), "unsubscribed": ("unsubscribed", None),
    },
    "amazon_ses": {
        "send": ("sent", None), "delivery": ("delivered", None), "bounce": ("bounced", None),
        "complaint": ("complained", None), "open": ("opened", None), "click": ("clicked", None),
        "reject": ("rejected", None), "deliverydelay": ("deferred", None), "rendering failure": ("failed", None),
    },
}  # fmt: skip
POSTMARK_BOUNCES: Mapping[str, tuple[Reaction, bool | None]] = {
    "HardBounce": ("bounced", True), "BadEmailAddress": ("bounced", True), "SpamComplaint": ("complained", None),
    "SpamNotification": ("complained", None), "Unsubscribe": ("unsubscribed", None),
    "Subscribe": ("subscribed", None), "ManuallyDeactivated": ("rejected", None), "SMTPApiError": ("failed", None),
    "InboundError": ("failed", None),
}  # fmt: skip
