"""Whom a campaign is about: those drawn here, those in loaded exposures, or those an export of a tool speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError
from segmentary.ledger import campaign_facts as facts
from segmentary.models.table.findings import Finding
from segmentary.schema import CUSTOMERS, EVENTS, IDENTITY_MAP
from segmentary.sources.reactions import event_name

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.measurement.campaign.result import LeftOut, Origin
    from segmentary.measurement.experiment.plan import Plan, Wave
    from segmentary.workspace.workspace import Workspace

PEOPLE, MEMBERS, MESSAGES, TOLD = "campaign_people", "campaign_members", "campaign_messages", "campaign_told"
ONCE = "campaign_once"


@dataclass(frozen=True)
class Whom:
    """The people of a campaign, in the table `PEOPLE`: ``customer_id, segment, arm, variant, assigned_at``.

    plan : the experiment it is; None: nobody was held out by lot, or nobody said so (``refusal``).
    """

    campaign: str
    origin: Origin
    people: exp.Table
    moments: tuple[dt.datetime, ...]
    names: tuple[str, ...]
    messages: exp.Table | None = None
    document: Campaign | None = None
    plan: Plan | None = None
    control: str = ""
    refusal: str = ""
    needed: str = ""
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def reaction_names(workspace: Workspace) -> tuple[str, ...]:
    """Return the events of this workspace that are reactions to messages."""
    from segmentary.measurement.campaign.reactions import reaction_of

    return tuple(sorted(name for name in workspace.derived.events() if reaction_of(name)))


def whom(
    workspace: Workspace,
    name: str,
    as_of: dt.datetime,
    *,
    segments: Sequence[str] = (),
    by: str = "",
    detect: float | None = None,
) -> Whom:
    """Find the people of a campaign.

    segments, by : who is told apart, where no audience of ours says it.

    Raises
    ------
    UnknownNameError
        when nothing is known of a campaign of that name.
    """
    workspace.derived.ensure()
    drawn = [one for one in facts.drawn(workspace.ledger, name) if one.frozen_at <= as_of]
    if drawn:
        return sent_here(workspace, name, drawn, detect)
    from segmentary.workspace.experiment_people import campaign_names

    if name in campaign_names(workspace):
        return exposed_elsewhere(workspace, name, segments, by)
    names = reaction_names(workspace)
    if said_of(workspace, name, names, as_of):
        return told_of(workspace, name, names, as_of, segments, by)
    known = sorted({*facts.campaigns_drawn(workspace.ledger), *campaign_names(workspace), *named(workspace, names)})
    raise UnknownNameError("campaign", name, known, see="freeze its audience, or load what the tool that sent it says")


# ------------------------------------------------------------ sent here


def sent_here(workspace: Workspace, name: str, drawn: Sequence[facts.Drawn], detect: float | None) -> Whom:
    """Return the people of our own audiences, by the arms they were drawn into."""
    from segmentary.measurement.campaign.plan import HOLD_OUT, NOT_HELD_OUT, plan_of

    document = document_of(workspace, name, drawn[-1])
    # Who says no by a link of ours is known from the ledger, whatever a tool tells.
    names = tuple(sorted({*reaction_names(workspace), event_name("unsubscribed", document.channel)}))
    findings = members_table(workspace, drawn)
    place = exp.table_(PEOPLE, quoted=True)
    waves = waves_of(workspace, drawn)
    shared = {
        "campaign": name, "origin": "sent here", "people": place, "moments": tuple(one.frozen_at for one in drawn),
        "names": names, "messages": messages_table(workspace, name), "document": document,
        "left_out": left_out(workspace, drawn), "findings": tuple(findings),
    }  # fmt: skip
    if not document.holdout > 0:
        return Whom(**shared, refusal=NOT_HELD_OUT, needed=HOLD_OUT)  # type: ignore[arg-type]
    plan = as_kept(workspace, plan_of(document, waves, detect=detect))
    return Whom(**shared, plan=plan, control=plan.control)  # type: ignore[arg-type]


def as_kept(workspace: Workspace, plan: Plan) -> Plan:
    """Return the plan with the assignment the ledger keeps of it: exact shares, who was drawn when, and its day."""
    from dataclasses import replace

    from segmentary.ledger.records import current_records
    from segmentary.measurement.experiment.plan import Plan as Kept

    held = current_records(workspace.ledger, "experiment").get(plan.name)
    if held is None or held.document.get("made_by") != "campaign":
        return plan
    kept = Kept.from_document(held.document)
    days = [one for one in (plan.look_at, kept.look_at) if one is not None]
    return replace(
        plan, arms=kept.arms, control=kept.control, salt=kept.salt, definitions=kept.definitions,
        waves=kept.waves or plan.waves, look_at=max(days, default=None),
    )  # fmt: skip


def document_of(workspace: Workspace, name: str, drawn: facts.Drawn) -> Campaign:
    """Return the campaign as it was when its newest audience was drawn."""
    from segmentary.errors import UnknownNameError as Unknown

    try:
        return workspace.campaigns.get(f"{name}@{drawn.campaign_version}")
    except Unknown:
        return workspace.campaigns.get(name)


def members_table(workspace: Workspace, drawn: Sequence[facts.Drawn]) -> list[Finding]:
    """Make the table of everybody drawn, by the ids they have now; say who is in two arms or known no more."""
    import pyarrow as pa

    engine = workspace.warehouse
    rows = [(*row, one.frozen_at) for one in drawn for row in facts.members(workspace.ledger, one.audience)]
    names = ("customer_id", "segment", "arm", "variant")
    columns = {key: pa.array([row[place] for row in rows], pa.string()) for place, key in enumerate(names)}
    stamps = pa.array([row[4].astimezone(dt.UTC).replace(tzinfo=None) for row in rows], pa.timestamp("us"))
    engine.ingest(MEMBERS, pa.table({**columns, "assigned_at": stamps}))
    engine.create_as(ONCE, known_members(), temporary=True)
    place = exp.table_(ONCE, quoted=True)
    one_arm = exp.EQ(this=column("first_arm"), expression=column("last_arm"))
    first = exp.EQ(this=column("place"), expression=literal(1))
    keys = (*names, "assigned_at")
    kept = engine.create_as(
        PEOPLE, exp.select(*(column(key) for key in keys)).from_(place).where(first, one_arm), temporary=True
    )
    people = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(place.copy()).where(first.copy())))
    drawn_people = len({row[0] for row in rows})
    found = []
    if people > kept:
        message = f"{people - kept:,} people were drawn into more than one arm, or merged since: they are left out"
        found.append(Finding("several_arms", "warning", message, "draw a campaign once, or under another name"))
    if drawn_people > people:
        message = f"{drawn_people - people:,} people are known no more (erased, or merged into another): left out"
        found.append(Finding("known_no_more", "note", message))
    return found


def known_members() -> exp.Select:
    """Return the members by the ids they have now, with their place among all rows of the person, and their arms."""
    ids = (
        exp.select(column("record_id"), exp.Min(this=column("customer_id")).as_("customer_id", quoted=True))
        .from_(exp.table_(IDENTITY_MAP.name, quoted=True))
        .group_by(column("record_id"))
    )
    now = exp.Coalesce(this=column("customer_id", "c"), expressions=[column("customer_id", "i")])
    found = (
        exp.select(now.as_("customer_id", quoted=True))
        .select(*(column(key, "m") for key in ("segment", "arm", "variant", "assigned_at")))
        .from_(exp.table_(MEMBERS, quoted=True, alias="m"))
        .join(
            exp.table_(CUSTOMERS.name, quoted=True, alias="c"),
            on=exp.EQ(this=column("customer_id", "c"), expression=column("customer_id", "m")),
            join_type="left",
        )
        .join(
            ids.subquery("i"),
            on=exp.EQ(this=column("record_id", "i"), expression=column("customer_id", "m")),
            join_type="left",
        )
    )
    who = column("customer_id")
    order = exp.Order(expressions=[exp.Ordered(this=column("assigned_at")), exp.Ordered(this=column("segment"))])
    return (
        exp.select(*(column(key) for key in ("customer_id", "segment", "arm", "variant", "assigned_at")))
        .select(exp.Window(this=exp.RowNumber(), partition_by=[who], order=order).as_("place", quoted=True))
        .select(exp.Window(this=exp.Min(this=column("arm")), partition_by=[who.copy()]).as_("first_arm", quoted=True))
        .select(exp.Window(this=exp.Max(this=column("arm")), partition_by=[who.copy()]).as_("last_arm", quoted=True))
        .from_(found.subquery("found"))
        .where(exp.not_(exp.Is(this=who.copy(), expression=exp.null())))
    )


def messages_table(workspace: Workspace, name: str) -> exp.Table | None:
    """Make the table of the messages of a campaign: reactions name them where they do not name the campaign."""
    import pyarrow as pa

    rows = facts.messages(workspace.ledger, name)
    if not rows:
        return None
    table = pa.table({
        "customer_id": pa.array([row[0] for row in rows], pa.string()),
        "message": pa.array([row[1] for row in rows], pa.string()),
    })  # fmt: skip
    workspace.warehouse.ingest(MESSAGES, table)
    return exp.table_(MESSAGES, quoted=True)


def waves_of(workspace: Workspace, drawn: Sequence[facts.Drawn]) -> list[Wave]:
    """Return when people were drawn, and how many into which arm of which segment."""
    from segmentary.measurement.experiment.plan import Wave

    runs = {run.as_of: run.run_id for run in workspace.runs()}
    waves = []
    for one in drawn:
        held: dict[str, dict[str, int]] = {}
        for segment, arm, reason, n in facts.counts(workspace.ledger, one.audience):
            if not reason:
                held.setdefault(segment, {})[arm] = n
        waves.append(Wave(runs.get(one.as_of, 0), one.frozen_at, held))
    return waves


def left_out(workspace: Workspace, drawn: Sequence[facts.Drawn]) -> tuple[LeftOut, ...]:
    """Return who is in no arm, by target and reason, over all audiences of the campaign."""
    from segmentary.measurement.campaign.result import LeftOut

    arms: dict[str, dict[str, int]] = {}
    reasons: dict[str, dict[str, int]] = {}
    for one in drawn:
        for segment, arm, reason, n in facts.counts(workspace.ledger, one.audience):
            held = (reasons if reason else arms).setdefault(segment, {})
            held[reason or arm] = held.get(reason or arm, 0) + n
    names = sorted({*arms, *reasons})
    return tuple(
        LeftOut(
            name, sum(arms.get(name, {}).values()) + sum(reasons.get(name, {}).values()), arms.get(name, {}),
            reasons.get(name, {}),
        )
        for name in names
    )  # fmt: skip


# ------------------------------------------------------------ sent elsewhere


def exposed_elsewhere(workspace: Workspace, name: str, segments: Sequence[str], by: str) -> Whom:
    """Return the people of loaded exposures: an experiment where somebody said how the arms were drawn."""
    from segmentary.ledger.records import current_records
    from segmentary.measurement.campaign.plan import HOLD_OUT, NOT_HELD_OUT
    from segmentary.measurement.experiment.observational import NEEDED, UNSAID
    from segmentary.workspace.experiment_people import EXPOSED, arms_of, assigned, exposed, moments_of

    engine, place = workspace.warehouse, exp.table_(PEOPLE, quoted=True)
    names = reaction_names(workspace)
    if name in current_records(workspace.ledger, "experiment"):
        plan = workspace.experiments.get(name)
        people, findings = assigned(workspace, plan)
        engine.create_as(PEOPLE, with_variant(people), temporary=True)
        moments = tuple(moments_of(workspace, exp.table_(EXPOSED, quoted=True)))
        return Whom(name, "exposures", place, moments, names, plan=plan, control=plan.control, findings=tuple(findings))
    table = exposed(workspace, name)
    arms = [arm for arm in arms_of(workspace, table) if arm]
    moments = tuple(moments_of(workspace, table))
    told_apart(workspace, table, moments, segments, by)
    refusal, needed = (UNSAID, NEEDED) if len(arms) > 1 else (NOT_HELD_OUT, HOLD_OUT)
    return Whom(name, "exposures", place, moments, names, refusal=refusal, needed=needed)


def told_of(
    workspace: Workspace, name: str, names: Sequence[str], as_of: dt.datetime, segments: Sequence[str], by: str
) -> Whom:
    """Return whoever reacted to a campaign, or was sent it, as an export of the tool says; nobody was held out."""
    from segmentary.measurement.campaign.plan import HOLD_OUT, NOT_HELD_OUT
    from segmentary.measurement.campaign.reactions import reactions_query

    told = reactions_query(name, names, as_of)
    people = (
        exp.select(column("customer_id"), literal("treated").as_("arm"))
        .select(exp.Min(this=column("happened_at")).as_("assigned_at", quoted=True))
        .from_(told.subquery("told"))
        .group_by(column("customer_id"))
    )
    workspace.warehouse.create_as(ONCE, people, temporary=True)
    table = exp.table_(ONCE, quoted=True)
    first = workspace.warehouse.value(exp.select(exp.Min(this=column("assigned_at"))).from_(table.copy()))
    told_apart(workspace, table, (first.replace(tzinfo=dt.UTC),), segments, by)
    return Whom(
        name, "reactions", exp.table_(PEOPLE, quoted=True), (first.replace(tzinfo=dt.UTC),), tuple(names),
        refusal=NOT_HELD_OUT, needed=HOLD_OUT,
    )  # fmt: skip


def told_apart(
    workspace: Workspace, table: exp.Table, moments: Sequence[dt.datetime], segments: Sequence[str], by: str
) -> None:
    """Make the table of people with the segment each was in when the campaign began."""
    from segmentary.measurement.experiment.plan import Arm, Plan
    from segmentary.workspace.experiment_declaring import known
    from segmentary.workspace.experiment_people import Then, strata

    known(workspace, segments, by)
    arms = (Arm("treated", 0.5), Arm("held out", 0.5))
    plan = Plan("campaign", "", (), arms, "held out", "", segments=tuple(segments), by=by)
    at = moments[0] if moments else workspace.context().as_of
    ids = exp.select(column("customer_id")).from_(table.copy())
    place = strata(workspace, plan, ids, Then(at), "campaign_strata")
    query = (
        exp.select(column("customer_id", "t"), column("segment", "s"), column("arm", "t"))
        .select(literal("").as_("variant"), column("assigned_at", "t"))
        .from_(exp.alias_(table.copy(), "t", table=True))
        .join(
            exp.alias_(place, "s", table=True),
            on=exp.EQ(this=column("customer_id", "s"), expression=column("customer_id", "t")),
        )
    )
    workspace.warehouse.create_as(PEOPLE, query, temporary=True)


def with_variant(people: exp.Table) -> exp.Select:
    """Return people as `assigned` has them, with an empty variant."""
    keys = [column(key) for key in ("customer_id", "segment", "arm")]
    return exp.select(*keys, literal("").as_("variant"), column("assigned_at")).from_(people.copy())


def said_of(workspace: Workspace, name: str, names: Sequence[str], as_of: dt.datetime) -> bool:
    """Return whether any reaction names the campaign."""
    from segmentary.measurement.campaign.reactions import reactions_query

    if not names:
        return False
    query = exp.select(exp.Count(this=exp.Star())).from_(reactions_query(name, names, as_of).subquery("told"))
    return bool(workspace.warehouse.value(query))


def named(workspace: Workspace, names: Sequence[str]) -> list[str]:
    """Return the campaigns that reactions name."""
    from segmentary.measurement.campaign.reactions import text_of

    if not names:
        return []
    wanted = exp.In(this=column("name", "e"), expressions=[literal(one) for one in names])
    said = exp.Coalesce(this=text_of("campaign"), expressions=[text_of("campaign_id")])
    query = (
        exp.select(said.as_("campaign", quoted=True)).distinct()
        .from_(exp.table_(EVENTS.name, quoted=True, alias="e")).where(wanted)
    )  # fmt: skip
    return sorted(str(row[0]) for row in workspace.warehouse.rows(query) if row[0])
