"""From arrived text to typed rows: what each canonical column, attribute and answer of a row is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.errors import MappingError
from segmentary.schema import SQL_TYPES, ColumnType
from segmentary.settings import Settings
from segmentary.sources.arrival import ARRIVED, Arrival, Reader, row_hash
from segmentary.sources.base import SourceMapping
from segmentary.sources.columns import ValueType, canonical
from segmentary.sources.kinds import RULES, KindRules, canonical_columns
from segmentary.sources.plans import Rendered
from segmentary.sources.signs import named_currency, written_currency
from segmentary.sources.study import Note
from segmentary.sources.values import Column, as_boolean, as_decimal, as_id, as_instant, as_text, given, node

READ = "read_rows"
# Planning a query takes far longer than in proportion to its columns.
COLUMNS_PER_QUERY = 24
STAGED = "staged_rows"
CHECKED = ("instant", "decimal", "boolean", "integer")


@dataclass(frozen=True, slots=True)
class Staging:
    """What the staged rows of one load hold.

    Attributes
    ----------
    fields : canonical columns of the kind that this mapping fills.
    faulty : those of them that can be unreadable; each has a column ``bad_NAME``.
    attributes : attribute or property name -> (column of the staged table, type).
    items : for wide surveys: question -> column of the staged table.
    """

    mapping: SourceMapping
    rules: KindRules
    fields: tuple[str, ...]
    faulty: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ValueType]]
    items: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether the staged table has this canonical column."""
        return name in self.fields

    def field(self, name: str) -> exp.Expr:
        """Return a canonical column of the staged table, or null."""
        return exp.column(name, table="staged", quoted=True) if self.has(name) else exp.null()

    @property
    def key(self) -> str:
        """The canonical column that identifies a row, empty where the source has none."""
        key = self.rules.key
        return key if key and key in self.mapping.columns else ""


def attribute_columns(mapping: SourceMapping) -> dict[str, str]:
    """Return attribute name -> source column: everything mapped that is no column of the kind's own."""
    own = canonical_columns(mapping.kind)
    known = {name: source for name, source in mapping.columns.items() if name not in own or name in ("email", "phone")}
    if RULES[mapping.kind].table.name == "records" and "created_at" in mapping.columns:
        known["created_at"] = mapping.columns["created_at"]
    return {**known, **mapping.attributes}


def reading(
    arrival: Arrival,
    mapping: SourceMapping,
    types: Mapping[str, ValueType],
    notes: Iterable[Note],
    *,
    source: str,
    prefix: str,
    settings: Settings,
) -> tuple[Staging, tuple[exp.Query, ...]]:
    """Return what the staged rows hold, and the queries that read them from what arrived, a group of columns each.

    prefix : what ids of persons without an id of their own begin with.

    Raises
    ------
    MappingError
        when a column the kind needs is not mapped.
    """
    reader = arrival.reader()
    fields, faults = own_fields(reader, mapping, settings)
    if mapping.kind == "events" and "name" not in fields:
        if not mapping.event_name:
            raise MappingError(
                f"{source}: nothing says what the events are called",
                hint="map a column to 'name', or set event_name in the mapping",
            )
        fields["name"] = exp.Literal.string(mapping.event_name)
    if "currency" in RULES[mapping.kind].table.names and "currency" not in fields:
        written = written_currency(reader, mapping, notes, mapping.currency or settings.currency)
        if written is not None:
            fields["currency"] = written
    who(fields, mapping, prefix)
    attributes = attribute_columns(mapping)
    staging = Staging(
        mapping=mapping,
        rules=RULES[mapping.kind],
        fields=tuple(fields),
        faulty=tuple(faults),
        attributes={name: (f"attribute_{i}", types[name]) for i, name in enumerate(attributes)},
        items={item: f"item_{i}" for i, item in enumerate(mapping.items)},
    )
    columns = {"row_hash": row_hash(arrival), **fields, **{f"bad_{name}": e for name, e in faults.items()}}
    others = [*((name, False) for name in attributes), *((item, True) for item in mapping.items)]
    groups = [others[i : i + COLUMNS_PER_QUERY] for i in range(0, len(others), COLUMNS_PER_QUERY)] or [[]]
    queries: list[exp.Query] = []
    for group in groups:
        columns |= others_of(reader, staging, group, attributes, settings)
        chosen = [exp.alias_(e, name, quoted=True, copy=False) for name, e in columns.items()]
        numbers = ("row_number", ARRIVED) if not queries else (ARRIVED,)
        query = exp.select(*numbers).select(*chosen, copy=False)
        queries.append(query.from_(reader.steps.relation(), copy=False))
        reader, columns = arrival.reader(), {}
    return staging, tuple(queries)


