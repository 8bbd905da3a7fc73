"""An allow-list of tree nodes and functions, and how each of them is said on another engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from sqlglot import exp

from segmentary.errors import UnsupportedError

Node = Callable[[exp.Expr], exp.Expr]
Function = Callable[[list[exp.Expr]], exp.Expr]

# Nodes that mean the same on every engine once what is inside them does.
PORTABLE: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Avg,
        exp.TimestampTrunc,
        exp.Like,
        exp.Ln,
        exp.BitwiseXor,
        exp.Delete,
        exp.Insert,
        exp.Schema,
        exp.BitwiseOr,
        exp.BitwiseAnd,
        exp.Add,
        exp.Alias,
        exp.And,
        exp.Array,
        exp.Between,
        exp.Boolean,
        exp.CTE,
        exp.Case,
        exp.Coalesce,
        exp.Column,
        exp.Count,
        exp.DPipe,
        exp.Create,
        exp.Distinct,
        exp.EQ,
        exp.Exp,
        exp.Except,
        exp.Exists,
        exp.Filter,
        exp.From,
        exp.GT,
        exp.GTE,
        exp.Group,
        exp.Floor,
        exp.Greatest,
        exp.Having,
        exp.Least,
        exp.Placeholder,
        exp.Pow,
        exp.Sqrt,
        exp.Identifier,
        exp.If,
        exp.In,
        exp.Intersect,
        exp.Is,
        exp.Join,
        exp.LT,
        exp.LTE,
        exp.Lag,
        exp.Lead,
        exp.Limit,
        exp.Literal,
        exp.LogicalAnd,
        exp.LogicalOr,
        exp.Max,
        exp.Min,
        exp.Mul,
        exp.NEQ,
        exp.Neg,
        exp.Not,
        exp.Null,
        exp.Nullif,
        exp.Or,
        exp.Order,
        exp.Ordered,
        exp.Paren,
        exp.Properties,
        exp.Rank,
        exp.DenseRank,
        exp.RowNumber,
        exp.Select,
        exp.Star,
        exp.Sub,
        exp.Subquery,
        exp.Sum,
        exp.Table,
        exp.TableAlias,
        exp.TemporaryProperty,
        exp.Tuple,
        exp.Union,
        exp.Values,
        exp.Variance,
        exp.Where,
        exp.Window,
        exp.WindowSpec,
        exp.With,
        exp.Mod,
        exp.Asin,
        exp.Cos,
        exp.Floor,
        exp.Greatest,
        exp.Least,
        exp.Pow,
        exp.Radians,
        exp.Sin,
        exp.Sqrt,
    }
)
# Functions that mean the same on every engine: distances are made of them, and cut to whole metres.
SAME: frozenset[str] = frozenset({"radians", "sin", "cos", "asin"})


class Dialect(ABC):
    """Rewrites a tree from the leaves up; what it does not know it refuses.

    Attributes
    ----------
    engine : the engine's name, for refusals.
    nodes : node types with a rule of their own; they get the node with its children rewritten.
    whole : node types whose children are rewritten by the rule itself.
    functions : functions called by name, with their arguments rewritten.
    """

    engine = ""

    def __init__(self) -> None:
        self.nodes: dict[type[exp.Expr], Node] = {}
        self.whole: dict[type[exp.Expr], Node] = {}
        self.functions: dict[str, Function] = {}

    def rewrite(self, tree: exp.Expr) -> exp.Expr:
        """Return the tree of this engine; the given one is left as it is."""
        return self.visit(tree.copy())

    def visit(self, node: exp.Expr) -> exp.Expr:
        """Return a node of this engine; it may be made of the given one."""
        kind = type(node)
        if kind in self.whole:
            return self.whole[kind](node)
        if kind is exp.DataType:
            return self.data_type(node)
        if kind is exp.JSONExtractScalar:
            return self.visit(call("json_extract_string", node.this, self.pointer(node.expression)))
        self.descend(node)
        if kind is exp.Anonymous:
            return self.function(node)
        if kind in self.nodes:
            return self.nodes[kind](node)
        if kind in PORTABLE or (kind is exp.Div and is_double(node.this) and is_double(node.expression)):
            return node
        raise self.refusal(node.key)

    def descend(self, node: exp.Expr) -> None:
        """Rewrite what stands below a node."""
        for key, value in list(node.args.items()):
            if isinstance(value, exp.Expr):
                changed = self.visit(value)
                if changed is not value:
                    node.set(key, changed)
            elif isinstance(value, list):
                given = [self.visit(one) if isinstance(one, exp.Expr) else one for one in value]
                if any(new is not old for new, old in zip(given, value, strict=True)):
                    node.set(key, given)

    def function(self, node: exp.Expr) -> exp.Expr:
        """Return a function call of this engine."""
        name = str(node.this).lower()
        if name in SAME:
            return node
        if name not in self.functions:
            raise self.refusal(name)
        return self.functions[name](list(node.expressions))

    def pointer(self, path: exp.Expr) -> exp.Expr:
        """Return a path of keys as a JSON pointer."""
        steps = path.expressions[1:]
        if not all(isinstance(one, exp.JSONPathKey) for one in steps):
            raise self.refusal(f"json path {path.sql('duckdb')}")
        keys = [str(one.this).replace("~", "~0").replace("/", "~1") for one in steps]
        return exp.Literal.string("".join(f"/{key}" for key in keys))

    @abstractmethod
    def data_type(self, node: exp.Expr) -> exp.Expr:
        """Return a type of this engine."""

    def refusal(self, operator: str) -> UnsupportedError:
        """Return the error for an operator without an exact meaning here."""
        return UnsupportedError(operator, self.engine)


def bare(node: exp.Expr) -> exp.Expr:
    """Return what stands inside any parentheses."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def is_double(node: exp.Expr) -> bool:
    """Say whether a node is a cast to a binary fraction: only of these every engine's quotient is the same."""
    inner = bare(node)
    return isinstance(inner, exp.Cast) and inner.to.this == exp.DType.DOUBLE


def is_json_list(kind: exp.Expr) -> bool:
    """Say whether a type is a list of JSON documents."""
    return kind.this == exp.DType.ARRAY and [one.this for one in kind.expressions] == [exp.DType.JSON]


def text_of(node: exp.Expr) -> str | None:
    """Return the text of a text constant."""
    return str(node.this) if isinstance(node, exp.Literal) and node.is_string else None


def is_type(node: exp.Expr, *kinds: exp.DType) -> bool:
    """Say whether a node is a cast to one of some types."""
    inner = bare(node)
    return isinstance(inner, exp.Cast | exp.TryCast) and inner.to.this in kinds
