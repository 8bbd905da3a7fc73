"""Conversations and their turns: a turn that was acknowledged is kept, and the same request gets the same reply.

What somebody said and what they were told are committed together with where the conversation stands then. Two writers
cannot take the same step: a turn says which turn it follows, and is refused when that is no longer the last one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.errors import UnknownNameError, WorkspaceError
from segmentary.ledger.ledger import Ledger, instant, instant_text

Direction = Literal["in", "out"]
COLUMNS = "conversation, bot, channel, customer_id, verified, state, started_at, last_at, ended_at, handed_over_at"
TURN = "number, conversation, request, direction, text, detail, happened_at, load_id"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation as it stands. state : what the engine remembers. ended_at, handed_over_at : None until then."""

    conversation: str
    bot: str
    channel: str
    customer_id: str
    verified: bool
    state: dict[str, Any]
    started_at: dt.datetime
    last_at: dt.datetime
    ended_at: dt.datetime | None = None
    handed_over_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One side of one turn. load_id : of the load that brought it into the warehouse; empty: none yet."""

    number: int
    conversation: str
    request: str
    direction: Direction
    text: str
    detail: dict[str, Any]
    happened_at: dt.datetime
    load_id: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One side of a turn that is to be kept."""

    direction: Direction
    text: str
    detail: Mapping[str, Any]


class TurnTakenError(WorkspaceError):
    """Somebody else took this turn of the conversation meanwhile."""


def append_conversation(ledger: Ledger, one: Conversation) -> Conversation:
    """Keep a new conversation; one of the same id stays as it is and is returned."""
    with ledger.transaction():
        held = find_conversation(ledger, one.conversation)
        if held is not None:
            return held
        ledger.connection.execute(
            f"insert into conversations ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                one.conversation,
                one.bot,
                one.channel,
                one.customer_id,
                int(one.verified),
                json.dumps(one.state),
                instant_text(one.started_at),
                instant_text(one.last_at),
                moment(one.ended_at),
                moment(one.handed_over_at),
            ),
        )
    return one


def find_conversation(ledger: Ledger, conversation: str) -> Conversation | None:
    """Return a conversation, if there is one of that id."""
    rows = ledger.rows(f"select {COLUMNS} from conversations where conversation = ?", conversation)  # noqa: S608
    return conversation_of(rows[0]) if rows else None


def conversation(ledger: Ledger, name: str) -> Conversation:
    """Return a conversation.

    Raises
    ------
    UnknownNameError
        when there is none of that id.
    """
    found = find_conversation(ledger, name)
    if found is None:
        raise UnknownNameError("conversation", name, [], see="open one first")
    return found


def conversations(ledger: Ledger, bot: str = "", *, limit: int = 1_000) -> list[Conversation]:
    """Return conversations, those spoken in last first."""
    rows = ledger.rows(
        f"select {COLUMNS} from conversations where ? in ('', bot) order by last_at desc limit ?",  # noqa: S608
        bot,
        limit,
    )
    return [conversation_of(row) for row in rows]


def silent_conversations(ledger: Ledger, bot: str, *, since: dt.datetime) -> list[Conversation]:
    """Return the conversations of a bot that are open and in which nothing was said since a moment."""
    rows = ledger.rows(
        f"select {COLUMNS} from conversations where bot = ? and ended_at = '' and last_at < ?",  # noqa: S608
        bot,
        instant_text(since),
    )
    return [conversation_of(row) for row in rows]


def append_turn(
    ledger: Ledger,
    then: Conversation,
    said: Sequence[Said],
    *,
    request: str,
    after: int,
    at: dt.datetime,
) -> list[Turn]:
    """Keep both sides of a turn and where the conversation stands after it: all or nothing.

    then : the conversation after the turn. after : number of the last turn when it was read.

    Raises
    ------
    TurnTakenError
        when another turn came between.
    """
    with ledger.transaction():
        if last_turn(ledger, then.conversation) != after:
            raise TurnTakenError(f"the conversation {then.conversation} went on meanwhile", hint="say it again")
        for one in said:
            ledger.connection.execute(
                "insert into turns (conversation, request, direction, text, detail, happened_at)"
                " values (?, ?, ?, ?, ?, ?)",
                (then.conversation, request, one.direction, one.text, json.dumps(one.detail), instant_text(at)),
            )
        ledger.connection.execute(
            "update conversations set bot = ?, customer_id = ?, verified = ?, state = ?, last_at = ?, ended_at = ?,"
            " handed_over_at = ? where conversation = ?",
            (
                then.bot,
                then.customer_id,
                int(then.verified),
                json.dumps(then.state),
                instant_text(at),
                moment(then.ended_at),
                moment(then.handed_over_at),
                then.conversation,
            ),
        )
    return turns(ledger, then.conversation, after=after)


