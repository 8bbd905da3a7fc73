"""Messages as signed calls of somebody's web server (Standard Webhooks 1.0), such as an SMS or push provider's.

The body::

    {"type": "message.send", "timestamp": "...", "data": {"message": "...", "channel": "sms", "address": "...",
     "customer_id": "...", "campaign": "...", "variant": "...", "subject": "...", "text": "...", "html": "...", ...}}

``webhook-id`` is the message's id: whoever gets it twice has to act once.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from segmentary.activation.channels.channel import NOT_SOON, Receipt, short
from segmentary.activation.channels.guarded import Answer, BlockedError, GuardedClient
from segmentary.activation.message import Outgoing
from segmentary.errors import SettingsError
from segmentary.ledger.ledger import instant_text

LATER = (408, 425, 500, 502, 503, 504)
"""This message later; 429 and what is wrong with the address or the signature concern all of them."""
OUR_FAULT = (401, 403, 404, 405, 410)
LONGEST_WAIT = 3_600.0


class WebhookChannel:
    """Delivers messages to one address. secret : ``whsec_`` and the key in base64, as the receiver has it."""

    def __init__(
        self, name: str, url: str, secret: str, client: GuardedClient, *, clock: Callable[[], dt.datetime]
    ) -> None:
        self.name = name
        self.url = url
        self.secret = checked_secret(secret, name)
        self.client = client
        self.clock = clock

    def deliver(self, message: Outgoing) -> Receipt:
        """Call the address with one message."""
        return self.called(message.message, document(message, self.clock()))

    def called(self, message: str, body: dict[str, object]) -> Receipt:
        """Sign a body, send it, and say what the answer means."""
        content = json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
        try:
            answer = self.client.post(self.url, content, signed(self.secret, message, self.clock(), content))
        except BlockedError as error:
            return Receipt("retry", short(error.message), everybody=True, wait_seconds=NOT_SOON)
        except ConnectionRefusedError as error:
            return Receipt("retry", short(str(error)), everybody=True)
        except OSError as error:
            return Receipt("retry", short(str(error)))
        return meaning(answer, self.clock())

    def check(self) -> list[str]:
        """Send a call of type ``message.test``.

        Raises
        ------
        SettingsError
            when it was not taken.
        """
        now = self.clock()
        receipt = self.called(f"test-{now:%Y%m%d%H%M%S}", {"type": "message.test", "timestamp": instant_text(now)})
        self.close()
        if receipt.outcome != "sent":
            raise SettingsError(f"{self.name}: {receipt.reply}", hint="the server has to answer 200 to a signed call")
        return ["a signed call of type message.test was taken", receipt.reply]

    def close(self) -> None:
        """Let go of the connection."""
        self.client.close()


def document(message: Outgoing, at: dt.datetime) -> dict[str, object]:
    """Return the body of a call."""
    content = message.content
    data: dict[str, object] = {
        "message": message.message,
        "channel": message.channel,
        "purpose": message.purpose,
        "customer_id": message.customer_id,
        "address": message.address,
        "campaign": message.campaign,
        "variant": message.variant,
        "subject": content.subject,
        "text": content.text,
        "html": content.html,
        "offer": content.offer,
        "unsubscribe_url": content.unsubscribe_url,
        "data": dict(content.data),
    }
    return {"type": "message.send", "timestamp": instant_text(at), "data": data}


def checked_secret(secret: str, name: str) -> str:
    """Return a secret, if it is one of Standard Webhooks: at least 24 bytes.

    Raises
    ------
    SettingsError
        when it is none. The error does not repeat it.
    """
    try:
        if not secret.startswith("whsec_") or len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) < 24:
            raise ValueError
    except ValueError:
        raise SettingsError(
            f"the secret of the channel {name} is none of Standard Webhooks",
            hint=f"SEGMENTARY_CHANNEL_{name.upper()}_PASSWORD=whsec_..., or none: the workspace then has its own",
        ) from None
    return secret


def secret_text(key: bytes) -> str:
    """Return a key as the receiver enters it."""
    return f"whsec_{base64.b64encode(key).decode()}"


def signed(secret: str, message: str, at: dt.datetime, content: bytes) -> dict[str, str]:
    """Return the headers of a call: id, time and signature (HMAC-SHA256 of id, time and body)."""
    from standardwebhooks import Webhook

    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, at, content.decode()),
    }


def meaning(answer: Answer, at: dt.datetime) -> Receipt:
    """Return what an answer says about a message.

    >>> now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    >>> [meaning(Answer(code, {}, b""), now).outcome for code in (204, 302, 400, 429, 503)]
    ['sent', 'retry', 'failed', 'retry', 'retry']
    """
    code = answer.status
    reply = short(f"{code} {answer.body[:400].decode('utf-8', 'replace')}")
    wait = wait_of(answer.headers.get("retry-after", ""), at)
    if 200 <= code < 300:
        return Receipt("sent", reply)
    if code == 429 or (code == 503 and wait):
        return Receipt("retry", reply, everybody=True, wait_seconds=wait)
    if code in LATER or code > 504:
        return Receipt("retry", reply)
    if 300 <= code < 400:
        return Receipt("retry", f"{code}: a redirect is not followed", everybody=True, wait_seconds=NOT_SOON)
    if code in OUR_FAULT:
        return Receipt("retry", reply, everybody=True, wait_seconds=NOT_SOON)
    return Receipt("failed", reply)


def wait_of(said: str, at: dt.datetime) -> float:
    """Return the seconds a ``Retry-After`` asks for; 0 for none."""
    try:
        seconds = float(said) if said.strip().isdigit() else (parsedate_to_datetime(said) - at).total_seconds()
    except (TypeError, ValueError, IndexError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT)
