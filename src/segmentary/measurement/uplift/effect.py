"""The effect on a person as a weighted sum of formulas: kept as JSON, computed in arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from segmentary.models.predict.formula import Formula
from segmentary.models.table.typed_table import Floats, TypedTable


@dataclass(frozen=True)
class EffectFormula:
    """The sum of weight times prediction over its parts: of two outcome models the difference, and so on."""

    parts: tuple[tuple[float, Formula], ...]

    def predict(self, table: TypedTable) -> Floats:
        """Return the effect on each person; (n,), in units of the outcome."""
        found = np.zeros(len(table))
        for weight, formula in self.parts:
            found += weight * formula.predict(table)
        return found

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns that matter."""
        return tuple(dict.fromkeys(name for _, formula in self.parts for name in formula.reads))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"parts": [{"weight": weight, "formula": formula.to_document()} for weight, formula in self.parts]}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the effect a document describes."""
        return cls(tuple((one["weight"], Formula.from_document(one["formula"])) for one in document["parts"]))
