"""Definitions of a workspace: from files into the ledger and back, checked against what the data knows."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, assert_never

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError, UsageError
from segmentary.language.cursor import Cursor
from segmentary.language.documents import read_definition
from segmentary.language.tree import Definition, SegmentationDefinition, SegmentDefinition, TraitDefinition
from segmentary.language.validate import order, validate
from segmentary.language.version import version
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import Node, segments_used, traits_used
from segmentary.language.yaml import Parsed, cursors, dump_yaml, parse_document, to_document
from segmentary.ledger.definitions import Kind, VersionEntry, append_version, current, lists, put_list
from segmentary.ledger.ledger import Ledger

KINDS: tuple[Literal["segment"], Literal["trait"], Literal["segmentation"]] = ("segment", "trait", "segmentation")
LONGEST_NAME = 120
UNFIT = re.compile(r"[/\\\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Change:
    """What applying does to one definition: added, changed, retired, unchanged."""

    kind: str
    name: str
    change: str
    version: str
    origin: str


@dataclass(frozen=True, slots=True)
class Files:
    """What the definition files of a folder hold: definitions with where they stand, lists of ids, other documents."""

    parsed: tuple[Parsed, ...]
    lists: Mapping[str, tuple[str, ...]]
    documents: tuple[Cursor, ...] = ()


def kind_of(definition: Definition) -> Kind:
    """Return the word for what it is, as the ledger keeps it."""
    match definition:
        case SegmentDefinition():
            return "segment"
        case TraitDefinition():
            return "trait"
        case SegmentationDefinition():
            return "segmentation"
        case _:
            assert_never(definition)


def taken_apart(given: Iterable[Definition]) -> list[SegmentDefinition | TraitDefinition]:
    """Return definitions with every segmentation replaced by the trait and the segments it stands for."""
    found: list[SegmentDefinition | TraitDefinition] = []
    for one in given:
        if isinstance(one, SegmentationDefinition):
            from segmentary.language.segmentations import expand

            trait, parts = expand(one)
            found += [trait, *parts.values()]
        else:
            found.append(one)
    return found


def read_files(path: Path) -> Files:
    """Read definitions (.yaml, .yml, .json) and lists of ids (.txt, one id a line) of a file or folder.

    Raises
    ------
    UsageError, DefinitionError
        when the path does not exist; when a file is wrong, or two files define the same name.
    """
    if not path.exists():
        raise UsageError(f"there is no {path}", hint="name a YAML file or a folder of them")
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    from segmentary.workspace.documents import document_key, speaks

    parsed: list[Parsed] = []
    documents: list[Cursor] = []
    ids: dict[str, tuple[str, ...]] = {}
    for file in files:
        if file.suffix in (".yaml", ".yml", ".json"):
            try:
                text = file.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise DefinitionError(f"{file} is not UTF-8 text", hint="save it as UTF-8") from error
            found = cursors(text, file=str(file), local_times=speaks(text))
            documents += [one for one in found if document_key(one)]
            parsed += [Parsed(read_definition(one), one.places) for one in found if not document_key(one)]
        elif file.suffix == ".txt":
            lines = (line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines())
            ids[file.stem] = tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
    unique(parsed)
    return Files(tuple(parsed), ids, tuple(documents))


APPLIED = "applied_files"


def files_hash(ledger: Ledger, path: Path) -> str:
    """Return a hash of the definition files of a folder and of how many versions and documents the ledger holds."""
    newest = [ledger.rows(f"select max(number) from {table}")[0] for table in ("definition_versions", "records")]  # noqa: S608
    found = hashlib.sha256(f"{newest}".encode())
    for file in sorted(one for one in path.rglob("*") if one.is_file()):
        found.update(f"\n{file}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def note_applied(engine: Engine, ledger: Ledger, path: Path) -> None:
    """Note that the files of a folder are what is in force, so that they need not be read to see that."""
    engine.create_as(APPLIED, exp.select(literal(files_hash(ledger, path)).as_("digest")))


def noted(engine: Engine, ledger: Ledger, path: Path) -> bool:
    """Say whether it is noted that the files of a folder, as they are, are what is in force."""
    if not engine.has_table(APPLIED):
        return False
    held = engine.value(exp.select("digest").from_(exp.table_(APPLIED, quoted=True)))
    return bool(held == files_hash(ledger, path))


def unique(parsed: Iterable[Parsed]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for one in parsed:
        key = (kind_of(one.definition), one.definition.name)
        place = one.places.get("") or one.places.get("where") or one.places.get("value")
        where = str(place) if place else "a definition"
        if key in seen:
            raise DefinitionError(
                f"{where}: {key[0]} {key[1]!r} is defined twice (also at {seen[key]})", hint="rename or remove one"
            )
        seen[key] = where


def current_segmentations(ledger: Ledger, *, at: dt.datetime | None = None) -> dict[str, SegmentationDefinition]:
    """Return the segmentations that are in force (at a moment), by name."""
    found = {name: parse_document(entry.document) for name, entry in current(ledger, "segmentation", at=at).items()}
    return {name: one for name, one in found.items() if isinstance(one, SegmentationDefinition)}


def current_segments(ledger: Ledger) -> dict[str, SegmentDefinition]:
    """Return the segments that are in force, those of segmentations included, by name."""
    newest = int(ledger.rows("select coalesce(max(number), 0) from definition_versions")[0][0])
    # Thousands of definitions take seconds to read; they stay as they are until the next one is appended.
    number, held = ledger.read_before.get("segments", (-1, {}))
    if number != newest:
        held = read_segments(ledger)
        ledger.read_before["segments"] = (newest, held)
    return dict(held)


def read_segments(ledger: Ledger) -> dict[str, SegmentDefinition]:
    own = [parse_document(entry.document) for entry in current(ledger, "segment").values()]
    parts = taken_apart(current_segmentations(ledger).values())
    found = {one.name: one for one in (*own, *parts) if isinstance(one, SegmentDefinition)}
    return dict(sorted(found.items()))


def current_traits(ledger: Ledger, *, at: dt.datetime | None = None) -> dict[str, TraitDefinition]:
    """Return the workspace's own computed traits (at a moment), those of segmentations included, by name."""
    own = [parse_document(entry.document) for entry in current(ledger, "trait", at=at).values()]
    parts = taken_apart(current_segmentations(ledger, at=at).values())
    return {one.name: one for one in (*own, *parts) if isinstance(one, TraitDefinition)}


