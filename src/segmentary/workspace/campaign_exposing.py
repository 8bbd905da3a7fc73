"""The arms of an audience as exposures, and the plan that makes a campaign an experiment of its own name."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from segmentary.activation.campaign import HOLDOUT
from segmentary.engine.sqlfile import column
from segmentary.ledger.audiences import AudienceEntry, drawn_first_in, set_document
from segmentary.ledger.records import append_record, current_records
from segmentary.workspace.campaign_checking import METRIC, metric_text
from segmentary.workspace.moments import as_of_instant
from segmentary.workspace.record_names import named_records

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.ledger.runs import RunEntry
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.workspace.workspace import Workspace

SOURCE = "segmentary:exposures"
NEW = "audience_exposed"
COLUMNS = ("record_id", "campaign", "arm", "assigned_at")


def expose(workspace: Workspace, entry: AudienceEntry) -> int:
    """Load the arms that were first drawn in an audience as exposures, all of them or none; again, nothing changes."""
    rows = drawn_first_in(workspace.ledger, entry.audience)
    loaded = 0
    if rows:
        workspace.derived.ensure()
        table = pa.table(
            {
                "customer_id": pa.array([who for who, _ in rows], pa.string()),
                "arm": pa.array([arm for _, arm in rows], pa.string()),
            }
        )
        workspace.engine.ingest(NEW, table, temporary=True)
        on = exp.EQ(this=column("customer_id", "i"), expression=column("customer_id", "d"))
        query = (
            exp.select(column("id_space", "i"), column("record_id", "i"), column("arm", "d"))
            .from_(exp.table_(NEW, quoted=True, alias="d"))
            .join(named_records().subquery("i"), on=on)
            .order_by(column("id_space", "i"), column("record_id", "i"))
        )
        found = workspace.engine.table(query)
        workspace.engine.drop(NEW)
        proposed = []
        for space in sorted(set(found.column("id_space").to_pylist())):
            part = found.filter(pc.equal(found.column("id_space"), space))
            n = part.num_rows
            given = pa.table(
                {
                    "record_id": part.column("record_id"),
                    "campaign": pa.array([entry.campaign] * n, pa.string()),
                    "arm": part.column("arm"),
                    "assigned_at": pa.array([entry.frozen_at.isoformat()] * n, pa.string()),
                }
            )
            proposed += workspace.propose(
                given, kind="exposures", columns={name: name for name in COLUMNS}, name=SOURCE, id_space=space
            )
            loaded += n
        workspace.load(proposed)
    document = {**entry.document, "exposed": True}
    set_document(workspace.ledger, entry.audience, document)
    entry.document["exposed"] = True
    return loaded


def keep_plan(
    workspace: Workspace, campaign: Campaign, run: RunEntry, at: dt.datetime, new: dict[str, dict[str, int]]
) -> None:
    """Keep the plan of the experiment a campaign is, its assignment being the freeze; call inside a transaction.

    Nothing is kept of a campaign that holds nobody out and tries nothing against anything.
    """
    from segmentary.measurement.experiment.plan import Plan, Wave

    if not new:
        return
    wave = Wave(run.run_id, at, new)
    held = current_records(workspace.ledger, "experiment").get(campaign.name)
    if held is not None:
        before = Plan.from_document(held.document)
        plan = replace(before, waves=(*before.waves, wave))
        document = {**held.document, **plan.to_document()}
    else:
        made = plan_of_campaign(workspace, campaign, at)
        if made is None:
            return
        document = {**replace(made, waves=(wave,)).to_document(), "made_by": "campaign"}
    append_record(workspace.ledger, "experiment", campaign.name, document, at=workspace.tick())


def plan_of_campaign(workspace: Workspace, campaign: Campaign, at: dt.datetime) -> Plan | None:
    """Return the plan of a campaign; None where there is nothing to hold against anything, or nothing to measure."""
    from segmentary.measurement.experiment.metrics import parse_metric
    from segmentary.workspace.campaign_freezing import arm_shares
    from segmentary.workspace.experiment_declaring import plan_of

    shares = {name: float(share) for name, share in arm_shares(campaign).items()}
    if len(shares) < 2:
        return None
    text = metric_text(campaign)
    if not campaign.metric and parse_metric(METRIC, "primary").top.name not in workspace.derived.events():
        return None
    control = HOLDOUT if HOLDOUT in shares else next(iter(shares))
    plan = plan_of(
        workspace, campaign.name, metrics={"primary": [text]}, arms=shares, control=control,
        hypothesis=campaign.notes, segments=tuple(one.segment for one in campaign.targets), salt=campaign.name,
        cost=campaign.unit_cost or None, global_holdout=workspace.experiments.global_holdout(),
    )  # fmt: skip
    begins = as_of_instant(campaign.starts, workspace.settings.timezone) if campaign.starts else at
    return replace(plan, look_at=max(at, begins) + dt.timedelta(days=plan.longest))
