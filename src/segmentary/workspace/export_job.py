"""Files of a segment's members, written as a job, kept a few days to be fetched, then deleted.

Each lies in a folder of its own under ``exports`` with ``about.json``: who asked for what, of whom, when, and until
when it is kept.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.activation.ad_platforms import PLATFORMS
from segmentary.activation.export import FORMATS
from segmentary.errors import UsageError
from segmentary.workspace.ad_exporting import AdWish, export_segment

if TYPE_CHECKING:
    from segmentary.models.progress import Tell
    from segmentary.workspace.workspace import Workspace

DAYS, MOST_DAYS = 7, 30
MOST_TRAITS = 100
TOKEN = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Exported:
    """One file of members. people : rows in it; left_out : by reason; expires_at : when it is deleted here."""

    export: str
    segment: str
    format: str
    file: str
    people: int
    left_out: Mapping[str, int]
    traits: tuple[str, ...]
    for_contact: str
    purpose: str
    version: str
    as_of: str
    exported_at: str
    exported_by: str
    expires_at: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: `segment`, `format`, `traits`, `for_contact` (a channel), `purpose`, `days` it is kept."""

    segment: str
    format: str
    traits: tuple[str, ...]
    for_contact: str
    purpose: str
    days: int
    by: str


def wish_of(arguments: Mapping[str, Any]) -> Wish:
    """Read the arguments of a job.

    Raises
    ------
    UsageError
        where one is missing, unknown or no such thing.
    """
    known = {"segment", "format", "traits", "for_contact", "purpose", "days", "by"}
    if not set(arguments) <= known:
        raise UsageError("an export takes other arguments", hint=f"only {', '.join(sorted(known))}")
    file_format = arguments.get("format", "csv")
    if file_format not in (*FORMATS, *PLATFORMS):
        raise UsageError("there is no such format", hint=f"one of {', '.join((*FORMATS, *PLATFORMS))}")
    traits = arguments.get("traits") or []
    if not isinstance(traits, list) or len(traits) > MOST_TRAITS or not all(isinstance(one, str) for one in traits):
        raise UsageError("traits are a list of names", hint=f"at most {MOST_TRAITS}")
    if traits and file_format in PLATFORMS:
        raise UsageError("a platform gets its own columns", hint="leave traits out")
    days = arguments.get("days", DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise UsageError("an export is kept for some days", hint=f"1 to {MOST_DAYS}")
    words = {key: arguments.get(key, "") for key in ("segment", "for_contact", "purpose", "by")}
    if not all(isinstance(one, str) and len(one) <= 200 for one in words.values()) or not words["segment"]:
        raise UsageError("an export names a segment; channel and purpose are words")
    return Wish(
        words["segment"], file_format, tuple(traits), words["for_contact"], words["purpose"] or "marketing", days,
        words["by"],
    )  # fmt: skip


def export_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Exported:
    """Write the members of a segment to a file, as a job."""
    wish = wish_of(arguments)
    view = workspace.segment(wish.segment)
    tidy(workspace)
    token = secrets.token_hex(8)
    folder = place(workspace, token)
    tell("choosing people", 0.1)
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", wish.segment)[:80] or "segment"
    at = workspace.tick()
    try:
        folder.mkdir(parents=True)
        if wish.format in PLATFORMS:
            path = folder / f"{name}-{wish.format}.csv"
            given = export_segment(
                workspace, wish.segment,
                AdWish(path, wish.format, wish.purpose, wish.for_contact or "email", days=wish.days, by=wish.by),
            )  # fmt: skip
            people, left_out, notes, version = given.people, given.left_out, given.notes, view.version
            as_of = view.served_run(None).as_of
        else:
            path = folder / f"{name}.{wish.format}"
            report = view.export(
                path, file_format=wish.format, traits=wish.traits, for_contact=wish.for_contact or None,
                purpose=wish.purpose, exported_by=wish.by,
            )  # fmt: skip
            people, left_out, notes, version = report.people, report.left_out, (), report.version
            as_of = report.as_of
        tell("writing", 0.9)
        found = Exported(
            token, wish.segment, wish.format, path.name, people, dict(left_out), wish.traits, wish.for_contact,
            wish.purpose, version, as_of.isoformat(), at.isoformat(), wish.by,
            (at + dt.timedelta(days=wish.days)).isoformat(), tuple(notes),
        )  # fmt: skip
        (folder / "about.json").write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return found


def place(workspace: Workspace, token: str) -> Path:
    """Return the folder of an export."""
    return workspace.folder.root / "exports" / token


def exported(workspace: Workspace, token: str) -> tuple[Exported, Path] | None:
    """Return an export that is still kept, and its file."""
    if not TOKEN.fullmatch(token):
        return None
    folder = place(workspace, token)
    try:
        told = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = Exported(**{**told, "traits": tuple(told["traits"]), "notes": tuple(told["notes"])})
    path = folder / found.file
    if dt.datetime.fromisoformat(found.expires_at) <= workspace.tick() or not path.is_file():
        return None
    return found, path


def all_exports(workspace: Workspace) -> list[Exported]:
    """Return the exports that are still kept, newest first."""
    root = workspace.folder.root / "exports"
    found = [exported(workspace, one.name) for one in root.iterdir()] if root.is_dir() else []
    return sorted((one[0] for one in found if one is not None), key=lambda one: one.exported_at, reverse=True)


def tidy(workspace: Workspace) -> int:
    """Delete what has expired; return how many."""
    root = workspace.folder.root / "exports"
    gone = 0
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if TOKEN.fullmatch(folder.name) and exported(workspace, folder.name) is None:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone
