"""Links by which anybody can say no, signed so that nobody can say no for somebody else (RFC 8058).

A link names the person, the channel, the purpose and the message it stood in; it needs no login and never expires while
its key is kept. Keys are a row, oldest first: the newest signs, all of them are understood, so a key can be replaced
without making the links in people's mailboxes dead. `retire` an old key by leaving it out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from segmentary.errors import UsageError

SALT = "segmentary.unsubscribe"
LONGEST = 4_000
ONE_CLICK = ("List-Unsubscribe", "One-Click")
FORMAT = 1
Keys = bytes | Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """What a link says no to. message : id of the message the link stood in."""

    customer_id: str
    channel: str
    purpose: str
    message: str

    @property
    def evidence(self) -> str:
        """How the decision is written down."""
        return f"unsubscribe link in message {self.message}"


def token(key: Keys, customer_id: str, channel: str, purpose: str, message: str) -> str:
    """Return the signed text of one link: letters, digits, ``-``, ``_`` and ``.`` only."""
    return str(signer(key).dumps([FORMAT, customer_id, channel, purpose, message]))


def link(key: Keys, base: str, customer_id: str, channel: str, purpose: str, message: str) -> str:
    """Return the address that a person opens, or a mail program POSTs to, in order to be left alone.

    base : where the workspace is reached, such as ``https://shop.example/unsubscribe``; what stands behind ``?`` stays.
    """
    return placed(base, token(key, customer_id, channel, purpose, message))


def placed(base: str, signed: str) -> str:
    """Return the address with a token in it.

    Raises
    ------
    UsageError
        when the base is no https address (http is for one's own machine only).
    """
    parts = urlsplit(base)
    if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))):
        raise UsageError(
            f"an unsubscribe address has to begin with https://, not {base!r}",
            hint="set unsubscribe_url of the channel in segmentary.toml",
        )
    query = f"{parts.query}&t={signed}" if parts.query else f"t={signed}"
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def mailto(address: str, signed: str) -> str:
    """Return the form for people whose program writes a mail instead: the token is its subject."""
    return f"mailto:{quote(address, safe='@.+-_')}?subject={quote(f'unsubscribe {signed}')}"


def headers(url: str, mail: str = "") -> dict[str, str]:
    """Return the header fields of RFC 2369 and RFC 8058 for a link (https) and a ``mailto:`` form; either may be empty.

    >>> headers("https://shop.example/u?t=abc")
    {'List-Unsubscribe': '<https://shop.example/u?t=abc>', 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'}
    """
    if url.startswith("mailto:"):
        url, mail = "", url
    found = [f"<{one}>" for one in (url, mail) if one]
    if not found:
        return {}
    if any(letter in one for one in found for letter in "\r\n\0 "):
        raise UsageError("an unsubscribe address has a blank or line break in it", hint="mend unsubscribe_url")
    fields = {"List-Unsubscribe": ", ".join(found)}
    return {**fields, "List-Unsubscribe-Post": "=".join(ONE_CLICK)} if url.startswith("https://") else fields


def read(key: Keys, signed: str) -> Unsubscribe:
    """Return what a token says. Signatures are compared in constant time.

    Raises
    ------
    UsageError
        when it was changed, cut short, made elsewhere, or signed by a key that is no longer kept.
    """
    from itsdangerous import BadData

    refused = UsageError(
        "this unsubscribe link is not one of ours, was changed, or is too old",
        hint="open it exactly as it stands in the message, or write to the sender",
    )
    if not signed or len(signed) > LONGEST or not signed.isascii():
        raise refused
    try:
        said: Any = signer(key).loads(signed)
    except (BadData, ValueError, UnicodeError, RecursionError):
        raise refused from None
    if not (
        isinstance(said, list) and len(said) == 5 and said[0] == FORMAT and all(isinstance(s, str) for s in said[1:])
    ):
        raise refused
    return Unsubscribe(*said[1:])


def one_click(
    key: Keys, signed: str, body: str | bytes, content_type: str = "application/x-www-form-urlencoded"
) -> Unsubscribe:
    """Return what a mail program's POST asks for: the body has to say ``List-Unsubscribe=One-Click`` (RFC 8058).

    A POST without it is no one-click request, but somebody's page: ask that person first.

    Raises
    ------
    UsageError
        when the body is another, or the token is not ours.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if len(text) > LONGEST or ONE_CLICK not in fields_of(text, content_type):
        raise UsageError("this is not a one-click request", hint=f"the body has to be {'='.join(ONE_CLICK)}")
    return read(key, signed)


def fields_of(text: str, content_type: str) -> list[tuple[str, str]]:
    """Return the fields of a form, in either of the two encodings mail programs use."""
    if not content_type.lower().startswith("multipart/form-data"):
        return parse_qsl(text.strip())
    from email import message_from_string
    from email.policy import HTTP

    whole = message_from_string(f"Content-Type: {content_type.splitlines()[0]}\r\n\r\n{text}", policy=HTTP)
    parts = [one for one in whole.iter_parts() if isinstance(one, EmailMessage)] if whole.is_multipart() else []
    return [
        (str(one.get_param("name", "", header="content-disposition")), str(one.get_content()).strip()) for one in parts
    ]


def signer(key: Keys) -> Any:
    """Return what signs and reads: with the newest key, and by all of them.

    Raises
    ------
    UsageError
        when a key is too short to protect anything.
    """
    keys = (key,) if isinstance(key, bytes) else tuple(key)
    if not keys or any(len(one) < 16 for one in keys):
        raise UsageError("a key for signing needs at least 16 bytes", hint="use workspace.keys.key")
    return signer_of(keys)


@lru_cache(8)
def signer_of(keys: tuple[bytes, ...]) -> Any:
    """Return the same, made once: a campaign signs a hundred thousand links."""
    import hashlib

    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(list(keys), salt=SALT, signer_kwargs={"digest_method": hashlib.sha256}, serializer=Compact)


class Compact:
    """JSON without blanks; anything but JSON is refused."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        """Return JSON text."""
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    @staticmethod
    def loads(text: str | bytes, **_: object) -> Any:
        """Return what JSON text says."""
        return json.loads(text)
