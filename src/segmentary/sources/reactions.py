"""How people react to what they are sent: one set of event names, whichever tool reports it.

Exports of mail tools, webhooks of mail providers and our own sending all become events of these names, so that a rule,
a cap and a result mean the same wherever the mail left. Properties of each, where known:

=========  ====================================================================================
campaign   the name of the campaign
variant    which variant of its message
message    the Message-ID without angle brackets, or the provider's own id
url        what was clicked
reason     why it bounced, was rejected or complained about
permanent  bounced: true for a hard bounce
machine    opened, clicked: true where the tool says that a program and no person did it
=========  ====================================================================================
"""

from __future__ import annotations

from typing import Literal

Reaction = Literal[
    "sent",
    "delivered",
    "deferred",
    "bounced",
    "rejected",
    "failed",
    "opened",
    "clicked",
    "complained",
    "unsubscribed",
    "subscribed",
    "replied",
]

MEANINGS: dict[Reaction, str] = {
    "sent": "handed to the mail server or provider",
    "delivered": "taken by the receiving server",
    "deferred": "not taken yet; it is tried again",
    "bounced": "returned; permanent says whether for good",
    "rejected": "the provider refused to send it: suppressed, invalid, blocked",
    "failed": "given up for another reason",
    "opened": "a picture was fetched; unreliable: programs fetch it too, and many people block it",
    "clicked": "a link was followed",
    "complained": "marked as spam",
    "unsubscribed": "said no to further messages",
    "subscribed": "said yes",
    "replied": "wrote back; what was said is a message",
}
UNRELIABLE: tuple[Reaction, ...] = ("opened",)
SUPPRESSING: tuple[Reaction, ...] = ("complained", "unsubscribed")
"""What ends further messages by itself; a bounce does so when it is permanent."""


def event_name(reaction: Reaction, channel: str = "email") -> str:
    """Return the name of the event: ``email_clicked``, ``sms_delivered``."""
    return f"{channel}_{reaction}"
