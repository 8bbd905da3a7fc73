"""The state of a business on one page: its figures, what changed, what wants looking at, how far the work is.

Facts only; the words people read are those of the page. Everything is read from what is served and from the ledger,
so that the page is quick however large the business is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.campaign_facts import campaigns_drawn, first_sent
from segmentary.ledger.definitions import current
from segmentary.ledger.loads import loads
from segmentary.ledger.outbox import counts
from segmentary.ledger.records import current_records
from segmentary.ledger.runs import RunEntry
from segmentary.profiles.consent import contactable
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.workspace.status import FRESH, States

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

SHOWN_RUNS = 12
SHOWN_MOVES = 5
STALE_DAYS = 8


@dataclass(frozen=True, slots=True)
class Month:
    """Sales of one month, gross, in the workspace's currency; ``partial``: it was not seen to its end."""

    first_day: dt.date
    money: Decimal
    buyers: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Move:
    """What the newest run did to a segment: people who came and went, and the commonest reason of each."""

    segment: str
    title: str
    people: int
    entered: int
    left: int
    entered_because: str
    left_because: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source: files and rows accepted, when the newest one came, and how many days ago that is."""

    source: str
    kind: str
    files: int
    rows: int
    newest: dt.datetime
    age_days: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Work:
    """How far the work is: counts of what there is, by step of the way from data to results.

    status : of the segments, the first that is not fresh; waiting, withheld : messages in the outbox.
    """

    sources: int
    has_orders: bool
    has_consents: bool
    has_answers: bool
    runs: int
    status: str
    loads_since_run: int
    segments: int
    discoveries: int
    predictions: int
    markets: int
    campaigns: int
    audiences: int
    journeys: int
    bots: int
    experiments: int
    sent_since: dt.datetime | None
    sent: int
    waiting: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the first page shows.

    customers : people of the newest run, per run oldest first; covered : people in at least one segment.
    reachable : people who may be written to by e-mail for marketing now.
    """

    now: dt.datetime
    as_of: dt.datetime | None
    customers: tuple[int, ...]
    covered: int | None
    reachable: int | None
    months: tuple[Month, ...]
    moves: tuple[Move, ...]
    sources: tuple[SourceState, ...]
    work: Work


def overview(workspace: Workspace) -> Overview:
    """Return the state of the business."""
    run, now = workspace.last_run(), workspace.tick()
    customers = tuple(int(one.context.get("universe", 0)) for one in workspace.runs()[-SHOWN_RUNS:])
    sources = source_states(workspace, now)
    return Overview(
        now,
        run.as_of if run is not None else None,
        customers,
        covered(workspace) if run is not None else None,
        reachable(workspace, now) if sources and has_consents(workspace) else None,
        months(workspace, run) if run is not None else (),
        moves(workspace, run) if run is not None else (),
        sources,
        work_done(workspace, run, sources),
    )


def covered(workspace: Workspace) -> int:
    """Return how many people the newest run has in at least one segment."""
    from segmentary.segments.membership import MEMBERSHIP

    if not workspace.warehouse.has_table(MEMBERSHIP):
        return 0
    masks = [name for name in workspace.warehouse.columns(MEMBERSHIP) if name.startswith("mask")]
    if not masks:
        return 0
    somewhere = exp.or_(*(exp.NEQ(this=column(name), expression=literal(0)) for name in masks))
    query = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(MEMBERSHIP, quoted=True)).where(somewhere)
    return int(workspace.warehouse.value(query))


def reachable(workspace: Workspace, now: dt.datetime) -> int:
    """Return how many people may be written to by e-mail for marketing."""
    people = contactable(workspace.engine, purpose="marketing", channel="email", at=now).subquery("asked")
    query = exp.select(exp.Count(this=exp.Star())).from_(people).where(column("allowed"))
    return int(workspace.engine.value(query))


def has_consents(workspace: Workspace) -> bool:
    """Say whether anybody ever decided about being contacted."""
    return any(name.startswith(("consent_", "may_contact_")) for name in workspace.derived.attribute_types())


