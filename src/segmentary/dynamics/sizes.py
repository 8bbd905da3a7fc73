"""How large the parts were and what they spent, moment by moment, and who came and went for which reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from segmentary.dynamics.states import NO_PART, PartCount, States, count_parts
from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.models.intervals import Interval, normal_quantile, wilson
from segmentary.models.predict.card import plain
from segmentary.models.table.findings import Finding
from segmentary.segments.stays import moves_query

REASONS: Mapping[str, str] = {
    "event": "something they did",
    "ageing": "time passed",
    "late_data": "data that came late",
    "attribute": "something known about them changed",
    "edit": "the definition was edited",
    "backfill": "computed afterwards: the reason is not known",
    "merge": "two records became one customer",
    "erasure": "erased",
}
NOT_MOVES = ("edit",)
"""Reasons that are no movement of people."""


@dataclass(frozen=True, slots=True)
class Size:
    """A part at a moment.

    share : of everybody there, Wilson's interval (the people there being a sample of those who could be).
    spend : in the period before; mean_spend : per member, normal interval; spend_share : of all spend of the period.
    """

    label: str
    part: str
    people: int
    share: Interval
    spend: float
    mean_spend: Interval
    spend_share: float | None


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes and spend over time: one list of moments per part, the last part those in none."""

    name: str
    parts: tuple[str, ...]
    moments: tuple[dt.datetime, ...]
    labels: tuple[str, ...]
    period: str
    source: str
    said_source: str
    currency: str
    by_part: Mapping[str, tuple[Size, ...]]
    everybody: tuple[int, ...]
    findings: tuple[Finding, ...]
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return dict(plain({
            "of": self.name,
            "source": self.source,
            "period": self.period,
            "currency": self.currency,
            "moments": [moment.isoformat() for moment in self.moments],
            "everybody": list(self.everybody),
            "sizes": [
                {"part": part, "at": one.label, "people": one.people, "share": one.share.estimate,
                 "share_low": one.share.low, "share_high": one.share.high, "spend": one.spend,
                 "mean_spend": one.mean_spend.estimate, "mean_spend_low": one.mean_spend.low,
                 "mean_spend_high": one.mean_spend.high, "spend_share": one.spend_share}
                for part, sizes in self.by_part.items() for one in sizes
            ],
            "sentence": self.sentence,
            "findings": [one.to_document() for one in self.findings],
        }))  # fmt: skip


def sizes(engine: Engine, states: States) -> Sizes:
    """Count people and spend of every part at every moment."""
    counted = count_parts(engine, states)
    names = (*states.parts, NO_PART)
    everybody = tuple(sum(one.people for one in row) for row in counted)
    spent = [sum(one.spend for one in row) for row in counted]
    by_part = {
        name: tuple(
            size_of(name, states.labels[t], row[place], everybody[t], spent[t]) for t, row in enumerate(counted)
        )
        for place, name in enumerate(names)
        if name != NO_PART or any(row[place].people for row in counted)
    }
    return Sizes(
        states.name, states.parts, states.moments, states.labels, states.period, states.source, states.said_source,
        states.currency, by_part, everybody, states.findings, summary(by_part, states),
    )  # fmt: skip


def size_of(part: str, label: str, counted: PartCount, everybody: int, spent: float) -> Size:
    n = counted.people
    mean = counted.spend / n if n else float("nan")
    low = high = float("nan")
    if n > 1:
        variance = max(0.0, (counted.squares - n * mean * mean) / (n - 1))
        half = normal_quantile(0.95) * (variance / n) ** 0.5
        low, high = mean - half, mean + half
    return Size(
        label, part, n, wilson(n, everybody), counted.spend, Interval(mean, low, high, n),
        counted.spend / spent if spent else None,
    )  # fmt: skip


def summary(by_part: Mapping[str, Sequence[Size]], states: States) -> str:
    """Return what grew and what shrank, in sentences."""
    if len(states.moments) < 2:
        return f"One moment only: {states.labels[0] if states.labels else 'none'}."
    changes = [
        (one[-1].people - one[0].people, name, one[0].people, one[-1].people)
        for name, one in by_part.items()
        if name != NO_PART
    ]
    if not changes:
        return f"{states.name} has no parts."
    span = f"from {states.labels[0]} to {states.labels[-1]}"
    most, least = max(changes), min(changes)
    said = []
    if most[0] > 0:
        said.append(f"{most[1]} grew most {span}: {most[2]:,} to {most[3]:,} people")
    if least[0] < 0:
        said.append(f"{least[1]} shrank most: {least[2]:,} to {least[3]:,}" + ("" if most[0] > 0 else f" {span}"))
    if not said:
        said.append(f"no part changed its size {span}")
    return "; ".join(said)[:1].upper() + "; ".join(said)[1:] + "."


