"""Judging definitions that are not in force: who is in, at one moment, as a run would have it.

Two ways give the same answer. `ordinary` is the evaluation of runs: tables of everybody, one after the other. `aligned`
hands the same compiled plan one relation of everybody in memory, whose columns (attributes, what events say) are
computed one by one, narrow, and kept for the next question; it is taken wherever it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import UnknownNameError
from segmentary.language.tree import Context, SegmentDefinition
from segmentary.workspace.evaluating import request_of
from segmentary.workspace.evaluation import (
    Evaluation,
    Request,
    counts,
    evaluate,
    flag_query,
    named_profile,
    named_traits,
)
from segmentary.workspace.timed import Timed

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Judged(Protocol):
    """Segments evaluated at one moment."""

    context: Context
    engine: Timed

    @property
    def engine_seconds(self) -> float:
        """How long the warehouse took."""
        ...

    def people(self, segment: str) -> int:
        """Return how many are in a segment."""
        ...

    def base(self, definition: SegmentDefinition) -> int:
        """Return how many entities of a definition's kind there are."""
        ...

    def members(self, segment: str) -> exp.Query:
        """Return the query of the ids of a segment's members."""
        ...

    def flags(self) -> tuple[str, Mapping[str, str]]:
        """Return the table of a boolean per entity and segment, and which column is which segment's."""
        ...

    def valued(self, trait: str) -> exp.Select:
        """Return ``customer_id, value`` of a trait for everybody."""
        ...


@dataclass(slots=True)
class Ordinary:
    """Judged by an evaluation as runs make it."""

    evaluation: Evaluation
    counted: Mapping[str, int]
    context: Context
    engine: Timed

    @property
    def engine_seconds(self) -> float:
        """How long the warehouse took."""
        return self.engine.seconds

    def people(self, segment: str) -> int:
        """Return how many are in a segment."""
        return self.counted[segment]

    def base(self, definition: SegmentDefinition) -> int:
        """Return how many entities of a definition's kind there are."""
        return self.evaluation.universes.get(definition.entity, self.evaluation.universe_size)

    def members(self, segment: str) -> exp.Query:
        """Return the query of the ids of a segment's members."""
        return flag_query(self.evaluation, segment)

    def flags(self) -> tuple[str, Mapping[str, str]]:
        """Return the table of a boolean per entity and segment, and which column is which segment's."""
        return self.evaluation.flags, self.evaluation.segment_columns

    def valued(self, trait: str) -> exp.Select:
        """Return ``customer_id, value`` of a trait for everybody.

        Raises
        ------
        UnknownNameError
            when there is no such trait.
        """
        evaluation = self.evaluation
        if trait in evaluation.trait_columns or trait in evaluation.outputs:
            source = named_traits(evaluation)
        elif trait in evaluation.given:
            source = named_profile(evaluation)
        else:
            raise unknown_trait(trait)
        value = column(trait, "everybody").as_("value", quoted=True)
        return exp.select(column("customer_id", "everybody"), value).from_(source.subquery("everybody"))


def unknown_trait(name: str) -> UnknownNameError:
    """Return the complaint about a trait there is not, to be raised."""
    return UnknownNameError("trait", name, [], see="see `segmentary traits`", pointer="breakdown_by")


@contextmanager
def judging(
    workspace: Workspace,
    segments: Mapping[str, SegmentDefinition],
    context: Context,
    *,
    traits: Iterable[str] = (),
    prefix: str = "preview",
    only_ordinary: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Iterator[Judged]:
    """Evaluate segments beside those in force; what was found can be read in the block.

    only_ordinary : do without the columns in memory (the answer is the same).
    check : called before every question to the warehouse; what it raises ends the work.
    """
    from segmentary.workspace.aligned import aligned

    traits = tuple(traits)
    engine = Timed(workspace.warehouse, check)
    request = request_of(workspace, segments, context, traits=traits, prefix=prefix)
    if not only_ordinary:
        with aligned(workspace, engine, request, tuple(segments), traits) as found:
            if found is not None:
                yield found
                return
    yield ordinary(engine, request)


def ordinary(engine: Timed, one: Request) -> Ordinary:
    """Evaluate as runs do."""
    evaluation = evaluate(
        engine,
        segments=one.segments,
        traits=one.traits,
        attributes=one.attributes,
        context=one.context,
        lists=one.lists,
        prefix=one.prefix,
        models=one.models,
    )
    return Ordinary(evaluation, counts(engine, evaluation), one.context, engine)
