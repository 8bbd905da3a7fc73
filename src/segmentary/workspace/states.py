"""Where everybody stood at past moments: out of the log where it reaches back, else by judging the definitions then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import CoverageError, NoAnswerError, UsageError
from segmentary.language.tree import Context, EntityType
from segmentary.models.rfm import COLUMNS as RFM_INPUTS
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.models.rfm import RFM
from segmentary.models.table.findings import Finding
from segmentary.profiles.asof import universe_query
from segmentary.schema import EVENTS, MEMBERSHIP_LOG, ORDER_COMPLETED
from segmentary.segments.stays import ORDER, moves_query
from segmentary.workspace.coverage import beginnings
from segmentary.workspace.dividing import Division, division, labels_of
from segmentary.workspace.evaluating import in_force
from segmentary.workspace.evaluation import GROUP_KINDS, Evaluation
from segmentary.workspace.grouping import groups_query

if TYPE_CHECKING:
    from segmentary.dynamics.states import Source, States
    from segmentary.workspace.workspace import Workspace

Cuts = Literal["each", "first"]
MOST_PARTS = 60
STATES = "dynamics_states"


def states_of(
    workspace: Workspace,
    of: str | Sequence[str],
    moments: Sequence[dt.datetime],
    *,
    every: str = "period",
    source: Source | Literal["auto"] = "auto",
    cuts: Cuts = "each",
    tell: Callable[[str, float], None] = lambda sentence, done: None,
) -> States:
    """Make the table of who stood where at each moment.

    source : ``auto``: the log where it knows all parts at all moments and was written near them, else evaluated.
    cuts : whether RFM scores learn their cut points at each moment anew, or keep those of the first.

    Raises
    ------
    CoverageError
        when the log is asked for and does not reach back so far.
    UsageError
        when somebody is in two parts at once.
    """
    from segmentary.dynamics.states import States

    workspace.derived.ensure()
    parted = division(workspace, of)
    uncovered = not_covered(workspace, parted, moments[0])
    if source == "log" and uncovered:
        raise CoverageError(
            f"the log cannot tell: {uncovered}", hint="--source evaluated, or segmentary segment backfill"
        )
    stale = [] if uncovered or source == "evaluated" else old_runs(workspace, moments)
    if source == "auto" and stale:
        uncovered = stale[0].message
    used: Source = "evaluated" if source == "evaluated" or uncovered else "log"
    evaluator = Evaluator(workspace, parted, cuts) if used == "evaluated" else None
    tables = []
    for number, moment in enumerate(moments):
        tell(f"who was where at {moment:%Y-%m-%d}", number / len(moments))
        tables.append(f"{STATES}_at{number}")
        query = logged(parted, moment) if evaluator is None else evaluator.stood(moment)
        workspace.warehouse.create_as(tables[-1], query, temporary=True)
    parts, findings = parted.parts, stale
    if evaluator is not None:
        parts, findings = evaluator.parts(tables), evaluator.findings()
        if source == "auto" and parted.segments:
            message = f"judged as of each moment by the definitions of today: {uncovered}"
            findings.append(Finding("evaluated", "note", message))
    refuse_names(parts)
    refuse_overlap(workspace, tables, parted)
    relation = gathered(workspace, parted, tables, parts, moments, used)
    for name in tables:
        workspace.warehouse.drop(name)
    return States(
        parted.name, parts, tuple(moments), labels_of(moments, workspace.settings.timezone), used, relation,
        every, parted.entity, workspace.settings.currency, tuple(findings),
    )  # fmt: skip


def not_covered(workspace: Workspace, parted: Division, first: dt.datetime) -> str:
    """Say why the log does not know all parts at all moments; nothing when it does."""
    if not parted.segments:
        return f"{parted.name} is a trait, and the log holds segments"
    begins = beginnings(workspace.ledger)
    for name in parted.segments:
        if name not in begins:
            return f"{name} was not part of a run yet"
        if begins[name] > first:
            return f"the log of {name} begins at {begins[name]:%Y-%m-%d %H:%M} UTC"
    return ""


def old_runs(workspace: Workspace, moments: Sequence[dt.datetime]) -> list[Finding]:
    """Note moments at which the log had not been written for long."""
    from segmentary.ledger.backfills import backfills

    known = sorted({run.as_of for run in workspace.runs()})
    back = [(one.since, one.until) for one in backfills(workspace.ledger)]
    step = (moments[-1] - moments[0]) / max(1, len(moments) - 1)
    late = [
        moment
        for moment in moments
        if not any(moment - step / 2 <= run <= moment for run in known)
        and not any(since <= moment <= until for since, until in back)
    ]
    if not late or len(moments) < 2:
        return []
    message = (
        f"at {len(late):,} of {len(moments):,} moments the last run was more than half a step ago: "
        "who moved since is not in the log yet"
    )
    return [Finding("old_run", "warning", message, "run at the moments you compare, or use --source evaluated")]


def logged(parted: Division, moment: dt.datetime) -> exp.Select:
    """Return customer_id and part (by name) of everybody inside at a moment, by the log."""
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("segment"), column("customer_id")],
        order=exp.Order(expressions=[exp.Ordered(this=column(name), desc=True) for name in ORDER]),
    )
    ordered = (
        exp.select(column("segment"), column("customer_id"), column("entered"), place.as_("newest"))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(
            column("segment").isin(*(literal(name) for name in parted.segments)),
            exp.LTE(this=column("valid_at"), expression=literal(moment)),
        )
    )
    named = exp.Case()
    for part, segment in zip(parted.parts, parted.segments, strict=True):
        named = named.when(exp.EQ(this=column("segment"), expression=literal(segment)), literal(part))
    return (
        exp.select(column("customer_id"), named.as_("part_name"))
        .from_(ordered.subquery("ordered"))
        .where(exp.EQ(this=column("newest"), expression=literal(1)), column("entered"))
    )


class Evaluator:
    """Judges one division as of moments."""

    def __init__(self, workspace: Workspace, parted: Division, cuts: Cuts) -> None:
        self.workspace, self.parted = workspace, parted
        self.frozen: RFM | None = None
        self.keeps = cuts == "first"
        self.definitions = in_force(workspace)
        self.rests_on_rfm = parted.trait in RFM_OUTPUTS

    def stood(self, moment: dt.datetime) -> exp.Query:
        """Return customer_id and part (by name) of everybody inside at a moment."""
        from segmentary.workspace.evaluating import evaluate_segments

        parted, context = self.parted, self.workspace.context(moment)
        traits = [parted.trait] if parted.trait is not None else []
        evaluation = evaluate_segments(
            self.workspace, parted.definitions, context, definitions=self.definitions, traits=traits, prefix="stood"
        )
        if parted.trait is not None:
            return self.of_trait(evaluation, parted.trait)
        parts: list[exp.Select] = []
        for part, segment in zip(parted.parts, parted.segments, strict=True):
            flag = column(evaluation.segment_columns[segment])
            flags = exp.table_(evaluation.flags, quoted=True)
            parts.append(exp.select(column("customer_id"), literal(part).as_("part_name")).from_(flags).where(flag))
        query: exp.Query = parts[0]
        for one in parts[1:]:
            query = exp.union(query, one, distinct=False)
        return query

    def of_trait(self, evaluation: Evaluation, trait: str) -> exp.Query:
        """Return who has which value; RFM by the cut points of the first moment, where these are kept."""
        table, value = self.where_is(evaluation, trait)
        if self.keeps and self.rests_on_rfm and evaluation.rfm is not None:
            if self.frozen is None:
                self.frozen = evaluation.rfm
            columns = {measure: evaluation.trait_columns[name] for measure, name in RFM_INPUTS.items()}
            scored = self.frozen.score_query(exp.table_(evaluation.traits, quoted=True), columns)
            self.workspace.warehouse.create_as("stood_frozen", scored, temporary=True)
            table, value = "stood_frozen", column(trait)
        if self.parted.parts == ("yes", "no"):
            value = exp.Case().when(value.copy(), literal("yes")).when(exp.not_(value.copy()), literal("no"))
        return (
            exp.select(column("customer_id"), exp.cast(value, "varchar").as_("part_name", quoted=True))
            .from_(exp.table_(table, quoted=True))
            .where(exp.not_(value.copy().is_(exp.null())))
        )

    def where_is(self, evaluation: Evaluation, trait: str) -> tuple[str, exp.Expr]:
        """Return the table and the column of a trait."""
        if trait in evaluation.trait_columns:
            return evaluation.traits, column(evaluation.trait_columns[trait])
        return evaluation.scored, column(evaluation.given[trait].column)

    def parts(self, tables: Sequence[str]) -> tuple[str, ...]:
        """Return the parts: those named, or the values seen at any moment."""
        if self.parted.parts:
            return self.parted.parts
        seen: dict[str, int] = {}
        for name in tables:
            query = exp.select(column("part_name"), exp.Count(this=exp.Star())).from_(exp.table_(name, quoted=True))
            for value, people in self.workspace.warehouse.rows(query.group_by(column("part_name"))):
                seen[value] = max(seen.get(value, 0), people)
        if not seen:
            raise NoAnswerError(f"nobody has a value of {self.parted.name} at any of the moments")
        if len(seen) > MOST_PARTS:
            raise UsageError(f"{self.parted.name} has {len(seen):,} values: too many parts", hint="make bands of it")
        return tuple(sorted(seen))

    def findings(self) -> list[Finding]:
        """Note what judging the past with today's knowledge means."""
        if not self.rests_on_rfm:
            return []
        if self.keeps:
            message = "RFM scores keep the cut points of the first moment: a move is the customer's own doing"
            return [Finding("rfm_cuts", "note", message)]
        message = (
            "RFM scores compare customers with each other at each moment: somebody may move because the others did"
        )
        return [Finding("rfm_cuts", "note", message, "--cuts first keeps the cut points of the first moment")]


