"""All groups of people that a report counts, hidden together: what one table hides, no other may give away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentary.engine.base import Engine
from segmentary.report.suppression import audit, pair_sums, small
from segmentary.report.tallies import kinds

# The overlap map stays readable up to here; all segments are in the table.
OVERLAP_SEGMENTS = 14
# Kinds of customer that the audit looks at, most frequent first.
KINDS = 20_000

Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """Segments, RFM names, countries, everybody, and pairs of the segments in the overlap map.

    Attributes
    ----------
    labels : ("segment", "0"), ("rfm", "lost"), ("country", "France"), ("everybody",), ("both", "0", "3"); an RFM name
        or country that is missing has the label ("rfm",) or ("country",).
    hidden : places of the groups that are not shown.
    gram : what follows from what (`suppression.pair_sums`).
    """

    labels: tuple[Label, ...]
    counts: tuple[int, ...]
    hidden: frozenset[int]
    gram: NDArray[np.float64]

    def people(self, *label: str) -> int | None:
        """Return the size of a group: None when it is hidden, 0 when there is nobody."""
        if label not in self.labels:
            return 0
        index = self.labels.index(label)
        return None if index in self.hidden else self.counts[index]

    def named(self, kind: str) -> list[str]:
        """Return the names of one kind of group."""
        return [label[1] for label in self.labels if label[0] == kind and len(label) == 2]


def audited(engine: Engine, segments: int, *, has_rfm: bool, has_country: bool, below: int) -> Groups:
    """Count all groups and decide which are hidden.

    Hidden are groups of 1 to below - 1 people, groups that all but so few belong to, overlaps where any of the four
    parts (both, one, other, neither) is so small, and whatever would let one of these be worked out.
    """
    flags = [f"s{i}" for i in range(segments)]
    extra = [*(["rfm"] if has_rfm else []), *(["country"] if has_country else [])]
    found = kinds(engine, [*flags, *extra])
    people = np.asarray(found.column("people").to_numpy(), dtype=np.int64)
    labels: list[Label] = [("segment", str(i)) for i in range(segments)]
    masks = [np.asarray(found.column(f), dtype=np.bool_) for f in flags]
    for kind in extra:
        for value, mask in by_value(found.column(kind)):
            labels.append((kind,) if value is None else (kind, value))
            masks.append(mask)
    labels.append(("everybody",))
    masks.append(np.ones(len(people), dtype=np.bool_))
    single = np.array(masks, dtype=np.bool_)
    both = np.rint(pair_sums(single, people)).astype(np.int64)
    total = int(both[-1, -1])
    hidden = {i for i in range(len(labels)) if small(total - int(both[i, i]), below)}
    chosen = overlapping(both, segments, below)
    counts = [int(both[i, i]) for i in range(len(labels))]
    pairs = list(combinations(chosen, 2))
    for a, b in pairs:
        parts = (
            both[a, b],
            both[a, a] - both[a, b],
            both[b, b] - both[a, b],
            total - both[a, a] - both[b, b] + both[a, b],
        )
        if any(small(int(part), below) for part in parts):
            hidden.add(len(labels))
        labels.append(("both", str(a), str(b)))
        counts.append(int(both[a, b]))
    # Fewer kinds than there are make more follow from what is shown, never less: the cap is on the safe side.
    common = np.argsort(-people, kind="stable")[:KINDS]
    few = single[:, common]
    gram = pair_sums(np.array([*few, *(few[a] & few[b] for a, b in pairs)], dtype=np.bool_))
    gone = audit(gram, counts, below, hidden=hidden, keep={labels.index(("everybody",))})
    return Groups(tuple(labels), tuple(counts), gone - everybody_alone(labels, total, below), gram)


def everybody_alone(labels: list[Label], total: int, below: int) -> frozenset[int]:
    """Return the place of the total when it is large enough to be shown in any case."""
    return frozenset() if small(total, below) else frozenset({labels.index(("everybody",))})


def overlapping(both: NDArray[np.int64], segments: int, below: int) -> list[int]:
    """Return the segments of the overlap map: the largest ones, not nearly everybody, in their order."""
    total = both[-1, -1]
    sizes = [(int(both[i, i]), i) for i in range(segments) if below <= both[i, i] < 0.95 * total]
    largest = sorted(sizes, key=lambda s: (-s[0], s[1]))[:OVERLAP_SEGMENTS]
    return sorted(i for _, i in largest)


def by_value(column: pa.ChunkedArray) -> list[tuple[str | None, NDArray[np.bool_]]]:
    """Return each value of a text column (None last) and where it stands."""
    values = column.to_pylist()
    present = sorted({v for v in values if v is not None})
    array = np.array([v if v is not None else None for v in values], dtype=object)
    found: list[tuple[str | None, NDArray[np.bool_]]] = [(v, array == v) for v in present]
    missing = np.array([v is None for v in values], dtype=np.bool_)
    return [*found, (None, missing)] if missing.any() else found
