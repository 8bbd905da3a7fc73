"""Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.ledger.records import Record, append_record, current_records, record

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.language.cursor import Cursor
    from segmentary.measurement.campaign.result import CampaignResult
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.campaign_next import NextActions
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

    # ------------------------------------------------------------ results

    def result(self, name: str, **given: Any) -> CampaignResult:
        """Return what a campaign did; options and errors: `workspace.campaign_results.result_of`."""
        from segmentary.workspace.campaign_results import result_of

        return result_of(self.workspace, name, **given)

    def report(self, name: str, path: str | Path | None = None, **given: Any) -> DocumentFiles:
        """Write the report of a campaign (default: ``reports/campaign_NAME``); options: as of `result`."""
        from segmentary.workspace.campaign_reporting import write_campaign

        return write_campaign(self.workspace, name, Path(path) if path is not None else None, **given)

    def next_actions(self, **given: Any) -> NextActions:
        """Return what to do next with each segment; options: `workspace.campaign_next.next_actions_of`."""
        from segmentary.workspace.campaign_next import next_actions_of

        return next_actions_of(self.workspace, **given)
