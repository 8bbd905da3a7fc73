"""What models in force say of everybody, computed beside the traits and given to definitions like attributes.

A model in force is a version of a solution (found segments). Its outputs are ``NAME.label``, ``NAME.confidence`` and
``NAME.probability.SEGMENT``; definitions ask for them by `ModelValue`, or as traits of that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.errors import DataError, UnknownNameError
from segmentary.language.plan import Given
from segmentary.language.tree import ModelValue, ValueType
from segmentary.language.walk import Node, walk
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.records import current_records, record

if TYPE_CHECKING:
    from segmentary.models.assign.assigner import Assigner


@dataclass(frozen=True)
class Model:
    """A solution in force: its name, the version of the solution, and how it places people."""

    name: str
    version: str
    assigner: Assigner

    @property
    def outputs(self) -> dict[str, ValueType]:
        """What it gives, with types."""
        found: dict[str, ValueType] = {f"{self.name}.label": "text", f"{self.name}.confidence": "number"}
        return found | {f"{self.name}.probability.{label}": "number" for label in self.assigner.labels}

    @property
    def reads(self) -> set[str]:
        """The traits it is made of."""
        return {column.name for column in self.assigner.columns}


Models = Mapping[str, Model]


def models_in_force(ledger: Ledger) -> dict[str, Model]:
    """Return the models in force by name."""
    versions = {name: one.document["version"] for name, one in current_records(ledger, "model").items()}
    return models_at(ledger, versions)


def models_at(ledger: Ledger, versions: Mapping[str, str]) -> dict[str, Model]:
    """Return models by name, in the versions given."""
    return {name: Model(name, version, assigner(ledger, name, version)) for name, version in versions.items()}


def assigner(ledger: Ledger, name: str, version: str) -> Assigner:
    """Return how a version of a solution places people."""
    return read_assigner(version, ledger, name)


@lru_cache(maxsize=64)
def read_assigner(version: str, ledger: Ledger, name: str) -> Assigner:
    from segmentary.models.assign.assigner import Assigner

    return Assigner.from_document(record(ledger, "solution", name, version).document["assigner"])


def outputs_of(models: Models) -> dict[str, ValueType]:
    """Return every output of every model with its type."""
    return {name: kind for model in models.values() for name, kind in model.outputs.items()}


def outputs_in_force(ledger: Ledger) -> dict[str, ValueType]:
    """Return every output of the models in force with its type."""
    return outputs_of(models_in_force(ledger))


def fingerprints_of(models: Models) -> dict[str, str]:
    """Return for every output of every model the version of the model."""
    return {name: model.version for model in models.values() for name in model.outputs}


def used(models: Models, names: Iterable[str], nodes: Iterable[Node]) -> dict[str, Model]:
    """Return the models whose outputs are asked for, by `ModelValue` or by name as a trait."""
    asked = {part.model for node in nodes for part in walk(node) if isinstance(part, ModelValue)}
    outputs = {output: model.name for model in models.values() for output in model.outputs}
    asked |= {outputs[name] for name in names if name in outputs}
    return {name: model for name, model in models.items() if name in asked}


def reads_of(models: Models) -> set[str]:
    """Return the traits models are made of."""
    return {name for model in models.values() for name in model.reads}


@dataclass(frozen=True, slots=True)
class Scored:
    """Outputs of one model: where they stand, and the table they are in."""

    given: Mapping[str, Given]
    table: exp.Table


def score_models(
    engine: Engine,
    models: Models,
    sources: Iterable[tuple[exp.Table | None, Mapping[str, Given]]],
    universe: exp.Table,
    prefix: str,
) -> list[Scored]:
    """Place everybody by every model.

    sources : relations by customer with the columns that stand in them: attributes, computed traits, RFM scores.

    Raises
    ------
    UnknownNameError
        when a trait a model is made of is no trait any more. DataError : when it cannot be what the model takes it for.
    """
    if not models:
        return []
    from segmentary.models.assign.sql import Input, assignment_query

    source, places = side_by_side(universe, list(sources), reads_of(models))
    for model in models.values():
        fits(model, places)
    engine.create_as(f"{prefix}_reads", source, temporary=True)
    table = exp.table_(f"{prefix}_reads", quoted=True)
    inputs = {name: Input(one.column, one.type) for name, one in places.items()}
    found = []
    for number, (model, given) in enumerate(zip(models.values(), models_given(models), strict=True)):
        inner = assignment_query(model.assigner, table, inputs).subquery("placed")
        query = exp.select(exp.column("customer_id", quoted=True)).from_(inner)
        for one, column in zip(given.values(), columns_of(model), strict=True):
            query = query.select(exp.column(column, quoted=True).as_(one.column, quoted=True), copy=False)
        engine.create_as(f"{prefix}_model{number}", query, temporary=True)
        found.append(Scored(given, exp.table_(f"{prefix}_model{number}", quoted=True)))
    engine.drop(f"{prefix}_reads")
    return found


def fits(model: Model, places: Mapping[str, Given]) -> None:
    """Refuse to place anybody by a model whose traits are gone, or of another type: all would seem to have left."""
    way_out = f"bring it back, find {model.name} again without it, or `segmentary discover retire {model.name}`"
    for column in model.assigner.columns:
        if column.name not in places:
            see = f"the model {model.name} is made of it: {way_out}"
            raise UnknownNameError("trait", column.name, places, see=see)
        kind = places[column.name].type
        if kind not in ("number", "text", "boolean"):
            message = f"{column.name} is a {kind} now; the model {model.name} is made of it as {column.kind}"
            raise DataError(message, hint=way_out)


def columns_of(model: Model) -> tuple[str, ...]:
    """Return the columns of an assignment in the order of the model's outputs."""
    return ("label", "confidence", *(f"p{k}" for k in range(len(model.assigner.labels))))


def models_given(models: Models) -> list[dict[str, Given]]:
    """Return for every model where its outputs will stand."""
    return [
        {
            output: Given(f"m{number}_{column}", kind)
            for (output, kind), column in zip(model.outputs.items(), columns_of(model), strict=True)
        }
        for number, model in enumerate(models.values())
    ]


def side_by_side(
    universe: exp.Table, sources: list[tuple[exp.Table | None, Mapping[str, Given]]], names: set[str]
) -> tuple[exp.Select, dict[str, Given]]:
    """Return one row per customer with the columns wanted, numbered, and where each of them stands."""
    query = exp.select(exp.column("customer_id", table="everybody", quoted=True)).from_(
        exp.alias_(universe.copy(), "everybody", table=True)
    )
    places: dict[str, Given] = {}
    for number, (table, given) in enumerate(sources):
        here = sorted(names & given.keys() - places.keys())
        if table is None or not here:
            continue
        alias = f"source{number}"
        on = exp.EQ(
            this=exp.column("customer_id", table=alias, quoted=True),
            expression=exp.column("customer_id", table="everybody", quoted=True),
        )
        query = query.join(exp.alias_(table.copy(), alias, table=True), on=on, join_type="left", copy=False)
        for name in here:
            place = f"r{len(places)}"
            places[name] = Given(place, given[name].type)
            value = exp.column(given[name].column, table=alias, quoted=True).as_(place, quoted=True)
            query = query.select(value, copy=False)
    return query, places
