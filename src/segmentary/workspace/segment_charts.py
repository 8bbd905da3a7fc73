"""The charts of one segment, drawn from what is served."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.errors import UsageError
from segmentary.workspace.remembering import remembered

if TYPE_CHECKING:
    from segmentary.report.figures import Comparison
    from segmentary.workspace.workspace import Workspace

TRAITS = 14
LEVELS = 16


def draw(workspace: Workspace, name: str, chart: str, width: int) -> Any | None:
    """Return a chart by its name; None where there is none of that name, or nothing to draw."""
    maker = CHARTS.get(chart)
    if maker is None:
        return None
    try:
        return remembered(workspace, ("segment chart", name, chart, width), lambda: maker(workspace, name, width))
    except UsageError:
        return None


def history(workspace: Workspace, name: str, width: int) -> Any | None:
    """Size, entries and exits run by run."""
    from segmentary.report.charts.size_history import Moment, chart

    zone = ZoneInfo(workspace.settings.timezone)
    steps = workspace.segment(name).history()
    if not steps:
        return None
    days = [f"{one.as_of.astimezone(zone):%d %b %Y}" for one in steps]
    moments = [
        Moment(
            day if days.count(day) == 1 else f"{day} #{one.run_id}",
            one.as_of.isoformat(),
            one.size,
            one.entered if place else None,
            one.left if place else None,
        )
        for place, (day, one) in enumerate(zip(days, steps, strict=True))
    ]
    return chart(moments, width=width)


def profile(workspace: Workspace, name: str, width: int) -> Any | None:
    """How far members are from everybody else, trait by trait."""
    from segmentary.report.charts.dots import Dot, chart
    from segmentary.workspace.segment_profile import segment_profile

    found = strongest(segment_profile(workspace, name).comparisons)[:TRAITS]
    if not found:
        return None
    rows = [
        Dot(
            one.label,
            one.difference.effect,
            one.difference.effect_low,
            one.difference.effect_high,
            said(one),
            strong=one.marker,
            group="asked for by its own rule" if one.defining else "what else sets it apart",
        )
        for one in found
    ]
    axis = "difference to everybody else, in standard deviations (0 none, 0.2 small, 0.8 large)"
    return chart(rows, "What sets its members apart", "", form=".1f", lines=(0.0,), axis=axis, width=width)


def strongest(comparisons: tuple[Comparison, ...]) -> list[Comparison]:
    """Return the comparisons, markers and what its own rule does not ask for first; one level of a trait at most two.

    A trait with many levels would fill the picture by itself.
    """
    ordered = sorted(comparisons, key=lambda one: (not one.marker, -abs(one.difference.effect)))
    seen: dict[str, int] = {}
    found = []
    for one in ordered:
        seen[one.trait] = seen.get(one.trait, 0) + 1
        if seen[one.trait] <= 2:
            found.append(one)
    return sorted(found[:TRAITS], key=lambda one: -one.difference.effect)


def said(one: Comparison) -> str:
    """Return both figures: members, then everybody else."""
    if one.kind == "share":
        return f"{one.members * 100:.0f}% / {one.others * 100:.0f}%"
    return f"{figure(one.members)} / {figure(one.others)}"


def figure(value: float) -> str:
    """Return a number as short as it can be read.

    >>> figure(1234.5), figure(12.34), figure(0.1234)
    ('1,234', '12.3', '0.12')
    """
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 1 else f"{value:.2f}"


def shares(workspace: Workspace, name: str, width: int) -> Any | None:
    """Draw what share of members has each answer beside everybody: the segment profile plot."""
    from segmentary.report.charts.segment_profile import Bar, chart
    from segmentary.workspace.segment_profile import segment_profile

    found = segment_profile(workspace, name)
    compared = sorted(
        (one for one in found.comparisons if one.kind == "share"), key=lambda one: -abs(one.difference.effect)
    )[:LEVELS]
    if not compared or found.value is None:
        return None
    head = f"{found.value.title}\nn = {found.people:,}"
    bars = [
        Bar(
            head, one.label, one.members, max(0.0, one.others + one.difference.low),
            min(1.0, one.others + one.difference.high), one.others, one.marker, f"{one.members * 100:.0f}%",
        )
        for one in compared
    ]  # fmt: skip
    return chart(bars, [head], list(dict.fromkeys(one.label for one in compared)), percent=True, width=width)


def flow(workspace: Workspace, name: str, width: int) -> Any | None:
    """Where people came from and went to in the newest run with movement."""
    from segmentary.report.charts.flow import MOST, Ribbon, chart
    from segmentary.workspace.segment_activity import transitions

    found = transitions(workspace, name)
    # Whoever looks, a ribbon is never of a few people only.
    flows = [one for one in found.flows if one.people >= workspace.settings.suppress_below]
    came = [one for one in flows if one.direction == "from"][: MOST - 2]
    went = [one for one in flows if one.direction == "to"][: MOST - 2]
    if not came and not went:
        return None
    own = workspace.segment(name).definition.title or name
    nowhere = "no other segment"
    ribbons = [Ribbon(one.title, own, one.people) for one in came]
    ribbons += [Ribbon(own, one.title, one.people) for one in went]
    for people, ends in ((found.entered_from_nowhere, (nowhere, own)), (found.left_to_nowhere, (own, nowhere))):
        if people is not None and people >= max(1, workspace.settings.suppress_below):
            ribbons.append(Ribbon(*ends, people))
    origins = [*(one.title for one in came), nowhere, own]
    destinations = [own, *(one.title for one in went), nowhere]
    return chart(ribbons, origins, destinations, "Where people came from and went to", "", width=width)


CHARTS: dict[str, Callable[[Workspace, str, int], Any]] = {
    "history": history,
    "profile": profile,
    "shares": shares,
    "flow": flow,
}
