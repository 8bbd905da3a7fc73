"""How segments change: ``workspace.dynamics``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segmentary.errors import UsageError
from segmentary.models.progress import Tell, quiet, within
from segmentary.schema import ORDER_COMPLETED
from segmentary.workspace.coverage import beginnings
from segmentary.workspace.dividing import Every, division, following, labels_of, series
from segmentary.workspace.moments import Moment
from segmentary.workspace.states import Cuts, states_of

if TYPE_CHECKING:
    from segmentary.dynamics.leaving import EarlyWarning
    from segmentary.dynamics.seasons import Seasons
    from segmentary.dynamics.size_forecast import SizeForecast
    from segmentary.dynamics.sizes import Moves, Sizes
    from segmentary.dynamics.states import States
    from segmentary.dynamics.tenure import Tenure
    from segmentary.dynamics.transitions import Transitions
    from segmentary.models.table.findings import Finding
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.drifting import PopulationDrift
    from segmentary.workspace.workspace import Workspace

SourceWish = Literal["auto", "log", "evaluated"]


class Dynamics:
    """Sizes, moves, transitions, forecasts, drift, tenure and who is about to leave.

    Every method takes ``of``: a segmentation, a text trait such as ``rfm_segment``, or segments that exclude each
    other; and a series of equally spaced moments: ``since`` to ``until`` (default: the newest run), ``every`` day,
    week, month or quarter.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def moments(self, since: Moment = None, until: Moment = None, every: Every = "month") -> list[dt.datetime]:
        """Return the moments of a series."""
        return series(self.workspace, since, until, every)

    def states(
        self,
        of: str | Sequence[str],
        *,
        since: Moment = None,
        until: Moment = None,
        every: Every = "month",
        source: SourceWish = "auto",
        cuts: Cuts = "each",
        tell: Tell = quiet,
    ) -> States:
        """Return the table of who stood where at each moment, in the warehouse until the next one is made.

        source : the log of entries and exits, the definitions judged as of each moment, or the log where it reaches.
        cuts : ``first`` keeps the cut points RFM scores had at the first moment.
        """
        moments = series(self.workspace, since, until, every)
        return states_of(self.workspace, of, moments, every=every, source=source, cuts=cuts, tell=tell)

    def sizes(
        self,
        of: str | Sequence[str],
        *,
        since: Moment = None,
        until: Moment = None,
        every: Every = "month",
        source: SourceWish = "auto",
        cuts: Cuts = "each",
        tell: Tell = quiet,
    ) -> Sizes:
        """Return sizes and spend of the parts over time."""
        from segmentary.dynamics.sizes import sizes

        wish = {"since": since, "until": until, "every": every, "source": source, "cuts": cuts, "tell": tell}
        return sizes(self.workspace.warehouse, self.states(of, **wish))  # type: ignore[arg-type]

    def moves(
        self, of: str | Sequence[str], *, since: Moment = None, until: Moment = None, every: Every = "month"
    ) -> Moves:
        """Return who came and who left, by reason, as the log has it."""
        from segmentary.dynamics.sizes import moves

        workspace = self.workspace
        parted = division(workspace, of)
        if not parted.segments:
            raise UsageError(f"{parted.name} is a trait: the log holds segments", hint="transitions say who moves")
        moments = series(workspace, since, until, every)
        labels = labels_of(moments, workspace.settings.timezone)
        begins = {name: at for name, at in beginnings(workspace.ledger).items() if name in parted.segments}
        late = [name for name in parted.segments if name not in begins or begins[name] > moments[0]]
        findings = [log_begins(late, begins)] if late else []
        return moves(workspace.warehouse, parted.segments, moments, labels, begins=begins, findings=findings)

    def transitions(
        self,
        of: str | Sequence[str],
        *,
        since: Moment = None,
        until: Moment = None,
        every: Every = "month",
        source: SourceWish = "auto",
        cuts: Cuts = "each",
        seed: int = 0,
        tell: Tell = quiet,
    ) -> Transitions:
        """Return who went from where to where between neighbouring moments, and whether that changed."""
        from segmentary.dynamics.transitions import transitions

        wish = {"since": since, "until": until, "every": every, "source": source, "cuts": cuts, "tell": tell}
        return transitions(self.workspace.warehouse, self.states(of, **wish), seed=seed)  # type: ignore[arg-type]

    def forecast(
        self,
        of: str | Sequence[str],
        *,
        since: Moment = None,
        until: Moment = None,
        every: Every = "month",
        ahead: int = 3,
        source: SourceWish = "auto",
        cuts: Cuts = "each",
        seed: int = 0,
        tell: Tell = quiet,
    ) -> SizeForecast:
        """Return the sizes to come, by the method that did best on the past: naive where nothing beats it."""
        moved = self.transitions(
            of, since=since, until=until, every=every, source=source, cuts=cuts, seed=seed, tell=within(tell, 0.0, 0.8)
        )
        return self.forecast_from(moved, every=every, ahead=ahead, seed=seed, tell=within(tell, 0.8, 1.0))

    def forecast_from(
        self, moved: Transitions, *, every: Every = "month", ahead: int = 3, seed: int = 0, tell: Tell = quiet
    ) -> SizeForecast:
        """Return the same from transitions that are there."""
        from segmentary.dynamics.size_forecast import forecast_sizes
        from segmentary.models.table.findings import Finding

        seasons = self.seasons(as_of=moved.moments[-1])
        doubt = () if seasons.may_claim else (Finding("no_seasons", "note", seasons.sentence.rstrip(".")),)
        coming = following(moved.moments[-1], every, ahead, self.workspace.settings.timezone)
        labels = labels_of(coming, self.workspace.settings.timezone)
        return forecast_sizes(
            moved.steps, moved.sizes, moved.parts, labels, name=moved.name, period=moved.period, ahead=ahead,
            seed=seed, findings=(*moved.findings, *doubt), tell=tell,
        )  # fmt: skip

    def tenure(
        self,
        of: str | Sequence[str],
        *,
        since: Moment = None,
        until: Moment = None,
        every: Every = "month",
        source: SourceWish = "auto",
        cuts: Cuts = "each",
        tell: Tell = quiet,
    ) -> Tenure:
        """Return how long people stay in each part, and who of the members of each moment is still there later."""
        from segmentary.dynamics.tenure import tenure

        wish = {"since": since, "until": until, "every": every, "source": source, "cuts": cuts, "tell": tell}
        return tenure(self.workspace.warehouse, self.states(of, **wish))  # type: ignore[arg-type]

    def leaving(
        self,
        segment: str,
        *,
        as_of: Moment = None,
        horizon_days: int = 30,
        earlier: int = 6,
        seed: int = 0,
        tell: Tell = quiet,
    ) -> EarlyWarning:
        """Return who of a segment is about to leave: chance, value at stake and reasons, the model tried on the past.

        horizon_days : a member is a leaver when out so many days later. earlier : moments to learn from at most.
        """
        from segmentary.workspace.leaving import about_to_leave

        moment = series(self.workspace, as_of, as_of, "day")[-1]
        return about_to_leave(self.workspace, segment, moment, horizon_days, earlier, seed, tell)

    def drift(
        self,
        since: Moment,
        until: Moment = None,
        *,
        traits: Sequence[str] = (),
        inside: str | None = None,
        seed: int = 0,
        tell: Tell = quiet,
    ) -> PopulationDrift:
        """Return how the people of one moment differ from those of an earlier one, trait by trait and all together.

        traits : names or patterns; none: all that can be compared. inside : of a segment, as it was and as it is.
        """
        from segmentary.workspace.drifting import drift_between
        from segmentary.workspace.moments import as_of_instant

        if since is None:
            raise UsageError("drift since when?", hint="--since 2026-01-01")
        zone = self.workspace.settings.timezone
        now = series(self.workspace, until, until, "day")[-1]
        return drift_between(self.workspace, as_of_instant(since, zone), now, traits, inside, seed, tell)

    def seasons(self, event: str = ORDER_COMPLETED, *, as_of: Moment = None) -> Seasons:
        """Say how much data there is, and what may be said of seasons: nothing before two full years."""
        from segmentary.workspace.seasonal import seasons_of

        return seasons_of(self.workspace, event, as_of)

    def report(
        self,
        of: str | Sequence[str],
        *,
        path: str | Path | None = None,
        since: Moment = None,
        until: Moment = None,
        every: Every = "month",
        ahead: int = 3,
        leaving: str | None = None,
        source: SourceWish = "auto",
        cuts: Cuts = "each",
        seed: int = 0,
        tell: Tell = quiet,
    ) -> DocumentFiles:
        """Write the report of how segments change: a page, charts, a workbook; PDF and slides where they can be.

        leaving : also say who is about to leave this segment.
        """
        from segmentary.workspace.dynamics_reporting import write_dynamics

        wish = {"since": since, "until": until, "every": every, "source": source, "cuts": cuts}
        folder = Path(path) if path is not None else None
        return write_dynamics(self, of, wish, ahead, leaving, folder, seed, tell)


def log_begins(late: Sequence[str], begins: Mapping[str, dt.datetime]) -> Finding:
    """Warn that the log does not reach back so far: nobody is seen to move before it begins."""
    from segmentary.models.table.findings import Finding

    held = [begins[name] for name in late if name in begins]
    since = f"begins at {max(held):%Y-%m-%d %H:%M} UTC" if held else "does not know them yet"
    message = (
        f"the log of {', '.join(late[:3])}{' and others' if len(late) > 3 else ''} {since}: moves before are not in it"
    )
    return Finding("log_begins", "warning", message, "segmentary segment backfill SEGMENT --history all")
