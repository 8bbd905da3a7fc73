"""Open files as the exports they are, the first time by their shape, later as they were read before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from segmentary.errors import SourceError
from segmentary.sources.delivery import Tabular
from segmentary.sources.exports.raw import RawFile, is_document
from segmentary.sources.exports.registry import export_named, exports
from segmentary.sources.exports.translation import ExportPart, Translation, Turns

KEPT_OTHERWISE = ("sqlite", "postgresql", "dataframe")


def recognised(delivery: Tabular, remembered: str = "", turns: Turns | None = None) -> Translation | None:
    """Return a delivery read as the export it is; None where it is none.

    remembered : the tag of the export that the last file of this source was; turns : as `Translation` has it.
    """
    if delivery.path is None or delivery.facts.format in KEPT_OTHERWISE:
        return None
    document = is_document(delivery)
    for raw in (RawFile(delivery, body=True), RawFile(delivery)) if document else (RawFile(delivery),):
        try:
            head = raw.head
        except SourceError:
            continue
        for export in exports():
            if not head and not (export.empty and raw.names):
                continue
            if export.form in (raw.form, "any") and (reason := export.recognises(raw)):
                return Translation(raw, export, reason, turns)
    if remembered:
        name, version, mode, _ = split_tag(remembered)
        export = export_named(name, version)
        raw = RawFile(delivery, body=document and mode == "body")
        if export.follows and export.form in (raw.form, "any"):
            return Translation(raw, export, "earlier files of this source were", turns)
    return None


def split_tag(tag: str) -> tuple[str, int, str, str]:
    """Return name, version, mode and part of a tag.

    Raises
    ------
    SourceError
        when it is none.
    """
    pieces = tag.split("/")
    if len(pieces) != 4 or not pieces[1].isdigit():
        raise SourceError(f"{tag!r} names no export", hint="such as segment_spec/1/rows/profiles")
    return pieces[0], int(pieces[1]), pieces[2], pieces[3]


def opened_exports(
    target: Any, *, name: str | None, table: str | None, tag_of: Callable[[str], str | None]
) -> list[Tabular]:
    """Open a target: recognised exports as their parts, everything else as it is.

    tag_of : source name -> the tag its last file was read with; "" where nothing was loaded under that name, None
        where it was loaded as plain rows, which then stays so.
    """
    from segmentary.sources.names import lower_snake
    from segmentary.sources.open import (
        Options,
        as_one,
        open_source,
        opened_file,
        opened_folder,
        source_name,
        target_files,
    )

    files = target_files(target)
    if files is None:
        return list(open_source(target, name=name, table=table))  # type: ignore[arg-type]
    folder, paths = files
    options = Options(table)
    if folder is None:
        return of_file(paths[0], name=name, options=options, tag_of=tag_of)
    called = name or lower_snake(folder.resolve().name)
    tag = tag_of(called)
    groups: dict[str, list[Translation]] = {}
    turns = Turns()
    plain: list[Path] = []
    for path in paths:
        found = [recognised(each, tag or "", turns) for each in opened_file(path, name=None, options=options)]
        if tag is None or not any(found):
            plain.append(path)
            continue
        for each in found:
            if each is not None:
                groups.setdefault(each.export.name, []).append(each)
    out: list[Tabular] = []
    for export, members in groups.items():
        alone = (len(groups) == 1 and not plain) or (tag or "").startswith(f"{export}/")
        base = called if alone else f"{called}_{export}"
        base = (members[0].export.source if name is None else "") or base
        for each in members:
            each.raw.delivery.name = base
        parts = [part for each in members for part in each.deliveries()]
        for source in dict.fromkeys(part.name for part in parts):
            as_one(source, [[part for part in parts if part.name == source]])
        out.extend(parts)
    if plain:
        others = opened_folder(folder, plain, name=name, options=options)
        if groups and name is None and len({each.name for each in others}) == 1:
            # They share the folder with exports, so its name is not theirs alone.
            as_one(source_name(plain[0]) if len(plain) == 1 else f"{called}_others", [others])
        out.extend(others)
    return out


def of_file(path: Path, *, name: str | None, options: Any, tag_of: Callable[[str], str | None]) -> list[Tabular]:
    """Open one file; every sheet of a workbook may be an export of its own."""
    from segmentary.sources.open import opened_file

    out: list[Tabular] = []
    for delivery in opened_file(path, name=name, options=options):
        tag = tag_of(delivery.name)
        found = None if tag is None else recognised(delivery, tag)
        if found is not None and name is None and found.export.source:
            delivery.name = found.export.source
        out.extend([delivery] if found is None else found.deliveries())
    return out


class Again:
    """Reads parts of archived files as they were read the first time; parts of one file one after the other, once."""

    def __init__(self) -> None:
        self.last: tuple[tuple[Path, int, str], Translation] | None = None

    def part(self, path: Path, source: str, tag: str, *, part: int, received_at: str) -> ExportPart:
        """Return the part of a file that a mapping names.

        path, part : the archived file, and which of its sheets; source, tag : as the load was called and read.

        Raises
        ------
        SourceError
            when the export or the part is not known.
        """
        export, _, name = tag.rpartition("/")
        key = (path, part, export)
        if self.last is None or self.last[0] != key:
            self.last = key, self.opened(path, source, tag, part)
        for each in self.last[1].deliveries(all_parts=True):
            if each.export_part.name == name:
                each.received_at = received_at
                return each
        raise SourceError(f"export {export!r} has no part {name!r}")

    def opened(self, path: Path, source: str, tag: str, part: int) -> Translation:
        """Open a file as the export it was; it is called what it was called then."""
        from segmentary.sources.open import Options, opened_file

        name, version, mode, own = split_tag(tag)
        export = export_named(name, version)
        called = source.removesuffix(f"_{own}") if own else source
        deliveries = opened_file(path, name=called, options=Options())
        if part >= len(deliveries):
            raise SourceError(f"{path.name} no longer holds part {part}")
        return Translation(RawFile(deliveries[part], body=mode == "body"), export)
