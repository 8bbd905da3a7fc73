"""Rows of people as the caller may see them: what identifies somebody only to those who may see personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segmentary.interfaces.http.access import Caller
from segmentary.interfaces.http.redaction import hidden_traits, redacted
from segmentary.segments.explain import Explanation, Reason
from segmentary.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segmentary.workspace.segment_activity import Transitions

HIDDEN = "•••"


def redacted_rows(caller: Caller, workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without what a caller may not see."""
    return redacted(caller, workspace, rows)


def redacted_explanation(caller: Caller, workspace: Workspace, found: Explanation) -> Explanation:
    """Return an explanation without values where it rests on traits a caller may not see."""
    covered = hidden_traits(caller, workspace)
    if not covered or found.segment not in workspace.segments_defined():
        return found
    if not set(workspace.segment(found.segment).lineage.attributes) & covered:
        return found
    word = "is" if found.member else "is not"
    return replace(
        found,
        summary=f"{found.customer_id} {word} in {found.segment}.",
        decisive=(),
        near_misses=(),
        would_change_if=(),
        conditions=bare(found.conditions),
    )


def bare(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(
        replace(one, value=HIDDEN if one.value is not None else None, note="", evidence=(), parts=bare(one.parts))
        for one in reasons
    )


def large_enough(caller: Caller, workspace: Workspace, people: int) -> bool:
    """Say whether a part of a breakdown may be shown: small ones only to who may see people. Nobody is not small."""
    return caller.may("people") or not 0 < people < workspace.settings.suppress_below


def shown_transitions(caller: Caller, workspace: Workspace, found: Transitions) -> Transitions:
    """Return where people came from and went to without parts of few people, for who may not see people."""

    def told(people: int | None) -> int | None:
        return people if people is not None and large_enough(caller, workspace, people) else None

    return replace(
        found,
        flows=tuple(one for one in found.flows if large_enough(caller, workspace, one.people)),
        entered_from_nowhere=told(found.entered_from_nowhere),
        left_to_nowhere=told(found.left_to_nowhere),
    )
