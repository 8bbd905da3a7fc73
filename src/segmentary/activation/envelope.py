"""A message packed for the outbox and taken out again, unchanged."""

from __future__ import annotations

import json
import zlib

from segmentary.activation.message import Outgoing, Rendered
from segmentary.errors import WorkspaceError
from segmentary.ledger.outbox import Entry


def packed(message: Outgoing, address_hash: str) -> Entry:
    """Return a message as the outbox keeps it. address_hash : as `activation.addresses` makes it."""
    content = message.content
    document = {
        "subject": content.subject,
        "text": content.text,
        "html": content.html,
        "fallbacks": list(content.fallbacks),
        "unsubscribe_url": content.unsubscribe_url,
        "data": dict(content.data),
    }
    # A lone surrogate cannot be written as UTF-8; escaped it comes back as it was.
    payload = zlib.compress(json.dumps(document).encode(), 1)
    return Entry(
        message.message, message.origin, message.campaign, message.customer_id, message.channel, message.purpose,
        message.segment, message.arm, message.variant, content.offer, message.address, address_hash, payload,
        message.not_before, message.expires_at,
    )  # fmt: skip


def unpacked(entry: Entry) -> Outgoing:
    """Return the message that was packed.

    Raises
    ------
    WorkspaceError
        when its content is damaged.
    """
    try:
        document = json.loads(zlib.decompress(entry.payload))
        content = Rendered(
            document["subject"],
            document["text"],
            document["html"],
            entry.offer,
            tuple(document["fallbacks"]),
            document["unsubscribe_url"],
            document["data"],
        )
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            f"the content of message {entry.message} in the outbox is damaged", hint="restore the ledger from a backup"
        ) from error
    return Outgoing(
        entry.message, entry.origin, entry.campaign, entry.customer_id, entry.channel, entry.purpose, entry.segment,
        entry.arm, entry.variant, entry.address, content, entry.not_before, entry.expires_at,
    )  # fmt: skip
