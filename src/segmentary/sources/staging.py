"""From arrived text to typed rows: one temporary table, every row with its key and, where it has one, its fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from segmentary.errors import MappingError
from segmentary.settings import Settings
from segmentary.sources.arrival import ARRIVING, Arrival, row_hash
from segmentary.sources.base import SourceMapping
from segmentary.sources.columns import ValueType, canonical
from segmentary.sources.kinds import IDENTIFIER_COLUMNS, RULES, KindRules, canonical_columns
from segmentary.sources.values import (
    as_boolean,
    as_decimal,
    as_id,
    as_instant,
    as_text,
    given,
    node,
)

STAGED = "staged_rows"
UNREADABLE = {"instant": "unreadable_time", "decimal": "unreadable_number", "boolean": "unreadable_boolean"}
TIMES = ("happened_at", "answered_at", "assigned_at")


@dataclass(frozen=True, slots=True)
class Staging:
    """How the rows of one load are read.

    Attributes
    ----------
    fields : canonical columns of the kind that this mapping fills, to their expression.
    attributes : attribute or property name -> (column in the staged table, type).
    items : for wide surveys: question -> column in the staged table.
    """

    mapping: SourceMapping
    rules: KindRules
    fields: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ValueType]]
    items: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether the staged table has this canonical column."""
        return name in self.fields

    def field(self, name: str) -> exp.Expr:
        """Return a canonical column of the staged table, or null."""
        return exp.column(name, table="staged") if self.has(name) else exp.null()


def attribute_columns(mapping: SourceMapping) -> dict[str, str]:
    """Return attribute name -> source column: everything mapped that is no column of the kind's own."""
    own = canonical_columns(mapping.kind)
    known = {name: source for name, source in mapping.columns.items() if name not in own or name in ("email", "phone")}
    if RULES[mapping.kind].table.name == "records" and "created_at" in mapping.columns:
        known["created_at"] = mapping.columns["created_at"]
    return {**known, **mapping.attributes}


def stage(
    arrival: Arrival,
    mapping: SourceMapping,
    types: Mapping[str, ValueType],
    *,
    source: str,
    prefix: str,
    settings: Settings,
) -> tuple[Staging, exp.Query]:
    """Return how rows are read, and the query that reads them.

    prefix : what ids of persons without an id of their own begin with.
    """
    rules = RULES[mapping.kind]
    fields: dict[str, exp.Expr] = {}
    faults: dict[str, exp.Expr] = {}
    own = canonical_columns(mapping.kind)
    for name in own:
        if name in mapping.columns:
            column = arrival.column(mapping.columns[name])
            fields[name] = read(name, own[name].type, column, mapping, settings)
            if own[name].type in UNREADABLE:
                faults[name] = node("$given is not null and $read is null", given=given(column), read=fields[name])
        elif name in mapping.constants:
            fields[name] = constant(name, own[name].type, mapping.constants[name])
    if mapping.kind == "events" and "name" not in fields:
        if not mapping.event_name:
            raise MappingError(
                f"{source}: nothing says what the events are called",
                hint="map a column to 'name', or set event_name in the mapping",
            )
        fields["name"] = exp.Literal.string(mapping.event_name)
    who(fields, rules, mapping, prefix)
    values = {
        name: canonical(
            arrival.column(column),
            types[name],
            mapping,
            zone=settings.timezone,
            codes=mapping.missing_codes.get(column, ()),
        )
        for name, column in attribute_columns(mapping).items()
    }
    answers = {item: given(arrival.column(item), mapping.missing_codes.get(item, ())) for item in mapping.items}
    staging = Staging(
        mapping=mapping,
        rules=rules,
        fields=tuple(fields),
        attributes={name: (f"attribute_{i}", types[name]) for i, name in enumerate(values)},
        items={item: f"item_{i}" for i, item in enumerate(answers)},
    )
    inner = exp.select(
        exp.column("row_number"),
        row_hash(arrival).as_("row_hash"),
        *(e.as_(name, quoted=True) for name, e in fields.items()),
        *(e.as_(f"bad_{name}") for name, e in faults.items()),
        *(e.as_(f"attribute_{i}") for i, e in enumerate(values.values())),
        *(e.as_(f"item_{i}") for i, e in enumerate(answers.values())),
    ).from_(ARRIVING)
    return staging, outer(staging, inner, tuple(faults))


def read(name: str, kind: str, column: object, mapping: SourceMapping, settings: Settings) -> exp.Expr:
    """Return one canonical column of the kind, typed."""
    from segmentary.sources.values import Column

    assert isinstance(column, Column)  # noqa: S101
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
        return node("upper($x)", x=given(column))
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


def constant(name: str, kind: str, value: str) -> exp.Expr:
    """Return a constant of the mapping, typed."""
    from segmentary.schema import SQL_TYPES, ColumnType

    del name
    types: Mapping[str, str] = {str(k): v for k, v in SQL_TYPES.items()}
    wanted: ColumnType | str = types.get(kind, "varchar")
    if wanted == "varchar":
        return exp.Literal.string(value)
    return exp.TryCast(this=exp.Literal.string(value), to=exp.DataType.build(wanted, dialect="duckdb"))


