"""What the dynamics are of, and at which moments: parts that exclude each other, and equally spaced instants."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.errors import UnknownNameError, UsageError
from segmentary.language.segmentations import part_name
from segmentary.language.tree import EntityType, SegmentDefinition
from segmentary.models.rfm_names import NAMES as RFM_NAMES
from segmentary.schema import EVENTS
from segmentary.workspace.backfilling import earliest
from segmentary.workspace.definitions import current_segmentations
from segmentary.workspace.moments import Moment, as_of_instant

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Every = Literal["day", "week", "month", "quarter"]
MOST_MOMENTS = 400
DAYS: dict[Every, int] = {"day": 1, "week": 7}
MONTHS: dict[Every, int] = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Division:
    """Parts that exclude each other.

    segments : the segment of each part, where the parts are segments. trait : the text trait whose values they are.
    parts : empty: the values of the trait, whichever there are.
    """

    name: str
    parts: tuple[str, ...]
    segments: tuple[str, ...]
    trait: str | None
    entity: EntityType = "customer"
    definitions: dict[str, SegmentDefinition] = field(default_factory=dict)


def division(workspace: Workspace, of: str | Sequence[str]) -> Division:
    """Return what a name or several mean: a segmentation, a text trait such as ``rfm_segment``, or segments.

    Raises
    ------
    UnknownNameError
        when a name is none of these.
    """
    names = (of,) if isinstance(of, str) else tuple(dict.fromkeys(of))
    if not names:
        raise UsageError(
            "the dynamics of what?", hint="name a segmentation, a text trait such as rfm_segment, or segments"
        )
    held = workspace.segments_defined()
    if len(names) == 1 and names[0] not in held:
        made = current_segmentations(workspace.ledger)
        if names[0] in made:
            one = made[names[0]]
            parts = (*(each.name for each in one.parts), one.otherwise)
            segments = tuple(part_name(one, part) for part in parts)
            chosen = {name: held[name] for name in segments}
            return Division(names[0], parts, segments, None, one.entity, chosen)
        return by_trait(workspace, names[0], [*held, *made])
    for name in names:
        if name not in held:
            raise UnknownNameError("segment", name, held, see="see `segmentary segment list`")
    kinds = {held[name].entity for name in names}
    if len(kinds) > 1:
        raise UsageError(f"these are segments of different things: {', '.join(sorted(kinds))}")
    chosen = {name: held[name] for name in names}
    return Division(" and ".join(names), names, names, None, kinds.pop(), chosen)


def by_trait(workspace: Workspace, name: str, also: Sequence[str]) -> Division:
    """Return the division by a text trait."""
    from segmentary.workspace.variables import types_of

    types = types_of(workspace)
    if name not in types:
        texts = [one for one, kind in types.items() if kind == "text"]
        raise UnknownNameError(
            "segmentation, segment or text trait", name, [*also, *texts], see="see `segmentary segment list`"
        )
    if types[name] not in ("text", "boolean"):
        raise UsageError(
            f"{name} is a {types[name]}: its values are no groups",
            hint="name a text trait (rfm_segment), a segmentation or segments; `band` makes groups of numbers",
        )
    parts = tuple(RFM_NAMES) if name == "rfm_segment" else ("yes", "no") if types[name] == "boolean" else ()
    return Division(name, parts, (), name)


# ---------------------------------------------------------------- moments


def series(workspace: Workspace, since: Moment, until: Moment, every: Every) -> list[dt.datetime]:
    """Return equally spaced moments up to `until` (default: `newest`), the last one that moment.

    since : default: twelve steps before, but not before the first thing that is dated. Months are those of the calendar
    in the workspace's zone.

    Raises
    ------
    UsageError
        when they are no moments in order, or too many.
    """
    if every not in (*DAYS, *MONTHS):
        raise UsageError(f"every {every!r} is no distance between moments", hint="day, week, month or quarter")
    zone = workspace.settings.timezone
    end = as_of_instant(until, zone) if until is not None else newest(workspace)
    oldest = earliest(workspace)
    start = as_of_instant(since, zone) if since is not None else None
    if start is not None and start > end:
        raise UsageError("the time ends before it begins", hint="--since a day before --until")
    found = [end]
    for moment in backwards(end, every, zone):
        if start is None and (len(found) > 12 or (oldest is not None and moment < oldest)):
            break
        if start is not None and moment < start:
            break
        if len(found) > MOST_MOMENTS:
            raise UsageError(f"more than {MOST_MOMENTS} moments", hint="a later --since or a larger --every")
        found.append(moment)
    return found[::-1]


def newest(workspace: Workspace) -> dt.datetime:
    """Return the moment of the newest run; before any, the end of the data, or now where they reach that far."""
    run = workspace.last_run()
    if run is not None:
        return run.as_of
    workspace.derived.ensure()
    happened = exp.Max(this=exp.column("happened_at", quoted=True))
    last = workspace.engine.value(exp.select(happened).from_(exp.table_(EVENTS.name, quoted=True)))
    now = workspace.tick()
    if last is None:
        return now
    zone = workspace.settings.timezone
    day = last.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date() + dt.timedelta(days=1)
    return min(now, as_of_instant(day, zone))


def backwards(end: dt.datetime, every: Every, timezone: str) -> Iterator[dt.datetime]:
    """Yield the moments before one: the same time of the clock, days or calendar months earlier."""
    for step in itertools.count(1):
        try:
            yield stepped(end, every, -step, timezone)
        except (ValueError, OverflowError):
            return


def following(end: dt.datetime, every: Every, count: int, timezone: str) -> list[dt.datetime]:
    """Return the moments after one."""
    return [stepped(end, every, step, timezone) for step in range(1, count + 1)]


def stepped(moment: dt.datetime, every: Every, steps: int, timezone: str) -> dt.datetime:
    """Return the moment so many days or calendar months away, at the same time of the clock."""
    zone = ZoneInfo(timezone)
    local = moment.astimezone(zone).replace(tzinfo=None)
    if every in DAYS:
        local += dt.timedelta(days=DAYS[every] * steps)
    else:
        year, month = divmod(local.year * 12 + local.month - 1 + MONTHS[every] * steps, 12)
        local = local.replace(year=year, month=month + 1, day=min(local.day, calendar.monthrange(year, month + 1)[1]))
    return local.replace(tzinfo=zone).astimezone(dt.UTC)


def labels_of(moments: Sequence[dt.datetime], timezone: str) -> tuple[str, ...]:
    """Return the moments as days, with the time where days are not enough."""
    local = [moment.astimezone(ZoneInfo(timezone)) for moment in moments]
    days = [f"{one:%Y-%m-%d}" for one in local]
    return tuple(days if len(set(days)) == len(days) else [f"{one:%Y-%m-%d %H:%M}" for one in local])
