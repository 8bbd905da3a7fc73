"""Everything that can go wrong, as one tree.

::

    SegmentaryError                 message, hint
    ├── UsageError                  the caller asked for something that does not exist (exit code 2)
    │   └── SettingsError           a setting is unknown or has no meaning
    ├── WorkspaceError              the folder is missing, half-made, or damaged
    │   ├── WorkspaceLockedError    another process owns the workspace
    │   └── VerificationError       warehouse and truth disagree
    ├── SourceError                 a file or table cannot be read as it stands
    │   └── MappingError            columns or kind are unknown or ambiguous: a person must decide
    │       └── AmbiguousDateError  day-first or month-first cannot be told apart
    ├── DataError                   the data contradicts what a computation needs
    │   └── CurrencyError           amounts in several currencies and no rates table
    ├── DefinitionError             a segment or trait definition is wrong (file, line, column)
    │   ├── UnknownNameError        a trait, segment, event or list that does not exist, with the nearest name
    │   ├── CycleError              definitions refer to each other in a circle
    │   └── CoverageError           the log of a segment begins after the time it is asked about
    ├── EngineError                 the database refused or failed
    │   └── UnsupportedError        this engine cannot do an operator: refused before anything runs
    ├── BusyError                   too much is asked at once: ask again in a moment
    ├── ConflictError               somebody changed it meanwhile, or it is used otherwise
    ├── AccessDeniedError           the caller may not do this
    └── NoAnswerError               the honest answer is "cannot say" (no control group, too few people, ...)

Every message says what is wrong and where; `hint` says what to do about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class SegmentaryError(Exception):
    """What went wrong, and what to do about it.

    Parameters
    ----------
    message : one sentence: what, and where.
    hint : one sentence: how to mend it.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  hint: {self.hint}"


class UsageError(SegmentaryError):
    """The caller asked for something that does not exist."""


class SettingsError(UsageError):
    """A setting is unknown, or its value has no meaning."""


class WorkspaceError(SegmentaryError):
    """The workspace folder is missing, half-made or damaged."""


class WorkspaceLockedError(WorkspaceError):
    """Another process owns the workspace."""


class VerificationError(WorkspaceError):
    """The warehouse does not equal what the truth says it should hold."""


class SourceError(SegmentaryError):
    """A file or table cannot be read as it stands."""


class MappingError(SourceError):
    """The kind of a file or the meaning of a column has to be decided by a person."""


class AmbiguousDateError(MappingError):
    """Dates fit day-first and month-first alike."""


class DataError(SegmentaryError):
    """The data contradicts what a computation needs."""


class CurrencyError(DataError):
    """Amounts in several currencies meet, and no rates table says how to convert them.

    found, without : the currencies the amounts are in, and those of them without a rates table.
    """

    found: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a definition file something stands: lines and columns count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file or "<definition>"]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class DefinitionError(SegmentaryError):
    """A segment or trait definition is wrong.

    Parameters
    ----------
    place : file, line and column, where the definition came from a file.
    pointer : path inside the definition, such as ``where/all/1/count``.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, place: Place | None = None, pointer: str | None = None
    ) -> None:
        where = str(place) if place is not None else pointer
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.reason = message
        self.place = place
        self.pointer = pointer


class UnknownNameError(DefinitionError):
    """A name that nothing answers to, with the nearest ones that exist."""

    def __init__(
        self,
        kind: str,
        name: str,
        known: Iterable[str],
        *,
        place: Place | None = None,
        pointer: str | None = None,
        see: str | None = None,
    ) -> None:
        near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(repr(n) for n in near)}?" if near else see
        super().__init__(f"unknown {kind} {name!r}", hint=hint, place=place, pointer=pointer)
        self.kind = kind
        self.name = name


class CoverageError(DefinitionError):
    """A definition asks about a time before the log of a segment begins."""


class CycleError(DefinitionError):
    """Definitions that refer to each other in a circle."""


class EngineError(SegmentaryError):
    """The database refused or failed."""


class UnsupportedError(EngineError):
    """This engine cannot do an operator; refused before anything runs.

    Parameters
    ----------
    operator : what it cannot do.
    engine : which engine.
    """

    def __init__(self, operator: str, engine: str, *, hint: str | None = None) -> None:
        super().__init__(f"{engine} cannot do {operator!r} exactly", hint=hint or "use DuckDB for this definition")
        self.operator = operator
        self.engine = engine


class BusyError(SegmentaryError):
    """Too much is asked at once: ask again in a moment."""


class ConflictError(SegmentaryError):
    """Somebody changed it meanwhile, or what is asked contradicts what was asked before."""


class AccessDeniedError(SegmentaryError):
    """The caller may not do this."""


class NoAnswerError(SegmentaryError):
    """The honest answer is "cannot say"."""
