"""A typing tool and everything measured about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.market.typing_sheet import PointSheet
from segmentary.models.assign.assigner import Assigner
from segmentary.models.intervals import Interval
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The tool with so many items.

    items : how many. item : the one that comes in here (in the tool made of everybody); title : of its column.
    agreement : on people the tool had not seen, the selection made without them too. added : by how much it is above
    that with one item less; of the first item, above always naming the largest segment.
    """

    items: int
    item: str
    title: str
    agreement: Interval
    added: Interval


@dataclass(frozen=True, slots=True)
class Bin:
    """People of like confidence, unseen by the tool. share : of everybody. agreement : how often the tool was right."""

    confidence: float
    share: float
    agreement: Interval


@dataclass(frozen=True, slots=True)
class Sure:
    """Those the tool is at least so sure of: their share of everybody, and how often it is right about them."""

    least: float
    share: Interval
    agreement: Interval


@dataclass(frozen=True, slots=True)
class TypedSegment:
    """One segment through the tool. recall : of its members, placed in it. precision : of those placed, its members."""

    label: str
    recall: Interval
    precision: Interval


@dataclass(frozen=True, slots=True)
class OneMore:
    """One more question, only where the tool is unsure.

    item, title : what to ask. below : asked where confidence is lower. asked : share of people. before, after :
    agreement among them; added : the difference. overall : agreement of everybody then.
    """

    item: str
    title: str
    below: float
    asked: Interval
    before: Interval
    after: Interval
    added: Interval
    overall: Interval


@dataclass(frozen=True, eq=False)
class TypingTool:
    """The fewest questions that tell a person's segment, with what that is worth.

    Attributes
    ----------
    assigner : places anybody by the chosen items, with calibrated probabilities; also inside the engine.
    sheet : the same in whole points, for paper and spreadsheets; sheet_agreement : its own, on unseen people.
    bank : the tool with all items looked at, to ask one more question of those it is unsure of; bank_shares : per item
    of the bank the share of each answer (of numbers empty).
    curve : agreement by number of items.
    agreement : of the tool, cross-validated with items and their number chosen without the people it is tested on.
    majority : share of the largest segment: what naming it always would reach. gain : agreement above that, paired.
    wanted, reached : the agreement asked for; whether the tool's estimate reaches it.
    useful : whether the gain is above chance (its interval excludes 0); if not, these columns do not tell segments.
    reliability, calibration_error : confidence against truth on unseen people; the mean (weighted) distance.
    sure : by least confidence, how many people are left and how right the tool is about them.
    confusion : (k, k) weighted share of people by true (row) and given (column) segment.
    people : measured on so many.
    """

    assigner: Assigner
    sheet: PointSheet
    bank: Assigner
    bank_shares: tuple[tuple[float, ...], ...]
    curve: tuple[CurvePoint, ...]
    agreement: Interval
    sheet_agreement: Interval
    majority: Interval
    gain: Interval
    wanted: float
    reached: bool
    useful: bool
    segments: tuple[TypedSegment, ...]
    confusion: tuple[tuple[float, ...], ...]
    reliability: tuple[Bin, ...]
    calibration_error: float
    sure: tuple[Sure, ...]
    one_more: OneMore | None
    people: int
    sentence: str
    findings: tuple[Finding, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of the segments."""
        return self.assigner.labels

    @property
    def items(self) -> tuple[str, ...]:
        """The questions, the one that tells most first."""
        return tuple(column.name for column in self.assigner.columns)

    def assign(self, table: TypedTable) -> npt.NDArray[np.intp]:
        """Return (n,) places of segments; -1 where too little is known."""
        return self.assigner.assign(table)

    def confidence(self, table: TypedTable) -> Floats:
        """Return (n,) how sure the tool is of each person's segment (0 to 1); NaN where it places nobody."""
        return np.asarray(self.assigner.probabilities(table).max(axis=1))

    def ask_next(self, table: TypedTable, *, below: float = 0.8) -> tuple[str | None, ...]:
        """Return for each person the question to ask next, or None where the tool is sure enough or none is left.

        table : the bank's columns, NaN where not asked yet. Asked is what on average leaves least doubt: of the items
        not answered that whose expected entropy of the segment is smallest.
        """
        from segmentary.market.typing_next import next_items

        return next_items(self.bank, table, self.bank_shares, below)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values (format 1)."""
        plain = {name: getattr(self, name) for name in PLAIN}
        intervals = {name: asdict(getattr(self, name)) for name in INTERVALS}
        lists = {
            name: [asdict(one) for one in getattr(self, name)] for name in ("curve", "segments", "reliability", "sure")
        }
        return {
            "format": 1,
            **plain,
            **intervals,
            **lists,
            "assigner": self.assigner.to_document(),
            "sheet": self.sheet.to_document(),
            "bank": self.bank.to_document(),
            "bank_shares": [list(row) for row in self.bank_shares],
            "confusion": [list(row) for row in self.confusion],
            "one_more": None if self.one_more is None else asdict(self.one_more),
            "findings": [finding.to_document() for finding in self.findings],
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the tool a document describes."""

        def restored(row: dict[str, Any]) -> dict[str, Any]:
            return {name: Interval(**part) if isinstance(part, dict) else part for name, part in row.items()}

        kinds: dict[str, Any] = {
            "curve": CurvePoint,
            "segments": TypedSegment,
            "reliability": Bin,
            "sure": Sure,
        }
        more = document["one_more"]
        parts: dict[str, Any] = {
            **{name: document[name] for name in PLAIN},
            **{name: Interval(**document[name]) for name in INTERVALS},
            **{name: tuple(kind(**restored(row)) for row in document[name]) for name, kind in kinds.items()},
            "assigner": Assigner.from_document(document["assigner"]),
            "sheet": PointSheet.from_document(document["sheet"]),
            "bank": Assigner.from_document(document["bank"]),
            "bank_shares": tuple(tuple(row) for row in document["bank_shares"]),
            "confusion": tuple(tuple(row) for row in document["confusion"]),
            "one_more": None if more is None else OneMore(**restored(more)),
            "findings": tuple(Finding.from_document(one) for one in document["findings"]),
        }
        return cls(**parts)


PLAIN = ("wanted", "reached", "useful", "calibration_error", "people", "sentence")
INTERVALS = ("agreement", "sheet_agreement", "majority", "gain")
