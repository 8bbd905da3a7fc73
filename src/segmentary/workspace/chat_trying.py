"""Trying a bot as a customer or a visitor: what it would say, while nothing is kept.

Everything said so far is said again in a transaction that is taken back. So no turn of it is in any transcript, no
offer is promised, no decision of a customer's is written down, and no code is mailed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.documents import trial

if TYPE_CHECKING:
    from segmentary.workspace.chat_turns import ChatReply
    from segmentary.workspace.workspace import Workspace

MOST_TURNS = 25
LONGEST = 500
TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is tried. customer_id : empty: a visitor. said : what they say, in order."""

    bot: str
    customer_id: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn: what was said (empty: the greeting) and the reply."""

    said: str
    reply: ChatReply


@dataclass(frozen=True, slots=True)
class Tried:
    """A conversation that was tried."""

    bot: str
    customer_id: str
    exchanges: tuple[Exchange, ...]

    @property
    def over(self) -> bool:
        """Whether the bot ended it, or a person would take over."""
        last = self.exchanges[-1].reply if self.exchanges else None
        return last is not None and bool(last.ended or last.handed_over)


def tried(workspace: Workspace, asked: Asked) -> Tried:
    """Say everything and return the replies; nothing is kept.

    Raises
    ------
    UnknownNameError
        when there is no such bot or customer.
    UsageError
        when more is said than a trial takes.
    """
    if len(asked.said) > MOST_TURNS or any(len(one) > LONGEST for one in asked.said):
        raise UsageError("this is too long for a trial", hint=f"at most {MOST_TURNS} turns of {LONGEST} letters")
    if asked.bot not in workspace.chats.kept():
        raise UnknownNameError("bot", asked.bot, workspace.chats.kept())
    # Made before the transaction: learning its examples takes a while, and others write to the ledger.
    workspace.chats.bot(asked.bot)
    found: list[Exchange] = []
    with trial(workspace.ledger):
        name = workspace.chats.open(asked.bot, TRIAL, asked.customer_id or None, verified=bool(asked.customer_id))
        found.append(Exchange("", workspace.chats.greet(name)))
        for text in asked.said:
            if found[-1].reply.ended:
                break
            found.append(Exchange(text, workspace.chats.say(name, text)))
    workspace.chats.people.spoken.clear()
    return Tried(asked.bot, asked.customer_id, tuple(found))
