"""What a step sends, rendered for everybody who is at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.addresses import address_kind
from segmentary.activation.campaign import TREATED
from segmentary.activation.message import Outgoing
from segmentary.engine.sqlfile import column
from segmentary.workspace.contact_addresses import best_addresses
from segmentary.workspace.journey_facts import origin_of
from segmentary.workspace.message_rendering import Person, Sending

if TYPE_CHECKING:
    from segmentary.activation.journey.plan import Journey
    from segmentary.workspace.journey_moving import Due
    from segmentary.workspace.workspace import Workspace

IDS = "journey_ids"


def rendered(
    workspace: Workspace, versions: Mapping[str, Journey], due: Sequence[Due]
) -> Iterator[tuple[Due, Outgoing | None]]:
    """Yield what everybody gets; nothing where the message has no text for them."""
    groups: dict[tuple[str, str], list[Due]] = {}
    for one in due:
        groups.setdefault((one.position.version, one.send.id), []).append(one)
    for (version, step), part in groups.items():
        journey = versions[version]
        send = part[0].send
        sending = Sending(
            origin_of(journey.name, step), send.message, journey.channel, journey.purpose, campaign=journey.name,
            offers=journey.offers, sender=journey.sender,
        )  # fmt: skip
        addresses = addresses_of(workspace, journey.channel, [one.position.customer_id for one in part])
        people = [
            Person(
                one.position.customer_id, journey.enter.segment, TREATED, send.variant,
                addresses.get(one.position.customer_id, ""), one.message,
            )
            for one in part
        ]  # fmt: skip
        for one, made in zip(part, workspace.messages.render_for(people, sending), strict=True):
            yield one, made if isinstance(made, Outgoing) else None


def addresses_of(workspace: Workspace, channel: str, customers: Sequence[str]) -> dict[str, str]:
    """Return where people are written to by a channel; nothing where it knows them by their id."""
    kind = address_kind(channel, workspace.settings.channels)
    if not kind:
        return {}
    workspace.engine.ingest(IDS, pa.table({"customer_id": pa.array(customers, pa.string())}), temporary=True)
    try:
        chosen = exp.select(column("customer_id")).from_(exp.table_(IDS, quoted=True))
        return {who: where or "" for who, where in workspace.engine.rows(best_addresses(workspace, kind, chosen))}
    finally:
        workspace.engine.drop(IDS)