def last_turn(ledger: Ledger, conversation: str) -> int:
    """Return the number of the last turn of a conversation; 0 where nothing was said."""
    return int(ledger.rows("select coalesce(max(number), 0) from turns where conversation = ?", conversation)[0][0])


def turns(ledger: Ledger, conversation: str, *, after: int = 0) -> list[Turn]:
    """Return the turns of a conversation, in order."""
    rows = ledger.rows(
        f"select {TURN} from turns where conversation = ? and number > ? order by number",  # noqa: S608
        conversation,
        after,
    )
    return [turn_of(row) for row in rows]


def reply_to(ledger: Ledger, conversation: str, request: str) -> Turn | None:
    """Return what was said to a request before; None when it is new."""
    rows = ledger.rows(
        f"select {TURN} from turns where conversation = ? and request = ? and direction = 'out'",  # noqa: S608
        conversation,
        request,
    )
    return turn_of(rows[0]) if rows else None


def turns_of(ledger: Ledger, customer_id: str, *, since: dt.datetime, after: int = 0) -> list[Turn]:
    """Return the turns of every verified conversation of a customer since a moment, oldest first.

    after : only turns of a higher number.
    """
    rows = ledger.rows(
        f"select {', '.join('t.' + name for name in TURN.split(', '))} from conversations c"  # noqa: S608
        " join turns t on t.conversation = c.conversation"
        " where c.customer_id = ? and c.verified = 1 and c.last_at >= ? and t.happened_at >= ? and t.number > ?"
        " order by t.number",
        customer_id,
        instant_text(since),
        instant_text(since),
        after,
    )
    return [turn_of(row) for row in rows]


def unloaded_turns(ledger: Ledger, *, limit: int = 100_000) -> list[tuple[Turn, Conversation]]:
    """Return the turns that the warehouse does not have yet, with their conversations, oldest first."""
    names = ", ".join(f"t.{name}" for name in TURN.split(", "))
    more = ", ".join(f"c.{name}" for name in COLUMNS.split(", "))
    rows = ledger.rows(
        f"select {names}, {more} from turns t join conversations c on c.conversation = t.conversation"  # noqa: S608
        " where t.load_id = '' order by t.number limit ?",
        limit,
    )
    width = len(TURN.split(", "))
    return [(turn_of(row[:width]), conversation_of(row[width:])) for row in rows]


def codes_sent(ledger: Ledger, customer_id: str, *, since: dt.datetime) -> int:
    """Count the codes that chats had sent to a customer since a moment."""
    query = "select count(*) from outbox where customer_id = ? and origin like 'chat:%' and created_at >= ?"
    return int(ledger.rows(query, customer_id, instant_text(since))[0][0])


def mark_loaded(ledger: Ledger, numbers: Iterable[int], load_id: str) -> None:
    """Note which load brought some turns into the warehouse."""
    with ledger.transaction():
        ledger.connection.executemany(
            "update turns set load_id = ? where number = ?", [(load_id, number) for number in numbers]
        )


def moment(at: dt.datetime | None) -> str:
    """Return an instant as text; empty for none."""
    return "" if at is None else instant_text(at)


def conversation_of(row: tuple[Any, ...]) -> Conversation:
    """Return a conversation of a row."""
    name, bot, channel, customer, verified, state, started, last, ended, handed = row
    return Conversation(
        name,
        bot,
        channel,
        customer,
        bool(verified),
        json.loads(state),
        instant(started),
        instant(last),
        instant(ended) if ended else None,
        instant(handed) if handed else None,
    )


def turn_of(row: tuple[Any, ...]) -> Turn:
    """Return a turn of a row."""
    number, name, request, direction, text, detail, happened_at, load_id = row
    return Turn(number, name, request, direction, text, json.loads(detail), instant(happened_at), load_id)


def open_conversations_of(ledger: Ledger, customer_id: str) -> list[Conversation]:
    """Return the verified conversations of a customer that are open, those spoken in last first."""
    rows = ledger.rows(
        f"select {COLUMNS} from conversations where customer_id = ? and verified = 1 and ended_at = ''"  # noqa: S608
        " order by last_at desc",
        customer_id,
    )
    return [conversation_of(row) for row in rows]
