"""Spark 4 in ANSI mode, decimals without loss of precision, timestamps without zone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlglot import exp

from segmentary.engine.dialects.base import Dialect, bare, call, is_json_list, text_of
from segmentary.engine.dialects.letters import letter_cases
from segmentary.engine.dialects.patterns import translated
from segmentary.engine.dialects.spark_forms import NAMES, bound, form, let

TYPES: Mapping[exp.DType, str] = {
    exp.DType.TEXT: "string",
    exp.DType.VARCHAR: "string",
    exp.DType.BOOLEAN: "boolean",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp_ntz",
    exp.DType.TIMESTAMPNTZ: "timestamp_ntz",
    exp.DType.SMALLINT: "smallint",
    exp.DType.INT: "int",
    exp.DType.BIGINT: "bigint",
    exp.DType.DOUBLE: "double",
    exp.DType.INT128: "decimal(38, 0)",
}
TRIES: Mapping[type[exp.Expr], str] = {exp.Mul: "try_multiply", exp.Add: "try_add", exp.Sub: "try_subtract"}
VARIANT = "variant"  # in the meta of a node that is a variant, or a list of them


class SparkDialect(Dialect):
    """From DuckDB's functions and types to Spark's."""

    engine = "spark"

    def __init__(self) -> None:
        super().__init__()
        self.item_is_variant = False
        self.nodes = {
            exp.TryCast: self.try_cast,
            exp.TimeStrToTime: lambda node: cast(node.this, "timestamp_ntz"),
            exp.IntDiv: self.int_div,
            exp.Sub: self.subtract,
            exp.Extract: self.extract,
            exp.Var: lambda node: node,
            exp.ArrayAgg: lambda node: self.listed(node, None),
            exp.Concat: lambda node: node,
            exp.Abs: lambda node: node,
            exp.Lower: lambda node: self.functions["lower"]([node.this]),
            exp.Column: self.column,
            exp.CTE: self.common,
        }
        self.whole = {
            exp.Anonymous: self.anonymous,
            exp.Cast: self.cast,
            exp.AtTimeZone: self.at_zone,
            exp.Filter: self.filtered,
        }
        self.functions = {
            "nfc_normalize": lambda a: a[0],  # `Spark.ingest` has brought text into normal form
            "lower": lambda a: call("translate", a[0], *(exp.Literal.string(part) for part in letter_cases())),
            "contains": lambda a: call("contains", *a),
            "starts_with": lambda a: call("startswith", *a),
            "ends_with": lambda a: call("endswith", *a),
            "concat": lambda a: call(
                "concat", *(exp.Coalesce(this=x, expressions=[exp.Literal.string("")]) for x in a)
            ),
            "left": lambda a: call("left", *a),
            "lpad": lambda a: call("lpad", *a),
            "sha256": lambda a: call("sha2", a[0], exp.Literal.number(256)),
            "regexp_matches": lambda a: call("regexp_like", a[0], self.pattern(a[1], "matches")),
            "regexp_extract": lambda a: call("regexp_extract", a[0], self.pattern(a[1], "regexp_extract"), a[2]),
            "try": self.attempt,
            "epoch_us": lambda a: call("unix_micros", cast(a[0], "timestamp_ltz")),
            "json_valid": lambda a: known(bound(a[0], "document")),
            "json_type": lambda a: bound(call("schema_of_variant", self.document(a[0])), "kind"),
            "json_value": lambda a: variant(bound(self.reached(*a), "scalar")),
            "json_extract_string": lambda a: self.told(self.reached(*a)),
            "json_extract": self.json_extract,
            "list_extract": lambda a: call("try_element_at", *a),
            "list_has_any": lambda a: call("arrays_overlap", *a),
            "list_has_all": lambda a: exp.EQ(
                this=call("size", call("array_except", a[1], a[0])), expression=exp.Literal.number(0)
            ),
            "len": lambda a: call("size", a[0]),
        }

    def rewrite(self, tree: exp.Expr) -> exp.Expr:
        """Return the tree of this engine; the given one is left as it is."""
        return apart(super().rewrite(tree))

    # ---------------------------------------------------------------- types

    def data_type(self, node: exp.Expr) -> exp.Expr:
        """Return a type of this engine."""
        kind = node.this
        if kind == exp.DType.DECIMAL:
            return node
        if kind == exp.DType.ARRAY and [one.this for one in node.expressions] == [exp.DType.TEXT]:
            return spark_type("array<string>")
        if kind not in TYPES:
            raise self.refusal(f"type {node.sql('duckdb')}")
        return spark_type(TYPES[kind])

    def cast(self, node: exp.Expr) -> exp.Expr:
        """Return a cast; a list of variants is one already."""
        if is_json_list(node.args["to"]):
            return self.visit(node.this)
        self.descend(node)
        return node

    def try_cast(self, node: exp.Expr) -> exp.Expr:
        """Return a cast that gives missing where the value does not fit."""
        node.set("safe", True)  # or it would be written as a cast that fails
        return node

    def column(self, node: exp.Expr) -> exp.Expr:
        """Return a column, or the item of a list."""
        return variant(node) if self.item_is_variant and node.name == "item" and not node.args.get("table") else node

    def common(self, node: exp.Expr) -> exp.Expr:
        """Return a common table; whether it is computed once is Spark's decision."""
        node.set("materialized", None)
        return node

    # ---------------------------------------------------------------- numbers

    def attempt(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return a result that is missing where it does not fit."""
        inner = bare(arguments[0])
        if type(inner) not in TRIES:
            raise self.refusal("try")
        return call(TRIES[type(inner)], inner.this, inner.expression)

    def int_div(self, node: exp.Expr) -> exp.Expr:
        """Return the whole quotient, cut towards zero."""
        above, below = node.this, node.expression
        if not is_decimal(above):
            return whole(above, below)
        # Exact division of what is a multiple: 38 digits hold the 24 that a quotient can have.
        rest = exp.Mod(this=exp.Paren(this=above.copy()), expression=exp.Paren(this=below.copy()))
        return call(
            "try_divide",
            exp.Sub(this=exp.Paren(this=above), expression=exp.Paren(this=rest)),
            cast(below, "decimal(28, 0)"),
        )

    def subtract(self, node: exp.Expr) -> exp.Expr:
        """Return a difference; of two dates it is a number of days."""
        left, right = bare(node.this), bare(node.expression)
        if not (isinstance(left, exp.Cast) and left.to.this == exp.DType.DATE):
            return node
        if isinstance(right, exp.Cast) and right.to.this == exp.DType.INT:
            return call("date_sub", left, right)
        return cast(call("datediff", left, right), "bigint")

    # ---------------------------------------------------------------- time

    def extract(self, node: exp.Expr) -> exp.Expr:
        """Return a part of a date."""
        part = str(node.this.name).upper()
        if part not in ("YEAR", "MONTH", "DAY", "HOUR", "ISODOW"):
            raise self.refusal(f"extract {part.lower()}")
        return exp.Extract(this=exp.var("DAYOFWEEK_ISO" if part == "ISODOW" else part), expression=node.expression)

    def at_zone(self, node: exp.Expr) -> exp.Expr:
        """Return local time from UTC, or UTC from local time: the two steps that stand inside each other."""
        inner = bare(node.this)
        if not isinstance(inner, exp.AtTimeZone):
            raise self.refusal("at time zone")
        source, target = text_of(inner.args["zone"]), text_of(node.args["zone"])
        value = self.visit(inner.this)
        if source == "UTC":
            return call("convert_timezone", inner.args["zone"], node.args["zone"], value)
        if target != "UTC":
            raise self.refusal("at time zone")
        zone = inner.args["zone"]
        letter = f"let_{next(NAMES)}"
        variable = exp.column(letter)
        late = form("late", v=variable, zone=zone)
        return let(value, letter, form("instant", v=variable, zone=zone, late=late))

    # ---------------------------------------------------------------- text

    def pattern(self, node: exp.Expr, name: str) -> exp.Expr:
        """Return a pattern in Java's words."""
        pattern = text_of(node)
        if pattern is None:
            raise self.refusal(name)
        try:
            return exp.Literal.string(translated(pattern, "java"))
        except ValueError as error:
            raise self.refusal(f"{name} {pattern!r} ({error})") from error

    # ---------------------------------------------------------------- JSON

    def document(self, node: exp.Expr) -> exp.Expr:
        """Return a document as a variant."""
        return node if bare(node).meta.get(VARIANT) else bound(node, "document")

    def reached(self, document: exp.Expr, pointer: exp.Expr) -> exp.Expr:
        """Return what a JSON pointer leads to."""
        path = text_of(pointer)
        if path is None or (path not in ("", "$") and not path.startswith("/")):
            raise self.refusal(f"json path {path!r}")
        found = self.document(document)
        for key in [] if path in ("", "$") else path[1:].split("/"):
            name = exp.Literal.string(key.replace("~1", "/").replace("~0", "~"))
            if key.isascii() and key.isdigit() and len(key) < 9:
                letter = f"let_{next(NAMES)}"
                here = exp.column(letter)
                either = [form("member", v=here, key=name), form("element", v=here, place=literal(int(key) + 1))]
                found = let(found, letter, exp.Coalesce(this=either[0], expressions=either[1:]))
            else:
                found = form("member", v=found, key=name)
        return found

    def told(self, value: exp.Expr) -> exp.Expr:
        """Return the text of a variant."""
        letter = f"let_{next(NAMES)}"
        here = exp.column(letter)
        number = bound(form("shortest", v=here), "float")
        return let(value, letter, form("told", v=here, float=number))

    def json_extract(self, arguments: list[exp.Expr]) -> exp.Expr:
        """Return what a path leads to, or all items."""
        if text_of(arguments[1]) == "$[*]":
            return variant(form("items", v=self.document(arguments[0])))
        return variant(self.reached(*arguments))

    # ---------------------------------------------------------------- lists

    def anonymous(self, node: exp.Expr) -> exp.Expr:
        """Return a call by name; inside a lambda an item may be a variant."""
        name = str(node.this).lower()
        if name not in ("list_transform", "list_filter"):
            self.descend(node)
            return self.function(node)
        function = node.expressions[1]
        if not isinstance(function, exp.Lambda) or [str(one.name) for one in function.expressions] != ["item"]:
            raise self.refusal(name)
        items = self.visit(node.expressions[0])
        before, variants = self.item_is_variant, bool(bare(items).meta.get(VARIANT))
        self.item_is_variant = variants
        body = self.visit(function.this)
        self.item_is_variant = before
        function = exp.Lambda(this=body, expressions=[exp.to_identifier("item")])
        if name == "list_transform":
            return call("transform", items, function)
        found = call("filter", items, function)
        return variant(found) if variants else found

    def filtered(self, node: exp.Expr) -> exp.Expr:
        """Return an aggregate of some rows; an ordered list is put in order afterwards."""
        if not isinstance(node.this, exp.ArrayAgg):
            self.descend(node)
            return node
        condition = self.visit(node.expression)
        self.descend(node.this)
        return self.listed(node.this, condition)

    def listed(self, node: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
        """Return values as a list in an order that every key has the same direction of."""
        order = node.this
        if not isinstance(order, exp.Order) or len({bool(one.args.get("desc")) for one in order.expressions}) != 1:
            raise self.refusal("array_agg")
        parts = [exp.alias_(one.this, f"k{i}") for i, one in enumerate(order.expressions)]
        collected = call("collect_list", call("struct", *parts, exp.alias_(order.this, "value")))
        if condition is not None:
            collected = exp.Filter(this=collected, expression=condition)
        found = call("array_sort", collected)
        if order.expressions[0].args.get("desc"):
            found = call("reverse", found)
        letter = f"let_{next(NAMES)}"
        field = exp.Dot(this=exp.column(letter), expression=exp.to_identifier("value"))
        return call("transform", found, exp.Lambda(this=field, expressions=[exp.to_identifier(letter)]))


def apart(tree: exp.Expr) -> exp.Expr:
    """Give inner common tables names of their own: they are all written at the top, where two cannot have one name."""
    inner = [one for one in tree.find_all(exp.With) if one.parent is not tree]
    for number, clause in enumerate(sorted(inner, key=lambda one: -one.depth)):
        whole = clause.parent
        for table in clause.expressions:
            old, new = table.alias, f"{table.alias}_{number}"
            table.set("alias", exp.TableAlias(this=exp.to_identifier(new)))
            for place in list(whole.find_all(exp.Table) if whole is not None else ()):
                if place.name == old and not place.args.get("db"):
                    alias = place.alias or old
                    place.set("this", exp.to_identifier(new))
                    place.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return tree


@cache
def built(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="spark")


def spark_type(name: str) -> exp.DataType:
    return built(name).copy()


def cast(value: exp.Expr, target: str) -> exp.Expr:
    return exp.Cast(this=value, to=spark_type(target))


def literal(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def variant(node: exp.Expr) -> exp.Expr:
    """Mark a node as a variant."""
    node.meta[VARIANT] = True
    bare(node).meta[VARIANT] = True
    return node


def known(node: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Paren(this=exp.Is(this=node, expression=exp.null())))


def is_decimal(node: exp.Expr) -> bool:
    """Say whether a number is a decimal, as far as can be seen."""
    inner = bare(node)
    if isinstance(inner, exp.Cast):
        return bool(inner.to.this == exp.DType.DECIMAL)
    if isinstance(inner, exp.Mul | exp.Add | exp.Sub):
        return is_decimal(inner.this) or is_decimal(inner.expression)
    return isinstance(inner, exp.Nullif) and is_decimal(inner.this)


def whole(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    """Return integers divided, cut towards zero."""
    return exp.Paren(this=exp.IntDiv(this=exp.Paren(this=above), expression=exp.Paren(this=below)))
