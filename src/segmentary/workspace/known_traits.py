"""The catalogue of traits, counted once for each state of the warehouse and shared by all who read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from segmentary.engine.duckdb import DuckDB
from segmentary.profiles.catalog import Trait
from segmentary.workspace.population import state_of

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

BYTES = 1 << 20


def known_traits(workspace: Workspace) -> Mapping[str, Trait]:
    """Return every trait by name, in the order of the names."""
    if not isinstance(workspace.warehouse, DuckDB):
        return workspace.traits().traits
    found: Mapping[str, Trait] = workspace.columns.known(
        state_of(workspace, workspace.warehouse),
        "catalogue of traits",
        lambda: workspace.traits().traits,
        lambda traits: min(BYTES, 500 * len(traits)),
    )
    return found
