"""Campaigns as they stand, read without writing anything: for the many who look while one process sends.

`Campaigns.audience` finishes an audience whose process was killed, and a result takes in what the outbox knows: both
change the warehouse. What is here does not; it reads the ledger and the newest state of the warehouse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from segmentary.activation.waterfall import Fall, sentences, waterfall
from segmentary.errors import ConflictError, UnknownNameError
from segmentary.ledger import outbox as kept
from segmentary.ledger.audiences import BLOCK, AudienceEntry, audience_entry, audiences_of, set_state
from segmentary.ledger.ledger import instant_text
from segmentary.ledger.loads import load_count
from segmentary.ledger.records import current_records
from segmentary.models.progress import quiet

if TYPE_CHECKING:
    from segmentary.activation.audience import Audience
    from segmentary.activation.campaign import Campaign
    from segmentary.language.cursor import Cursor
    from segmentary.measurement.campaign.result import CampaignResult
    from segmentary.workspace.campaign_preflight import AudienceCheck
    from segmentary.workspace.workspace import Workspace

State = Literal["draft", "frozen", "sending", "sent", "cancelled"]
MOST_RESULTS = 32
RESULTS: dict[tuple[Any, ...], CampaignResult] = {}
READING = Lock()


@dataclass(frozen=True, slots=True)
class Standing:
    """One campaign as it stands.

    audience : the newest one's id; empty: none was frozen. written_to, held_out, left_out : people of it. messages :
    state of the outbox to messages. starts, ends : local times as they were written.
    """

    campaign: str
    channel: str
    purpose: str
    message: str
    segments: tuple[str, ...]
    holdout: float
    starts: str
    ends: str
    version: str
    state: State
    audience: str
    frozen_at: dt.datetime | None
    written_to: int
    held_out: int
    left_out: int
    messages: Mapping[str, int]

    @property
    def waiting(self) -> int:
        """How many messages have not left yet."""
        return self.messages.get("waiting", 0) + self.messages.get("leased", 0)


@dataclass(frozen=True, slots=True)
class AudienceShown:
    """A frozen audience with its waterfall, and what became of its messages.

    tag : of this frozen audience; another one once it is cancelled.
    """

    audience: Audience
    falls: tuple[Fall, ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    messages: Mapping[str, int]
    reasons: Mapping[str, int]
    tag: str

    @property
    def held_out(self) -> int:
        """How many are held out."""
        return held_out(self.audience)


@dataclass(frozen=True, slots=True)
class AudiencePerson:
    """One person of a frozen audience: in an arm, or left out and why."""

    customer_id: str
    segment: str
    arm: str
    variant: str
    reason: str


def held_out(audience: Audience) -> int:
    """Return how many of an audience are held out."""
    return sum(n for one in audience.counts for arm, n in one.arms.items() if arm == "holdout")


def standing(workspace: Workspace) -> list[Standing]:
    """Return every campaign in force, by name."""
    from segmentary.activation.campaign_yaml import parse_campaign

    newest = {one.campaign: one for one in audiences_of(workspace.ledger)}
    return [
        standing_of(workspace, parse_campaign(one.document), one.version, newest.get(name))
        for name, one in current_records(workspace.ledger, "campaign").items()
    ]


def standing_of(workspace: Workspace, campaign: Campaign, version: str, entry: AudienceEntry | None) -> Standing:
    """Return how one campaign stands."""
    from segmentary.workspace.campaign_freezing import audience_of

    audience = audience_of(entry) if entry is not None else None
    messages = dict(workspace.outbox.state(origin=entry.audience).states) if entry is not None else {}
    written, held = (audience.written_to, held_out(audience)) if audience is not None else (0, 0)
    state: Any = audience.state if audience is not None else "draft"
    return Standing(
        campaign.name, campaign.channel, campaign.purpose, campaign.message,
        tuple(one.segment for one in campaign.targets), campaign.holdout, campaign.starts, campaign.ends, version,
        state, audience.audience if audience is not None else "", audience.frozen_at if audience is not None else None,
        written, held, audience.members - written - held if audience is not None else 0, messages,
    )  # fmt: skip


def entry_at(workspace: Workspace, name: str) -> AudienceEntry:
    """Return an audience by its id, or the newest of a campaign, as the ledger has it.

    Raises
    ------
    UnknownNameError
        when there is none.
    """
    found = audience_entry(workspace.ledger, name)
    if found is None:
        held = audiences_of(workspace.ledger, name)
        if not held or not name:
            raise UnknownNameError("audience", name, [], see="freeze the campaign's audience first")
        found = held[-1]
    return found


def audience_shown(workspace: Workspace, name: str) -> AudienceShown:
    """Return an audience with everything known of it as a whole; `name` as of `entry_at`."""
    from segmentary.workspace.campaign_freezing import audience_of

    entry = entry_at(workspace, name)
    audience = audience_of(entry)
    falls = waterfall(audience.counts, purpose=audience.purpose)
    state = workspace.outbox.state(origin=entry.audience)
    return AudienceShown(
        audience, tuple(falls), tuple(sentences(falls)), tuple(entry.document.get("notes", [])), state.states,
        state.reasons, tag_of(entry),
    )  # fmt: skip


def tag_of(entry: AudienceEntry) -> str:
    """Return what tells one frozen audience from another, and from itself once it is cancelled."""
    cancelled = "-cancelled" if entry.state == "cancelled" else ""
    return f"{entry.number}-{entry.campaign_version[:12]}{cancelled}"


def audience_people(
    workspace: Workspace, audience: str, *, arm: str = "", reason: str = "", after: str = "", limit: int = 100
) -> list[AudiencePerson]:
    """Return people of an audience in the order of their ids: of one arm, left out for one reason, or everybody."""
    rows = workspace.ledger.rows(
        "select customer_id, segment, arm, variant, reason from audience_members where audience = ?"
        " and customer_id > ? and (? = '' or arm = ?) and (? = '' or reason = ?) order by customer_id limit ?",
        audience, after, arm, arm, reason, reason, min(limit, BLOCK),
    )  # fmt: skip
    return [AudiencePerson(*row) for row in rows]


def check_unsaved(
    workspace: Workspace, campaign: Campaign, reach_by: Literal["every channel", "its own"] = "every channel"
) -> AudienceCheck:
    """Say what freezing a campaign would give now, saved or not; nothing is written.

    Decisions that are not in the warehouse yet count: they are read from the ledger.
    """
    from segmentary.workspace.campaign_checking import check_campaign
    from segmentary.workspace.campaign_preflight import looked_at

    check_campaign(workspace, campaign, cursor_of(campaign))
    return looked_at(workspace, campaign, None, quiet, reach_by=reach_by)


def draft_of(at: Cursor) -> Campaign:
    """Read a campaign somebody is still writing: it may lack its message."""
    from segmentary.activation.campaign_yaml import read_campaign

    content = at.content
    channel = content.get("channel") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or content.get("message") or not isinstance(channel, str):
        return read_campaign(at)
    return replace(read_campaign(replace(at, content={**content, "channel": "file"})), channel=channel)


def cursor_of(campaign: Campaign) -> Any:
    """Return a campaign as a document that is read."""
    from segmentary.activation.campaign_yaml import campaign_document
    from segmentary.language.cursor import Cursor

    return Cursor(campaign_document(campaign))


def result_at(workspace: Workspace, name: str, **given: Any) -> CampaignResult:
    """Return what a campaign did, from what is loaded; the same again is not computed twice within an hour."""
    from segmentary.workspace.campaign_results import result_of

    last = workspace.last_run()
    hour = instant_text(workspace.tick())[:13]
    key = (
        str(workspace.folder.root), name, load_count(workspace.ledger), last.run_id if last is not None else "", hour,
        tuple(sorted(given.items())), len(audiences_of(workspace.ledger, name)),
    )  # fmt: skip
    with READING:
        found = RESULTS.get(key)
    if found is None:
        found = result_of(workspace, name, keeping="no", **given)
        with READING:
            while len(RESULTS) >= MOST_RESULTS:
                del RESULTS[next(iter(RESULTS))]
            RESULTS[key] = found
    return found


def cancel_at(workspace: Workspace, name: str, reason: str) -> int:
    """Cancel an audience at once, also while it is being sent; return how many messages will not leave."""
    entry, at = entry_at(workspace, name), workspace.tick()
    with workspace.ledger.transaction():
        stopped = kept.cancel(workspace.ledger, entry.audience, at=at, reason=reason)
        set_state(workspace.ledger, entry.audience, "cancelled", at=at)
    return stopped


def refuse_in_use(workspace: Workspace, kind: str, name: str) -> None:
    """Refuse to retire what others in force name, or a campaign whose messages wait.

    Raises
    ------
    ConflictError
        naming who uses it.
    """
    if kind == "campaign":
        held = audiences_of(workspace.ledger, name)
        waits = sum(workspace.outbox.state(origin=one.audience).states.get("waiting", 0) for one in held)
        if waits:
            raise ConflictError(f"{waits:,} of its messages wait to be sent", hint="cancel them first")
        return
    users = [
        f"{other} {one}"
        for other in ("campaign", "journey", "bot")
        for one, record in current_records(workspace.ledger, other).items()
        if names(record.document, kind, name)
    ]
    if users:
        raise ConflictError(f"it is used by {', '.join(users)}", hint="change that first")


def names(document: Mapping[str, Any], kind: str, name: str) -> bool:
    """Say whether a document names a message or a table of offers."""
    keys = {"message": ("message", "send"), "offers": ("offers",)}.get(kind, ())

    def look(content: object) -> bool:
        match content:
            case dict():
                return any((key in keys and one == name) or look(one) for key, one in content.items())
            case list() | tuple():
                return any(look(one) for one in content)
            case _:
                return False

    return look(document)
