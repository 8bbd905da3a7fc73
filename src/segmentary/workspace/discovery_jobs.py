"""Finding segments as jobs: what `segmentary discover` does that takes longer than a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentary.errors import UnknownNameError, UsageError
from segmentary.models.progress import Tell
from segmentary.workspace.asked_arguments import AskedArguments

if TYPE_CHECKING:
    from segmentary.dynamics.emergence import Emergence
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.report_shelf import ShelfFile
    from segmentary.workspace.workspace import Workspace

MOST_SEGMENTS = 20
"""More segments than that nobody serves; every number is tried with every method."""
SPAN = re.compile(r"([0-9]{1,3})(?:\.\.([0-9]{1,3}))?")
CHOICE = re.compile(r"([a-z_]{1,40}):([0-9]{1,3})")
DISCOVER = (
    "name", "by", "survey", "wave", "within", "as_of", "describe_by", "value", "methods", "segments", "choose",
    "kinds", "row_centre", "outcome", "sample", "repetitions", "seed",
)  # fmt: skip
TYPING = ("name", "by", "wanted", "most", "save_as", "seed")
EMERGENCE = ("name", "within", "wave", "as_of", "seed")
TYPED = "_typing"
"""What the tool of a solution is called, where nobody names it: the solution's name and this."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a search for segments came to. segments : how many; recommended : how many are, 1: none."""

    name: str
    version: str
    verdict: str
    sentence: str
    people: int
    segments: int
    recommended: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Tooled:
    """A typing tool that was made and kept. of : its solution; items : the questions, the one that tells most first."""

    name: str
    of: str
    items: tuple[str, ...]
    useful: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was written: whose, and its files."""

    name: str
    files: tuple[ShelfFile, ...]
    missing: tuple[str, ...] = ()


def discover_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Discovered:
    """Find segments, validate them and keep the solution; nobody is placed by it yet.

    arguments : those of ``segmentary discover run``: ``name``, ``by`` (names or patterns), ``survey``, ``wave``,
        ``within``, ``as_of``, ``describe_by``, ``value``, ``methods``, ``segments`` (``"2..8"`` or a number),
        ``choose`` (``"k_means:4"``), ``kinds``, ``row_centre``, ``outcome``, ``sample``, ``repetitions``, ``seed``.

    Raises
    ------
    NoAnswerError
        when there is no honest answer, saying why.
    """
    asked = AskedArguments(arguments, DISCOVER)
    name = asked.needed("name", "what the solution is to be called: small letters, digits, underscores")
    found = workspace.discoveries.run(
        name,
        by=asked.texts("by"),
        survey=asked.maybe("survey"),
        wave=asked.maybe("wave"),
        within=asked.maybe("within"),
        as_of=asked.maybe("as_of"),
        describe_by=asked.texts("describe_by"),
        value=asked.maybe("value"),
        tell=tell,
        methods=asked.texts("methods") or "auto",
        k=span(arguments.get("segments")),
        choose=chosen(asked.text("choose")),
        kinds=kinds(asked.mapping("kinds")),
        row_centre=asked.yes("row_centre"),
        outcome=asked.maybe("outcome"),
        sample=asked.whole("sample", 100_000, least=100, most=5_000_000),
        repetitions=asked.whole("repetitions", 100, least=2, most=1_000),
        seed=asked.seed(),
    )
    solution = found.solution
    kept = next(one for one in workspace.discoveries.kept() if one.name == name)
    return Discovered(
        name,
        kept.version,
        solution.verdict.kind,
        solution.verdict.sentence,
        solution.fit.people,
        solution.k,
        solution.criteria.recommendation.k,
        solution.findings,
    )


def typing_tool_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Tooled:
    """Find the fewest questions that tell a person's segment, and keep the tool as a solution.

    arguments : ``name``, ``by`` (traits of customers; default: the solution's own columns), ``wanted`` (the agreement
        to reach), ``most`` (questions at most), ``save_as`` (default: ``NAME_typing``), ``seed``.
    """
    asked = AskedArguments(arguments, TYPING)
    name = asked.needed("name", "of which solution?").partition("@")[0]
    save_as = asked.text("save_as", name + TYPED)
    if save_as == name:
        raise UsageError("a tool cannot take the place of its solution", hint="another name for save_as")
    made = workspace.discoveries.typing(
        name,
        by=asked.texts("by"),
        save_as=save_as,
        tell=tell,
        wanted=asked.share("wanted", 0.8),
        most=asked.whole("most", 10, least=1, most=50),
        seed=asked.seed(),
    )
    return Tooled(save_as, name, made.items, made.useful, made.sentence)


def emergence_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Emergence:
    """Say who no longer fits the segments of a solution, and whether new ones have appeared."""
    asked = AskedArguments(arguments, EMERGENCE)
    return workspace.discoveries.emergence(
        asked.needed("name", "of which solution?"),
        within=asked.maybe("within"),
        wave=asked.maybe("wave"),
        as_of=asked.maybe("as_of"),
        seed=asked.seed(),
        tell=tell,
    )


def discovery_report_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Reported:
    """Write the report of a solution: page, charts, workbook, and paper and slides where their packages are there."""
    from segmentary.workspace.report_shelf import shelf

    name = AskedArguments(arguments, ("name",)).needed("name", "of which solution?").partition("@")[0]
    files = workspace.discoveries.report(name, tell=tell)
    return Reported(name, shelf(workspace, "discovery", name), files.missing)


def span(value: object) -> range:
    """Return numbers of segments: ``4``, ``"4"``, ``"2..8"``; nothing said is 2 to 8.

    Raises
    ------
    UsageError
        when it is none of these, or more than anybody could serve.
    """
    if value is None or value == "":
        return range(2, 9)
    given = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    found = SPAN.fullmatch(given.strip())
    low, high = (0, 0) if found is None else (int(found[1]), int(found[2] or found[1]))
    if not 2 <= low <= high <= MOST_SEGMENTS:
        raise UsageError(
            "segments is a number of segments, or a span of them", hint=f'"4", or "2..8"; at most {MOST_SEGMENTS}'
        )
    return range(low, high + 1)


def chosen(text: str) -> tuple[str, int] | None:
    """Return method and number of ``k_means:4``; None where nothing is said."""
    if not text:
        return None
    found = CHOICE.fullmatch(text)
    if found is None or not 2 <= int(found[2]) <= MOST_SEGMENTS:
        raise UsageError("choose is a method and a number of segments", hint='"k_means:4"')
    return found[1], int(found[2])


def kinds(given: Mapping[str, str]) -> dict[str, str] | None:
    """Return the kind of each trait named; None where nothing is said."""
    from segmentary.models.table.columns import KINDS

    for kind in given.values():
        if kind not in KINDS:
            raise UnknownNameError("kind", kind, KINDS)
    return dict(given) or None
