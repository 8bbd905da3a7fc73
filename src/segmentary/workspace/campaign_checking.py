"""Campaigns held against the workspace: what they name exists, what they measure can be measured, what is sensitive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.ledger.records import current_records

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.workspace import Workspace

CHANNELS = ("email", "sms", "push", "chat", "file")
METRIC = "buys = any order_completed in 28d"
"""What success is where a campaign does not say."""


def check_campaign(workspace: Workspace, campaign: Campaign, at: Cursor) -> None:
    """Refuse a campaign that names what there is not, or touches special data without a reason.

    Raises
    ------
    DefinitionError, UnknownNameError
        with the place in the file.
    """
    check_channel(workspace, campaign, at)
    check_segments(workspace, campaign, at)
    check_message(workspace, campaign, at)
    check_metric(workspace, campaign, at)
    touched = sensitive(workspace, campaign)
    if touched and not campaign.sensitive_because:
        said = "; ".join(f"{segment} rests on {', '.join(names)}" for segment, names in touched.items())
        raise at.down("targets").wrong(
            f"special categories of data decide who gets this: {said}",
            'say why that may be: sensitive_because: "asked for it on the form of 2 May"',
        )


def check_channel(workspace: Workspace, campaign: Campaign, at: Cursor) -> None:
    """Refuse a channel nobody knows."""
    known = [*CHANNELS, *workspace.settings.channels]
    if campaign.channel not in known:
        part = at.down("channel") if "channel" in at.mapping("a campaign") else at
        raise UnknownNameError(
            "channel", campaign.channel, known, place=part.places.get(part.pointer), pointer=part.pointer,
            see=f"one of {', '.join(known)}, or a table [channels.{campaign.channel}] in segmentary.toml",
        )  # fmt: skip


def check_segments(workspace: Workspace, campaign: Campaign, at: Cursor) -> None:
    """Refuse segments that are not there, or whose members are no customers."""
    defined = workspace.segments_defined()
    targets = at.down("targets").items("'targets'")
    named = [
        (cursor if isinstance(cursor.content, str) else cursor.down("segment"), one.segment)
        for cursor, one in zip(targets, campaign.targets, strict=True)
    ]
    part = at.optional("exclude")
    if part is not None and campaign.exclude:
        named += list(zip(part.items("'exclude'"), campaign.exclude, strict=True))
    for cursor, name in named:
        if name not in defined:
            raise UnknownNameError(
                "segment", name, defined, place=cursor.places.get(cursor.pointer), pointer=cursor.pointer,
                see="see `segmentary segment list`",
            )  # fmt: skip
        entity = defined[name].entity
        if entity != "customer":
            raise cursor.wrong(
                f"the members of {name} are {entity}s: nobody to write to",
                "make a segment of the people in them: related: ...",
            )


def check_message(workspace: Workspace, campaign: Campaign, at: Cursor) -> None:
    """Refuse messages, variants and offers that are not there."""
    messages = current_records(workspace.ledger, "message")
    if campaign.message:
        part = at.down("message")
        if campaign.message not in messages:
            raise UnknownNameError(
                "message", campaign.message, messages, place=part.places.get(part.pointer), pointer=part.pointer,
                see="put a message into force first: segmentary apply",
            )  # fmt: skip
        variants = variants_of(workspace, campaign.message)
        for cursor, one in zip(at.down("targets").items("'targets'"), campaign.targets, strict=True):
            if one.variant and one.variant not in variants:
                part = cursor.down("variant")
                raise UnknownNameError(
                    f"variant of message {campaign.message}", one.variant, variants,
                    place=part.places.get(part.pointer), pointer=part.pointer, see=f"one of {', '.join(variants)}",
                )  # fmt: skip
    if campaign.offers:
        part = at.down("offers")
        offers = current_records(workspace.ledger, "offers")
        if campaign.offers not in offers:
            raise UnknownNameError(
                "offers", campaign.offers, offers, place=part.places.get(part.pointer), pointer=part.pointer,
                see="put a table of offers into force first: segmentary apply",
            )  # fmt: skip


def variants_of(workspace: Workspace, message: str) -> list[str]:
    """Return the variants of a message, in its order."""
    found = current_records(workspace.ledger, "message")[message].document.get("variants", {})
    # Written as a table, or as a list of tables that say their names.
    return [str(one if isinstance(one, str) else one.get("variant", "")) for one in found]


def metric_text(campaign: Campaign) -> str:
    """Return what success of a campaign is, with its window."""
    text = campaign.metric or METRIC
    if campaign.window and " in " not in text:
        text = f"{text} in {campaign.window}"
    return text


def check_metric(workspace: Workspace, campaign: Campaign, at: Cursor) -> None:
    """Refuse a metric that cannot be read, or of events and traits there are not."""
    from segmentary.errors import SegmentaryError
    from segmentary.measurement.experiment.metrics import parse_metric
    from segmentary.workspace.experiment_reading import check_metrics

    if not campaign.metric:
        return
    try:
        check_metrics(workspace, [parse_metric(metric_text(campaign), "primary")])
    except SegmentaryError as error:
        part = at.down("metric")
        raise DefinitionError(
            getattr(error, "reason", error.message), hint=error.hint, place=part.places.get(part.pointer),
            pointer=part.pointer,
        ) from None  # fmt: skip


def sensitive(workspace: Workspace, campaign: Campaign) -> dict[str, list[str]]:
    """Return per segment of a campaign the special categories of data it rests on."""
    names = [*(one.segment for one in campaign.targets), *campaign.exclude]
    return sensitive_segments(workspace, names)


def sensitive_segments(workspace: Workspace, names: list[str]) -> dict[str, list[str]]:
    """Return per segment the special categories of data (health, belief, origin, ...) it rests on."""
    found = {}
    for name in names:
        touched = workspace.segment(name).lineage.sensitive
        special = [one for one, kind in touched.items() if kind == "special"]
        if special:
            found[name] = special
    return found
