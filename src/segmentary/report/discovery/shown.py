"""What of a solution may be shown: groups below the limit are hidden, with what would give them away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from segmentary.models.describe.description import Descriptor, ProfileCell, SegmentDescription
from segmentary.models.discover.solution import Solution
from segmentary.models.intervals import Interval
from segmentary.report.discovery import words
from segmentary.report.document import HIDDEN, Withheld
from segmentary.report.suppression import hide_parts, small

SHARES = frozenset({"binary", "nominal"})
Key = tuple[str, str | None]


@dataclass(frozen=True, eq=False)
class Shown:
    """A solution as a report may show it. below : groups of fewer people are hidden."""

    solution: Solution
    below: int = 11

    @property
    def segments(self) -> tuple[SegmentDescription, ...]:
        """All segments, in their order."""
        return self.solution.description.segments

    @cached_property
    def hidden(self) -> frozenset[int]:
        """Places of the segments that are hidden: small ones, and those needed to keep a small one hidden."""
        sizes = [segment.n for segment in self.segments]
        rest = self.solution.fit.people - sum(sizes)
        marks = hide_parts([*sizes, rest] if rest > 0 else sizes, self.below)
        return frozenset(
            segment.place for segment, mark in zip(self.segments, marks[: len(sizes)], strict=True) if mark
        )

    @cached_property
    def visible(self) -> tuple[SegmentDescription, ...]:
        """The segments that are shown."""
        return tuple(segment for segment in self.segments if segment.place not in self.hidden)

    def people(self, segment: SegmentDescription) -> int | Withheld:
        """Return the people of a segment."""
        return HIDDEN if segment.place in self.hidden else segment.n

    def of(self, segment: SegmentDescription, value: Interval | None) -> Interval | Withheld | None:
        """Return a figure of a segment."""
        return HIDDEN if segment.place in self.hidden else value

    @cached_property
    def cells(self) -> dict[tuple[int, Key], ProfileCell]:
        """(segment, (column, level)) -> cell."""
        return {(c.segment, (c.column, c.level)): c for c in self.solution.description.profile}

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The columns and levels of the profile, in their order."""
        return tuple(dict.fromkeys((c.column, c.level) for c in self.solution.description.profile))

    @cached_property
    def withheld(self) -> frozenset[tuple[int, Key]]:
        """Cells of the profile that are hidden."""
        found: set[tuple[int, Key]] = set()
        for key in self.keys:
            cells = [self.cells[segment.place, key] for segment in self.segments if (segment.place, key) in self.cells]
            forced = {i for i, c in enumerate(cells) if c.segment in self.hidden or small(c.value.n, self.below)}
            gone = set(forced)
            if any(c.kind in SHARES for c in cells):
                yes = [round(c.value.estimate * c.value.n) if c.value.n else 0 for c in cells]
                no = [c.value.n - k for c, k in zip(cells, yes, strict=True)]
                for counts in (yes, no):
                    marks = hide_parts(counts, self.below, forced=forced)
                    gone |= {i for i, mark in enumerate(marks) if mark}
            found |= {(cells[i].segment, key) for i in gone}
        return frozenset(found)

    def value(self, place: int, key: Key) -> Interval | Withheld | None:
        """Return one figure of the profile."""
        cell = self.cells.get((place, key))
        if cell is None:
            return None
        return HIDDEN if (place, key) in self.withheld else cell.value

    def bound(self, place: int, key: Key) -> tuple[str, float] | None:
        """Return what may be said of a hidden share: ("below", x) or ("above", x)."""
        cell = self.cells.get((place, key))
        if cell is None or place in self.hidden or cell.kind not in SHARES or cell.value.n < 2 * self.below:
            return None
        limit = self.below / cell.value.n
        if 0 < cell.value.estimate < limit:
            return ("below", limit)
        return ("above", 1 - limit) if 1 - limit < cell.value.estimate < 1 else None

    def about(self, descriptor: Descriptor) -> str:
        """Return the sentence on a descriptor, or nothing where it speaks of a hidden figure."""
        gone = self.withheld_shares(descriptor)
        names = {segment.place: segment.name for segment in self.segments}
        for place, level in gone:
            text = descriptor.levels[level]
            if names[place] in descriptor.sentence and text in descriptor.sentence:
                return ""
        return words.plain(descriptor.sentence)

    def withheld_shares(self, descriptor: Descriptor) -> frozenset[tuple[int, int]]:
        """Return (segment, level) of the shares of a descriptor that are hidden."""
        counts = [[round(count) for count in row] for row in descriptor.counts]
        gone = {(i, j) for i in self.hidden for j in range(len(descriptor.levels))}
        if descriptor.levels == ("",):
            return frozenset(gone | {(i, 0) for i, row in enumerate(counts) if small(row[0], self.below)})
        for _ in range(len(counts) + len(descriptor.levels)):
            before = len(gone)
            for i, row in enumerate(counts):
                gone |= {(i, j) for j in hidden_of(row, self.below, {j for a, j in gone if a == i})}
            for j in range(len(descriptor.levels)):
                column = [row[j] for row in counts]
                gone |= {(i, j) for i in hidden_of(column, self.below, {a for a, b in gone if b == j})}
            if len(gone) == before:
                break
        return frozenset(gone)


def hidden_of(counts: Sequence[int], below: int, forced: Iterable[int]) -> list[int]:
    return [i for i, mark in enumerate(hide_parts(counts, below, forced=set(forced))) if mark]
