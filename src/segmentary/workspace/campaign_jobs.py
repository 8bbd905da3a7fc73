"""Campaigns as jobs of a server: freezing, rendering, looking before sending, sending, what is due, reports.

Consent and holdout are no arguments of any of them: who is held out was drawn when the audience was frozen, and whether
somebody may be written to is asked once more before each message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentary.errors import ConflictError, UsageError
from segmentary.ledger.records import current_records
from segmentary.workspace.campaign_looking import entry_at, tag_of

if TYPE_CHECKING:
    from segmentary.activation.audience import Audience
    from segmentary.models.progress import Tell
    from segmentary.workspace.campaign_rendering import Rendering
    from segmentary.workspace.campaign_sending import Preflight
    from segmentary.workspace.ticking import Ticked
    from segmentary.workspace.workspace import Workspace

LONGEST = 200


@dataclass(frozen=True, slots=True)
class FrozenNow:
    """What a freezing gave."""

    audience: str
    campaign: str
    written_to: int
    members: int


@dataclass(frozen=True, slots=True)
class SentNow:
    """What a sending did."""

    audience: str
    campaign: str
    sent: int
    waiting: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written: where it is opened from."""

    campaign: str
    report: str
    files: tuple[str, ...]


def freeze_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> FrozenNow:
    """Freeze a campaign's audience: ``campaign``, and ``again`` for another one."""
    only(arguments, "campaign", "again", "as_of")
    name = text(arguments, "campaign")
    if name not in current_records(workspace.ledger, "campaign"):
        raise UsageError("there is no campaign of this name", hint="save it first")
    as_of = text(arguments, "as_of", needed=False) or None
    found: Audience = workspace.campaigns.freeze(name, as_of, again=truth(arguments, "again"), tell=tell)
    return FrozenNow(found.audience, found.campaign, found.written_to, found.members)


def render_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Rendering:
    """Make everybody's message: ``audience``. Nothing leaves."""
    only(arguments, "audience")
    return workspace.campaigns.render(text(arguments, "audience"), tell=tell)


def preflight_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Preflight:
    """Say what sending would do now: ``audience``. Nothing leaves."""
    only(arguments, "audience")
    tell("asking whom it may go to", 0.1)
    return workspace.campaigns.preflight(text(arguments, "audience"))


def send_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> SentNow:
    """Send what is due of an audience: ``audience``, ``confirm``, ``match``, and ``limit`` for a part of it."""
    only(arguments, "audience", "confirm", "match", "limit")
    audience = text(arguments, "audience")
    confirmed(workspace, audience, arguments.get("confirm"), text(arguments, "match"))
    limit = whole(arguments, "limit")
    found = workspace.campaigns.send(audience, limit=limit, tell=tell)
    workspace.outbox.load()
    workspace.derived.ensure()
    return SentNow(audience, entry_at(workspace, audience).campaign, found.sent, found.waiting, found.sentence)


def confirmed(workspace: Workspace, audience: str, people: object, match: str) -> None:
    """Refuse to send what somebody did not look at: they name the number of people, and which frozen audience it is.

    Raises
    ------
    UsageError
        when the number is another than the audience has.
    ConflictError
        when the audience is no longer what they read.
    """
    from segmentary.workspace.campaign_freezing import audience_of

    entry = entry_at(workspace, audience)
    if entry.audience != audience:
        raise UsageError("name the frozen audience, not its campaign", hint="its id ends with a number, like garden-1")
    if match != tag_of(entry):
        raise ConflictError("the audience is no longer what you read", hint="look at it again, then send")
    written = audience_of(entry).written_to
    if isinstance(people, bool) or people != written:
        raise UsageError(
            f"sending needs your word for {written:,} people", hint=f"confirm: {written}, the people of the audience"
        )


def tick_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Ticked:
    """Do what is due now: data that came in, segments, journeys, what waits in the outbox. ``send``: also that."""
    from segmentary.workspace.ticking import tick

    only(arguments, "send")
    return tick(workspace, send=truth(arguments, "send", default=True), tell=tell)


def report_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Written:
    """Write a campaign's report: ``campaign``, and ``margin``, the share of revenue that is profit."""
    from segmentary.workspace.experiment_reporting import plain

    only(arguments, "campaign", "margin", "peek")
    name = text(arguments, "campaign")
    folder = workspace.folder.root / "reports" / f"campaign_{plain(name)}"
    workspace.campaigns.report(
        name, folder, margin=share(arguments, "margin"), peek=truth(arguments, "peek"), tell=tell
    )
    return Written(name, folder.name, report_files(folder))


def report_files(folder: Any) -> tuple[str, ...]:
    """Return the names of a report's files that may be given out."""
    return tuple(sorted(one.name for one in folder.glob("*") if one.is_file() and one.suffix in REPORT_KINDS))


REPORT_KINDS = {
    ".html": "text/html",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


# ---------------------------------------------------------------- arguments


def only(arguments: Mapping[str, Any], *known: str) -> None:
    """Refuse arguments that mean nothing here."""
    if not set(arguments) <= set(known):
        raise UsageError("there is an argument this job does not take", hint=f"it takes {', '.join(known)}")


def text(arguments: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    """Return a short text of the arguments."""
    found = arguments.get(name, "")
    if not isinstance(found, str) or len(found) > LONGEST or (needed and not found):
        raise UsageError(f"{name} is missing or is no name")
    return found


def truth(arguments: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Return yes or no of the arguments."""
    found = arguments.get(name, default)
    if not isinstance(found, bool):
        raise UsageError(f"{name} is true or false")
    return found


def whole(arguments: Mapping[str, Any], name: str) -> int | None:
    """Return a number of things, or None."""
    found = arguments.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= 10**9:
        raise UsageError(f"{name} is a whole number of at least 1")
    return found


def share(arguments: Mapping[str, Any], name: str) -> float | None:
    """Return a share between 0 and 1, or None."""
    found = arguments.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= 1:
        raise UsageError(f"{name} is a share between 0 and 1")
    return float(found)
