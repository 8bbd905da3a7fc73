"""The market of a workspace: sizes, trends, competitors, gaps, attractiveness, the choice whom to serve.

::

    shoppers = workspace.market("market/shoppers.yaml")
    shoppers.sizes().sentence
    shoppers.against().sentence        # our customers against the market
    shoppers.matrix().sentence         # whom to serve, and how firm that is
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segmentary.errors import DataError, NoAnswerError, UnknownNameError, UsageError
from segmentary.ledger.records import append_record
from segmentary.market.criterion import Criterion
from segmentary.market.estimate import Estimate
from segmentary.models.progress import Tell, quiet
from segmentary.workspace.market_data import MarketData
from segmentary.workspace.market_plan import MarketPlan, to_document

if TYPE_CHECKING:
    from segmentary.market.attractiveness import Matrix
    from segmentary.market.base_against_market import BaseAgainstMarket
    from segmentary.market.competition import Competition
    from segmentary.market.gaps import MarketGaps, NeedGaps
    from segmentary.market.perception import Perceptions
    from segmentary.market.potential import Potential
    from segmentary.market.raking import RakeReport
    from segmentary.market.sizing import MarketSizes
    from segmentary.market.targeting import Recommendation, TargetAudience
    from segmentary.market.trends import Trends
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.workspace import Workspace


class Market:
    """One market of a workspace, measured by a survey."""

    def __init__(self, workspace: Workspace, plan: MarketPlan) -> None:
        self.workspace = workspace
        self.plan = plan
        self.data = MarketData(workspace, plan)

    # ------------------------------------------------------------ measuring

    @cached_property
    def _sizes(self) -> MarketSizes:
        from segmentary.market.sizing import size_market

        asked = self.data.asked
        value = asked.numbers(self.plan.value) if self.plan.value else None
        return size_market(asked.groups, asked.design, value=value, unit=self.plan.unit, people=self.plan.people)

    def sizes(self) -> MarketSizes:
        """Return how large each segment is, with errors by the survey's design."""
        return self._sizes

    def rake(self) -> RakeReport:
        """Return what weighting to the plan's margins did.

        Raises
        ------
        UsageError
            when the plan has no margins.
        """
        raked = self.data.asked.raked
        if raked is None:
            raise self.lacks("margins", "{ITEM: {LEVEL: SHARE, ...}}")
        return raked.report

    @cached_property
    def _trends(self) -> Trends:
        from segmentary.market.trends import Wave, trends

        data = self.data
        if len(data.waves) < 2:
            raise NoAnswerError(f"{self.plan.survey} has one wave: no trend can be told", hint="load an earlier one")
        waves = []
        for place, name in enumerate(data.waves):
            part = data.wave(name)
            who = part.people.frame.column("customer_id").to_pylist()
            asked = np.array([one.removesuffix(name).strip() for one in who], dtype=np.str_)
            at = float(name) if name.replace(".", "", 1).isdecimal() else float(place)
            waves.append(Wave(name, at, part.groups, part.design, respondents=asked))
        return trends(waves)

    def trends(self) -> Trends:
        """Return how the segments' shares changed over the survey's waves."""
        return self._trends

    @cached_property
    def _against(self) -> BaseAgainstMarket:
        from segmentary.market.base_against_market import Typed, against_market

        counts, unassigned = self.data.customers()
        tool = self.data.tool()
        typed = Typed(tool.confusion, tool.people) if tool is not None else None
        asked = self.data.asked
        groups = asked.groups
        weighted = asked.design.weighted
        return against_market(
            counts,
            groups,
            asked.design,
            unassigned=unassigned,
            typed=typed,
            in_people=weighted,
            people=self.plan.people,
        )

    def against(self) -> BaseAgainstMarket:
        """Return our customers laid against the market: share, penetration and gap of each segment."""
        return self._against

    def gaps(self) -> MarketGaps:
        """Return the segments where the market is and we are not."""
        from segmentary.market.gaps import market_gaps

        return market_gaps(self.against())

    @cached_property
    def _needs(self) -> NeedGaps:
        from segmentary.market.gaps import need_gaps

        needs, asked = self.plan.needs, self.data.asked
        if not needs:
            raise self.lacks("needs", "{NEED: {importance: ITEM, satisfaction: ITEM}}")
        sides = ("importance", "satisfaction")
        wanted, given = (asked.grid([str(one[side]) for one in needs.values()]) for side in sides)
        low, high = self.plan.scale
        return need_gaps(wanted, given, list(needs), asked.groups, asked.design, low=low, high=high)

    def needs(self) -> NeedGaps:
        """Return the needs that are wanted and not satisfied, by segment."""
        return self._needs

    @cached_property
    def _competition(self) -> Competition:
        from segmentary.market.competition import brand_shares

        use = dict(self.plan.brands.get("use", {}))
        if not use:
            raise self.lacks("brands", "{ours: NAME, use: {BRAND: ITEM, ...}}")
        asked, bought = self.data.asked, dict(self.plan.brands.get("amounts", {}))
        if bought and set(bought) != set(use):
            raise DataError("amounts are of other brands than use", hint="one item a brand in both")
        return brand_shares(
            asked.grid(list(use.values())),
            list(use),
            asked.groups,
            asked.design,
            amounts=asked.grid([bought[brand] for brand in use]) if bought else None,
            ours=str(self.plan.brands.get("ours", "")),
        )

    def competition(self) -> Competition:
        """Return the share of each brand in each segment."""
        return self._competition

    def perceptions(self) -> Perceptions:
        """Return how each brand is seen, by segment."""
        from segmentary.market.perception import perceptions

        told = self.plan.perception
        if not told:
            raise self.lacks("perception", "{ATTRIBUTE: {BRAND: ITEM, ...}}")
        brands = list(dict.fromkeys(brand for part in told.values() for brand in part))
        asked = self.data.asked
        missing = np.full(asked.people.frame.num_rows, np.nan)
        grid = [
            [asked.numbers(part[brand]) if brand in part else missing for part in told.values()] for brand in brands
        ]
        ratings = np.stack([np.column_stack(columns) for columns in grid], axis=1)
        ours = str(self.plan.brands.get("ours", ""))
        return perceptions(ratings, brands, list(told), asked.groups, asked.design, ours=ours if ours in brands else "")

    def potential(self) -> Potential:
        """Return the total, the served and the obtainable market by the plan's assumptions."""
        from segmentary.market.potential import Assumption, market_potential

        if not self.plan.assumptions:
            raise self.lacks("assumptions", "[{name: NAME, stage: tam, likely: N, low: N, high: N, source: WHO}]")
        made = []
        for one in self.plan.assumptions:
            given: dict[str, Any] = {"low": one.get("likely"), "high": one.get("likely"), **one}
            try:
                given |= {end: float(given[end]) for end in ("likely", "low", "high")}
                made.append(Assumption(**given))
            except (KeyError, TypeError, ValueError) as error:
                raise DataError(f"assumption {one.get('name', '?')!r}: {error}") from error
        return market_potential(made, unit=self.plan.unit, title=self.plan.market)

    # ------------------------------------------------------------ choosing

    def figures(self, what: str) -> list[Estimate]:
        """Return a measured figure of each segment, in their order."""
        from segmentary.workspace.market_figures import figures

        return figures(self, what)

    def criterion(self, told: Mapping[str, Any]) -> Criterion:
        """Return a criterion of the plan: points people gave, or a figure measured."""
        given = dict(told)
        name, axis = str(given.pop("name", "")), given.pop("axis", "attractiveness")
        weight = float(given.pop("weight", 1))
        if (of := given.pop("of", None)) is not None:
            return Criterion.estimated(name or of, axis, weight, self.figures(str(of)), source="survey", **given)
        values = self.by_segment(given.pop("values", {}), f"criterion {name!r}")
        if not {"worst", "best"} & given.keys():
            return Criterion.rated(name, axis, weight, values, source=str(given.get("source", "judgement")))
        return Criterion(name, axis, weight, tuple(values), **given)

    def by_segment(self, values: Mapping[str, Any], what: str) -> list[float]:
        """Return one number per segment from a mapping by key or name."""
        known = {**{name: name for name in self.data.names}, **{key: name for name, key in self.data.keys.items()}}
        for one in values:
            if str(one) not in known:
                raise UnknownNameError(f"{what}: segment", str(one), known)
        told = {known[str(key)]: float(value) for key, value in values.items()}
        missing = [name for name in self.data.names if name not in told]
        if missing:
            raise DataError(f"{what} says nothing of {missing[0]}", hint="a value for every segment")
        return [told[name] for name in self.data.names]

    def lacks(self, part: str, spelling: str) -> UsageError:
        """Return the error for a part the plan does not say."""
        return UsageError(f"{self.plan.market} has no {part}", hint=f"say it in its file: {part}: {spelling}")

    def matrix(self, *, weights: Mapping[str, float] | None = None, choose: int | None = None) -> Matrix:
        """Return the segments by attractiveness and our strength, the choice, and how firm it is.

        weights : other weights than the plan's, by criterion. choose : other number of segments to choose.
        """
        from segmentary.market.attractiveness import market_matrix
        from segmentary.market.criterion import Knockout

        if not self.plan.criteria:
            raise self.lacks("criteria", "[{name: NAME, axis: attractiveness or competitiveness, of: FIGURE}]")
        told = self.plan.criteria
        names = [str(one.get("name") or one.get("of")) for one in told]
        for name in weights or {}:
            if name not in names:
                raise UnknownNameError("criterion", name, names)
        criteria = [
            self.criterion({**one, "weight": (weights or {}).get(name, one.get("weight", 1))})
            for name, one in zip(names, told, strict=True)
        ]
        out = []
        for told_out in self.plan.knockouts:
            of = told_out.get("of")
            values = (
                [found.estimate for found in self.figures(str(of))]
                if of
                else self.by_segment(told_out["values"], "knockout")
            )
            out.append(Knockout(str(told_out["name"]), float(told_out["least"]), tuple(values)))
        sizes = self.sizes()
        return market_matrix(
            list(self.data.names),
            criteria,
            m=choose or self.plan.choose,
            blend=self.plan.blend,
            knockouts=out,
            bubble=[one.size.estimate for one in sizes.segments],
            respondents=[one.n for one in sizes.segments],
        )

    def recommendation(self) -> Recommendation:
        """Return which segments to serve, why, and how fragile that is."""
        from segmentary.market.targeting import recommend

        return recommend(self.matrix())

    def target(
        self,
        name: str,
        *,
        by: str,
        why: str = "",
        segments: Sequence[str] = (),
        without: Sequence[str] = (),
        least_confidence: float = 0.0,
    ) -> TargetAudience:
        """Keep the decision whom to serve, and make the audience it becomes an ordinary segment.

        name : of the audience. by : who decides. segments : keys or names; default: those recommended. The segments
        have to be definitions in force (`discoveries.assign`).
        """
        from segmentary.workspace.market_target import decide

        return decide(self, name, by=by, why=why, segments=segments, without=without, least_confidence=least_confidence)

    def keep(self) -> None:
        """Keep the plan in the ledger."""
        document = to_document(self.plan)
        append_record(self.workspace.ledger, "market", self.plan.market, document, at=self.workspace.tick())

    def report(self, path: str | Path | None = None, *, tell: Tell = quiet) -> DocumentFiles:
        """Write the report of the market into a folder (default: ``reports/NAME`` in the workspace)."""
        from segmentary.workspace.market_reporting import write_market

        return write_market(self, Path(path) if path is not None else None, tell)
