"""Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segmentary.ledger.records import Record, append_record, current_records, record

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.workspace import Workspace


class Campaigns:
    """Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ documents

    def apply(self, document: Mapping[str, Any] | Cursor | Campaign) -> Record:
        """Put a campaign into force, or a new version of it; audiences frozen before stay as they are.

        Raises
        ------
        DefinitionError, UnknownNameError
            when it is wrong, or names segments, messages or offers there are not.
        """
        from segmentary.activation.campaign import Campaign
        from segmentary.activation.campaign_yaml import campaign_document, read_campaign
        from segmentary.language.cursor import Cursor
        from segmentary.workspace.campaign_checking import check_campaign

        if isinstance(document, Campaign):
            document = campaign_document(document)
        cursor = document if isinstance(document, Cursor) else Cursor(document)
        campaign = read_campaign(cursor)
        check_campaign(self.workspace, campaign, cursor)
        return append_record(
            self.workspace.ledger, "campaign", campaign.name, campaign_document(campaign), at=self.workspace.tick()
        )

    def get(self, name: str) -> Campaign:
        """Return a campaign; ``name@v2`` for an older version.

        Raises
        ------
        UnknownNameError
            when there is none.
        """
        from segmentary.activation.campaign_yaml import parse_campaign

        return parse_campaign(record(self.workspace.ledger, "campaign", name).document)

    def kept(self) -> list[Campaign]:
        """Return every campaign in force."""
        from segmentary.activation.campaign_yaml import parse_campaign

        return [parse_campaign(one.document) for one in current_records(self.workspace.ledger, "campaign").values()]
