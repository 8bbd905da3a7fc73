"""What was counted of codes and themes: of surveys and channels with shares, of interviews without any.

Interviews are a type of their own, because a percentage of a dozen chosen people says nothing of a population: there is
no field one could be written into.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from segmentary.models.intervals import Interval
from segmentary.models.table.findings import Finding
from segmentary.models.voice.agreement import Agreement

NO_SHARES = (
    "No percentages: interviews are held with few people, chosen for what they have to say. How many of a population "
    "think so takes a survey."
)


@dataclass(frozen=True, slots=True)
class SegmentShare:
    """How often one segment names a code, against everybody else.

    share, others : with intervals; None: too few people behind one of them. difference : of the two.
    p : corrected for all differences of the result together. verdict : more, less, unclear, too few.
    """

    segment: str
    people: int
    share: Interval | None
    others: Interval | None
    difference: Interval | None
    p: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class CodeShare:
    """One code or theme among people. people : who named it; None: fewer than may be shown. share : None likewise.

    design_effect : of weighted answers. sentiment : mean mood of what they said of it, with its interval.
    """

    code: str
    kind: str
    title: str
    people: int | None
    share: Interval | None
    design_effect: float | None
    sentiment: Interval | None
    quotes: tuple[str, ...]
    segments: tuple[SegmentShare, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeMentions:
    """One code or theme in interviews: by how many participants, in which words. There is no share."""

    code: str
    kind: str
    title: str
    participants: int
    passages: int
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class CountedShares:
    """Codes counted over people, with shares.

    of : whom shares are of, in words. people : how many. population : how many they stand for, where weighted.
    """

    of: str
    source: str
    people: int
    texts: int
    without_code: int
    codes: tuple[CodeShare, ...]
    suppressed_below: int
    weighted: bool
    findings: tuple[Finding, ...] = ()
    sentences: tuple[str, ...] = ()
    agreement: Agreement | None = None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"kind": "shares", **as_json(self)}


@dataclass(frozen=True)
class CountedMentions:
    """Codes counted over interviews: participants and quotes only."""

    source: str
    participants: int
    texts: int
    codes: tuple[CodeMentions, ...]
    findings: tuple[Finding, ...] = ()
    sentences: tuple[str, ...] = (NO_SHARES,)
    agreement: Agreement | None = None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"kind": "mentions", **as_json(self)}


def as_json(value: Any) -> Any:
    """Return a result as JSON values; what is not a number is missing."""
    if is_dataclass(value) and not isinstance(value, type):
        told = asdict(value)
        if isinstance(value, Agreement):
            told["verdict"] = value.verdict
        for name in told:
            told[name] = as_json(getattr(value, name)) if hasattr(value, name) else told[name]
        return told
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value
