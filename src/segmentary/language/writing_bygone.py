"""From the tree to a document: other moments and other entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segmentary.language.durations import duration_text
from segmentary.language.reading_bygone import PINNED
from segmentary.language.tree import (
    Consent,
    ModelValue,
    Near,
    Related,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Value,
)
from segmentary.language.writing_events import (
    Document,
    RuleWriter,
    durations_document,
    moment_document,
    scalar_document,
    window_document,
)


def segment_document(rule: SegmentReference | SegmentAt | SegmentDuring | SegmentMoved, write: RuleWriter) -> Document:
    """Return membership of a segment, now or at another moment."""
    if PINNED.fullmatch(rule.name):
        raise ValueError(f"{rule.name!r} would be read as a version: pin it with version, or rename the segment")
    found: Document = {"segment": rule.name}
    match rule:
        case SegmentReference():
            return {**found, **pinned(rule.version)}
        case SegmentAt(at=moment, evaluated=evaluated):
            found |= {**pinned(rule.version), "at": moment_document(moment)}
            return {**found, "evaluated": True} if evaluated else found
        case SegmentDuring(during=during, quantifier=quantifier, length=length):
            window = window_document(during, write)
            if quantifier == "at_least":
                if length is None:
                    raise ValueError("the length of the stay is missing: validate the tree before writing it")
                window["quantifier"] = {"at_least": duration_text(length)}
            elif quantifier != "any":
                window["quantifier"] = quantifier
            return {**found, "during": window}
        case SegmentMoved(direction=direction, during=moved):
            found[direction] = True if moved is None else window_document(moved, write)
            if rule.nth is not None:
                found["nth"] = rule.nth
            return {**found, **durations_document(stayed=rule.stayed)}


def pinned(version: str | None) -> Document:
    return {} if version is None else {"version": version}


def related_document(rule: Related, write: RuleWriter) -> Document:
    if rule.quantifier != "count":
        return {"related": rule.group, rule.quantifier: write(rule.rule)}
    if rule.operator is None or rule.operand is None:
        raise ValueError("how many related people is missing: validate the tree before writing it")
    return {"related": rule.group, "count": {rule.operator: rule.operand}, "where": write(rule.rule)}


def near_document(rule: Near, write: Callable[[Value], Document]) -> Document:
    of: Any = rule.places if rule.point is None else [scalar_document(part) for part in rule.point]
    found: Document = {"within_km": scalar_document(rule.kilometres), "of": of}
    if rule.latitude is not None:
        found["latitude"] = write(rule.latitude)
    if rule.longitude is not None:
        found["longitude"] = write(rule.longitude)
    return found


def consent_document(rule: Consent) -> Document:
    channel = {} if rule.channel is None else {"channel": rule.channel}
    return {"consent": rule.purpose, **channel, "is": "granted" if rule.granted else "denied"}


def model_document(value: ModelValue) -> Document:
    of = {} if value.of is None else {"of": value.of}
    return {"model": value.model, "output": value.output, **of}
