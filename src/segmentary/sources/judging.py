"""Which of the typed rows are sound: every row with its key, its money and, where it has one, its fault."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.errors import MappingError
from segmentary.settings import Settings
from segmentary.sources.arrival import ARRIVED
from segmentary.sources.currency import Money, money
from segmentary.sources.kinds import canonical_columns
from segmentary.sources.plans import Rendered, kept
from segmentary.sources.staging import READ, STAGED, Staging
from segmentary.sources.values import node

UNREADABLE = {
    "instant": "unreadable_time",
    "decimal": "unreadable_number",
    "integer": "unreadable_number",
    "boolean": "unreadable_boolean",
}
TIMES = ("happened_at", "answered_at", "assigned_at")
ORDINALS = "row_ordinals"


def judge(engine: Engine, staging: Staging, settings: Settings, *, plan: Hashable) -> None:
    """Make the staged rows from the rows that were read.

    Raises
    ------
    MappingError
        when a column the kind needs is not mapped.
    CurrencyError
        when amounts are in a currency that is neither the workspace's nor in a rates table.
    """
    priced = money(engine, staging, settings)
    repeated = number_repeats(engine)

    def make() -> Rendered:
        return Rendered(judged(staging, priced_rows(priced, repeated=repeated > 0), priced))

    query = make() if priced.rate is not None else kept((plan, "judge", repeated > 0), make)
    engine.create_as(STAGED, query, temporary=True)
    for name in (READ, ORDINALS, priced.table):
        engine.drop(name)


def priced_rows(priced: Money, *, repeated: bool) -> exp.Select:
    """Return the rows that were read, with their money and which copy of their text in the file they are."""
    rows = exp.select("read.*", priced.original.as_("original_money"), priced.currency.as_("money_currency"))
    rows = rows.from_(exp.to_table(READ).as_("read"))
    if priced.rate is not None:
        rows = rows.select(priced.rate.as_("rate"))
    if repeated:
        rows = rows.select(node("coalesce(ordinals.ordinal, 1) as ordinal"))
        same = exp.EQ(this=exp.column(ARRIVED, table="ordinals"), expression=exp.column(ARRIVED, table="read"))
        rows = rows.join(exp.to_table(ORDINALS).as_("ordinals"), on=same, join_type="left")
    else:
        rows = rows.select(node("1 as ordinal"))
    if priced.rates is not None:
        rows = rows.join(priced.rates, on=priced.match, join_type="asof left")
    return rows


def number_repeats(engine: Engine) -> int:
    """Give the copies of a row that occurs more than once in the file their ordinals; return how many rows that is."""
    repeats = exp.select("row_hash").from_(READ).group_by("row_hash").having(node("count(*) > 1"))
    ordinal = node("row_number() over (partition by row_hash order by arrived)")
    query = (
        exp.select(ARRIVED, ordinal.as_("ordinal"))
        .from_(READ)
        .where(exp.In(this=exp.column("row_hash"), query=repeats.subquery()))
    )
    return engine.create_as(ORDINALS, query, temporary=True)


def judged(staging: Staging, inner: exp.Select, priced: Money) -> exp.Query:
    """Return typed rows with their fault, their key, and whatever follows from several columns."""
    lines = staging.rules.table.name == "order_lines"
    order_id = order_key(staging) if lines else staging.field("order_id")
    is_sale = sale_status(staging)
    keep: list[exp.Expr] = [exp.column("row_number", table="staged"), exp.column("row_hash", table="staged")]
    keep += [exp.column(name, table="staged", quoted=True) for name in staging.fields if name != "order_id"]
    keep += [exp.column(place, table="staged") for place, _ in staging.attributes.values()]
    keep += [exp.column(place, table="staged") for place in staging.items.values()]
    if lines:
        keep.append(is_sale.as_("is_sale"))
    if lines or staging.has("order_id"):
        keep.append(order_id.as_("order_id"))
    rate = node("staged.rate") if priced.rate is not None else None
    if priced.has_money:
        keep += [node("staged.original_money as original_money"), node("staged.money_currency as money_currency")]
        keep.append(times_rate(node("staged.original_money"), rate).as_("money"))
        if staging.has("discount"):
            keep.append(times_rate(staging.field("discount"), rate).as_("money_off"))
    case, column = exp.Case(), exp.Case()
    for test, reason, name in tests(staging, order_id, is_sale):
        case = case.when(test, exp.Literal.string(reason))
        column = column.when(test, exp.Literal.string(staging.mapping.columns.get(name, name)))
    if rate is not None:
        test = node("staged.original_money is not null and staged.rate is null")
        case, column = (
            case.when(test, exp.Literal.string("missing_rate")),
            column.when(test, exp.Literal.string("currency")),
        )
        test = node(
            "staged.original_money is not null and $x is null", x=times_rate(node("staged.original_money"), rate)
        )
        case, column = (
            case.when(test, exp.Literal.string("amount_too_large")),
            column.when(test, exp.Literal.string("currency")),
        )
    if staging.mapping.drop_duplicates:
        test = node("staged.ordinal > 1")
        case, column = case.when(test, exp.Literal.string("exact_duplicate")), column.when(test, exp.Literal.string(""))
    faults = [c if c.args.get("ifs") else node("cast(null as varchar)") for c in (case, column)]
    keep += [row_key(staging).as_("row_key"), faults[0].as_("fault"), faults[1].as_("fault_column")]
    return exp.select(*keep).from_(inner.subquery("staged"))


def times_rate(amount: exp.Expr, rate: exp.Expr | None) -> exp.Expr:
    if rate is None:
        return node("try_cast($x as decimal(18, 4))", x=amount)
    return node("try_cast(cast($x as decimal(38, 4)) * $rate as decimal(18, 4))", x=amount, rate=rate)


def order_key(staging: Staging) -> exp.Expr:
    """Return the id of a line's order: its own, or else one order per person and moment."""
    if staging.has("order_id"):
        return staging.field("order_id")
    who, when = staging.field("record_id"), staging.field("happened_at")
    return node("$who || '@' || strftime($when, '%Y-%m-%dT%H:%M:%S')", who=who, when=when)


