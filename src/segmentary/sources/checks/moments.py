"""Times: a last month that is not over, a weekday that never occurs, clocks that seem shifted, dates of nowhere."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.settings import WEEKDAYS, Settings
from segmentary.sources.checks.finding import Finding, many, share_of
from segmentary.sources.checks.records_of import Row, number, records

HERE = Path(__file__).parent
ENOUGH_ROWS = 1_000
ENOUGH_DAYS = 56
NIGHT = range(6)
QUIET_HOURS = 6


def moment_findings(engine: Engine, settings: Settings) -> Iterator[tuple[str, Finding]]:
    """Yield what is odd about the times of order lines and events: (source, finding)."""
    for table in ("order_lines", "recorded_events"):
        rows: dict[str, list[Row]] = {}
        wanted = query(HERE / "moments.sql", timed=exp.table_(table), zone=settings.timezone)
        for row in records(engine, wanted):
            rows.setdefault(str(row["source"]), []).append(row)
        for source, some in rows.items():
            for finding in findings(some, settings):
                yield source, finding


def findings(rows: list[Row], settings: Settings) -> Iterator[Finding]:
    """Yield what the times of one source say."""
    total = sum(number(row, "row_count") for row in rows)
    firsts = [row["first_at"] for row in rows if isinstance(row["first_at"], dt.datetime)]
    lasts = [row["last_at"] for row in rows if isinstance(row["last_at"], dt.datetime)]
    first, last = min(firsts), max(lasts)
    ancient = sum(number(row, "ancient_count") for row in rows)
    if ancient:
        text = f"{many(ancient, 'row')} are dated before 1950: filler dates"
        yield Finding("sentinel_date", "serious", ancient, share_of(ancient, total), text, example=f"{first:%Y-%m-%d}")
    days = calendar.monthrange(last.year, last.month)[1]
    if days - last.day >= 2:
        text = f"the last month ({last:%Y-%m}) has {many(last.day, 'day')} of {days}: a smaller number is no fall"
        yield Finding("partial_last_period", "warn", last.day, None, text)
    if (last - first).days >= ENOUGH_DAYS and total >= ENOUGH_ROWS:
        yield from weekdays(rows, total)
    midnight = sum(number(row, "midnight_count") for row in rows)
    if total >= ENOUGH_ROWS and midnight * 2 < total:
        yield from shifted(rows, settings)


def weekdays(rows: list[Row], total: int) -> Iterator[Finding]:
    """Yield weekdays on which nothing ever happens."""
    seen = Counter[int]()
    for row in rows:
        seen[number(row, "weekday")] += number(row, "row_count")
    for place, name in enumerate(WEEKDAYS, start=1):
        if not seen[place]:
            text = f"nothing ever happens on a {name.title()}: closed, or not recorded?"
            yield Finding("missing_weekday", "info", 0, 0.0 if total else None, text, example=name)


def shifted(rows: list[Row], settings: Settings) -> Iterator[Finding]:
    """Yield a suspicion when the quietest hours of the day are not at night."""
    hours = Counter[int]()
    for row in rows:
        hours[number(row, "hour")] += number(row, "row_count")
    busy = [hours[h] for h in range(24)]
    windows = {start: sum(busy[(start + i) % 24] for i in range(QUIET_HOURS)) for start in range(24)}
    least = min(windows.values())
    middles = [(start + QUIET_HOURS // 2) % 24 for start, rows_in in windows.items() if rows_in == least]
    if any(middle in (*NIGHT, 22, 23) for middle in middles):
        return
    three = {start: sum(busy[(start + i) % 24] for i in range(3)) for start in range(24)}
    quiet = min(three, key=lambda start: (three[start], start))
    peak = max(range(24), key=lambda h: (busy[h], -h))
    text = (
        f"the quietest hours are {quiet}-{(quiet + 2) % 24} and the busiest is {peak} o'clock in {settings.timezone}:"
        " the times are probably in another zone; say which with the mapping's timezone"
    )
    yield Finding("shifted_clock", "serious", three[quiet], None, text)
