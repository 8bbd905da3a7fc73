"""How campaigns and audiences are shown on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from segmentary.activation.campaign import HOLDOUT
from segmentary.activation.waterfall import sentences, waterfall
from segmentary.interfaces.cli.output import plural, say, show, show_prose, show_table, warn

if TYPE_CHECKING:
    from segmentary.activation.audience import Audience, Counts
    from segmentary.activation.campaign import Campaign
    from segmentary.workspace.ad_exporting import AdExport
    from segmentary.workspace.campaign_preflight import AudienceCheck
    from segmentary.workspace.exporting import ExportReport


def show_kept(kept: Sequence[Campaign], newest: Mapping[str, Audience]) -> None:
    """Show every campaign with its newest audience."""
    rows = []
    for one in kept:
        held = newest.get(one.name)
        rows.append(
            [
                one.name, one.channel, one.purpose, ", ".join(target.segment for target in one.targets),
                held.audience if held else None, held.state if held else "not frozen",
                held.written_to if held else None,
            ]
        )  # fmt: skip
    show_table(
        ["campaign", "channel", "purpose", "targets", "audience", "state", "written to"], rows,
        empty="no campaigns: put a file with `campaign: NAME` into segments/ and run `segmentary apply`",
    )  # fmt: skip


def show_campaign(campaign: Campaign, audiences: Sequence[Audience]) -> None:
    """Show a campaign and its audiences."""
    message = f", message {campaign.message}" if campaign.message else ""
    show_prose(f"{campaign.name}: {campaign.purpose} by {campaign.channel}{message}", style="bold")
    show()
    rows = [[number, one.segment, one.variant or None] for number, one in enumerate(campaign.targets, 1)]
    show_table(["priority", "target", "variant"], rows)
    show()
    if campaign.exclude:
        show_prose(f"leaves out: {', '.join(campaign.exclude)}")
    arms = ", ".join(f"{name} {share:.0%}" for name, share in campaign.arms.items())
    show_prose(
        f"holds out {campaign.holdout:.0%} of every target" + (f"; arms {arms}" if len(campaign.arms) > 1 else "")
    )
    if campaign.starts or campaign.ends:
        show_prose(f"from {campaign.starts or 'now'} until {campaign.ends or 'whenever it is done'}, local time")
    if campaign.sensitive_because:
        show_prose(f"special categories of data, because: {campaign.sensitive_because}")
    show_table(
        ["audience", "frozen at", "members as of", "state", "members", "written to"],
        [[one.audience, one.frozen_at, one.as_of, one.state, one.members, one.written_to] for one in audiences],
        empty=f"no audience yet: segmentary campaign audience {campaign.name}",
    )


def show_audience(found: Audience, notes: Sequence[str]) -> None:
    """Show a frozen audience: the waterfall, and each target."""
    show_prose(
        f"{found.audience}: {found.written_to:,} of {found.members:,} people are written to by {found.channel}",
        style="bold",
    )
    show()
    steps = waterfall(found.counts, purpose=found.purpose)
    show_table(["", "people", "left"], [[one.words, one.people if one.reason else None, one.rest] for one in steps])
    show()
    show_targets(found.counts)
    for note in notes:
        warn(note)


def show_targets(counts: Sequence[Counts]) -> None:
    """Show how many of each target are in which arm, and left out for which reason."""
    arms = list(dict.fromkeys(arm for one in counts for arm in one.arms if arm != HOLDOUT))
    if any(HOLDOUT in one.arms for one in counts):
        arms.append(HOLDOUT)
    reasons = list(dict.fromkeys(reason for one in counts for reason in one.left_out))
    show_table(
        ["target", "members", *(reason.replace("_", " ") for reason in reasons), *arms],
        [
            [
                one.segment, one.members, *(one.left_out.get(reason, 0) for reason in reasons),
                *(one.arms.get(arm, 0) for arm in arms),
            ]
            for one in counts
        ],
    )  # fmt: skip


def show_check(found: AudienceCheck) -> None:
    """Show what freezing would give."""
    last = found.falls[-1].rest
    show_prose(f"{last:,} of {found.falls[0].people:,} people would be written to", style="bold")
    show()
    for sentence in sentences(list(found.falls)):
        show_prose(sentence)
    show()
    show_targets(found.counts)
    show()
    show_table(["channel", "people within reach"], [[name, people] for name, people in found.reach.items()])
    for sentence in found.power:
        show_prose(sentence)
    for note in found.notes:
        warn(note)
    say(f"nothing was frozen; next: segmentary campaign audience {found.campaign}")


def show_export(found: ExportReport | AdExport) -> None:
    """Show what was written, and who was left out."""
    from segmentary.activation.audience import REASONS
    from segmentary.workspace.ad_exporting import AdExport

    for file in found.files:
        show(file)
    if isinstance(found, AdExport):
        say(f"{plural(found.people, 'row')} for {found.platform}: {found.added:,} added, {found.removed:,} removed")
    else:
        say(f"{plural(found.people, 'customer')} of {found.segment}")
    for reason, people in found.left_out.items():
        words = "held out" if reason == HOLDOUT else REASONS.get(reason, reason)  # type: ignore[call-overload]
        say(f"left out {people:,}: {words}")
    for note in found.notes if isinstance(found, AdExport) else ():
        say(note)
