"""Freezing an audience: who is written to, who is held out, who is left out and why, at one moment, once.

The ledger is written first, in one transaction: there is the whole audience or none. The arms become exposures after
that, in one load; killed in between, they are loaded at the next use of the audience.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.audience import REASONS, Audience, Counts, Reason
from segmentary.activation.campaign import HOLDOUT
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import SegmentaryError, UsageError, WorkspaceError
from segmentary.ledger.audiences import AudienceEntry, append_audience, arms_before, audience_entry, audiences_of
from segmentary.ledger.loads import loads as entries
from segmentary.ledger.records import record
from segmentary.models.progress import Tell
from segmentary.workspace.campaign_checking import variants_of
from segmentary.workspace.campaign_exposing import expose, keep_plan
from segmentary.workspace.campaign_judging import PREFIX, TEXT, Judging, judge, served_run, tidy
from segmentary.workspace.recent_contacts import OURS

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.ledger.audiences import Member
    from segmentary.workspace.workspace import Workspace

DRAWN, BEFORE, STRATA = f"{PREFIX}_drawn", f"{PREFIX}_before", f"{PREFIX}_strata"


@dataclass(frozen=True, slots=True)
class Draw:
    """Who was put where. members : everybody once. new : people drawn now for the first time, by segment and arm."""

    members: list[Member]
    new: dict[str, dict[str, int]]


def freeze(workspace: Workspace, name: str, as_of: dt.datetime | None, *, again: bool, tell: Tell) -> Audience:
    """Freeze the audience of a campaign; one that is frozen already is returned, unless another one is wished for.

    Raises
    ------
    UsageError
        when a segment was never computed, or an experiment of that name is somebody else's.
    """
    from segmentary.activation.campaign_yaml import parse_campaign

    kept = record(workspace.ledger, "campaign", name)
    campaign = parse_campaign(kept.document)
    held = audiences_of(workspace.ledger, campaign.name)
    if held and not again and held[-1].state != "cancelled":
        finish(workspace, held[-1])
        return audience_of(held[-1])
    refuse_foreign(workspace, campaign)
    tell("who may be contacted", 0.05)
    workspace.consents.load()
    workspace.derived.ensure()
    run = served_run(workspace, campaign, as_of)
    now = workspace.tick()
    tell("judging everybody", 0.2)
    try:
        judged = judge(workspace, Judging(campaign, run, now, campaign.channel))
        tell("drawing the arms", 0.5)
        drawn = draw(workspace, campaign, judged, wave=len(held) + 1)
    finally:
        tidy(workspace)
    counts = counted(campaign, drawn.members)
    audience = f"{campaign.name}-{len(held) + 1}"
    document = {
        "channel": campaign.channel,
        "purpose": campaign.purpose,
        "run_id": run.run_id,
        "counts": [counts_document(one) for one in counts],
        "notes": notes(workspace, campaign, run.loads, run.as_of, run.segments),
        "exposed": not drawn.new,
    }
    tell("writing the audience", 0.7)
    with workspace.ledger.transaction():
        append_audience(
            workspace.ledger, audience, campaign=campaign.name, campaign_version=kept.version, as_of=run.as_of,
            frozen_at=now, document=document, members=drawn.members,
        )  # fmt: skip
        keep_plan(workspace, campaign, run, now, drawn.new)
    entry = audience_entry(workspace.ledger, audience)
    assert entry is not None  # noqa: S101 - it was just written
    tell("writing exposures", 0.8)
    try:
        finish(workspace, entry)
    except (SegmentaryError, OSError) as error:
        raise WorkspaceError(
            f"{audience} is frozen, but its arms are not in the warehouse yet: {getattr(error, 'message', error)}",
            hint="mend that, and freeze it again: it stays who it is, and they are loaded then",
        ) from error
    return audience_of(entry)


def refuse_foreign(workspace: Workspace, campaign: Campaign) -> None:
    """Refuse to take the name of an experiment that is no campaign's.

    Raises
    ------
    UsageError
        when there is one.
    """
    from segmentary.ledger.records import current_records

    held = current_records(workspace.ledger, "experiment").get(campaign.name)
    if held is not None and held.document.get("made_by") != "campaign":
        raise UsageError(
            f"there is an experiment called {campaign.name} already: a campaign is an experiment of its own name",
            hint="name the campaign otherwise",
        )


def finish(workspace: Workspace, entry: AudienceEntry) -> None:
    """Load the exposures of an audience that was written and not exposed yet: its process was killed in between."""
    if not entry.document.get("exposed", True):
        expose(workspace, entry)


# ---------------------------------------------------------------- drawing


def draw(workspace: Workspace, campaign: Campaign, judged: exp.Table, *, wave: int) -> Draw:
    """Put everybody nothing speaks against into an arm: as drawn before, or now, within each target."""
    from segmentary.measurement.experiment.assignment import assign
    from segmentary.measurement.experiment.plan import Arm

    warehouse = workspace.warehouse
    shares = arm_shares(campaign)
    # Whoever was drawn before stays there: above all who was held out.
    before = {
        who: arm for who, arm in arms_before(workspace.ledger, campaign.name).items() if arm in {*shares, HOLDOUT}
    }
    table = pa.table({"customer_id": pa.array(list(before), TEXT), "arm": pa.array(list(before.values()), TEXT)})
    warehouse.ingest(BEFORE, table, temporary=True)
    on = exp.EQ(this=column("customer_id", "b"), expression=column("customer_id", "j"))
    newcomers = (
        exp.select(column("customer_id", "j"), column("segment", "j"))
        .from_(exp.alias_(judged.copy(), "j", table=True))
        .join(exp.table_(BEFORE, quoted=True, alias="b"), on=on, join_type="left")
        .where(
            exp.EQ(this=column("reason", "j"), expression=literal("")),
            exp.Is(this=column("customer_id", "b"), expression=exp.null()),
        )
    )
    warehouse.create_as(STRATA, newcomers, temporary=True)
    arms = [Arm(one, float(share)) for one, share in shares.items()]
    salt = campaign.name if wave == 1 else f"{campaign.name}:{wave}"
    new = assign(warehouse, exp.table_(STRATA, quoted=True), arms, salt=salt, global_holdout=0.0, into=DRAWN)
    arm = exp.Coalesce(this=column("arm", "b"), expressions=[column("arm", "d"), literal("")])
    everybody = (
        exp.select(
            column("customer_id", "j"), column("segment", "j"), arm.as_("arm", quoted=True), column("reason", "j")
        )
        .from_(exp.alias_(judged.copy(), "j", table=True))
        .join(exp.table_(BEFORE, quoted=True, alias="b"), on=on.copy(), join_type="left")
        .join(
            exp.table_(DRAWN, quoted=True, alias="d"),
            on=exp.EQ(this=column("customer_id", "d"), expression=column("customer_id", "j")),
            join_type="left",
        )
    )
    found = warehouse.table(everybody)
    return Draw(members_of(workspace, campaign, found), new)


def arm_shares(campaign: Campaign) -> dict[str, Fraction]:
    """Return the share of every arm among all who may be written to; the holdout is the last."""
    out = Fraction(str(campaign.holdout))
    total = sum(Fraction(str(share)) for share in campaign.arms.values())
    shares = {name: (1 - out) * Fraction(str(share)) / total for name, share in campaign.arms.items()}
    return {**shares, HOLDOUT: out} if out else shares


def members_of(workspace: Workspace, campaign: Campaign, found: pa.Table) -> list[Member]:
    """Return everybody with arm and variant, or with the reason they are left out; never with both."""
    chosen = variants(workspace, campaign)
    columns = (found.column(name).to_pylist() for name in ("customer_id", "segment", "arm", "reason"))
    members: list[Member] = []
    for customer_id, segment, arm, reason in zip(*columns, strict=True):
        if reason:
            members.append((customer_id, segment, "", "", reason))
        else:
            members.append((customer_id, segment, arm, chosen.get((segment, arm), ""), ""))
    return sorted(members)


def variants(workspace: Workspace, campaign: Campaign) -> dict[tuple[str, str], str]:
    """Return which variant of the message the members of a target get in an arm."""
    known = variants_of(workspace, campaign.message) if campaign.message else []
    first = known[0] if known else ""
    return {
        (target.segment, arm): target.variant or (arm if arm in known else first)
        for target in campaign.targets
        for arm in campaign.arms
    }


# ---------------------------------------------------------------- counts


def counted(campaign: Campaign, members: list[Member]) -> tuple[Counts, ...]:
    """Count each target, in the order of the campaign."""
    arms: dict[str, dict[str, int]] = {one.segment: {} for one in campaign.targets}
    chosen: dict[str, dict[str, int]] = {one.segment: {} for one in campaign.targets}
    left: dict[str, dict[Reason, int]] = {one.segment: {} for one in campaign.targets}
    for _, segment, arm, variant, reason in members:
        if reason:
            why = cast("Reason", reason)
            left[segment][why] = left[segment].get(why, 0) + 1
            continue
        arms[segment][arm] = arms[segment].get(arm, 0) + 1
        if variant:
            chosen[segment][variant] = chosen[segment].get(variant, 0) + 1
    return tuple(
        Counts(
            name,
            sum(arms[name].values()) + sum(left[name].values()),
            dict(sorted(arms[name].items())),
            dict(sorted(chosen[name].items())),
            {one: left[name][one] for one in REASONS if one in left[name]},
        )
        for name in arms
    )


def counts_document(one: Counts) -> dict[str, Any]:
    """Return the counts of a target as JSON values."""
    return {
        "segment": one.segment, "members": one.members, "arms": dict(one.arms), "variants": dict(one.variants),
        "left_out": dict(one.left_out),
    }  # fmt: skip


def audience_of(entry: AudienceEntry) -> Audience:
    """Return the audience of an entry, without the people."""
    document = entry.document
    return Audience(
        entry.audience, entry.campaign, entry.campaign_version, document["channel"], document["purpose"],
        entry.as_of, entry.frozen_at,
        tuple(
            Counts(
                one["segment"], one["members"], one["arms"], one["variants"],
                {reason: one["left_out"][reason] for reason in REASONS if reason in one["left_out"]},
            )
            for one in document["counts"]
        ),
        entry.state,
    )  # fmt: skip


def notes(
    workspace: Workspace, campaign: Campaign, loads: int, as_of: dt.datetime, served: Mapping[str, str]
) -> list[str]:
    """Say what a person should know of the memberships an audience is made from."""
    from segmentary.language.version import version

    found = []
    since = sum(not one.source.startswith(OURS) for one in entries(workspace.ledger)[loads:])
    if since > 0:
        files = "1 file was" if since == 1 else f"{since:,} files were"
        found.append(f"{files} loaded since the run of {as_of:%Y-%m-%d}: members are those of that run")
    defined = workspace.segments_defined()
    names = [*(one.segment for one in campaign.targets), *campaign.exclude]
    changed = [name for name in names if name in defined and served.get(name) != version(defined[name])]
    if changed:
        found.append(f"{', '.join(changed)} changed since the run: members are those of the definition before")
    return found
