"""The people of a segment, page by page, and whom it shares with others: as served by the newest run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UsageError
from segmentary.ledger.definitions import positions
from segmentary.segments.membership import MEMBERSHIP, flags_query, members_query
from segmentary.workspace.exporting import people_table

if TYPE_CHECKING:
    from segmentary.workspace.reading import SegmentView
    from segmentary.workspace.workspace import Workspace


def members_page(
    workspace: Workspace, name: str, *, after: str | None = None, limit: int = 100, traits: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Return members as served in the order of their ids, those behind one id, with traits of the newest run."""
    view = workspace.segment(name)
    view.served_run(None)
    query = members_query(positions(workspace.ledger)[name])
    if after is not None:
        query = query.where(column("customer_id") > literal(after))
    if view.definition.entity != "customer" and traits:
        raise UsageError(f"members of {name} are {view.definition.entity}s: they have no traits of customers")
    query = query.order_by("customer_id").limit(limit)
    table = people_table(workspace, query, tuple(dict.fromkeys(traits)), limit)
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def is_served(view: SegmentView, customer_id: str) -> bool:
    """Say whether the newest run serves somebody as a member; nobody, where the segment was not part of it."""
    try:
        query = view.ids_query()
    except UsageError:
        return False
    asked = query.copy().where(column("customer_id").eq(literal(customer_id)))
    return bool(view.workspace.warehouse.rows(asked))


@dataclass(frozen=True, slots=True)
class Shared:
    """Another segment. shared : in both; share_of_this, share_of_that : of each; jaccard : of either."""

    segment: str
    title: str
    people: int
    shared: int
    share_of_this: float | None
    share_of_that: float | None
    jaccard: float | None


def shared_with(workspace: Workspace, name: str) -> list[Shared]:
    """Return what a segment shares with every other of its kind of members, most alike first."""
    view = workspace.segment(name)
    run = view.served_run(None)
    held = workspace.segments_defined()
    others = [
        key for key, one in held.items() if key != name and key in run.segments and one.entity == view.definition.entity
    ]
    if not others:
        return []
    flags = flags_query([name, *others], positions(workspace.ledger), MEMBERSHIP).subquery("flags")
    own = column("s0")
    query = exp.select(counted(own)).from_(flags)
    for number in range(1, len(others) + 1):
        other = column(f"s{number}")
        query = query.select(counted(other), counted(exp.and_(own.copy(), other.copy())), copy=False)
    size, *figures = workspace.warehouse.rows(query)[0]
    found = []
    for place, key in enumerate(others):
        people, both = int(figures[2 * place]), int(figures[2 * place + 1])
        either = size + people - both
        found.append(
            Shared(
                key,
                held[key].title or key,
                people,
                both,
                both / size if size else None,
                both / people if people else None,
                both / either if either else None,
            )
        )
    return sorted(found, key=lambda one: (-(one.jaccard or 0), one.segment))


def counted(test: exp.Expr) -> exp.Expr:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=test))