def refuse_names(parts: Sequence[str]) -> None:
    """Refuse parts that are called as what is no part."""
    from segmentary.dynamics.states import EDITED, GONE, NEW, NO_PART

    for name in (NO_PART, NEW, GONE, EDITED):
        if name in parts:
            raise UsageError(f"a part is called {name!r}: that stands for people in no part here", hint="rename it")


def refuse_overlap(workspace: Workspace, tables: Sequence[str], parted: Division) -> None:
    """Refuse segments that share people: a person can be in one part only."""
    if len(parted.segments) < 2:
        return
    for name in tables:
        twice = (
            exp.select(column("customer_id"), exp.Min(this=column("part_name")).as_("one"),
                       exp.Max(this=column("part_name")).as_("other"))
            .from_(exp.table_(name, quoted=True))
            .group_by(column("customer_id"))
            .having(exp.GT(this=exp.Count(this=exp.Star()), expression=literal(1)))
        )  # fmt: skip
        query = exp.select(exp.Count(this=exp.Star()), exp.Min(this=column("one")), exp.Max(this=column("other")))
        people, one, other = workspace.warehouse.rows(query.from_(twice.subquery("twice")))[0]
        if people:
            raise UsageError(
                f"{people:,} people are in several of these segments at once, such as {one} and {other}",
                hint="segments of a transition matrix must exclude each other: make a segmentation of them",
            )


