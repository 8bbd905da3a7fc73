"""Bodies of webhooks, kept on the disk the moment they come and loaded one after the other by a job.

A body is a file named after its hash, so the same one twice is one. What cannot be loaded is laid aside with the
reason, never thrown away.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentary.errors import AccessDeniedError, BusyError, SegmentaryError, UsageError
from segmentary.ledger.archive import sync
from segmentary.models.progress import Tell, quiet
from segmentary.workspace.keys import NAME, held_keys, write
from segmentary.workspace.uploading import ROOM_LEFT
from segmentary.workspace.webhooks import as_json, receive_webhook

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

FOLDER = "inbox"
ASIDE = "not_loaded"
SOURCE = re.compile(r"[a-z][a-z0-9_]{0,59}")
MOST_WAITING = 50_000
MOST_SOURCES = 500


class Inbox:
    """The bodies that wait.

    ``<workspace>/inbox/<source>/<hash>.body``; those that could not be loaded in ``not_loaded`` beside them.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.root = workspace.folder.root / FOLDER
        self.home = workspace.folder.root

    def put(self, source: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Keep a body: it is durable when this returns. Say whether it was not waiting already.

        headers : those that begin with ``webhook-``; they are needed where the source has a secret.

        Raises
        ------
        UsageError, SourceError
            when the source has no plain name, or the body is neither JSON nor a form.
        AccessDeniedError
            when the signature is missing or wrong.
        """
        if not SOURCE.fullmatch(source):
            raise UsageError("the source has no plain name", hint="small letters, digits and _, such as postmark")
        self.verify(source, body, headers)
        as_json(body)
        folder = self.root / source
        self.check_room(folder)
        for place in (self.root, folder):
            place.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{hashlib.sha256(body).hexdigest()}.body"
        if path.exists():
            return False
        if sum(1 for _ in folder.iterdir()) >= MOST_WAITING:
            raise BusyError("too many bodies wait to be loaded", hint="send it again later")
        partial = folder / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        sync(folder)
        return True

    def check_room(self, folder: Path) -> None:
        """Refuse a body while the disk is nearly full, and ever new sources: a key that sends in may be anybody's."""
        if shutil.disk_usage(self.home).free < ROOM_LEFT:
            raise BusyError("the server's disk is nearly full", hint="send it again later")
        if self.root.is_dir() and not folder.exists() and sum(1 for _ in self.root.iterdir()) >= MOST_SOURCES:
            raise BusyError("too many sources send webhooks", hint=f"at most {MOST_SOURCES}: use one of them")

    def verify(self, source: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Hold the signature (Standard Webhooks) against the secret of the source, where it has one."""
        held = held_keys(self.home / NAME).get(purpose(source))
        if held is None:
            return
        from standardwebhooks import Webhook, WebhookVerificationError

        try:
            Webhook(f"whsec_{held}").verify(body.decode("utf-8"), dict(headers))
        except (WebhookVerificationError, ValueError):
            raise AccessDeniedError(
                "the signature of the webhook is missing, old or wrong", hint="sign it with the secret of this source"
            ) from None

    def new_secret(self, source: str) -> str:
        """Make the secret of a source, in place of an earlier one."""
        if not SOURCE.fullmatch(source):
            raise UsageError("the source has no plain name", hint="small letters, digits and _, such as postmark")
        path = self.home / NAME
        made = base64.b64encode(secrets.token_bytes(32)).decode()
        write(path, {**held_keys(path), purpose(source): made})
        return f"whsec_{made}"

    def waiting(self) -> Iterator[tuple[str, Path]]:
        """Yield source and file of every body that waits, oldest first."""
        if not self.root.is_dir():
            return
        found = [(path.stat().st_mtime_ns, path) for path in self.root.glob("*/*.body")]
        for _, path in sorted(found):
            yield path.parent.name, path

    def not_loaded(self) -> dict[str, int]:
        """Return per source how many bodies could not be loaded."""
        if not self.root.is_dir():
            return {}
        return dict(sorted(Counter(path.parent.parent.name for path in self.root.glob(f"*/{ASIDE}/*.body")).items()))


def purpose(source: str) -> str:
    return f"webhook of {source}"


def receive_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell = quiet) -> dict[str, Any]:
    """Load every body that waits; one that cannot be loaded is laid aside with the reason, and the others go on."""
    if arguments:
        raise UsageError("loading webhooks takes no arguments")
    inbox = Inbox(workspace)
    bodies = list(inbox.waiting())
    loaded, aside = 0, Counter[str]()
    for number, (source, path) in enumerate(bodies):
        tell(f"loading what {source} sent", number / len(bodies))
        try:
            receive_webhook(workspace, path.read_bytes(), source=source)
        except SegmentaryError as error:
            lay_aside(path, error)
            aside[source] += 1
            continue
        path.unlink()
        loaded += 1
    workspace.derived.ensure()
    return {"loaded": loaded, "not_loaded": dict(aside)}


def lay_aside(path: Path, error: SegmentaryError) -> None:
    """Keep a body that could not be loaded, with the reason beside it."""
    folder = path.parent / ASIDE
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{path.stem}.reason.json").write_text(
        json.dumps({"reason": error.message, "hint": error.hint}), encoding="utf-8"
    )
    path.replace(folder / path.name)
