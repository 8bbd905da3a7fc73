"""What can be said of a segment before anything runs: how fresh it can be, what it rests on, what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.language.facts import EventFacts, Facts
from segmentary.language.freshness import Freshness, freshness
from segmentary.language.lineage import Lineage, lineage
from segmentary.language.tree import Definition, SegmentDefinition
from segmentary.models.rfm import OUTPUTS
from segmentary.profiles.naming import sensitivity_of
from segmentary.schema import EVENTS

if TYPE_CHECKING:
    from segmentary.language.cost import Cost
    from segmentary.workspace.workspace import Workspace


class Analysed:
    """A part of every view of a segment."""

    workspace: Workspace
    definition: SegmentDefinition

    @property
    def freshness(self) -> Freshness:
        """How soon it follows what happens: streamable, timer or snapshot, and the part that makes it so."""
        return freshness(self.definition, known(self.workspace), given=OUTPUTS)

    @property
    def lineage(self) -> Lineage:
        """Everything it rests on, through all it refers to, and what of that is sensitive."""
        types = self.workspace.derived.attribute_types()
        sensitivity = {name: sensitivity_of(name, type_) for name, type_ in types.items()}
        return lineage(self.definition, known(self.workspace), sensitivity=sensitivity, given=OUTPUTS)

    @property
    def cost(self) -> Cost:
        """What evaluating it takes, estimated from the counts of events."""
        from segmentary.language.cost import cost

        workspace = self.workspace
        return cost(self.definition, known(workspace), Facts(workspace.context(), events=counted(workspace)))


def known(workspace: Workspace) -> list[Definition]:
    """Return every definition in force."""
    return [*workspace.segments_defined().values(), *workspace.traits_defined().values()]


def counted(workspace: Workspace) -> dict[str, EventFacts]:
    """Count the events of each name."""
    query = exp.select("name", exp.Count(this=exp.Star())).from_(exp.table_(EVENTS.name, quoted=True)).group_by("name")
    return {name: EventFacts(count=int(number)) for name, number in workspace.engine.rows(query)}
