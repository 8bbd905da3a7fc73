"""Scores of a prediction, written as dated attributes: computed in the engine, kept by archive and loader like a file.

A score as of a moment holds from that moment until the next scoring, for whom the prediction spoke of; for others an
earlier score ends there. So definitions, history, ``rebuild`` and ``verify`` treat it as what a source told.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError
from segmentary.language.plan import Given
from segmentary.ledger.definitions import lists
from segmentary.ledger.records import current_records
from segmentary.models.progress import Tell, quiet
from segmentary.profiles.asof import holding
from segmentary.schema import ATTRIBUTES, CUSTOMER_ATTRIBUTES, EVENTS, IDENTITY_MAP, PREDICTIONS
from segmentary.workspace.evaluating import Definitions, evaluate_segments
from segmentary.workspace.looking_back import local_day
from segmentary.workspace.score_files import LONG, loaded, writer_of
from segmentary.workspace.scoring import side_by_side

if TYPE_CHECKING:
    from segmentary.language.tree import Context
    from segmentary.models.predict.prediction import Prediction
    from segmentary.workspace.workspace import Workspace

PREFIX = "score"
ALSO = {"version": "text", "as_of": "date"}
"""What stands beside the outputs of every prediction."""
DIGITS = 6
USUAL_DAYS = 91


@dataclass(frozen=True, slots=True)
class Scored:
    """A prediction scored. people : who has a score now. ended : who had one and has none any more."""

    name: str
    version: str
    as_of: dt.datetime
    people: int
    ended: int
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToScore:
    """A prediction to score.

    version : how people read it, such as ``v2 3f9a01c2``. gone : the attribute that says who has left, and its word for
    that; they are not scored.
    """

    name: str
    prediction: Prediction
    version: str
    gone: tuple[str, str] | None = None


def score(workspace: Workspace, wanted: Sequence[ToScore], context: Context, tell: Tell = quiet) -> list[Scored]:
    """Score everybody by each prediction as of a moment, and load the scores: all of them or none.

    Raises
    ------
    NoAnswerError
        when one can speak of nobody.
    """
    found = []
    with tempfile.TemporaryDirectory(dir=workspace.archive.folder) as folder:
        for number, one in enumerate(wanted):
            tell(f"scores of {one.name}", number / (len(wanted) + 1))
            place = Path(folder) / f"{number}"
            place.mkdir()
            found.append(scored(workspace, one, context, place / f"{one.name}.parquet"))
        tell("keeping the scores", len(wanted) / (len(wanted) + 1))
        loaded(workspace, Path(folder))
    return found


def scored(workspace: Workspace, one: ToScore, context: Context, path: Path) -> Scored:
    """Compute the scores of one prediction and write them beside a path."""
    engine = workspace.warehouse
    try:
        query = scored_query(workspace, one.prediction, context, one.gone)
        people = engine.create_as(f"{PREFIX}_found", query, temporary=True)
        if not people:
            raise NoAnswerError(
                f"{one.name} can speak of nobody as of {context.as_of:%Y-%m-%d}",
                hint="nobody has bought, or is in its reach",
            )
        rows = written(workspace, one, context, path)
    finally:
        for part in ("found", "people", "purchases"):
            engine.drop(f"{PREFIX}_{part}")
    return Scored(one.name, one.version, context.as_of, people, rows["ended"], tuple(one.prediction.outputs))


def scored_query(
    workspace: Workspace, prediction: Prediction, context: Context, gone: tuple[str, str] | None = None
) -> exp.Query:
    """Return the scores of everybody as of a moment (``customer_id`` and the outputs); tables begin with ``score_``."""
    from segmentary.models.predict.prediction import ScoreInputs

    engine = workspace.warehouse
    people, columns, types = people_query(workspace, prediction, context)
    if gone is not None:
        left = who_left(workspace, gone, context).subquery()
        people = people.where(exp.not_(exp.In(this=column("customer_id", "everybody"), query=left)))
    engine.create_as(f"{PREFIX}_people", people, temporary=True)
    purchases = None
    if prediction.wants_purchases:
        from segmentary.models.value.purchases import purchases_query

        bought = purchases_query(exp.table_(EVENTS.name, quoted=True), context)
        engine.create_as(f"{PREFIX}_purchases", bought, temporary=True)
        purchases = exp.table_(f"{PREFIX}_purchases", quoted=True)
    inputs = ScoreInputs(engine, exp.table_(f"{PREFIX}_people", quoted=True), columns, types, purchases, PREFIX)
    return prediction.score_query(inputs)


def who_left(workspace: Workspace, gone: tuple[str, str], context: Context) -> exp.Select:
    """Return who has left by a moment, by what an attribute or a computed trait says."""
    name, word = gone
    if name not in workspace.derived.attribute_types() and name in workspace.traits_defined():
        evaluation = evaluate_segments(workspace, {}, context, traits=[name], prefix=f"{PREFIX}_left")
        value = exp.cast(column(evaluation.trait_columns[name]), "varchar")
        computed = exp.select(column("customer_id")).from_(exp.table_(evaluation.traits, quoted=True))
        return computed.where(exp.func("lower", value).eq(literal(word.lower())))
    told = holding([name], context).subquery("told")
    said = exp.func("lower", column("value", "told"))
    return exp.select(column("customer_id", "told")).from_(told).where(said.eq(literal(word.lower())))


def people_query(
    workspace: Workspace, prediction: Prediction, context: Context
) -> tuple[exp.Select, dict[str, str], dict[str, Any]]:
    """Return everybody with the features of a prediction, in which column each stands, and of which type it is."""
    known = Definitions(
        workspace.segments_defined(), {**workspace.traits_defined(), **prediction.features}, lists(workspace.ledger)
    )
    names = [*prediction.features, *prediction.attributes]
    evaluation = evaluate_segments(workspace, {}, context, definitions=known, traits=names, prefix=PREFIX)
    given = {name: one for name, one in evaluation.given.items() if name in prediction.attributes}
    computed = {
        name: Given(column, prediction.features[name].type)
        for name, column in evaluation.trait_columns.items()
        if name in prediction.features
    }
    sources: list[tuple[exp.Table | None, Mapping[str, Any]]] = [
        (exp.table_(evaluation.scored, quoted=True), given),
        (exp.table_(evaluation.traits, quoted=True), computed),
    ]
    query, places = side_by_side(exp.table_(evaluation.universe, quoted=True), sources, set(names))
    return query, {name: one.column for name, one in places.items()}, {name: one.type for name, one in places.items()}


# ------------------------------------------------------------ writing


def written(workspace: Workspace, one: ToScore, context: Context, path: Path) -> dict[str, int]:
    """Write the scores as rows of one attribute each, one file per space of ids; return how many scores end."""
    name, prediction = one.name, one.prediction
    # An attribute holds from just after its date, and a run as of the same moment is to see it.
    since = (context.as_of - dt.timedelta(microseconds=1)).replace(tzinfo=None)
    outputs: dict[str, str] = {**prediction.outputs, **ALSO}
    says = {"version": one.version, "as_of": local_day(context).isoformat()}
    writers: dict[str, pq.ParquetWriter] = {}
    ended = 0
    try:
        for batch in workspace.warehouse.batches(records_query(prediction)):
            for space, part in by_space(batch):
                writer = writer_of(writers, path, space)
                for output, kind in outputs.items():
                    values = column_text(part, output, kind, says)
                    writer.write_table(long_table(part.column("record_id"), f"{name}.{output}", values, kind, since))
        for space, part in by_space_table(workspace.warehouse.table(ending_query(name, since))):
            ended += part.num_rows
            writer = writer_of(writers, path, space)
            nothing = pa.nulls(part.num_rows, pa.string())
            for output, kind in outputs.items():
                writer.write_table(long_table(part.column("record_id"), f"{name}.{output}", nothing, kind, since))
    finally:
        for writer in writers.values():
            writer.close()
    return {"ended": ended}


def by_space(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Table]]:
    yield from by_space_table(pa.Table.from_batches([batch]))


def by_space_table(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Yield the rows of each space of ids."""
    for space in sorted(pc.unique(table.column("id_space")).to_pylist()):
        yield space, table.filter(pc.equal(table.column("id_space"), space))


