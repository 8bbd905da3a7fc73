"""A webhook's body in, its answer out: one conversation for each sender, one answer for each request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segmentary.activation.chat.dialects import Incoming, Outgoing, answer, dialect_of, incoming
from segmentary.errors import SegmentaryError, UsageError
from segmentary.ledger.conversations import find_conversation

if TYPE_CHECKING:
    from segmentary.workspace.chats import Chats


def handle(chats: Chats, body: Mapping[str, Any], dialect: str, bot: str) -> Any:
    """Answer one request in its own dialect.

    bot : which bot answers where the body names none; empty: the only one there is.

    Raises
    ------
    DataError
        when the body is not of this dialect.
    """
    chosen = dialect_of(dialect)
    asked = incoming(body, chosen)
    conversation = opened(chats, asked, bot, chosen)
    found = chats.say(conversation, asked.text, asked.request)
    intent = str(found.why.get("intent", ""))
    return answer(Outgoing(asked.sender, found.lines, found.buttons, found.handed_over, found.ended, intent), chosen)


def opened(chats: Chats, asked: Incoming, bot: str, dialect: str) -> str:
    """Return the conversation of a sender: the one that goes on, or a new one.

    Who signed in meanwhile, or is somebody else now, begins a new one: what a visitor said stays a visitor's.
    """
    customer_id = chats.identity.read(asked.token) if asked.token else None
    name = asked.bot or bot or only_bot(chats)
    base = f"{name}:{dialect}:{asked.sender}"
    if customer_id is not None:
        base = f"{base}:{customer_id}"
    number = 1
    while True:
        conversation = base if number == 1 else f"{base}#{number}"
        held = find_conversation(chats.workspace.ledger, conversation)
        if held is None or held.ended_at is None or answered_there(chats, conversation, asked.request):
            break
        number += 1
    try:
        return chats.open(name, dialect, customer_id, verified=customer_id is not None, conversation_id=conversation)
    except SegmentaryError:
        if held is None:
            raise
        return conversation


def answered_there(chats: Chats, conversation: str, request: str) -> bool:
    """Say whether a request was answered in a conversation that has ended since."""
    from segmentary.ledger.conversations import reply_to

    return bool(request) and reply_to(chats.workspace.ledger, conversation, request) is not None


def only_bot(chats: Chats) -> str:
    """Return the bot that answers where none is named.

    Raises
    ------
    UsageError
        when there is none, or more than one.
    """
    names = list(chats.kept())
    if len(names) != 1:
        there = f"there are {', '.join(names)}" if names else "there is none yet"
        raise UsageError(f"which bot is to answer? {there}", hint="name it, or apply a bot's document")
    return names[0]
