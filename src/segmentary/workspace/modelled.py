"""What statistics add to a workspace: segments found in its data, and the market around it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from segmentary.errors import UnknownNameError

if TYPE_CHECKING:
    from segmentary.ledger.records import Record
    from segmentary.workspace.discoveries import Discoveries
    from segmentary.workspace.dynamics import Dynamics
    from segmentary.workspace.experiments import Experiments
    from segmentary.workspace.loyalty import LoyaltyOf
    from segmentary.workspace.market_plan import MarketPlan
    from segmentary.workspace.markets import Market
    from segmentary.workspace.predictions import Predictions
    from segmentary.workspace.tailoring import Tailoring
    from segmentary.workspace.workspace import Workspace


class Modelled:
    """A part of every workspace."""

    @cached_property
    def discoveries(self) -> Discoveries:
        """Segments nobody knew: found, validated, kept, put in force, reported."""
        from segmentary.workspace.discoveries import Discoveries

        return Discoveries(cast("Workspace", self))

    @cached_property
    def predictions(self) -> Predictions:
        """What customers will do and be worth: fitted, tested, kept, scored into traits, reported."""
        from segmentary.workspace.predictions import Predictions

        return Predictions(cast("Workspace", self))

    @cached_property
    def dynamics(self) -> Dynamics:
        """How segments change: sizes, transitions, forecasts, drift, tenure, who is about to leave."""
        from segmentary.workspace.dynamics import Dynamics

        return Dynamics(cast("Workspace", self))

    @cached_property
    def tailoring(self) -> Tailoring:
        """What to make of each segment: what it uses, how its tastes move, what to offer it, where to spend."""
        from segmentary.workspace.tailoring import Tailoring

        return Tailoring(cast("Workspace", self))

    @cached_property
    def experiments(self) -> Experiments:
        """What our actions did: experiments planned, assigned and read; campaigns that were none."""
        from segmentary.workspace.experiments import Experiments

        return Experiments(cast("Workspace", self))

    @cached_property
    def loyalty(self) -> LoyaltyOf:
        """How loyal each segment is, by what it says and what it does."""
        from segmentary.workspace.loyalty import LoyaltyOf

        return LoyaltyOf(cast("Workspace", self))

    def market(self, plan: MarketPlan | str | Path) -> Market:
        """Return a market to measure: by its plan, the path of its file, or its name in ``market/NAME.yaml``."""
        from segmentary.workspace.market_plan import MarketPlan, read_plan
        from segmentary.workspace.markets import Market

        workspace = cast("Workspace", self)
        if isinstance(plan, MarketPlan):
            return Market(workspace, plan)
        path = Path(plan)
        named = workspace.folder.root / "market" / f"{plan}.yaml"
        if not path.is_file() and named.is_file():
            path = named
        if not path.is_file():
            held = sorted(one.stem for one in named.parent.glob("*.yaml"))
            raise UnknownNameError("market", str(plan), held, see=f"a market is a file: {named}")
        return Market(workspace, read_plan(path))

    def targets(self) -> list[Record]:
        """Return the decisions whom to serve that are in force."""
        from segmentary.ledger.records import current_records

        return list(current_records(cast("Workspace", self).ledger, "target").values())
