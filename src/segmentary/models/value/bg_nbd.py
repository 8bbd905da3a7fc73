"""BG/NBD and, with one chance more to leave, its sibling MBG/NBD.

Customers buy at rates that are gamma distributed (shape r, rate alpha) and leave after a purchase with probabilities
that are beta distributed (a, b). In BG/NBD nobody can leave before the first repeat: whoever bought once counts as
alive for ever. MBG/NBD (`segmentary.models.value.mbg_nbd`) lets them leave after the first purchase, too.

References: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from segmentary.models.value.cells import Cells, Floats
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.lifetime_problem import Problem


class BetaGeo(LifetimeModel):
    """BG/NBD: parameters ``r``, ``alpha`` (time), ``a``, ``b``. See `LifetimeModel` for what is learnt."""

    kind: ClassVar[str] = "bg_nbd"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    scales: ClassVar[tuple[str, ...]] = ("alpha",)
    absent: ClassVar[Mapping[str, float]] = {"a": 0.0, "b": 1.0}
    modified: ClassVar[int] = 0

    def problem(self, cells: Cells) -> Problem:
        """Return the likelihood of the cells."""
        from segmentary.models.value.beta_geometric_kernels import likelihood

        count = cells.count
        unit = float((count * cells.age).sum() / count.sum())
        times, place = np.unique(np.concatenate([cells.recency, cells.age]), return_inverse=True)
        last, end = (part.astype(np.int32) for part in np.split(place.ravel(), 2))
        x = cells.repeat_count.astype(np.int64)
        times = times / unit
        bought = float((count * cells.repeat_count).sum())

        def full(theta: Floats) -> tuple[float, Floats]:
            gradient = np.empty(4)
            r, alpha, a, b = np.exp(theta)
            return likelihood(r, alpha, a, b, self.modified, x, last, end, times, count, gradient), gradient

        def never(theta: Floats) -> tuple[float, Floats]:
            gradient = np.empty(4)
            r, alpha = np.exp(theta)
            return likelihood(r, alpha, 0.0, 1.0, self.modified, x, last, end, times, count, gradient), gradient[:2]

        rate = max(bought / float(count.sum()), 1e-6)
        tried = ((0.5, 1.0, 2.0), (0.25, 0.5, 2.0), (2.0, 0.5, 5.0), (1.0, 0.1, 1.0), (0.1, 2.0, 2.0))
        starts = [np.log([r, r / rate / 2, a, b]) for r, a, b in tried]
        return Problem(
            full=full,
            never=never,
            starts=starts,
            never_starts=[np.log([r, r / rate]) for r in (0.5, 5.0)],
            constant=-bought * math.log(unit),
            unit=unit,
            free=4,
        )

    def rare(self, theta: Floats) -> bool:
        """Say whether hardly one in a thousand purchases is the last one."""
        return bool(1.0 / (1.0 + math.exp(theta[3] - theta[2])) < 1e-3)

    def natural(self) -> tuple[float, float, float, float]:
        """Return r, alpha, a, b."""
        p = self.params_
        return float(p["r"]), float(p["alpha"]), float(p["a"]), float(p["b"])

    def alive_parts(self, x: Floats, t_x: Floats, age: Floats, extra: Floats | None) -> tuple[Floats, Floats]:
        """Return logits of P(alive) and their derivatives."""
        from segmentary.models.value.beta_geometric_kernels import alive_logits

        logits, slopes = np.empty(len(x)), np.empty((4, len(x)))
        alive_logits(*self.natural(), self.modified, x, t_x, age, logits, slopes)
        return logits, slopes

    def expected_parts(
        self, x: Floats, age: Floats, horizon: Floats, extra: Floats | None, *, derive: bool
    ) -> tuple[Floats, Floats]:
        """Return log expected purchases of those alive, and derivatives."""
        from segmentary.models.value.beta_geometric_kernels import expected_alive

        logs, slopes = np.empty(len(x)), np.zeros((4, len(x) if derive else 0))
        expected_alive(*self.natural(), self.modified, x, age, horizon, logs, slopes)
        return logs, slopes

    def start_parts(self, t: Floats, extra: Floats | None, *, derive: bool) -> tuple[Floats, Floats]:
        """Return log expected repeat purchases of a new customer, and derivatives."""
        nothing = np.zeros(len(t))
        logs, slopes = self.expected_parts(nothing, nothing, t, extra, derive=derive)
        if not self.modified:
            return logs, slopes
        logits, alive_slopes = self.alive_parts(nothing, nothing, nothing, extra)
        logs = logs - np.logaddexp(0.0, -logits)
        return logs, slopes + alive_slopes / (1 + np.exp(logits)) if derive else slopes
