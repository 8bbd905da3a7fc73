"""The outbox of a workspace: what waits, what left, what came back; sending that can be killed at any point."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.ledger import outbox as kept
from segmentary.models.progress import Tell, quiet

if TYPE_CHECKING:
    from segmentary.activation.delivery import Delivered
    from segmentary.activation.message import Outgoing
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Sent:
    """What one sending did, by channel.

    Attributes
    ----------
    channels : per channel what became of the messages that were due.
    waiting : how many messages still wait; next_at : when the next of them is due, None when none waits.
    """

    channels: Mapping[str, Delivered]
    waiting: int
    next_at: dt.datetime | None

    @property
    def sent(self) -> int:
        """How many messages left."""
        return sum(one.sent for one in self.channels.values())

    @property
    def stopped(self) -> str:
        """Why sending ended early, in words; empty: it did not."""
        return "; ".join(f"{name}: {one.said}" for name, one in self.channels.items() if one.said)

    @property
    def sentence(self) -> str:
        """What happened, in words."""
        withheld = sum(sum(one.withheld.values()) for one in self.channels.values())
        failed = sum(one.failed for one in self.channels.values())
        parts = [f"{self.sent:,} sent"]
        parts += [f"{withheld:,} withheld"] if withheld else []
        parts += [f"{failed:,} failed"] if failed else []
        parts += [f"{self.waiting:,} waiting"] if self.waiting else []
        later = f" (the next at {self.next_at:%Y-%m-%d %H:%M} UTC)" if self.waiting and self.next_at else ""
        return ", ".join(parts) + later + (f"; stopped: {self.stopped}" if self.stopped else "")


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many messages are in which state, altogether and by origin.

    Attributes
    ----------
    states : state to messages; reasons : ``state: reason`` to messages, of those that have one.
    origins : origin (an audience, a journey, a chat) to states; channels : channel to states.
    due : how many may leave now; next_at : when the next later one may.
    """

    states: Mapping[str, int]
    reasons: Mapping[str, int]
    origins: Mapping[str, Mapping[str, int]]
    channels: Mapping[str, Mapping[str, int]]
    due: int
    next_at: dt.datetime | None


class Outbox:
    """The outbox of a workspace: what waits, what left, what came back; sending that can be killed at any point."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def put(self, messages: Iterable[Outgoing]) -> int:
        """Put messages in, to leave when they may; return how many are new. One that is in already stays as it is."""
        from segmentary.activation.addresses import address_hash, address_kind
        from segmentary.activation.envelope import packed

        settings = self.workspace.settings

        def entries() -> Iterable[kept.Entry]:
            for one in messages:
                kind = address_kind(one.channel, settings.channels)
                yield packed(one, address_hash(kind, one.address, country=settings.country) if kind else "")

        return kept.put(self.workspace.ledger, entries(), at=self.workspace.tick())

    def send(
        self,
        channel: str | None = None,
        origin: str | None = None,
        *,
        limit: int | None = None,
        dry_run: bool = False,
        tell: Tell = quiet,
        stop: Callable[[], bool] = lambda: False,
        path: Path | None = None,
    ) -> Sent:
        """Send what is due: everything, or what is of one channel or origin.

        limit : how many may leave at most; dry_run : judge everything, send nothing; stop : asked between two messages;
        path : where a channel that writes files writes the messages of the one origin.

        Raises
        ------
        SettingsError
            when a channel that something waits for is not set up.
        WorkspaceError
            when what was sent cannot be written down: nothing more is sent then.
        """
        from segmentary.workspace.outbox_sending import send

        return send(
            self.workspace, channel or "", origin or "", limit=limit, dry_run=dry_run, tell=tell, stop=stop, path=path
        )

    def state(self, *, origin: str = "", channel: str = "") -> OutboxState:
        """Count what is in the outbox."""
        ledger, now = self.workspace.ledger, self.workspace.tick()
        states: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        origins: dict[str, Counter[str]] = {}
        channels: dict[str, Counter[str]] = {}
        for one in kept.counts(ledger, origin=origin, channel=channel):
            states[one.state] += one.messages
            origins.setdefault(one.origin, Counter())[one.state] += one.messages
            channels.setdefault(one.channel, Counter())[one.state] += one.messages
            if one.reason:
                reasons[f"{one.state}: {one.reason}"] += one.messages
        due = [kept.due(ledger, now=now, channel=name, origin=origin) for name in channels]
        return OutboxState(
            dict(states),
            dict(reasons),
            {name: dict(one) for name, one in origins.items()},
            {name: dict(one) for name, one in channels.items()},
            sum(ready for ready, _ in due),
            next_of(later for _, later in due),
        )

    def retry(self, *, origin: str = "", channel: str = "") -> int:
        """Let messages wait again that were given up and did not bounce for good; return how many."""
        return kept.retry(self.workspace.ledger, at=self.workspace.tick(), origin=origin, channel=channel)

    def cancel(self, origin: str, *, reason: str = "", customer_id: str = "") -> int:
        """Cancel what has not left of an origin (of one person); return how many messages that are."""
        return kept.cancel(
            self.workspace.ledger, origin, at=self.workspace.tick(), reason=reason, customer_id=customer_id
        )

    def load(self) -> int:
        """Bring into the warehouse what was sent, failed and bounced; return how many messages that are."""
        from segmentary.workspace.reactions import load

        return load(self.workspace)


def next_of(later: Iterable[str]) -> dt.datetime | None:
    """Return the earliest of some moments; empty ones do not count."""
    from segmentary.ledger.ledger import instant

    known = [one for one in later if one]
    return instant(min(known)) if known else None
