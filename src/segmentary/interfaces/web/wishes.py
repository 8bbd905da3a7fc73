"""The form of a new search for segments: what is asked for so far, what can be asked for, and what it would take."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segmentary.errors import SegmentaryError
from segmentary.workspace.discovery_jobs import span
from segmentary.workspace.variable_choice import (
    SCORES,
    SUGGESTED_BASES,
    Plan,
    Variable,
    people_of,
    planned,
    suggested,
    variables,
)

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from segmentary.workspace.workspace import Workspace

SPANS = ("2..8", "2..5", "2..12", "2", "3", "4", "5", "6", "7", "8", "9", "10")
LONGEST = 200
FIRST = "segments"
REPETITIONS = ("10", "25", "50", "100", "200")
Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class VariableView:
    """A variable in the form, ticked or not; range : its values in words."""

    variable: Variable
    ticked: bool
    range: str


@dataclass(frozen=True, slots=True)
class Group:
    """The variables of one kind of knowledge."""

    base: str
    title: str
    usable: tuple[VariableView, ...]
    unusable: tuple[VariableView, ...]


@dataclass(frozen=True, slots=True)
class WishView:
    """The whole form.

    bases : kinds of knowledge from which a choice to begin with can be taken. plan : None: nothing is ticked yet, or it
    cannot be said, and `wrong` why. duration : how long it will take, in words.
    """

    survey: str
    surveys: tuple[str, ...]
    within: str
    segments: tuple[tuple[str, str, int | None], ...]
    span: str
    name: str
    base: str
    groups: tuple[Group, ...]
    bases: tuple[tuple[str, str], ...]
    methods: tuple[tuple[str, str, bool], ...]
    plan: Plan | None
    method_titles: str
    duration: str
    wrong: str
    people: int
    repetitions: int
    money: tuple[tuple[str, str], ...] = ()
    traits: tuple[tuple[str, str], ...] = field(default=())


def wish_of(workspace: Workspace, given: QueryParams, words: gettext.NullTranslations) -> WishView:
    """Return the form as the address fills it; what the address names wrongly is left out."""
    from segmentary.models.discover.methods import METHODS
    from segmentary.workspace.variables import surveys

    said = words.gettext
    held = tuple(surveys(workspace))
    survey = given.get("survey", "") if given.get("survey", "") in held else ""
    known = variables(workspace, survey)
    within = given.get("within", "") if given.get("within", "") in workspace.segments_defined() else ""
    base = given.get("base", "") if given.get("base", "") in SUGGESTED_BASES else ""
    fit = {one.name for one in known if one.suitable}
    ticked = {one for one in given.getlist("by")[:LONGEST] if one in fit}
    if base and not survey:
        ticked |= set(suggested(workspace, base, known))
    if survey and "by" not in given:
        ticked = fit
    chosen = [one.name for one in known if one.name in ticked]
    tried = tuple(one for one in given.getlist("methods") if one in METHODS)
    asked = given.get("segments", SPANS[0]) if given.get("segments", SPANS[0]) in SPANS else SPANS[0]
    repetitions = int(given.get("repetitions", "")) if given.get("repetitions", "") in REPETITIONS else 100
    plan, wrong = plan_of(workspace, chosen, survey, within, asked, tried, repetitions)
    return WishView(
        survey,
        held,
        within,
        tuple((one.name, one.title, one.people) for one in workspace.segments()),
        asked,
        free_name(workspace, given.get("name", "")[:60] or base or survey or FIRST),
        base,
        groups(known, ticked, said),
        () if survey else bases(workspace, known, said),
        tuple((name, one.title, name in tried) for name, one in METHODS.items()),
        plan,
        "" if plan is None else ", ".join(METHODS[name].title for name in plan.methods),
        "" if plan is None else duration(plan.seconds, words),
        wrong,
        people_of(workspace, "") or 0,
        repetitions,
        tuple((one.name, one.title) for one in known if one.type == "number" and one.base == "value"),
        tuple((one.name, one.title) for one in known if one.suitable),
    )


def plan_of(
    workspace: Workspace,
    chosen: list[str],
    survey: str,
    within: str,
    asked: str,
    methods: tuple[str, ...],
    repetitions: int,
) -> tuple[Plan | None, str]:
    if not chosen:
        return None, ""
    try:
        found = planned(
            workspace,
            chosen,
            survey=survey,
            within=within,
            segments=span(asked),
            methods=methods,
            repetitions=repetitions,
        )
    except SegmentaryError as error:
        return None, error.message
    return found, ""


def free_name(workspace: Workspace, wished: str) -> str:
    """Return a name no solution has yet."""
    name = "".join(one if one.isascii() and one.isalnum() else "_" for one in wished.lower()).strip("_") or FIRST
    name = name if name[0].isalpha() else f"{FIRST}_{name}"
    held = {one.name for one in workspace.discoveries.kept()}
    if name not in held:
        return name
    return next(made for number in range(2, len(held) + 3) if (made := f"{name}_{number}") not in held)


def groups(known: tuple[Variable, ...], ticked: set[str], said: Say) -> tuple[Group, ...]:
    """Return the variables by kind of knowledge, the usable ones first."""
    found: dict[str, list[VariableView]] = {}
    for one in known:
        found.setdefault(one.base, []).append(VariableView(one, one.name in ticked, range_of(one)))
    order = [*SUGGESTED_BASES, *sorted(set(found) - set(SUGGESTED_BASES), key=lambda base: (base == SCORES, base))]
    return tuple(
        Group(
            base,
            title_of(base, said),
            tuple(one for one in found[base] if one.variable.suitable),
            tuple(one for one in found[base] if not one.variable.suitable),
        )
        for base in order
        if base in found
    )


def range_of(one: Variable) -> str:
    """Return what values a variable has, in short."""
    if one.low and one.high:
        return f"{short(one.low)} – {short(one.high)} {one.unit}".strip()
    return ", ".join(value if len(value) <= 24 else f"{value[:23]}…" for value in one.values[:4])


def short(number: str) -> str:
    """Return a number of the catalogue without needless digits."""
    try:
        value = float(number)
    except ValueError:
        return number
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def bases(workspace: Workspace, known: tuple[Variable, ...], said: Say) -> tuple[tuple[str, str], ...]:
    """Return the kinds of knowledge of which there is enough to begin with."""
    usable = [one.base for one in known if one.suitable and not one.doubts]
    return tuple((base, title_of(base, said)) for base in SUGGESTED_BASES if usable.count(base) > 1)


def title_of(base: str, said: Say) -> str:
    """Return a kind of knowledge in words."""
    titles = {
        "behavioural": "What they do",
        "value": "What they spend",
        "psychographic": "What they think and want",
        "demographic": "Who they are",
        "geographic": "Where they are",
        "survey": "What they answered",
        "scores": "What models say of them",
        "other": "Other",
    }
    text = titles.get(base, base)
    return said(text)


def duration(seconds: tuple[int, int], words: gettext.NullTranslations) -> str:
    """Return how long something takes in words, from and to."""
    low, high = seconds
    if high < 60:
        return words.gettext("about %(low)s to %(high)s seconds") % {"low": max(1, low), "high": max(2, high)}
    if low < 60:
        return words.ngettext("up to %(num)s minute", "up to %(num)s minutes", -(-high // 60)) % {"num": -(-high // 60)}
    said = {"low": low // 60, "high": -(-high // 60)}
    return words.gettext("about %(low)s to %(high)s minutes") % said
