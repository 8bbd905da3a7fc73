"""Segments nobody knew, in a workspace: found in its data, kept in its ledger, put in force, reported.

::

    found = workspace.discoveries.run("attitudes", by=["attitude_*"])      # found, validated, kept
    found.solution.verdict.sentence                                         # is it real?
    workspace.discoveries.assign("attitudes")                               # everybody is placed in every run
    workspace.run()
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.ledger.records import Record, append_record, current_records, record, records
from segmentary.models.progress import Tell, quiet
from segmentary.workspace.moments import Moment
from segmentary.workspace.variables import People, customers, respondents, surveys, types_of, with_traits

if TYPE_CHECKING:
    from segmentary.dynamics.emergence import Emergence
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.discovery import Found
    from segmentary.models.discover.solution import Solution
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.definitions import Change
    from segmentary.workspace.solution_comparing import SolutionComparison
    from segmentary.workspace.workspace import Workspace

NAME = re.compile(r"[a-z][a-z0-9_]*")
Way = Literal["model", "rules"]


@dataclass(frozen=True, slots=True)
class Saved:
    """A solution the ledger keeps. ``in_force`` : the version that places people (empty: none); ``number`` : v1, v2."""

    name: str
    number: int
    version: str
    method: str
    segments: tuple[str, ...]
    verdict: str
    source: str
    people: int
    created_at: dt.datetime
    in_force: bool


class Discoveries:
    """Found segments of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ finding

    def people(
        self,
        by: Sequence[str],
        *,
        survey: str | None = None,
        wave: str | None = None,
        within: str | None = None,
        as_of: Moment = None,
    ) -> People:
        """Return who is to be segmented and by what: traits of customers, or items of a survey's respondents.

        by : names or patterns (``attitude_*``); of a survey, items, and traits of those respondents who are customers.
        as_of : default: that of the newest run, else now.
        """
        last = self.workspace.last_run()
        context = self.workspace.context(as_of if as_of is not None or last is None else last.as_of)
        if survey is None:
            return customers(self.workspace, by, context, within=within)
        if within is not None:
            raise UsageError("a survey's respondents are not a segment", hint="leave --within out")
        items = surveys(self.workspace).get(survey, [])
        known = [one for one in by if one in items or fnmatch.filter(items, one) or one not in types_of(self.workspace)]
        people = respondents(self.workspace, survey, known, wave=wave)
        return with_traits(self.workspace, people, [one for one in by if one not in known], context)

    def run(
        self,
        name: str,
        *,
        by: Sequence[str] = (),
        survey: str | None = None,
        wave: str | None = None,
        within: str | None = None,
        as_of: Moment = None,
        describe_by: Sequence[str] = (),
        value: str | None = None,
        save: bool = True,
        tell: Tell = quiet,
        **options: Any,
    ) -> Found:
        """Find segments and keep the solution; nobody is placed by it before `assign`.

        Parameters
        ----------
        name : of the solution: small letters, digits, underscores.
        by, survey, wave, within, as_of : as in `people`.
        describe_by : more columns the segments are compared in. value : the trait that is money per person.
        save : whether the ledger keeps the solution.
        options : others of `segmentary.models.discover.discovery.discover`: methods, k, choose, sample, seed, kinds ...

        Raises
        ------
        NoAnswerError
            when there is no honest answer, saying why.
        """
        from segmentary.models.discover.discovery import discover

        checked(name)
        refuse_codes(options)
        chosen = list(by) if by or survey is None else ["*"]
        also = [*describe_by, *([value] if value else [])] if chosen else []
        people = self.people([*chosen, *also], survey=survey, wave=wave, within=within, as_of=as_of)
        beside = set(self.named(also, people))
        columns = [one for one in people.names if one not in beside or one in by]
        money = self.named([value], people) if value else []
        found = discover(
            people.frame,
            name=name,
            columns=columns,
            ids=people.ids,
            descriptors=[one for one in people.names if one in beside and one not in money] or None,
            value=money[0] if money else None,
            titles=people.titles,
            types={name: kind for name, kind in types_of(self.workspace).items() if name in people.names},
            tell=tell,
            **options_for(people, options),
        )
        fit = replace(found.solution.fit, source=people.source, as_of=people.as_of)
        solution = replace(found.solution, fit=fit)
        found = replace(found, segmentation=replace(found.segmentation, solution=solution))
        if save:
            self.keep(found.solution, found)
        return found

    def named(self, patterns: Sequence[str], people: People) -> list[str]:
        """Return the columns that patterns mean: items are called as their traits."""
        items = {name: item for item, name in people.items.items()}
        return [
            name
            for pattern in patterns
            for name in people.names
            if fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(items.get(name, ""), pattern)
        ]

    # ------------------------------------------------------------ keeping

    def keep(self, solution: Solution, found: Found | None = None) -> Record:
        """Keep a solution; the same again adds nothing.

        found : the discovery it comes from: what its people were like is kept (no person), so that `emergence` can say
            later who no longer fits, and what the report shows beyond the solution.
        """
        checked(solution.name)
        document = solution.to_document() | kept_of(solution, found)
        return append_record(self.workspace.ledger, "solution", solution.name, document, at=self.workspace.tick())

    def kept(self) -> list[Saved]:
        """Return the newest version of every solution kept."""
        models = current_records(self.workspace.ledger, "model")
        found = []
        for name, entry in current_records(self.workspace.ledger, "solution").items():
            document = entry.document
            force = models[name].document["version"] if name in models else ""
            held = [one for one in records(self.workspace.ledger, "solution", name) if not one.retired]
            found.append(
                Saved(
                    name,
                    len(held),
                    entry.version,
                    document["fit"]["method"],
                    tuple(one["name"] for one in document["description"]["segments"]),
                    document["verdict"]["kind"],
                    document["fit"]["source"],
                    document["fit"]["people"],
                    entry.created_at,
                    force == entry.version,
                )
            )
        return found

    def solution(self, name: str, version: str = "") -> Solution:
        """Return a solution kept; version (or ``name@version``): ``v2`` or the beginning of its hash; else the newest.

        Raises
        ------
        UnknownNameError
            when there is none.
        """
        from segmentary.models.discover.solution import Solution

        return Solution.from_document(record(self.workspace.ledger, "solution", name, version).document)

    def rename(self, name: str, names: Mapping[str, str]) -> Solution:
        """Give segments of a solution other names (key -> name), as a new version; return it."""
        solution = self.solution(name)
        keys = {one.key for one in solution.description.segments}
        for key in names:
            if key not in keys:
                raise UnknownNameError("segment", key, keys)
        segments = tuple(replace(one, name=names.get(one.key, one.name)) for one in solution.description.segments)
        made = replace(solution, description=replace(solution.description, segments=segments))
        before = record(self.workspace.ledger, "solution", name)
        document = {**before.document, **made.to_document()}
        append_record(self.workspace.ledger, "solution", before.name, document, at=self.workspace.tick())
        return made

    # ------------------------------------------------------------ force

    def assign(self, name: str, version: str = "", *, way: Way = "model") -> list[Change]:
        """Turn a solution into ordinary versioned segments ``NAME.KEY`` and return what that changes.

        way : "model" places everybody in every run by the solution's own figures (``NAME.label``, ``NAME.confidence``);
            "rules" by the readable rules that approximate it.

        Segments an older version made and this one has no more are retired.
        """
        from segmentary.workspace.adopting import adopt

        return adopt(self.workspace, name, version, way)

    def retire(self, name: str) -> list[Change]:
        """Take a model out of force with the segments `assign` made of it; return what that changes.

        Raises
        ------
        UsageError
            when other definitions in force ask for it, or rest on its segments.
        """
        from segmentary.workspace.adopting import out_of_force

        return out_of_force(self.workspace, name)

    def compare(self, one: str, other: str) -> SolutionComparison:
        """Hold two solutions against each other over the same people: who of one is where in the other."""
        from segmentary.workspace.solution_comparing import compare_solutions

        return compare_solutions(self.workspace, self.solution(one), self.solution(other))

    # ------------------------------------------------------------ use

    def typing(
        self, name: str, *, by: Sequence[str] = (), save_as: str | None = None, tell: Tell = quiet, **options: Any
    ) -> TypingTool:
        """Find the fewest questions (or traits, with `by`) that place people as a solution does.

        by : other columns than the solution's own, such as traits of customers: this carries survey segments to
        everybody. save_as : keep it as a solution of that name that can be put in force.
        """
        from segmentary.models.discover.discovery import sown
        from segmentary.workspace.typing_people import typing_for

        sown(options.get("seed", 0))
        return typing_for(self.workspace, self.solution(name), by, save_as, tell, options)

    def emergence(
        self,
        name: str,
        *,
        within: str | None = None,
        wave: str | None = None,
        as_of: Moment = None,
        seed: int = 0,
        tell: Tell = quiet,
    ) -> Emergence:
        """Say who no longer fits the segments of a solution, and whether new ones have appeared.

        within, wave, as_of : whom to look at, as in `people`: default everybody as of the newest run.

        Raises
        ------
        NoAnswerError
            when what the people were like in whom it was found was not kept, or too few can be placed.
        """
        from segmentary.models.discover.discovery import sown
        from segmentary.workspace.emerging import emergence_of

        sown(seed)
        return emergence_of(self, name, within, wave, as_of, seed, tell)

    def write_tool(self, tool: TypingTool, path: str | Path, *, of: str = "") -> Path:
        """Write a typing tool; the ending says how: .xlsx, .json, .py, .sql, .yaml. of : its solution, for names."""
        from segmentary.workspace.typing_people import write_tool

        described = self.solution(of).description.segments if of else ()
        return write_tool(tool, Path(path), {one.key: one.name for one in described})

    def report(self, name: str, path: str | Path | None = None, *, tell: Tell = quiet) -> DocumentFiles:
        """Write the report of a solution: page, charts, workbook, and PDF and slides where their packages are there."""
        from segmentary.workspace.discovery_reporting import write_discovery

        return write_discovery(self.workspace, name, Path(path) if path is not None else None, tell)


