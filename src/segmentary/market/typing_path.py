"""Which questions to ask first: one after the other, always the one that tells most beyond those asked already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.market.typing_items import Item
from segmentary.market.typing_logit import Logit, fit_logit
from segmentary.models.assign.terms import softmax
from segmentary.models.table.typed_table import Floats

TRIED = 3
"""Of each round the most promising are fitted; the others are only looked at (Rao's score test)."""


@dataclass(frozen=True, eq=False)
class Stop:
    """The tool with so many items. items : their places, in the order they were taken. logit : fitted on these."""

    items: tuple[int, ...]
    logit: Logit


def path(
    items: Sequence[Item],
    blocks: Sequence[Floats],
    labels: npt.NDArray[np.intp],
    weight: Floats,
    k: int,
    most: int,
) -> list[Stop]:
    """Return the stops with 1 ... most items, by forward selection on the penalised likelihood (AIC between widths).

    blocks : per item (n, width), `typing_items.design`. labels : (n,) 0 ... k-1. Equals: the first item.
    """
    found: list[Stop] = []
    taken: list[int] = []
    x = np.zeros((len(labels), 0))
    logit = fit_logit(x, labels, weight, k)
    truth = np.zeros((len(labels), k))
    truth[np.arange(len(labels)), labels] = 1.0
    for _ in range(min(most, len(items))):
        residual = weight[:, None] * (truth - softmax(logit.scores(x)))
        left = [place for place in range(len(items)) if place not in taken]
        promise = {place: score(blocks[place], residual, weight) for place in left}
        tried = sorted(left, key=lambda place: -promise[place])[:TRIED]
        best: tuple[float, int, Logit] | None = None
        for place in sorted(tried):
            fitted = fit_logit(
                np.column_stack([x, blocks[place]]), labels, weight, k, start=logit, steps=6, tolerance=1e-4
            )
            aic = fitted.loss + freedom(items[place], k)
            if best is None or aic < best[0] - 1e-9:
                best = (aic, place, fitted)
        assert best is not None  # noqa: S101 -- there was at least one left
        taken.append(best[1])
        x = np.column_stack([x, blocks[best[1]]])
        logit = fit_logit(x, labels, weight, k, start=best[2])
        found.append(Stop(tuple(taken), logit))
    return found


def score(block: Floats, residual: Floats, weight: Floats) -> float:
    """Return how much of what is still unexplained an item goes with: Rao's statistic, without the others' part."""
    spread = weight @ block**2
    gain = (block.T @ residual) ** 2
    return float((gain / (spread[:, None] + 1.0)).sum())


def freedom(item: Item, k: int) -> float:
    """Return the parameters an item brings."""
    extra = item.column.kind == "nominal"
    return float((item.width - extra) * (k - 1))
