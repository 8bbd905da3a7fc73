"""Versions as people call them: v1, v2, ... and the beginnings of their hashes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from segmentary.errors import UnknownNameError
from segmentary.ledger.definitions import Kind, VersionEntry, versions
from segmentary.ledger.ledger import Ledger

ORDINAL = re.compile(r"v([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Numbered:
    """One version with its number: 1 for the first meaning a name had, one more for every later one.

    New words for the same meaning (a title, a purpose) keep the number; going back to an older meaning is a new one.
    ``retired`` says that the definition was taken out of force after it.
    """

    number: int
    entry: VersionEntry
    retired: bool

    @property
    def label(self) -> str:
        """The number as it is written: ``v3``."""
        return f"v{self.number}"


def numbered(ledger: Ledger, kind: Kind, name: str) -> list[Numbered]:
    """Return every version of a definition with its number, oldest first, each with its newest words."""
    found: list[Numbered] = []
    for entry in versions(ledger, kind, name):
        if entry.retired:
            if found:
                found[-1] = replace(found[-1], retired=True)
        elif found and found[-1].entry.version == entry.version:
            found[-1] = Numbered(found[-1].number, entry, False)
        else:
            found.append(Numbered(len(found) + 1, entry, False))
    return found


def numbers(ledger: Ledger) -> dict[str, int]:
    """Return the number of the newest version of every segment, in one query."""
    rows = ledger.rows(
        "select name, version from definition_versions where kind = 'segment' and retired = 0 order by number"
    )
    last: dict[str, str] = {}
    count: dict[str, int] = {}
    for name, version in rows:
        if last.get(name) != version:
            last[name], count[name] = version, count.get(name, 0) + 1
    return count


def resolve(ledger: Ledger, kind: Kind, name: str, wanted: str) -> Numbered:
    """Return the version somebody means: ``v3``, or the beginning of a hash (the newest one that fits).

    Raises
    ------
    UnknownNameError
        when there is none, naming those there are.
    """
    held = numbered(ledger, kind, name)
    ordinal = ORDINAL.fullmatch(wanted)
    fitting = [
        one
        for one in held
        if (one.number == int(ordinal[1]) if ordinal else wanted and one.entry.version.startswith(wanted))
    ]
    if not fitting:
        raise UnknownNameError(f"version of {name}", wanted, [f"{one.label} {one.entry.version[:12]}" for one in held])
    return fitting[-1]