def would_be(
    ledger: Ledger, arriving: Iterable[Definition], changes: Iterable[Change]
) -> tuple[dict[str, SegmentDefinition], dict[str, TraitDefinition]]:
    """Return the segments and own traits there would be after these changes."""
    held: dict[tuple[str, str], Definition] = {}
    for kind in KINDS:
        held |= {(kind, name): parse_document(entry.document) for name, entry in current(ledger, kind).items()}
    held |= {(kind_of(one), one.name): one for one in arriving}
    for change in changes:
        if change.change == "retired":
            held.pop((change.kind, change.name), None)
    parts = taken_apart(held.values())
    return (
        {one.name: one for one in parts if isinstance(one, SegmentDefinition)},
        {one.name: one for one in parts if isinstance(one, TraitDefinition)},
    )


def check(
    arriving: Sequence[Parsed | Definition],
    *,
    segments: Mapping[str, SegmentDefinition],
    traits: Mapping[str, TraitDefinition],
    vocabulary: Vocabulary,
) -> None:
    """Validate definitions against each other, what is in force and what the data knows.

    Raises
    ------
    DefinitionError
        naming file, line, what is wrong and the nearest known name.
    """
    whole = [one.definition if isinstance(one, Parsed) else one for one in arriving]
    for definition in whole:
        clash(definition, whole)
    plain = taken_apart(whole)
    check_names(plain, {"segment": segments, "trait": traits}, frozenset(vocabulary.traits))
    names = {d.name for d in plain if isinstance(d, SegmentDefinition)}
    types = dict(vocabulary.traits) | {d.name: d.type for d in plain if isinstance(d, TraitDefinition)}
    wider = replace(
        vocabulary,
        traits=types,
        segments=vocabulary.segments | frozenset(names) | frozenset(segments),
        computed=vocabulary.computed | {d.name for d in plain if isinstance(d, TraitDefinition)},
        entities={d.name: d.entity for d in (*segments.values(), *plain) if isinstance(d, SegmentDefinition)},
    )
    for one in arriving:
        validate(one, wider)
    everything: dict[tuple[str, str], Definition] = {("segment", n): d for n, d in segments.items()}
    everything |= {("trait", n): d for n, d in traits.items()}
    everything |= {(kind_of(d), d.name): d for d in plain}
    order(list(everything.values()))


