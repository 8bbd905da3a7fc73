"""The report of how segments change: every part the data can answer; what they cannot is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from segmentary.errors import NoAnswerError, SegmentaryError, UsageError
from segmentary.models.progress import Tell, within

if TYPE_CHECKING:
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.dynamics import Dynamics

Found = TypeVar("Found")


def write_dynamics(
    dynamics: Dynamics,
    of: str | Sequence[str],
    series: dict[str, Any],
    ahead: int,
    leaving: str | None,
    path: Path | None,
    seed: int,
    tell: Tell,
) -> DocumentFiles:
    """Write the report into a folder (default: ``reports/dynamics`` in the workspace)."""
    from segmentary.dynamics.sizes import sizes
    from segmentary.dynamics.tenure import tenure
    from segmentary.dynamics.transitions import transitions
    from segmentary.report.dynamics.data import DynamicsReportData
    from segmentary.report.dynamics.report import render_dynamics

    workspace = dynamics.workspace
    missing: list[str] = []
    states = dynamics.states(of, **series, tell=within(tell, 0.0, 0.3))
    engine = workspace.warehouse
    found = sizes(engine, states)
    moved = at_hand(lambda: transitions(engine, states, seed=seed), missing)
    stays = at_hand(lambda: tenure(engine, states), missing)
    coming = None
    if moved is not None:
        coming = at_hand(lambda: dynamics.forecast_from(moved, every=series["every"], ahead=ahead, seed=seed), missing)
    given = {name: series[name] for name in ("since", "until", "every")}
    log = at_hand(lambda: dynamics.moves(of, **given), []) if states.source == "log" else None
    drift = at_hand(
        lambda: dynamics.drift(states.moments[0], states.moments[-1], seed=seed, tell=within(tell, 0.3, 0.5)), missing
    )
    warning = None
    if leaving is not None:
        warning = at_hand(
            lambda: dynamics.leaving(leaving, as_of=states.moments[-1], seed=seed, tell=within(tell, 0.5, 0.7)), missing
        )
    data = DynamicsReportData(
        title=f"How the segments change: {states.name.replace('_', ' ')}",
        generated_for=workspace.folder.root.resolve().name,
        currency=workspace.settings.currency,
        below=workspace.settings.suppress_below,
        sizes=found,
        transitions=moved,
        forecast=coming,
        moves=log,
        drift=None if drift is None else drift.drift,
        together=None if drift is None else drift.together,
        tenure=stays,
        leaving=warning,
        seasons=dynamics.seasons(as_of=states.moments[-1]),
        unanswered=tuple(dict.fromkeys(missing)),
    )
    folder = path if path is not None else workspace.folder.root / "reports" / "dynamics"
    return render_dynamics(data, folder, tell=within(tell, 0.7, 1.0))


def at_hand(ask: Callable[[], Found], missing: list[str]) -> Found | None:
    """Return what can be answered; else note why not."""
    try:
        return ask()
    except (NoAnswerError, UsageError) as error:
        missing.append(error.message if isinstance(error, SegmentaryError) else str(error))
        return None