@dataclass(frozen=True, slots=True)
class Move:
    """People who came into a segment or left it in one period, for one reason."""

    segment: str
    label: str
    entered: bool
    reason: str
    title: str
    people: int
    is_movement: bool


@dataclass(frozen=True, slots=True)
class Moves:
    """Entries and exits by reason, period by period.

    An edit of the definition moves nobody: such entries and exits are in ``edits``, never in ``moves``.
    """

    segments: tuple[str, ...]
    labels: tuple[str, ...]
    moves: tuple[Move, ...]
    edits: tuple[Move, ...]
    findings: tuple[Finding, ...]
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""

        def told(one: Move) -> dict[str, Any]:
            return {"segment": one.segment, "until": one.label, "change": "entered" if one.entered else "left",
                    "reason": one.reason, "title": one.title, "people": one.people}  # fmt: skip

        return {
            "segments": list(self.segments),
            "periods": list(self.labels),
            "moves": [told(one) for one in self.moves],
            "edits": [told(one) for one in self.edits],
            "sentence": self.sentence,
            "findings": [one.to_document() for one in self.findings],
        }


def moves(
    engine: Engine,
    segments: Sequence[str],
    moments: Sequence[dt.datetime],
    labels: Sequence[str],
    *,
    begins: Mapping[str, dt.datetime] | None = None,
    known_at: dt.datetime | None = None,
    findings: Sequence[Finding] = (),
) -> Moves:
    """Count entries and exits of the log by reason, in the periods between neighbouring moments.

    begins : when the log of a segment begins: those who are in it then have not come, they were found there.
    """
    period = exp.Case()
    valid = column("valid_at")
    for number, moment in enumerate(moments):
        period = period.when(exp.LTE(this=valid.copy(), expression=literal(moment)), literal(number))
    told = exp.select(column("segment"), column("entered"), column("reason"), period.as_("period")).from_(
        moves_query(segments, known_at=known_at).subquery("moves")
    )
    for name, moment in (begins or {}).items():
        found_there = exp.and_(
            exp.EQ(this=column("segment"), expression=literal(name)),
            exp.LTE(this=column("valid_at"), expression=literal(moment)),
        )
        told = told.where(exp.not_(found_there))
    query = (
        exp.select(*(column(c) for c in ("segment", "period", "entered", "reason")), exp.Count(this=exp.Star()))
        .from_(told.subquery("told"))
        .where(exp.GT(this=column("period"), expression=literal(0)))
        .group_by(*(column(c) for c in ("segment", "period", "entered", "reason")))
    )
    order = {name: i for i, name in enumerate(segments)}
    rows = sorted(engine.rows(query), key=lambda r: (order[r[0]], r[1], not r[2], -r[4], r[3]))
    found = [
        Move(name, labels[int(at)], bool(entered), reason, REASONS.get(reason, reason), int(n), reason not in NOT_MOVES)
        for name, at, entered, reason, n in rows
    ]
    real = tuple(one for one in found if one.is_movement)
    edits = tuple(one for one in found if not one.is_movement)
    return Moves(tuple(segments), tuple(labels[1:]), real, edits, tuple(findings), moves_sentence(real, edits))


def moves_sentence(real: Sequence[Move], edits: Sequence[Move]) -> str:
    """Return who came, who left and mainly why."""
    said = []
    for entered, verb in ((True, "came"), (False, "left")):
        these = [one for one in real if one.entered == entered]
        total = sum(one.people for one in these)
        if not total:
            said.append(f"nobody {verb}")
            continue
        by_reason: dict[str, int] = {}
        for one in these:
            by_reason[one.title] = by_reason.get(one.title, 0) + one.people
        top = max(by_reason, key=lambda name: by_reason[name])
        said.append(f"{total:,} {verb} ({by_reason[top] / total:.0%} because: {top})")
    text = ", ".join(said) + "."
    changed = sum(one.people for one in edits)
    if changed:
        text += f" {changed:,} changes came of an edited definition: nobody moved."
    return text[:1].upper() + text[1:]
