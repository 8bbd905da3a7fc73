"""Messages for tests of channels."""

import datetime as dt

from segmentary.activation.message import Outgoing, Rendered

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def outgoing(**given):
    """Return a message, some of its fields changed."""
    content = {
        name: given.pop(name)
        for name in ("subject", "text", "html", "offer", "unsubscribe_url", "data")
        if name in given
    }
    fields = {
        "message": "autumn-1.c1",
        "origin": "autumn-1",
        "campaign": "autumn",
        "customer_id": "c1",
        "channel": "email",
        "purpose": "marketing",
        "segment": "everybody",
        "arm": "treated",
        "variant": "first",
        "address": "ann@shop.example",
        "content": Rendered(**{"subject": "Hello", "text": "Something for you.", **content}),
    }
    return Outgoing(**{**fields, **given})
