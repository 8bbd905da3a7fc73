"""Columns of everybody that were computed once and are likely asked for again, in memory, within bounds.

What is kept holds for one state of the warehouse; the first question after a change forgets what held before. Readers
of an older state beside it compute for themselves.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

MOST_BYTES = 512 << 20


class ColumnMemory:
    """Keeps values by key within a number of bytes; the one longest unused goes first. For many threads.

    most_bytes : what is larger than a quarter of it is not kept at all.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.lock = threading.Lock()
        self.state: Hashable = None
        self.held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.bytes = 0

    def find(self, state: Hashable, key: Hashable) -> Any:
        """Return what is kept for a key in a state of the warehouse; None for nothing."""
        with self.lock:
            if state != self.state or key not in self.held:
                return None
            self.held.move_to_end(key)
            return self.held[key][0]

    def keep(self, state: Hashable, key: Hashable, value: Any, size: int) -> None:
        """Keep a value, and forget what another state left."""
        if 4 * size > self.most_bytes:
            return
        with self.lock:
            if state != self.state:
                self.held.clear()
                self.state, self.bytes = state, 0
            if key in self.held:
                self.bytes -= self.held.pop(key)[1]
            self.held[key] = value, size
            self.bytes += size
            while self.bytes > self.most_bytes:
                self.bytes -= self.held.popitem(last=False)[1][1]

    def known(self, state: Hashable, key: Hashable, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Return what is kept for a key, made at the first question."""
        found = self.find(state, key)
        if found is None:
            found = make()
            self.keep(state, key, found, size(found))
        return found
