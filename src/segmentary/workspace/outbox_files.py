"""Messages of a channel that writes files: judged one by one, written whole, and only then marked as sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.activation.channels.file import format_named, write_messages
from segmentary.activation.delivery import Delivered, Judge, Store, verdict
from segmentary.activation.envelope import unpacked
from segmentary.errors import UsageError
from segmentary.ledger import outbox as kept
from segmentary.models.progress import Tell
from segmentary.workspace.sending_channels import file_place

if TYPE_CHECKING:
    from segmentary.activation.audience import Reason
    from segmentary.activation.message import Outgoing
    from segmentary.workspace.workspace import Workspace

LEASE = dt.timedelta(hours=1)
BATCH = 1_000


def write_file(
    workspace: Workspace,
    store: Store,
    judge: Judge,
    origin: str,
    path: Path | None,
    *,
    waiting: int,
    limit: int | None,
    tell: Tell,
) -> Delivered:
    """Write what is due of one origin to a file, and mark it; killed before that, the same is written again.

    Raises
    ------
    UsageError
        when that file holds messages of this origin already, marked as sent.
    SegmentaryError
        when the place cannot be written; nothing is marked then.
    """
    clock = workspace.tick
    began = clock()
    withheld: Counter[Reason] = Counter()
    counted: Counter[str] = Counter()
    taken: list[kept.Leased] = []

    def messages() -> Iterator[Outgoing]:
        while (size := BATCH if limit is None else min(BATCH, limit - len(taken))) > 0:
            batch = store.lease(now=began, until=clock() + LEASE, limit=size)
            if not batch:
                return
            tell(f"{len(taken):,} of {waiting:,} written", len(taken) / max(waiting, 1))
            for one in batch:
                message, now = unpacked(one.entry), clock()
                reason = verdict(judge, message, now)
                if reason == "quiet":
                    # A file is not read at night because it was written then.
                    reason = None
                if reason is not None:
                    withheld[reason] += 1
                    store.end(one, "withheld", at=now, reason=reason)
                    continue
                taken.append(one)
                yield message

    place = path or free_place(workspace, store, origin)
    if path is not None and path.exists() and f"written to {path.name}" in kept.replies(workspace.ledger, origin):
        raise UsageError(
            f"{path.name} holds messages of {origin} that count as sent; it is not written over",
            hint="name another file for those that are left",
        )
    try:
        write_messages(messages(), place, format_named(place.suffix))
        if taken:
            counted["sent"] = kept.end_all(workspace.ledger, taken, at=clock(), reply=f"written to {place.name}")
        else:
            place.unlink(missing_ok=True)
    finally:
        store.release()
    seconds = (clock() - began).total_seconds()
    files = (str(place),) if taken else ()
    return Delivered(counted["sent"], withheld=dict(withheld), seconds=seconds, files=files)


def free_place(workspace: Workspace, store: Store, origin: str) -> Path:
    """Return where to write: never over a file whose messages are marked as sent."""
    place = file_place(workspace, getattr(store, "channel", "file"), origin)
    written = {reply.removeprefix("written to ") for reply in kept.replies(workspace.ledger, origin) if reply}
    number, found = 2, place
    while found.name in written:
        found = place.with_name(f"{place.stem}-{number}{place.suffix}")
        number += 1
    return found
