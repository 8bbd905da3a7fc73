"""What one person is sent: made of a template, that person's own facts, and at most one offer.

A message document (ledger kind ``message``)::

    message: autumn
    variants:
      thanks:
        subject: "{{ first_name | default: 'Thank you' }}, something for you"
        preheader: "..."
        text: |
          Hello {{ first_name | default: "there" }}, ...
          {% if offer %}{{ offer.words }} Use {{ offer.code }} until {{ offer.until | date: "%d %B" }}.{% endif %}
        html: "..."              # optional; made from the text where missing
      come_back: {...}
    fallbacks: {favourite_category: our range}

Templates are Liquid. They see the person's own traits by name, ``offer``, ``suggestions``, ``campaign``, ``sender`` and
``unsubscribe_url``; nothing else exists for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rendered:
    """The content of one message; plain data, no headers yet.

    Attributes
    ----------
    subject, text, html : html is cleaned (nh3) and empty where the channel has none. text is never empty.
    offer : id of the offer promised in it, or empty.
    fallbacks : variables that had no value for this person, so that the fall-back was used.
    unsubscribe_url : the signed one-click address (RFC 8058), or empty.
    data : what a webhook or chat channel gets beside the text: JSON-able, the person's own data only.
    """

    subject: str
    text: str
    html: str = ""
    offer: str = ""
    fallbacks: tuple[str, ...] = ()
    unsubscribe_url: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person, ready for the outbox.

    Attributes
    ----------
    message : unique id, deterministic: origin, customer (and journey step) give the same again, so that putting it into
        the outbox twice changes nothing. It is the local part of the Message-ID and the webhook-id.
    origin : the audience's id, ``journey:NAME``, ``chat:CONVERSATION``.
    purpose : what the consent must be for at the moment of sending.
    address : where it goes: e-mail address, number, or empty where the channel knows the customer by id.
    not_before, expires_at : UTC instants as text (`ledger.instant_text`); empty: at once, never.
    """

    message: str
    origin: str
    campaign: str
    customer_id: str
    channel: str
    purpose: str
    segment: str
    arm: str
    variant: str
    address: str
    content: Rendered
    not_before: str = ""
    expires_at: str = ""
