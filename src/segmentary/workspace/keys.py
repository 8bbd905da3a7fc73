"""Secrets of a workspace: made on first use, never the same twice, readable by their owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from segmentary.errors import WorkspaceError

NAME = ".keys.json"
BYTES = 32


def key(folder: Path, purpose: str) -> bytes:
    """Return the secret (32 bytes) for a purpose, such as ``unsubscribe``; make it where there is none.

    Raises
    ------
    WorkspaceError
        when the file is damaged or cannot be written: a new secret would make every signed link invalid.
    """
    path = folder / NAME
    held = held_keys(path)
    if purpose not in held:
        held[purpose] = base64.b64encode(secrets.token_bytes(BYTES)).decode()
        write(path, held)
    return base64.b64decode(held[purpose])


def held_keys(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WorkspaceError(f"the keys {path} cannot be read: {error}", hint="check the file's rights") from error
    try:
        held = json.loads(text)
        if any(len(base64.b64decode(value, validate=True)) != BYTES for value in held.values()):
            raise ValueError
    except (ValueError, AttributeError, TypeError) as error:
        raise WorkspaceError(f"the keys {path} are damaged", hint="restore the file from a backup") from error
    return dict(held)


def write(path: Path, held: dict[str, str]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(held, stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise WorkspaceError(f"the keys {path} cannot be written: {error}") from error
