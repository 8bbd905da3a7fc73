"""A solution: segments found in data, with everything that says how far to trust them, and how to place others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.models.assign.assigner import Assigner
from segmentary.models.describe.description import Description
from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.criteria import Criteria
from segmentary.models.validate.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Fit:
    """How the solution was made: enough to make it again.

    method : name in `segmentary.models.discover.methods`. k : segments. seed. people : rows there were; fitted_on :
    rows of the stated sample it was fitted on (equal where all were used). effective_n : of the weights. weighted :
    whether there were survey weights. source : where the rows came from ("traits", "survey motives", "dataframe").
    as_of : the moment of the traits (ISO text), empty for dataframes. options : the method's own (covariance family).
    """

    method: str
    k: int
    seed: int
    people: int
    fitted_on: int
    effective_n: float
    weighted: bool
    source: str = "dataframe"
    as_of: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Solution:
    """Found segments without the people they were found in: safe to keep, nothing to erase.

    Attributes
    ----------
    name : under which its outputs are given (``name.label``, ``name.confidence``).
    fit, columns, criteria, verdict, description : how, of what, how many, whether, what they are like.
    assigner : places anybody. assigner_agreement : share of the fitted people whom the assigner puts where the method
        did (1.0 but for methods without a rule of their own: shapes, density).
    findings : what was noticed about the data.
    """

    name: str
    fit: Fit
    columns: tuple[Column, ...]
    assigner: Assigner
    assigner_agreement: float
    criteria: Criteria
    verdict: Verdict
    description: Description
    findings: tuple[Finding, ...] = ()

    @property
    def k(self) -> int:
        """How many segments."""
        return len(self.description.segments)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values (format 1)."""
        from dataclasses import asdict

        return {
            "format": 1,
            "name": self.name,
            "fit": asdict(self.fit),
            "columns": [column.to_document() for column in self.columns],
            "assigner": self.assigner.to_document(),
            "assigner_agreement": self.assigner_agreement,
            "criteria": self.criteria.to_document(),
            "verdict": self.verdict.to_document(),
            "description": self.description.to_document(),
            "findings": [finding.to_document() for finding in self.findings],
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Solution:
        """Return the solution a document describes."""
        return cls(
            document["name"],
            Fit(**document["fit"]),
            tuple(Column.from_document(one) for one in document["columns"]),
            Assigner.from_document(document["assigner"]),
            document["assigner_agreement"],
            Criteria.from_document(document["criteria"]),
            Verdict.from_document(document["verdict"]),
            Description.from_document(document["description"]),
            tuple(Finding.from_document(one) for one in document["findings"]),
        )


@dataclass(frozen=True, eq=False)
class Segmentation:
    """A solution with its people: what `discover` returns.

    ids : (n,) who; labels : (n,) place of the segment, -1 unassigned; probabilities : (n, k) or None.
    """

    solution: Solution
    ids: tuple[str, ...]
    labels: npt.NDArray[np.intp]
    probabilities: Floats | None
