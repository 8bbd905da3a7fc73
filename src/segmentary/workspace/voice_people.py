"""Who the records behind texts are, and which segments they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.schema import IDENTITY_MAP

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def customers_of(workspace: Workspace) -> dict[tuple[str, str | None], str]:
    """Return which customer each record is, by its space of ids and id."""
    names = (exp.column(name, quoted=True) for name in ("id_space", "record_id", "customer_id"))
    rows = workspace.engine.rows(exp.select(*names).from_(exp.table_(IDENTITY_MAP.name, quoted=True)))
    return {(str(space), str(record)): str(who) for space, record, who in rows}
