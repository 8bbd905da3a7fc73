"""The channels of a workspace, made of its settings; the only place that reads their passwords."""

from __future__ import annotations

import datetime as dt
import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from segmentary.activation.delivery import Policy
from segmentary.errors import SettingsError

if TYPE_CHECKING:
    from segmentary.activation.channels.channel import Channel
    from segmentary.activation.channels.guarded import Guard
    from segmentary.activation.channels.mime import Sender
    from segmentary.settings import Settings
    from segmentary.workspace.workspace import Workspace

ANY = ("kind", "per_second", "attempts", "give_up_after_hours", "consent", "address")
KEYS: dict[str, tuple[str, ...]] = {
    "smtp": (
        "host", "port", "security", "user", "sender", "reply_to", "bounces", "bounces_with_id", "unsubscribe_base",
        "unsubscribe_mail", "unsubscribe_url", "postal_address", "allow_private", "ca_file", "hello",
    ),
    "webhook": ("url", "allow_private", "ca_file", "unsubscribe_base", "unsubscribe_url"),
    "file": ("folder", "format", "unsubscribe_base", "unsubscribe_url", "postal_address"),
    "chat": (),
}  # fmt: skip
"""What a table may say, by kind of channel; links to unsubscribe and the postal address are read by messages."""
USUAL = {"email": "smtp", "file": "file", "chat": "chat"}


def kind_of(settings: Settings, name: str) -> str:
    """Return what kind a channel is: smtp, webhook, file or chat.

    Raises
    ------
    SettingsError
        when it is not set up, or is of no kind there is.
    """
    table = settings.channels.get(name)
    if table is None and name not in ("file", "chat"):
        raise SettingsError(f"the channel {name} is not set up", hint=f"add [channels.{name}] to segmentary.toml")
    table = table or {}
    kind = str(table.get("kind", "") or USUAL.get(name, "") or ("smtp" if "host" in table else "webhook"))
    if kind not in KEYS:
        raise SettingsError(f"[channels.{name}]: no such kind: {kind!r}", hint=f"one of {', '.join(KEYS)}")
    known = (*ANY, *KEYS[kind])
    for key in table:
        if key == "password" or key == "secret":
            raise SettingsError(
                f"[channels.{name}]: a password does not belong in the file", hint=f"set {variable_of(name)}"
            )
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise SettingsError(
                f"[channels.{name}]: unknown setting {key!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}",
            )
    return kind


def variable_of(name: str) -> str:
    """Return the variable that holds the password (or the secret of a webhook) of a channel.

    >>> variable_of("sms-gate")
    'SEGMENTARY_CHANNEL_SMS_GATE_PASSWORD'
    """
    return f"SEGMENTARY_CHANNEL_{''.join(c if c.isalnum() else '_' for c in name).upper()}_PASSWORD"


def channel_named(workspace: Workspace, name: str) -> Channel:
    """Return a channel, not connected yet.

    Raises
    ------
    SettingsError
        when it is not set up, or wrongly.
    """
    kind, table = kind_of(workspace.settings, name), workspace.settings.channels.get(name, {})
    match kind:
        case "smtp":
            return smtp_channel(workspace, name, table)
        case "webhook":
            return webhook_channel(workspace, name, table)
        case "chat":
            from segmentary.activation.channels.chat import ChatChannel

            return ChatChannel(name, workspace.ledger, clock=workspace.tick.clock)
        case _:
            raise SettingsError(f"the channel {name} writes files", hint="there is nothing to connect to")


def smtp_channel(workspace: Workspace, name: str, table: Mapping[str, Any]) -> Channel:
    """Return a channel of mail."""
    from segmentary.activation.channels.guarded import verified_context
    from segmentary.activation.channels.smtp import PORTS, Server, SmtpChannel, checked_server

    security = str(table.get("security", "starttls"))
    if security not in PORTS:
        raise SettingsError(f"[channels.{name}]: security cannot be {security!r}", hint=f"one of {', '.join(PORTS)}")
    guard = guard_of(table)
    server = Server(
        text(table, name, "host"),
        int(table.get("port", 0) or 0),
        security,
        text(table, name, "user"),
        os.environ.get(variable_of(name), ""),
        text(table, name, "hello"),
    )
    if server.user and not server.password:
        raise SettingsError(f"the password of the channel {name} is missing", hint=f"set {variable_of(name)}")
    return SmtpChannel(
        name,
        checked_server(server, allow_private=guard.allow_private),
        Senders(workspace, name, table),
        clock=workspace.tick.clock,
        guard=guard,
        context=verified_context(text(table, name, "ca_file")),
    )


