"""The answers a market is measured by, fetched once: respondents, their segments, their weights."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlglot import exp

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.market.groups import Groups
from segmentary.market.raking import Margin, Raked, rake
from segmentary.market.survey_design import SurveyDesign
from segmentary.models.table.coding import coded_as
from segmentary.models.table.typed_table import Floats
from segmentary.workspace.market_plan import MarketPlan
from segmentary.workspace.variables import People, respondents, surveys

if TYPE_CHECKING:
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.workspace.workspace import Workspace

NO = frozenset({"no", "false", "0", "n", "nein", "non"})
YES = frozenset({"yes", "true", "1", "y", "ja", "oui"})


@dataclass(frozen=True)
class Respondents:
    """Who was asked in a wave (or in all, wave None): answers, segments, design."""

    people: People
    groups: Groups
    design: SurveyDesign
    raked: Raked | None

    def texts(self, item: str) -> list[str | None]:
        """Return the answers to an item as texts."""
        column = self.people.frame.column(self.people.items[item])
        return [None if one is None else written(one) for one in column.to_pylist()]

    def numbers(self, item: str) -> Floats:
        """Return the answers to an item as numbers; yes and no as 1 and 0; others are missing."""
        column = self.people.frame.column(self.people.items[item])
        if pa.types.is_floating(column.type):
            return np.array(column.to_numpy(), dtype=np.float64)
        return np.array([truth(one) for one in column.to_pylist()], dtype=np.float64)

    def grid(self, items: Sequence[str]) -> Floats:
        """Return (n, items) numbers."""
        return np.column_stack([self.numbers(item) for item in items])


def truth(text: str | None) -> float:
    """Return 1 for a yes, 0 for a no, NaN for anything else."""
    word = (text or "").strip().casefold()
    return 1.0 if word in YES else 0.0 if word in NO else float("nan")


def written(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class MarketData:
    """The data of a plan."""

    def __init__(self, workspace: Workspace, plan: MarketPlan) -> None:
        self.workspace = workspace
        self.plan = plan

    @cached_property
    def solution(self) -> Solution | None:
        """The solution that makes the segments."""
        return self.workspace.discoveries.solution(self.plan.solution) if self.plan.solution else None

    @cached_property
    def everybody(self) -> People:
        """Return the respondents of all waves with every item the plan needs.

        Raises
        ------
        UnknownNameError
            when the survey or an item is not there.
        """
        plan, held = self.plan, surveys(self.workspace)
        if plan.survey not in held:
            raise UnknownNameError("survey", plan.survey, held, see=", ".join(held) or "no survey was loaded")
        items = held[plan.survey]
        wanted = [*plan.items, *self.solution_items(), *self.replicate_items(items)]
        for item in wanted:
            if item not in items:
                raise UnknownNameError(f"item of {plan.survey}", item, items)
        return respondents(self.workspace, plan.survey, wanted or items[:1])

    def solution_items(self) -> list[str]:
        """Return the items the solution is made of."""
        from segmentary.workspace.variables import survey_items

        if self.solution is None:
            return []
        names = survey_items(self.workspace, self.plan.survey)
        missing = [one.name for one in self.solution.columns if one.name not in names]
        if missing:
            raise NoAnswerError(
                f"{self.plan.solution} is made of {missing[0]}, which {self.plan.survey} does not ask",
                hint="make the solution of this survey's items",
            )
        return [names[one.name] for one in self.solution.columns]

    def replicate_items(self, items: Sequence[str]) -> list[str]:
        """Return the items that are replicate weights, in their natural order."""
        pattern = str(self.plan.replicates.get("items", ""))
        found = fnmatch.filter(items, pattern) if pattern else []
        if pattern and not found:
            raise UnknownNameError("replicate weights", pattern, items)
        return sorted(found, key=lambda name: (len(name), name))

    @cached_property
    def waves(self) -> list[str]:
        """The waves there are, in order of their names; one without a name where there are none."""
        design = self.everybody.design
        names = design.column("wave").to_pylist() if design is not None else []
        return sorted({name for name in names if name}) or [""]

    @cached_property
    def asked(self) -> Respondents:
        """The wave sizes are taken from: the plan's, else the newest."""
        return self.wave(self.plan.wave or self.waves[-1])

    def wave(self, name: str) -> Respondents:
        """Return one wave."""
        if name not in self.waves:
            raise UnknownNameError("wave", name, self.waves)
        people = self.everybody
        if name and people.design is not None:
            rows = pa.array([one == name for one in people.design.column("wave").to_pylist()])
            people = replace(people, frame=people.frame.filter(rows), design=people.design.filter(rows))
        known = self.weighed(people)
        design = self.design(known)
        found = Respondents(known, self.groups(known), design, None)
        if not self.plan.margins:
            return found
        margins = [Margin(item, found.texts(item), dict(targets)) for item, targets in self.plan.margins.items()]
        raked = rake(design, margins, population=self.plan.population, trim=self.plan.trim)
        return replace(found, design=raked.design, raked=raked)

    def weighed(self, people: People) -> People:
        """Return the respondents who have a weight, where any has one."""
        if people.design is None or people.design.column("weight").null_count == people.design.num_rows:
            return people
        rows = people.design.column("weight").is_valid()
        return replace(people, frame=people.frame.filter(rows), design=people.design.filter(rows))

    def design(self, people: People) -> SurveyDesign:
        """Return how the sample was drawn, as far as the answers say."""
        table, n = people.design, people.frame.num_rows
        if not n:
            raise NoAnswerError(f"nobody answered {self.plan.survey}")
        if table is None or table.column("weight").null_count == table.num_rows:
            return SurveyDesign.unweighted(n)
        strata, clusters = (words(table, name) for name in ("stratum", "cluster"))
        weights = np.array(table.column("weight").to_numpy(), dtype=np.float64)
        items = self.replicate_items(list(people.items))
        if not items:
            return SurveyDesign(weights, strata, clusters)
        replicates = [people.frame.column(people.items[one]) for one in items]
        for item, column in zip(items, replicates, strict=True):
            if not pa.types.is_floating(column.type):
                raise DataError(
                    f"the replicate weights {item} are no numbers", hint="see replicates: items: in its file"
                )
        grid = np.column_stack([np.array(column.to_numpy()) for column in replicates])
        told = self.plan.replicates
        return SurveyDesign(
            weights, strata, clusters, grid.astype(np.float64), told.get("kind", "brr"), float(told.get("fay", 0.5))
        )

    def groups(self, people: People) -> Groups:
        """Return who is in which segment."""
        if self.solution is None:
            column = people.frame.column(people.items[self.plan.item])
            return Groups.of([None if one is None else written(one) for one in column.to_pylist()])
        table = coded_as(people.frame, self.solution.columns)
        return Groups(self.names, self.solution.assigner.assign(table))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the segments, for people."""
        if self.solution is None:
            return self.asked.groups.names
        return tuple(one.name for one in self.solution.description.segments)

    @cached_property
    def keys(self) -> dict[str, str]:
        """Key of each segment by its name: what definitions and models call it."""
        if self.solution is None:
            return {name: name for name in self.names}
        return dict(zip(self.names, self.solution.assigner.labels, strict=True))

    @property
    def base(self) -> str:
        """The model that says where our customers are."""
        return self.plan.base or self.plan.solution.partition("@")[0]

    def tool(self) -> TypingTool | None:
        """Return the typing tool behind the base's model; None where customers are placed by the solution itself."""
        from segmentary.ledger.records import current_records, record
        from segmentary.market.typing_results import TypingTool

        version = current_records(self.workspace.ledger, "model")[self.base].document["version"]
        document = record(self.workspace.ledger, "solution", self.base, version).document
        return TypingTool.from_document(document["typing"]) if "typing" in document else None

    def customers(self) -> tuple[list[int], int]:
        """Return how many customers are in each segment, and in none, by the model of the plan's base.

        Raises
        ------
        NoAnswerError
            when no model in force places customers in these segments.
        """
        from segmentary.workspace.scoring import models_in_force

        model = self.base
        held = models_in_force(self.workspace.ledger)
        if model not in held:
            raise NoAnswerError(
                "nobody says which customers are in these segments: "
                + (f"{model!r} is not in force" if model else "the plan names no base")
                + (f" (in force: {', '.join(held)})" if held else ""),
                hint="segmentary discover typing SOLUTION --by TRAIT --save-as NAME, then discover assign NAME",
            )
        workspace = self.workspace
        last = workspace.last_run()
        context = workspace.context(last.as_of if last is not None else None)
        evaluation = workspace.evaluate({}, context, traits=[f"{model}.label"])
        label = exp.column(evaluation.given[f"{model}.label"].column, quoted=True)
        query = exp.select(label, exp.Count(this=exp.Star())).from_(exp.table_(evaluation.scored, quoted=True))
        counted: Mapping[str | None, int] = dict(workspace.warehouse.rows(query.group_by(label)))
        strange = [one for one in counted if one is not None and one not in self.keys.values()]
        if strange:
            raise DataError(f"{model} places customers in {strange[0]!r}, which is no segment of this market")
        return [int(counted.get(key, 0)) for key in self.keys.values()], int(counted.get(None, 0))


def words(table: pa.Table, name: str) -> np.ndarray[tuple[int], np.dtype[np.object_]] | None:
    """Return a column of the design, None where nobody has it."""
    column = table.column(name)
    if column.null_count == table.num_rows:
        return None
    return np.array([one if one is not None else "" for one in column.to_pylist()], dtype=object)
