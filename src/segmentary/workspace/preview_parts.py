"""What a preview tells of the people it found: by a trait, some of them, how to reach them, what they are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from segmentary.workspace.judging import Judged
    from segmentary.workspace.previewing import Wanted
    from segmentary.workspace.workspace import Workspace

MOST_ROWS = 12
SAMPLE = 10
SHOWN = ("email", "first_name", "last_name", "name", "city", "country", "monetary", "order_count", "last_order_at")
VALUED = ("order_count", "monetary", "net_revenue", "recency")


@dataclass(frozen=True, slots=True)
class Row:
    """Members with one value of a trait. ``people`` is missing where the group is too small to be told.

    value : missing for those without one; share_of_members, share_of_base : how many of all members, and of everybody,
    have it; suppressed : too few to be told; low, high : the ends of a range of numbers or days, both included.
    """

    value: object
    people: int | None
    share_of_members: float | None
    share_of_base: float | None
    suppressed: bool = False
    low: object = None
    high: object = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Members by the values of a trait; ``others`` have none of the values shown."""

    trait: str
    rows: tuple[Row, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Some members, always the same ones."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum and a mean over the members who have the trait; ``n`` of them."""

    n: int
    sum: Decimal | None
    mean: Decimal | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What members have bought, as of the newest run. ``n``: members that run knew."""

    n: int
    currency: str
    orders: Figure | None
    revenue: Figure | None
    net_revenue: Figure | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Who comes and who goes, compared with a saved segment; examples where persons may be shown."""

    against: str
    people_before: int
    people_after: int
    entered: int
    left: int
    entered_examples: tuple[str, ...]
    left_examples: tuple[str, ...]


def breakdown(workspace: Workspace, wanted: Wanted, judged: Judged) -> Breakdown:
    """Return members and everybody by the most frequent values of a trait; of many numbers or days, by ranges."""
    from segmentary.workspace.preview_ranges import edges_of, range_of

    trait = wanted.breakdown_by
    if trait is None:
        raise UsageError("by which trait?", hint="name one in breakdown_by")
    table = judged.valued(trait)
    edges = edges_of(judged.engine, table, type_of(workspace, trait))
    place = range_of(edges) if edges else exp.cast(column("value", "valued"), "varchar")
    inside = exp.In(
        this=column("customer_id", "valued"),
        query=exp.Subquery(this=judged.members(wanted.definition.name)),
    )
    members = exp.Sum(this=exp.Case().when(inside, literal(1)).else_(literal(0)))
    bounds = [exp.Min(this=column("value", "valued")), exp.Max(this=column("value", "valued"))] if edges else []
    query = (
        exp.select(
            place.as_("shown", quoted=True),
            exp.Count(this=exp.Star()).as_("n", quoted=True),
            members.as_("members", quoted=True),
            *(one.as_(name, quoted=True) for one, name in zip(bounds, ("low", "high"), strict=False)),
        )
        .from_(table.subquery("valued"))
        .group_by(place.copy())
    )
    if not edges:
        query = query.order_by(exp.Ordered(this=column("members"), desc=True, nulls_first=False), column("shown"))
    else:
        query = query.order_by(exp.Ordered(this=column("shown"), nulls_first=False))
    people, base = judged.people(wanted.definition.name), judged.base(wanted.definition)
    found = judged.engine.rows(query.limit(MOST_ROWS))
    rows = tuple(row_of(one, people, base, wanted.small) for one in found)
    return Breakdown(trait, rows, people - sum(int(one[2] or 0) for one in found))


def row_of(read: tuple[Any, ...], people: int, base: int, small: int) -> Row:
    """Return one row: value (or number of its range), everybody with it, members with it, and the range's ends."""
    shown, n, told = read[0], int(read[1]), int(read[2] or 0)
    low, high = (read[3], read[4]) if len(read) > 3 and shown is not None else (None, None)
    few = told < small
    return Row(
        value_text(low, high) if low is not None else None if shown is None else str(shown),
        None if few else told,
        None if few or not people else told / people,
        None if n < small or not base else n / base,
        few,
        plain_value(low),
        plain_value(high),
    )


def value_text(low: object, high: object) -> str:
    """Return a range in words."""
    return str(plain_value(low)) if low == high else f"{plain_value(low)} to {plain_value(high)}"


def plain_value(value: Any) -> Any:
    """Return a bound without trailing zeros."""
    if isinstance(value, Decimal):
        return Decimal(f"{value.normalize():f}")
    return value


def type_of(workspace: Workspace, trait: str) -> str:
    """Return the type of a trait; text where nothing is known."""
    defined = workspace.traits_defined().get(trait)
    return defined.type if defined is not None else workspace.derived.attribute_types().get(trait, "text")


def sample(workspace: Workspace, wanted: Wanted, judged: Judged) -> Sample:
    """Return some members with traits of the newest run."""
    from segmentary.workspace.exporting import people_table, trait_places

    places = trait_places(workspace)
    traits = tuple(dict.fromkeys(name for name in (*used(wanted), *SHOWN) if name in places))[:MOST_ROWS]
    table = people_table(workspace, judged.members(wanted.definition.name), traits, SAMPLE)
    return Sample(tuple(table.column_names), tuple(table.to_pylist()))


def used(wanted: Wanted) -> Iterable[str]:
    """Return the traits a definition names, in order."""
    from segmentary.language.walk import traits_used

    return sorted(traits_used(wanted.definition.where))


def reach(workspace: Workspace, wanted: Wanted, judged: Judged) -> dict[str, int]:
    """Return how many members have an address of each kind, and agree to marketing there."""
    from segmentary.profiles.consent import CHANNELS
    from segmentary.workspace.exporting import contact_query

    found = {}
    for channel in CHANNELS:
        ids, _ = contact_query(
            workspace, judged.members(wanted.definition.name), channel, "marketing", judged.context.as_of
        )
        found[channel] = int(judged.engine.value(exp.select(exp.Count(this=exp.Star())).from_(ids.subquery("reached"))))
    return found


def value(workspace: Workspace, wanted: Wanted, judged: Judged) -> Worth:
    """Return what members have bought, by the traits of the newest run.

    Raises
    ------
    NoAnswerError
        before the first run.
    """
    from segmentary.workspace.exporting import trait_places

    places = trait_places(workspace)
    if not judged.engine.has_table("traits"):
        raise NoAnswerError("what people are worth is computed by a run", hint="run `segmentary run`")
    names = [name for name in VALUED if places.get(name) == "traits"]
    query = exp.select(exp.Count(this=exp.Star())).from_(judged.members(wanted.definition.name).subquery("members"))
    same = exp.EQ(this=column("customer_id", "traits"), expression=column("customer_id", "members"))
    query = query.join(exp.table_("traits", quoted=True), on=same)
    for name in names:
        query = query.select(exp.Count(this=column(name, "traits")), exp.Sum(this=column(name, "traits")), copy=False)
    row = judged.engine.rows(query)[0]
    figures = {name: figure(int(row[1 + 2 * place]), row[2 + 2 * place]) for place, name in enumerate(names)}
    return Worth(
        int(row[0]),
        workspace.settings.currency or "",
        figures.get("order_count"),
        figures.get("monetary"),
        figures.get("net_revenue"),
    )


def figure(n: int, total: object) -> Figure:
    """Put a sum together with its mean, to the cent."""
    if total is None or not n:
        return Figure(n, None, None)
    exact = Decimal(str(total))
    return Figure(n, exact, (exact / n).quantize(Decimal("0.01")))


def difference(workspace: Workspace, wanted: Wanted, judged: Judged) -> Difference | None:
    """Return who would come and who would go, against a saved segment at the same moment."""
    from segmentary.workspace.judging import judging

    if wanted.against is None:
        return None
    held = workspace.segments_defined()
    if wanted.against not in held:
        raise UnknownNameError("segment", wanted.against, held, see="see `segmentary segment list`", pointer="against")
    asked = {wanted.against: held[wanted.against]}
    with judging(workspace, asked, judged.context, prefix="before", check=judged.engine.check) as before:
        old, new = before.members(wanted.against), judged.members(wanted.definition.name)
        entering, leaving = without(new, old), without(old, new)
        count = exp.select(exp.Count(this=exp.Star()))
        entered = int(judged.engine.value(count.copy().from_(entering.subquery("people"))))
        people_before, people_after = before.people(wanted.against), judged.people(wanted.definition.name)
        judged.engine.seconds += before.engine_seconds
        return Difference(
            wanted.against,
            people_before,
            people_after,
            entered,
            people_before - (people_after - entered),
            examples(judged, entering, wanted.examples),
            examples(judged, leaving, wanted.examples),
        )


def without(some: exp.Query, others: exp.Query) -> exp.Select:
    """Return the ids of one query that another has not."""
    same = exp.EQ(this=column("customer_id", "others"), expression=column("customer_id", "some"))
    return (
        exp.select(column("customer_id", "some"))
        .from_(some.subquery("some"))
        .join(others.subquery("others"), on=same, join_type="left")
        .where(exp.Is(this=column("customer_id", "others"), expression=exp.null()))
    )


def examples(judged: Judged, query: exp.Select, most: int) -> tuple[str, ...]:
    ordered = query.order_by(column("customer_id", "some")).limit(most)
    return tuple(str(one) for (one,) in judged.engine.rows(ordered)) if most else ()


MAKERS: Mapping[str, Callable[[Workspace, Wanted, Judged], Any]] = {
    "breakdown": breakdown,
    "sample": sample,
    "reach": reach,
    "value": value,
    "difference": difference,
}
