"""Which id a merged customer keeps, and which of several records speaks last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PRIMARY_SPACE = "customer"
WEAK_SPACES = ("email", "phone", "cookie", "device")


@dataclass(frozen=True, slots=True)
class RecordNode:
    """One id of one id space.

    Attributes
    ----------
    priority : place of the best source that uses the id, 0 first.
    known_at : load that first mentioned it, counted from 1.
    gone : a source says that the record was merged into another or deleted.
    """

    id_space: str
    record_id: str
    priority: int = 0
    known_at: int = 0
    gone: bool = False


def space_rank(id_space: str) -> int:
    """Return how good ids of a space are as names of customers: the shared space first, addresses and cookies last.

    Examples
    --------
    >>> [space_rank(s) for s in ("customer", "crm", "email")]
    [0, 1, 2]
    """
    if id_space == PRIMARY_SPACE:
        return 0
    return 2 if id_space in WEAK_SPACES else 1


def survivor(nodes: Sequence[RecordNode]) -> RecordNode:
    """Return the record whose id a merged customer keeps.

    A record that is still there before one that was merged away; then the better id space, the source of higher
    priority, the id known longest, the smaller id. So a later merge never takes an id that is already in use by
    another customer, and the same records always give the same id.
    """
    return min(
        nodes,
        key=lambda n: (
            n.gone,
            space_rank(n.id_space),
            n.priority,
            n.known_at,
            len(n.record_id),
            n.record_id,
            n.id_space,
        ),
    )


def customer_id(node: RecordNode, primary: str) -> str:
    """Return the name of a customer: the bare id in the primary space, else the id with its space before it."""
    return node.record_id if node.id_space == primary else f"{node.id_space}:{node.record_id}"
