"""Dense regions as segments, whoever is between them as noise: HDBSCAN, with weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from segmentary.models.cluster.shape import Drawn, Labels, Shape
from segmentary.models.progress import Tell
from segmentary.models.table.typed_table import Floats

LEAST = 10.0
SHARE = 0.02


class Density(Shape):
    """Segments where people are dense; as many as there are; nobody has to be in one.

    Hierarchical density-based clustering (HDBSCAN) by excess of mass, as scikit-learn's, with weights: a row of weight
    3 is three such rows. Whoever is in no dense region is noise: label -1. Work grows with the square of the rows.

    Parameters
    ----------
    min_cluster_size : weight a segment has to have; None: 2 % of the whole, at least 10.
    min_samples : weight (the row itself counted) within whose distance a row is dense; None: 5, at most
        min_cluster_size.
    max_rows : distinct rows that are read; of more a random sample is, and the others go to the nearest centroid.
        random_state : draws it.

    Attributes
    ----------
    labels_ : (n,) 0 the largest, -1 noise. n_clusters_ : how many there are, may be 0. centroids_ : (k, q). noise_ :
        weighted share of the fitted that is noise. inertia_, agreement_, sampled_ : as of
        `segmentary.models.cluster.hierarchical.Hierarchical`; noise agrees with no segment.

    References
    ----------
    Campello, Moulavi & Sander (2013), PAKDD, LNCS 7819; Campello et al. (2015), ACM TKDD 10(1).
    """

    def __init__(
        self,
        *,
        min_cluster_size: float | None = None,
        min_samples: float | None = None,
        max_rows: int = 20_000,
        random_state: Any = 0,
    ):
        self.min_cluster_size = min_cluster_size
        self.min_samples = min_samples
        self.max_rows = max_rows
        self.random_state = random_state

    def _checked(self, rows: int) -> None:
        for name, value, least in (
            ("min_cluster_size", self.min_cluster_size, 2),
            ("min_samples", self.min_samples, 1),
        ):
            if value is not None and not (np.isfinite(value) and value >= least):
                raise ValueError(f"{name}={value!r}: it has to be at least {least}")
        if rows < 1:
            raise ValueError("n_samples=0 (of positive weight): at least 1 is needed")

    def _shapes(self, drawn: Drawn, tell: Tell) -> Labels:
        from segmentary.models.cluster.tree_kernels import spanning_tree

        p = drawn.problem
        weights = p.weights * p.heaviest
        whole = float(weights.sum())
        least = (
            max(LEAST, SHARE * whole / drawn.share) if self.min_cluster_size is None else float(self.min_cluster_size)
        )
        # Of a sample segments have as much less weight as the sample has; how near the next are is asked as it is.
        least = max(2.0, least * drawn.share)
        samples = min(5.0, least) if self.min_samples is None else float(self.min_samples)
        if len(p) == 1:
            found = np.full(1, -1, dtype=np.intp)
        else:
            tell(f"how dense {len(p):,} rows are", 0.0)
            core = cores(p.x, weights, samples)
            tell("the shortest spanning tree", 0.1)
            ends, lengths = spanning_tree(p.x, core)
            tell("dense regions", 0.9)
            order = np.argsort(lengths, kind="stable")
            found = dense(ends[order], lengths[order], core, weights, least)
        self.noise_ = float(weights[found < 0].sum() / whole)
        tell("done", 1.0)
        return found


def cores(x: Floats, weights: Floats, samples: float) -> Floats:
    """Return (m,) the distance within which each row has others of weight `samples`, itself counted."""
    from scipy.spatial import cKDTree

    m = len(x)
    tree = cKDTree(x)
    found = np.zeros(m)
    rest = np.arange(m)
    many = int(min(m, max(2, np.ceil(samples))))
    while len(rest):
        distances, rows = tree.query(x[rest], k=many)
        distances, rows = distances.reshape(len(rest), many), rows.reshape(len(rest), many)
        heavy = np.cumsum(weights[rows], axis=1) >= samples * (1 - 1e-12)
        enough = heavy.any(axis=1) | (many == m)
        place = np.where(heavy.any(axis=1), heavy.argmax(axis=1), many - 1)
        found[rest[enough]] = distances[np.arange(len(rest)), place][enough]
        rest = rest[~enough]
        many = min(m, 2 * many)
    return found


def dense(ends: Labels, lengths: Floats, core: Floats, weights: Floats, least: float) -> Labels:
    """Return (m,) the dense region of each row, -1 where it is in none; edges in the order of length.

    From the top of the tree: where a set falls into two that are both heavy enough, both are regions of their own;
    else the light part falls off. Of a region and those within it the more persistent is kept.
    """
    m = len(weights)
    left, right, level, weight = merged(ends, lengths, weights)
    # A row of much weight is itself a region, until its core: many alike, of which each would fall off there.
    shortest = lengths[lengths > 0].min() if (lengths > 0).any() else 1.0
    scale = np.concatenate([np.maximum(core, shortest / 2), np.maximum(level[m:], shortest / 2)])
    born, parent, mass = [0.0], [-1], [0.0]
    of = np.full(2 * m - 1, -1, dtype=np.intp)  # the smallest region each node of the tree is in
    of[2 * m - 2] = 0
    for node in range(2 * m - 2, -1, -1):
        region = int(of[node])
        until = 1.0 / scale[node]
        if node < m:
            if weight[node] >= least:
                mass[region] += weight[node] * (until - born[region])
            continue
        if weight[node] < least:  # it has fallen off as a whole
            of[left[node]] = of[right[node]] = region
            continue
        children = (left[node], right[node])
        heavy = [weight[child] >= least for child in children]
        for child, large in zip(children, heavy, strict=True):
            of[child] = region
            if all(heavy):
                of[child] = len(born)
                born.append(until)
                parent.append(region)
                mass.append(0.0)
            if all(heavy) or not large:
                mass[region] += weight[child] * (until - born[region])
    return persistent(of[:m], parent, mass)


def persistent(of: Labels, parent: list[int], mass: list[float]) -> Labels:
    """Return (m,) the region kept that each row is in, by excess of mass; the whole is none."""
    within = np.zeros(len(parent))
    kept = np.zeros(len(parent), dtype=np.bool_)
    for region in range(len(parent) - 1, 0, -1):
        kept[region] = mass[region] >= within[region]
        within[parent[region]] += max(mass[region], within[region])
    name = np.full(len(parent), -1, dtype=np.intp)
    for region in range(1, len(parent)):
        above = name[parent[region]]
        name[region] = above if above >= 0 else (region if kept[region] else -1)
    return np.asarray(name[of])


def merged(ends: Labels, lengths: Floats, weights: Floats) -> tuple[Labels, Labels, Floats, Floats]:
    """Return the tree of merging: nodes below m are rows, node m + i joins left and right at the length of edge i."""
    from segmentary.models.cluster.tree_kernels import tree_of

    left, right, weight = tree_of(ends, weights)
    return left, right, np.concatenate([np.zeros(len(weights)), lengths]), weight
