"""Results that are the same until the next run, load or definition: computed once in a process, for all readers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from segmentary.ledger.definitions import newest_numbers
from segmentary.ledger.loads import load_count
from segmentary.ledger.runs import newest_run_id

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Result = TypeVar("Result")
MOST = 256
held: OrderedDict[Hashable, Any] = OrderedDict()
guard = threading.Lock()


def remembered(workspace: Workspace, what: Hashable, make: Callable[[], Result]) -> Result:
    """Return what `make` makes, from memory where nothing changed since it was made.

    what : names the result and all it depends on besides runs, loads and definitions. Results must be frozen values;
    of all workspaces together the newest 256 are kept.
    """
    ledger = workspace.ledger
    state = (newest_run_id(ledger), load_count(ledger), newest_numbers(ledger))
    key = (str(workspace.folder.root.resolve()), state, what)
    with guard:
        if key in held:
            held.move_to_end(key)
            found: Result = held[key]
            return found
    made = make()
    with guard:
        held[key] = made
        while len(held) > MOST:
            held.popitem(last=False)
    return made
