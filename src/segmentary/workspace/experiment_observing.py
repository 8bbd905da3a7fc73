"""A campaign that was no experiment: its people, and before beside after with people who were like them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.models.progress import Tell
from segmentary.profiles.asof import universe_query
from segmentary.workspace.experiment_people import EXPOSED, arms_of, exposed, moments_of
from segmentary.workspace.experiment_reading import PEOPLE, check_metrics

if TYPE_CHECKING:
    from segmentary.measurement.experiment.metrics import Metric
    from segmentary.measurement.experiment.observational import Bins, Observed
    from segmentary.workspace.workspace import Workspace

SEEN = "experiment_seen"


def observe(workspace: Workspace, campaign: str, metric: str, as_of: dt.datetime, tell: Tell) -> Observed:
    """Say what can be said of a campaign nobody drew by lot."""
    from segmentary.measurement.experiment.metrics import parse_metric
    from segmentary.measurement.experiment.observational import NEEDED, REFUSAL, UNSAID, Observed, beside, told

    tell("who was contacted", 0.1)
    table = exposed(workspace, campaign)
    arms = arms_of(workspace, table)
    refusal = UNSAID if len([arm for arm in arms if arm]) > 1 else REFUSAL
    said = f"{campaign}: {refusal}"
    seen = Observed(campaign, as_of, sum(arms.values()), arms, refusal, NEEDED, sentence=said)
    if not metric:
        return seen
    asked = parse_metric(metric)
    check_metrics(workspace, [asked])
    moments = moments_of(workspace, table)
    if not asked.timed or not moments:
        why = "when people were contacted is not known" if asked.timed else f"{asked.name} has no before and after"
        return replace(seen, metric=asked.text, sentence=f"{said}; {why}, so there is no before beside after")
    tell("before and after", 0.4)
    groups, unmatched = beside(bins_of(workspace, asked, moments[0], as_of))
    return replace(
        seen, metric=asked.text, groups=groups, unmatched=unmatched,
        sentence="; ".join(part for part in (said, told(asked.name, groups)) if part),
    )  # fmt: skip


def bins_of(workspace: Workspace, metric: Metric, start: dt.datetime, as_of: dt.datetime) -> Bins:
    """Return sums before and after by how much people had before: nobody's own, but those of tenths of all."""
    from segmentary.measurement.experiment.observational import BINS
    from segmentary.measurement.experiment.outcomes import outcomes
    from segmentary.measurement.experiment.sums import count_sums

    # Before and after are as long as each other, so that they stand side by side.
    same = replace(metric, before_days=metric.days)
    on = exp.EQ(this=column("customer_id", "x"), expression=column("customer_id", "p"))
    contacted = exp.not_(exp.Is(this=column("customer_id", "x"), expression=exp.null()))
    moment = exp.Coalesce(this=column("assigned_at", "x"), expressions=[exp.cast(literal(start), "timestamp")])
    query = (
        exp.select(
            column("customer_id", "p"),
            exp.Case().when(contacted, literal("yes")).else_(literal("no")).as_("segment"),
            literal("all").as_("arm"),
            moment.as_("assigned_at"),
        )
        .from_(universe_query(workspace.context(start)).subquery("p"))
        .join(exp.table_(EXPOSED, quoted=True, alias="x"), on=on, join_type="left")
    )
    engine = workspace.warehouse
    engine.create_as(SEEN, query, temporary=True)
    table = outcomes(engine, exp.table_(SEEN, quoted=True), [same], {}, as_of=as_of, into=f"{PEOPLE}_seen")
    order = exp.Order(expressions=[exp.Ordered(this=column("x0"))])
    # Equal amounts before are in one bin, those without any in a bin of their own.
    place = exp.Window(this=exp.Rank(), order=order)
    n = max(1, int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(table.copy()))))
    ranked = exp.select(
        column("segment"), column("y0"), column("d0"), column("x0"), place.as_("place", quoted=True)
    ).from_(table.copy())
    bins = exp.Case()
    for number in range(1, BINS):
        bins = bins.when(exp.LTE(this=column("place"), expression=literal(n * number // BINS)), literal(str(number)))
    binned = exp.select(
        column("segment"), bins.else_(literal(str(BINS))).as_("arm"), column("y0"), column("d0"), column("x0")
    ).from_(ranked.subquery("ranked"))
    [counted] = count_sums(engine, binned, 1)
    return {(int(number), contacted == "yes"): sums for (contacted, number), sums in counted.items()}