def who(fields: dict[str, exp.Expr], rules: KindRules, mapping: SourceMapping, prefix: str) -> None:
    """Fill in whose row it is: the id, or else an e-mail or a cookie, or else the row is a person of its own."""
    if "record_id" not in rules.table.names:
        return
    spaces: list[tuple[exp.Expr, exp.Expr]] = []
    if "record_id" in fields:
        spaces.append((fields["record_id"], exp.Literal.string(mapping.id_space)))
    elif rules.entity_type and mapping.kind != "attributes":
        own = node("concat($prefix, row_number)", prefix=prefix)
        spaces.append((own, exp.Literal.string(mapping.id_space)))
    for name in ("email", "cookie"):
        if name in fields and not spaces_are_certain(spaces, fields):
            spaces.append((fields[name], exp.Literal.string(name)))
    if not spaces:
        return
    fields["record_id"] = exp.func("coalesce", *(e.copy() for e, _ in spaces)) if len(spaces) > 1 else spaces[0][0]
    if len(spaces) > 1:
        case = exp.Case()
        for expression, space in spaces:
            case = case.when(node("$x is not null", x=expression), space)
        fields["id_space"] = case
    else:
        fields["id_space"] = spaces[0][1]


def spaces_are_certain(spaces: list[tuple[exp.Expr, exp.Expr]], fields: Mapping[str, exp.Expr]) -> bool:
    return bool(spaces) and "record_id" not in fields


def outer(staging: Staging, inner: exp.Select, faulty: tuple[str, ...]) -> exp.Query:
    """Return typed rows with their fault, their key, and whatever follows from several columns."""
    rules, mapping = staging.rules, staging.mapping
    keep: list[exp.Expr] = [exp.column("row_number", table="staged"), exp.column("row_hash", table="staged")]
    keep += [exp.column(name, table="staged", quoted=True) for name in staging.fields if name != "order_id"]
    keep += [exp.column(place, table="staged") for place, _ in staging.attributes.values()]
    keep += [exp.column(place, table="staged") for place in staging.items.values()]
    is_sale = sale_status(staging)
    order_id = staging.field("order_id")
    if rules.table.name == "order_lines":
        if not staging.has("order_id"):
            order_id = node(
                "concat($who, '@', strftime($when, '%Y-%m-%dT%H:%M:%S'))",
                who=staging.field("record_id"),
                when=staging.field("happened_at"),
            )
            order_id = node("case when $who is not null then $x end", who=staging.field("record_id"), x=order_id)
        keep += [is_sale.as_("is_sale")]
    if rules.table.name == "order_lines" or staging.has("order_id"):
        keep.append(order_id.as_("order_id"))
    ordinal = node("row_number() over (partition by row_hash order by row_number)")
    case, column = exp.Case(), exp.Case()
    for test, reason, name in tests(staging, faulty, order_id, is_sale):
        case = case.when(test, exp.Literal.string(reason))
        column = column.when(test, exp.Literal.string(mapping.columns.get(name, name)))
    if mapping.drop_duplicates:
        case = case.when(node("ordinal > 1"), exp.Literal.string("exact_duplicate"))
        column = column.when(node("ordinal > 1"), exp.Literal.string(""))
    nothing = node("cast(null as varchar)")
    fault = case if case.args.get("ifs") else nothing
    fault_column = column if column.args.get("ifs") else nothing.copy()
    keep += [row_key(staging).as_("row_key"), fault.as_("fault"), fault_column.as_("fault_column")]
    numbered = exp.select("*", ordinal.as_("ordinal")).from_(inner.subquery("arrived"))
    return exp.select(*keep).from_(numbered.subquery("staged"))


def sale_status(staging: Staging) -> exp.Expr:
    """Return whether a line's status means that a sale happened."""
    wanted = staging.mapping.sale_status
    if not wanted or not staging.has("status"):
        return exp.true()
    words = tuple(word.strip().lower() for word in wanted)
    return node("coalesce(lower($x) in $words, false)", x=staging.field("status"), words=words)


def tests(
    staging: Staging, faulty: tuple[str, ...], order_id: exp.Expr, is_sale: exp.Expr
) -> Iterator[tuple[exp.Expr, str, str]]:
    """Yield what makes a row unusable: the test, the reason, the column."""
    own = canonical_columns(staging.mapping.kind)
    for name in faulty:
        yield node("$x", x=exp.column(f"bad_{name}", table="staged")), UNREADABLE[own[name].type], name
    lines = staging.rules.table.name == "order_lines"
    for name in staging.rules.required:
        if staging.items and name == "item":
            continue
        value = order_id if name == "order_id" else staging.field(name)
        if name != "order_id" and not staging.has(name):
            raise MappingError(
                f"a mapping of kind {staging.mapping.kind} needs the column {name!r}",
                hint=f"say which column it is: {name}=COLUMN",
            )
        test = node("$x is null", x=value)
        if lines and name == "happened_at":
            test = node("$sale and $x is null", sale=is_sale, x=value)
        yield test, "missing_time" if name in TIMES else f"missing_{name}", name
    if lines and (staging.has("amount") or staging.has("unit_price")):
        missing = node(
            "$sale and $amount is null and ($price is null or $quantity is null)",
            sale=is_sale,
            amount=staging.field("amount"),
            price=staging.field("unit_price"),
            quantity=staging.field("quantity") if staging.has("quantity") else exp.Literal.number(1),
        )
        yield missing, "missing_amount", "amount" if staging.has("amount") else "unit_price"


def row_key(staging: Staging) -> exp.Expr:
    """Return the identity of a row within its source."""
    rules = staging.rules
    by_place = node("concat(staged.row_hash, '-', staged.ordinal)")
    if not rules.key or not staging.has(rules.key) or rules.key not in staging.mapping.columns:
        return by_place
    key = staging.field(rules.key)
    if rules.on_repeat == "known":
        return node("coalesce($key, $place)", key=key, place=by_place)
    return node("concat(staged.row_hash, '#', $key)", key=key)


__all__ = ["IDENTIFIER_COLUMNS", "STAGED", "Staging", "attribute_columns", "replace", "snake", "stage"]
