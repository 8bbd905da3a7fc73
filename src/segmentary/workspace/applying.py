"""Bringing definitions of files into force, checked against what the data knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.ledger.definitions import lists
from segmentary.workspace import definitions as defining
from segmentary.workspace.chat_words import with_words
from segmentary.workspace.documents import apply_documents, trial

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def apply_files(workspace: Workspace, source: Path, *, dry_run: bool, prune: bool) -> list[defining.Change]:
    """Apply the definitions and lists of a file or folder together."""
    files = defining.read_files(source)
    with with_words(workspace, files.documents):
        check(workspace, files.parsed, files.lists)
    origins = {
        one.definition.name: next((place.file for place in one.places.values() if place.file), "") or str(source)
        for one in files.parsed
    }
    found = [one.definition for one in files.parsed]
    at = workspace.tick()
    # Documents are checked against the definitions beside them, so a dry run puts those into force too, and back.
    dry = dry_run and bool(files.documents)
    with trial(workspace.ledger) if dry else workspace.ledger.transaction():
        if dry or not dry_run:
            defining.apply_lists(workspace.ledger, files.lists, origin=str(source), at=at)
        put = dry_run and not dry
        changes = defining.apply(workspace.ledger, found, origins=origins, at=at, prune=prune, dry_run=put)
        changes += apply_documents(workspace, files.documents)
    if not dry_run and source == workspace.folder.segments:
        defining.note_applied(workspace.engine, workspace.ledger, source)
    return changes


def check(workspace: Workspace, arriving: Iterable[Any], also_lists: Mapping[str, tuple[str, ...]]) -> None:
    """Validate definitions against the workspace; raise `DefinitionError` on the first that is wrong.

    Raises
    ------
    UnknownNameError
        when one pins a version that never was.
    """
    from segmentary.language.tree import SegmentDefinition, TraitDefinition
    from segmentary.language.yaml import Parsed
    from segmentary.workspace.evaluating import pinned

    arriving = list(arriving)
    segments = workspace.segments_defined()
    vocabulary = workspace.derived.vocabulary(
        workspace.traits_defined(), frozenset(segments), frozenset({**lists(workspace.ledger), **also_lists})
    )
    traits = defining.current_traits(workspace.ledger)
    defining.check(arriving, segments=segments, traits=traits, vocabulary=vocabulary)
    plain = defining.taken_apart(one.definition if isinstance(one, Parsed) else one for one in arriving)
    pinned(
        workspace.ledger,
        {one.name: one for one in plain if isinstance(one, SegmentDefinition)},
        {one.name: one for one in plain if isinstance(one, TraitDefinition)},
    )


def validate_files(workspace: Workspace, source: Path) -> list[str]:
    """Check the definitions and documents of a file or folder; return their names in order."""
    files = defining.read_files(source)
    with with_words(workspace, files.documents):
        check(workspace, files.parsed, files.lists)
    names = [one.definition.name for one in files.parsed]
    if files.documents:
        changes = apply_files(workspace, source, dry_run=True, prune=False)
        names += [one.name for one in changes[len(files.parsed) :]]
    return names
