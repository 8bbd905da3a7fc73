"""What a method noticed about the data it was given: said to the user, never swallowed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know before believing the result.

    code : what it is (``too_few_people``, ``constant``, ``leak``, ``identifier``, ``correlated``, ``yea_saying`` ...).
    level : note (worth knowing), warning (mind it), refusal (not done, and why).
    message : one sentence with its figures. hint : what to do. columns : which columns it is about.
    """

    code: str
    level: Literal["note", "warning", "refusal"]
    message: str
    hint: str = ""
    columns: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "columns": list(self.columns)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Finding:
        """Return the finding a document describes."""
        return cls(**{**document, "columns": tuple(document["columns"])})
