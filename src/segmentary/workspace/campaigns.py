"""Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.errors import UnknownNameError
from segmentary.ledger.audiences import audience_entry, audiences_of, set_state
from segmentary.ledger.records import Record, append_record, current_records, record
from segmentary.models.progress import Tell, quiet
from segmentary.workspace.moments import Moment, as_of_instant

if TYPE_CHECKING:
    from segmentary.activation.audience import Audience
    from segmentary.activation.campaign import Campaign
    from segmentary.language.cursor import Cursor
    from segmentary.ledger.audiences import AudienceEntry
    from segmentary.measurement.campaign.result import CampaignResult
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.ad_exporting import AdExport
    from segmentary.workspace.campaign_next import NextActions
    from segmentary.workspace.campaign_people import Person
    from segmentary.workspace.campaign_preflight import AudienceCheck
    from segmentary.workspace.campaign_rendering import Rendering
    from segmentary.workspace.campaign_sending import Preflight
    from segmentary.workspace.campaign_why import Why
    from segmentary.workspace.exporting import ExportReport
    from segmentary.workspace.message_rendering import Preview
    from segmentary.workspace.outbox import Sent
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

    # ------------------------------------------------------------ messages

    def preview(self, name: str, n: int = 3, **given: Any) -> list[Preview]:
        """Show each variant as real members would get it; options: `workspace.campaign_rendering.preview`."""
        from segmentary.workspace.campaign_rendering import preview

        return preview(self.workspace, name, n, **given)

    def write_preview(self, name: str, path: str | Path, n: int = 3) -> Path:
        """Write the previews as one HTML page; return where it is."""
        from segmentary.workspace.campaign_rendering import write_preview

        return write_preview(self.workspace, name, Path(path), n)

    def render(self, audience: str, *, tell: Tell = quiet) -> Rendering:
        """Put everybody's message into the outbox, once; errors: `workspace.campaign_rendering.render`."""
        from segmentary.workspace.campaign_rendering import render

        return render(self.workspace, audience, tell=tell)

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

    # ------------------------------------------------------------ audiences

    def freeze(self, name: str, as_of: Moment = None, *, again: bool = False, tell: Tell = quiet) -> Audience:
        """Freeze who is written to, who is held out, who is left out and why; frozen already, it stays as it is.

        as_of : take the memberships of the newest run as of this moment (default: of the newest). again : freeze
        another audience; whoever was drawn into an arm before stays in it.

        Raises
        ------
        UsageError
            when a segment was never computed.
        """
        from segmentary.workspace.campaign_freezing import freeze

        moment = as_of_instant(as_of, self.workspace.settings.timezone) if as_of is not None else None
        return freeze(self.workspace, name, moment, again=again, tell=tell)

    def audience(self, audience: str) -> Audience:
        """Return a frozen audience by its id (``autumn-1``), or the newest of a campaign by the campaign's name.

        Raises
        ------
        UnknownNameError
            when there is none.
        """
        from segmentary.workspace.campaign_freezing import audience_of

        return audience_of(self.entry(audience))

    def audiences(self, campaign: str = "") -> list[Audience]:
        """Return the audiences of a campaign (or all), oldest first."""
        from segmentary.workspace.campaign_freezing import audience_of

        held = audiences_of(self.workspace.ledger, campaign)
        return [audience_of(one) for one in held if not one.campaign.startswith("export:")]

    def notes(self, audience: str) -> list[str]:
        """Return what a person should know of an audience: how old its memberships were."""
        return list(self.entry(audience).document.get("notes", []))

    def entry(self, audience: str) -> AudienceEntry:
        """Return the ledger's entry of an audience, its exposures loaded.

        Raises
        ------
        UnknownNameError
            when there is none.
        """
        from segmentary.workspace.campaign_freezing import finish

        found = audience_entry(self.workspace.ledger, audience)
        if found is None:
            held = audiences_of(self.workspace.ledger, audience)
            if not held:
                known = [one.audience for one in audiences_of(self.workspace.ledger)]
                raise UnknownNameError("audience", audience, known, see="freeze one: segmentary campaign audience NAME")
            found = held[-1]
        finish(self.workspace, found)
        return found

    def people(self, audience: str, arm: str | None = None) -> Iterator[Person]:
        """Yield the people of an audience with their addresses, by id: of one arm, or all that are written to."""
        from segmentary.workspace.campaign_people import people

        return people(self.workspace, self.entry(audience), arm)

    def cancel(self, name: str, reason: str = "") -> int:
        """Cancel an audience (or the newest of a campaign): nothing of it leaves any more; return how many messages.

        Another process may be sending it: it obeys at the next message. What left stays, and so does who was held out.
        """
        from segmentary.ledger import outbox

        entry = self.entry(name)
        at = self.workspace.tick()
        with self.workspace.ledger.transaction():
            stopped = outbox.cancel(self.workspace.ledger, entry.audience, at=at, reason=reason)
            set_state(self.workspace.ledger, entry.audience, "cancelled", at=at)
        return stopped

    # ------------------------------------------------------------ sending

    def preflight(self, name: str) -> Preflight:
        """Return what sending a campaign now would do: who would get a message, who would not and why."""
        from segmentary.workspace.campaign_sending import preflight

        return preflight(self.workspace, name)

    def send(self, name: str, **given: Any) -> Sent:
        """Send what is due of a campaign; options and errors: `workspace.campaign_sending.send`."""
        from segmentary.workspace.campaign_sending import send

        return send(self.workspace, name, **given)

    def check(self, name: str, as_of: Moment = None, *, tell: Tell = quiet) -> AudienceCheck:
        """Say what freezing would give now: who is left out and why, reach by channel, what could be seen."""
        from segmentary.workspace.campaign_preflight import check_audience

        moment = as_of_instant(as_of, self.workspace.settings.timezone) if as_of is not None else None
        return check_audience(self.workspace, self.get(name), moment, tell)

    def why(self, name: str, customer_id: str) -> Why:
        """Say why a person is in the newest audience of a campaign, or is not, and whether they could be written to."""
        from segmentary.workspace.campaign_why import why

        return why(self.workspace, name, customer_id)

    def export(
        self, audience: str, path: str | Path, file_format: str | None = None, *, by: str = "", delta: bool = False,
        days: int = 0,
    ) -> ExportReport | AdExport:  # fmt: skip
        """Write the people of an audience as csv, xlsx or parquet, or as the list an advertising platform takes."""
        from segmentary.activation.ad_platforms import PLATFORMS

        if file_format in PLATFORMS:
            from segmentary.workspace.ad_exporting import AdWish, export_audience

            purpose = str(self.entry(audience).document["purpose"])
            wish = AdWish(Path(path), file_format, purpose=purpose, delta=delta, days=days, by=by)
            return export_audience(self.workspace, audience, wish)
        from segmentary.workspace.audience_exporting import export_file

        return export_file(self.workspace, audience, Path(path), file_format, by)
