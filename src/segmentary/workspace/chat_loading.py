"""From the ledger into the warehouse: transcripts as messages, answers as dated attributes, what happened as events.

Loaded in batches by the ordinary loader, as files of the source ``segmentary:chat``; so rebuild, verify, history and
erasure treat them like everything else that was told. Killed in between, the same turns are loaded again: messages
and events have ids, answers are the same rows, so nothing counts twice.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from segmentary.activation.chat.replying import said
from segmentary.activation.chat.state import Known, State
from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.conversations import (
    Conversation,
    Said,
    Turn,
    TurnTakenError,
    append_turn,
    conversation,
    last_turn,
    mark_loaded,
    silent_conversations,
    unloaded_turns,
)
from segmentary.schema import IDENTITY_MAP
from segmentary.workspace.chat_people import SOURCE
from segmentary.workspace.loading import AddOptions
from segmentary.workspace.score_files import LONG

if TYPE_CHECKING:
    from segmentary.workspace.chats import Chats
    from segmentary.workspace.workspace import Workspace

MESSAGES = pa.schema(
    [(n, pa.string()) for n in ("record_id", "message_id", "channel", "direction", "conversation_id", "text")]
    + [("happened_at", pa.timestamp("us"))]
)
EVENTS = pa.schema(
    [(name, pa.string()) for name in ("record_id", "message_id", "name", "session_id", "channel")]
    + [("happened_at", pa.timestamp("us"))]
)
CHANNEL = "chat"
Pairs = list[tuple[Turn, Conversation]]


def load(chats: Chats) -> int:
    """Load every turn that the warehouse does not have; return how many."""
    workspace = chats.workspace
    waiting = unloaded_turns(workspace.ledger)
    if not waiting:
        return 0
    records = records_of(workspace, {customer_of(*pair) for pair in waiting} - {""})
    by_space: dict[str, Pairs] = {}
    for turn, one in waiting:
        space = records.get(customer_of(turn, one), ("customer", ""))[0]
        by_space.setdefault(space, []).append((turn, one))
    with tempfile.TemporaryDirectory(dir=workspace.archive.folder) as folder:
        found, marks = [], []
        for number, (space, pairs) in enumerate(sorted(by_space.items())):
            place = Path(folder) / f"{number}"
            place.mkdir()
            for kind, table in tables(pairs, records).items():
                if table.num_rows:
                    path = place / f"{kind}.parquet"
                    pq.write_table(table, path)
                    found += workspace.loader.propose([path], options(kind, space, table))
            marks += [turn.number for turn, _ in pairs]
        reports = workspace.load(found)
        mark_loaded(workspace.ledger, marks, reports[0].load_id if reports else SOURCE)
    return len(waiting)


def customer_of(turn: Turn, one: Conversation) -> str:
    """Return whose turn it is; empty for a visitor's. What the outbox put in is for whom the conversation is."""
    if "message" in turn.detail and one.verified:
        return one.customer_id
    return str(turn.detail.get("customer", ""))


def options(kind: str, space: str, table: pa.Table) -> AddOptions:
    """Return how a file of ours is read: nothing is guessed."""
    canonical = [name for name in table.column_names if not name.startswith("p_")]
    own = {name.removeprefix("p_"): name for name in table.column_names if name.startswith("p_")}
    fields: dict[str, Any] = {"id_space": space, "timezone": "UTC", "ignored": (), "attributes": own}
    return AddOptions(kind, {name: name for name in canonical}, SOURCE, fields=fields)  # type: ignore[arg-type]


def tables(pairs: Pairs, records: Mapping[str, tuple[str, str]]) -> dict[str, pa.Table]:
    """Return the rows of turns by the kind of file they go into."""
    messages, events, attributes = [], [], []
    for turn, one in pairs:
        when = turn.happened_at.replace(tzinfo=None)
        record = records.get(customer_of(turn, one), ("", ""))[1] or None
        messages.append(
            {
                "record_id": record,
                "message_id": f"{turn.conversation}.{turn.number}",
                "channel": CHANNEL,
                "direction": turn.direction,
                "conversation_id": turn.conversation,
                "text": turn.text,
                "happened_at": when,
            }
        )
        if record is None:
            continue
        for effect in turn.detail.get("effects", ()):
            if effect["kind"] == "answered":
                attributes.append(
                    {
                        "record_id": record,
                        "name": effect["trait"],
                        "value": effect["value"],
                        "value_type": effect["value_type"],
                        "valid_from": when,
                    }
                )
            elif effect["kind"] == "happened":
                events.append(event_row(effect, record, turn, when))
    return {
        "messages": pa.Table.from_pylist(messages, schema=MESSAGES),
        "attributes": pa.Table.from_pylist(attributes, schema=LONG),
        "events": events_table(events),
    }


def event_row(effect: Mapping[str, Any], record: str, turn: Turn, when: dt.datetime) -> dict[str, Any]:
    """Return an event of a turn, its properties beside it."""
    row: dict[str, Any] = {
        "record_id": record,
        "message_id": effect["id"],
        "name": effect["name"],
        "session_id": turn.conversation,
        "channel": CHANNEL,
        "happened_at": when,
    }
    for name, value in effect["properties"].items():
        row[f"p_{name}"] = value if isinstance(value, int | float) else str(value)
    return row


def events_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return events with a column for each property there is; a property of several types is text."""
    names = sorted({name for row in rows for name in row if name.startswith("p_")})
    schema = EVENTS
    for name in names:
        numeric = all(isinstance(row[name], int | float) for row in rows if name in row)
        schema = schema.append(pa.field(name, pa.float64() if numeric else pa.string()))
        if not numeric:
            rows = [{**row, name: str(row[name])} if name in row else row for row in rows]
    return pa.Table.from_pylist(rows, schema=schema)


def records_of(workspace: Workspace, customers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return one record of each customer: whose id, and the id. Who was merged is found by the old id."""
    wanted = sorted(customers)
    if not wanted:
        return {}
    workspace.derived.ensure()
    names = ("id_space", "record_id", "customer_id")
    asked = [literal(one) for one in wanted]
    query = exp.select(*map(column, names)).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    query = query.where(exp.or_(column("customer_id").isin(*asked), column("record_id").isin(*asked)))
    found: dict[str, tuple[str, str]] = {}
    rows = sorted(workspace.engine.rows(query), key=lambda row: (row[0], row[1]))
    for space, record, customer in rows:
        if customer in wanted and (customer not in found or record == customer):
            found[customer] = (space, record)
    for space, record, _ in rows:
        if record in wanted and record not in found:
            found[record] = (space, record)
    return found


def close_silent(chats: Chats) -> int:
    """End conversations in which nothing was said for long; return how many."""
    workspace = chats.workspace
    ended = 0
    for name in chats.kept():
        bot = chats.get(name)
        now = workspace.tick()
        since = now - dt.timedelta(minutes=bot.silent_minutes)
        for found in silent_conversations(workspace.ledger, name, since=since):
            after = last_turn(workspace.ledger, found.conversation)
            held = conversation(workspace.ledger, found.conversation)
            if held.handed_over_at is not None or held.last_at >= since:
                continue
            state = replace(State.from_document(held.state).free(), ended=True)
            lines = said(bot, "silent", state, Known(now))
            text = "\n".join(line.text for line in lines)
            own = {"customer": held.customer_id} if held.verified else {}
            then = replace(held, state=state.to_document(), ended_at=now)
            try:
                append_turn(workspace.ledger, then, [Said("out", text, own)], request="silence", after=after, at=now)
            except TurnTakenError:
                continue
            ended += 1
    return ended
