"""What a campaign did: read in the warehouse against those it held out; or what can be said where nobody was.

::

    found = workspace.campaigns.result("autumn_offer", margin=0.4)
    found.word, found.sentence          # "worked", "buys 31.2% instead of 24.0% (+7.2 percentage points, ...)"
    workspace.campaigns.report("autumn_offer")
    workspace.campaigns.next_actions()
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import SegmentaryError, UsageError
from segmentary.ledger import campaign_facts as facts
from segmentary.ledger.records import append_record, current_records
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.sources.reactions import event_name
from segmentary.workspace.campaign_lasting import afterwards
from segmentary.workspace.campaign_whom import PEOPLE, TOLD, Whom, whom
from segmentary.workspace.moments import Moment

if TYPE_CHECKING:
    from segmentary.measurement.campaign.attribution import Attributed
    from segmentary.measurement.campaign.reactions import Funnel
    from segmentary.measurement.campaign.result import CampaignResult, Text
    from segmentary.measurement.campaign.timing import Day
    from segmentary.measurement.experiment.analysis import Analysis
    from segmentary.measurement.experiment.metrics import Metric
    from segmentary.measurement.experiment.sums import Cell, Sums
    from segmentary.workspace.workspace import Workspace

OUTCOMES, REFUSED = "campaign_outcomes", "campaign_refused"
LATE = dt.timedelta(days=1)


@dataclass(frozen=True)
class Read:
    """What became of the people of a campaign.

    outcomes : their metrics in a table, and counted: for each the sums of every segment and arm. analysis : against
    those held out; None: nobody was, or it is before its day.
    """

    whom: Whom
    metrics: tuple[Metric, ...]
    outcomes: exp.Table | None
    counted: tuple[Mapping[Cell, Sums], ...]
    analysis: Analysis | None
    early: bool
    findings: tuple[Finding, ...]


def result_of(
    workspace: Workspace,
    name: str,
    *,
    as_of: Moment = None,
    peek: bool = False,
    margin: float | None = None,
    detect: float | None = None,
    segments: Sequence[str] = (),
    by: str = "",
    click_days: int = 7,
    keeping: Literal["yes", "no"] = "yes",
    tell: Tell = quiet,
) -> CampaignResult:
    """Return what a campaign did as of a moment (default: now).

    Parameters
    ----------
    peek : also before its day: figures, no verdict. margin : share of revenue that is profit before the campaign's
        cost. detect : the relative difference that would matter: then "did not" can be said, not only "not clear".
    segments, by : who is told apart, of a campaign sent elsewhere. click_days : how long after a click an order counts
        as following it. keeping : no: nothing is written; what the outbox knows since the last load does not count yet.

    Raises
    ------
    UnknownNameError
        when nothing is known of such a campaign.
    UsageError
        when the margin or the window makes no sense.
    """
    if margin is not None and not 0 < margin <= 1:
        raise UsageError(f"a margin of {margin:g} is no share", hint="--margin 40%")
    if not 1 <= click_days <= 365:
        raise UsageError(f"{click_days} days after a click", hint="from 1 to 365")
    if keeping == "yes":
        took_in(workspace)
    moment = workspace.context(as_of).as_of
    tell("whom it is about", 0.05)
    found = whom(workspace, name, moment, segments=segments, by=by, detect=detect)
    read = read_outcomes(workspace, found, moment, peek=peek, tell=tell)
    if keeping == "yes":
        keep_experiment(workspace, found)
    tell("how they reacted", 0.6)
    return told(workspace, read, moment, margin, click_days, tell)


def took_in(workspace: Workspace) -> None:
    """Load what the outbox knows and the warehouse does not yet."""
    workspace.outbox.load()
    workspace.derived.ensure()


def read_outcomes(workspace: Workspace, found: Whom, moment: dt.datetime, *, peek: bool, tell: Tell) -> Read:
    """Read the metrics of a campaign's people, and hold them against those held out where that can be done."""
    from segmentary.measurement.campaign.plan import metrics_of
    from segmentary.measurement.experiment.outcomes import outcomes
    from segmentary.measurement.experiment.sums import count_sums
    from segmentary.workspace.experiment_reading import PEOPLE as READ
    from segmentary.workspace.experiment_reading import analyse_people, check_metrics, trait_figures

    plan, document = found.plan, found.document
    metrics = (
        plan.metrics if plan else metrics_of(document.metric if document else "", document.window if document else "")
    )
    early = plan is not None and plan.look.kind == "single" and plan.look_at is not None and moment < plan.look_at
    try:
        check_metrics(workspace, metrics)
        if plan is not None and (peek or not early):
            analysis = analyse_people(
                workspace, plan, found.people, found.moments, moment, peeking=early, findings=found.findings, tell=tell
            )
            table = exp.table_(READ, quoted=True)
            workspace.warehouse.create_as(OUTCOMES, exp.select(exp.Star()).from_(table), temporary=True)
            counted = tuple(cells_of(analysis, one.name) for one in metrics)
            place = exp.table_(OUTCOMES, quoted=True)
            return Read(found, metrics, place, counted, analysis, early, analysis.findings)
        tell("what became of them", 0.4)
        traits = trait_figures(workspace, metrics, moment, found.moments[0] if found.moments else moment)
        table = outcomes(workspace.warehouse, found.people, metrics, traits, as_of=moment, into=OUTCOMES)
        counted = tuple(count_sums(workspace.warehouse, table, len(metrics)))
        return Read(found, metrics, table, counted, None, early, found.findings)
    except SegmentaryError as error:
        message = f"what became of people cannot be read: {error.message}"
        doubt = Finding("no_outcome", "warning", message, error.hint or "")
        return Read(found, metrics, None, (), None, early, (*found.findings, doubt))


