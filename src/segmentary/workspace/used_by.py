"""Who uses a segment: definitions that rest on it, and everything that speaks to its members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentary.errors import UsageError
from segmentary.language.walk import segments_used
from segmentary.ledger.definitions import append_version, current
from segmentary.ledger.records import current_records
from segmentary.workspace.definitions import Change

if TYPE_CHECKING:
    from segmentary.ledger.records import Kind
    from segmentary.workspace.workspace import Workspace

SPEAKING: tuple[Kind, ...] = ("campaign", "journey", "bot", "message", "offers", "experiment", "target")
KEYS = frozenset({"segment", "segments", "exclude", "targets", "for", "of", "audience", "chosen", "leave"})
"""Where documents name segments."""


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that uses a segment. kind : segment, trait, campaign, journey, bot, ...; how : in a few words."""

    kind: str
    name: str
    title: str
    how: str


def uses(workspace: Workspace) -> dict[str, list[Use]]:
    """Return who uses each segment in force, by its name."""
    found: dict[str, list[Use]] = {name: [] for name in workspace.segments_defined()}
    for use, names in resting(workspace):
        for name in names & found.keys():
            found[name].append(use)
    for kind in SPEAKING:
        for name, record in current_records(workspace.ledger, kind).items():
            title = str(record.document.get("title") or name)
            for segment in sorted(set(named(record.document)) & found.keys()):
                found[segment].append(Use(kind, name, title, HOW[kind]))
    return found


HOW = {
    "campaign": "chooses or leaves out people by it",
    "journey": "lets people in, sends them on or leaves them out by it",
    "bot": "answers or asks by it",
    "message": "has words for it",
    "offers": "offers by it",
    "experiment": "is read by it",
    "target": "was chosen to be served",
}


def resting(workspace: Workspace) -> Iterator[tuple[Use, set[str]]]:
    """Yield the definitions in force with the segments they refer to."""
    for name, segment in workspace.segments_defined().items():
        names = set(segments_used(segment.where)) - {name}
        if names:
            yield Use("segment", name, segment.title or name, "its rule asks for members of it"), names
    for name, trait in workspace.traits_defined().items():
        names = set(segments_used(trait.value))
        if names:
            yield Use("trait", name, trait.title or name, "is computed by it"), names


def named(document: object, key: str = "") -> Iterator[str]:
    """Yield the texts of a document that stand where segments are named.

    >>> sorted(named({"targets": ["vip", {"segment": "new"}], "exclude": ["staff"], "message": "hello"}))
    ['new', 'staff', 'vip']
    """
    match document:
        case str() if key in KEYS:
            yield document
        case Mapping():
            for name, part in document.items():
                # `targets: {vip: variant}` and the like name segments as keys.
                if key in ("targets", "segments") and name not in KEYS:
                    yield str(name)
                yield from named(part, str(name))
        case list() | tuple():
            for part in document:
                yield from named(part, key)


def used_by(workspace: Workspace, name: str) -> list[Use]:
    """Return who uses a segment."""
    workspace.segment(name)
    return uses(workspace)[name]


def retire(workspace: Workspace, name: str) -> Change:
    """Take a segment out of force; its versions and its history stay. Only the ledger is written.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    UsageError
        when it is used, saying by whom; when it is part of a segmentation or of what a model places.
    """
    found = used_by(workspace, name)
    if found:
        who = ", ".join(f"{one.kind} {one.name}" for one in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise UsageError(f"{name} is used by {who}{more}", hint="change or retire those first")
    entry = current(workspace.ledger, "segment").get(name)
    if entry is None:
        raise UsageError(f"{name} is part of a segmentation", hint="take it out of the segmentation instead")
    with workspace.ledger.transaction():
        append_version(workspace.ledger, retired_version(entry, workspace), segments=[])
    return Change("segment", name, "retired", entry.version, entry.origin)


def retired_version(entry: Any, workspace: Workspace) -> Any:
    from dataclasses import replace

    return replace(entry, retired=True, created_at=workspace.tick())