def column_text(part: pa.Table, output: str, kind: str, says: Mapping[str, str]) -> pa.ChunkedArray | pa.Array:
    """Return an output as canonical text: numbers as decimals with six digits."""
    if output in says:
        return pa.array([says[output]] * part.num_rows, pa.string())
    values = part.column(output)
    if kind == "number":
        values = values.cast(pa.float64())
        finite = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
        text = pc.round(finite, DIGITS).cast(pa.decimal128(38, DIGITS)).cast(pa.string())
        return pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".")
    return values.cast(pa.string())


def long_table(
    ids: pa.ChunkedArray, name: str, values: pa.ChunkedArray | pa.Array, kind: str, since: dt.datetime
) -> pa.Table:
    n = len(ids)
    names, kinds = (pa.array([one] * n, pa.string()) for one in (name, kind))
    when = pa.array([since] * n, pa.timestamp("us"))
    return pa.table([ids.cast(pa.string()), names, values, kinds, when], schema=LONG)


def record_query() -> exp.Select:
    """Return one record of every customer: what is told of it is told of them."""
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("customer_id")],
        order=exp.Order(
            expressions=[
                exp.Ordered(this=exp.Case().when(column("record_id").eq(column("customer_id")), literal(0)).else_(1)),
                exp.Ordered(this=column("id_space")),
                exp.Ordered(this=column("record_id")),
            ]
        ),
    )
    ranked = exp.select(column("customer_id"), column("id_space"), column("record_id"), place.as_("place")).from_(
        exp.table_(IDENTITY_MAP.name, quoted=True)
    )
    return (
        exp.select(column("customer_id"), column("id_space"), column("record_id"))
        .from_(ranked.subquery("ranked"))
        .where(column("place").eq(literal(1)))
    )


