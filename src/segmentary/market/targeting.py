"""Which segments to target, why, and how firm that is; and the target audience as a record that becomes a segment."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from segmentary.errors import DataError, NoAnswerError
from segmentary.language.tree import All, AnyOf, Compare, ModelValue, Not, Rule, SegmentDefinition, SegmentReference
from segmentary.language.writing import to_document
from segmentary.market.attractiveness import Matrix, Position
from segmentary.market.record import Record
from segmentary.market.wording import listed

FIRM, SHAKY = 0.9, 0.6
"""Kept in so many variations of weights and data: firm from the first on, fragile below the second."""


@dataclass(frozen=True, slots=True)
class Target(Record):
    """One segment to serve: what speaks for it, what against."""

    name: str
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    kept: float

    @property
    def sentence(self) -> str:
        """For and against, in words."""
        text = f"{self.name}: " + (f"for it speak {listed(self.reasons)}" if self.reasons else "nothing stands out")
        return text + (f"; against it {listed(self.doubts)}." if self.doubts else ".")


@dataclass(frozen=True, slots=True)
class Recommendation(Record):
    """Which segments to target.

    targets : best first. passed_over : name and reason of each other segment. same_choice : share of variations of
    weights and data together after which the same segments are chosen. fragility : "firm" (0.9 or more), "sensitive",
    "fragile" (below 0.6).
    """

    targets: tuple[Target, ...]
    passed_over: tuple[tuple[str, str], ...]
    same_choice: float
    fragility: Literal["firm", "sensitive", "fragile"]
    next_best: str
    shift: str

    @property
    def sentence(self) -> str:
        """The recommendation in words."""
        names = listed([one.name for one in self.targets])
        how = {
            "firm": "That is firm",
            "sensitive": "That depends on the weights and the data",
            "fragile": "That is fragile: decide by what the figures leave out",
        }[self.fragility]
        text = f"Target {names}. {how}: the same choice in {self.same_choice * 100:.0f}% of variations."
        return f"{text} {self.shift}".strip()


def recommend(matrix: Matrix) -> Recommendation:
    """Return which segments of a matrix to target, with reasons and fragility.

    Raises NoAnswerError where every segment is knocked out.
    """
    if not matrix.chosen:
        raise NoAnswerError(
            "no segment passes the knock-out criteria", hint="lower a criterion, or look for other segments"
        )
    targets = []
    for name in matrix.chosen:
        one = matrix.position(name)
        targets.append(Target(name, reasons(one, matrix, best=True), doubts(one, matrix), one.kept_both))
    passed = [(one.name, why_not(one, matrix)) for one in ordered(matrix) if one.name not in matrix.chosen]
    next_best = next((one.name for one in ordered(matrix) if one.name not in matrix.chosen and not one.knocked_out), "")
    same = matrix.same_choice_both
    fragility: Literal["firm", "sensitive", "fragile"] = (
        "firm" if same >= FIRM else "sensitive" if same >= SHAKY else "fragile"
    )
    return Recommendation(tuple(targets), tuple(passed), same, fragility, next_best, matrix.shift.sentence)


def ordered(matrix: Matrix) -> list[Position]:
    """Return positions by rank."""
    return sorted(matrix.positions, key=lambda one: one.rank)


def reasons(one: Position, matrix: Matrix, *, best: bool) -> tuple[str, ...]:
    """Return the criteria that lift a segment most above (or pull it below) the mean of all, by what they weigh."""
    pulls = []
    for place, criterion in enumerate(matrix.criteria):
        mean = sum(other.scores[place] for other in matrix.positions) / len(matrix.positions)
        own = sum(other.weight for other in matrix.criteria if other.axis == criterion.axis)
        share = matrix.blend if criterion.axis == "attractiveness" else 1 - matrix.blend
        pull = (one.scores[place] - mean) * criterion.weight / own * share
        pulls.append((pull if best else -pull, criterion.name, one.scores[place]))
    strongest = sorted((pull for pull in pulls if pull[0] > 0.05), key=lambda pull: (-pull[0], pull[1]))[:3]
    return tuple(f"{name} ({score:.1f} of 10)" for _, name, score in strongest)


def doubts(one: Position, matrix: Matrix) -> tuple[str, ...]:
    """Return what speaks against a segment that is chosen."""
    found = list(reasons(one, matrix, best=False))
    if one.kept < FIRM:
        found.append(f"other weights near these drop it in {100 - one.kept * 100:.0f}% of cases")
    if one.kept_data < FIRM:
        found.append(f"the errors of the data would drop it in {100 - one.kept_data * 100:.0f}% of cases")
    if one.dominated_by and one.dominated_by not in matrix.chosen:
        found.append(f"{one.dominated_by} is at least as good on both axes")
    return tuple(found)


def why_not(one: Position, matrix: Matrix) -> str:
    """Return why a segment is not chosen."""
    if one.knocked_out:
        return f"knocked out by {listed(one.knocked_out)}"
    against = reasons(one, matrix, best=False)
    text = f"score {one.score.estimate:.1f} of 10"
    return f"{text}; behind in {listed(against)}" if against else text


@dataclass(frozen=True, slots=True)
class TargetAudience(Record):
    """The decision to serve segments, and the audience it becomes.

    name : of the audience, usable in definitions. segments : names of the segment definitions served; without : those
    whose members are left out (customers to rest, competitors' staff ...). why, decided_at (ISO text with zone),
    decided_by : the decision. solution : the solution the segments come from; least_confidence : members must be placed
    with at least this confidence (0: all). rests_on : the figures the decision was made by (documents or their names).
    """

    name: str
    segments: tuple[str, ...]
    why: str
    decided_at: str
    decided_by: str
    title: str = ""
    without: tuple[str, ...] = ()
    solution: str = ""
    least_confidence: float = 0.0
    rests_on: tuple[str, ...] = ()
    entity: Literal["customer", "account", "household", "respondent"] = "customer"

    def __post_init__(self) -> None:
        """Refuse a decision without a segment, a reason, a moment or a person."""
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.name):
            raise DataError(f"{self.name!r} cannot name an audience", hint="letters, digits and underscores")
        if not self.segments:
            raise DataError("a target audience has one segment at least")
        if set(self.segments) & set(self.without):
            raise DataError("a segment is both served and left out")
        if len(set(self.segments)) != len(self.segments) or self.name in (*self.segments, *self.without):
            raise DataError("a segment is named twice, or the audience has the name of one")
        for what in ("why", "decided_by"):
            if not str(getattr(self, what)).strip():
                raise DataError(f"a decision says {what.replace('_', ' ')}")
        if not zoned(self.decided_at):
            raise DataError(f"{self.decided_at!r} is no moment with a time zone", hint="2026-03-01T09:00:00+00:00")
        if not 0 <= self.least_confidence <= 1 or not math.isfinite(self.least_confidence):
            raise DataError(f"a confidence is between 0 and 1, not {self.least_confidence}")
        if self.least_confidence and not self.solution:
            raise DataError("a least confidence needs the solution it is of")

    @property
    def rule(self) -> Rule:
        """In any of the segments, sure enough, and in none of those left out."""
        served: tuple[Rule, ...] = tuple(SegmentReference(name) for name in self.segments)
        parts: list[Rule] = [served[0] if len(served) == 1 else AnyOf(served)]
        if self.least_confidence:
            parts.append(Compare(ModelValue(self.solution, "confidence"), "gte", Decimal(str(self.least_confidence))))
        parts += [Not(SegmentReference(name)) for name in self.without]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    @property
    def definition(self) -> SegmentDefinition:
        """The audience as a segment."""
        return SegmentDefinition(
            self.name, self.rule, title=self.title, purpose=self.why, entity=self.entity, tags=("target",)
        )

    @property
    def segment_document(self) -> dict[str, Any]:
        """The audience as a definition document of the segment language."""
        return dict(to_document(self.definition))

    @property
    def sentence(self) -> str:
        """The decision in words."""
        text = f"{self.title or self.name}: {listed(self.segments, last='or')}"
        if self.without:
            text += f", without {listed(self.without)}"
        return f"{text}; decided by {self.decided_by} on {self.decided_at[:10]} because {self.why.rstrip('.')}."


def zoned(moment: str) -> bool:
    """Whether a text is a moment with a time zone."""
    try:
        return dt.datetime.fromisoformat(moment).tzinfo is not None
    except ValueError:
        return False


def audience(
    recommendation: Recommendation,
    definitions: Sequence[tuple[str, str]],
    *,
    name: str,
    decided_at: dt.datetime,
    decided_by: str,
    why: str = "",
    title: str = "",
    without: Sequence[str] = (),
    solution: str = "",
    least_confidence: float = 0.0,
) -> TargetAudience:
    """Return the audience of a recommendation that is followed.

    definitions : (name in the matrix, name of its segment definition). why : empty takes the recommendation's reasons.
    """
    known = dict(definitions)
    missing = [one.name for one in recommendation.targets if one.name not in known]
    if missing:
        raise DataError(f"segment {missing[0]!r} has no definition", hint="discover makes one of each segment")
    reason = why or "; ".join(f"{one.name}: {listed(one.reasons)}" for one in recommendation.targets)
    return TargetAudience(
        name,
        tuple(known[one.name] for one in recommendation.targets),
        reason,
        decided_at.isoformat(),
        decided_by,
        title,
        tuple(without),
        solution,
        least_confidence,
    )
