"""What to make of each segment: what it uses more and less, how its tastes move, what to offer it, where to spend.

::

    workspace.tailoring.uses(segments=["pro"]).told()
    workspace.tailoring.trends(by="category").told()
    workspace.tailoring.offers().sentences
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.tree import Context
from segmentary.ledger.definitions import positions
from segmentary.models.progress import Tell, quiet
from segmentary.schema import EVENTS, PRODUCTS
from segmentary.segments.membership import MEMBERSHIP, members_query
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.measurement.budget import Allocation
    from segmentary.measurement.experiment.plan import Plan
    from segmentary.measurement.tailoring.facts import Dimension, Period
    from segmentary.measurement.tailoring.offers import Offers
    from segmentary.measurement.tailoring.trends import Trends
    from segmentary.measurement.tailoring.uses import Correction, Uses
    from segmentary.report.files import DocumentFiles
    from segmentary.workspace.workspace import Workspace

MEMBERS = "tailoring_members"
DAYS, MONTHS = 365, 24


class Tailoring:
    """Segments as of the newest run, against everybody else."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ what they do

    def dimensions(self, *, days: int = DAYS) -> dict[str, Dimension]:
        """Return what can be looked at in this workspace: by what the events of the last so many days carry."""
        from segmentary.measurement.tailoring.facts import TOPIC_PROPERTY, dimensions, price_levels

        workspace = self.workspace
        workspace.derived.ensure()
        held = workspace.derived.events()
        topics = [name for name in sorted(held) if TOPIC_PROPERTY in held[name]]
        levels = price_levels(workspace.warehouse, events_table(), self._period(days))
        found = dimensions(topics, levels)
        return {name: one for name, one in found.items() if one.event in held and recorded(one, held[one.event])}

    def uses(
        self,
        segments: Sequence[str] = (),
        *,
        by: Sequence[str] = (),
        days: int = DAYS,
        correction: Correction = "holm",
        tell: Tell = quiet,
    ) -> Uses:
        """Say what segments use more and less than everybody else.

        Parameters
        ----------
        segments : their names; none: all in force. by : dimensions (``category``, ``price``, ``channel``, ...; none:
            all there are). days : how far back. correction : ``holm`` or ``bh``, see `measurement.tailoring.uses`.

        Raises
        ------
        UnknownNameError
            when there is no such segment or dimension.
        """
        from segmentary.measurement.tailoring.facts import chosen
        from segmentary.measurement.tailoring.uses import uses

        picked = chosen(self.dimensions(days=days), by)
        with self.members(segments) as (names, members):
            found = uses(
                self.workspace.warehouse,
                events_table(),
                members,
                names,
                picked,
                self._period(days),
                least_people=self.workspace.settings.suppress_below,
                correction=correction,
                tell=tell,
            )
        defined = self.workspace.segments_defined()
        found = found.defined_by({name: frozenset(texts_in(defined[name].where)) for name in names})
        return found.called("product", self._product_names({one.item for one in found.rows}))

    def trends(
        self,
        segments: Sequence[str] = (),
        *,
        by: str = "category",
        months: int = MONTHS,
        ahead: int = 3,
        tell: Tell = quiet,
    ) -> Trends:
        """Follow what segments use month by month, say what rises and falls, and forecast the next months.

        Parameters
        ----------
        by : the dimension. months : whole months looked back on. ahead : months forecast.

        Raises
        ------
        UnknownNameError
            when there is no such segment or dimension.
        NoAnswerError
            when fewer than three months have anything.
        """
        from segmentary.measurement.tailoring.facts import chosen
        from segmentary.measurement.tailoring.trends import LEAST_MONTHS, trends, whole_months

        if months < LEAST_MONTHS:
            raise UsageError(f"a trend needs at least {LEAST_MONTHS} months", hint="--months 24")
        (dimension,) = chosen(self.dimensions(days=31 * months), [by])
        with self.members(segments) as (names, members):
            found = trends(
                self.workspace.warehouse,
                events_table(),
                members,
                names,
                dimension,
                whole_months(self._context(), months),
                ahead=ahead,
                least_people=self.workspace.settings.suppress_below,
                tell=tell,
            )
        if len(found.months) < LEAST_MONTHS:
            raise NoAnswerError(
                f"{by}: only {len(found.months)} whole months have anything: no trend can be told",
                hint="load earlier orders, or wait",
            )
        return found

    def offers(
        self, segments: Sequence[str] = (), *, days: int = DAYS, months: int = MONTHS, tell: Tell = quiet
    ) -> Offers:
        """Say what to offer each segment, where and when, and what to build next, each with its figures and doubt."""
        from segmentary.measurement.tailoring.offers import offers
        from segmentary.models.progress import within

        used = self.uses(segments, days=days, tell=within(tell, 0.0, 0.6))
        try:
            moved: Trends | None = self.trends(segments, months=months, tell=within(tell, 0.6, 1.0))
        except (NoAnswerError, UnknownNameError):
            moved = None
        return offers(used, moved)

    def _product_names(self, wanted: Set[str]) -> dict[str, str]:
        """Return what products are called, of those that have a name of their own."""
        table = self.workspace.engine
        if not wanted or not table.has_table(PRODUCTS.name):
            return {}
        query = exp.select(column("product_id"), exp.Max(this=column("name")).as_("name"))
        rows = table.rows(query.from_(exp.table_(PRODUCTS.name, quoted=True)).group_by(column("product_id")))
        return {str(key): f"{name} ({key})" for key, name in rows if key in wanted and name and name != key}

    # ------------------------------------------------------------ where to spend

    def budget(
        self,
        amount: float,
        *,
        experiment: str | None = None,
        cost: float | None = None,
        margin: float = 1.0,
        arm: str = "",
        metric: str = "",
        within: str = "",
        learning: float = 0.1,
        seed: int = 0,
        tell: Tell = quiet,
    ) -> Allocation:
        """Divide a budget over the segments of an experiment, by what it measured each treated person to bring.

        Parameters
        ----------
        amount : money to spend at most. experiment : its name; none: the only one there is. cost : of treating one
            person (default: the plan's). margin : share of incremental revenue that is profit. arm, metric : default:
            the first treatment, the first metric in money. within : a segment; only its members can be treated
            (default: the plan's). learning : part kept to learn where it is not known whether it pays.

        Raises
        ------
        NoAnswerError
            when no randomised experiment supports it, or the one there is cannot be read.
        """
        from segmentary.measurement.budget import NEEDED, NO_EXPERIMENT, allocate
        from segmentary.measurement.measured_returns import returns_of
        from segmentary.models.progress import within as part_of

        if not 0 < margin <= 1:
            raise UsageError(f"a margin of {margin:g} is no share", hint="--margin 0.4")
        experiments = self.workspace.experiments
        name = experiment
        if name is None:
            kept = [one.name for one in experiments.kept()]
            if not kept:
                raise NoAnswerError(NO_EXPERIMENT, hint=NEEDED)
            if len(kept) > 1:
                raise UsageError("several experiments: by which?", hint="--experiment " + "|".join(sorted(kept)))
            name = kept[0]
        as_of = require_run(self.workspace).as_of
        analysis = experiments.lift(name, as_of=as_of, tell=part_of(tell, 0.0, 0.8))
        people = self._treatable(analysis.plan, within)
        returns = returns_of(analysis, people, cost=cost, margin=margin, arm=arm, metric=metric)
        tell("dividing", 0.9)
        return allocate(
            returns,
            amount,
            experiment=name,
            learning=learning,
            currency=self.workspace.settings.currency,
            seed=seed,
        )

    def _treatable(self, plan: Plan, within: str) -> dict[str, int]:
        """Count who is in each segment of an experiment now."""
        from segmentary.workspace.experiment_people import Then, strata

        workspace = self.workspace
        if within and within not in workspace.segments_defined():
            raise UnknownNameError("segment", within, workspace.segments_defined())
        asked = replace(plan, within=within or plan.within)
        everybody = exp.select(column("customer_id")).from_(exp.table_(MEMBERSHIP, quoted=True))
        table = strata(workspace, asked, everybody, Then(require_run(workspace).as_of))
        segment = column("segment")
        query = exp.select(segment, exp.Count(this=exp.Star()).as_("n")).from_(table).group_by(segment.copy())
        return {str(name): int(n) for name, n in workspace.warehouse.rows(query)}

    # ------------------------------------------------------------ the report

    def report(
        self, path: str | Path | None = None, *, segments: Sequence[str] = (), tell: Tell = quiet
    ) -> DocumentFiles:
        """Write uses, trends, offers and loyalty into a folder (default: ``reports/tailoring`` in the workspace)."""
        from segmentary.workspace.tailoring_reporting import write_tailoring

        return write_tailoring(self.workspace, Path(path) if path is not None else None, segments, tell)

    # ------------------------------------------------------------ whom it is about

    @contextmanager
    def members(self, segments: Sequence[str] = ()) -> Iterator[tuple[list[str], exp.Query]]:
        """Give the names of segments and a relation of their members, and of everybody, while it is needed.

        Raises
        ------
        UnknownNameError
            when a segment is not in force, or was not part of the newest run.
        UsageError
            when nothing was ever run, or there is no segment.
        """
        workspace = self.workspace
        run = require_run(workspace)
        defined = workspace.segments_defined()
        held = [name for name, one in defined.items() if name in run.segments and one.entity == "customer"]
        for name in segments:
            if name not in held:
                raise UnknownNameError("segment", name, held, see="see `segmentary segment list`")
        names = list(dict.fromkeys(segments)) or held
        if not names:
            raise UsageError("there is no segment of customers", hint="define one and run `segmentary run`")
        query = members_relation(names, positions(workspace.ledger))
        workspace.warehouse.create_as(MEMBERS, query, temporary=True)
        try:
            yield names, exp.select(column("customer_id"), column("segment")).from_(exp.table_(MEMBERS, quoted=True))
        finally:
            workspace.warehouse.drop(MEMBERS)

    def _context(self) -> Context:
        return self.workspace.context(require_run(self.workspace).as_of)

    def _period(self, days: int) -> Period:
        from segmentary.measurement.tailoring.facts import Period

        if days < 1:
            raise UsageError("the window has to have at least one day", hint="--days 365")
        context = self._context()
        return Period(context.as_of - dt.timedelta(days=days), context)


def texts_in(part: object) -> Iterator[str]:
    """Yield every text inside a rule: names of events and traits, and the values they are compared with."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple | list | frozenset):
        for one in part:
            yield from texts_in(one)
    elif is_dataclass(part):
        for one in fields(part):
            yield from texts_in(getattr(part, one.name))


def recorded(dimension: Dimension, properties: Mapping[str, object]) -> bool:
    return not dimension.needs or dimension.needs in properties


def events_table() -> exp.Table:
    return exp.table_(EVENTS.name, quoted=True)


def members_relation(names: Sequence[str], places: dict[str, int]) -> exp.Query:
    """Return customer_id and segment: the place in `names`, and once -1 for every customer."""
    everybody = exp.select(column("customer_id"), literal(-1).as_("segment", quoted=True))
    found: exp.Query = everybody.from_(exp.table_(MEMBERSHIP, quoted=True))
    for number, name in enumerate(names):
        part = members_query(places[name]).select(literal(number).as_("segment", quoted=True), copy=False)
        found = exp.union(found, part, distinct=False, copy=False)
    return found