def clash(one: Definition, whole: Sequence[Definition]) -> None:
    """Refuse a segmentation whose trait or segments are defined apart as well."""
    if not isinstance(one, SegmentationDefinition):
        return
    apart = {(kind_of(d), d.name) for d in whole if not isinstance(d, SegmentationDefinition)}
    for part in taken_apart([one]):
        if (kind_of(part), part.name) in apart:
            raise DefinitionError(
                f"segmentation {one.name!r} makes the {kind_of(part)} {part.name!r}, which is defined apart as well",
                hint="rename one of them",
            )


def check_names(
    plain: Iterable[SegmentDefinition | TraitDefinition],
    held: Mapping[str, Mapping[str, object]],
    known_traits: frozenset[str],
) -> None:
    """Refuse names that cannot be a file's name or, but for capitals, are another's: columns and files know no case."""
    seen = {(kind, name.casefold()): name for kind, names in held.items() for name in names}
    seen |= {("trait", name.casefold()): name for name in known_traits}
    seen[("trait", "customer_id")] = ""
    for one in plain:
        kind, name = kind_of(one), one.name
        if len(name.encode()) > LONGEST_NAME or UNFIT.search(name) or name != name.strip() or name.startswith("."):
            raise DefinitionError(
                f"{kind} {name[:60]!r}: this cannot be a name",
                hint=f"at most {LONGEST_NAME} bytes, no slashes or control characters; put the rest in title",
            )
        other = seen.setdefault((kind, name.casefold()), name)
        if other != name:
            clash = f"{kind} {other!r} differs only in capitals" if other else "that is every customer's id"
            raise DefinitionError(f"{kind} {name!r} cannot be told apart: {clash}", hint="choose another name")


def apply(
    ledger: Ledger,
    arriving: Sequence[Definition],
    *,
    origins: Mapping[str, str],
    at: dt.datetime,
    prune: bool = False,
    dry_run: bool = False,
) -> list[Change]:
    """Bring definitions in, as new versions where their meaning or their words differ.

    ``prune`` retires what once came from files and is no longer among them; ``dry_run`` only says what would happen.
    """
    changes: list[Change] = []
    entries: list[VersionEntry] = []
    held = {kind: current(ledger, kind) for kind in KINDS}
    for definition in arriving:
        kind = kind_of(definition)
        document, digest = to_document(definition), version(definition)
        before = held[kind].get(definition.name)
        origin = origins.get(definition.name, "")
        if before is not None and before.document == document and before.version == digest:
            changes.append(Change(kind, definition.name, "unchanged", digest, before.origin))
            continue
        word = "added" if before is None else "changed"
        changes.append(Change(kind, definition.name, word, digest, origin))
        entries.append(VersionEntry(kind, definition.name, digest, document, origin, False, at))
    if prune:
        here = {(kind_of(d), d.name) for d in arriving}
        for kind, of_kind in held.items():
            for name, entry in of_kind.items():
                if entry.origin and (kind, name) not in here:
                    changes.append(Change(kind, name, "retired", entry.version, entry.origin))
                    entries.append(
                        VersionEntry(entry.kind, name, entry.version, entry.document, entry.origin, True, at)
                    )
    if not dry_run and entries:
        with ledger.transaction():
            for entry in entries:
                append_version(ledger, entry, segments=parts_of(entry))
    return changes


