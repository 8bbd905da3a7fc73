"""Campaigns as documents: read strictly, every mistake named with its file and line; written in one form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segmentary.activation.campaign import HOLDOUT, TREATED, Campaign, Target
from segmentary.activation.document_parts import in_order, moment_of, share_of
from segmentary.language.cursor import Cursor
from segmentary.language.durations import duration_text, parse_duration

NAME = re.compile(r"[a-z][a-z0-9_]*")
CHANNEL = re.compile(r"[a-z][a-z0-9_\-]*")
LONGEST_NAME = 50
MOST_HELD_OUT = 0.9
KEYS = (
    "campaign", "channel", "purpose", "message", "targets", "exclude", "holdout", "arms", "metric", "window", "offers",
    "sender", "reply_to", "from", "until", "obey_caps", "unit_cost", "owner", "notes", "sensitive_because",
)  # fmt: skip


def parse_campaign(document: Mapping[str, Any]) -> Campaign:
    """Return the campaign of a document the ledger keeps."""
    return read_campaign(Cursor(document))


def read_campaign(at: Cursor) -> Campaign:
    """Read the campaign that stands here.

    Raises
    ------
    DefinitionError
        naming place, what is wrong, and the nearest word that would be right.
    """
    at.only(KEYS, "a campaign")
    name = called(at.required("campaign", "a campaign"), NAME, "a campaign", "small letters, digits and _")
    channel = called(at.required("channel", "a campaign"), CHANNEL, "a channel", "email, sms, push, chat, file, ...")
    purpose = called(at.required("purpose", "a campaign"), CHANNEL, "a purpose", "such as marketing or service")
    part = at.optional("message")
    message = part.name() if part is not None else ""
    if not message and channel != "file":
        raise at.wrong("a campaign lacks 'message'", "message: the name of a message; only channel file has none")
    targets = tuple(target_of(one) for one in at.required("targets", "a campaign").items("'targets'"))
    once(at.down("targets"), [one.segment for one in targets])
    part = at.optional("exclude")
    exclude = tuple(one.name() for one in part.items("'exclude'")) if part is not None and part.content != [] else ()
    starts, ends = moment_of(at.optional("from")), moment_of(at.optional("until"))
    in_order(at, starts, ends)
    caps = at.optional("obey_caps")
    obey_caps = True if caps is None else caps.word((True, False))
    if not obey_caps and purpose != "service":
        raise at.down("obey_caps").wrong(
            f"a campaign for {purpose} obeys the caps of the workspace", "only purpose service may say false"
        )
    return Campaign(
        name=name, channel=channel, purpose=purpose, message=message, targets=targets, exclude=exclude,
        holdout=holdout_of(at), arms=arms_of(at), metric=text_of(at, "metric"), window=window_of(at),
        offers=text_of(at, "offers"), sender=text_of(at, "sender"), reply_to=text_of(at, "reply_to"),
        starts=starts, ends=ends, obey_caps=obey_caps, unit_cost=money_of(at), owner=text_of(at, "owner"),
        notes=text_of(at, "notes"), sensitive_because=text_of(at, "sensitive_because"),
    )  # fmt: skip


def called(at: Cursor, pattern: re.Pattern[str], what: str, hint: str) -> str:
    name = at.name()
    if not pattern.fullmatch(name) or len(name) > LONGEST_NAME:
        raise at.wrong(f"{name[:60]!r} cannot name {what}", hint)
    return name


def target_of(at: Cursor) -> Target:
    if isinstance(at.content, str):
        return Target(at.name())
    at.only(("segment", "variant"), "a target")
    return Target(at.required("segment", "a target").name(), text_of(at, "variant"))


def once(at: Cursor, names: list[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise at.down(number).wrong(f"the segment {name!r} is a target twice", "the first that holds counts")


def text_of(at: Cursor, key: str) -> str:
    part = at.optional(key)
    return "" if part is None or part.content is None else part.text().strip()


def holdout_of(at: Cursor) -> float:
    part = at.optional("holdout")
    if part is None:
        return 0.1
    share = share_of(part)
    if share > MOST_HELD_OUT:
        raise part.wrong(f"a holdout of {share:.0%} leaves nearly nobody to write to", "10%, at most 90%")
    return share


def arms_of(at: Cursor) -> dict[str, float]:
    part = at.optional("arms")
    if part is None:
        return {TREATED: 1.0}
    found = {}
    for name in part.mapping("'arms'"):
        one = part.down(name)
        if not NAME.fullmatch(name) or name in (HOLDOUT, "global_holdout"):
            raise one.wrong(f"{name!r} cannot name an arm", "small letters, digits and _; holdout is kept")
        found[name] = share_of(one)
        if found[name] == 0:
            raise one.wrong(f"nobody would be in the arm {name!r}", "leave it out")
    if abs(sum(found.values()) - 1) > 1e-6:
        raise part.wrong(
            f"the shares of the arms are {sum(found.values()):.0%} together, not 100%",
            "they divide those who are not held out",
        )
    return found


def window_of(at: Cursor) -> str:
    part = at.optional("window")
    if part is None or not str(part.content or "").strip():
        return ""
    return duration_text(part.checked(parse_duration))


def money_of(at: Cursor) -> float:
    part = at.optional("unit_cost")
    if part is None:
        return 0.0
    value = part.scalar()
    if not isinstance(value, Decimal) or value < 0:
        raise part.wrong(f"{part.content!r} is no money", "what one message costs: 0.02")
    return float(value)


def campaign_document(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign as the document that is kept; what says nothing is left out."""
    document: dict[str, Any] = {
        "campaign": campaign.name,
        "channel": campaign.channel,
        "purpose": campaign.purpose,
        "message": campaign.message,
        "targets": [
            {"segment": one.segment, **({"variant": one.variant} if one.variant else {})} for one in campaign.targets
        ],
        "exclude": list(campaign.exclude),
        "holdout": percent(campaign.holdout),
        "arms": {} if campaign.arms == {TREATED: 1.0} else {name: percent(one) for name, one in campaign.arms.items()},
        "metric": campaign.metric,
        "window": campaign.window,
        "offers": campaign.offers,
        "sender": campaign.sender,
        "reply_to": campaign.reply_to,
        "from": campaign.starts,
        "until": campaign.ends,
        "obey_caps": None if campaign.obey_caps else False,
        "unit_cost": repr(campaign.unit_cost) if campaign.unit_cost else "",
        "owner": campaign.owner,
        "notes": campaign.notes,
        "sensitive_because": campaign.sensitive_because,
    }
    kept = {key: value for key, value in document.items() if value not in (None, "", [], {})}
    if "unit_cost" in kept:
        kept["unit_cost"] = {"number": f"{Decimal(kept['unit_cost']):f}"}
    return kept


def percent(share: float) -> str:
    """Return a share as people write it.

    >>> percent(0.1), percent(1 / 3)
    ('10%', '33.333333333333%')
    """
    text = f"{Decimal(repr(share)) * 100:.12f}".rstrip("0").rstrip(".")
    return f"{text}%"
