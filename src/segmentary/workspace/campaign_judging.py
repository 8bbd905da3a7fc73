"""Judging everybody a campaign is for: the first reason that speaks against writing to them, all in the warehouse."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.addresses import FREE_OF_CONSENT, address_kind, consent_channel
from segmentary.activation.caps import ANY, contact_rules
from segmentary.engine.sqlfile import column, literal, query
from segmentary.errors import UsageError
from segmentary.ledger.contacts import contacts_since
from segmentary.ledger.decisions import last_words
from segmentary.ledger.ledger import instant
from segmentary.ledger.records import current_records
from segmentary.ledger.runs import RunEntry, runs
from segmentary.ledger.suppressions import suppressions
from segmentary.profiles.consent import contactable
from segmentary.segments.history import served_query
from segmentary.workspace.contact_addresses import best_addresses
from segmentary.workspace.recent_contacts import told_elsewhere
from segmentary.workspace.record_names import other_ids

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.workspace.workspace import Workspace

FOLDER = Path(__file__).parent
PREFIX = "audience"
PEOPLE, JUDGED = f"{PREFIX}_people", f"{PREFIX}_judged"
TEXT = pa.string()
PARTS = (
    *("people", "judged", "verdicts", "live", "excluded", "addresses", "suppressed", "suppressed_people"),
    *("contacts", "capped", "travelling", "before", "strata", "drawn", "ids"),
)


@dataclass(frozen=True, slots=True)
class Judging:
    """How a campaign's people are judged: by which run's memberships, at which moment, on which channel.

    consent : whose consent counts, where not that of the channel. needs_address : whether nobody is written to without.
    """

    campaign: Campaign
    run: RunEntry
    at: dt.datetime
    channel: str
    consent: str = ""
    needs_address: bool = True

    def asked(self, workspace: Workspace) -> str:
        """Return the channel whose consent counts."""
        return self.consent or consent_channel(self.channel, workspace.settings.channels)

    @property
    def free(self) -> bool:
        """Whether no consent is needed: then neither holdout nor journeys stand in the way."""
        return self.campaign.purpose == FREE_OF_CONSENT


def served_run(workspace: Workspace, campaign: Campaign, as_of: dt.datetime | None) -> RunEntry:
    """Return the newest run (as of a moment) that served every segment of a campaign.

    Raises
    ------
    UsageError
        when there is none.
    """
    names = [*(one.segment for one in campaign.targets), *campaign.exclude]
    finished = [one for one in runs(workspace.ledger) if as_of is None or one.as_of <= as_of]
    if not finished:
        when = f" as of {as_of:%Y-%m-%d}" if as_of is not None else ""
        raise UsageError(f"nothing was computed yet{when}: nobody is a member", hint="run `segmentary run` first")
    missing = [name for name in names if name not in finished[-1].segments]
    if missing:
        raise UsageError(f"the segment {missing[0]} was never computed", hint="run `segmentary run` first")
    return finished[-1]


def judge(workspace: Workspace, judging: Judging) -> exp.Table:
    """Make a table of ``customer_id, segment, reason``: everybody of every target once; reason empty: nothing against.

    A person belongs to the first target that holds them.
    """
    warehouse, campaign = workspace.warehouse, judging.campaign
    gather_people(workspace, judging)
    gather_consent(workspace, judging)
    kind = address_kind(judging.channel, workspace.settings.channels)
    gather_addresses(workspace, kind)
    gather_suppressed(workspace, judging)
    gather_contacts(workspace, judging)
    tables = {
        name: exp.table_(f"{PREFIX}_{name}", quoted=True) for name in (*PARTS[2:8], "people", "capped", "travelling")
    }
    share = 0.0 if judging.free else workspace.experiments.global_holdout()
    from segmentary.measurement.experiment.assignment import held_out

    judged = query(
        FOLDER / "audience_verdicts.sql",
        **tables,
        by_address=bool(kind) and judging.needs_address,
        consent_needed=campaign.purpose != FREE_OF_CONSENT,
        held_out=held_out(share, "p") if share else exp.false(),
    )
    warehouse.create_as(JUDGED, judged, temporary=True)
    return exp.table_(JUDGED, quoted=True)


def tidy(workspace: Workspace) -> None:
    """Drop what judging made."""
    for part in PARTS:
        workspace.warehouse.drop(f"{PREFIX}_{part}")
    if workspace.warehouse is not workspace.engine:
        workspace.engine.drop(PEOPLE)


def put(workspace: Workspace, part: str, found: exp.Query) -> None:
    """Make a table in the warehouse out of a query that only the workbench can answer."""
    name = f"{PREFIX}_{part}"
    if workspace.warehouse is workspace.engine:
        workspace.warehouse.create_as(name, found, temporary=True)
    else:
        workspace.warehouse.ingest(name, workspace.engine.batches(found), temporary=True)


def gather_people(workspace: Workspace, judging: Judging) -> None:
    """Make the tables of everybody in a target, with the first that holds them, and of those to leave out."""
    pieces: list[exp.Query] = []
    for number, target in enumerate(judging.campaign.targets):
        members = served_query(target.segment, judging.run.run_id).subquery("members")
        pieces.append(
            exp.select(column("customer_id", "members"), literal(number).as_("priority", quoted=True)).from_(members)
        )
    together = pieces[0]
    for piece in pieces[1:]:
        together = exp.union(together, piece, distinct=False)
    first = (
        exp.select(column("customer_id"), exp.Min(this=column("priority")).as_("priority", quoted=True))
        .from_(together.subquery("together"))
        .group_by(column("customer_id"))
    )
    segment = exp.Case()
    for number, target in enumerate(judging.campaign.targets):
        segment = segment.when(
            exp.EQ(this=column("priority", "first"), expression=literal(number)), literal(target.segment)
        )
    people = exp.select(
        column("customer_id", "first"),
        column("priority", "first"),
        segment.else_(literal("")).as_("segment", quoted=True),
    ).from_(first.subquery("first"))
    workspace.warehouse.create_as(PEOPLE, people, temporary=True)
    out: exp.Query = exp.select(column("customer_id")).from_(exp.table_(PEOPLE, quoted=True)).where(exp.false())
    for name in judging.campaign.exclude:
        out = exp.union(out, served_query(name, judging.run.run_id), distinct=True)
    workspace.warehouse.create_as(f"{PREFIX}_excluded", out, temporary=True)


def gather_consent(workspace: Workspace, judging: Judging) -> None:
    """Make the tables of what files say of consent, and of what was taken down here and is not among it yet."""
    purpose = judging.campaign.purpose
    channel = judging.asked(workspace)
    put(workspace, "verdicts", contactable(workspace.engine, purpose=purpose, channel=channel, at=judging.at))
    live = last_words(workspace.ledger, purpose, channel)
    owners = owners_of(workspace)
    latest: dict[str, tuple[str, bool]] = {}
    for called, said in live.items():
        who = owners.get(called, called)
        # Of one instant the refusal: False sorts before True.
        if who not in latest or (said[0], not said[1]) > (latest[who][0], not latest[who][1]):
            latest[who] = said
    table = pa.table(
        {
            "customer_id": pa.array(list(latest), TEXT),
            "decided_at": pa.array([instant(at).replace(tzinfo=None) for at, _ in latest.values()], pa.timestamp("us")),
            "granted": pa.array([granted for _, granted in latest.values()], pa.bool_()),
        }
    )
    workspace.warehouse.ingest(f"{PREFIX}_live", table, temporary=True)


def gather_addresses(workspace: Workspace, kind: str) -> None:
    """Make the table of where everybody is written to: ``customer_id, address, address_hash``."""
    everybody = exp.select(column("customer_id")).from_(exp.table_(PEOPLE, quoted=True))
    if workspace.warehouse is not workspace.engine:  # identifiers stay in the workbench
        workspace.engine.ingest(PEOPLE, workspace.warehouse.batches(everybody), temporary=True)
    best = best_addresses(workspace, kind or "none", everybody).subquery("best")
    hashed = exp.Anonymous(this="sha256", expressions=[column("address")])
    put(
        workspace,
        "addresses",
        exp.select(column("customer_id"), column("address"), hashed.as_("address_hash", quoted=True)).from_(best),
    )


def gather_suppressed(workspace: Workspace, judging: Judging) -> None:
    """Make the tables of suppressed addresses and people."""
    channels = {judging.asked(workspace), judging.channel, ANY}
    held = [one for one in suppressions(workspace.ledger) if one.channel in channels]
    owners = owners_of(workspace)
    hashes = sorted({one.address_hash for one in held if one.address_hash})
    people = sorted({owners.get(one.customer_id, one.customer_id) for one in held if not one.address_hash})
    ingest_ids(workspace, "suppressed", "address_hash", hashes)
    ingest_ids(workspace, "suppressed_people", "customer_id", people)


def owners_of(workspace: Workspace) -> dict[str, str]:
    """Return whose each further id is: what was written down of it before people were found to be one is theirs."""
    return {other: who for who, others in other_ids(workspace.engine).items() for other in others}


def ingest_ids(workspace: Workspace, part: str, name: str, values: list[str]) -> None:
    table = pa.table({name: pa.array(values, TEXT)})
    workspace.warehouse.ingest(f"{PREFIX}_{part}", table, temporary=True)


def gather_contacts(workspace: Workspace, judging: Judging) -> None:
    """Make the tables of who was written to as often as allowed, and of who is in a journey that is alone."""
    rules = contact_rules(workspace.settings.contact, judging.channel)
    caps = rules.caps if judging.campaign.obey_caps else ()
    if any(cap.at_most == 0 for cap in caps):
        everybody = exp.select(column("customer_id")).from_(exp.table_(PEOPLE, quoted=True))
        workspace.warehouse.create_as(f"{PREFIX}_capped", everybody, temporary=True)
    else:
        ingest_ids(workspace, "capped", "customer_id", capped_people(workspace, judging) if caps else [])
    ingest_ids(workspace, "travelling", "customer_id", [] if judging.free else travelling(workspace))


def capped_people(workspace: Workspace, judging: Judging) -> list[str]:
    """Return who was sent, or is to be sent, as many messages as a cap allows, by whichever tool."""
    from segmentary.activation.caps import capped

    rules = contact_rules(workspace.settings.contact, judging.channel)
    since = judging.at - rules.longest
    sent = told_elsewhere(workspace, since)
    owners = owners_of(workspace)
    for called, channel, at, _ in contacts_since(workspace.ledger, since, judging.at):
        sent.setdefault(owners.get(called, called), []).append((channel, at))
    return sorted(who for who, contacts in sent.items() if capped(contacts, rules, judging.at))


def travelling(workspace: Workspace) -> list[str]:
    """Return who is in a journey that does not share its people."""
    from segmentary.ledger.journeys import elsewhere

    alone = [name for name, one in current_records(workspace.ledger, "journey").items() if one.document.get("alone")]
    return sorted(elsewhere(workspace.ledger, alone)) if alone else []
