"""Conversations for tests of pages: one that went well, one nobody understood, one that waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def furnish(workspace: Workspace) -> list[str]:
    """Talk to the bot; return the pages that show it."""
    chats = workspace.chats
    somebody = min(workspace.segment("plus").ids())
    for name, customer, said in (
        ("first", "", ["when are you open", "on a balcony"]),
        ("second", somebody, ["any tips for me", "what about the moons of jupiter"]),
        ("third", "", ["zzz qqq xxx", "I want to talk to a human"]),
    ):
        chats.open("flora", "site", customer or None, verified=bool(customer), conversation_id=name)
        chats.greet(name)
        for number, text in enumerate(said):
            chats.say(name, text, f"{name}-{number}")
    return [
        f"/chat?bot=flora&customer={somebody}&said=any+tips+for+me", "/chat/transcripts/third", "/chat/answers",
    ]  # fmt: skip
