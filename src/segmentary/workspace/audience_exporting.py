"""The people of an audience as an ordinary file, for whoever calls, prints or writes to them with another tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from segmentary.activation.campaign import HOLDOUT
from segmentary.activation.export import About, format_of, write_export
from segmentary.ledger.audiences import members_of
from segmentary.workspace.exporting import ExportReport
from segmentary.workspace.sending_gate import gate

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def export_file(workspace: Workspace, audience: str, path: Path, file_format: str | None, by: str) -> ExportReport:
    """Write who is to be written to, with address and variant; whoever said no since is left out and counted."""
    chosen = format_of(path, file_format)
    entry = workspace.campaigns.entry(audience)
    document = entry.document
    campaign = workspace.campaigns.get(f"{entry.campaign}@{entry.campaign_version}")
    workspace.consents.load()
    asked = gate(workspace, document["channel"], document["purpose"], obey_caps=campaign.obey_caps)
    at = workspace.tick()
    left: dict[str, int] = {}
    rows: list[tuple[str, str, str, str, str]] = []
    for one in workspace.campaigns.people(entry.audience):
        reason = asked.verdict(one.customer_id, one.address, at)
        if reason in (None, "quiet"):
            rows.append((one.customer_id, one.segment, one.arm, one.variant, one.address))
        else:
            left[str(reason)] = left.get(str(reason), 0) + 1
    for block in members_of(workspace.ledger, entry.audience):
        for member in block:
            if member[4] or member[2] == HOLDOUT:
                left[member[4] or HOLDOUT] = left.get(member[4] or HOLDOUT, 0) + 1
    names = ("customer_id", "segment", "arm", "variant", "address")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    table = pa.table({name: pa.array(list(cells), pa.string()) for name, cells in zip(names, columns, strict=True)})
    about = About(
        entry.audience, entry.campaign_version, f"audience {entry.audience} of campaign {entry.campaign}",
        entry.as_of.isoformat(), at.isoformat(), by, table.num_rows, dict(sorted(left.items())), document["channel"],
        document["purpose"], names,
    )  # fmt: skip
    written = write_export(table, path, chosen, about)
    with workspace.ledger.transaction():
        detail = {"audience": entry.audience, "people": table.num_rows, "by": by, "for": document["channel"]}
        workspace.ledger.audit("export", detail, at=at)
    return ExportReport(
        entry.audience, tuple(map(str, written)), table.num_rows, about.left_out, entry.campaign_version, entry.as_of
    )
