"""How often and when people may be written to: the ``[contact]`` tables of the settings.

::

    [contact.any]            # all channels together
    at_most = 3
    within = "7d"

    [contact.email]
    at_most = 2
    within = "7d"
    quiet = "21:00-08:00"    # local time of the person: nothing leaves then, it waits
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from segmentary.errors import SettingsError

ANY = "any"
KEYS = ("at_most", "within", "quiet")
LENGTH = re.compile(r"(\d+)\s*([hdw])")
HOURS = {"h": 1, "d": 24, "w": 168}
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages within a length of time, on a channel or (``any``) on all of them."""

    channel: str
    at_most: int
    within: dt.timedelta


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local hours in which nothing is sent; the beginning may be later than the end: over midnight."""

    begins: dt.time
    ends: dt.time

    def holds(self, local: dt.time) -> bool:
        """Say whether a local time is quiet."""
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def over_at(self, at: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
        """Return the instant the quiet hours around a moment end; None when it is not quiet then."""
        local = at.astimezone(zone)
        if not self.holds(local.time()):
            return None
        day = local.date() + dt.timedelta(days=1 if local.time() >= self.ends else 0)
        return dt.datetime.combine(day, self.ends, zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class ContactRules:
    """What holds for one channel: its caps (its own, and the one over all channels) and its quiet hours."""

    caps: tuple[Cap, ...] = ()
    quiet: Quiet | None = None

    @property
    def longest(self) -> dt.timedelta:
        """How far back messages count."""
        return max((one.within for one in self.caps), default=dt.timedelta(0))


def contact_rules(contact: Mapping[str, Mapping[str, Any]], channel: str) -> ContactRules:
    """Return the rules of a channel out of the settings.

    Raises
    ------
    SettingsError
        when a table says something that has no meaning.
    """
    for name, table in contact.items():
        for key in table:
            if key not in KEYS:
                raise SettingsError(f"[contact.{name}]: unknown setting {key!r}", hint=f"one of {', '.join(KEYS)}")
    caps = tuple(cap_of(name, contact[name]) for name in (channel, ANY) if "at_most" in contact.get(name, {}))
    # The channel's own hours stand before those of all channels.
    said = next((contact[name]["quiet"] for name in (channel, ANY) if contact.get(name, {}).get("quiet")), "")
    return ContactRules(caps, quiet_of(said) if said else None)


def cap_of(name: str, table: Mapping[str, Any]) -> Cap:
    """Return the cap of a table.

    Raises
    ------
    SettingsError
        when it is no number of messages in a length of time.
    """
    at_most, within = table["at_most"], LENGTH.fullmatch(str(table.get("within", "7d")).strip())
    if isinstance(at_most, bool) or not isinstance(at_most, int) or at_most < 0:
        raise SettingsError(f"[contact.{name}]: at_most is no number of messages: {at_most!r}", hint="at_most = 2")
    if within is None or not int(within[1]):
        raise SettingsError(
            f"[contact.{name}]: within is no length of time: {table.get('within')!r}", hint='within = "7d" (h, d, w)'
        )
    return Cap(name, at_most, dt.timedelta(hours=int(within[1]) * HOURS[within[2]]))


def quiet_of(said: str) -> Quiet:
    """Return quiet hours out of ``21:00-08:00``.

    Raises
    ------
    SettingsError
        when they are none.
    """
    found = SPAN.fullmatch(str(said).strip())
    try:
        if found is None:
            raise ValueError
        begins, ends = dt.time(int(found[1]), int(found[2])), dt.time(int(found[3]), int(found[4]))
    except ValueError:
        raise SettingsError(f"not quiet hours: {said!r}", hint='quiet = "21:00-08:00"') from None
    return Quiet(begins, ends)


def capped(sent: Iterable[tuple[str, dt.datetime]], rules: ContactRules, at: dt.datetime) -> bool:
    """Say whether one message more would be too many.

    sent : channel and instant of what a person was sent. An instant after `at` (a message of a wrong clock) counts.

    >>> noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    >>> rules = contact_rules({"email": {"at_most": 1, "within": "1d"}}, "email")
    >>> capped([("email", noon)], rules, noon), capped([("sms", noon)], rules, noon)
    (True, False)
    """
    held = list(sent)
    return any(
        sum(cap.channel in (ANY, channel) and when > at - cap.within for channel, when in held) >= cap.at_most
        for cap in rules.caps
    )
