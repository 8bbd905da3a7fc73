"""The report of a prediction kept: its card, and what the workspace knows beside: scores, segments, drift."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal, query
from segmentary.errors import NoAnswerError, SegmentaryError
from segmentary.language.sentence import sentence
from segmentary.ledger.definitions import positions
from segmentary.models.progress import Tell, quiet, within
from segmentary.profiles.asof import profile_query
from segmentary.schema import EVENTS
from segmentary.segments.membership import MEMBERSHIP, members_query
from segmentary.workspace.looking_back import local_day
from segmentary.workspace.scores import last_scored
from segmentary.workspace.tailoring import members_relation

if TYPE_CHECKING:
    from segmentary.dynamics.drift import Drift
    from segmentary.language.tree import Context
    from segmentary.models.value.segment_value import SegmentValue
    from segmentary.report.files import DocumentFiles
    from segmentary.report.prediction.data import FeatureWords, PredictionReportData, ScoreBin, Scores, SeedTenth
    from segmentary.workspace.predictions import Fitted
    from segmentary.workspace.workspace import Workspace

FOLDER = Path(__file__).parent
GROUPS, TENTHS, BINS, SEED = (FOLDER / f"score_{name}.sql" for name in ("groups", "tenths", "bins", "seed"))
PREFIX = "report"
EVERYBODY = "everybody"
MOST_BINS = 10
NICE = (1.0, 2.0, 5.0)
Found = TypeVar("Found")


def write_prediction(workspace: Workspace, fitted: Fitted, path: Path | None, tell: Tell) -> DocumentFiles:
    """Write the report of a prediction into a folder (default: ``reports/NAME`` in the workspace)."""
    from segmentary.report.prediction.report import render_prediction

    data = report_data(workspace, fitted, tell)
    folder = path if path is not None else workspace.folder.root / "reports" / fitted.name
    return render_prediction(data, folder, tell=within(tell, 0.5, 1.0))


def report_data(
    workspace: Workspace, fitted: Fitted, tell: Tell = quiet, *, drift: bool = True
) -> PredictionReportData:
    """Return what a report of a prediction says; drift : whether people of now are held against those of then."""
    from segmentary.report.prediction.data import PredictionReportData

    workspace.derived.ensure()
    settings = workspace.settings
    missing: list[str] = []
    tell("what the newest scores say", 0.0)
    context = scored_context(workspace, fitted, missing)
    made: dict[str, Any] = {"scores": None, "seed_tenths": ()}
    if context is not None:
        made["scores"] = at_hand(lambda: scores_of(workspace, fitted, context), missing)
        if fitted.card.kind == "lookalike":
            made["seed_tenths"] = at_hand(lambda: seed_tenths(workspace, fitted, context), missing) or ()
    if fitted.card.kind == "clv":
        tell("what segments are worth", 0.15)
        moment = context if context is not None else workspace.predictions.context(None)
        made["values"] = at_hand(lambda: values_of(workspace, fitted, moment), missing) or ()
    if drift:
        tell("drift since it was made", 0.3)
        made["drift"] = drift_of(workspace, fitted, missing)
    return PredictionReportData(
        name=fitted.name,
        label=fitted.label,
        card=fitted.card,
        generated_for=workspace.folder.root.resolve().name,
        currency=settings.currency,
        below=settings.suppress_below,
        created=f"{fitted.created_at.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}",
        asked=fitted.asked,
        features=tuple(features_of(fitted)),
        **of_kind(workspace, fitted, missing),
        **made,
        unanswered=tuple(dict.fromkeys(missing)),
    )


def drift_of(workspace: Workspace, fitted: Fitted, missing: list[str]) -> Drift | None:
    """Return how far people have moved since it was made; None, and why, where that cannot be told."""
    why: list[str] = []
    found: Drift | None = at_hand(lambda: workspace.predictions.drift(f"{fitted.name}@{fitted.version}"), why)
    missing.extend(f"how far people have moved since cannot be told: {one}" for one in why)
    return found


def features_of(fitted: Fitted) -> Iterator[FeatureWords]:
    """Yield what a prediction reads of a person: definitions, and attributes as they were told."""
    from segmentary.report.prediction.data import FeatureWords

    for name, one in fitted.prediction.features.items():
        yield FeatureWords(name, one.title, sentence(one))
    for name, kind in fitted.prediction.attributes.items():
        yield FeatureWords(name, "", f"the attribute, as a source told it ({kind})")


def of_kind(workspace: Workspace, fitted: Fitted, missing: list[str]) -> dict[str, Any]:
    """Return what the prediction's own document holds beside the card."""
    from segmentary.models.predict.next_purchase import NextPurchase
    from segmentary.models.value.choice import TITLES
    from segmentary.models.value.lifetime_value import LifetimeValue

    made = fitted.prediction
    if isinstance(made, LifetimeValue):
        titles: dict[str, str] = {str(name): title for name, title in TITLES.items()}
        tests = {titles.get(name, name): one for name, one in made.tests.items()}
        return {"tests": tests, "chosen": titles.get(made.lifetime.kind, made.lifetime.kind)}
    if not isinstance(made, NextPurchase):
        return {}
    # What was fitted before totals were kept has none yet.
    from segmentary.workspace.next_totals import reconciliation

    context = workspace.predictions.context(None)
    return {"total": made.total or at_hand(lambda: reconciliation(workspace, made, context), missing)}


