"""The population of two moments compared: traits evaluated as of each, counted in the engine, a sample learnt from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.tree import ValueType
from segmentary.models.progress import Tell, within
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.models.table.findings import Finding
from segmentary.workspace.backfilling import earliest
from segmentary.workspace.dividing import labels_of
from segmentary.workspace.feature_choice import scored_names
from segmentary.workspace.scoring import outputs_in_force
from segmentary.workspace.variables import REFUSED, columns_query, matching, types_of

if TYPE_CHECKING:
    from segmentary.dynamics.drift import Drift
    from segmentary.dynamics.two_samples import TwoSamples
    from segmentary.workspace.workspace import Workspace

THEN, NOW = "drift_then", "drift_now"
SAMPLE = 4_000
"""People of each moment that the models learn from."""


@dataclass(frozen=True, slots=True)
class PopulationDrift:
    """What became of the population between two moments. together : of all traits at once; None: too few people."""

    drift: Drift
    together: TwoSamples | None

    @property
    def sentence(self) -> str:
        """Everything in sentences."""
        return " ".join([self.drift.sentence, *([self.together.sentence] if self.together else [])])

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **self.drift.to_document(),
            "sentence": self.sentence,
            "together": None if self.together is None else self.together.to_document(),
        }


def drift_between(
    workspace: Workspace,
    then: dt.datetime,
    now: dt.datetime,
    traits: Sequence[str],
    inside: str | None,
    seed: int,
    tell: Tell,
) -> PopulationDrift:
    """Compare the people of two moments (of a segment, as it was then and is now).

    Raises
    ------
    UsageError
        when the first moment is not before the second, or there is no trait.
    NoAnswerError
        when there was nobody at one of the moments.
    """
    from segmentary.dynamics.drift import compared
    from segmentary.dynamics.drift_counts import drift_counts
    from segmentary.dynamics.must_drift import must_drift

    if then >= now:
        raise UsageError("the first moment is not before the second", hint="--since an earlier day")
    types = chosen(workspace, traits)
    for name, moment in ((THEN, then), (NOW, now)):
        tell(f"people as of {moment:%Y-%m-%d}", 0.05 if name == THEN else 0.25)
        people_at(workspace, name, moment, types, inside)
    labels = labels_of([then, now], workspace.settings.timezone)
    defined = workspace.traits_defined()
    titles = {name: defined[name].title or name if name in defined else name.replace("_", " ") for name in types}
    oldest = earliest(workspace)
    known_days = None if oldest is None else (then - oldest) / dt.timedelta(days=1)
    must = must_drift(defined, workspace.derived.attribute_types(), known_days=known_days)
    engine = workspace.warehouse
    first, second = exp.table_(THEN, quoted=True), exp.table_(NOW, quoted=True)
    kinds = {name: "number" if kind == "number" else "text" for name, kind in types.items()}
    counted, findings = drift_counts(
        engine, first, second, kinds, titles=titles, must=must, tell=within(tell, 0.4, 0.6)
    )
    found = compared(counted, then=labels[0], now=labels[1], findings=[*findings, *same_people(workspace)])
    news = {one.name: types[one.name] for one in counted if one.name not in must}
    together = learnt(workspace, news, titles, seed, within(tell, 0.6, 1.0)) if news else None
    for name in (THEN, NOW):
        engine.drop(name)
    return PopulationDrift(found, together)


def chosen(workspace: Workspace, patterns: Sequence[str]) -> dict[str, ValueType]:
    """Return the traits to compare: those asked for, or all that are no scores, dates or lists."""
    types = types_of(workspace)
    names = matching(patterns, list(types), what="trait", see="see `segmentary traits`") if patterns else list(types)
    said = {*outputs_in_force(workspace.ledger), *scored_names(workspace)}
    if not patterns:
        names = [name for name in names if name not in RFM_OUTPUTS and name not in said]
    kept = {name: types[name] for name in names if types[name] not in REFUSED}
    if not kept:
        raise UsageError("there is no trait to compare", hint="numbers, texts and yes/no traits can be compared")
    return kept


def people_at(
    workspace: Workspace, table: str, moment: dt.datetime, types: dict[str, ValueType], inside: str | None
) -> None:
    """Make a table of everybody (in a segment) with the traits as of a moment."""
    held = workspace.segments_defined()
    if inside is not None and inside not in held:
        raise UnknownNameError("segment", inside, held, see="see `segmentary segment list`")
    asked = {inside: held[inside]} if inside is not None else {}
    evaluation = workspace.evaluate(asked, workspace.context(moment), traits=types)
    query = columns_query(evaluation, types, inside)
    query.set("order", None)
    if not workspace.warehouse.create_as(table, query, temporary=True):
        raise NoAnswerError(f"there was nobody as of {moment:%Y-%m-%d}", hint="take a later first moment")


def same_people(workspace: Workspace) -> list[Finding]:
    """Note that people who are there twice make the tests cautious."""
    query = (
        exp.select(exp.Count(this=exp.Star()))
        .from_(exp.table_(THEN, quoted=True, alias="then"))
        .join(
            exp.table_(NOW, quoted=True, alias="now"),
            on=exp.EQ(this=column("customer_id", "now"), expression=column("customer_id", "then")),
        )
    )
    both = int(workspace.warehouse.value(query))
    if not both:
        return []
    message = (
        f"{both:,} people were there at both moments: the tests by trait treat them as different people, cautiously"
    )
    return [Finding("same_people", "note", message)]


def learnt(
    workspace: Workspace, types: dict[str, ValueType], titles: dict[str, str], seed: int, tell: Tell
) -> TwoSamples | None:
    """Learn to tell a sample of then from one of now; nobody is in both."""
    import numpy as np
    import pyarrow as pa

    from segmentary.dynamics.two_samples import two_samples
    from segmentary.models.predict.features import typed_features

    engine = workspace.warehouse
    frames = [engine.table(sampled(name, types, seed, side)) for side, name in enumerate((THEN, NOW))]
    if not all(one.num_rows for one in frames):
        return None
    frame = pa.concat_tables(frames)
    side = np.repeat([False, True], [one.num_rows for one in frames])
    table = typed_features(frame, types, titles)
    return two_samples(table, side, seed=seed, tell=tell)


def sampled(name: str, types: dict[str, ValueType], seed: int, side: int) -> exp.Select:
    """Return a sample of a table: a hash of the person says which of the two samples they may be in."""
    key = column("customer_id")
    salted = exp.Anonymous(this="concat", expressions=[literal(f"drift {seed}:"), key.copy()])
    digest = exp.Anonymous(this="sha256", expressions=[salted])
    first = exp.Anonymous(this="left", expressions=[digest, literal(1)])
    columns = [key, *(column(one) for one in types)]
    half = exp.LT(this=first, expression=literal("8"))
    drawn = (
        exp.select(*columns)
        .from_(exp.table_(name, quoted=True))
        .where(exp.not_(half) if side else half)
        .order_by(digest.copy(), key.copy())
        .limit(SAMPLE)
    )
    return exp.select(*(one.copy() for one in columns)).from_(drawn.subquery("drawn")).order_by(key.copy())
