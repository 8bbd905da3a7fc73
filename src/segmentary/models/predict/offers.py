"""What to offer next to every customer, in two lists: what they will buy again, and what they might discover.

The two are different questions. What somebody bought often they will buy again: their own counts say so better than
any recommender. What they never bought is guessed from what others buy together, and the guess is poor: it is right
about one time in ten. Which way of making each list is best is tried on the past of the same data, and said.

Reference: Dacrema, Cremonesi & Jannach (2019), RecSys, on how hard simple counts are to beat; Sarwar et al. (2001),
WWW, items bought by the same people.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.card import plain
from segmentary.models.predict.offer_backtest import ListName, Method, OfferScore, backtest
from segmentary.models.predict.offer_lists import AgainMethod, FreshMethod, Level, OfferBook
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding

if TYPE_CHECKING:
    import pyarrow as pa

    from segmentary.engine.base import Engine
    from segmentary.language.tree import Context

LEVELS: tuple[Level, ...] = ("category", "product_id", "brand")
LISTS: tuple[ListName, ...] = ("buy again", "discover")
SELDOM = 0.05
"""What fewer than this share of its buyers ever buy a second time is bought once: it is not offered again."""


@dataclass(frozen=True, slots=True)
class MostOffered:
    """A thing, to how many customers one list offers it, and to which share of all who have that list."""

    list: ListName
    item: str
    name: str
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class SegmentOffer:
    """A thing in one of the lists of a segment: to how many of its members it is offered."""

    segment: str
    list: ListName
    rank: int
    item: str
    name: str
    share: Interval


@dataclass(frozen=True, eq=False)
class Offers:
    """Offers to everybody.

    Attributes
    ----------
    table : one row per offer: ``customer_id``, ``list`` (buy again, discover), ``rank`` from 1, ``item``, ``name``,
        ``reason`` in words; in that order.
    level : of what: category, product_id, brand. horizon_days : what was tried on the past looked so far ahead.
    methods : how each list was made. scores : what was tried, with precision and gain.
    customers : who bought anything; silent : of how many neither list has anything to say.
    findings : what was left out, and what to mind.
    """

    table: pa.Table
    level: Level
    horizon_days: int
    methods: Mapping[ListName, Method]
    scores: tuple[OfferScore, ...]
    customers: int
    silent: int
    findings: tuple[Finding, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was tried, and what to mind, in words."""
        chosen = [one.sentence for one in self.scores if self.methods.get(one.list) == one.method]
        said = [f"{one.message[:1].upper()}{one.message[1:]}." for one in self.findings]
        if self.silent:
            said.append(f"To {self.silent:,} of {self.customers:,} customers there is nothing to offer.")
        return (*chosen, *said)

    @property
    def most_offered(self) -> tuple[MostOffered, ...]:
        """The ten things each list offers to most customers, the most frequent first."""
        found: list[MostOffered] = []
        for name in LISTS:
            counted = counts_of(self.table, name)
            whole = people_of(self.table, name)
            found += [MostOffered(name, item, title, people, people / whole) for item, title, people in counted[:10]]
        return tuple(found)

    def of(self, customer_id: str) -> list[dict[str, Any]]:
        """Return the offers to one customer."""
        import pyarrow.compute as pc

        return list(self.table.filter(pc.equal(self.table.column("customer_id"), customer_id)).to_pylist())

    def per_segment(self, members: Mapping[str, Collection[str]], *, most: int = 10) -> tuple[SegmentOffer, ...]:
        """Return what each list offers most within segments; shares are of members who have that list.

        members : segment -> customer ids.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        found: list[SegmentOffer] = []
        for segment, ids in members.items():
            inside = pc.is_in(self.table.column("customer_id"), value_set=pa.array(sorted(ids), pa.string()))
            part = self.table.filter(inside)
            for name in LISTS:
                whole = people_of(part, name)
                for rank, (item, title, people) in enumerate(counts_of(part, name)[:most], start=1):
                    found.append(SegmentOffer(segment, name, rank, item, title, wilson(people, whole)))
        return tuple(found)

    def to_document(self) -> dict[str, Any]:
        """Return all but the offers themselves as JSON values."""
        from dataclasses import asdict

        return {
            "level": self.level,
            "horizon_days": self.horizon_days,
            "methods": dict(self.methods),
            "scores": plain([asdict(one) for one in self.scores]),
            "customers": self.customers,
            "silent": self.silent,
            "offers": self.table.num_rows,
            "most_offered": [asdict(one) for one in self.most_offered],
            "findings": [one.to_document() for one in self.findings],
        }


def counts_of(table: pa.Table, name: ListName) -> list[tuple[str, str, int]]:
    """Return things of a list with their names and how many customers they are offered to, the most first."""
    import pyarrow.compute as pc

    part = table.filter(pc.equal(table.column("list"), name))
    grouped = part.group_by(["item", "name"]).aggregate([("customer_id", "count")]).to_pylist()
    rows = [(str(one["item"]), str(one["name"]), int(one["customer_id_count"])) for one in grouped]
    return sorted(rows, key=lambda one: (-one[2], one[0]))


def people_of(table: pa.Table, name: ListName) -> int:
    """Return how many customers have a list."""
    import pyarrow.compute as pc

    return int(pc.count_distinct(table.filter(pc.equal(table.column("list"), name)).column("customer_id")).as_py())


def next_best_offers(
    engine: Engine,
    events: exp.Table,
    context: Context,
    *,
    level: str = "category",
    horizon_days: int = 30,
    most: int = 10,
    minimum_base: int = 20,
    leave_out: Collection[str] = (),
    once: Collection[str] = (),
    names: exp.Table | exp.Query | None = None,
    prefix: str = "offers",
    tell: Tell = quiet,
) -> Offers:
    """Return what to offer next to everybody who bought something before as-of.

    Parameters
    ----------
    events : with ``customer_id``, ``name``, ``happened_at``, ``known_at`` and the column of the level.
    level : category, product_id or brand (empty: product_id).
    horizon_days : which list is best is tried on the last so many days. most : offers per customer and list.
    minimum_base : customers who must have bought a thing before it is offered to anybody.
    leave_out : things never offered. once : durable things, not offered again to who has one; what hardly anybody
    buys twice is found and left out of that list by itself.
    names : ``item`` and ``name`` of things, one row each, for people to read.

    Raises
    ------
    NoAnswerError
        nothing was bought, or nothing by enough customers. UnknownNameError : there is no such level.
    """
    chosen = level_of(level)
    if most < 1 or horizon_days < 1 or minimum_base < 1:
        raise DataError(f"most {most}, horizon {horizon_days}, base {minimum_base}", hint="each is 1 or more")
    book = OfferBook(engine, events, context, chosen, prefix, minimum_base, most, frozenset(once), frozenset(leave_out))
    try:
        tell("counting who bought what", 0.0)
        if not book.count():
            raise NoAnswerError(
                f"nobody bought anything with a {chosen} before {context.as_of:%Y-%m-%d}",
                hint="load order lines with products, or offer at another level",
            )
        usual = seldom(book)
        if usual:
            book.texts("once", book.once | book.never | set(usual))
        tell("trying lists on the past", 0.2)
        scores = backtest(book, horizon_days)
        again, fresh = best_again(scores), best_fresh(scores)
        tell("making lists", 0.6)
        return made(book, again, fresh, scores, usual, names, horizon_days)
    finally:
        book.close()


def level_of(level: str) -> Level:
    """Return the level by its name."""
    for one in LEVELS:
        if level == one or (one == "product_id" and level in ("", "product")):
            return one
    raise UnknownNameError("level", level, LEVELS)


def seldom(book: OfferBook) -> list[str]:
    """Return the things that hardly any of their buyers buy again: the whole interval lies below the border."""
    columns = [exp.column(name, quoted=True) for name in ("item", "customers", "again")]
    rows = book.engine.rows(exp.select(*columns).from_(book.table("items")))
    return sorted(str(item) for item, n, again in rows if n >= book.least and wilson(int(again), int(n)).high < SELDOM)


def best_again(scores: tuple[OfferScore, ...]) -> AgainMethod:
    """Return the way with the highest precision; own frequency where nothing could be tried."""
    tried = {one.method: one.precision.estimate for one in scores if one.list == "buy again" and one.precision.n}
    return "recency" if tried.get("recency", 0.0) > tried.get("frequency", 0.0) else "frequency"


def best_fresh(scores: tuple[OfferScore, ...]) -> FreshMethod:
    """Return the way with the highest precision; popularity where nothing could be tried."""
    tried = {one.method: one.precision.estimate for one in scores if one.list == "discover" and one.precision.n}
    return "near" if tried.get("near", 0.0) > tried.get("popular", 0.0) else "popular"


def made(
    book: OfferBook,
    again: AgainMethod,
    fresh: FreshMethod,
    scores: tuple[OfferScore, ...],
    usual: list[str],
    names: exp.Table | exp.Query | None,
    horizon_days: int,
) -> Offers:
    """Return the lists of the chosen ways, and what to mind."""
    book.keep("again", book.again(again))
    if fresh == "near" and not book.near():
        fresh = "popular"
    book.keep("fresh", with_both(book.fresh(fresh), fresh))
    if names is None:
        book.keep("names", exp.select("item", exp.column("item").as_("name")).from_(book.table("items")))
    else:
        source = names.copy() if isinstance(names, exp.Table) else names.copy().subquery("names")
        book.keep("names", exp.select("item", "name").from_(source))
    table = book.engine.table(
        book.sql("reasons", again=book.table("again"), fresh=book.table("fresh"), names=book.table("names"))
    )
    counted = exp.select(exp.Count(this=exp.Distinct(expressions=[exp.column("customer_id")])))
    customers = int(book.engine.value(counted.from_(book.table("counts"))))
    import pyarrow.compute as pc

    reached = int(pc.count_distinct(table.column("customer_id")).as_py()) if table.num_rows else 0
    findings = noticed(book, scores, usual, horizon_days)
    methods: dict[ListName, Method] = {"buy again": again, "discover": fresh}
    return Offers(table, book.level, horizon_days, methods, scores, customers, customers - reached, findings)


def with_both(listed: exp.Query, fresh: FreshMethod) -> exp.Query:
    """Return the list with both columns a reason is made of."""
    because = exp.column("because") if fresh == "near" else exp.cast(exp.null(), "varchar").as_("because")
    share = exp.cast(exp.null(), "double").as_("share") if fresh == "near" else exp.column("share")
    return exp.select("customer_id", "item", "place", because, share).from_(listed.subquery("listed"))


def noticed(
    book: OfferBook, scores: tuple[OfferScore, ...], usual: list[str], horizon_days: int
) -> tuple[Finding, ...]:
    """Return what a person should know of the lists."""
    found = []
    if not any(one.precision.n for one in scores):
        found.append(
            Finding(
                "untried",
                "warning",
                f"no list could be tried on the last {horizon_days} days: nobody known before them bought in them",
                "choose an earlier moment or a longer horizon",
            )
        )
    if usual:
        named = ", ".join(usual[:5]) + (" ..." if len(usual) > 5 else "")
        found.append(
            Finding(
                "bought_once",
                "note",
                f"{len(usual):,} things are not offered again, because fewer than {SELDOM:.0%} of their buyers ever "
                f"bought them twice ({named})",
                columns=(book.level,),
            )
        )
    fresh = [one for one in scores if one.list == "discover" and one.method == "near" and one.precision.n]
    if fresh and fresh[0].gain.low <= 0:
        found.append(
            Finding(
                "discover_plain",
                "note",
                "what people buy together is not clearly better for discovery here than what most customers buy",
            )
        )
    return tuple(found)
