"""Uploads: files of strangers in a private folder until they are loaded, corrected or a day old.

Nothing in here reads what is in a file but its size and hash. The name a file came with is a label; the name it has on
the disk keeps of it what tells its format and its source.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from segmentary.errors import DataError, SourceError, UnknownNameError

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

FOLDER = "uploads"
FACTS = "upload.json"
LIFETIME = dt.timedelta(hours=24)
USUAL_LIMIT = 1 << 30
ROOM_LEFT = 256 << 20
LOOK_AT_DISK_EVERY = 64 << 20
MOST_UPLOADS = 100
LONGEST_NAME = 120
UPLOAD = re.compile(r"[0-9a-f]{32}")
UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
HARMLESS = re.compile(r"[^\w.\-+()\[\] ,=@]+")


class NoRoomError(DataError):
    """The disk or the limits have no room for the file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in.

    Attributes
    ----------
    name : its name as people see it; file : as it lies on the disk.
    corrections : what a person said about it; proposal : what it is taken for, None before anybody looked;
    loaded : the account, once it is loaded.
    """

    upload: str
    name: str
    file: str
    bytes: int
    sha256: str
    received_at: dt.datetime
    by: str = ""
    corrections: Mapping[str, Any] = field(default_factory=dict)
    proposal: Mapping[str, Any] | None = None
    loaded: Sequence[Mapping[str, Any]] | None = None


def harmless(name: str) -> str:
    r"""Return a file's name without folders, controls, directions of writing and marks that mean something.

    Examples
    --------
    >>> harmless("../../etc/pass\x00wd"), harmless("<b>Aufträge</b> März.csv"), harmless("...")
    ('pass_wd', 'b_ März.csv', 'file')
    """
    last = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()).replace("\\", "/").rpartition("/")[2]
    clean = HARMLESS.sub("_", last).strip(" ._-")
    if len(clean) > LONGEST_NAME or len(clean.encode()) > 2 * LONGEST_NAME:
        suffixes = "".join(PurePosixPath(clean).suffixes[-2:])[-20:]
        stem = clean[: LONGEST_NAME - len(suffixes)]
        while len(stem.encode()) > 2 * LONGEST_NAME - len(suffixes.encode()):
            stem = stem[:-1]
        clean = stem.rstrip(" ._-") + suffixes
    return clean or "file"


def limit_of(workspace: Workspace) -> int:
    """Return how many bytes an upload may have."""
    text = workspace.settings.upload_limit
    if not text:
        return USUAL_LIMIT
    number, unit = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT])i?B", text).groups()  # type: ignore[union-attr]
    return int(float(number) * (1 << UNITS[unit]))


class Uploads:
    """The uploads of a workspace.

    Parameters
    ----------
    now : the workspace's clock.
    """

    def __init__(self, workspace: Workspace, now: Callable[[], dt.datetime] | None = None) -> None:
        self.root = workspace.folder.root / FOLDER
        self.limit = limit_of(workspace)
        self.now = now or workspace.tick.clock

    def begin(self, name: str, *, by: str = "", declared: int | None = None) -> Receiving:
        """Begin to receive a file; old ones are thrown away first.

        Raises
        ------
        NoRoomError
            when it is larger than the limit or the disk, or too many wait already.
        """
        if not self.root.is_dir():
            self.root.mkdir(mode=0o700, exist_ok=True)
        self.root.chmod(0o700)
        self.tidy()
        if len(list(self.root.iterdir())) >= MOST_UPLOADS:
            raise NoRoomError("too many uploads wait to be loaded", hint="load or remove some first")
        self.check(declared or 0)
        return Receiving(self, secrets.token_hex(16), harmless(name), by)

    def check(self, size: int) -> None:
        """Refuse what is too large, or what the disk cannot take."""
        if size > self.limit:
            raise NoRoomError(
                f"the file is larger than {self.limit >> 20:,} MiB",
                hint="set upload_limit in segmentary.toml, split the file, or use `segmentary add` on the server",
            )
        # The archive and the reading take their share too.
        if shutil.disk_usage(self.root).free < 3 * size + ROOM_LEFT:
            raise NoRoomError("the server's disk is nearly full", hint="free some space; nothing was kept")

    def list(self) -> list[Upload]:
        """Return the uploads that are still there, newest first."""
        if not self.root.is_dir():
            return []
        found = [self.read(place) for place in self.root.iterdir() if UPLOAD.fullmatch(place.name)]
        return sorted((one for one in found if one is not None), key=lambda one: one.received_at, reverse=True)

    def get(self, upload: str) -> Upload:
        """Return an upload.

        Raises
        ------
        UnknownNameError
            when there is none of that name, or it is gone by now.
        """
        found = self.read(self.root / upload) if UPLOAD.fullmatch(upload) else None
        if found is None:
            raise UnknownNameError("upload", upload if UPLOAD.fullmatch(upload) else "of that name", ())
        return found

    def path(self, one: Upload) -> Path:
        """Return where the file lies.

        Raises
        ------
        SourceError
            when it was loaded, and is in the archive only.
        """
        path = self.root / one.upload / "file" / one.file
        if not path.is_file():
            raise SourceError("this file is no longer waiting: it was loaded", hint="upload it again to load it anew")
        return path

    def read(self, place: Path) -> Upload | None:
        """Read what is known of an upload; None where it is damaged, unfinished or too old."""
        try:
            document = json.loads((place / FACTS).read_bytes())
            document["received_at"] = dt.datetime.fromisoformat(document["received_at"])
            found = Upload(**document)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return found if found.received_at > self.now() - LIFETIME else None

    def keep(self, one: Upload) -> Upload:
        """Write down what is known of an upload."""
        document = {name: getattr(one, name) for name in Upload.__dataclass_fields__}
        document["received_at"] = one.received_at.isoformat()
        place = self.root / one.upload / FACTS
        partial = place.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            json.dump(document, stream, default=str)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(place)
        return one

    def forget(self, upload: str) -> None:
        """Throw an upload away."""
        one = self.get(upload)
        shutil.rmtree(self.root / one.upload, ignore_errors=True)

    def spent(self, one: Upload) -> None:
        """Throw the file away, and keep what became of it; the archive has it."""
        self.keep(one)
        shutil.rmtree(self.root / one.upload / "file", ignore_errors=True)

    def tidy(self) -> None:
        """Throw away what is too old, and what was never received to its end."""
        oldest = (self.now() - LIFETIME).timestamp()
        for place in self.root.iterdir() if self.root.is_dir() else ():
            received = (place / FACTS).exists()
            gone = self.read(place) is None if received else place.stat().st_mtime < oldest
            if gone:
                shutil.rmtree(place, ignore_errors=True)


class Receiving:
    """One file on its way in: write its bytes, then `end`; leaving the block without it throws it away."""

    def __init__(self, uploads: Uploads, upload: str, name: str, by: str) -> None:
        self.uploads, self.upload, self.name, self.by = uploads, upload, name, by
        self.folder = uploads.root / upload
        self.folder.mkdir(mode=0o700)
        (self.folder / "file").mkdir(mode=0o700)
        self.size = 0
        self.digest = hashlib.sha256()
        place = self.folder / "file" / name
        self.stream: IO[bytes] = os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self.ended = False

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises
        ------
        NoRoomError
            as soon as there are too many.
        """
        before, self.size = self.size, self.size + len(chunk)
        if self.size > self.uploads.limit or before // LOOK_AT_DISK_EVERY != self.size // LOOK_AT_DISK_EVERY:
            self.uploads.check(self.size)
        self.digest.update(chunk)
        try:
            self.stream.write(chunk)
        except OSError as error:
            raise NoRoomError("the server's disk could not take the file", hint="free some space") from error

    def end(self) -> Upload:
        """Make the file durable.

        Raises
        ------
        SourceError
            when there is nothing in it.
        """
        if not self.size:
            raise SourceError("the file is empty", hint="send the file's bytes as the body of the request")
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        found = Upload(
            self.upload, self.name, self.name, self.size, self.digest.hexdigest(), self.uploads.now(), self.by
        )
        self.uploads.keep(found)
        self.ended = True
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()
        if not self.ended:
            shutil.rmtree(self.folder, ignore_errors=True)
