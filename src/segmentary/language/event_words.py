"""How people speak of events: a verb, one of them, several of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segmentary.language.tree import EventFilter

WORDS: Mapping[str, tuple[str, str, str]] = {
    "order_completed": ("ordered", "order", "orders"),
    "order_refunded": ("had an order refunded", "refund", "refunds"),
    "product_purchased": ("bought a product", "product purchase", "product purchases"),
    "product_returned": ("returned a product", "product return", "product returns"),
    "product_viewed": ("viewed a product", "product view", "product views"),
    "product_added": ("added a product to the cart", "product added to the cart", "products added to the cart"),
    "page_viewed": ("viewed a page", "page view", "page views"),
    "product_searched": ("searched for a product", "product search", "product searches"),
    "cart_added": ("added to the cart", "addition to the cart", "additions to the cart"),
    "checkout_started": ("started a checkout", "checkout", "checkouts"),
    "screen_viewed": ("viewed a screen", "screen view", "screen views"),
    "session_started": ("started a session", "session", "sessions"),
    "email_sent": ("was sent an e-mail", "e-mail sent", "e-mails sent"),
    "email_delivered": ("received an e-mail", "e-mail received", "e-mails received"),
    "email_opened": ("opened an e-mail", "e-mail opened", "e-mails opened"),
    "email_clicked": ("clicked in an e-mail", "e-mail clicked", "e-mails clicked"),
    "email_unsubscribed": ("unsubscribed from e-mails", "unsubscription", "unsubscriptions"),
    "chat_started": ("started a chat", "chat", "chats"),
    "support_chat_started": ("started a support chat", "support chat", "support chats"),
    "coupon_redeemed": ("redeemed a coupon", "coupon redeemed", "coupons redeemed"),
    "survey_answered": ("answered a survey", "survey answer", "survey answers"),
}


def words_of(name: str) -> tuple[str, str, str]:
    shown = f"“{name.replace('_', ' ')}”"
    return WORDS.get(name, (f"did {shown}", f"{shown} event", f"{shown} events"))


def verb(events: EventFilter) -> str:
    """Return what somebody did: "ordered"."""
    return either(words_of(name)[0] for name in events.names) if events.names else "did anything"


def noun(events: EventFilter) -> str:
    """Return one of them: "order"."""
    return either(words_of(name)[1] for name in events.names) if events.names else "event of any kind"


def plural(events: EventFilter) -> str:
    """Return several of them: "orders"."""
    return either(words_of(name)[2] for name in events.names) if events.names else "events of any kind"


def either(words: Iterable[str]) -> str:
    """Return "a, b or c"."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def last_of(measure: str, nth: int | None) -> str:
    """Return "first", "last" or "3rd"."""
    if nth is None:
        return measure
    ending = "th" if nth % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(nth % 10, "th")
    return f"{nth}{ending}"
