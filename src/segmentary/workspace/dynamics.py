"""How segments change: ``workspace.dynamics``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from segmentary.models.progress import Tell, quiet
from segmentary.workspace.moments import Moment
from segmentary.workspace.states import Cuts, Every, division, labels_of, series, states_of

if TYPE_CHECKING:
    from segmentary.dynamics.sizes import Moves, Sizes
    from segmentary.dynamics.states import States
    from segmentary.dynamics.transitions import Transitions
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
        moments = series(workspace, since, until, every)
        labels = labels_of(moments, workspace.settings.timezone)
        return moves(workspace.warehouse, parted.segments, moments, labels)

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