def refuse_codes(options: Mapping[str, Any]) -> None:
    """Refuse to be told codes for nothing: runs place by what the traits say, where such a code is an answer."""
    if options.get("missing"):
        raise UsageError("which answers mean nothing is said when they are loaded", hint="correct them in the file")


def options_for(people: People, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a discovery, about columns as they are called here, with the people's weights."""
    made = dict(options)
    if made.get("kinds"):
        made["kinds"] = {people.items.get(name, name): kind for name, kind in made["kinds"].items()}
    return made if people.weights is None else {"weights": people.weights.to_numpy(), **made}


def kept_of(solution: Solution, found: Found | None) -> dict[str, Any]:
    """Return what is kept beside a solution: what its people are like, and how stable and whence its segments are."""
    from segmentary.dynamics.fit import baseline
    from segmentary.workspace.discovery_reporting import descent_document

    if found is None:
        return {}
    spreads = found.candidates[solution.fit.method, solution.fit.k].segments
    kept = {"slsw": [asdict(one) for one in spreads], **descent_document(found)}
    try:
        return kept | {"baseline": baseline(solution, found.people.table).to_document()}
    except NoAnswerError:
        return kept


def checked(name: str) -> None:
    """Refuse a name that definitions could not use."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a solution", hint="small letters, digits, underscores; a letter first")
