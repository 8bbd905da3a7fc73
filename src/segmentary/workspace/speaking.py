"""What a workspace says to people and hears from them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from segmentary.workspace.campaigns import Campaigns
    from segmentary.workspace.chats import Chats
    from segmentary.workspace.consents import Consents
    from segmentary.workspace.journeys import Journeys
    from segmentary.workspace.messages import Messages
    from segmentary.workspace.offers import Offers
    from segmentary.workspace.outbox import Outbox
    from segmentary.workspace.voices import Voices
    from segmentary.workspace.workspace import Workspace


class Speaking:
    """The part of a workspace that reaches people: voices, consents, messages, offers, campaigns, journeys, chats."""

    @cached_property
    def campaigns(self) -> Campaigns:
        """Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""
        from segmentary.workspace.campaigns import Campaigns

        return Campaigns(cast("Workspace", self))

    @cached_property
    def chats(self) -> Chats:
        """Conversations of a workspace: bots that say approved answers only, and ask what is missing."""
        from segmentary.workspace.chats import Chats

        return Chats(cast("Workspace", self))

    @cached_property
    def consents(self) -> Consents:
        """Who may be contacted: decisions taken down at once, suppressed addresses, caps; obeyed by every sending."""
        from segmentary.workspace.consents import Consents

        return Consents(cast("Workspace", self))

    @cached_property
    def journeys(self) -> Journeys:
        """Journeys of a workspace: steps people go through over days; moved on by `segmentary tick`."""
        from segmentary.workspace.journeys import Journeys

        return Journeys(cast("Workspace", self))

    @cached_property
    def messages(self) -> Messages:
        """Messages of a workspace: templates by variant, what they need, what they look like for real people."""
        from segmentary.workspace.messages import Messages

        return Messages(cast("Workspace", self))

    @cached_property
    def offers(self) -> Offers:
        """Offers of a workspace: tables of what may be promised to whom, until when, how often."""
        from segmentary.workspace.offers import Offers

        return Offers(cast("Workspace", self))

    @cached_property
    def outbox(self) -> Outbox:
        """The outbox of a workspace: what waits, what left, what came back; sending that can be killed at any point."""
        from segmentary.workspace.outbox import Outbox

        return Outbox(cast("Workspace", self))

    @cached_property
    def voices(self) -> Voices:
        """What people say, coded: models and codebooks, coded passages, themes."""
        from segmentary.workspace.voices import Voices

        return Voices(cast("Workspace", self))
