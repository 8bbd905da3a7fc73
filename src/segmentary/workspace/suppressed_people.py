"""Who must not be contacted by a channel because they, or an address of theirs, are suppressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.addresses import address_kind, consent_channel
from segmentary.engine.sqlfile import column
from segmentary.ledger.suppressions import suppressions
from segmentary.workspace.contact_addresses import all_addresses
from segmentary.workspace.record_names import other_ids

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

ANY = "any"
HASHES = "suppressed_hashes"


def suppressed_people(workspace: Workspace, channel: str) -> list[str]:
    """Return the ids of everybody who is suppressed: by themselves, or by any address they might be reached at.

    A file that leaves the house may be used with any of a person's addresses; so one of them is enough.
    """
    channels = workspace.settings.channels
    named = {channel, consent_channel(channel, channels), ANY}
    held = [one for one in suppressions(workspace.ledger) if one.channel in named]
    owners = {other: who for who, others in other_ids(workspace.engine).items() for other in others}
    people = {owners.get(one.customer_id, one.customer_id) for one in held if not one.address_hash}
    hashes = sorted({one.address_hash for one in held if one.address_hash})
    kind = address_kind(channel, channels)
    if hashes and kind:
        workspace.engine.ingest(HASHES, pa.table({"address_hash": pa.array(hashes, pa.string())}), temporary=True)
        listed = exp.select(column("address_hash")).from_(exp.table_(HASHES, quoted=True))
        hashed = exp.Anonymous(this="sha256", expressions=[column("address", "given")])
        query = (
            exp.select(column("customer_id", "given"))
            .distinct()
            .from_(all_addresses(workspace, kind).subquery("given"))
            .where(exp.In(this=hashed, query=exp.Subquery(this=listed)))
        )
        people |= {str(who) for (who,) in workspace.engine.rows(query)}
        workspace.engine.drop(HASHES)
    return sorted(people)
