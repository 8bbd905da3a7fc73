"""What a column is: its kind, and the levels of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

from segmentary.errors import DataError

Kind: TypeAlias = Literal["numeric", "count", "ordinal", "nominal", "binary"]
KINDS: tuple[Kind, ...] = ("numeric", "count", "ordinal", "nominal", "binary")
CODED: frozenset[Kind] = frozenset({"ordinal", "nominal", "binary"})
"""Kinds whose values are levels, stored as codes 0 ... L-1."""
NUMBER = r"^\s*[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,2})?\s*$"
"""Texts that are a number wherever they are read: in arrays, and inside an engine."""


@dataclass(frozen=True, slots=True)
class Column:
    """One variable to segment by.

    Attributes
    ----------
    name : the trait, or the column of the dataframe.
    kind : numeric (a measurement), count (whole numbers from 0), ordinal (levels in an order), nominal (levels without
        one), binary (two levels: no, yes).
    levels : of a coded kind, the texts of its levels; code ``i`` is ``levels[i]``. Ordinal: from low to high. Binary:
        the level that means "no" first.
    title : what people read; empty: the name.
    unit : of numbers, "EUR" or "days"; empty: none.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    title: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse levels where there are none to be, and none where there must be some."""
        if self.kind not in KINDS:
            raise DataError(f"column {self.name!r}: there is no kind {self.kind!r}", hint="one of " + ", ".join(KINDS))
        if self.coded != bool(self.levels):
            wrong = "needs its levels" if self.coded else "has no levels"
            raise DataError(f"column {self.name!r} is {self.kind}: it {wrong}")
        if len(set(self.levels)) != len(self.levels):
            raise DataError(f"column {self.name!r} names a level twice")
        if self.kind == "binary" and len(self.levels) != 2:
            raise DataError(f"column {self.name!r} is binary: it needs two levels, not {len(self.levels)}")

    @property
    def coded(self) -> bool:
        """Whether values are codes of levels."""
        return self.kind in CODED

    @property
    def label(self) -> str:
        """What people read."""
        return self.title or self.name.replace("_", " ")

    def to_document(self) -> dict[str, Any]:
        """Return the column as JSON values."""
        found: dict[str, Any] = {"name": self.name, "kind": self.kind}
        if self.levels:
            found["levels"] = list(self.levels)
        return found | {key: value for key, value in (("title", self.title), ("unit", self.unit)) if value}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the column a document describes."""
        return cls(
            document["name"],
            document["kind"],
            tuple(document.get("levels", ())),
            document.get("title", ""),
            document.get("unit", ""),
        )
