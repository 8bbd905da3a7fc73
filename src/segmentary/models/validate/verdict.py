"""Whether segments are there: natural, reproducible, structure only, or constructive (Dolnicar & Leisch 2010)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from segmentary.models.table.findings import Finding

Kind: TypeAlias = Literal["natural", "reproducible", "structure_only", "constructive", "cannot_say"]

MEANING: dict[Kind, str] = {
    "natural": (
        "Distinct groups exist in this data, beyond what one population with these answers would show, and they come "
        "back in other samples: plan with them as with facts."
    ),
    "reproducible": (
        "No distinct groups can be told from one continuous population, but the same cut comes back in other samples: "
        "a useful way to divide people who differ by degree. People near a border could be on either side."
    ),
    "structure_only": (
        "The data is more than one even cloud, but these segments do not come back in other samples: look at what "
        "makes the structure before building on these borders."
    ),
    "constructive": (
        "No groups are there to be found: segments here are made, not discovered. They can still serve, if they help "
        "to decide; another sample or start gives others, so choose them by their use and keep them fixed."
    ),
    "cannot_say": "There is too little data to say whether segments exist.",
}


@dataclass(frozen=True, slots=True)
class Test:
    """One test of the gate.

    name : copula_w, dip, tetrachoric_w ... p : its p-value (after its own correction). statistic : as defined there.
    references : simulated null data sets. columns : what a dip test found split. k : where it was largest. excess : how
        much less spread k segments leave than in one population, log(W of references / W): .1 is about a tenth.
    """

    name: str
    p: float
    statistic: float
    references: int = 0
    columns: tuple[str, ...] = ()
    k: int | None = None
    excess: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict with what it rests on. It never blocks; it says what it means for the decision.

    Attributes
    ----------
    kind : see `MEANING`. gate : whether structure beyond one population was found (None: not tested).
    tests : the gate's tests, corrected. prediction_strength, stability : best over the numbers of segments tried, with
        their k (ARI: median over bootstrap pairs).
    split_columns : the columns a split runs along alone (then one rule on that column says the same).
    n, effective_n : people it rests on. sentence : the verdict for people, its figures in it. meaning : `MEANING`.
    """

    kind: Kind
    gate: bool | None
    reproducible: bool | None
    tests: tuple[Test, ...]
    prediction_strength: tuple[int, float] | None
    stability: tuple[int, float] | None
    n: int
    effective_n: float
    sentence: str
    split_columns: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def meaning(self) -> str:
        """What it means for the decision."""
        return MEANING[self.kind]

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Verdict:
        """Return the verdict a document describes."""

        def pair(key: str) -> tuple[int, float] | None:
            value = document[key]
            return None if value is None else (int(value[0]), float(value[1]))

        return cls(
            **{
                **document,
                "tests": tuple(Test(**{**one, "columns": tuple(one["columns"])}) for one in document["tests"]),
                "prediction_strength": pair("prediction_strength"),
                "stability": pair("stability"),
                "split_columns": tuple(document["split_columns"]),
                "findings": tuple(Finding.from_document(one) for one in document["findings"]),
            }
        )