class Senders:
    """Who writes: the channel's sender, or the one a campaign names."""

    def __init__(self, workspace: Workspace, name: str, table: Mapping[str, Any]) -> None:
        self.workspace = workspace
        self.name = name
        self.table = table
        self.known: dict[str, Sender] = {}
        # A wrong sender is told before anything is sent.
        self("")

    def __call__(self, campaign: str) -> Sender:
        """Return the sender of a campaign."""
        if campaign not in self.known:
            from segmentary.activation.channels.mime import sender_of

            own = self.workspace.campaigns.get(campaign) if campaign and self.is_kept(campaign) else None
            sender = (own.sender if own else "") or text(self.table, self.name, "sender")
            if not sender:
                raise SettingsError(
                    f"the channel {self.name} has no sender", hint='sender = "Shop <news@shop.example>"'
                )
            self.known[campaign] = sender_of(
                sender,
                reply_to=(own.reply_to if own else "") or text(self.table, self.name, "reply_to"),
                bounces=text(self.table, self.name, "bounces"),
                variable=self.table.get("bounces_with_id", True) is not False,
                leave=text(self.table, self.name, "unsubscribe_mail"),
            )
        return self.known[campaign]

    def is_kept(self, campaign: str) -> bool:
        """Say whether a campaign is one of the workspace's."""
        from segmentary.ledger.records import current_records

        return campaign in current_records(self.workspace.ledger, "campaign")


def webhook_channel(workspace: Workspace, name: str, table: Mapping[str, Any]) -> Channel:
    """Return a channel of signed calls."""
    from segmentary.activation.channels.guarded import GuardedClient, checked_url, verified_context
    from segmentary.activation.channels.webhook import WebhookChannel

    guard = guard_of(table)
    client = GuardedClient(guard, context=verified_context(text(table, name, "ca_file")))
    url = checked_url(text(table, name, "url"), allow_private=guard.allow_private)
    return WebhookChannel(name, url, secret_of(workspace, name), client, clock=workspace.tick.clock)


def secret_of(workspace: Workspace, name: str) -> str:
    """Return the secret that signs the calls of a channel: the variable's, else one of the workspace's own."""
    from segmentary.activation.channels.webhook import secret_text
    from segmentary.workspace.keys import key

    return os.environ.get(variable_of(name), "") or secret_text(key(workspace.folder.root, f"webhook {name}"))


def guard_of(table: Mapping[str, Any]) -> Guard:
    """Return what a channel may connect to."""
    from segmentary.activation.channels.guarded import Guard

    return Guard(allow_private=table.get("allow_private", False) is True)


def text(table: Mapping[str, Any], name: str, key: str) -> str:
    """Return a setting that is text.

    Raises
    ------
    SettingsError
        when it is none.
    """
    value = table.get(key, "")
    if not isinstance(value, str):
        raise SettingsError(f"[channels.{name}]: {key} cannot be {value!r}", hint="write it in quotes")
    return value.strip()


def policy_of(settings: Settings, name: str) -> Policy:
    """Return how persistent a channel is.

    Raises
    ------
    SettingsError
        when a number is none.
    """
    table, usual = settings.channels.get(name, {}), Policy()
    try:
        found = Policy(
            per_second=float(table.get("per_second", usual.per_second)),
            attempts=int(table.get("attempts", usual.attempts)),
            give_up_after=dt.timedelta(hours=float(table.get("give_up_after_hours", usual.give_up_after.days * 24))),
        )
        if found.per_second < 0 or found.attempts < 1 or found.give_up_after <= dt.timedelta(0):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise SettingsError(
            f"[channels.{name}]: per_second, attempts and give_up_after_hours are numbers above 0"
        ) from None
    return found


def file_place(workspace: Workspace, name: str, origin: str) -> Path:
    """Return where the messages of an origin are written to, as far as the settings say."""
    table = workspace.settings.channels.get(name, {})
    folder = text(table, name, "folder") or "outbox"
    ending = text(table, name, "format") or "csv"
    clean = "".join(c if c.isalnum() or c in "-_." else "_" for c in origin).lstrip(".") or "messages"
    return workspace.folder.root / folder / f"{clean}.{ending}"


@dataclass(frozen=True, slots=True)
class Described:
    """A channel as it is set up. leads_to : server, address or folder; per_second : 0 for no limit."""

    name: str
    kind: str
    leads_to: str
    per_second: float


def described(workspace: Workspace) -> list[Described]:
    """Return every channel of the settings.

    Raises
    ------
    SettingsError
        when one is set up wrongly.
    """
    found = []
    for name, table in workspace.settings.channels.items():
        if "base_url" in table:
            # A language model: it says our words in other words, to nobody but us.
            continue
        kind = kind_of(workspace.settings, name)
        host = f"{table.get('host', '')}:{table['port']}" if table.get("port") else str(table.get("host", ""))
        url = urlsplit(str(table.get("url", "")))
        places = {
            "smtp": host,
            "webhook": f"{url.scheme}://{url.hostname or ''}",
            "file": str(table.get("folder", "outbox")),
            "chat": "this workspace",
        }
        found.append(Described(name, kind, places[kind], policy_of(workspace.settings, name).per_second))
    return found


def webhook_secret(workspace: Workspace, name: str) -> str:
    """Return the secret of a webhook.

    Raises
    ------
    SettingsError
        when the channel is none.
    """
    if kind_of(workspace.settings, name) != "webhook":
        raise SettingsError(f"the channel {name} is no webhook", hint="only calls of webhooks are signed")
    return secret_of(workspace, name)
