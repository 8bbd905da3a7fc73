"""What stayed of a campaign: who still buys, what people are worth since; nothing where nobody was held out by lot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentary.ledger.records import current_records

if TYPE_CHECKING:
    from segmentary.measurement.campaign.afterwards import Retained, Worth
    from segmentary.measurement.experiment.metrics import Metric
    from segmentary.measurement.experiment.sums import Cell, Sums
    from segmentary.workspace.campaign_results import Read
    from segmentary.workspace.campaign_whom import Whom
    from segmentary.workspace.workspace import Workspace


def afterwards(workspace: Workspace, read: Read, moment: dt.datetime) -> tuple[list[Retained], list[Worth]]:
    """Return who still buys, and what people are worth since; nothing where nobody was held out by lot."""
    from segmentary.measurement.campaign.afterwards import retained, retention_sums, ripe

    found = read.whom
    if found.plan is None or read.early or read.analysis is None or read.analysis.blocked or not found.moments:
        return [], []
    if "order_completed" not in workspace.derived.events():
        return [], []
    sums = retention_sums(workspace.warehouse, found.people, ripe(found.moments, moment), moment)
    return retained(sums, found.control), worth_of(workspace, found, moment, found.plan.longest)


def worth_of(workspace: Workspace, found: Whom, moment: dt.datetime, days: int) -> list[Worth]:
    """Return money per person since they were drawn, and what a prediction of lifetime value says of them."""
    from segmentary.measurement.campaign.afterwards import worth
    from segmentary.measurement.experiment.metrics import parse_metric

    since = (moment - max(found.moments)).days
    made: list[Worth] = []
    if since > days:
        metric = parse_metric(f"value = sum order_completed.amount in {since}d", "secondary")
        [cells] = sums_of(workspace, found, [metric], moment)
        made += worth(cells, found.control, f"money in the {since} days since", forecast=False)
    for name in clv_scored(workspace, max(found.moments) + dt.timedelta(days=days), moment):
        metric = parse_metric(f"value = trait {name}.value before {name}.value", "secondary")
        [cells] = sums_of(workspace, found, [metric], moment)
        made += worth(cells, found.control, f"expected value ({name})", forecast=True)
    return made


def sums_of(
    workspace: Workspace, found: Whom, metrics: Sequence[Metric], moment: dt.datetime
) -> list[dict[Cell, Sums]]:
    """Return the sums of other metrics over the same people."""
    from segmentary.measurement.experiment.outcomes import outcomes
    from segmentary.measurement.experiment.sums import count_sums
    from segmentary.workspace.experiment_reading import trait_figures

    traits = trait_figures(workspace, metrics, moment, min(found.moments))
    table = outcomes(workspace.warehouse, found.people, metrics, traits, as_of=moment, into="campaign_worth")
    return count_sums(workspace.warehouse, table, len(metrics))


def clv_scored(workspace: Workspace, after: dt.datetime, until: dt.datetime) -> list[str]:
    """Return the predictions of value that were scored after the campaign was over, and before the moment."""
    from segmentary.workspace.scores import last_scored

    held = current_records(workspace.ledger, "prediction")
    traits = workspace.derived.attribute_types()
    return [
        name
        for name, at in sorted(last_scored(workspace).items())
        if name in held and f"{name}.value" in traits and after <= at <= until
    ]
