"""The people of a frozen audience, with where they are written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.addresses import address_kind
from segmentary.activation.campaign import HOLDOUT
from segmentary.engine.sqlfile import column
from segmentary.ledger.audiences import members_of

if TYPE_CHECKING:
    from segmentary.ledger.audiences import AudienceEntry
    from segmentary.workspace.workspace import Workspace

IDS = "audience_ids"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of an audience who is to be written to, or is held out.

    address : where they are written to now, normalised; empty where the channel knows people by their id, or where the
        address is gone since.
    """

    customer_id: str
    segment: str
    arm: str
    variant: str
    address: str


def people(workspace: Workspace, entry: AudienceEntry, arm: str | None) -> Iterator[Person]:
    """Yield the people of an audience in the order of their ids: of one arm, or all that are written to."""
    from segmentary.workspace.contact_addresses import best_addresses

    channel = str(entry.document["channel"])
    kind = address_kind(channel, workspace.settings.channels)
    for block in members_of(workspace.ledger, entry.audience, arm=arm, reason=""):
        wanted = [one for one in block if arm is not None or one[2] != HOLDOUT]
        addresses: dict[str, str] = {}
        if kind and wanted:
            ids = pa.table({"customer_id": pa.array([one[0] for one in wanted], pa.string())})
            workspace.engine.ingest(IDS, ids, temporary=True)
            chosen = exp.select(column("customer_id")).from_(exp.table_(IDS, quoted=True))
            addresses = {
                who: where or "" for who, where in workspace.engine.rows(best_addresses(workspace, kind, chosen))
            }
            workspace.engine.drop(IDS)
        for customer_id, segment, held, variant, _ in wanted:
            yield Person(customer_id, segment, held, variant, addresses.get(customer_id, ""))
