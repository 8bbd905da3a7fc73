"""The channels of a workspace, made of its settings; the only place that reads their passwords."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segmentary.activation.delivery import Policy
from segmentary.errors import SettingsError

if TYPE_CHECKING:
    from segmentary.activation.channels.channel import Channel
    from segmentary.settings import Settings
    from segmentary.workspace.workspace import Workspace


def channel_named(workspace: Workspace, name: str) -> Channel:
    """Return a channel, not connected yet.

    Raises
    ------
    SettingsError
        when it is not set up, or wrongly.
    """
    raise SettingsError(f"the channel {name} is not set up", hint=f"add [channels.{name}] to segmentary.toml")


def policy_of(settings: Settings, name: str) -> Policy:
    """Return how persistent a channel is."""
    table, usual = settings.channels.get(name, {}), Policy()
    try:
        return Policy(
            per_second=float(table.get("per_second", usual.per_second)),
            attempts=int(table.get("attempts", usual.attempts)),
            give_up_after=dt.timedelta(hours=float(table.get("give_up_after_hours", usual.give_up_after.days * 24))),
        )
    except (TypeError, ValueError):
        raise SettingsError(f"[channels.{name}]: per_second, attempts and give_up_after_hours are numbers") from None
