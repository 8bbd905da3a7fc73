"""The only place that reads the clock."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """Return this moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251


class Ticks:
    """Moments that only go forward, whatever the system's clock does.

    A clock set back would make later knowledge look older; so no moment is given out that is not after the last one
    the workspace has recorded.
    """

    def __init__(self, clock: Clock, last: dt.datetime | None) -> None:
        self.clock = clock
        self.last = last
        self.one_at_a_time = threading.Lock()

    def __call__(self) -> dt.datetime:
        """Return a moment after every earlier one."""
        with self.one_at_a_time:
            moment = self.clock()
            if self.last is not None and moment <= self.last:
                moment = self.last + dt.timedelta(microseconds=1)
            self.last = moment
            return moment
