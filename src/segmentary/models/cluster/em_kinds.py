"""Columns of every kind in one mixture: their place in the design, their M-steps, their part of the terms.

Within a segment columns are independent. numeric: normal, each segment with its own variance. count: negative binomial
with one dispersion per column (so that scores stay linear in the count), or Poisson. nominal, binary: multinomial.
ordinal: adjacent categories, log(p_l / p_l-1) = threshold_l + slope of the segment, one slope per segment and the
thresholds shared (Goodman 1979, JASA 74; the row-effects model): L - 1 + k - 1 parameters instead of k (L - 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.cluster.latent_class_kernels import FLOOR
from segmentary.models.table.typed_table import Floats

CountModel: TypeAlias = Literal["negative_binomial", "poisson"]
MOST_SIZE = 1e6
"""Negative binomial size from which it is as good as Poisson."""


@dataclass(frozen=True, eq=False)
class Normal:
    """A numeric column in units of its standard deviation. least : the floor of a segment's variance."""

    centre: float
    scale: float
    least: float
    width = 3

    def parameters(self, k: int) -> int:
        """Return how many numbers describe it: k means, k variances."""
        return 2 * k

    def free(self, k: int) -> int:
        """Return how many of them are free."""
        return 2 * k

    def design(self, x: Floats) -> Floats:
        """Return (3, b): known, z, z^2."""
        known = ~np.isnan(x)
        z = np.where(known, (x - self.centre) / self.scale, 0.0)
        return np.stack([known.astype(np.float64), z, z * z])

    def coefficients(self, place: Floats, k: int) -> Floats:
        """Return (3, k)."""
        mean, variance = place[:k], place[k:]
        constant = -0.5 * (np.log(2 * np.pi * variance) + mean**2 / variance) - np.log(self.scale)
        return np.stack([constant, mean / variance, -0.5 / variance])

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return means and variances of weighted sums (3, k)."""
        n = np.maximum(sums[0], 1e-300)
        mean = np.where(sums[0] > 0, sums[1] / n, 0.0)
        variance = np.where(sums[0] > 0, sums[2] / n - mean**2, 1.0)
        return np.concatenate([mean, np.maximum(variance, self.least)])

    def inside(self, place: Floats) -> Floats:
        """Return allowed parameters."""
        k = len(place) // 2
        return np.concatenate([place[:k], np.maximum(place[k:], self.least)])

    def constant(self, place: Floats) -> float:
        """Return what else belongs to the log-likelihood: nothing."""
        return 0.0


@dataclass(frozen=True, eq=False)
class Count:
    """A column of counts. values, weights : the different counts and the weight of each; model."""

    values: Floats
    weights: Floats
    model: CountModel
    width = 2

    def parameters(self, k: int) -> int:
        """Return how many numbers describe it: k means, one size."""
        return k + 1

    def free(self, k: int) -> int:
        """Return how many of them are free."""
        return k + (self.model == "negative_binomial")

    def design(self, x: Floats) -> Floats:
        """Return (2, b): known, x."""
        known = ~np.isnan(x)
        return np.stack([known.astype(np.float64), np.where(known, x, 0.0)])

    def coefficients(self, place: Floats, k: int) -> Floats:
        """Return (2, k)."""
        mean, size = place[:k], place[k]
        if self.model == "poisson":
            return np.stack([-mean, np.log(mean)])
        return np.stack([-size * np.log1p(mean / size), np.log(mean) - np.log(mean + size)])

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return means of weighted sums (2, k), and the size by Newton steps on its logarithm."""
        n = np.maximum(sums[0], 1e-300)
        mean = np.maximum(np.where(sums[0] > 0, sums[1] / n, 1.0), FLOOR)
        if self.model == "poisson" or not len(self.values):
            return np.append(mean, MOST_SIZE)
        size = 1.0 if before is None else float(before[-1])
        for _ in range(25 if before is None else 4):
            slope, curve = self._slope(size, sums[0], mean)
            step = np.clip(-slope / curve, -1.0, 1.0) if curve < 0 else np.sign(slope)
            size = float(np.clip(size * np.exp(step), 1e-3, MOST_SIZE))
            if abs(step) < 1e-9:
                break
        return np.append(mean, size)

    def _slope(self, size: float, n: Floats, mean: Floats) -> tuple[float, float]:
        """Return first and second derivative of the expected log-likelihood in the logarithm of the size."""
        from scipy.special import digamma, polygamma

        w, v = self.weights, self.values
        first = w @ (digamma(v + size) - digamma(size)) - n @ np.log1p(mean / size)
        second = w @ (polygamma(1, v + size) - polygamma(1, size)) + n @ (1 / size - 1 / (mean + size))
        return float(first * size), float(first * size + second * size * size)

    def inside(self, place: Floats) -> Floats:
        """Return allowed parameters."""
        return np.append(np.maximum(place[:-1], FLOOR), np.clip(place[-1], 1e-3, MOST_SIZE))

    def constant(self, place: Floats) -> float:
        """Return the part of the log-likelihood that is the same in all segments."""
        from scipy.special import gammaln

        own = gammaln(self.values + 1)
        if self.model == "poisson":
            return float(-self.weights @ own)
        size = place[-1]
        return float(self.weights @ (gammaln(self.values + size) - gammaln(size) - own))


