"""Who belongs to which segment, for certain or by probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models.table.typed_table import Floats

UNASSIGNED = "unassigned"


@dataclass(frozen=True, eq=False)
class Groups:
    """Respondents and the segments they are in.

    Attributes
    ----------
    names : (k,) segments, unique. labels : (n,) place of the segment, -1 where the person is in none.
    probabilities : (n, k) of membership, or None. Where given, everybody counts in each segment by the probability of
        being in it (proportional assignment: without it, sizes of segments that overlap are biased towards the
        large ones); people labelled -1 count nowhere.
    """

    names: tuple[str, ...]
    labels: npt.NDArray[np.intp]
    probabilities: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse labels that point nowhere and probabilities that are none."""
        if len(set(self.names)) != len(self.names):
            raise DataError("two segments have one name")
        if self.labels.ndim != 1 or not np.issubdtype(self.labels.dtype, np.integer):
            raise DataError("labels are whole numbers, one a person", hint="-1 where the person is in no segment")
        if len(self.labels) and not (self.labels.min() >= -1 and self.labels.max() < len(self.names)):
            raise DataError(f"a label is outside -1 ... {len(self.names) - 1}", hint="name every segment")
        if self.probabilities is not None:
            p = self.probabilities
            if p.shape != (len(self.labels), len(self.names)):
                raise DataError(f"probabilities of shape {p.shape}: there are {len(self)} people, {self.k} segments")
            if not (np.isfinite(p).all() and (p >= 0).all() and (p.sum(axis=1) <= 1 + 1e-6).all()):
                raise DataError("probabilities of membership lie between 0 and 1 and add up to at most 1")

    @classmethod
    def of(cls, members: Sequence[str | None], names: Sequence[str] | None = None) -> Groups:
        """Return the groups of people of whom the name of the segment is known (None: none)."""
        known = tuple(names) if names is not None else tuple(sorted({one for one in members if one is not None}))
        place = {name: index for index, name in enumerate(known)}
        strange = sorted({one for one in members if one is not None and one not in place})
        if strange:
            raise DataError(f"segment {strange[0]!r} is not among the names")
        return cls(known, np.array([-1 if one is None else place[one] for one in members], dtype=np.intp))

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.labels)

    @property
    def k(self) -> int:
        """How many segments."""
        return len(self.names)

    @cached_property
    def parts(self) -> Floats:
        """(n, k) how much of each person counts in each segment; rows add up to 1, or less where unassigned."""
        inside = self.labels >= 0
        if self.probabilities is not None:
            return np.where(inside[:, None], self.probabilities, 0.0)
        found = np.zeros((len(self.labels), self.k))
        found[np.flatnonzero(inside), self.labels[inside]] = 1.0
        return found

    @cached_property
    def unassigned(self) -> Floats:
        """(n,) how much of each person is in no segment."""
        rest = 1.0 - self.parts.sum(axis=1)
        return np.where(rest < 1e-9, 0.0, rest)

    @cached_property
    def counts(self) -> npt.NDArray[np.intp]:
        """(k,) people labelled with each segment, unweighted."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.k).astype(np.intp)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Groups:
        """Return the groups of these people."""
        p = None if self.probabilities is None else self.probabilities[rows]
        return Groups(self.names, self.labels[rows], p)
