"""What was measured at length and is looked at again: kept in memory, for as long as nothing it rests on changes.

A page that shows a market or an experiment asks for what a job measured. What is kept is told apart by the workspace,
the name, what was asked, and a fingerprint of the data and documents; after a restart it is measured again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from segmentary.ledger.loads import load_count
from segmentary.ledger.runs import newest_run_id

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

MOST = 32
Key = tuple[str, ...]
KEPT: OrderedDict[Key, object] = OrderedDict()
TURN = threading.Lock()


def key_of(workspace: Workspace, what: str, *asked: object) -> Key:
    """Return what tells one finding from another: it changes with every load, run and record."""
    ledger = workspace.ledger
    newest = ledger.rows("select coalesce(max(number), 0) from records")[0][0]
    state = (load_count(ledger), newest_run_id(ledger), newest)
    return (str(workspace.folder.root.resolve()), what, *map(repr, asked), repr(state))


def keep(key: Key, found: object) -> None:
    """Keep a finding; the one that was looked at longest ago makes room."""
    with TURN:
        KEPT[key] = found
        KEPT.move_to_end(key)
        while len(KEPT) > MOST:
            KEPT.popitem(last=False)


def recall(key: Key) -> object | None:
    """Return a finding, None where it has to be measured."""
    with TURN:
        found = KEPT.get(key)
        if found is not None:
            KEPT.move_to_end(key)
        return found
