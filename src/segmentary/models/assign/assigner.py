"""The frozen definition of who belongs to which found segment: columns, preparation, terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.models.assign.terms import Terms
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Preparation
from segmentary.models.table.typed_table import Floats, TypedTable


@dataclass(frozen=True, eq=False)
class Assigner:
    """Places anybody of whom the columns are known, by the same figures everywhere.

    Attributes
    ----------
    labels : (k,) key of each segment, in the order of the terms.
    columns : what is needed of a person.
    preparation : of geometric methods: terms are about its features. None: terms are about the columns as coded.
    terms : the scores.
    least_known : how many of the columns have to be known for somebody to be placed (fewer, or none: no label).
    """

    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    preparation: Preparation | None
    terms: Terms
    least_known: int = 1

    def rows(self, table: TypedTable) -> Floats:
        """Return what the terms are about, from a table that has the columns."""
        part = table.select([column.name for column in self.columns])
        return part.values if self.preparation is None else self.preparation.apply(part)

    def placed(self, table: TypedTable) -> npt.NDArray[np.bool_]:
        """Return whom enough is known of."""
        part = table.select([column.name for column in self.columns])
        return np.asarray((~np.isnan(part.values)).sum(axis=1) >= max(1, self.least_known))

    def assign(self, table: TypedTable) -> npt.NDArray[np.intp]:
        """Return (n,) the place of each person's segment; -1 where too little is known."""
        return np.where(self.placed(table), self.terms.labels(self.rows(table)), -1)

    def probabilities(self, table: TypedTable) -> Floats:
        """Return (n, k) probabilities of membership; NaN where too little is known."""
        found = self.terms.probabilities(self.rows(table))
        found[~self.placed(table)] = np.nan
        return found

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "labels": list(self.labels),
            "columns": [column.to_document() for column in self.columns],
            "preparation": None if self.preparation is None else self.preparation.to_document(),
            "terms": self.terms.to_document(),
            "least_known": self.least_known,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the assigner a document describes."""
        preparation = document["preparation"]
        return cls(
            tuple(document["labels"]),
            tuple(Column.from_document(one) for one in document["columns"]),
            None if preparation is None else Preparation.from_document(preparation),
            Terms.from_document(document["terms"]),
            document["least_known"],
        )