def cells_of(analysis: Analysis, metric: str) -> dict[Cell, Sums]:
    """Return the sums of a metric by segment and arm."""
    return {(segment, arm): sums for segment, arms in analysis.sums[metric].items() for arm, sums in arms.items()}


def keep_experiment(workspace: Workspace, found: Whom) -> None:
    """Keep the experiment a campaign of ours is, so that `segmentary experiment` knows it too."""
    plan = found.plan
    if plan is None or found.origin != "sent here" or plan.name in current_records(workspace.ledger, "experiment"):
        return
    document = {**plan.to_document(), "made_by": "campaign"}
    append_record(workspace.ledger, "experiment", plan.name, document, at=workspace.tick())


def told(
    workspace: Workspace, read: Read, moment: dt.datetime, margin: float | None, click_days: int, tell: Tell
) -> CampaignResult:
    """Put together what a campaign did."""
    from segmentary.measurement.campaign.effect import lifts, money
    from segmentary.measurement.campaign.result import CampaignResult, headline, limits_of

    found, analysis, document = read.whom, read.analysis, read.whom.document
    rows = funnel_of(workspace, read, moment)
    seen = lifts(analysis) if analysis is not None else []
    refusal, needed = refused(read)
    primary = read.metrics[0].name
    differ = analysis is not None and any(d.interaction.found for d in analysis.differences if d.metric == primary)
    word, sentence = headline(seen, primary, refusal=refusal, peeking=read.early, differ=differ)
    tell("orders after clicks, day by day", 0.75)
    attributed, each = followed(workspace, read, moment, click_days)
    tell("what stayed", 0.9)
    kept, worth = afterwards(workspace, read, moment)
    return CampaignResult(
        campaign=found.campaign,
        channel=document.channel if document is not None else "",
        origin=found.origin,
        as_of=moment,
        assigned_at=min(found.moments) if found.moments else None,
        read_on=found.plan.look_at if found.plan is not None else None,
        peeking=read.early and analysis is not None,
        metric=read.metrics[0].text,
        currency=workspace.settings.currency,
        control=found.control,
        word=word,
        sentence=sentence,
        refusal=refusal,
        needed=needed,
        ratio=analysis.sample_ratio if analysis is not None else None,
        differ=tuple(one.sentence for one in analysis.differences) if analysis is not None else (),
        funnel=tuple(rows),
        lifts=tuple(seen),
        money=tuple(money(seen, rows, found.control, margin)) if not read.early else (),
        between=arms_beside(read),
        retained=tuple(kept),
        worth=tuple(worth),
        attributed=tuple(attributed),
        days=tuple(each),
        left_out=found.left_out,
        texts=texts_of(workspace, found),
        findings=tuple(read.findings),
        limits=limits_of(
            held_out=found.plan is not None, opens=any(one.opened is not None for one in rows),
            clicks=bool(attributed), late=late(workspace, found),
        ),
    )  # fmt: skip


def followed(
    workspace: Workspace, read: Read, moment: dt.datetime, click_days: int
) -> tuple[list[Attributed], list[Day]]:
    """Return orders after clicks, and who reacted when."""
    from segmentary.measurement.campaign.attribution import attribution
    from segmentary.measurement.campaign.timing import days

    found, engine, top = read.whom, workspace.warehouse, read.metrics[0].top
    attributed = attribution(
        engine, found.people, found.campaign, found.names, moment, window_days=click_days, messages=found.messages
    )
    event = top.name if top.take != "trait" else "order_completed"
    each = days(
        engine, found.people, exp.table_(TOLD, quoted=True), found.names, event=event, control=found.control,
        as_of=moment,
    )  # fmt: skip
    return attributed, each


