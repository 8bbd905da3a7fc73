"""Whether a cut comes back in other samples: prediction strength and agreement of bootstrap pairs, for every k.

References: Tibshirani & Walther (2005), JCGS 14(3); Dolnicar & Leisch (2010), Marketing Letters 21(1), 83-101;
Hubert & Arabie (1985), Journal of Classification 2, 193-218.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.prediction_strength import Fitter, Labels, kmeans_placer, prediction_strength

STRONG = 0.8
AGREEING = 0.85
HOPELESS = 0.4
"""Prediction strength below which no bootstrap agreement has been seen to reach its mark."""
HALVINGS = 10
PAIRS = 20


@dataclass(frozen=True, slots=True)
class Reproducibility:
    """Per number of segments: prediction strength, and median adjusted Rand index of bootstrap pairs."""

    strength: dict[int, float]
    agreement: dict[int, float]

    @property
    def holds(self) -> bool:
        """Whether some number of segments gives a cut that comes back."""
        return any(one >= STRONG for one in self.strength.values()) or any(
            one >= AGREEING for one in self.agreement.values()
        )


def reproducibility(
    x: Floats,
    w: Floats,
    ks: tuple[int, ...],
    *,
    seed: int,
    agreement: dict[int, float] | None = None,
    fitter: Fitter = kmeans_placer,
    tell: Tell = quiet,
) -> Reproducibility:
    """Measure how well cuts into each number of segments come back; `agreement` where it is already known."""
    strength: dict[int, float] = {}
    for place, k in enumerate(ks):
        tell("Looking whether the cut comes back in other samples", 0.5 * place / len(ks))
        strength[k] = prediction_strength(fitter, x, k, weights=w, repetitions=HALVINGS, seed=seed).mean
    strength = {k: one for k, one in strength.items() if np.isfinite(one)}
    found = dict(agreement or {})
    asked = [k for k in promising(strength) if k not in found] if agreement is None else []
    for place, k in enumerate(asked):
        tell("Comparing bootstrap samples", 0.5 + 0.5 * place / len(asked))
        found[k] = bootstrap_agreement(x, w, k, pairs=PAIRS, seed=seed, fitter=fitter)
    return Reproducibility(strength, {k: one for k, one in found.items() if np.isfinite(one)})


def promising(strength: dict[int, float]) -> list[int]:
    """Return the numbers of segments whose bootstrap samples can still change the answer, or confirm it."""
    if not strength:
        return []
    best = max(strength, key=strength.__getitem__)
    if strength[best] >= STRONG:
        return [best]
    return [k for k, one in strength.items() if one >= HOPELESS or k == best]


def bootstrap_agreement(
    x: Floats, w: Floats, k: int, *, pairs: int = PAIRS, seed: int = 0, fitter: Fitter = kmeans_placer
) -> float:
    """Return the median adjusted Rand index of pairs of cuts, each of a bootstrap sample, both placing everybody."""
    n = len(x)
    if n < 2 * k:
        return float("nan")
    rng = np.random.default_rng([seed, k, 1])
    found = np.empty(pairs)
    for pair in range(pairs):
        labels: list[Labels] = []
        for _ in range(2):
            counts = np.bincount(rng.integers(n, size=n), minlength=n)
            drawn = np.flatnonzero(counts)
            placer = fitter(x[drawn], w[drawn] * counts[drawn], k, int(rng.integers(2**62)))
            labels.append(placer(x))
        found[pair] = adjusted_rand(labels[0], labels[1], w)
    return float(np.median(found))


def adjusted_rand(one: npt.NDArray[np.intp], two: npt.NDArray[np.intp], w: Floats | None = None) -> float:
    """Return the adjusted Rand index of two labellings; weighted rows count as that many people.

    Two cuts that both leave everybody together agree fully.
    """
    k, m = int(one.max(initial=0)) + 1, int(two.max(initial=0)) + 1
    table = np.bincount(one * m + two, w, minlength=k * m).reshape(k, m).astype(np.float64)
    total = table.sum()

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1)).sum() / 2)

    cells, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    everybody = total * (total - 1) / 2
    expected = rows * columns / everybody if everybody > 0 else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (cells - expected) / (most - expected)
