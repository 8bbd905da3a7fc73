"""A small shop with a message, offers and a frozen audience, and every reading command about them."""

from __future__ import annotations

from pathlib import Path

from tests.workspace.message_shop import make_shop, with_mail

MESSAGING = {
    "message list": ["message", "list", "--json"],
    "message show": ["message", "show", "autumn", "--json"],
    "message lint": ["message", "lint", "autumn", "--segment", "gold", "--json"],
    "message preview": ["message", "preview", "autumn", "--variant", "thanks", "--customer", "c051", "--json"],
    "offer list": ["offer", "list", "--json"],
    "offer show": ["offer", "show", "autumn", "--json"],
    "offer for": ["offer", "for", "c051", "--json"],
    "campaign preview": ["campaign", "preview", "autumn_offer", "--people", "1", "--variant", "thanks", "--json"],
    "campaign render": ["campaign", "render", "autumn_offer", "--json"],
}


def make_messaging(folder: Path) -> Path:
    """Make a workspace whose audience is frozen; return its folder."""
    with make_shop(folder, until="2099-03") as workspace:
        workspace.campaigns.freeze("autumn_offer")
    with_mail(folder)
    return folder / "shop"


def messaging_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one workspace."""
    return ["-w", str(shop), *MESSAGING[name]]