def refused(read: Read) -> tuple[str, str]:
    """Return why no verdict is given, and what would be needed."""
    from segmentary.measurement.experiment.sample_ratio import CHECK

    found, plan = read.whom, read.whom.plan
    if found.refusal:
        return found.refusal, found.needed
    if read.analysis is not None and read.analysis.blocked:
        return read.analysis.sentence, CHECK
    if read.analysis is None and plan is not None and read.early and plan.look_at is not None:
        return (
            f"it is read once, on {plan.look_at:%Y-%m-%d}: looking before finds differences that are none",
            "wait; or look without a verdict by --peek",
        )
    if read.outcomes is None:
        doubt = next((one for one in read.findings if one.code == "no_outcome"), None)
        return (doubt.message, doubt.hint) if doubt is not None else ("", "")
    return "", ""


def funnel_of(workspace: Workspace, read: Read, moment: dt.datetime) -> list[Funnel]:
    """Count reactions and what was bought, with costs and what was withheld."""
    from segmentary.measurement.campaign.effect import with_costs
    from segmentary.measurement.campaign.plan import place_of
    from segmentary.measurement.campaign.reactions import funnel, reactions_query

    found = read.whom
    engine = workspace.warehouse
    query = exp.union(
        reactions_query(found.campaign, found.names, moment, found.messages),
        refused_by_link(workspace, found, moment), distinct=False,
    )  # fmt: skip
    engine.create_as(TOLD, query, temporary=True)
    told_table = exp.table_(TOLD, quoted=True)
    here = [str(row[0]) for row in engine.rows(exp.select(column("name")).distinct().from_(told_table.copy()))]
    orders = place_of(read.metrics, "count")
    yes = next((place for place, one in enumerate(read.metrics) if one.top.take == "any" and one.per is None), orders)
    rows = funnel(
        engine, found.people, told_table, here, outcomes=read.outcomes, conversion=yes, orders=orders,
        revenue=place_of(read.metrics, "sum", "amount"),
    )  # fmt: skip
    states = facts.states(workspace.ledger, found.campaign)
    rows = [
        replace(one, withheld=states.get((one.segment, one.arm, one.variant), {}).get("withheld", 0)) for one in rows
    ]
    price = found.document.unit_cost if found.document is not None else 0.0
    return with_costs(rows, price, facts.promises(workspace.ledger, found.campaign))


def refused_by_link(workspace: Workspace, found: Whom, moment: dt.datetime) -> exp.Select:
    """Return who said no by a link or mail of one of our messages, as reactions."""
    import pyarrow as pa

    rows = [row for row in facts.refusals(workspace.ledger, found.campaign) if row[1] < moment]
    channel = found.document.channel if found.document is not None else "email"
    table = pa.table({
        "customer_id": pa.array([row[0] for row in rows], pa.string()),
        "name": pa.array([event_name("unsubscribed", channel)] * len(rows), pa.string()),
        "happened_at": pa.array([row[1].replace(tzinfo=None) for row in rows], pa.timestamp("us")),
        "machine": pa.array([False] * len(rows), pa.bool_()),
    })  # fmt: skip
    workspace.warehouse.ingest(REFUSED, table)
    return exp.select(*(column(name) for name in table.column_names)).from_(exp.table_(REFUSED, quoted=True))


def arms_beside(read: Read) -> tuple[Any, ...]:
    """Return the arms that were written to, against each other; only those drawn by lot."""
    from segmentary.measurement.campaign.variants import between

    document, plan = read.whom.document, read.whom.plan
    if plan is not None:
        arms = plan.treatments
    elif document is not None and len(document.arms) > 1:
        arms = tuple(document.arms)
    else:
        return ()
    early = read.early
    blocked = read.analysis is not None and read.analysis.blocked
    if len(arms) < 2 or not read.counted or blocked or (early and read.analysis is None):
        return ()
    return tuple(between(read.counted, read.metrics, arms, peeking=early))


def late(workspace: Workspace, found: Whom) -> str:
    """Say when messages left long after people were drawn: the window counts from the drawing, for both alike."""
    first = facts.first_sent(workspace.ledger, found.campaign) if found.origin == "sent here" else None
    if first is None or not found.moments or first - min(found.moments) <= LATE:
        return ""
    days = (first - min(found.moments)).days
    return (
        f"the first message left {days:,} days after people were drawn ({min(found.moments):%Y-%m-%d}); the window"
        " counts from the drawing, for those held out too"
    )


def texts_of(workspace: Workspace, found: Whom) -> tuple[Text, ...]:
    """Return the templates that were sent, as they stood when the first message left."""
    from segmentary.activation.templates import read_message
    from segmentary.language.cursor import Cursor
    from segmentary.measurement.campaign.result import Text

    if found.document is None or not found.document.message:
        return ()
    left = facts.first_sent(workspace.ledger, found.campaign)
    held = current_records(workspace.ledger, "message", at=left).get(found.document.message)
    if held is None:
        return ()
    return tuple(
        Text(one.name, one.subject, one.text or one.html) for one in read_message(Cursor(held.document)).variants
    )


__all__ = ["PEOPLE", "Read", "read_outcomes", "result_of", "took_in"]
