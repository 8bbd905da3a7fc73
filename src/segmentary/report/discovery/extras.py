"""What a discovery report shows beyond the solution itself, where it is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from segmentary.market.typing_results import Sure, TypedSegment, TypingTool
from segmentary.models.intervals import Interval
from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.criteria import Spread
from segmentary.models.validate.stability import Across


@dataclass(frozen=True, eq=False)
class Cloud:
    """People on two axes (the separation plot).

    points : (m, 2) a sample of people. labels : (m,) place of their segment. axes : what the axes are, in words.
    arrows : column -> (2,) which way it grows, longest first. ellipses : place -> (j, 2) outline around the middle half
    of its members. centres : place -> (2,).
    """

    points: Floats
    labels: tuple[int, ...]
    axes: tuple[str, str]
    centres: Mapping[int, tuple[float, float]]
    ellipses: Mapping[int, Floats]
    arrows: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class TypingStep:
    """What the tool agrees with so many questions: place in the order, the question, agreement (cross-validated)."""

    questions: int
    question: str
    agreement: Interval


@dataclass(frozen=True, slots=True)
class Typing:
    """The typing tool as the report shows it.

    wanted : agreement asked for; chosen : questions of the tool kept; agreement : of that tool, its choosing included.
    majority : agreement of always naming the largest segment. segments : recall and precision of each, by key; sure :
    how right the tool is about those it is sure of.
    """

    steps: tuple[TypingStep, ...]
    wanted: float | None = None
    chosen: int = 0
    sentence: str = ""
    majority: float | None = None
    agreement: Interval | None = None
    segments: tuple[TypedSegment, ...] = ()
    sure: tuple[Sure, ...] = ()

    @classmethod
    def of(cls, tool: TypingTool) -> Self:
        """Return what the report shows of a tool."""
        return cls(
            tuple(TypingStep(point.items, point.title or point.item, point.agreement) for point in tool.curve),
            tool.wanted,
            len(tool.items),
            tool.sentence,
            tool.majority.estimate,
            tool.agreement,
            tool.segments,
            tool.sure,
        )


@dataclass(frozen=True, eq=False)
class Extras:
    """Everything beyond the solution. slsw : of each segment, in its order, its stability over bootstraps (Jaccard)."""

    cloud: Cloud | None = None
    slsw: tuple[Spread, ...] = ()
    across: Across | None = None
    typing: Typing | TypingTool | None = None

    @property
    def questions(self) -> Typing | None:
        """The typing tool as the report shows it."""
        return self.typing if self.typing is None or isinstance(self.typing, Typing) else Typing.of(self.typing)
