"""Messages of a channel that writes files: judged one by one, written whole, and only then marked as sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import chain
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
    began = workspace.tick()
    taken: list[kept.Leased] = []
    withheld: Counter[Reason] = Counter()
    place = path or free_place(workspace, store, origin)
    if path is not None and path.exists() and f"written to {path.name}" in kept.replies(workspace.ledger, origin):
        raise UsageError(
            f"{path.name} holds messages of {origin} that count as sent; it is not written over",
            hint="name another file for those that are left",
        )
    sent = 0
    try:
        due = to_write(workspace, store, judge, taken, withheld, limit=limit, waiting=waiting, tell=tell)
        first = next(due, None)
        # Without a message no file is touched: what stands there may be somebody's.
        if first is not None:
            write_messages(chain((first,), due), place, format_named(place.suffix))
            sent = kept.end_all(workspace.ledger, taken, at=workspace.tick(), reply=f"written to {place.name}")
    finally:
        store.release()
    seconds = (workspace.tick() - began).total_seconds()
    return Delivered(sent, withheld=dict(withheld), seconds=seconds, files=(str(place),) if taken else ())


def to_write(
    workspace: Workspace,
    store: Store,
    judge: Judge,
    taken: list[kept.Leased],
    withheld: Counter[Reason],
    *,
    limit: int | None,
    waiting: int,
    tell: Tell,
) -> Iterator[Outgoing]:
    """Yield the messages that may leave, noting in `taken` what they are, and in `withheld` why others may not."""
    began = workspace.tick()
    while (size := BATCH if limit is None else min(BATCH, limit - len(taken))) > 0:
        batch = store.lease(now=began, until=workspace.tick() + LEASE, limit=size)
        if not batch:
            return
        tell(f"{len(taken):,} of {waiting:,} written", len(taken) / max(waiting, 1))
        for one in batch:
            message, now = unpacked(one.entry), workspace.tick()
            reason = verdict(judge, message, now)
            # A file is not read at night because it was written then.
            if reason is not None and reason != "quiet":
                withheld[reason] += 1
                store.end(one, "withheld", at=now, reason=reason)
                continue
            taken.append(one)
            yield message


def free_place(workspace: Workspace, store: Store, origin: str) -> Path:
    """Return where to write: never over a file whose messages are marked as sent."""
    place = file_place(workspace, getattr(store, "channel", "file"), origin)
    written = {reply.removeprefix("written to ") for reply in kept.replies(workspace.ledger, origin) if reply}
    number, found = 2, place
    while found.name in written:
        found = place.with_name(f"{place.stem}-{number}{place.suffix}")
        number += 1
    return found