def sale_status(staging: Staging) -> exp.Expr:
    """Return whether a line's status means that a sale happened."""
    wanted = staging.mapping.sale_status
    if not wanted or not staging.has("status"):
        return exp.true()
    words = tuple(word.strip().lower() for word in wanted)
    return node("coalesce(lower($x) in $words, false)", x=staging.field("status"), words=words)


def tests(staging: Staging, order_id: exp.Expr, is_sale: exp.Expr) -> Iterator[tuple[exp.Expr, str, str]]:
    """Yield what makes a row unusable: the test, the reason, the column."""
    own = canonical_columns(staging.mapping.kind)
    for name in staging.faulty:
        yield exp.column(f"bad_{name}", table="staged"), UNREADABLE[own[name].type], name
    lines = staging.rules.table.name == "order_lines"
    for name in staging.rules.required:
        if staging.items and name == "item":
            continue
        if not staging.has(name) and name != "order_id":
            raise MappingError(
                f"a mapping of kind {staging.mapping.kind} needs the column {name!r}",
                hint=f"say which column it is: {name}=COLUMN",
            )
        test = node("$x is null", x=order_id if name == "order_id" else staging.field(name))
        if lines and name == "happened_at":
            test = node("$sale and $missing", sale=is_sale, missing=test)
        yield test, "missing_time" if name in TIMES else f"missing_{name}", name
    if lines and staging.has("unit_price"):
        factors = [staging.field(name) for name in ("unit_price", "quantity") if staging.has(name)]
        given = exp.and_(*(node("$x is not null", x=factor) for factor in factors))
        yield node("$given and staged.original_money is null", given=given), "amount_too_large", "unit_price"
    if lines and (staging.has("amount") or staging.has("unit_price")):
        missing = node("$sale and staged.original_money is null", sale=is_sale)
        yield missing, "missing_amount", "amount" if staging.has("amount") else "unit_price"


def row_key(staging: Staging) -> exp.Expr:
    """Return the identity of a row within its source: its id, or its text and which copy of it in the file it is."""
    by_place = node("concat(staged.row_hash, '-', staged.ordinal)")
    if not staging.key:
        return by_place
    key = staging.field(staging.key)
    if staging.rules.on_repeat == "known":
        return node("coalesce($key, $place)", key=key, place=by_place)
    # Copies of one row with an id are one row.
    return node("concat(staged.row_hash, '#', $key)", key=key)
