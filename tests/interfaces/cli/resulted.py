"""A shop with a campaign whose future has come, and every reading command about what it did."""

from __future__ import annotations

from pathlib import Path

from tests.workspace.campaign_shop import make_shop

RESULTED = {
    "campaign result": ["campaign", "result", "spring", "--margin", "40%", "--json"],
    "campaign next": ["campaign", "next", "--margin", "40%", "--json"],
}


def make_resulted(folder: Path) -> Path:
    """Make the shop; return its folder."""
    make_shop(folder, people=150)
    return folder / "shop"


def resulted_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *RESULTED[name]]
