"""Covariance families of normal mixtures: what is shared by the segments (volume, shape, orientation), and M-steps.

Names are mclust's: volume, shape, orientation, each E (equal), V (varying) or I (axes). Reference: Celeux & Govaert
(1995), Pattern Recognition 28(5).
"""

from __future__ import annotations

import numpy as np

from segmentary.models.table.typed_table import Floats

LOOKED_AT = 20_000
"""Rows the rounding of a column is told from, at most."""
DIAGONAL = ("EII", "VII", "EEI", "VEI", "EVI", "VVI")
FULL = ("EEE", "VEE", "EEV", "VEV", "EVV", "VVV")
FAMILIES = DIAGONAL + FULL
ROUNDS = 50
"""Rounds at most of M-steps that have no closed form."""


def covariance_parameters(family: str, k: int, d: int) -> int:
    """Return the number of free covariance parameters."""
    turned, whole = d * (d - 1) // 2, d * (d + 1) // 2
    counts = {
        "EII": 1,
        "VII": k,
        "EEI": d,
        "VEI": k + d - 1,
        "EVI": 1 + k * (d - 1),
        "VVI": k * d,
        "EEE": whole,
        "VEE": whole + k - 1,
        "EEV": d + k * turned,
        "VEV": k + d - 1 + k * turned,
        "EVV": 1 + k * (whole - 1),
        "VVV": k * whole,
    }
    return counts[family]


def geometric(values: Floats) -> Floats:
    """Return the geometric mean over the last axis."""
    return np.asarray(np.exp(np.log(np.maximum(values, 1e-300)).mean(axis=-1)))


def diagonal(family: str, n: Floats, scatter: Floats) -> Floats:
    """Return (k, d) variances from (k,) weights and (k, d) sums of squares within."""
    k, d = scatter.shape
    total = n.sum()
    match family:
        case "EII":
            return np.full((k, d), scatter.sum() / (total * d))
        case "VII":
            return np.repeat((scatter.sum(axis=1) / (n * d))[:, None], d, axis=1)
        case "EEI":
            return np.repeat((scatter.sum(axis=0) / total)[None, :], k, axis=0)
        case "VVI":
            return scatter / n[:, None]
        case "EVI":
            volume = geometric(scatter)
            return np.asarray(scatter / volume[:, None] * (volume.sum() / total))
    volumes = scatter.sum(axis=1) / (n * d)  # VEI
    for _ in range(ROUNDS):
        shape = (scatter / volumes[:, None]).sum(axis=0)
        shape = shape / geometric(shape)
        before, volumes = volumes, (scatter / shape).sum(axis=1) / (n * d)
        if np.abs(before / volumes - 1).max() < 1e-9:
            break
    return np.asarray(volumes[:, None] * shape)


def full(family: str, n: Floats, scatter: Floats) -> Floats:
    """Return (k, d, d) covariances from (k,) weights and (k, d, d) scatter within."""
    k, d, _ = scatter.shape
    total = n.sum()
    if family == "VVV":
        return scatter / n[:, None, None]
    if family == "EEE":
        return np.repeat((scatter.sum(axis=0) / total)[None], k, axis=0)
    if family == "VEE":
        return one_form(n, scatter)
    values, axes = np.linalg.eigh(scatter)
    values = np.maximum(values, 1e-300)
    if family == "EVV":
        volume = geometric(values)
        return np.asarray(scatter / volume[:, None, None] * (volume.sum() / total))
    if family == "EEV":
        # Axes in order of their length: the j-th axis of every segment has the same length.
        shared = values.sum(axis=0) / total
        return np.asarray(np.einsum("kij,j,klj->kil", axes, shared, axes))
    volumes = values.sum(axis=1) / (n * d)  # VEV
    for _ in range(ROUNDS):
        shape = (values / volumes[:, None]).sum(axis=0)
        shape = shape / geometric(shape)
        before, volumes = volumes, (values / shape).sum(axis=1) / (n * d)
        if np.abs(before / volumes - 1).max() < 1e-9:
            break
    return np.asarray(np.einsum("kij,kj,klj->kil", axes, volumes[:, None] * shape, axes))


def one_form(n: Floats, scatter: Floats) -> Floats:
    """Return covariances of one shape and orientation with volumes of their own (VEE)."""
    _, d, _ = scatter.shape
    volumes = np.trace(scatter, axis1=1, axis2=2) / (n * d)
    for _ in range(ROUNDS):
        form = (scatter / volumes[:, None, None]).sum(axis=0)
        sign, size = np.linalg.slogdet(form)
        if sign <= 0:
            form, size = form + np.eye(d) * np.trace(form) * 1e-8, 0.0
            _, size = np.linalg.slogdet(form)
        form = form / np.exp(size / d)
        inverse = np.linalg.inv(form)
        before, volumes = volumes, np.einsum("kij,ji->k", scatter, inverse) / (n * d)
        if np.abs(before / volumes - 1).max() < 1e-9:
            break
    return np.asarray(volumes[:, None, None] * form)


def rounding_floor(x: Floats, weight: Floats) -> float:
    """Return the least variance a segment may have in a column, by how its values are rounded.

    A value that is written in steps stands for everything within a step of it: no normal density may give more than
    one per step, or segments shrink onto single values (means of three answers, ages in years) and their likelihood
    says nothing. With s the step (the weighted median distance of a value to the nearest other one), that is a
    variance of s^2 / (2 pi). Of measurements without repeats s is tiny, and so is the floor.
    """
    every = max(1, len(x) // LOOKED_AT)
    values, place = np.unique(x[::every], return_inverse=True)
    if len(values) < 2:
        return 0.0
    gaps = np.diff(values)
    nearest = np.minimum(np.append(gaps, np.inf), np.insert(gaps, 0, np.inf))
    heavy = np.bincount(place, weights=weight[::every])
    order = np.argsort(nearest)
    reached = np.cumsum(heavy[order]) >= heavy.sum() / 2
    return float(nearest[order][np.argmax(reached)] ** 2 / (2 * np.pi))


def floored(covariances: Floats, least: Floats) -> Floats:
    """Return covariances none of whose variances, in any direction, is below its floor.

    least : (d,) the floor of each column's variance. Directions are those of the columns divided by their floors, so
    that units do not matter. Covariances above the floor come back unchanged.
    """
    if covariances.ndim == 2:
        return np.asarray(np.maximum(covariances, least))
    scale = np.sqrt(least)
    inside = covariances / np.outer(scale, scale)
    if not np.isfinite(inside).all():
        return np.full_like(covariances, np.nan)
    values, axes = np.linalg.eigh(inside)
    if (values >= 1.0).all():
        return covariances
    lifted = np.einsum("kij,kj,klj->kil", axes, np.maximum(values, 1.0), axes)
    return np.asarray(lifted * np.outer(scale, scale))
