"""Judging definitions that are not in force: who is in, by the ordinary evaluation."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.language.tree import Context, SegmentDefinition
from segmentary.workspace.evaluation import Evaluation, counts, flag_query

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


@dataclass(slots=True)
class Judged:
    """Segments evaluated at one moment. ``engine_seconds``: how long the warehouse took."""

    evaluation: Evaluation
    counted: Mapping[str, int]
    context: Context
    engine_seconds: float = 0.0
    kept: dict[str, object] = field(default_factory=dict)

    def people(self, segment: str) -> int:
        """Return how many are in a segment."""
        return self.counted[segment]

    def base(self, definition: SegmentDefinition) -> int:
        """Return how many entities of a definition's kind there are."""
        return self.evaluation.universes.get(definition.entity, self.evaluation.universe_size)

    def members(self, segment: str) -> exp.Query:
        """Return the query of the ids of a segment's members."""
        return flag_query(self.evaluation, segment)


def judge(
    workspace: Workspace,
    segments: Mapping[str, SegmentDefinition],
    context: Context,
    *,
    traits: Iterable[str] = (),
    prefix: str = "preview",
) -> Judged:
    """Evaluate segments beside those in force."""
    from segmentary.workspace.evaluating import evaluate_segments

    began = time.perf_counter()
    evaluation = evaluate_segments(workspace, segments, context, traits=traits, prefix=prefix)
    found = counts(workspace.warehouse, evaluation)
    return Judged(evaluation, found, context, time.perf_counter() - began)