def at_hand(ask: Callable[[], Found], missing: list[str]) -> Found | None:
    """Return what can be answered; else note why not."""
    try:
        return ask()
    except SegmentaryError as error:
        missing.append(error.message)
        return None


def table(name: str) -> exp.Table:
    return exp.table_(f"{PREFIX}_{name}", quoted=True)


# ------------------------------------------------------------ whom it is about


@contextmanager
def kept(workspace: Workspace, **queries: exp.Query) -> Iterator[None]:
    """Keep relations as temporary tables ``report_NAME`` for a while."""
    engine = workspace.warehouse
    try:
        for name, one in queries.items():
            engine.create_as(f"{PREFIX}_{name}", one, temporary=True)
        yield
    finally:
        for name in queries:
            engine.drop(f"{PREFIX}_{name}")


def scored_context(workspace: Workspace, fitted: Fitted, missing: list[str]) -> Context | None:
    """Return the moment people were last scored by this very version; None: never, and why."""
    last = last_scored(workspace).get(fitted.name)
    if last is None:
        return None
    context = workspace.context(last)
    name = f"{fitted.name}.version"
    told, given = profile_query({name: "text"}, context)
    newest = exp.Max(this=column(given[name].column, "told"))
    version = workspace.warehouse.value(exp.select(newest).from_(told.subquery("told")))
    if version is not None and str(version) != fitted.label:
        missing.append(f"the newest scores are of {version}, not of {fitted.label}: they are not shown here")
        return None
    return context


def score_query(fitted: Fitted, output: str, context: Context) -> exp.Select:
    """Return the scores that hold at a moment: customer_id, score (double)."""
    name = f"{fitted.name}.{output}"
    told, given = profile_query({name: "number"}, context)
    place = column(given[name].column, "told")
    score = exp.cast(place, "double").as_("score", quoted=True)
    return (
        exp.select(column("customer_id", "told"), score)
        .from_(told.subquery("told"))
        .where(exp.not_(place.copy().is_(exp.null())))
    )


def segments_in_force(workspace: Workspace) -> tuple[list[str], list[str]]:
    """Return the segments of customers of the newest run: their names, and how people call them."""
    run = workspace.last_run()
    if run is None:
        return [], []
    defined = workspace.segments_defined()
    names = [name for name, one in defined.items() if name in run.segments and one.entity == "customer"]
    titles = [getattr(defined[name], "title", "") or name for name in names]
    return names, [title if titles.count(title) == 1 else name for name, title in zip(names, titles, strict=True)]


def members_of(workspace: Workspace, names: Sequence[str], everybody: exp.Table) -> exp.Query:
    """Return customer_id and segment: the place in `names`, and -1 for everybody there is."""
    all_of_them = exp.select(column("customer_id"), literal(-1).as_("segment", quoted=True)).from_(everybody)
    if not names or not workspace.warehouse.has_table(MEMBERSHIP):
        return all_of_them
    inside = members_relation(names, positions(workspace.ledger)).subquery("inside")
    parts = exp.select(column("customer_id"), column("segment")).from_(inside)
    return exp.union(all_of_them, parts.where(exp.GTE(this=column("segment"), expression=literal(0))), distinct=False)


# ------------------------------------------------------------ scores


def scores_of(workspace: Workspace, fitted: Fitted, context: Context) -> Scores:
    """Return what the last scoring said: of everybody, of segments, in tenths and bins.

    Raises
    ------
    NoAnswerError
        when nobody has a score.
    """
    from segmentary.report.prediction.data import UNITS, ScoreGroup, Scores, ScoreTenth

    output, unit = UNITS[fitted.card.kind]
    names, titles = segments_in_force(workspace)
    engine = workspace.warehouse
    with kept(workspace, scores=score_query(fitted, output, context)):
        with kept(workspace, members=members_of(workspace, names, table("scores"))):
            rows = engine.table(query(GROUPS, members=table("members"), scores=table("scores"))).to_pylist()
        sums = {int(row["segment"]): row for row in rows}
        if -1 not in sums:
            raise NoAnswerError(f"nobody has a score of {fitted.name} as of {context.as_of:%Y-%m-%d}")

        def group(place: int, title: str) -> ScoreGroup:
            row = sums.get(place, {"people": 0, "total": 0.0, "squares": 0.0})
            return ScoreGroup.of(title, int(row["people"]), float(row["total"] or 0), float(row["squares"] or 0))

        everybody = group(-1, EVERYBODY)
        tenths: tuple[ScoreTenth, ...] = ()
        bins: tuple[ScoreBin, ...] = ()
        if unit != "rank":
            found = engine.rows(query(TENTHS, scores=table("scores"), people=everybody.people))
            tenths = tuple(
                ScoreTenth(int(place), int(n), float(total) / int(n), float(total)) for place, n, total in sorted(found)
            )
            bins = binned(workspace, edges_of(unit, tenths))
    run = workspace.last_run()
    zone = ZoneInfo(workspace.settings.timezone)
    members_as_of = run.as_of.astimezone(zone).date() if run is not None and names else None
    groups = tuple(group(place, title) for place, title in enumerate(titles))
    return Scores(local_day(context), everybody, groups, bins, tenths, members_as_of)


