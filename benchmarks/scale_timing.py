"""Wall and CPU seconds of a call, and the floor everything is held against."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

Figures = dict[str, Any]


def timed(what: Callable[[], Any]) -> Figures:
    wall, cpu = time.perf_counter(), time.process_time()
    what()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}


def best(what: Callable[[], Any], times: int = 3) -> Figures:
    return min((timed(what) for _ in range(times)), key=lambda figure: figure["cpu_s"])


def floor_queries() -> tuple[Any, Any]:
    """A scan of three columns, and one group-by of them: what reading every event once has to cost."""
    from segmentary.engine.sqlfile import parse_query

    scan = parse_query("select count(*), max(happened_at), sum(amount) from events")
    group = parse_query(
        "select sum(n), sum(s), max(t) from (select customer_id, count(*) as n, sum(amount) as s, "
        "max(happened_at) as t from events group by customer_id) as g"
    )
    return scan, group
