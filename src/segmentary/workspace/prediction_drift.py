"""How far the people of now are from those a prediction was made of: its features, and what it says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmentary.errors import NoAnswerError
from segmentary.workspace.looking_back import local_day

if TYPE_CHECKING:
    import pyarrow as pa

    from segmentary.dynamics.drift import Drift, TraitDrift
    from segmentary.language.tree import Context
    from segmentary.models.predict.card import ModelCard
    from segmentary.models.table.typed_table import TypedTable
    from segmentary.workspace.predictions import Fitted
    from segmentary.workspace.workspace import Workspace


def drifted(workspace: Workspace, fitted: Fitted, context: Context) -> Drift:
    """Return the drift of the features of a prediction and of its scores, the furthest first.

    Raises
    ------
    NoAnswerError
        when the card holds nothing to compare with.
    """
    from segmentary.dynamics.drift import drift_from
    from segmentary.dynamics.must_drift import must_drift

    card = fitted.card
    if not card.baseline:
        raise NoAnswerError(f"the card of {fitted.name} does not say what people were like", hint="fit it again")
    # A feature may be called like an output (spend so far, spend to come): what was said stands last.
    said = {one.name: one for one in card.baseline if one.name in fitted.prediction.outputs}
    known = [one for one in card.baseline if said.get(one.name) is not one]
    parts = []
    if known:
        parts.append((known, features_now(workspace, fitted, context)))
    if said:
        parts.append((list(said.values()), scores_now(workspace, fitted, context, list(said))))
    found = [
        drift_from(
            [one for one in then if one.name in part.names],
            part,
            people=card.people,
            must=must_drift(fitted.prediction.features, fitted.prediction.attributes),
            then=learnt_from(card),
            now=local_day(context).isoformat(),
        )
        for then, part in parts
    ]
    return together(found)


def learnt_from(card: ModelCard) -> str:
    """Say of when the people of the card are: of a moment a horizon before the data end, where outcomes had to be seen.

    Else drift would be told on the day of fitting, between that day and itself.
    """
    moments = [*card.cutoffs, *([] if card.test_cutoff is None else [card.test_cutoff])]
    newest = max(moments, default=card.data_until)
    if card.kind == "clv" or newest >= card.data_until:
        return f"when it was fitted ({card.data_until})"
    return f"the newest moment it learnt from ({newest})"


def together(found: list[Drift]) -> Drift:
    """Return the drift of features and scores as one; the sentence is that of the features."""
    first = found[0]
    traits = sorted((one for part in found for one in part.traits), key=moved, reverse=True)
    findings = tuple(one for part in found for one in part.findings)
    return replace(first, traits=tuple(traits), findings=findings)


def moved(trait: TraitDrift) -> float:
    """Return how far a trait has moved, 0 where that cannot be told."""
    return trait.stability.index.estimate if trait.stability is not None else 0.0


def features_now(workspace: Workspace, fitted: Fitted, context: Context) -> TypedTable:
    """Return the features of a sample of everybody as of now."""
    from segmentary.workspace.features import feature_table

    return feature_table(workspace, fitted.prediction.features, fitted.prediction.attributes, context).table


def scores_now(workspace: Workspace, fitted: Fitted, context: Context, outputs: list[str]) -> TypedTable:
    """Return what a prediction says of everybody as of now, as numbers."""
    from segmentary.models.table.typed_table import TypedTable
    from segmentary.workspace.scores import PREFIX, scored_query

    engine = workspace.warehouse
    found: pa.Table = engine.table(scored_query(workspace, fitted.prediction, context))
    for part in ("people", "purchases"):
        engine.drop(f"{PREFIX}_{part}")
    return numbers(found, outputs, TypedTable)


def numbers(found: pa.Table, outputs: list[str], made: type[TypedTable]) -> TypedTable:
    """Return columns of numbers as a table to compare."""
    import numpy as np

    from segmentary.models.table.columns import Column

    columns = tuple(Column(name, "numeric") for name in outputs)
    values = [found.column(name).to_numpy(zero_copy_only=False).astype(np.float64) for name in outputs]
    table = np.column_stack(values) if found.num_rows else np.zeros((0, len(outputs)))
    return made(columns, np.where(np.isfinite(table), table, np.nan))
