"""From a frozen audience to the outbox: everybody's message made once, whatever is killed on the way.

Ids of messages come from the audience and the customer, promises of offers are kept by message, and what is in the
outbox already is not made again: repeating gives the same messages, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.activation.campaign import TREATED, Campaign
from segmentary.activation.document_parts import bound
from segmentary.activation.message import Outgoing, Rendered
from segmentary.activation.rendering import message_id
from segmentary.errors import UsageError
from segmentary.ledger.ledger import instant_text
from segmentary.ledger.offer_uses import Wish
from segmentary.ledger.outbox import known
from segmentary.models.progress import Tell, quiet
from segmentary.workspace.message_facts import in_batches, members_of
from segmentary.workspace.message_previews import shown_to
from segmentary.workspace.message_rendering import (
    LeftOut,
    Person,
    Prepared,
    Preview,
    Sending,
    prepared,
    rendered,
)

if TYPE_CHECKING:
    from segmentary.activation.audience import Audience, Reason
    from segmentary.workspace.workspace import Workspace

BATCH = 4_000
FILE = "file"


@dataclass(frozen=True, slots=True)
class Rendering:
    """What one rendering did.

    Attributes
    ----------
    put : messages that are new in the outbox. before : that were in it already.
    left_out : people who get none, by reason; details : what was wrong, and how often.
    fallbacks : messages in which a fall-back stands, by variable; offers : messages by offer promised; empty: none.
    """

    audience: str
    put: int
    before: int
    left_out: Mapping[Reason, int] = field(default_factory=dict)
    details: Mapping[str, int] = field(default_factory=dict)
    fallbacks: Mapping[str, int] = field(default_factory=dict)
    offers: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def people(self) -> int:
        """Everybody who was to be written to."""
        return self.put + self.before + sum(self.left_out.values())


@dataclass(slots=True)
class Tally:
    """What is counted on the way."""

    before: int = 0
    left_out: Counter[Reason] = field(default_factory=Counter)
    details: Counter[str] = field(default_factory=Counter)
    fallbacks: Counter[str] = field(default_factory=Counter)
    offers: Counter[str] = field(default_factory=Counter)


def render(workspace: Workspace, name: str, *, tell: Tell = quiet) -> Rendering:
    """Put a message for everybody of an audience (its id, or a campaign: its newest) into the outbox, once.

    Raises
    ------
    UsageError
        when the audience is cancelled, or the campaign is over. SettingsError : nobody could unsubscribe.
    """
    audience = workspace.campaigns.audience(name)
    if audience.state == "cancelled":
        raise UsageError(f"{audience.audience} is cancelled", hint="freeze another: segmentary campaign audience")
    campaign = workspace.campaigns.get(f"{audience.campaign}@{audience.campaign_version}")
    sending = sending_of(workspace, campaign, audience.audience)
    began = workspace.tick()
    if sending.expires_at and sending.expires_at <= instant_text(began):
        raise UsageError(f"the campaign {campaign.name} was over {campaign.ends}", hint="give it another until:")
    workspace.offers.release_unsent()
    promise_first(workspace, audience, sending)
    tally = Tally()
    put = workspace.outbox.put(messages(workspace, audience, campaign, sending, tally, tell))
    seconds = (workspace.tick() - began).total_seconds()
    with workspace.ledger.transaction():
        detail = {"audience": audience.audience, "put": put, "before": tally.before, "left_out": dict(tally.left_out)}
        workspace.ledger.audit("rendering", detail, at=workspace.tick())
    return Rendering(
        audience.audience,
        put,
        tally.before,
        dict(tally.left_out),
        dict(tally.details),
        dict(tally.fallbacks),
        dict(tally.offers),
        seconds,
    )


def promise_first(workspace: Workspace, audience: Audience, sending: Sending) -> None:
    """Promise what is scarce to those who are expected to bring most, before anybody's message is made.

    Without it the first by id would get what is limited. A promise is kept by its message: rendering finds it again.
    """
    if not sending.offers or not sending.message:
        return
    table = workspace.offers.get(sending.offers)
    if not any(one.expected and (one.limit is not None or one.budget is not None or one.codes) for one in table.rows):
        return
    read = workspace.messages.read(workspace.messages.get(sending.message))
    named = {name for name, uses in read.uses.items() if any(one.path[0] == "offer" for one in uses)}
    asking = {
        one.customer_id: one.segment
        for one in workspace.campaigns.people(audience.audience)
        if read.message.variant(one.variant).name in named and one.address
    }
    candidates = workspace.offers.candidates(table, asking, workspace.tick())
    expected = workspace.offers.expected(table.rows, list(candidates))

    def brings(customer_id: str) -> tuple[float, str]:
        best = table.by_id[candidates[customer_id][0]]
        return -expected.get(customer_id, {}).get(best.expected, float("-inf")), customer_id

    for batch in in_batches(sorted(candidates, key=brings), BATCH):
        workspace.offers.promise([Wish(message_id(sending.origin, one), one, candidates[one]) for one in batch], table)


def sending_of(workspace: Workspace, campaign: Campaign, origin: str) -> Sending:
    """Return what all messages of a campaign share."""
    zone = workspace.settings.timezone
    channel = workspace.settings.channels.get(campaign.channel, {})
    starts, ends = bound(campaign.starts, zone, end=False), bound(campaign.ends, zone, end=True)
    return Sending(
        origin,
        campaign.message,
        campaign.channel,
        campaign.purpose,
        campaign.name,
        campaign.name.replace("_", " "),
        campaign.offers,
        campaign.sender or str(channel.get("sender", "")),
        instant_text(starts) if starts is not None else "",
        instant_text(ends) if ends is not None else "",
    )


def messages(
    workspace: Workspace, audience: Audience, campaign: Campaign, sending: Sending, tally: Tally, tell: Tell
) -> Iterator[Outgoing]:
    """Yield what goes into the outbox, counting what does not."""
    ready = prepared(workspace, workspace.messages.get(campaign.message), sending) if campaign.message else None
    batches = to_render(workspace, audience, sending, tally, tell)
    for one in rendered(ready, batches) if ready is not None else bare(sending, batches):
        if isinstance(one, LeftOut):
            tally.left_out[one.reason] += 1
            tally.details[one.detail] += 1
            continue
        tally.offers[one.content.offer] += 1
        tally.fallbacks.update(one.content.fallbacks)
        yield one


def to_render(
    workspace: Workspace, audience: Audience, sending: Sending, tally: Tally, tell: Tell
) -> Iterator[list[Person]]:
    """Yield the people of an audience who have no message yet, in batches; who has lost their address has none."""
    from segmentary.activation.addresses import address_kind

    needs_address = bool(address_kind(sending.channel, workspace.settings.channels))
    whole, done = max(1, audience.written_to), 0
    for batch in in_batches(workspace.campaigns.people(audience.audience), BATCH):
        tell(f"{done:,} of {whole:,} messages", min(1.0, done / whole))
        done += len(batch)
        people = [
            Person(
                one.customer_id, one.segment, one.arm, one.variant, one.address,
                message_id(sending.origin, one.customer_id),
            )
            for one in batch
        ]  # fmt: skip
        there = known(workspace.ledger, [one.message for one in people])
        tally.before += len(there)
        people = [one for one in people if one.message not in there]
        gone = sum(needs_address and not one.address for one in people)
        if gone:
            tally.left_out["no_address"] += gone
            tally.details["no address any more"] += gone
        yield [one for one in people if one.address or not needs_address]


def bare(sending: Sending, batches: Iterable[Sequence[Person]]) -> Iterator[Outgoing]:
    """Yield messages without a text, for channels that write files of people."""
    for one in (one for batch in batches for one in batch):
        content = Rendered("", sending.title or sending.campaign, data={"segment": one.segment})
        yield Outgoing(
            one.message, sending.origin, sending.campaign, one.customer_id, sending.channel, sending.purpose,
            one.segment, one.arm, one.variant, one.address, content, sending.not_before, sending.expires_at,
        )  # fmt: skip


# ---------------------------------------------------------------- looking at it first


def preview(
    workspace: Workspace, name: str, n: int = 3, *, variant: str = "", customers: Sequence[str] = ()
) -> list[Preview]:
    """Show each variant of a campaign as real members of its targets would get it; nothing is promised or kept.

    Per variant: a usual person, the one of whom least is known, the one with the longest values. Works before an
    audience is frozen. Without an address for it, the unsubscribe link leads to example.org.

    Raises
    ------
    UsageError
        when the campaign has no message, or nothing was run yet.
    """
    from segmentary.workspace.preview_choice import chosen

    campaign = workspace.campaigns.get(name)
    if not campaign.message:
        raise UsageError(f"{campaign.name} has no message: it writes a file of people", hint="segmentary campaign show")
    ready = prepared(
        workspace, workspace.messages.get(campaign.message), sending_of(workspace, campaign, "preview"), strict=False
    )
    found: list[Preview] = []
    for one, segments in by_variant(ready, campaign).items():
        if variant and one != variant:
            continue
        picked = [(who, "asked for") for who in customers] or chosen(ready, one, members_of(workspace, segments), n)
        lookup = workspace.lookup
        people = []
        for customer_id, why in picked:
            own = [segment for segment in segments if segment in lookup.segments_of(customer_id)]
            people.append((Person(customer_id, own[0] if own else "", TREATED, one), why))
        found += shown_to(ready, one, people)
    if variant and not found and variant not in ready.compiled:
        from segmentary.errors import UnknownNameError

        raise UnknownNameError("variant", variant, ready.compiled)
    return found


def by_variant(ready: Prepared, campaign: Campaign) -> dict[str, list[str]]:
    """Return the segments each variant is for; arms that are called like a variant get that one."""
    found: dict[str, list[str]] = {}
    for target in campaign.targets:
        names = [target.variant] if target.variant else [arm for arm in campaign.arms if arm in ready.compiled]
        for name in names or [ready.message.variants[0].name]:
            found.setdefault(ready.message.variant(name).name, []).append(target.segment)
    return {one.name: found[one.name] for one in ready.message.variants if one.name in found}


def write_preview(workspace: Workspace, name: str, path: Path, n: int = 3) -> Path:
    """Write the previews of a campaign as one HTML page: phone and desktop width, light and dark, side by side."""
    from segmentary.activation.previews import Shown, preview_page

    campaign = workspace.campaigns.get(name)
    shown = [
        Shown(
            one.variant,
            one.why,
            one.customer_id,
            one.rendered.subject if one.rendered else "",
            one.preheader,
            one.rendered.text if one.rendered else "",
            one.rendered.html if one.rendered else "",
            one.rendered.fallbacks if one.rendered else (),
            one.rendered.offer if one.rendered else "",
            one.failed,
        )
        for one in preview(workspace, name, n)
    ]
    page = preview_page(campaign.name, campaign.channel, workspace.settings.channels.get(campaign.channel, {}), shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path
