"""Moving everybody on: as far as each gets now, and what they are sent in the same transaction.

Where a person stands and what was put into the outbox for them are written together: killed at any point, a step is
either behind them with its message in the outbox, or still before them with no message.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.journeys import PositionEntry, move, under_way
from segmentary.ledger.ledger import instant_text
from segmentary.schema import IDENTITY_MAP
from segmentary.workspace.journey_entering import zone_of
from segmentary.workspace.journey_facts import facts, origin_of
from segmentary.workspace.sending_gate import zones_of

if TYPE_CHECKING:
    from segmentary.activation.journey.plan import Journey, Send
    from segmentary.activation.message import Outgoing
    from segmentary.models.progress import Tell
    from segmentary.workspace.workspace import Workspace

BATCH = 500
MERGED = "merged"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Due:
    """One person at one send step. ``message`` is the id it gets: the same whenever this is tried again."""

    position: PositionEntry
    send: Send
    message: str


def move_on(workspace: Workspace, name: str, now: dt.datetime, tell: Tell) -> Counter[str]:
    """Move everybody in a journey on; return how many moved, were sent something, and ended, by outcome."""
    from segmentary.activation.journey.engine import Position, advance

    done: Counter[str] = Counter()
    versions = workspace.journeys.versions(name)
    people = followed(workspace, under_way(workspace.ledger, name), now, done)
    known = facts(workspace, {one.version: versions[one.version] for one in people}.values(), people)
    zone = zone_of(workspace)
    own_zones = zones_of(workspace) if any(waits_for_a_time(one) for one in versions.values()) else {}
    for number, part in enumerate(pieces(people)):
        tell(f"{name}: {number * BATCH:,} of {len(people):,}", number * BATCH / max(1, len(people)))
        changed: list[PositionEntry] = []
        due: list[Due] = []
        for one in part:
            place = Position(one.step, one.entered_at, one.since, one.wake_at)
            found = advance(
                versions[one.version], place, known.of(one.customer_id), now, zone, own_zones.get(one.customer_id)
            )
            after = replace(
                one, step=found.position.step, since=found.position.since, wake_at=found.position.wake_at,
                ended_at=now if found.outcome else None, outcome=found.outcome,
            )  # fmt: skip
            due += [Due(one, send, message_id(one, send.id)) for send in found.sends]
            if after != one:
                changed.append(after)
                done["moved"] += 1
            if found.outcome:
                done[found.outcome] += 1
        outgoing = outgoing_of(workspace, versions, due, done)
        with workspace.ledger.transaction():
            move(workspace.ledger, changed)
            done["sent"] += workspace.outbox.put(outgoing)
    return done


def waits_for_a_time(journey: Journey) -> bool:
    """Say whether a journey waits for a time of day somewhere."""
    return any(getattr(step, "until", "") for step in journey.steps)


def pieces(people: Sequence[PositionEntry]) -> Iterator[Sequence[PositionEntry]]:
    for start in range(0, len(people), BATCH):
        yield people[start : start + BATCH]


def message_id(one: PositionEntry, step: str) -> str:
    """Return the id of what a step sends: of the entry, the step, and since when they stood before it."""
    parts = (one.journey, one.version, one.customer_id, instant_text(one.entered_at), instant_text(one.since), step)
    return "j-" + sha256("\n".join(parts).encode()).hexdigest()[:32]


def followed(
    workspace: Workspace, people: Sequence[PositionEntry], now: dt.datetime, done: Counter[str]
) -> list[PositionEntry]:
    """Return the people by the ids they have now: who was merged goes on as the survivor, once; who is gone ends."""
    served = workspace.lookup.served().places
    strangers = [one.customer_id for one in people if one.customer_id not in served]
    if not strangers:
        return list(people)
    query = exp.select(column("record_id"), column("customer_id")).from_(exp.table_(IDENTITY_MAP.name, quoted=True))
    wanted = exp.In(this=column("record_id"), expressions=[literal(one) for one in strangers])
    now_called = {str(record): str(customer) for record, customer in workspace.engine.rows(query.where(wanted))}
    taken = {one.customer_id for one in people}
    kept, ended, renamed = [], [], []
    for one in people:
        called = now_called.get(one.customer_id)
        if one.customer_id in served or called == one.customer_id:
            kept.append(one)
        elif called is None or called in taken:
            outcome = MERGED if called else GONE
            ended.append(replace(one, ended_at=now, outcome=outcome))
            done[outcome] += 1
        else:
            taken.add(called)
            renamed.append((called, one.number))
            kept.append(replace(one, customer_id=called))
    with workspace.ledger.transaction():
        move(workspace.ledger, ended)
        workspace.ledger.connection.executemany(
            "update journey_positions set customer_id = ? where number = ? and ended_at = ''", renamed
        )
    return kept


def outgoing_of(
    workspace: Workspace, versions: dict[str, Journey], due: Sequence[Due], done: Counter[str]
) -> list[Outgoing]:
    """Render what is due: messages with the journey's name as campaign and the step as origin."""
    if not due:
        return []
    from segmentary.workspace.journey_sending import rendered

    found = []
    for one, made in rendered(workspace, versions, due):
        if made is None:
            done["no_content"] += 1
        else:
            found.append(replace(made, message=one.message, origin=origin_of(one.position.journey, one.send.id)))
    return found
