"""PostgreSQL 16 or newer. What it lacks is in ``postgres.sql``: functions of the session's temporary schema."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlglot import exp

from segmentary.engine.dialects.base import Dialect, bare, call, is_json_list, text_of
from segmentary.engine.dialects.letters import letter_cases
from segmentary.engine.dialects.patterns import translated

TYPES: Mapping[exp.DType, str] = {
    exp.DType.TEXT: "text",
    exp.DType.VARCHAR: "text",
    exp.DType.BOOLEAN: "boolean",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp",
    exp.DType.TIMESTAMPNTZ: "timestamp",
    exp.DType.SMALLINT: "smallint",
    exp.DType.INT: "int",
    exp.DType.BIGINT: "bigint",
    exp.DType.DOUBLE: "double precision",
    exp.DType.INT128: "decimal(38, 0)",
}
STEP = "step"  # alias of a subquery whose columns are computed once, before they are used
LISTS = "lists"  # in the meta of a list of lists
REACHING = (exp.Add, exp.Sub, exp.Mul)


class PostgresDialect(Dialect):
    """From DuckDB's functions and types to PostgreSQL's."""

    engine = "postgres"

    def __init__(self) -> None:
        super().__init__()
        self.nodes = {
            exp.TryCast: self.try_cast,
            exp.TimeStrToTime: lambda node: cast(node.this, "timestamp"),
            exp.IntDiv: lambda node: call("div", node.this, node.expression),
            exp.Extract: lambda node: node,
            exp.Var: lambda node: node,
            exp.AtTimeZone: lambda node: node,
            exp.ArrayAgg: self.listed,
            exp.Max: lambda node: exp.LogicalOr(this=node.this) if is_boolean(node.this) else node,
            exp.Min: lambda node: exp.LogicalAnd(this=node.this) if is_boolean(node.this) else node,
            exp.Concat: lambda node: node,
            exp.Abs: lambda node: node,
            exp.Lower: lambda node: self.functions["lower"]([node.this]),
            exp.Subquery: lambda node: kept_apart(node) if node.alias == STEP else node,
        }
        self.whole = {exp.Lambda: lambda node: node, exp.Anonymous: self.anonymous, exp.Cast: self.cast}
        self.functions = {
            "nfc_normalize": lambda a: binary_text(call("normalize", a[0], exp.var("NFC"))),
            "lower": lambda a: own("lowered", a[0], *(exp.Literal.string(part) for part in letter_cases())),
            "contains": lambda a: exp.GT(this=call("strpos", *a), expression=exp.Literal.number(0)),
            "starts_with": lambda a: call("starts_with", *a),
            "ends_with": lambda a: exp.EQ(this=call("right", a[0], call("length", a[1])), expression=a[1].copy()),
            "concat": lambda a: call("concat", *a),
            "left": lambda a: call("left", *a),
            "lpad": lambda a: call("lpad", *a),
            "sha256": self.sha256,
            "regexp_matches": self.regexp_matches,
            "regexp_extract": self.regexp_extract,
            "try": self.attempt,
            "epoch_us": lambda a: own("microseconds", a[0]),
            "json_valid": lambda a: own("json_valid", a[0]),
            "json_type": lambda a: own("json_type", a[0]),
            "json_value": lambda a: own("json_scalar", own("json_at", a[0], self.path(a[1]))),
            "json_extract_string": lambda a: own("json_string", own("json_at", a[0], self.path(a[1]))),
            "json_extract": self.json_extract,
            "list_extract": self.list_extract,
            "list_has_any": lambda a: exp.ArrayOverlaps(this=a[0], expression=a[1]),
            "list_has_all": lambda a: exp.ArrayContainsAll(this=a[0], expression=a[1]),
            "len": lambda a: call("cardinality", a[0]),
        }

    def anonymous(self, node: exp.Expr) -> exp.Expr:
        """Return a call by name; those with a lambda are queries over the items."""
        name = str(node.this).lower()
        if name not in ("list_transform", "list_filter"):
            self.descend(node)
            return self.function(node)
        items = self.visit(node.expressions[0])
        function = node.expressions[1]
        if not isinstance(function, exp.Lambda) or [str(one.name) for one in function.expressions] != ["item"]:
            raise self.refusal(name)
        body = self.visit(function.this)
        unnested = exp.Unnest(
            expressions=[items.copy()],
            alias=exp.TableAlias(
                this=exp.to_identifier("items"), columns=[exp.to_identifier("item"), exp.to_identifier("place")]
            ),
            offset=True,
        )
        query = exp.select(body if name == "list_transform" else exp.column("item")).from_(unnested)
        if name == "list_filter":
            query.where(body, copy=False)
        query.order_by(exp.column("place"), copy=False)
        known = exp.Not(this=exp.Paren(this=exp.Is(this=exp.Paren(this=items), expression=exp.null())))
        return exp.Case(ifs=[exp.If(this=known, true=call("array", query))])

    def data_type(self, node: exp.Expr) -> exp.Expr:
        """Return a type of this engine."""
        kind = node.this
        if kind == exp.DType.DECIMAL:
            return node
        if kind == exp.DType.ARRAY and [one.this for one in node.expressions] == [exp.DType.TEXT]:
            return built("text[]").copy()
        if kind not in TYPES:
            raise self.refusal(f"type {node.sql('duckdb')}")
        return built(TYPES[kind]).copy()

    def cast(self, node: exp.Expr) -> exp.Expr:
        """Return a cast; a list of JSON is one already."""
        if is_json_list(node.args["to"]):
            return self.visit(node.this)
        self.descend(node)
        return node

    def try_cast(self, node: exp.Expr) -> exp.Expr:
        """Return a cast that gives missing where the value does not fit."""
        target: exp.DataType = node.args["to"]
        value = node.this
        if target.this == exp.DType.DECIMAL:
            digits, places = (int(one.name) for one in target.expressions)
            found = own("try_decimal", value, exp.Literal.number(digits), exp.Literal.number(places))
            return exp.Cast(this=found, to=target)
        name = {"DATE": "try_date", "TIMESTAMP": "try_timestamp", "BOOLEAN": "try_boolean"}.get(target.this.name)
        if name is None:
            raise self.refusal(f"try_cast to {target.sql('postgres')}")
        return own(name, value)

    def attempt(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return what cannot fail here: numbers have all the room they need."""
        if not isinstance(bare(arguments[0]), REACHING):
            raise self.refusal("try")
        return arguments[0]

    def sha256(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return the digest in hexadecimal digits."""
        coded = call("convert_to", arguments[0], exp.Literal.string("UTF8"))
        return binary_text(call("encode", call("sha256", coded), exp.Literal.string("hex")))

    def listed(self, node: exp.Expr) -> exp.Expr:
        """Return values as a list; lists go into it as JSON, for a list of lists is something else here."""
        order = node.this if isinstance(node.this, exp.Order) else node
        if is_list(order.this):
            order.set("this", call("to_json", order.this))
            node.meta[LISTS] = True
        return node

    def list_extract(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return an item of a list."""
        found = own("item", *arguments)
        inner = arguments[0].this if isinstance(arguments[0], exp.Filter) else arguments[0]
        return own("json_texts", found) if inner.meta.get(LISTS) else found

    def pattern(self, node: exp.Expr, name: str) -> str:
        """Return a pattern in PostgreSQL's words."""
        pattern = text_of(node)
        if pattern is None:
            raise self.refusal(name)
        try:
            return translated(pattern, "postgres")
        except ValueError as error:
            raise self.refusal(f"matches {pattern!r} ({error})") from error

    def regexp_matches(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return whether a pattern is found."""
        pattern = self.pattern(arguments[1], "matches")
        return exp.RegexpLike(this=exp.Paren(this=arguments[0]), expression=exp.Literal.string(pattern))

    def regexp_extract(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return a group of the first match."""
        text, given, place = arguments
        pattern = self.pattern(given, "regexp_extract")
        number = int(place.name)
        if number == 0:  # PostgreSQL counts from the whole where there are no groups
            pattern, number = f"({pattern})", 1
        return own("extracted", text, exp.Literal.string(pattern), exp.Literal.number(number))

    def path(self, node: exp.Expr) -> exp.Expr:
        """Return a JSON pointer as a list of keys."""
        pointer = text_of(node)
        if pointer is None or (pointer not in ("", "$") and not pointer.startswith("/")):
            raise self.refusal(f"json path {pointer!r}")
        keys = [] if pointer in ("", "$") else pointer[1:].split("/")
        given = [exp.Literal.string(key.replace("~1", "/").replace("~0", "~")) for key in keys]
        return cast(exp.Array(expressions=given), "text[]")

    def json_extract(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return what a path leads to, or all items."""
        if text_of(arguments[1]) == "$[*]":
            return own("json_items", arguments[0])
        return own("json_at", arguments[0], self.path(arguments[1]))


def kept_apart(node: exp.Expr) -> exp.Expr:
    """Return a subquery that is not flattened: its expressions would be copied to wherever they are used."""
    node.this.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    return node


def results(node: exp.Case) -> list[exp.Expr]:
    found = [one.args["true"] for one in node.args["ifs"]]
    return [*found, node.args["default"]] if node.args.get("default") is not None else found


def is_boolean(node: exp.Expr) -> bool:
    """Say whether a value is true or false, as far as can be seen."""
    inner = bare(node)
    if isinstance(inner, exp.Case):
        return any(is_boolean(one) for one in results(inner))
    if isinstance(inner, exp.Coalesce):
        return any(is_boolean(one) for one in (inner.this, *inner.expressions))
    if isinstance(inner, exp.Cast):
        return bool(inner.to.this == exp.DType.BOOLEAN)
    return isinstance(inner, exp.Boolean | exp.Predicate | exp.Connector | exp.Not)


def is_list(node: exp.Expr) -> bool:
    """Say whether a value is a list, as far as can be seen."""
    inner = bare(node)
    if isinstance(inner, exp.Case):
        return any(is_list(one) for one in results(inner))
    if isinstance(inner, exp.Coalesce):
        return any(is_list(one) for one in (inner.this, *inner.expressions))
    if isinstance(inner, exp.Cast):
        return bool(inner.to.this == exp.DType.ARRAY)
    return isinstance(inner, exp.Array) or (isinstance(inner, exp.Anonymous) and str(inner.this) == "array")


def own(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of one of our functions."""
    return exp.Dot(this=exp.to_identifier("pg_temp"), expression=call(name, *arguments))


@cache
def built(target: str) -> exp.DataType:
    return exp.DataType.build(target, dialect="postgres")


def cast(value: exp.Expr, target: str) -> exp.Expr:
    return exp.Cast(this=value, to=built(target).copy())


def binary_text(value: exp.Expr) -> exp.Expr:
    """Return text that compares byte by byte, whatever the database's language."""
    return exp.Paren(this=exp.Collate(this=value, expression=exp.to_identifier("C", quoted=True)))
