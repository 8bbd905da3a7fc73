"""Which nodes hang together: connected components of records that share keys."""

from __future__ import annotations

from collections.abc import Sequence


def components(size: int, edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the connected components with two or more nodes, each sorted, in the order of their first node.

    size : number of nodes; edges : pairs of node numbers.

    Examples
    --------
    >>> components(5, [(3, 1), (4, 3)])
    [[1, 3, 4]]
    """
    if not edges:
        return []
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = np.asarray(edges, dtype=np.int64)
    matrix = coo_array((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(size, size))
    _, labels = connected_components(matrix, directed=False)
    touched = np.unique(ends)
    members: dict[int, list[int]] = {}
    for place in touched.tolist():
        members.setdefault(int(labels[place]), []).append(place)
    return [nodes for nodes in members.values() if len(nodes) > 1]
