"""What a workspace can be asked without a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from segmentary.language.expressions import Condition
    from segmentary.language.tree import Rule
    from segmentary.workspace.asking import Question
    from segmentary.workspace.workspace import Workspace


class Asked:
    """A part of every workspace."""

    def where(self, rule: str | Condition | Rule) -> Question:
        """Return a rule to look into without defining a segment: ``where('country = "DE" and age >= 18').count()``.

        Raises
        ------
        DefinitionError
            when it cannot be read, or asks for what does not exist, with the place in the text.
        """
        from segmentary.workspace.asking import Question

        return Question(cast("Workspace", self), rule)
