"""The catalogue of traits: everything a definition can ask about a customer, with what is known of it.

Attributes come from the sources (and from `profiles.enrich`), computed traits from their definitions, model outputs
(such as RFM scores) from the columns of the ``traits`` table that no definition explains. Figures are counted in the
warehouse, for all traits at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, query
from segmentary.errors import UnknownNameError
from segmentary.language.tree import Base, Context, Scalar, Sensitivity, TraitDefinition, ValueType
from segmentary.profiles.asof import holding
from segmentary.profiles.naming import base_of, sensitivity_of, title_of, unit_of
from segmentary.profiles.observed import attribute_types
from segmentary.profiles.reliability import verdicts
from segmentary.schema import CUSTOMER_ATTRIBUTES, CUSTOMERS

FOLDER = Path(__file__).parent
TRAITS_TABLE = "traits"
VALUES_TABLE = "catalog_values"
TOP = 5


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait and what is known of it.

    Attributes
    ----------
    fill_rate : share of customers with a value; missing before anything was counted.
    top_values : the most frequent values and how many customers have each; none for identifiers.
    low, high : smallest and largest value of numbers, dates and times.
    """

    name: str
    title: str
    type: ValueType
    unit: str = ""
    base: Base = "other"
    source: str = ""
    kind: Literal["attribute", "computed", "model"] = "attribute"
    sensitivity: Sensitivity = "ordinary"
    fill_rate: float | None = None
    top_values: tuple[tuple[str, int], ...] = ()
    low: Scalar | None = None
    high: Scalar | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class TraitCatalog:
    """All traits by name."""

    traits: Mapping[str, Trait]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(self.traits)

    def trait(self, name: str) -> Trait:
        """Return one trait.

        Raises
        ------
        UnknownNameError
            when there is none of that name, with the nearest ones.
        """
        if name not in self.traits:
            raise UnknownNameError("trait", name, self.traits, see="run `segmentary traits` to see them all")
        return self.traits[name]

    def vocabulary_types(self) -> Mapping[str, ValueType]:
        """Return the type of every trait, as definitions are checked against."""
        return {name: trait.type for name, trait in self.traits.items()}

    def __iter__(self) -> Iterator[Trait]:
        return iter(self.traits.values())

    def __len__(self) -> int:
        return len(self.traits)


def catalog(
    engine: Engine, definitions: Mapping[str, TraitDefinition], *, context: Context | None = None
) -> TraitCatalog:
    """Describe every trait of a warehouse.

    Parameters
    ----------
    definitions : the computed traits.
    context : the moment attributes are counted at; None means their newest values.
    """
    found = attributes(engine, context)
    filled = counted(engine) if engine.has_table(TRAITS_TABLE) else {}
    for name, definition in definitions.items():
        found[name] = computed(definition, filled.get(name))
    for name, trait in filled.items():
        if name not in definitions:
            found[name] = trait
    return TraitCatalog({name: found[name] for name in sorted(found)})


def computed(definition: TraitDefinition, counted_as: Trait | None) -> Trait:
    trait = Trait(
        name=definition.name,
        title=definition.title or title_of(definition.name),
        type=definition.type,
        unit=definition.unit,
        base=definition.base,
        source="computed",
        kind="computed",
        sensitivity=definition.sensitivity,
        description=definition.description,
    )
    if counted_as is None:
        return trait
    top = counted_as.top_values if definition.sensitivity != "identifier" else ()
    return replace(trait, fill_rate=counted_as.fill_rate, low=counted_as.low, high=counted_as.high, top_values=top)


# ---------------------------------------------------------------- attributes


def attributes(engine: Engine, context: Context | None) -> dict[str, Trait]:
    """Describe the attributes: one pass for their figures, one for their most frequent values."""
    types = attribute_types(engine)
    if not types:
        return {}
    customers = count(engine, CUSTOMERS.name)
    engine.create_as(VALUES_TABLE, holding(None, context), temporary=True)
    values = exp.table_(VALUES_TABLE, quoted=True)
    try:
        figures = {row[0]: row[1:] for row in engine.rows(query(FOLDER / "attribute_figures.sql", held=values))}
        top: dict[str, list[tuple[str, int]]] = {}
        for name, value, n in engine.rows(query(FOLDER / "attribute_top_values.sql", held=values, top=TOP)):
            top.setdefault(name, []).append((value, n))
    finally:
        engine.drop(VALUES_TABLE)
    sources = sources_of(engine)
    scales = {f"attitude_{scale}": verdict for scale, verdict in verdicts(engine).items()}
    found = {}
    for name, type_ in types.items():
        filled, addresses, low_number, high_number, low_text, high_text = figures.get(name, (0, 0, *[None] * 4))
        low, high = (low_number, high_number) if type_ == "number" else (low_text, high_text)
        sensitivity = sensitivity_of(name, type_, looks_like_address=2 * addresses > filled)
        source = sources.get(name, ())
        found[name] = Trait(
            name=name,
            title=title_of(name),
            type=type_,
            unit=unit_of(name, type_),
            base=base_of(name, source[0] if len(source) == 1 else ""),
            source=", ".join(source),
            sensitivity=sensitivity,
            fill_rate=filled / customers if customers else None,
            top_values=tuple(top.get(name, ())) if sensitivity != "identifier" else (),
            low=scalar(low, type_),
            high=scalar(high, type_),
            description=scales.get(name, ""),
        )
    return found