def records_query(prediction: Prediction) -> exp.Select:
    """Return the scores found, each with a record of the customer."""
    found = exp.table_(f"{PREFIX}_found", quoted=True, alias="found")
    return (
        exp.select(column("id_space", "records"), column("record_id", "records"))
        .select(*(column(output, "found") for output in prediction.outputs))
        .from_(found)
        .join(
            record_query().subquery("records"),
            on=exp.EQ(this=column("customer_id", "records"), expression=column("customer_id", "found")),
        )
        # The same scores are the same file, however many threads made them.
        .order_by(column("id_space", "records"), column("record_id", "records"))
    )


def ending_query(name: str, since: dt.datetime) -> exp.Select:
    """Return a record of whoever has a score that holds at the moment, and none found now."""
    found = exp.table_(f"{PREFIX}_found", quoted=True)
    told = exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)
    holding = (
        exp.select(column("customer_id"))
        .from_(told)
        .where(
            column("name").eq(literal(f"{name}.version")),
            exp.LTE(this=column("valid_from"), expression=literal(since)),
            exp.or_(column("valid_to").is_(exp.null()), exp.GT(this=column("valid_to"), expression=literal(since))),
        )
    )
    here = exp.select(column("customer_id")).from_(found)
    who = column("customer_id", "records")
    return (
        exp.select(column("id_space", "records"), column("record_id", "records"))
        .from_(record_query().subquery("records"))
        .where(exp.In(this=who, query=holding.subquery()), exp.not_(exp.In(this=who.copy(), query=here.subquery())))
    )


def scores_ended(workspace: Workspace, name: str, prediction: Prediction, context: Context) -> int:
    """End every score of a prediction as of a moment; return of how many people."""
    engine = workspace.warehouse
    workspace.derived.ensure()
    nobody = exp.select(column("customer_id")).from_(exp.table_(IDENTITY_MAP.name, quoted=True)).where(exp.false())
    nothing = [exp.cast(exp.null(), "varchar").as_(output, quoted=True) for output in prediction.outputs]
    engine.create_as(f"{PREFIX}_found", nobody.select(*nothing), temporary=True)
    try:
        with tempfile.TemporaryDirectory(dir=workspace.archive.folder) as folder:
            place = Path(folder) / "0"
            place.mkdir()
            rows = written(workspace, ToScore(name, prediction, ""), context, place / f"{name}.parquet")
            loaded(workspace, Path(folder))
    finally:
        engine.drop(f"{PREFIX}_found")
    return rows["ended"]


def last_scored(workspace: Workspace) -> dict[str, dt.datetime]:
    """Return as of when each prediction was last scored."""
    told = exp.table_(ATTRIBUTES.name, quoted=True)
    newest = exp.Max(this=column("valid_from")).as_("newest")
    query = (
        exp.select(column("name"), newest)
        .from_(told)
        .where(
            column("source").eq(literal(PREDICTIONS)),
            column("name").like("%.version"),
            exp.not_(column("value").is_(exp.null())),
        )
        .group_by(column("name"))
    )
    tick = dt.timedelta(microseconds=1)
    return {
        name.removesuffix(".version"): at.replace(tzinfo=dt.UTC) + tick for name, at in workspace.engine.rows(query)
    }


def old_scores(workspace: Workspace, as_of: dt.datetime) -> list[str]:
    """Say which scores are old for the moment judged: by more than a third of what they look ahead."""
    held = current_records(workspace.ledger, "prediction")
    found = []
    for name, at in last_scored(workspace).items() if held else ():
        if name not in held:
            continue
        ahead = held[name].document["asked"].get("days", USUAL_DAYS)
        days = (as_of - at).days
        if days > ahead / 3:
            again = f"segmentary predict score {name} --as-of {as_of:%Y-%m-%d}"
            found.append(f"the scores of {name} are of {at:%Y-%m-%d}, {days:,} days before the moment judged: {again}")
    return found
