"""By what people could be segmented: every trait with what speaks for and against it, a choice to begin with, a plan.

Figures are those of the newest run, so that looking costs little; a search for segments looks at everything again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import UnknownNameError, UsageError
from segmentary.profiles.catalog import TRAITS_TABLE, Trait
from segmentary.schema import CUSTOMERS
from segmentary.workspace.scoring import outputs_in_force
from segmentary.workspace.variables import REFUSED, surveys

if TYPE_CHECKING:
    from segmentary.language.tree import Base, ValueType
    from segmentary.models.table.columns import Column
    from segmentary.models.table.typed_table import TypedTable
    from segmentary.workspace.workspace import Workspace

MOSTLY, NEARLY_ALL = 0.5, 0.99
"""As in `segmentary.models.table.reading`: from where on a column is called mostly missing, nearly constant."""
LOOKED_AT = 20_000
"""Customers whose values are looked at to say which traits say the same."""
MOST_SUGGESTED = 8
TOP_SHOWN = 5
SUGGESTED_BASES: tuple[Base, ...] = ("behavioural", "value", "psychographic", "demographic", "geographic")
ANSWERS, SCORES = "survey", "scores"
"""Kinds of knowledge beside those of traits: answers, and what models say."""
ROUND = ("hour", "weekday")
"""Units whose last value is followed by the first."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A trait to segment by, or an item of a survey.

    suitable : whether one can segment by it; why_not : if not, why. doubts : what to mind where one can.
    fill_rate : share of customers of whom it is known; None: nothing was computed yet, or it is an item.
    """

    name: str
    title: str
    type: ValueType
    unit: str
    base: str
    source: str
    fill_rate: float | None
    suitable: bool
    why_not: str
    doubts: tuple[str, ...]
    low: str
    high: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two traits that say nearly the same; r : their correlation, among the customers looked at."""

    one: str
    other: str
    r: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search would be like before it begins.

    people : to be segmented; None: not known before. seconds : of one processor core, roughly, (from, to).
    enough, comfortable : people for so many columns (Dolnicar et al. 2014). doubts : sentences.
    """

    people: int | None
    columns: int
    segments: tuple[int, ...]
    methods: tuple[str, ...]
    seconds: tuple[int, int]
    enough: int
    comfortable: int
    alike: tuple[Alike, ...]
    doubts: tuple[str, ...]


def variables(workspace: Workspace, survey: str = "") -> tuple[Variable, ...]:
    """Return every trait of customers, or every item of a survey, and whether one can segment by it.

    Raises
    ------
    UnknownNameError
        when there is no such survey.
    """
    if survey:
        return items(workspace, survey)
    said = outputs_in_force(workspace.ledger)
    scores = {f"{name}.{output}" for name, output in score_names(workspace)}
    return tuple(variable(one, one.name in said, one.name in scores) for one in workspace.traits())


def score_names(workspace: Workspace) -> list[tuple[str, str]]:
    return [(kept.name, output) for kept in workspace.predictions.kept() for output in (*kept.outputs, "version")]


def items(workspace: Workspace, survey: str) -> tuple[Variable, ...]:
    from segmentary.profiles.psychographics import items_of

    workspace.derived.ensure()
    held = [one for one in items_of(workspace.engine) if one.survey == survey]
    if not held:
        raise UnknownNameError("survey", survey, surveys(workspace))
    return tuple(
        Variable(
            one.item, one.item.replace("_", " "), "number" if one.numeric else "text", "", ANSWERS, survey, None, True,
            "", (), "", "", (),
        )
        for one in held
    )  # fmt: skip


def variable(trait: Trait, said: bool, score: bool) -> Variable:
    why = why_not(trait)
    shown = trait.sensitivity == "ordinary"
    return Variable(
        trait.name,
        trait.title,
        trait.type,
        trait.unit,
        SCORES if said or score or trait.kind == "model" else trait.base,
        trait.source,
        trait.fill_rate,
        not why,
        why,
        () if why else doubts(trait, said or score or trait.kind == "model"),
        "" if trait.low is None else str(trait.low),
        "" if trait.high is None else str(trait.high),
        tuple(value for value, _ in trait.top_values) if shown else (),
    )


def why_not(trait: Trait) -> str:
    """Say why one cannot segment by a trait; empty where one can."""
    if trait.type in REFUSED:
        return f"a {trait.type}: {REFUSED[trait.type]}".replace("NAME", trait.name)
    if trait.sensitivity == "identifier":
        return "it names single persons: no group has it in common"
    if trait.fill_rate == 0:
        return "it is known of nobody"
    if trait.low is not None and trait.low == trait.high:
        return f"it is {trait.low} for everybody: it tells nobody apart"
    return ""


def doubts(trait: Trait, said: bool) -> tuple[str, ...]:
    """Say what to mind when segmenting by a trait."""
    found = []
    if trait.fill_rate is None:
        found.append("not counted yet: the next run will")
    elif trait.fill_rate < MOSTLY:
        found.append(f"known of {trait.fill_rate:.0%} only: segments by it rest on the others")
    if said:
        found.append("a score made of other traits: segments by it say what is known already")
    if trait.unit.startswith(ROUND):
        found.append("it goes round: its first and last value are neighbours, and would count as far apart")
    if trait.sensitivity == "special":
        found.append("sensitive: ask whether it may be used for this")
    top = trait.top_values[0][1] if trait.top_values else 0
    known = sum(n for _, n in trait.top_values)
    if trait.type in ("text", "boolean") and known and top / known >= NEARLY_ALL:
        found.append("nearly the same for all: it hardly tells people apart")
    return tuple(found)


# ------------------------------------------------------------ a choice to begin with


def suggested(workspace: Workspace, base: str, known: Sequence[Variable]) -> list[str]:
    """Return traits of one kind of knowledge to begin with: known of most, and no two that say the same."""
    fit = [one for one in known if one.base == base and one.suitable and not one.doubts]
    numbers = [one.name for one in fit if one.type == "number"]
    rest = [one.name for one in fit if one.type == "boolean" or 1 < len(one.values) < TOP_SHOWN]
    twice = alike(workspace, numbers)
    taken: list[str] = []
    for name in (*numbers, *rest):
        if not any({one.one, one.other} == {name, other} for one in twice for other in taken):
            taken.append(name)
    return taken[:MOST_SUGGESTED]


def alike(workspace: Workspace, names: Sequence[str]) -> tuple[Alike, ...]:
    """Return pairs of number traits that say nearly the same (|r| of .7 and more), the strongest first."""
    from segmentary.models.table.sample_size import correlated

    table = looked_at(workspace, names)
    if table is None:
        return ()
    return tuple(Alike(pair.one, pair.other, pair.r) for pair in correlated(table))


def looked_at(workspace: Workspace, names: Sequence[str]) -> TypedTable | None:
    """Return computed number traits of some customers; None where fewer than two are there, or nobody is."""
    import numpy as np

    from segmentary.models.table.columns import Column
    from segmentary.models.table.typed_table import TypedTable

    engine = workspace.warehouse
    if not engine.has_table(TRAITS_TABLE):
        return None
    there = engine.columns(TRAITS_TABLE)
    kept = [name for name in dict.fromkeys(names) if name in there]
    if len(kept) < 2:
        return None
    query = exp.select(*(exp.cast(column(name), "double").as_(name, quoted=True) for name in kept))
    query = query.from_(exp.table_(TRAITS_TABLE, quoted=True)).order_by(column("customer_id")).limit(LOOKED_AT)
    found = engine.table(query)
    if found.num_rows < 3:
        return None
    values = np.column_stack([found.column(name).to_numpy(zero_copy_only=False) for name in kept]).astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    low, high = (one(values, axis=0) for one in (np.fmin.reduce, np.fmax.reduce))
    differ = [place for place in range(len(kept)) if low[place] < high[place]]
    if len(differ) < 2:
        return None
    return TypedTable(tuple(Column(kept[place], "numeric") for place in differ), values[:, differ])


# ------------------------------------------------------------ what it will take


def planned(
    workspace: Workspace,
    by: Sequence[str],
    *,
    survey: str = "",
    within: str = "",
    segments: range = range(2, 9),
    methods: Sequence[str] = (),
    repetitions: int = 100,
) -> Plan:
    """Say what a search would take and what to mind, before anybody waits for it.

    Raises
    ------
    UnknownNameError
        when a trait, segment or method does not exist.
    UsageError
        when one cannot segment by a trait.
    """
    from segmentary.models.discover.methods import fit_for, method_of
    from segmentary.models.table.sample_size import COMFORTABLE_PER_COLUMN, ENOUGH_PER_COLUMN

    known = {one.name: one for one in variables(workspace, survey)}
    chosen = [named(known, name) for name in by]
    people = None if survey else people_of(workspace, within)
    tried = [method_of(name).name for name in methods]
    if not tried and chosen:
        tried = list(fit_for([shaped(one) for one in chosen], people or LOOKED_AT))
    pairs = () if survey else alike(workspace, [one.name for one in chosen if one.type == "number"])
    found = [f"{one.title}: {doubt}" for one in chosen for doubt in one.doubts]
    columns = len(chosen)
    if people is not None and columns and people < ENOUGH_PER_COLUMN * columns:
        found.insert(
            0,
            f"{people:,} people for {columns} variables are {people // columns:,} each: below {ENOUGH_PER_COLUMN}, "
            "segments often do not come back in another sample",
        )
    return Plan(
        people,
        columns,
        tuple(segments),
        tuple(tried),
        seconds(people or LOOKED_AT, columns, segments, tried, repetitions),
        ENOUGH_PER_COLUMN * columns,
        COMFORTABLE_PER_COLUMN * columns,
        pairs,
        tuple(found),
    )


def named(known: Mapping[str, Variable], name: str) -> Variable:
    if name not in known:
        raise UnknownNameError("trait", name, known)
    found = known[name]
    if not found.suitable:
        raise UsageError(f"one cannot segment by {name}", hint=found.why_not)
    return found


def people_of(workspace: Workspace, within: str) -> int | None:
    """Return how many people there are, or are in a segment as served; None where that was never computed."""
    if not within:
        count = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(CUSTOMERS.name, quoted=True))
        return int(workspace.warehouse.value(count) or 0)
    if within not in workspace.segments_defined():
        raise UnknownNameError("segment", within, workspace.segments_defined())
    return next((one.people for one in workspace.segments() if one.name == within), None)


def shaped(one: Variable) -> Column:
    """Return a variable as a column of its kind, as far as that can be told before reading it."""
    from segmentary.models.table.columns import Column

    if one.type == "number":
        counted = one.low.isdecimal() and one.high.isdecimal() and int(one.low) <= 2
        return Column(one.name, "count" if counted else "numeric")
    return Column(one.name, "nominal", ("no", "yes"))


BEFORE, PER_FIT, FITTED = 2.0, 0.022, 2_000
"""Seconds a search takes before it tries anything; and a bootstrap fit of so many people in six columns, per segment
asked for, times a tenth of the columns: measured on 2,469 customers, within a factor of two."""
HEAVY: Mapping[str, float] = {"mixed_mixture": 3.0, "gaussian_mixture": 2.0, "latent_class": 2.0, "k_medoids": 2.0}


def seconds(people: int, columns: int, segments: range, methods: Sequence[str], repetitions: int) -> tuple[int, int]:
    """Return roughly how many seconds of one core a search takes, from and to."""
    from segmentary.models.discover.methods import METHODS

    total = BEFORE + people / 50_000
    for name in methods:
        method = METHODS[name]
        fits = 2 * min(repetitions, method.most_repetitions)
        size = min(people, method.most_bootstrap, FITTED) / FITTED
        for k in segments:
            total += PER_FIT * HEAVY.get(name, 1.0) * fits * size * (0.5 + columns / 12) * k / 4
    return round(total / 2), round(total * 2)
