"""Small groups stay hidden, also from whoever can add and subtract.

Two tools. `hide_parts` is for parts that add up to a total that is shown: when a small part is hidden, others are
hidden with it, until the hidden parts together are large enough that nothing about the small one follows. `audit` is
for groups that overlap in any way: it treats every published count as one equation over the kinds of customer there
are, and hides further counts until no small one is a combination of published ones.

Zero may be shown. Reference: Cox (1980), "Suppression methodology and statistical disclosure control", JASA 75(370).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def small(count: int, below: int) -> bool:
    """Say whether a group is too small to be shown."""
    return 0 < count < below


def hide_parts(counts: Sequence[int], below: int, *, forced: Collection[int] = ()) -> list[bool]:
    """Return which parts of a shown total are hidden; `forced` ones are in any case.

    At least two are hidden when any is, and together they hold at least `below` people where the total allows it. When
    it does not, everything is hidden.
    """
    hidden = [i in forced or small(count, below) for i, count in enumerate(counts)]
    if not any(hidden):
        return hidden
    shown = sorted((i for i, h in enumerate(hidden) if not h), key=lambda i: (counts[i] == 0, counts[i], i))
    for index in shown:
        together = sum(count for count, h in zip(counts, hidden, strict=True) if h)
        if sum(hidden) >= 2 and together >= below:
            return hidden
        hidden[index] = True
    return hidden


def pair_sums(
    masks: NDArray[np.bool_], weights: NDArray[np.int64] | None = None, *, chunk: int = 20_000
) -> NDArray[np.float64]:
    """Return, for each pair of groups, the number of kinds of customer (or their summed weights) in both.

    masks : (groups, kinds), true where the kind of customer belongs to the group. Without weights the result says what
    follows from what (`audit`); with the people of each kind as weights it holds all pairwise counts, exactly.
    """
    total = np.zeros((len(masks), len(masks)))
    # Whole numbers below 2**24 are exact in single precision, which is twice as fast.
    exact = np.float32 if weights is None or weights.sum() < 2**24 else np.float64
    for start in range(0, masks.shape[1], chunk):
        part: NDArray[Any] = masks[:, start : start + chunk].astype(exact)
        heavy: NDArray[Any] = part if weights is None else part * weights[start : start + chunk].astype(exact)
        total += heavy @ part.T
    return total


def combinations_of(
    gram: NDArray[np.float64], wanted: Sequence[int], known: Sequence[int]
) -> list[NDArray[np.float64] | None]:
    """Return, for each wanted group, the combination of known groups that equals it, or None when there is none."""
    if not known or not wanted:
        return [None] * len(wanted)
    inner = gram[np.ix_(known, known)]
    cross = gram[np.ix_(known, wanted)]
    own = gram[wanted, wanted]
    weights: NDArray[Any] = np.linalg.lstsq(inner, cross, rcond=1e-12)[0]
    rest = own - 2 * np.sum(weights * cross, axis=0) + np.sum(weights * (inner @ weights), axis=0)
    return [
        weights[:, i] if size and abs(r) < 1e-7 * size else None
        for i, (size, r) in enumerate(zip(own, rest, strict=True))
    ]


def audit(
    gram: NDArray[np.float64],
    counts: Sequence[int],
    below: int,
    *,
    hidden: Iterable[int] = (),
    keep: Collection[int] = (),
) -> frozenset[int]:
    """Return the groups to hide so that no small one follows from the others.

    Parameters
    ----------
    gram : `pair_sums` of the groups, unweighted.
    counts : people in each group.
    hidden : groups that must not be shown or worked out for another reason.
    keep : groups that stay shown (a total known from elsewhere) as long as anything else can be hidden.
    """
    secret = {i for i, count in enumerate(counts) if small(count, below)} | set(hidden)
    gone = set(secret)
    while secret:
        known = [i for i in range(len(counts)) if i not in gone]
        found = next((w for w in combinations_of(gram, sorted(secret), known) if w is not None), None)
        if found is None:
            break
        parts = [k for k, weight in zip(known, found, strict=True) if abs(weight) > 1e-6]
        free = [k for k in parts if k not in keep] or parts
        gone.add(min(free, key=lambda k: (counts[k] == 0, counts[k], k)))
    return frozenset(gone)
