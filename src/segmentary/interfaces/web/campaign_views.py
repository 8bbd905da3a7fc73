"""What pages of campaigns show: steps with their state, whom a campaign reaches, previews, results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from segmentary.activation.caps import contact_rules
from segmentary.errors import SegmentaryError
from segmentary.workspace import campaign_looking as looking

if TYPE_CHECKING:
    from segmentary.activation.campaign import Campaign
    from segmentary.activation.waterfall import Fall
    from segmentary.workspace.campaign_looking import AudienceShown, Standing
    from segmentary.workspace.campaign_preflight import AudienceCheck
    from segmentary.workspace.message_rendering import Preview
    from segmentary.workspace.workspace import Workspace

Words = Callable[[str], str]
Tone = Literal["good", "mixed", "caution", "plain"]
USUAL_CHANNELS = ("email", "sms", "push", "chat", "file")
TONES: Mapping[str, Tone] = {
    "draft": "plain", "frozen": "mixed", "sending": "mixed", "sent": "good", "cancelled": "caution",
}  # fmt: skip
VERDICTS: Mapping[str, Tone] = {
    "worked": "good", "did harm": "caution", "did not": "mixed", "not clear": "mixed", "it depends": "mixed",
    "no verdict": "plain",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list."""

    name: str
    title: str
    state: str
    tone: Tone
    whom: str
    people: str
    when: str
    href: str
    sent: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the composer. lacks : what is missing, in words."""

    key: str
    title: str
    state: Literal["done", "next", "later"]
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the waterfall. width, start : shares of all members, for the bar."""

    reason: str
    words: str
    people: int
    rest: int
    width: float
    start: float
    last: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a campaign reaches: as it would be now, or as it was frozen."""

    written_to: int
    members: int
    held_out: int
    bars: tuple[Bar, ...]
    sentences: tuple[str, ...]
    power: tuple[str, ...]
    measurable: bool
    reach: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a list. people : members of a segment; note : what is said beside it."""

    name: str
    title: str
    people: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """One message as a real person would get it. frame : where its HTML is shown in a sandbox; empty: only text."""

    customer: str
    why: str
    subject: str
    preheader: str
    text: str
    frame: str
    offer: str
    fallbacks: tuple[str, ...]
    failed: str


def row_of(one: Standing, _: Words, plural: Callable[[str, str, int], str], number: Callable[[int], str]) -> Row:
    """Return a line of the list."""
    when = {
        "draft": _("not frozen yet"),
        "frozen": _("frozen, nothing left yet"),
    }.get(one.state, "")
    if one.starts and one.state in ("draft", "frozen"):
        when = _("not before %(moment)s") % {"moment": one.starts}
    if one.waiting and one.state != "cancelled":
        when = plural("%(num)s message waits", "%(num)s messages wait", one.waiting) % {"num": number(one.waiting)}
    people = number(one.written_to) if one.audience else ""
    return Row(
        one.campaign, titled(one.campaign), state_word(one.state, _), TONES[one.state], ", ".join(one.segments), people,
        when, f"/campaigns/{one.campaign}", one.state in ("sending", "sent"),
    )  # fmt: skip


def titled(name: str) -> str:
    """Return a name as people read it.

    >>> titled("garden_week")
    'Garden week'
    """
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def state_word(state: str, _: Words) -> str:
    """Return a state in words."""
    return {
        "draft": _("Draft"), "frozen": _("Frozen"), "sending": _("Sending"), "sent": _("Sent"),
        "cancelled": _("Cancelled"),
    }.get(state, state)  # fmt: skip


# ---------------------------------------------------------------- whom it reaches


def bars_of(falls: Sequence[Fall], _: Words) -> tuple[Bar, ...]:
    """Return the waterfall as bars: the members, who falls away and why, and who is left."""
    members = falls[0].people if falls else 0
    total = max(members, 1)
    found = [Bar("", _("Members of the segments"), members, members, 1.0 if members else 0.0, 0.0, False)]
    found += [
        Bar(one.reason, reason_words(one.reason, one.words, _), one.people, one.rest, one.people / total,
            one.rest / total, False)
        for one in falls[1:]
    ]  # fmt: skip
    rest = falls[-1].rest if falls else 0
    return (*found, Bar("rest", _("Get the message"), rest, rest, rest / total, 0.0, True))


def reason_words(reason: str, own: str, _: Words) -> str:
    """Return why people are left out, in a few words."""
    return {
        "excluded": _("In a segment that is left out"),
        "deleted": _("Deleted at the source"),
        "no_address": _("No address known"),
        "invalid_address": _("Address cannot be written to"),
        "suppressed": _("Suppressed: bounced, complained or by hand"),
        "refused": _("Said no"),
        "no_consent": _("No consent"),
        "same_address": _("Same address as somebody before"),
        "capped": _("Written to as often as allowed"),
        "in_journey": _("In a journey that does not share"),
        "global_holdout": _("Get no campaign at all (global holdout)"),
        "holdout": _("Held out, to measure the effect"),
        "quiet": _("Quiet hour, tried later"),
        "expired": _("The campaign was over"),
        "no_content": _("No text for this person"),
    }.get(reason, own)