def others_of(
    reader: Reader,
    staging: Staging,
    group: Iterable[tuple[str, bool]],
    attributes: Mapping[str, str],
    settings: Settings,
) -> dict[str, exp.Expr]:
    """Return some attributes and answers, typed, under their names in the staged table.

    group : names, and whether each is a question of a survey.
    """
    codes = staging.mapping.missing_codes
    columns: dict[str, exp.Expr] = {}
    for name, is_item in group:
        if is_item:
            columns[staging.items[name]] = given(reader.column(name), codes.get(name, ()))
            continue
        source = attributes[name]
        place, kind = staging.attributes[name]
        own = codes.get(source, ())
        columns[place] = canonical(reader.column(source), kind, staging.mapping, zone=settings.timezone, codes=own)
    return columns


def read_rows(engine: Engine, queries: Sequence[Rendered]) -> None:
    """Make the rows that were read: group by group, then side by side."""
    if len(queries) == 1:
        engine.create_as(READ, queries[0], temporary=True)
        return
    parts = [f"{READ}_{i}" for i in range(len(queries))]
    for part, query in zip(parts, queries, strict=True):
        engine.create_as(part, query, temporary=True)
    whole = exp.select("*").from_(exp.to_table(parts[0]))
    for part in parts[1:]:
        whole = whole.join(exp.to_table(part), using=ARRIVED, join_type="inner", copy=False)
    engine.create_as(READ, whole, temporary=True)
    for part in parts:
        engine.drop(part)


def own_fields(
    reader: Reader, mapping: SourceMapping, settings: Settings
) -> tuple[dict[str, exp.Expr], dict[str, exp.Expr]]:
    """Return the canonical columns of the kind, and per checked column whether it is given but unreadable."""
    fields: dict[str, exp.Expr] = {}
    faults: dict[str, exp.Expr] = {}
    for name, own in canonical_columns(mapping.kind).items():
        if name in mapping.columns:
            column = reader.column(mapping.columns[name])
            fields[name] = column.let(read(name, own.type, column, mapping, settings))
            if own.type in CHECKED and column.is_text:
                faults[name] = node("$given is not null and $read is null", given=given(column), read=fields[name])
        elif name in mapping.constants:
            fields[name] = constant(own.type, mapping.constants[name])
    return fields, faults


def read(name: str, kind: ColumnType, column: Column, mapping: SourceMapping, settings: Settings) -> exp.Expr:
    """Return one canonical column of the kind, typed."""
    match kind:
        case "instant":
            return as_instant(column, mapping, settings.timezone)
        case "decimal":
            return as_decimal(column, mapping)
        case "integer":
            return as_decimal(column, mapping, "bigint")
        case "boolean":
            return as_boolean(column)
    if name.endswith("_id") or name in ("cookie", "device", "merged_into"):
        return as_id(column)
    if name == "email":
        return node("lower($x)", x=given(column))
    if name == "currency":
        return named_currency(column.let(given(column)), mapping.currency or settings.currency)
    if name == "name" and mapping.kind == "events":
        return snake(as_text(column))
    return given(column, lenient=False)


def snake(text: exp.Expr) -> exp.Expr:
    """Return a name in lower_snake."""
    return node(
        "trim(regexp_replace(lower(regexp_replace($x, '([a-z0-9])([A-Z])', '\\1_\\2', 'g')),"
        " '[^\\p{L}\\p{N}]+', '_', 'g'), '_')",
        x=text,
    )


def constant(kind: ColumnType, value: str) -> exp.Expr:
    """Return a constant of the mapping, typed."""
    if SQL_TYPES[kind] == "varchar":
        return exp.Literal.string(value)
    return exp.TryCast(this=exp.Literal.string(value), to=exp.DataType.build(SQL_TYPES[kind], dialect="duckdb"))


def who(fields: dict[str, exp.Expr], mapping: SourceMapping, prefix: str) -> None:
    """Fill in whose row it is: the id; where it is missing an e-mail or a cookie; or the row is a person of its own."""
    rules = RULES[mapping.kind]
    if "record_id" not in rules.table.names:
        return
    is_person = bool(rules.entity_type) and mapping.kind != "attributes"
    if "record_id" not in fields and is_person:
        fields["record_id"] = node("concat($prefix, row_number)", prefix=prefix)
        fields["id_space"] = exp.Literal.string(mapping.id_space)
        return
    spaces = {"record_id": mapping.id_space, "email": "email", "cookie": "cookie"}
    found = [(fields[name], exp.Literal.string(space)) for name, space in spaces.items() if name in fields]
    if not found:
        return
    case = exp.Case()
    for expression, space in found:
        case = case.when(node("$x is not null", x=expression), space)
    fields["record_id"] = exp.func("coalesce", *(e.copy() for e, _ in found)) if len(found) > 1 else found[0][0]
    fields["id_space"] = case
