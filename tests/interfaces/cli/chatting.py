"""A shop with a bot, made by the command line, and every reading command about chats."""

from __future__ import annotations

import json
from pathlib import Path

from tests.interfaces.cli.shop import call, done
from tests.workspace.chat_shop import BOT, EVENTS, OFFERS, PEOPLE, SEGMENTS

CHATTING = {
    "chat talk": ["chat", "talk", "ada", "--as", "cyd", "--script", "said.txt", "--explain", "--json"],
    "chat bots": ["chat", "bots", "--json"],
    "chat conversations": ["chat", "conversations", "--json"],
    "chat show": ["chat", "show", "CONVERSATION", "--json"],
    "chat lint": ["chat", "lint", "ada", "--json"],
    "chat try": ["chat", "try", "phrases.txt", "--json"],
    "chat load": ["chat", "load", "--json"],
}


def make_chatting(folder: Path) -> Path:
    """Make a workspace in which somebody talked to a bot; return its folder."""
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "logins.csv").write_text(EVENTS)
    (folder / "said.txt").write_text("what are your opening hours\n27\nunsubscribe\ncan I speak to a person\n")
    (folder / "phrases.txt").write_text("opening\twhat are your opening hours\nopening\tany tips for me\nblue moon\n")
    shop = folder / "shop"
    done("init", shop)
    done("-w", shop, "add", folder / "people.csv", folder / "logins.csv")
    for name, text in (("segments", SEGMENTS), ("spring", OFFERS), ("ada", BOT)):
        (shop / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    done("-w", shop, "apply")
    return shop


def chatting_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    found = [str(shop.parent / one) if one.endswith(".txt") else one for one in CHATTING[name]]
    if "CONVERSATION" in found:
        listed = json.loads(call("-w", str(shop), "chat", "conversations", "--json").stdout)["conversations"]
        found[found.index("CONVERSATION")] = listed[0]["conversation"]
    return ["-w", str(shop), *found]