def parts_of(entry: VersionEntry) -> list[str]:
    """Return the names of the segments a segmentation's entry stands for."""
    if entry.kind != "segmentation" or entry.retired:
        return []
    parts = taken_apart([parse_document(entry.document)])
    return [one.name for one in parts if isinstance(one, SegmentDefinition)]


def apply_lists(ledger: Ledger, arriving: Mapping[str, tuple[str, ...]], *, origin: str, at: dt.datetime) -> list[str]:
    """Keep the named lists that differ; return their names."""
    held = lists(ledger)
    changed = [name for name, ids in arriving.items() if held.get(name) != ids]
    if changed:
        with ledger.transaction():
            for name in changed:
                put_list(ledger, name, arriving[name], origin=origin, at=at)
    return changed


def dump(ledger: Ledger, folder: Path) -> list[Path]:
    """Write every definition in force, one file each."""
    written: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    definitions = [parse_document(entry.document) for kind in KINDS for entry in current(ledger, kind).values()]
    for definition in definitions:
        kind = kind_of(definition)
        suffix = "" if kind == "segment" else f".{kind}"
        path = folder / f"{definition.name}{suffix}.yaml"
        path.write_text(dump_yaml([definition]), encoding="utf-8")
        written.append(path)
    for name, ids in lists(ledger).items():
        path = folder / f"{name}.txt"
        path.write_text("".join(f"{one}\n" for one in ids), encoding="utf-8")
        written.append(path)
    return written


def fingerprints(
    segments: Mapping[str, SegmentDefinition],
    traits: Mapping[str, TraitDefinition],
    id_lists: Mapping[str, tuple[str, ...]],
    names: Iterable[str] | None = None,
    versions: Mapping[str, str] | None = None,
    models: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return per segment a hash of everything its meaning rests on: its own version and those of what it refers to.

    names : only of these segments. versions : those of segments, as far as they are known. models : the version of
    the model behind each output in force.
    """
    made: dict[tuple[str, str], str] = {}

    def of(kind: str, name: str, path: tuple[str, ...]) -> str:
        key = (kind, name)
        if key in made:
            return made[key]
        definition = segments.get(name) if kind == "segment" else traits.get(name)
        if definition is None or f"{kind}:{name}" in path:
            return name
        deeper = (*path, f"{kind}:{name}")
        root = definition.where if isinstance(definition, SegmentDefinition) else definition.value
        told = (versions or {}).get(name) if kind == "segment" else None
        parts = [told or version(definition)]
        parts += [of("segment", one, deeper) for one in sorted(segments_used(root))]
        parts += [of("trait", one, deeper) for one in sorted(traits_used(root))]
        parts += ["\n".join(id_lists.get(one, ())) for one in sorted(lists_of(root))]
        parts += [(models or {})[one] for one in sorted(outputs_in(root)) if one in (models or {})]
        made[key] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return made[key]

    return {name: of("segment", name, ()) for name in (segments if names is None else names)}


def outputs_in(root: Node) -> set[str]:
    """Return the outputs of models a rule or value asks for."""
    from segmentary.language.kinds import model_key
    from segmentary.language.tree import ModelValue
    from segmentary.language.walk import walk

    return {model_key(node) for node in walk(root) if isinstance(node, ModelValue)} | set(traits_used(root))


def lists_of(root: object) -> set[str]:
    from segmentary.language.tree import StaticList
    from segmentary.language.walk import walk

    return {node.list_name for node in walk(root) if isinstance(node, StaticList) and node.list_name}  # type: ignore[arg-type]
