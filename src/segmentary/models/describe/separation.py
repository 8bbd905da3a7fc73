"""Where segments lie to each other on a plane: people as points, segments as outlines.

Two planes: the one that shows people best (principal components), or the one that shows the segments apart best (linear
discriminants, with a ridge). A plane shows only part of the spread; how much is said with it, and overlap on it is not
overlap in all columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models.describe.estimates import sums_by
from segmentary.models.table.typed_table import Floats

ELLIPSE_POINTS = 48


@dataclass(frozen=True, slots=True)
class Outline:
    """One segment on the plane. ellipse : half of its people if they were normal; hull : around the inner 95 %."""

    segment: int
    centre: tuple[float, float]
    ellipse: tuple[tuple[float, float], ...]
    hull: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Separation:
    """A plane.

    points : (n, 2) everybody. outlines : per segment with people. explained : share of the spread (principal: of
    everybody; discriminant: between segments) on each axis. directions : (q, 2) what the axes are made of. overlap :
    (k, k) share (weighted) of people of the row's segment who on the plane lie nearer to the column's centre.
    """

    way: Literal["principal", "discriminant"]
    points: Floats
    outlines: tuple[Outline, ...]
    explained: tuple[float, float]
    directions: Floats
    overlap: Floats


def separation(
    x: Floats,
    labels: npt.NDArray[np.intp],
    weight: Floats,
    k: int,
    *,
    way: Literal["principal", "discriminant"] = "principal",
) -> Separation:
    """Return the plane of people with coordinates x (n, q). labels : (n,) -1 for nobody's, who are points only."""
    if x.ndim != 2 or len(labels) != len(x):
        raise DataError(f"coordinates of shape {x.shape} and {len(labels)} labels do not fit")
    inside = labels >= 0
    use = inside if way == "discriminant" else np.ones(len(x), dtype=np.bool_)
    if not use.any() or x.shape[1] == 0:
        empty = np.zeros((len(x), 2))
        return Separation(
            way, empty, outlines(empty, labels, weight, k), (0.0, 0.0), np.zeros((x.shape[1], 2)), np.eye(k)
        )
    centre = np.average(x[use], axis=0, weights=weight[use])
    z = x - centre
    if way == "principal":
        directions, explained = principal(z, weight)
    else:
        directions, explained = discriminant(z[use], labels[use], weight[use], k)
    points = z @ directions
    return Separation(
        way, points, outlines(points, labels, weight, k), explained, directions, overlap(points, labels, weight, k)
    )


def principal(z: Floats, weight: Floats) -> tuple[Floats, tuple[float, float]]:
    """Return the two directions of most (weighted) variance, each pointing where its largest part is positive."""
    covariance = (z * weight[:, None]).T @ z / weight.sum()
    values, vectors = np.linalg.eigh(covariance)
    return axes(values[::-1], vectors[:, ::-1])


def discriminant(z: Floats, labels: npt.NDArray[np.intp], weight: Floats, k: int) -> tuple[Floats, tuple[float, float]]:
    """Return the two directions with most variance between segments for that within (Fisher 1936; Rao 1948)."""
    sums = sums_by(labels, weight, k)
    centres = np.zeros((k, z.shape[1]))
    np.add.at(centres, labels, z * weight[:, None])
    centres = np.divide(centres, sums[:, None], out=np.zeros_like(centres), where=sums[:, None] > 0)
    apart = z - centres[labels]
    within = (apart * weight[:, None]).T @ apart / weight.sum()
    between = (centres * sums[:, None]).T @ centres / weight.sum()
    scale = float(np.trace(within + between)) / len(within) or 1.0
    root = np.linalg.cholesky(within + 1e-3 * scale * np.eye(len(within)))
    half = np.linalg.solve(root, np.linalg.solve(root, between).T)
    values, vectors = np.linalg.eigh((half + half.T) / 2)
    return axes(values[::-1], np.linalg.solve(root.T, vectors[:, ::-1]))


def axes(values: Floats, vectors: Floats) -> tuple[Floats, tuple[float, float]]:
    """Return the first two vectors with settled signs, and their shares of all values."""
    values = np.maximum(values, 0.0)
    found = np.zeros((len(vectors), 2))
    shares = [0.0, 0.0]
    for axis in range(min(2, vectors.shape[1])):
        vector = vectors[:, axis]
        largest = int(np.argmax(np.round(np.abs(vector), 9)))
        found[:, axis] = vector if vector[largest] > 0 else -vector
        shares[axis] = float(values[axis] / values.sum()) if values.sum() > 0 else 0.0
    return found, (shares[0], shares[1])


def outlines(points: Floats, labels: npt.NDArray[np.intp], weight: Floats, k: int) -> tuple[Outline, ...]:
    found = []
    for segment in range(k):
        members = np.flatnonzero(labels == segment)
        if len(members) == 0:
            continue
        own, w = points[members], weight[members]
        centre = np.average(own, axis=0, weights=w)
        apart = own - centre
        covariance = (apart * w[:, None]).T @ apart / w.sum()
        values, vectors = np.linalg.eigh(covariance)
        angles = np.linspace(0, 2 * np.pi, ELLIPSE_POINTS, endpoint=False)
        circle = np.column_stack([np.cos(angles), np.sin(angles)]) * np.sqrt(2 * np.log(2) * np.maximum(values, 0))
        distance = (apart**2).sum(axis=1)
        inner = own[distance <= np.quantile(distance, 0.95)]
        found.append(
            Outline(
                segment,
                (float(centre[0]), float(centre[1])),
                tuple(map(tuple, (centre + circle @ vectors.T).tolist())),
                hull(inner),
            )
        )
    return tuple(found)


def hull(points: Floats) -> tuple[tuple[float, float], ...]:
    """Return the corners around some points, counterclockwise (Andrew 1979)."""
    ordered = [(float(a), float(b)) for a, b in np.unique(points, axis=0)]
    if len(ordered) <= 2:
        return tuple(ordered)

    def half(way: list[tuple[float, float]]) -> list[tuple[float, float]]:
        corners: list[tuple[float, float]] = []
        for at in way:
            while len(corners) > 1 and turn(corners[-2], corners[-1], at) <= 0:
                corners.pop()
            corners.append(at)
        return corners

    lower, upper = half(ordered), half(ordered[::-1])
    return tuple(lower[:-1] + upper[:-1])


def turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def overlap(points: Floats, labels: npt.NDArray[np.intp], weight: Floats, k: int) -> Floats:
    inside = np.flatnonzero(labels >= 0)
    there = np.unique(labels[inside])
    if len(there) == 0:
        return np.zeros((k, k))
    own = points[inside]
    centres = [np.average(points[labels == one], axis=0, weights=weight[labels == one]) for one in there]
    distances = np.column_stack([((own - centre) ** 2).sum(axis=1) for centre in centres])
    nearest = there[np.argmin(distances, axis=1)]
    table = np.zeros((k, k))
    np.add.at(table, (labels[inside], nearest), weight[inside])
    sums = table.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(table, sums, out=np.zeros_like(table), where=sums > 0))
