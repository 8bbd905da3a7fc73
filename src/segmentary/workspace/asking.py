"""Asking about a rule without defining a segment: in the compact text form, or as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentary.language.tree import Rule, SegmentDefinition
from segmentary.language.vocabulary import Vocabulary
from segmentary.workspace.reading import Basis, Reading, SegmentView

if TYPE_CHECKING:
    from sqlglot import exp

    from segmentary.language.expressions import Condition
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace

NAME = "this rule/typed"
"""What the rule goes by meanwhile: no segment can be called so."""


class Question(SegmentView):
    """A rule that nobody has defined; it is evaluated whenever something is asked."""

    def __init__(self, workspace: Workspace, rule: str | Condition | Rule) -> None:
        super().__init__(workspace, SegmentDefinition(NAME, rule_of(workspace, rule)))

    def count(
        self,
        *,
        as_of: Moment = None,
        served_at: Moment = None,
        known_at: Moment = None,
        basis: Basis = "evaluated",
    ) -> Reading:
        """Count who satisfies the rule, now or for a date."""
        return super().count(as_of=as_of, served_at=served_at, known_at=known_at, basis="evaluated")

    def ids_query(
        self,
        as_of: Moment = None,
        served_at: Moment = None,
        known_at: Moment = None,
        basis: Basis = "evaluated",
    ) -> exp.Query:
        """Return the query of the ids of those who satisfy the rule."""
        return super().ids_query(as_of, served_at, known_at, "evaluated")


def rule_of(workspace: Workspace, rule: str | Condition | Rule) -> Rule:
    """Return the tree of a rule, checked against what there is; what is wrong with a text is shown in the text.

    Raises
    ------
    DefinitionError
        when it cannot be read, or asks for what does not exist.
    """
    from segmentary.language import expressions
    from segmentary.language.text import read_where
    from segmentary.language.validate import validate

    known = words(workspace)
    if isinstance(rule, str):
        return read_where(rule, known)
    tree = expressions.rule_of(rule)
    validate(SegmentDefinition(NAME, tree), known)
    return tree


def words(workspace: Workspace) -> Vocabulary:
    """Return everything a rule may mention in this workspace."""
    from segmentary.ledger.definitions import lists

    segments = workspace.segments_defined()
    found = workspace.derived.vocabulary(
        workspace.traits_defined(), frozenset(segments), frozenset(lists(workspace.ledger))
    )
    return found.including(segments.values())
