"""What a discovery report shows beyond the solution itself, where it is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segmentary.market.typing_results import Sure, TypedSegment, TypingTool
from segmentary.models.describe.separation import Separation
from segmentary.models.discover.solution import Segmentation
from segmentary.models.intervals import Interval
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.criteria import Spread
from segmentary.models.validate.stability import Across

if TYPE_CHECKING:
    from segmentary.models.discover.discovery import Found

MOST = 1500
"""So many people are drawn at most."""


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

    @classmethod
    def of(cls, found: Separation, segmentation: Segmentation) -> Self:
        """Return what the report shows of a separation of a segmentation's people."""
        solution = segmentation.solution
        every = max(1, -(-len(found.points) // MOST))
        titles = {column.name: column for column in solution.columns}
        preparation = solution.assigner.preparation
        if preparation is not None and len(preparation.features) == len(found.directions):
            names = [named(titles[one.column], one.level) for one in preparation.features]
        else:
            names = [column.label for column in solution.columns]
        arrows = {name: (float(x), float(y)) for name, (x, y) in zip(names, found.directions, strict=False)}
        longest = sorted(arrows, key=lambda name: (-(arrows[name][0] ** 2 + arrows[name][1] ** 2), name))
        what = "of the spread of people" if found.way == "principal" else "of what sets segments apart"
        return cls(
            found.points[::every],
            tuple(int(label) for label in segmentation.labels[::every]),
            (f"first axis ({found.explained[0]:.0%} {what})", f"second axis ({found.explained[1]:.0%})"),
            {one.segment: one.centre for one in found.outlines},
            {one.segment: np.asarray((*one.ellipse, one.ellipse[0])) for one in found.outlines if one.ellipse},
            {name: arrows[name] for name in longest},
        )


def named(column: Column, level: int | None) -> str:
    """Return a coordinate as people read it."""
    return column.label if level is None else f"{column.label}: {column.levels[level]}"


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

    @classmethod
    def of(cls, found: Found, *, typing: TypingTool | None = None) -> Self:
        """Return all that a discovery just made has to show: its people on a plane, and where segments come from."""
        return cls(cloud_of(found), (), descent_of(found), typing)


def cloud_of(found: Found) -> Cloud | None:
    """Return the people of a discovery on two axes; None where they lie on none."""
    from segmentary.models.describe.separation import separation
    from segmentary.models.table.scaling import prepare

    table, solution = found.people.table, found.solution
    preparation = solution.assigner.preparation or prepare(table)
    x = preparation.apply(table.select([column.name for column in solution.columns]))
    if not x.size or not (found.labels >= 0).any():
        return None
    return Cloud.of(separation(x, found.labels, table.weight, solution.k), found.segmentation)


def descent_of(found: Found) -> Across | None:
    """Return how the segments of the shown method come from those with one less; None with one number of segments."""
    from segmentary.models.validate.stability import across

    method = found.solution.fit.method
    mine = {one.k: one for one in found.candidates.values() if one.method.name == method}
    rows = {len(one.fed.rows) for one in mine.values()}
    if len(mine) < 2 or len(rows) != 1:
        return None
    labels = {k: one.terms.labels(one.fed.rows) for k, one in sorted(mine.items())}
    return across(labels, next(iter(mine.values())).fed.weight)
