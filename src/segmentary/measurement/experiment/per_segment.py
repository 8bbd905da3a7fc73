"""Does it work differently in different segments? Asked before any claim about one; and how far to believe each.

A segment's own difference is noisy, so the largest of many is too large. Shrunken ones borrow from the others as much
as the segments are alike: a normal model of the true differences, averaged over what is left open about their spread.

References: Cochran (1954), Biometrics 10(1); Benjamini & Hochberg (1995), JRSS B 57(1); Gelman et al. (2013), Bayesian
Data Analysis, section 5.4 (the hierarchical normal model), with the weakly informative half-Cauchy of Gelman (2006),
Bayesian Analysis 1(3).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from segmentary.measurement.experiment.effects import Effect
from segmentary.models.intervals import benjamini_hochberg, normal_quantile

STEPS = 400


@dataclass(frozen=True, slots=True)
class Interaction:
    """Cochran's Q over the segments' differences. p : chance of segments so unlike when all are the same."""

    q: float
    segments: int
    p: float
    p_holm: float | None = None

    @property
    def found(self) -> bool:
        """Whether the segments differ beyond chance, all such questions of the experiment taken together."""
        return (self.p if self.p_holm is None else self.p_holm) < 0.05

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "found": self.found}


@dataclass(frozen=True, slots=True)
class Shrunken:
    """A segment's difference after borrowing from the others. borrowed : 0 its own only, 1 the common one only."""

    estimate: float
    low: float
    high: float
    borrowed: float

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def unsure(one: Effect) -> float:
    """Return a standard error; of a confidence sequence that which its wider interval stands for."""
    if not one.method.endswith("sequence"):
        return one.error
    return (one.high - one.low) / (2 * normal_quantile(one.level))


def interaction(effects: Sequence[Effect]) -> Interaction | None:
    """Return Cochran's Q; None for fewer than two segments."""
    if len(effects) < 2:
        return None
    from scipy.special import chdtrc

    weights = [1 / unsure(one) ** 2 for one in effects]
    middle = sum(w * one.estimate for w, one in zip(weights, effects, strict=True)) / sum(weights)
    square = sum(w * (one.estimate - middle) ** 2 for w, one in zip(weights, effects, strict=True))
    return Interaction(square, len(effects), float(chdtrc(len(effects) - 1, square)))


def shrunken(effects: Sequence[Effect], *, level: float = 0.95) -> list[Shrunken]:
    """Return every segment's difference shrunken towards the common one; one segment stays as it is."""
    if len(effects) < 2:
        return [Shrunken(one.estimate, one.low, one.high, 0.0) for one in effects]
    import numpy as np

    d = np.array([one.estimate for one in effects])
    z = normal_quantile(level)
    s2 = np.array([unsure(one) ** 2 for one in effects])
    scale = math.sqrt(len(effects) / float((1 / s2).sum()))
    # Equal steps of the prior's own probability: fine near 0, reaching far out.
    spread = scale * np.tan(np.pi / 2 * (np.arange(STEPS) + 0.5) / STEPS)
    total = s2[None, :] + spread[:, None] ** 2
    weight = 1 / total
    middle_variance = 1 / weight.sum(axis=1)
    middle = (weight * d).sum(axis=1) * middle_variance
    log_posterior = 0.5 * np.log(middle_variance) - 0.5 * np.log(total).sum(axis=1)
    log_posterior -= 0.5 * (weight * (d - middle[:, None]) ** 2).sum(axis=1)
    posterior = np.exp(log_posterior - log_posterior.max())
    posterior /= posterior.sum()
    kept = spread[:, None] ** 2 / total
    means = kept * d + (1 - kept) * middle[:, None]
    variances = kept * s2 + (1 - kept) ** 2 * middle_variance[:, None]
    mean = posterior @ means
    sd = np.sqrt(posterior @ (variances + (means - mean) ** 2))
    borrowed = 1 - posterior @ kept
    return [
        Shrunken(float(m), float(m - z * s), float(m + z * s), float(b))
        for m, s, b in zip(mean, sd, borrowed, strict=True)
    ]


def family(p_values: Mapping[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """Return Benjamini-Hochberg-adjusted p-values over segments x metrics (x arms)."""
    return dict(zip(p_values, benjamini_hochberg(list(p_values.values())), strict=True))
