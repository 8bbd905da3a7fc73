"""Places of texts by a model that is installed beside this package: never loaded, never fetched by us.

Anything with `embed` will do::

    class Places:
        def __init__(self):
            self.model = SentenceTransformer("./a/model/on/this/machine")

        def embed(self, texts):
            return self.model.encode(list(texts))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError


class Embedder(Protocol):
    """Gives every text a place, so that texts that mean alike are near."""

    def embed(self, texts: Sequence[str]) -> npt.ArrayLike:
        """Return (n_texts, d) numbers."""
        ...


def places(embedder: Embedder, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the places of texts, each of length 1.

    Raises
    ------
    DataError
        when there is not one place of finite numbers a text.
    """
    found = np.asarray(embedder.embed(texts), dtype=np.float64)
    if found.ndim != 2 or len(found) != len(texts) or not np.isfinite(found).all():
        raise DataError(f"{len(texts):,} texts and places of shape {found.shape} do not fit")
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return found / np.where(length > 0, length, 1.0)
