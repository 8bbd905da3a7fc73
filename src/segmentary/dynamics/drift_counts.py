"""Traits of two moments counted in the engine: bins of the first moment's quantiles, levels, means, the missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp

from segmentary.dynamics.drift import TraitCounts, bin_labels
from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.models.intervals import Moments
from segmentary.models.table.findings import Finding

FINE = 50
"""Bins of a number: the distance is taken over their borders."""
MOST_LEVELS = 1_000
SHOWN_LEVELS = 20
OTHERS = "(others)"


def number_counts(
    engine: Engine, then: exp.Table, now: exp.Table, name: str, *, title: str = "", must: str = ""
) -> TraitCounts:
    """Count a number (a column of doubles) in bins of its quantiles then."""
    borders = borders_of(engine, then, name)
    value = column(name)
    place = exp.Case()
    for number, border in enumerate(borders):
        place = place.when(exp.LTE(this=value.copy(), expression=double(border)), literal(number))
    binned: exp.Expr = place.else_(literal(len(borders))) if borders else literal(0)
    both = exp.union(
        exp.select(literal(0).as_("side"), value.as_("x", quoted=True)).from_(then.copy()),
        exp.select(literal(1).as_("side"), value.copy().as_("x", quoted=True)).from_(now.copy()),
        distinct=False,
    )
    binned = binned.transform(lambda node: column("x") if node == value else node)
    missing = column("x").is_(exp.null())
    query = (
        exp.select(
            column("side"),
            exp.Case().when(missing, literal(-1)).else_(binned).as_("bin", quoted=True),
            column("x"),
        )
        .from_(both.subquery("both"))
        .subquery("binned")
    )
    counted = (
        exp.select(
            column("side"),
            column("bin"),
            exp.Count(this=exp.Star()),
            exp.Sum(this=column("x")),
            exp.Sum(this=exp.Mul(this=column("x"), expression=column("x"))),
        )
        .from_(query)
        .group_by(column("side"), column("bin"))
    )
    bins = [[0.0] * (len(borders) + 1) for _ in range(2)]
    lost, sums, squares = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    for side, at, people, total, square in engine.rows(counted):
        if at < 0:
            lost[side] = float(people)
        else:
            bins[side][int(at)] = float(people)
            sums[side] += float(total)
            squares[side] += float(square)
    found = [moments_of(sum(bins[side]), sums[side], squares[side]) for side in (0, 1)]
    labels = bin_labels(borders)
    pair = (found[0], found[1]) if found[0].n and found[1].n else None
    return TraitCounts(
        name, title or name, "number", labels, tuple(bins[0]), tuple(bins[1]), lost[0], lost[1], pair, must
    )


def moments_of(n: float, total: float, squares: float) -> Moments:
    mean = total / n if n else 0.0
    return Moments(round(n), mean, max(0.0, (squares - n * mean * mean) / (n - 1)) if n > 1 else 0.0)


def borders_of(engine: Engine, table: exp.Table, name: str) -> list[float]:
    """Return the inner borders of about `FINE` bins of like size: values that occur, each once."""
    value = column(name)
    counted = (
        exp.select(value.as_("x", quoted=True), exp.Count(this=exp.Star()).as_("n", quoted=True))
        .from_(table.copy())
        .where(exp.not_(value.copy().is_(exp.null())))
        .group_by(value.copy())
    )
    running = exp.Window(this=exp.Sum(this=column("n")), order=exp.Order(expressions=[exp.Ordered(this=column("x"))]))
    upto = exp.select(column("x"), running.as_("upto", quoted=True), column("n")).from_(counted.subquery("counted"))
    whole = exp.select(exp.Sum(this=column("n"))).from_(counted.subquery("counted"))
    total = int(engine.value(whole) or 0)
    if not total:
        return []
    places = sorted({-(-total * i // FINE) for i in range(1, FINE)})
    picks = [
        exp.Min(this=exp.Case().when(exp.GTE(this=column("upto"), expression=literal(place)), column("x"))).as_(
            f"v{i}", quoted=True
        )
        for i, place in enumerate(places)
    ]
    row = engine.rows(exp.select(*picks).from_(upto.subquery("upto_here")))[0]
    found = sorted({float(one) for one in row if one is not None})
    largest = float(engine.value(exp.select(exp.Max(this=value.copy())).from_(table.copy())))
    return [one for one in found if one < largest]


def double(value: float) -> exp.Expr:
    """Return a binary fraction as a SQL node, exactly."""
    return exp.cast(exp.Literal.string(repr(float(value))), "double")


def text_counts(
    engine: Engine, then: exp.Table, now: exp.Table, name: str, *, title: str = "", must: str = ""
) -> TraitCounts | Finding:
    """Count the levels of a text or flag; a finding instead where there are too many to be levels."""
    value = exp.cast(column(name), "varchar")
    distinct = exp.select(exp.Count(this=exp.Distinct(expressions=[value.copy()]))).from_(now.copy())
    if int(engine.value(distinct)) > MOST_LEVELS:
        message = f"{name} has more than {MOST_LEVELS:,} values: too many to compare"
        return Finding("too_many_levels", "note", message, "make a trait with bands of it", (name,))
    levels: dict[str | None, list[float]] = {}
    for side, table in enumerate((then, now)):
        query = exp.select(value.copy().as_("x", quoted=True), exp.Count(this=exp.Star())).from_(table.copy())
        for level, people in engine.rows(query.group_by(value.copy())):
            levels.setdefault(level, [0.0, 0.0])[side] += float(people)
    lost = levels.pop(None, [0.0, 0.0])
    order = sorted(levels, key=lambda one: (-sum(levels[one]), str(one)))
    shown, rest = order[:SHOWN_LEVELS], order[SHOWN_LEVELS:]
    counts = [levels[one] for one in shown]
    labels = [str(one) for one in shown]
    if rest:
        labels.append(OTHERS)
        counts.append([sum(levels[one][0] for one in rest), sum(levels[one][1] for one in rest)])
    return TraitCounts(
        name, title or name, "text", tuple(labels), tuple(c[0] for c in counts), tuple(c[1] for c in counts),
        lost[0], lost[1], None, must,
    )  # fmt: skip


def drift_counts(
    engine: Engine,
    then: exp.Table,
    now: exp.Table,
    kinds: Mapping[str, str],
    *,
    titles: Mapping[str, str],
    must: Mapping[str, str],
    tell: Any = lambda sentence, done: None,
) -> tuple[list[TraitCounts], list[Finding]]:
    """Count all traits of two tables. kinds : name to ``number`` (a column of doubles) or anything else (texts)."""
    counted, findings = list[TraitCounts](), list[Finding]()
    for at, (name, kind) in enumerate(kinds.items()):
        tell(f"comparing {name}", at / max(1, len(kinds)))
        count = number_counts if kind == "number" else text_counts
        found = count(engine, then, now, name, title=titles.get(name, name), must=must.get(name, ""))
        if isinstance(found, Finding):
            findings.append(found)
        else:
            counted.append(found)
    return counted, findings


def as_number(value: object) -> float:
    """Return a value of the engine as a binary fraction."""
    return float(value) if isinstance(value, (int, float, Decimal)) else float("nan")


def named(values: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return ", ".join(values)
