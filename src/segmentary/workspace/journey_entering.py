"""Who enters a journey now: for a cause since it came into force, once for each cause, and who is held out."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.journeys import PositionEntry, begin, elsewhere, entered_after, last_entries
from segmentary.schema import EVENTS, EXPOSURES, MEMBERSHIP_LOG
from segmentary.segments.membership import members_query
from segmentary.workspace.record_names import named_records

if TYPE_CHECKING:
    from segmentary.activation.journey.plan import Journey
    from segmentary.workspace.journeys import InForce
    from segmentary.workspace.workspace import Workspace

DIGITS = 15
SOURCE = "segmentary:journeys"


def let_in(workspace: Workspace, held: InForce, now: dt.datetime) -> dict[str, int]:
    """Let everybody in who has a reason to enter; return how many by what became of them."""
    from segmentary.activation.document_parts import bound
    from segmentary.activation.journey.engine import enter
    from segmentary.activation.journey.plan import HELD_OUT

    journey, zone = held.journey, zone_of(workspace)
    starts, ends = bound(journey.starts, zone, end=False), bound(journey.ends, zone, end=True)
    if (starts is not None and now < starts) or (ends is not None and now >= ends):
        return {}
    since = max(held.since, starts) if starts is not None else held.since
    ready = wanted(workspace, held, causes(workspace, journey, since), now)
    ids = sorted(ready)
    if journey.alone:
        busy = elsewhere(workspace.ledger, [n for n, o in workspace.journeys.in_force().items() if o.journey.alone])
        ids = [one for one in ids if one not in busy]
    for name in journey.exclude:
        inside = set(workspace.lookup.members_among(ids, name))
        ids = [one for one in ids if one not in inside]
    never = workspace.experiments.global_holdout()
    ids = [one for one in ids if not drawn("segmentary:global-holdout", one, never, exact=True)]
    start = enter(journey, now)
    entries = []
    for one in ids:
        out = bool(journey.holdout) and drawn(journey.name, one, journey.holdout)
        entries.append(
            PositionEntry(
                0, journey.name, held.version, one, start.step, now, now,
                ended_at=now if out else None, outcome=HELD_OUT if out else "",
            )
        )  # fmt: skip
    begin(workspace.ledger, entries)
    held_out = sum(1 for one in entries if one.outcome)
    return {"entered": len(entries) - held_out, HELD_OUT: held_out}


def causes(workspace: Workspace, journey: Journey, since: dt.datetime) -> dict[str, dt.datetime | None]:
    """Return who has a reason to enter, and since when; no moment: as long as they are members."""
    entry, engine = journey.enter, workspace.warehouse
    if entry.event:
        query = (
            exp.select(column("customer_id"), exp.Max(this=column("happened_at")).as_("at"))
            .from_(exp.table_(EVENTS.name, quoted=True))
            .where(
                exp.EQ(this=column("name"), expression=literal(entry.event)),
                exp.GTE(this=column("happened_at"), expression=literal(since)),
            )
            .group_by(column("customer_id"))
        )
        return {str(who): at.replace(tzinfo=dt.UTC) for who, at in engine.rows(query)}
    served = workspace.lookup.served()
    if entry.segment not in served.positions:
        return {}
    if entry.when == "is":
        return {str(who): None for (who,) in engine.rows(members_query(served.positions[entry.segment]))}
    query = (
        exp.select(column("customer_id"), exp.Max(this=column("detected_at")).as_("at"))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(
            exp.EQ(this=column("segment"), expression=literal(entry.segment)),
            column("entered"),
            exp.GT(this=column("run_id"), expression=exp.Literal.number(0)),
            exp.GTE(this=column("detected_at"), expression=literal(since)),
        )
        .group_by(column("customer_id"))
    )
    entered = {str(who): at.replace(tzinfo=dt.UTC) for who, at in engine.rows(query)}
    return {who: entered[who] for who in workspace.lookup.members_among(entered, entry.segment)}


def wanted(workspace: Workspace, held: InForce, ready: dict[str, dt.datetime | None], now: dt.datetime) -> list[str]:
    """Return those who may enter: not in it, not for a cause they came in for, not again too soon."""
    from segmentary.language.durations import parse_duration
    from segmentary.language.windows import add

    before = last_entries(workspace.ledger, held.journey.name)
    found = []
    for who, cause in ready.items():
        if who not in before:
            found.append(who)
            continue
        last, still = before[who]
        if still or not held.journey.again or (cause is not None and cause <= last):
            continue
        if add(last, parse_duration(held.journey.again), zone_of(workspace)) <= now:
            found.append(who)
    return found


def drawn(salt: str, customer_id: str, share: float, *, exact: bool = False) -> bool:
    """Say whether a person is in a share, drawn by SHA-256(salt ":" id) as experiments draw; always the same.

    exact : the salt is that of all experiments of the workspace, not of one journey.
    """
    if not share:
        return False
    if exact:
        from segmentary.measurement.experiment.assignment import HOLDOUT_SALT

        salt = HOLDOUT_SALT
    digits = sha256(f"{salt}:{customer_id}".encode()).hexdigest()[:DIGITS]
    return bool(int(digits, 16) < Fraction(str(share)) * 16**DIGITS)


def zone_of(workspace: Workspace) -> ZoneInfo:
    """Return the zone of the business."""
    return ZoneInfo(workspace.settings.timezone)


def write_exposures(workspace: Workspace, name: str) -> int:
    """Load who entered and who is held out as exposures, whatever an earlier tick that died left unwritten."""
    import pyarrow as pa

    from segmentary.activation.campaign import HOLDOUT, TREATED
    from segmentary.activation.journey.plan import HELD_OUT

    query = exp.select(exp.Max(this=column("assigned_at"))).from_(exp.table_(EXPOSURES.name, quoted=True))
    query = query.where(exp.EQ(this=column("campaign"), expression=literal(name)))
    last = workspace.engine.value(query)
    missing = entered_after(workspace.ledger, name, last.replace(tzinfo=dt.UTC) if last is not None else None)
    if not missing:
        return 0
    places = {str(who): (str(space), str(record)) for who, space, record in workspace.engine.rows(named_records())}
    for space in sorted({places[one.customer_id][0] for one in missing if one.customer_id in places}):
        part = [one for one in missing if places.get(one.customer_id, ("",))[0] == space]
        columns = {
            "record_id": [places[one.customer_id][1] for one in part],
            "campaign": [name] * len(part),
            "arm": [HOLDOUT if one.outcome == HELD_OUT else TREATED for one in part],
            "assigned_at": [one.entered_at.isoformat(timespec="microseconds") for one in part],
        }
        workspace.add(
            pa.table(columns), kind="exposures", columns={one: one for one in columns}, name=SOURCE, id_space=space,
            timezone="UTC",
        )  # fmt: skip
    return len(missing)