def sources_of(engine: Engine) -> dict[str, tuple[str, ...]]:
    pair = (column("name"), column("source"))
    rows = engine.rows(exp.select(*pair).distinct().from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)))
    found: dict[str, list[str]] = {}
    for name, source in sorted(rows, key=str):
        found.setdefault(name, []).append(source or "")
    return {name: tuple(source) for name, source in found.items()}


def scalar(value: object, type_: ValueType) -> Scalar | None:
    """Return a bound as a Python value; text and booleans have none."""
    match type_, value:
        case (("text" | "boolean" | "list"), _):
            return None
        case "number", Decimal() | int():
            return plain(Decimal(value))
        case "date", dt.date():
            return value
        case "date", str():
            return parsed(value, dt.date.fromisoformat)
        case "time", dt.datetime():
            return value.replace(tzinfo=dt.UTC)
        case "time", str():
            moment = parsed(value, dt.datetime.fromisoformat)
            if not isinstance(moment, dt.datetime):
                return None
            return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        case "number", str():
            try:
                return plain(Decimal(value))
            except InvalidOperation:
                return None
        case _:
            return None


def parsed(text: str, read: object) -> dt.date | None:
    try:
        return read(text) if callable(read) else None
    except ValueError:
        return None


def plain(number: Decimal) -> Decimal:
    """Return a number without trailing zeros and without an exponent."""
    return Decimal(f"{number.normalize():f}")


# ---------------------------------------------------------------- the table of computed traits


def counted(engine: Engine) -> dict[str, Trait]:
    """Describe every column of the table ``traits``: one pass for the figures, one per column of few values."""
    types = {name: column_type(sql) for name, sql in engine.columns(TRAITS_TABLE).items() if name != "customer_id"}
    if not types:
        return {}
    place = exp.table_(TRAITS_TABLE, quoted=True)
    figures: list[exp.Expr] = [exp.Count(this=exp.Star())]
    for name, type_ in types.items():
        bounded = column(name) if type_ in ("number", "date", "time") else exp.null()
        figures += [
            exp.Count(this=column(name)),
            exp.Min(this=bounded),
            exp.Max(this=bounded.copy()),
        ]
    row = engine.rows(exp.select(*(exp.alias_(f, f"f{i}") for i, f in enumerate(figures))).from_(place))[0]
    found = {}
    for i, (name, type_) in enumerate(types.items()):
        filled, low, high = row[1 + 3 * i : 4 + 3 * i]
        found[name] = Trait(
            name=name,
            title=title_of(name),
            type=type_,
            unit=unit_of(name, type_),
            base="value" if name.startswith("rfm_") else base_of(name),
            source="model",
            kind="model",
            fill_rate=filled / row[0] if row[0] else None,
            top_values=most_frequent(engine, name) if type_ in ("text", "boolean") else (),
            low=scalar(low, type_),
            high=scalar(high, type_),
        )
    return found


def most_frequent(engine: Engine, name: str) -> tuple[tuple[str, int], ...]:
    text = exp.cast(column(name), "varchar", dialect="duckdb")
    n = exp.Count(this=exp.Star())
    top = (
        exp.select(exp.alias_(text, "value", quoted=True), exp.alias_(n, "n", quoted=True))
        .from_(exp.table_(TRAITS_TABLE, quoted=True))
        .where(exp.not_(column(name).is_(exp.null())))
        .group_by(text.copy())
        .order_by(exp.Ordered(this=column("n"), desc=True, nulls_first=False), column("value"))
        .limit(TOP)
    )
    return tuple((str(value), int(count)) for value, count in engine.rows(top))


NUMBERS = (
    "DECIMAL", "NUMERIC", "BIGINT", "INT", "HUGEINT", "DOUBLE", "FLOAT", "SMALLINT", "TINYINT", "U",
)  # fmt: skip


def column_type(sql: str) -> ValueType:
    kind = sql.upper()
    if kind.startswith(NUMBERS):
        return "number"
    if kind.startswith("TIMESTAMP"):
        return "time"
    return {"BOOLEAN": "boolean", "DATE": "date"}.get(kind, "text")  # type: ignore[return-value]


def count(engine: Engine, table: str) -> int:
    return int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_(table, quoted=True))))
