"""What would happen if a campaign's audience were frozen now: nothing is written, and it says what could be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from segmentary.activation.addresses import KINDS
from segmentary.activation.audience import REASONS, Counts
from segmentary.activation.campaign import HOLDOUT
from segmentary.activation.waterfall import Fall, sentences, waterfall
from segmentary.engine.sqlfile import column
from segmentary.errors import SegmentaryError
from segmentary.models.progress import Tell
from segmentary.workspace.campaign_checking import sensitive
from segmentary.workspace.campaign_exposing import plan_of_campaign
from segmentary.workspace.campaign_freezing import arm_shares, notes
from segmentary.workspace.campaign_judging import JUDGED, Judging, judge, served_run, tidy

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.ledger.runs import RunEntry
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class AudienceCheck:
    """What freezing a campaign now would give.

    counts : per target, arms as shares would have them (up to one person). falls : the waterfall. reach : people who
    could be written to, by channel. power : what could be seen, in words. notes : how old the memberships are, what is
    sensitive.
    """

    campaign: str
    as_of: dt.datetime
    counts: tuple[Counts, ...]
    falls: tuple[Fall, ...]
    sentences: tuple[str, ...]
    reach: dict[str, int]
    power: tuple[str, ...]
    notes: tuple[str, ...]


def check_audience(workspace: Workspace, campaign: Campaign, as_of: dt.datetime | None, tell: Tell) -> AudienceCheck:
    """Judge everybody as freezing would, without drawing, writing or telling anybody."""
    tell("who may be contacted", 0.05)
    workspace.consents.load()
    return looked_at(workspace, campaign, as_of, tell)


def looked_at(
    workspace: Workspace,
    campaign: Campaign,
    as_of: dt.datetime | None,
    tell: Tell,
    *,
    reach_by: Literal["every channel", "its own"] = "every channel",
) -> AudienceCheck:
    """Do the same from what is there: decisions that are in the ledger only count, as everywhere.

    reach_by : people are judged once for each channel, so its own alone is said much sooner.
    """
    workspace.derived.ensure()
    run = served_run(workspace, campaign, as_of)
    at = workspace.tick()
    tell("judging everybody", 0.2)
    counts = counted(workspace, campaign, Judging(campaign, run, at, campaign.channel))
    reach = {campaign.channel: sum(one.members - sum(one.left_out.values()) for one in counts)}
    others = [one for one in KINDS if one not in (campaign.channel, "file")] if reach_by == "every channel" else []
    for number, channel in enumerate(others):
        tell(f"reach by {channel}", 0.3 + 0.1 * number)
        found = counted(workspace, campaign, Judging(campaign, run, at, channel))
        reach[channel] = sum(one.members - sum(one.left_out.values()) for one in found)
    tell("what could be seen", 0.7)
    falls = waterfall(counts, purpose=campaign.purpose)
    said = notes(workspace, campaign, run.loads, run.as_of, run.segments)
    touched = sensitive(workspace, campaign)
    for segment, names in touched.items():
        said.append(f"{segment} rests on special categories of data: {', '.join(names)} ({campaign.sensitive_because})")
    return AudienceCheck(
        campaign.name, run.as_of, tuple(counts), tuple(falls), tuple(sentences(falls)), reach,
        tuple(power(workspace, campaign, run, counts, at)), tuple(said),
    )  # fmt: skip


def counted(workspace: Workspace, campaign: Campaign, judging: Judging) -> list[Counts]:
    """Count each target by reason; of the others, the arms as their shares have them."""
    try:
        judge(workspace, judging)
        names = [column("segment"), column("reason")]
        query = (
            exp.select(*names, exp.Count(this=exp.Star()).as_("n"))
            .from_(exp.table_(JUDGED, quoted=True))
            .group_by(*names)
        )
        rows = workspace.warehouse.rows(query)
    finally:
        tidy(workspace)
    shares = arm_shares(campaign)
    found = []
    for target in campaign.targets:
        held = {reason: int(n) for segment, reason, n in rows if segment == target.segment}
        free = held.pop("", 0)
        arms = {name: int(free * share) for name, share in shares.items()}
        arms[next(iter(arms))] += free - sum(arms.values())
        left = {one: held[one] for one in REASONS if one in held}
        found.append(Counts(target.segment, free + sum(left.values()), {k: v for k, v in arms.items() if v}, {}, left))
    return found


def power(
    workspace: Workspace, campaign: Campaign, run: RunEntry, counts: Sequence[Counts], at: dt.datetime
) -> list[str]:
    """Say the smallest effect that would be seen, were the coming weeks like the last."""
    from segmentary.measurement.experiment.power import Asked, power_of
    from segmentary.measurement.experiment.sums import added
    from segmentary.workspace.experiment_planning import past

    plan = plan_of_campaign(workspace, campaign, at)
    if plan is None:
        return ["nobody is held out and nothing is tried against anything: what the campaign changes cannot be said"]
    free = {one.segment: one.members - sum(one.left_out.values()) for one in counts}
    try:
        history, findings = past(workspace, plan, plan.primary, run.as_of)
    except SegmentaryError as error:
        return [f"what could be seen cannot be foretold: {error.message}"]
    held = {name: replace(sums, people=free[name]) for name, sums in history.items() if free.get(name)}
    if not held:
        return ["nobody would be written to: there is nothing to see"]
    said = []
    kind = plan.primary.kind(share=all(sums.share for sums in held.values()))
    for arm in plan.treatments:
        found = power_of(
            added(held.values()), segment="", arm=arm, metric=plan.primary.name, kind=kind,
            shares=(plan.shares[arm], plan.shares[plan.control]), asked=Asked(level=plan.look.level),
        )  # fmt: skip
        if found.refusal:
            said.append(f"with {found.people:,} people: {found.refusal}")
        elif kind == "share":
            lift = f"with {found.people:,} people you can see lifts of {found.smallest * 100:.1f} points or more"
            said.append(f"{lift}: {found.sentence.partition('see ')[2]}")
        else:
            said.append(found.sentence)
    control = "held out" if plan.control == HOLDOUT else f"in arm {plan.control}"
    said.append(f"{free_in(counts, plan.control):,} people would be {control}")
    return said + [one.message for one in findings]


def free_in(counts: Sequence[Counts], arm: str) -> int:
    return sum(one.arms.get(arm, 0) for one in counts)