def edges_of(unit: str, tenths: Sequence[Any]) -> list[float]:
    """Return the inner borders of bins: even steps of chances, growing steps of money.

    >>> from segmentary.report.prediction.data import ScoreTenth
    >>> edges_of("money", [ScoreTenth(1, 5, 430.0, 2150.0)])
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0]
    >>> edges_of("share", [ScoreTenth(1, 5, 0.35, 1.75)])
    [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]
    """
    top = max((one.mean for one in tenths), default=0.0)
    if not top > 0:
        return [0.0]
    if unit == "share":
        step = next((one for one in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1) if top / one <= MOST_BINS), 0.1)
        return [round(step * k, 6) for k in range(1, min(math.ceil(top / step - 1e-9) + 1, round(1 / step)))]
    power = math.floor(math.log10(top))
    steps = [nice * 10.0**p for p in range(power - 4, power + 1) for nice in NICE]
    return [one for one in steps if one <= top][-MOST_BINS + 2 :]


def binned(workspace: Workspace, edges: Sequence[float]) -> tuple[ScoreBin, ...]:
    """Return how many people of ``report_scores`` are in each bin; outer bins are open."""
    import pyarrow as pa

    from segmentary.report.prediction.data import ScoreBin

    ends = [-math.inf, *edges, math.inf]
    far = 1e300
    engine = workspace.warehouse
    bins = pa.table(
        {
            "place": pa.array(range(len(ends) - 1), pa.int64()),
            "low": pa.array([max(one, -far) for one in ends[:-1]], pa.float64()),
            "high": pa.array([min(one, far) for one in ends[1:]], pa.float64()),
        }
    )
    engine.ingest(f"{PREFIX}_bins", bins, temporary=True)
    try:
        found = dict(engine.rows(query(BINS, bins=table("bins"), scores=table("scores"))))
    finally:
        engine.drop(f"{PREFIX}_bins")
    return tuple(ScoreBin(low, high, int(found.get(place, 0))) for place, (low, high) in enumerate(pairwise(ends)))


def seed_tenths(workspace: Workspace, fitted: Fitted, context: Context) -> tuple[SeedTenth, ...]:
    """Return where the members of the seed stand among the scores.

    Raises
    ------
    NoAnswerError
        when the seed is no segment of the newest run.
    """
    from segmentary.report.prediction.data import SeedTenth

    name = str(fitted.asked.get("seed_segment", ""))
    names, _ = segments_in_force(workspace)
    if name not in names:
        raise NoAnswerError(f"{name} is no segment of the newest run: where the seed stands cannot be said")
    seed = members_query(positions(workspace.ledger)[name])
    with kept(workspace, scores=score_query(fitted, "decile", context), seed=seed):
        rows = workspace.warehouse.rows(query(SEED, scores=table("scores"), seed=table("seed")))
    return tuple(SeedTenth(round(decile), int(people), int(members)) for decile, people, members in sorted(rows))


# ------------------------------------------------------------ value


def values_of(workspace: Workspace, fitted: Fitted, context: Context) -> tuple[SegmentValue, ...]:
    """Return what everybody and each segment in force are worth together, summed in the engine.

    Raises
    ------
    NoAnswerError
        when nobody has bought.
    """
    from dataclasses import replace

    from segmentary.models.predict.prediction import ScoreInputs
    from segmentary.models.value.lifetime_value import LifetimeValue
    from segmentary.models.value.purchases import purchases_query
    from segmentary.models.value.segment_value import segment_values_of

    made = fitted.prediction
    if not isinstance(made, LifetimeValue):
        return ()
    names, titles = segments_in_force(workspace)
    engine = workspace.warehouse
    bought = purchases_query(exp.table_(EVENTS.name, quoted=True), context)
    try:
        with kept(workspace, purchases=bought, members=members_of(workspace, names, table("purchases"))):
            inputs = ScoreInputs(engine, table("purchases"), {}, {}, table("purchases"), PREFIX)
            found = {int(one.segment): one for one in segment_values_of(made, inputs, table("members"))}
    finally:
        for part in ("value_cells", "value_spends"):
            engine.drop(f"{PREFIX}_{part}")
    if -1 not in found:
        raise NoAnswerError(f"nobody had bought by {context.as_of:%Y-%m-%d}")
    ordered = sorted((place for place in found if place >= 0), key=lambda place: -found[place].value.estimate)
    return tuple(replace(found[place], segment=EVERYBODY if place < 0 else titles[place]) for place in (-1, *ordered))