def reach_of(check: AudienceCheck, _: Words) -> Reach:
    """Return whom freezing now would reach."""
    falls = check.falls
    held = sum(one.people for one in falls if one.reason == "holdout")
    rest = falls[-1].rest if falls else 0
    can = any(line.startswith("with ") and "you can see" in line for line in check.power)
    return Reach(
        rest, falls[0].people if falls else 0, held, bars_of(falls, _), check.sentences, check.power, can,
        tuple(check.reach.items()), check.notes,
    )  # fmt: skip


def reach_frozen(shown: AudienceShown, _: Words) -> Reach:
    """Return whom a frozen audience reaches."""
    audience = shown.audience
    return Reach(
        audience.written_to, audience.members, shown.held_out, bars_of(shown.falls, _), shown.sentences, (), True, (),
        shown.notes,
    )  # fmt: skip


def looked(workspace: Workspace, campaign: Campaign, _: Words) -> tuple[Reach | None, str]:
    """Return whom a campaign would reach now, or why that cannot be said."""
    try:
        return reach_of(looking.check_unsaved(workspace, campaign), _), ""
    except SegmentaryError as error:
        return None, " – ".join(part for part in (error.message, error.hint) if part)


def contact_words(workspace: Workspace, channel: str, _: Words) -> tuple[str, ...]:
    """Say how often and when people may be written to."""
    try:
        rules = contact_rules(workspace.settings.contact, channel)
    except SegmentaryError as error:
        return (error.message,)
    found = [
        _("at most %(n)s messages in %(days)s days (%(channel)s)")
        % {"n": one.at_most, "days": f"{one.within / dt.timedelta(days=1):g}", "channel": one.channel}
        for one in rules.caps
    ]
    if rules.quiet is not None:
        found.append(
            _("nothing between %(begins)s and %(ends)s where they live; it waits")
            % {"begins": f"{rules.quiet.begins:%H:%M}", "ends": f"{rules.quiet.ends:%H:%M}"}
        )
    return tuple(found)


def channels_of(workspace: Workspace, chosen: str) -> tuple[Choice, ...]:
    """Return the channels one can choose from."""
    own = [name for name, table in workspace.settings.channels.items() if "base_url" not in table]
    names = list(dict.fromkeys([*USUAL_CHANNELS, *own, *([chosen] if chosen else [])]))
    return tuple(Choice(one, one, chosen=one == chosen) for one in names)


# ---------------------------------------------------------------- previews


def preview_of(one: Preview, message: str, offers: str) -> ShownPreview:
    """Return one preview as the page shows it."""
    from urllib.parse import quote, urlencode

    made = one.rendered
    query = urlencode({"customer": one.customer_id, "offers": offers})
    frame = f"/messages/{quote(message, safe='')}/frame/{quote(one.variant, safe='')}?{query}"
    return ShownPreview(
        one.customer_id, one.why, made.subject if made else "", one.preheader, made.text if made else "",
        frame if made is not None and made.html else "", made.offer if made else "",
        tuple(made.fallbacks) if made else (), one.failed,
    )  # fmt: skip


def by_variant(previews: Sequence[Preview], message: str, offers: str) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Return previews by variant, in their order."""
    found: dict[str, list[ShownPreview]] = {}
    for one in previews:
        found.setdefault(one.variant, []).append(preview_of(one, message, offers))
    return tuple((name, tuple(held)) for name, held in found.items())


# ---------------------------------------------------------------- steps


def steps_of(
    campaign: Campaign | None, reach: Reach | None, shown: AudienceShown | None, refusals: Sequence[str], _: Words
) -> dict[str, Step]:
    """Return the steps of a campaign with their states; what is missing first."""
    state = shown.audience.state if shown is not None else ""
    whom = _("choose who it is for") if campaign is None else "" if reach else _("nobody can be counted yet")
    whom = _("nobody would get it") if reach is not None and not reach.written_to else whom
    power = ""
    if reach is not None and not reach.measurable:
        power = _("what it changes cannot be told with this holdout")
    has_text = campaign is not None and (bool(campaign.message) or campaign.channel == "file")
    message = "; ".join(refusals) if refusals else "" if has_text else _("choose a message")
    send = {"": _("freeze the audience first"), "frozen": _("ready to be sent"), "sending": _("messages wait")}.get(
        state, ""
    )
    lacks = {"audience": whom, "power": power, "message": message, "offer": "", "send": send, "result": ""}
    titles = {
        "audience": _("Who gets it"), "power": _("Can the effect be seen?"), "message": _("What they read"),
        "offer": _("Offer"), "send": _("Send"), "result": _("What it changed"),
    }  # fmt: skip
    later = {"result"} if state not in ("sending", "sent") else set()
    if campaign is None:
        later |= {"power", "message", "offer", "send"}
    found: dict[str, Step] = {}
    for key, title in titles.items():
        word: Any = "later" if key in later else "next" if lacks[key] else "done"
        found[key] = Step(key, title, word, lacks[key])
    return found