def months(workspace: Workspace, run: RunEntry) -> tuple[Month, ...]:
    """Return the sales of the newest months, oldest first; learnt once per load and moment."""
    if "order_completed" not in workspace.derived.events():
        return ()
    found = workspace.derived.learnt(f"months {run.as_of}", lambda: workspace.sales("month", as_of=run.as_of))
    rows = [row for row in found.rows if row.value is not None][-SHOWN_RUNS:]
    return tuple(Month(dt.date.fromisoformat(row.value), row.money, row.buyers, bool(row.note)) for row in rows)


def moves(workspace: Workspace, run: RunEntry) -> tuple[Move, ...]:
    """Return the segments the newest run moved most, largest first; nothing after the first run."""
    query = (
        exp.select(column("segment"), column("entered"), column("reason"), exp.Count(this=exp.Star()).as_("people"))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(column("run_id").eq(literal(run.run_id)), column("reason").neq(literal("backfill")))
        .group_by(column("segment"), column("entered"), column("reason"))
    )
    moved: dict[str, dict[bool, dict[str, int]]] = {}
    for segment, entered, reason, people in workspace.warehouse.rows(query):
        moved.setdefault(segment, {True: {}, False: {}})[bool(entered)][reason] = people
    sizes = {one.name: one for one in workspace.segments()} if moved else {}
    found = [
        Move(
            name,
            sizes[name].title,
            sizes[name].people or 0,
            sum(ways[True].values()),
            sum(ways[False].values()),
            commonest(ways[True]),
            commonest(ways[False]),
        )
        for name, ways in moved.items()
        if name in sizes
    ]
    found.sort(key=lambda one: (-(one.entered + one.left), one.segment))
    return tuple(found[:SHOWN_MOVES])


def commonest(reasons: Mapping[str, int]) -> str:
    """Return the reason most people have; of equal ones the first by name."""
    return min(reasons, key=lambda reason: (-reasons[reason], reason), default="")


def source_states(workspace: Workspace, now: dt.datetime) -> tuple[SourceState, ...]:
    """Return every source people brought in, the one that came last first."""
    found: dict[str, SourceState] = {}
    for load in loads(workspace.ledger):
        if load.source.startswith("segmentary:"):
            continue
        before = found.get(load.source)
        age = max(0, (now - load.known_at).days)
        found[load.source] = SourceState(
            load.source,
            load.kind,
            (before.files if before else 0) + 1,
            (before.rows if before else 0) + int(load.report.get("rows_kept", 0)),
            load.known_at,
            age,
            age > STALE_DAYS,
        )
    return tuple(sorted(found.values(), key=lambda one: (one.newest, one.source), reverse=True))


def work_done(workspace: Workspace, run: RunEntry | None, sources: tuple[SourceState, ...]) -> Work:
    """Count what there is along the way."""
    ledger = workspace.ledger
    states = States(workspace, run)
    held = current(ledger, "segment")
    stale = next((said for said in map(states.of, held) if said != FRESH), FRESH) if run is not None else ""
    names = workspace.derived.attribute_types() if sources else {}
    outbox = {state: sum(one.messages for one in counts(ledger) if one.state == state) for state in OUTBOX}
    drawn = campaigns_drawn(ledger)
    firsts = [moment for moment in (first_sent(ledger, name) for name in drawn) if moment is not None]
    kept = {kind: len(current_records(ledger, kind)) for kind in RECORDS}  # type: ignore[arg-type]
    return Work(
        len(sources),
        "order_completed" in workspace.derived.events() if sources else False,
        has_consents(workspace) if sources else False,
        any("." not in name and name.startswith(("q_", "item_", "answer_")) for name in names)
        or any(one.kind in ("survey", "answers") for one in sources),
        len(workspace.runs()),
        stale,
        states.later,
        len(held),
        kept["solution"],
        kept["prediction"],
        kept["target"] + kept["market"],
        kept["campaign"],
        len(drawn),
        kept["journey"],
        kept["bot"],
        kept["experiment"],
        min(firsts, default=None),
        outbox["sent"],
        outbox["waiting"],
        outbox["withheld"],
    )


OUTBOX = ("sent", "waiting", "withheld")
RECORDS = ("solution", "prediction", "target", "market", "campaign", "journey", "bot", "experiment")
