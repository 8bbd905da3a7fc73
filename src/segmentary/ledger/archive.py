"""The archive: every accepted file and every run's membership changes, content-addressed, written once.

A file is in the archive when its final name exists: it is written under another name, synced, and renamed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from segmentary.errors import VerificationError, WorkspaceError

PACKED = (".gz", ".zst", ".parquet", ".xlsx", ".zip", ".sav", ".zsav", ".dta", ".por")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Archived:
    """A file in the archive. ``file`` is relative to the archive folder; ``content_hash`` is of what was accepted."""

    file: str
    content_hash: str


class Archive:
    """A folder of files that are never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def tidy(self) -> None:
        """Remove the working folders of processes that were killed: nothing in them was ever accepted.

        To be called by who alone may write.
        """
        for folder in self.folder.glob("tmp*"):
            shutil.rmtree(folder, ignore_errors=True)

    def path(self, file: str) -> Path:
        """Return where an archived file lies.

        Raises
        ------
        WorkspaceError
            when it is gone.
        """
        path = self.folder / file
        if not path.exists():
            raise WorkspaceError(f"the archive has lost {file}", hint="restore it from a backup; it is the truth")
        return path

    def keep(self, path: Path) -> Archived:
        """Put a file into the archive, compressed unless it already is; the same content is kept once."""
        content_hash = hash_of(path)
        name = safe_name(path.name)
        packed = name.lower().endswith(PACKED)
        file = f"files/{content_hash[:2]}/{content_hash}/{name if packed else name + '.zst'}"
        copy = shutil.copyfile if packed else compress
        self.write(file, lambda place: copy(path, place))
        return Archived(file, content_hash)

    def write(self, file: str, fill: Callable[[Path], object]) -> Path:
        """Write one file: all of it, synced, or none of it. A file that is there already stays as it is."""
        place = self.folder / file
        if place.exists():
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(f".{place.name}.partial")
        try:
            fill(partial)
            sync(partial)
            partial.replace(place)
            sync(place.parent)
        except OSError as error:
            raise WorkspaceError(
                f"cannot write to the archive: {error}", hint="free some space; nothing was changed"
            ) from error
        finally:
            partial.unlink(missing_ok=True)
        return place

    def check(self, file: str, content_hash: str) -> None:
        """Compare a file of membership changes with the hash the ledger holds.

        Raises
        ------
        VerificationError
            when they differ.
        """
        if hash_of(self.path(file)) != content_hash:
            raise VerificationError(f"{file} in the archive is not what was written", hint="restore it from a backup")

    def holds(self, file: str, content_hash: str) -> bool:
        """Say whether an archived file still unpacks to what was accepted."""
        path = self.path(file)
        if hash_of(path) == content_hash:
            return True
        try:
            return path.suffix == ".zst" and unpacked_hash(path) == content_hash
        except OSError:  # no longer a packed file
            return False


def unpacked_hash(path: Path) -> str:
    """Return the SHA-256 of what was packed."""
    digest = hashlib.sha256()
    with pa.input_stream(str(path), compression="zstd") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def compress(path: Path, place: Path) -> None:
    with path.open("rb") as stream, pa.output_stream(str(place), compression="zstd") as out:
        while block := stream.read(BLOCK):
            out.write(block)


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's entries, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def safe_name(name: str) -> str:
    clean = re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip(".")
    return clean[-80:] or "file"
