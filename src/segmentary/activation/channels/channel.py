"""What a channel is: it delivers one message and says what became of it; it never decides whom to write to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from segmentary.activation.message import Outgoing

Outcome = Literal["sent", "retry", "failed"]
LONGEST_REPLY = 300
NOT_SOON = 3_600.0
"""Seconds to wait where waiting does not help, such as for a wrong password: sending stops, somebody has to look."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message.

    Attributes
    ----------
    outcome : ``sent``: taken by the next server; ``retry``: not now, maybe later; ``failed``: never.
    reply : what the other side said, at most 300 characters. It stays in the ledger and is not printed with addresses.
    permanent : failed only: the address itself is dead (a hard bounce), so nothing is to be sent to it any more.
    everybody : retry only: the fault is the channel's (no connection, wrong password, told to slow down), so that any
        other message would fare the same; it costs the message no attempt.
    wait_seconds : retry only: for how long the other side asked to be left alone.
    """

    outcome: Outcome
    reply: str = ""
    permanent: bool = False
    everybody: bool = False
    wait_seconds: float = 0.0


class Channel(Protocol):
    """A way to reach people. Not for several threads at once."""

    name: str

    def deliver(self, message: Outgoing) -> Receipt:
        """Deliver one message; delivered again it carries the same id. What the network does is no exception."""
        ...

    def check(self) -> list[str]:
        """Say what works, without delivering anything.

        Raises
        ------
        SegmentaryError
            when something does not.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def short(reply: str) -> str:
    """Return a reply on one line, at most 300 characters, without what could steer a terminal."""
    line = " ".join("".join(c if c.isprintable() else " " for c in reply).split())
    return line[:LONGEST_REPLY]