def gathered(
    workspace: Workspace,
    parted: Division,
    tables: Sequence[str],
    parts: Sequence[str],
    moments: Sequence[dt.datetime],
    used: Source,
) -> exp.Table:
    """Make the one table: everybody there at each moment, with part, spend before, and whether an edit moved them."""
    engine = workspace.warehouse
    by_name = exp.Case()
    for number, part in enumerate(parts):
        by_name = by_name.when(exp.EQ(this=column("part_name", "inside"), expression=literal(part)), literal(number))
    part_number = exp.cast(by_name.else_(literal(-1)), "integer")
    spend = spend_query(moments) if parted.entity == "customer" else None
    if spend is not None:
        engine.create_as(f"{STATES}_spend", spend, temporary=True)
    edited = edits_query(parted, moments) if used == "log" else None
    if edited is not None:
        engine.create_as(f"{STATES}_edits", edited, temporary=True)
    pieces: list[exp.Query] = []
    for number, name in enumerate(tables):
        context = workspace.context(moments[number])
        pieces.append(
            piece(universe(parted.entity, context), name, number, part_number, spend is not None, edited is not None)
        )
    everything = pieces[0]
    for one in pieces[1:]:
        everything = exp.union(everything, one, distinct=False)
    engine.create_as(STATES, everything, temporary=True)
    return exp.table_(STATES, quoted=True)


