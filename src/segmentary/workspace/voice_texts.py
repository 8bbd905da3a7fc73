"""What customers said, fetched from messages and open answers, with whom they are and whether they may be analysed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import UnknownNameError, UsageError
from segmentary.profiles.consent import contactable, decisions_query
from segmentary.schema import IDENTITY_MAP, MESSAGES, RESPONSES

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

HERE = Path(__file__).parent
PURPOSE = "analytics"
MOST_CHOICES, LEAST_DIFFERENT, LEAST_BLANKS = 12, 0.5, 1.5
"""An item is open when its answers have so many blanks on average, and more of them differ than one chooses among."""
DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Said:
    """One text. key : who it is for ever: a hash of its source and row. kind : message or answer.

    customer_id : None when nobody knows whose it is. participant : the person, known or not.
    """

    key: str
    kind: str
    id_space: str
    record_id: str | None
    customer_id: str | None
    channel: str
    happened_at: dt.datetime
    conversation_id: str | None
    survey: str | None
    item: str | None
    wave: str | None
    weight: float | None
    stratum: str | None
    cluster: str | None
    text: str

    @property
    def participant(self) -> str:
        """Who said it, as far as anybody can tell two apart."""
        if self.customer_id is not None:
            return f"customer {self.customer_id}"
        who = self.record_id if self.record_id is not None else self.conversation_id
        return f"{self.id_space} {who}" if who is not None else f"text {self.key}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Texts not looked at, by the reason."""

    refused_analytics: int = 0
    deleted: int = 0
    empty: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.refused_analytics + self.deleted + self.empty


def said(
    workspace: Workspace,
    *,
    since: dt.datetime | None = None,
    channels: Collection[str] = (),
    survey: str | None = None,
    items: Sequence[str] = (),
) -> tuple[list[Said], LeftOut]:
    """Return what customers said before now, oldest first, without whoever refused analytics, and who was left out.

    channels : of messages, and ``survey``; none: all. survey, items : only answers to it; without items, those that are
    answered in sentences.

    Raises
    ------
    UnknownNameError
        when there is no such channel, survey or item.
    """
    workspace.derived.ensure()
    engine = workspace.engine
    until = workspace.tick()
    bounds = {"until": until, "since": since, "identity_map": exp.table_(IDENTITY_MAP.name, quoted=True)}
    found: list[Said] = []
    if survey is None and not items:
        messages = query(HERE / "voice_messages.sql", messages=exp.table_(MESSAGES.name, quoted=True), **bounds)
        found += [of_row(row) for row in engine.rows(messages)]
    wanted = open_items(workspace, survey, items)
    if wanted:
        answers = query(HERE / "voice_answers.sql", responses=exp.table_(RESPONSES.name, quoted=True), **bounds)
        found += [one for one in map(of_row, engine.rows(answers)) if (one.survey, one.item) in wanted]
    if channels:
        known = sorted({one.channel for one in found})
        for name in channels:
            if name not in known:
                raise UnknownNameError("channel", name, known, see=", ".join(known) or "no texts were loaded")
        found = [one for one in found if one.channel in channels]
    found.sort(key=lambda one: (one.happened_at, one.key))
    return without_refusals(workspace, found, until)


def of_row(row: Sequence[object]) -> Said:
    """Return one text of a row of the queries."""
    kind, source, row_key, id_space, record_id, customer_id, channel, at, conversation, _, survey, item, wave = row[:13]
    weight, stratum, cluster, text = row[13:]
    key = hashlib.sha256(f"{kind}\x1f{source}\x1f{row_key}".encode()).hexdigest()[:20]
    return Said(
        key, str(kind), str(id_space or ""), optional(record_id), optional(customer_id), str(channel),
        at if isinstance(at, dt.datetime) else dt.datetime.fromisoformat(str(at)), optional(conversation),
        optional(survey), optional(item), optional(wave), float(str(weight)) if weight is not None else None,
        optional(stratum), optional(cluster), str(text),
    )  # fmt: skip


def optional(value: object) -> str | None:
    return None if value is None else str(value)


def open_items(workspace: Workspace, survey: str | None, items: Sequence[str]) -> set[tuple[str | None, str | None]]:
    """Return which questions are answered in sentences, or those named.

    Raises
    ------
    UnknownNameError
        when there is no such survey or item.
    """
    rows = workspace.engine.rows(query(HERE / "voice_items.sql", responses=exp.table_(RESPONSES.name, quoted=True)))
    known = {(optional(one), optional(item)): (n, d, blanks) for one, item, n, d, blanks in rows}
    surveys = sorted({one for one, _ in known if one})
    if survey is not None and survey not in surveys:
        raise UnknownNameError("survey", survey, surveys, see=", ".join(surveys) or "no survey was loaded")
    if items and survey is None:
        raise UsageError("an item belongs to a survey", hint="--survey NAME --item ITEM")
    mine = {item for one, item in known if one == survey}
    for name in items:
        if name not in mine:
            raise UnknownNameError(f"item of {survey}", name, [one for one in mine if one])
    if items:
        return {(survey, name) for name in items}
    return {
        place
        for place, (answers, different, blanks) in known.items()
        if survey in (None, place[0])
        and float(blanks or 0) >= LEAST_BLANKS
        and (int(different) > MOST_CHOICES or int(different) >= LEAST_DIFFERENT * int(answers))
    }


def without_refusals(workspace: Workspace, texts: list[Said], at: dt.datetime) -> tuple[list[Said], LeftOut]:
    """Return the texts of whoever did not refuse analytics, in any channel, and count the others."""
    reasons = refusals(workspace, at)
    kept, out = list[Said](), {"refused": 0, DELETED: 0, "empty": 0}
    for one in texts:
        reason = reasons.get(one.customer_id) if one.customer_id is not None else None
        if reason is not None:
            out[DELETED if reason == DELETED else "refused"] += 1
        elif not one.text.strip():
            out["empty"] += 1
        else:
            kept.append(one)
    return kept, LeftOut(out["refused"], out[DELETED], out["empty"])


def refusals(workspace: Workspace, at: dt.datetime) -> dict[str, str]:
    """Return who refused analytics in any channel by their latest decision, and who was deleted."""
    engine = workspace.engine
    channel = exp.column("channel", quoted=True)
    told = exp.select(channel).distinct().from_(decisions_query().subquery("told"))
    channels = {"any"} | {str(one) for (one,) in engine.rows(told) if one}
    found: dict[str, str] = {}
    for name in sorted(channels):
        allowed = contactable(engine, purpose=PURPOSE, channel=name, at=at, default="allow").subquery("allowed")
        rows = exp.select(exp.column("customer_id", quoted=True), exp.column("reason", quoted=True)).from_(allowed)
        rows = rows.where(exp.not_(exp.column("allowed", quoted=True)))
        found |= {str(who): str(reason) for who, reason in engine.rows(rows)}
    return found
