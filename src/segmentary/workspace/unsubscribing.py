"""Unsubscribe links of a workspace: with which keys they are signed, and where they lead."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.activation.unsubscribe import Unsubscribe, mailto, one_click, placed, read, token
from segmentary.errors import SettingsError
from segmentary.workspace.keys import held_keys, key

if TYPE_CHECKING:
    from segmentary.ledger.ledger import Ledger
    from segmentary.workspace.workspace import Workspace

PURPOSE = "unsubscribe"
NUMBERED = re.compile(r"unsubscribe(?:_(\d+))?")


def unsubscribe_keys(folder: Path) -> list[bytes]:
    """Return the keys links are signed with, oldest first; the last one signs. One is made where there is none."""
    from segmentary.workspace.keys import NAME

    key(folder, PURPOSE)
    return [key(folder, name) for name in numbered(folder / NAME)]


def numbered(path: Path) -> list[str]:
    found = [(int(match.group(1) or 1), name) for name in held_keys(path) if (match := NUMBERED.fullmatch(name))]
    return [name for _, name in sorted(found)]


def rotate(folder: Path) -> int:
    """Sign with a new key from now on; links of the old ones go on working. Return how many keys there are now."""
    return len([*unsubscribe_keys(folder), key(folder, f"{PURPOSE}_{len(unsubscribe_keys(folder)) + 1}")])


def unsubscribe_base(workspace: Workspace, channel: str) -> str:
    """Return where links of a channel lead: an https address, ``mailto:...``, or empty: nowhere is set."""
    own = workspace.settings.channels.get(channel, {})
    url = str(own.get("unsubscribe_url", ""))
    mail = str(own.get("unsubscribe_mail", "") or own.get("reply_to", "") or own.get("sender", ""))
    address = parseaddr(mail)[1]
    return url or (f"mailto:{address}" if "@" in address else "")


class Links:
    """Signed links of one sending."""

    def __init__(self, workspace: Workspace, channel: str, purpose: str) -> None:
        self.keys = unsubscribe_keys(workspace.folder.root)
        self.base = unsubscribe_base(workspace, channel)
        self.channel, self.purpose = channel, purpose

    def required(self, *, example: bool = False) -> None:
        """Refuse to write marketing to people who could not say no; as an example, take an address of nobody.

        Raises
        ------
        SettingsError
            when nothing is set up.
        """
        if not self.base and example:
            self.base = "https://example.org/unsubscribe"
        if not self.base:
            raise SettingsError(
                f"nobody could unsubscribe from {self.purpose} by {self.channel}: no address for it is set",
                hint=f'unsubscribe_url = "https://..." under [channels.{self.channel}] in segmentary.toml',
            )

    def example(self) -> str:
        """Return what a link looks like, without being one: nobody who opens it unsubscribes anybody."""
        if not self.base:
            return ""
        if self.base.startswith("mailto:"):
            return mailto(self.base.removeprefix("mailto:"), "preview")
        return placed(self.base, "preview")

    def link(self, customer_id: str, message: str) -> str:
        """Return one person's link in one message; empty where nothing is set up."""
        if not self.base:
            return ""
        signed = token(self.keys, customer_id, self.channel, self.purpose, message)
        if self.base.startswith("mailto:"):
            return mailto(self.base.removeprefix("mailto:"), signed)
        return placed(self.base, signed)


def unsubscribed(
    folder: Path,
    ledger: Ledger,
    signed: str,
    *,
    at: dt.datetime,
    body: str | bytes | None = None,
    content_type: str = "",
) -> Unsubscribe:
    """Take one person's no down, from a link they opened or a one-click POST (`body`); only the ledger is touched.

    So it works while another process is sending, and that process obeys it at the next message.

    Raises
    ------
    UsageError
        when the link is not ours, or the body is no one-click request.
    """
    from segmentary.workspace.consents import decide

    keys = unsubscribe_keys(folder)
    if body is not None:
        said = one_click(keys, signed, body, content_type or "application/x-www-form-urlencoded")
    else:
        said = read(keys, signed)
    decide(ledger, said.customer_id, said.purpose, said.channel, False, said.evidence, at=at, origin="unsubscribe link")
    return said
