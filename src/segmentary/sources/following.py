"""Later deliveries of a known source: columns that are new, and columns that may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segmentary.sources.base import SourceMapping
from segmentary.sources.look import Look
from segmentary.sources.names import attribute_name, lower_snake, unique
from segmentary.sources.recognise import VAGUE, WORDS, personal, place_in

# Without these columns nobody is deleted or merged: a file may well lack them.
TOMBSTONES = ("deleted", "merged_into")
# Names that say what a column is only in the light of all the others.
DOUBTFUL = (*VAGUE, "price", "sales", "total", "group", "cell", "day", "created", "account", "company", "make")


def recognised(look: Look, known: SourceMapping, fresh: Iterable[str], overrides: Mapping[str, str]) -> dict[str, str]:
    """Return canonical name -> new column, for the names that nothing else of the source or of the file could be.

    An empty column is recognised by its name alone, so that a later file may fill it.
    """
    said = {*known.columns, *known.constants, *overrides}
    claims: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    doubtful = {w.replace("_", "") for w in DOUBTFUL if w != "status"}
    free = [n for n in fresh if lower_snake(n).replace("_", "") not in doubtful]
    for canonical, words in WORDS[known.kind].items():
        if canonical in said:
            continue
        for name in free:
            empty = not look.columns[name].filled
            if place_in(words, name) is not None and (empty or look.fits(canonical, name)):
                claims.setdefault(name, []).append(canonical)
                places.setdefault(canonical, []).append(name)
    return {c: names[0] for c, names in places.items() if len(names) == 1 and len(claims[names[0]]) == 1}


def renamed(fresh: list[str], *, reserved: Iterable[str]) -> dict[str, str]:
    """Return attribute name -> new column: what is known about persons under its own name, the rest in lower_snake."""
    taken = set(reserved)
    known = {name: column for name, column in personal(fresh).items() if name not in taken}
    others = [n for n in fresh if n not in known.values()]
    names = unique((attribute_name(n) for n in others), reserved=(*taken, *known))
    return known | dict(zip(names, others, strict=True))


def tombstones(look: Look, columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns of a mapping without tombstone columns the file lacks, and those."""
    without = {n: c for n, c in columns.items() if n in TOMBSTONES and c not in look.columns}
    return {n: c for n, c in columns.items() if n not in without}, without