@dataclass(frozen=True, eq=False)
class Levels:
    """A coded column. margin : (L,) weights of its levels among everybody."""

    margin: Floats

    @property
    def width(self) -> int:
        """Return the number of levels."""
        return len(self.margin)

    def parameters(self, k: int) -> int:
        """Return how many numbers describe it: L probabilities in each of k segments."""
        return self.width * k

    def free(self, k: int) -> int:
        """Return how many of them are free: levels nobody answered are none."""
        return k * max(0, int((self.margin > 0).sum()) - 1)

    def design(self, x: Floats) -> Floats:
        """Return (L, b) indicators; none where the answer is missing or new."""
        return np.asarray((np.arange(self.width)[:, None] == np.floor(x)).astype(np.float64))

    def coefficients(self, place: Floats, k: int) -> Floats:
        """Return (L, k); levels nobody answered say nothing."""
        return np.where((self.margin > 0)[:, None], np.log(np.maximum(place.reshape(self.width, k), FLOOR)), 0.0)

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return probabilities of weighted counts (L, k)."""
        total = sums.sum(axis=0)
        found = np.where(total > 0, sums / np.maximum(total, 1e-300), 1.0 / max(1, self.width))
        return np.asarray(np.maximum(found, FLOOR).ravel())

    def inside(self, place: Floats) -> Floats:
        """Return probabilities again."""
        if not self.width:
            return place
        k = len(place) // self.width
        return self.maximised(np.maximum(place.reshape(-1, k), FLOOR), None)

    def constant(self, place: Floats) -> float:
        """Return what else belongs to the log-likelihood: nothing."""
        return 0.0


class Ordered(Levels):
    """An ordinal column: adjacent categories. Parameters: (L,) thresholds summed up, then (k,) slopes."""

    def parameters(self, k: int) -> int:
        """Return how many numbers describe it."""
        return self.width + k

    def free(self, k: int) -> int:
        """Return how many of them are free."""
        seen = int((self.margin > 0).sum())
        return seen - 1 + k - 1 if seen > 1 else 0

    def logs(self, place: Floats, k: int) -> Floats:
        """Return (L, k) log probabilities of the levels somebody answered (others: very low)."""
        there = self.margin > 0
        v = np.arange(self.width) - (self.width - 1) / 2
        raw = np.where(there, place[: self.width], -700.0)[:, None] + v[:, None] * place[self.width :]
        raw = np.where(there[:, None], raw, -700.0)
        top = raw.max(axis=0)
        return np.asarray(raw - top - np.log(np.exp(raw - top).sum(axis=0)))

    def coefficients(self, place: Floats, k: int) -> Floats:
        """Return (L, k); levels nobody answered say nothing."""
        if not self.width:
            return np.zeros((0, k))
        return np.where((self.margin > 0)[:, None], np.maximum(self.logs(place, k), np.log(FLOOR)), 0.0)

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return thresholds and slopes of weighted counts (L, k), by Newton steps."""
        k = sums.shape[1]
        there = self.margin > 0
        if there.sum() < 2:
            return np.zeros(self.width + k)
        place = before
        if place is None:
            share = np.where(there, self.margin / self.margin.sum(), 1.0)
            place = np.concatenate([np.log(share), np.zeros(k)])
        value = self._fit(sums, place)
        for _ in range(20 if before is None else 3):
            step = self._newton(sums, place, there)
            for _ in range(8):
                tried = self.inside(place + step)
                now = self._fit(sums, tried)
                if now >= value:
                    break
                step = step / 2
            else:
                break
            gained, place, value = now - value, tried, now
            if gained < 1e-10 * self.margin.sum():
                break
        return place

    def _fit(self, sums: Floats, place: Floats) -> float:
        there = self.margin > 0
        return float((sums[there] * self.logs(place, sums.shape[1])[there]).sum())

    def _newton(self, sums: Floats, place: Floats, there: npt.NDArray[np.bool_]) -> Floats:
        """Return the Newton step of (thresholds, slopes)."""
        k, width = sums.shape[1], self.width
        n = sums.sum(axis=0)
        p = np.exp(self.logs(place, k)) * there[:, None]
        v = np.arange(width) - (width - 1) / 2
        rest = sums - n * p
        slope = np.concatenate([rest.sum(axis=1), v @ rest])
        apart = v[:, None] - v @ p
        curve = np.zeros((width + k, width + k))
        curve[:width, :width] = np.diag(p @ n) - (p * n) @ p.T
        curve[:width, width:] = n * p * apart
        curve[width:, :width] = curve[:width, width:].T
        curve[width:, width:] = np.diag(n * (p * apart**2).sum(axis=0))
        curve[np.diag_indices(width + k)] += 1e-9 * n.sum()
        return np.clip(np.linalg.solve(curve, slope), -3.0, 3.0)

    def inside(self, place: Floats) -> Floats:
        """Return bounded slopes, centred: what all slopes share belongs to the thresholds."""
        slopes = np.clip(place[self.width :], -25.0, 25.0)
        middle = slopes.mean()
        v = np.arange(self.width) - (self.width - 1) / 2
        rises = place[: self.width] + v * middle
        there = self.margin > 0
        rises = rises - (rises[there].max() if there.any() else 0.0)
        return np.concatenate([np.maximum(rises, -60.0), slopes - middle])
