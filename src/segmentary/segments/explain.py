"""Why a customer is, or is not, in a segment: every condition with its truth, the values and events that decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from segmentary.language.history import Event
from segmentary.language.sentence import sentence
from segmentary.language.tree import All, AnyOf, Compare, Not, Rule, SegmentDefinition
from segmentary.language.would_change import would_change_if

if TYPE_CHECKING:
    from segmentary.language.trace import Trace


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event that counted. ``detail`` holds what the source said of it."""

    name: str
    happened_at: dt.datetime
    source: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition.

    group : all, any, not, or empty for a single condition; value : what was compared, as text (missing: none known);
    evidence : the newest events that counted, of ``evidence_count``; through_missing : true only because something is
    unknown; note : how near it was.
    """

    condition: str
    truth: bool
    group: str
    value: str | None
    evidence: tuple[Evidence, ...]
    evidence_count: int
    through_missing: bool
    note: str
    parts: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one customer is in, or not in, one segment.

    decisive : the conditions that settled it, in words; near_misses : conditions that failed by little.
    would_change_if : what would have to be different, each enough by itself; will_change_at : when time alone changes
    it (an event ages out, a deadline passes, an anniversary comes); missing when it does not within 400 days, or, where
    ``sought_until`` says so, not until then: of somebody with very many events not everything is tried.
    """

    segment: str
    customer_id: str
    member: bool
    as_of: dt.datetime
    version: str
    definition: str
    summary: str
    decisive: tuple[str, ...]
    near_misses: tuple[str, ...]
    would_change_if: tuple[str, ...]
    will_change_at: dt.datetime | None
    conditions: tuple[Reason, ...]
    sought_until: dt.datetime | None = None


def explanation(
    definition: SegmentDefinition,
    customer_id: str,
    trace: Trace,
    *,
    as_of: dt.datetime,
    version: str,
    will_change_at: dt.datetime | None = None,
    sought_until: dt.datetime | None = None,
) -> Explanation:
    """Turn the oracle's trace into something a person reads."""
    top = reason(trace)
    conditions = top.parts if top.group == "all" else (top,)
    decisive = tuple(dict.fromkeys(deciding(trace)))
    near = tuple(f"{sentence(leaf.node)}: {leaf.note}" for leaf in near_misses(trace))
    title = definition.title or definition.name
    word = "is" if trace.truth else "is not"
    because = "; ".join(decisive[:3])
    summary = f"{customer_id} {word} in {title}" + (f" because {because}." if because else ".")
    return Explanation(
        definition.name,
        customer_id,
        trace.truth,
        as_of,
        version,
        sentence(definition),
        summary,
        decisive,
        near,
        tuple(would_change_if(trace)),
        will_change_at,
        conditions,
        sought_until,
    )


def reason(trace: Trace) -> Reason:
    """Turn one node of a trace, and what is below it, into a condition."""
    return Reason(
        words(trace.node),
        trace.truth,
        group_of(trace.node),
        text_of(trace.value),
        tuple(evidence(event) for event in trace.evidence),
        trace.evidence_count,
        trace.through_missing,
        trace.note,
        tuple(reason(part) for part in trace.parts),
    )


def words(node: Rule) -> str:
    match node:
        case All():
            return "all of these hold"
        case AnyOf():
            return "at least one of these holds"
        case _:
            return sentence(node)


def group_of(node: Rule) -> str:
    match node:
        case All():
            return "all"
        case AnyOf():
            return "any"
        case Not():
            return "not"
        case _:
            return ""


def deciding(trace: Trace) -> Iterator[str]:
    """Name the conditions that settle the truth of a node: for a failed `all`, those that failed, and so on."""
    match trace.node:
        case All() | AnyOf():
            for part in trace.parts:
                if part.truth == trace.truth:
                    yield from deciding(part)
        case _:
            yield f"{sentence(trace.node)} {'holds' if trace.truth else 'does not hold'}{seen(trace)}"


def seen(trace: Trace) -> str:
    leaf = trace
    while isinstance(leaf.node, Not) and len(leaf.parts) == 1:
        leaf = leaf.parts[0]
    if leaf.evidence_count or leaf.value is not None:
        return f" (it is {text_of(leaf.value)})" if leaf.value is not None else ""
    return " (nothing is known)" if leaf.through_missing else ""


def near_misses(trace: Trace) -> list[Trace]:
    """Return the conditions that failed by little: within a fifth of what was asked (at least 1), or the only one."""
    failed = [leaf for leaf in leaves(trace) if not leaf.truth and leaf.note]
    return [leaf for leaf in failed if len(failed) == 1 or is_near(leaf)] if not trace.truth else []


def is_near(leaf: Trace) -> bool:
    if not isinstance(leaf.node, Compare):
        return False
    value, wanted = leaf.value, leaf.node.operand
    if isinstance(value, bool) or isinstance(wanted, bool):
        return False
    if not isinstance(value, Decimal | int) or not isinstance(wanted, Decimal | int):
        return False
    return abs(value - wanted) <= max(Decimal(1), abs(Decimal(wanted)) / 5)


def leaves(top: Trace) -> Iterator[Trace]:
    if not top.parts:
        yield top
    for part in top.parts:
        yield from leaves(part)


def text_of(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case dt.datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case Decimal() if value.is_finite():
            # The warehouse's trailing zeros say nothing.
            whole, _, fraction = f"{value:f}".partition(".")
            return f"{whole}.{fraction.rstrip('0')}".rstrip(".")
        case _:
            return str(value)


def evidence(event: Event) -> Evidence:
    """Turn an event into what is shown of it."""
    named = {
        "order": event.order_id,
        "amount": event.amount,
        "product": event.product_id,
        "category": event.category,
        "channel": event.channel,
    }
    detail = {name: text_of(value) or "" for name, value in named.items() if value is not None}
    return Evidence(event.name, event.happened_at, event.source, detail)