def piece(
    everybody: exp.Select, inside: str, number: int, part: exp.Expr, with_spend: bool, with_edits: bool
) -> exp.Select:
    """Return the rows of one moment."""
    amount: exp.Expr = exp.cast(exp.null(), "decimal(38, 4)")
    flag: exp.Expr = exp.false()
    query = exp.select(column("customer_id", "everybody")).from_(everybody.subquery("everybody"))
    query = query.join(exp.table_(inside, quoted=True, alias="inside"), on=same("inside"), join_type="left")
    if with_spend:
        spend = exp.table_(f"{STATES}_spend", quoted=True, alias="spent")
        query = query.join(spend, on=exp.and_(same("spent"), at("spent", number)), join_type="left")
        amount = exp.func("coalesce", column("amount", "spent"), exp.cast(literal(0), "decimal(38, 4)"))
    if with_edits:
        edits = exp.table_(f"{STATES}_edits", quoted=True, alias="edits")
        query = query.join(edits, on=exp.and_(same("edits"), at("edits", number)), join_type="left")
        flag = exp.not_(column("customer_id", "edits").is_(exp.null()))
    return query.select(
        exp.cast(literal(number), "integer").as_("place", quoted=True),
        part.copy().as_("part", quoted=True),
        flag.as_("edited", quoted=True),
        amount.as_("spend", quoted=True),
    )


def spend_query(moments: Sequence[dt.datetime]) -> exp.Select:
    """Return customer_id, place, amount: what was spent in the period that ended at each moment."""
    step = moments[1] - moments[0] if len(moments) > 1 else dt.timedelta(days=30)
    happened = column("happened_at")
    place = exp.Case()
    for number, moment in enumerate(moments):
        place = place.when(exp.LT(this=happened.copy(), expression=literal(moment)), literal(number))
    told = (
        exp.select(column("customer_id"), exp.cast(place, "integer").as_("place", quoted=True), column("amount"))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(
            exp.EQ(this=column("name"), expression=literal(ORDER_COMPLETED)),
            exp.GTE(this=happened.copy(), expression=literal(moments[0] - step)),
            exp.LT(this=happened.copy(), expression=literal(moments[-1])),
        )
    )
    return (
        exp.select(
            column("customer_id"),
            column("place"),
            exp.cast(exp.Sum(this=column("amount")), "decimal(38, 4)").as_("amount", quoted=True),
        )
        .from_(told.subquery("told"))
        .group_by(column("customer_id"), column("place"))
    )


def edits_query(parted: Division, moments: Sequence[dt.datetime]) -> exp.Select:
    """Return customer_id, place: whom an edit of a definition moved in the period before each moment."""
    valid = column("valid_at")
    place = exp.Case()
    for number, moment in enumerate(moments):
        place = place.when(exp.LTE(this=valid.copy(), expression=literal(moment)), literal(number))
    told = (
        exp.select(column("customer_id"), exp.cast(place, "integer").as_("place", quoted=True))
        .from_(moves_query(parted.segments).subquery("moves"))
        .where(
            exp.EQ(this=column("reason"), expression=literal("edit")),
            exp.GT(this=valid.copy(), expression=literal(moments[0])),
            exp.LTE(this=valid.copy(), expression=literal(moments[-1])),
        )
    )
    return exp.select(column("customer_id"), column("place")).distinct().from_(told.subquery("told"))


def universe(kind: EntityType, context: Context) -> exp.Select:
    """Return the ids of everybody of a kind who was there at a moment."""
    if kind in GROUP_KINDS:
        return groups_query(kind, context)
    return universe_query(context)


def same(table: str) -> exp.Expr:
    return exp.EQ(this=column("customer_id", table), expression=column("customer_id", "everybody"))


def at(table: str, number: int) -> exp.Expr:
    return exp.EQ(this=column("place", table), expression=literal(number))
