"""Python source read as data: what `source.to_python` writes, and what people write in its spelling. Nothing is run.

The source is parsed into Python's own tree and walked. Only names of `language.python`, methods of the quantities,
conditions, events, windows and patterns they give, comparisons, ``& | ~ + - * /`` and fixed values are known; anything
else is refused with line and column. There is no assignment, no import, no loop and no attribute beyond those listed.
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from segmentary.errors import DefinitionError, Place
from segmentary.language.tree import Definition, Rule

LONGEST = 200_000
DEEPEST = 400
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
JOINING: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {ast.BitAnd: operator.and_, ast.BitOr: operator.or_}
CALCULATING: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
OURS = frozenset(("sg", "segmentary"))
HIDDEN = frozenset(("Condition", "Events", "Model", "People", "Quantity", "Sessions", "Steps", "rule_of", "value_of"))
INSIDE = frozenset(("judged", "against", "compared", "named", "windowed", "measured"))
"""Methods of our own that are no part of the spelling."""
MISMADE = (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError, RecursionError)
"""What building from values of the wrong kind ends in."""


def read_python(source: str, *, file: str | None = None) -> Definition | Rule:
    """Read one definition, or one condition, from Python source.

    Raises
    ------
    DefinitionError
        with line and column, where it is not of the spelling.
    """
    reader = Reader(source, file)
    if len(source) > LONGEST or "\0" in source:
        raise reader.wrong(None, "this source is too long" if len(source) > LONGEST else "text cannot hold NUL")
    try:
        tree = ast.parse(reader.text, mode="eval")
        found = reader.read(tree.body)
        return checked(found)
    except SyntaxError as error:
        raise reader.wrong(
            (error.lineno or 1, max(0, (error.offset or 1) - 1)),
            "this is not one expression of Python",
            'such as events("order_completed").last("90d").count() >= 3',
        ) from None
    except MISMADE as error:
        raise reader.wrong(None, "this source cannot be read") from error
    except MemoryError:
        raise reader.wrong(None, "this source is nested too deeply") from None


def checked(found: object) -> Definition | Rule:
    """Return the tree of what was read, sound through and through.

    Raises
    ------
    DefinitionError
        when it is a value alone, or holds what a file could not.
    """
    from segmentary.language.expressions import Condition, rule_of
    from segmentary.language.yaml import parse_document, parse_rule, rule_document, to_document

    if isinstance(found, Condition | str):
        return parse_rule(rule_document(rule_of(found)))
    if isinstance(found, Definition):
        return parse_document(to_document(found))
    raise DefinitionError("this is no condition", hint="compare it: >= 3, == 'x', .exists(), ...")


@cache
def names() -> Mapping[str, Any]:
    """Return what a name of the spelling stands for."""
    from segmentary.language import python

    found = {name: getattr(python, name) for name in python.__all__ if name not in HIDDEN}
    return {**found, "Decimal": Decimal, "date": dt.date, "datetime": dt.datetime, "UTC": dt.UTC}


@cache
def methods() -> Mapping[type, frozenset[str]]:
    """Return what may be called on, or taken from, each kind of thing."""
    from segmentary.language.expressions import Condition, Quantity
    from segmentary.language.expressions_events import Events
    from segmentary.language.expressions_patterns import SequenceCondition, Sessions, Steps
    from segmentary.language.expressions_people import Model, People, PeopleCount, SegmentCondition

    kinds = (Quantity, Events, Sessions, Steps, Model, People, PeopleCount, Condition)
    found: dict[type, frozenset[str]] = {}
    for kind in (*kinds, SegmentCondition, SequenceCondition):
        own = {name for one in kind.__mro__[:-1] for name in vars(one) if callable(getattr(one, name, None))}
        own |= {name for name, part in vars(kind).items() if isinstance(part, property)}
        found[kind] = frozenset(name for name in own if not name.startswith("_")) - INSIDE
    return found


class Reader:
    """Walks the tree of one source."""

    def __init__(self, source: str, file: str | None) -> None:
        self.file = file
        self.text = source.strip()
        before = source[: len(source) - len(source.lstrip())]
        self.lines_before = before.count("\n")
        self.columns_before = len(before) - before.rfind("\n") - 1
        self.depth = 0

    def wrong(self, at: ast.AST | tuple[int, int] | None, message: str, hint: str | None = None) -> DefinitionError:
        """Return the complaint about a place, to be raised."""
        line, column = at if isinstance(at, tuple) else (getattr(at, "lineno", 1), getattr(at, "col_offset", 0))
        if isinstance(at, ast.AST):
            # Python counts bytes.
            lines = self.text.splitlines()
            written = lines[line - 1] if line <= len(lines) else ""
            column = len(written.encode("utf-8", "replace")[:column].decode("utf-8", "ignore"))
        column += self.columns_before if line == 1 else 0
        return DefinitionError(message, hint=hint, place=Place(self.file, line + self.lines_before, column + 1))

    def read(self, node: ast.expr) -> Any:
        """Return what an expression stands for."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(node, "nested too deeply", "give the inner part a name and refer to it")
        try:
            return self.part(node)
        finally:
            self.depth -= 1

    def part(self, node: ast.expr) -> Any:
        """Return what one kind of expression stands for."""
        match node:
            case ast.Constant(value=bool() | str() | int() | float() | None):
                return node.value
            case ast.Tuple() | ast.List():
                parts = [self.read(one) for one in node.elts]
                return tuple(parts) if isinstance(node, ast.Tuple) else parts
            case ast.UnaryOp():
                return self.signed(node)
            case ast.BinOp():
                return self.joined(node)
            case ast.Compare():
                return self.compared(node)
            case ast.Call():
                return self.called(node)
            case ast.Name() | ast.Attribute():
                return self.named(node)
            case ast.BoolOp():
                raise self.wrong(node, "conditions are joined with & and |", "write (a) & (b), not a and b")
            case _:
                raise self.wrong(node, "this is no part of the spelling", "names, calls, comparisons, & | ~ and values")

    def signed(self, node: ast.UnaryOp) -> Any:
        """Return what stands behind a sign."""
        inner = self.read(node.operand)
        match node.op:
            case ast.Invert() if self.is_condition(inner):
                return ~inner
            case ast.USub() if type(inner) in (int, float):
                return -inner
            case ast.Not():
                raise self.wrong(node, "a condition is turned round with ~", "write ~(a), not not a")
        raise self.wrong(node, "this sign has no meaning here")

    def joined(self, node: ast.BinOp) -> Any:
        """Return conditions joined, or quantities calculated with."""
        left, right = self.read(node.left), self.read(node.right)
        join, calculate = JOINING.get(type(node.op)), CALCULATING.get(type(node.op))
        if join is not None and self.is_condition(left) and self.is_condition(right):
            return join(left, right)
        if calculate is not None and self.is_quantity(left) and (self.is_quantity(right) or is_fixed(right)):
            return self.made(node, lambda: calculate(left, right))
        hint = "& and | stand between conditions (comparisons in brackets), + - * / after a quantity"
        raise self.wrong(node, "these cannot be put together", hint)

    def compared(self, node: ast.Compare) -> Any:
        """Return a comparison as a condition."""
        if len(node.ops) != 1:
            raise self.wrong(node, "one comparison at a time", "write .between(low, high), or join two with &")
        test = COMPARISONS.get(type(node.ops[0]))
        if test is None:
            raise self.wrong(node, "this comparison is no part of the spelling", "== != < <= > >=, or .is_in(...)")
        left, right = self.read(node.left), self.read(node.comparators[0])
        from segmentary.language.expressions_people import PeopleCount

        if not isinstance(left, PeopleCount) and not self.is_quantity(left):
            raise self.wrong(node.left, "only a quantity is compared", "a quantity stands on the left")
        if not (self.is_quantity(right) or is_fixed(right)):
            raise self.wrong(node.comparators[0], "a fixed value or a quantity belongs here")
        return self.made(node, lambda: test(left, right))

    def named(self, node: ast.Name | ast.Attribute) -> Any:
        """Return what a name, or a property of a thing, stands for."""
        if isinstance(node, ast.Attribute) and not self.is_prefix(node.value):
            inner = self.read(node.value)
            self.method(node, inner)
            kind = getattr(type(inner), node.attr)
            if isinstance(kind, property):
                return getattr(inner, node.attr)
            raise self.wrong(node, "this has to be called", f"write .{node.attr}(...)")
        name = node.id if isinstance(node, ast.Name) else node.attr
        found = names().get(name)
        if found is None:
            raise self.unknown(node, "name", name, names())
        if callable(found):
            raise self.wrong(node, "this has to be called", f"write {name}(...)")
        return found

    def called(self, node: ast.Call) -> Any:
        """Return what a call gives."""
        function = self.function(node.func)
        arguments = [self.read(one) for one in node.args]
        given: dict[str, Any] = {}
        for one in node.keywords:
            if one.arg is None:
                raise self.wrong(one.value, "arguments are written one by one")
            given[one.arg] = self.read(one.value)
        return self.made(node, lambda: function(*arguments, **given))

    def function(self, node: ast.expr) -> Callable[..., Any]:
        """Return what is called: a name of the spelling, or a method of a thing it gave."""
        if isinstance(node, ast.Attribute) and not self.is_prefix(node.value):
            inner = self.read(node.value)
            self.method(node, inner)
            found = getattr(inner, node.attr)
            if not callable(found):
                raise self.wrong(node, "this is not called", f"write .{node.attr} alone")
            return found  # type: ignore[no-any-return]
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if not callable(names().get(name)):
                raise self.unknown(node, "function", name, [one for one, it in names().items() if callable(it)])
            return names()[name]  # type: ignore[no-any-return]
        raise self.wrong(node, "only names are called")

    def method(self, node: ast.Attribute, inner: object) -> None:
        """Refuse what is no part of the spelling."""
        allowed = methods().get(type(inner))
        if allowed is None:
            raise self.wrong(node, "nothing can be taken from this")
        if node.attr not in allowed:
            raise self.unknown(node, "method", node.attr, allowed)

    def made(self, node: ast.expr, make: Callable[[], Any]) -> Any:
        """Build a part; what does not fit is told with its place."""
        try:
            return make()
        except DefinitionError as error:
            if error.place is not None and error.place.line is not None and error.place.file != "<text>":
                raise
            raise self.wrong(node, error.reason, error.hint) from None
        except MISMADE:
            raise self.wrong(
                node, "these arguments do not fit here", "see the page about the Python spelling"
            ) from None

    def unknown(self, node: ast.AST, what: str, name: str, known: Iterable[str]) -> DefinitionError:
        """Return the complaint about a word that is not known, to be raised."""
        near = difflib.get_close_matches(name, list(known), n=1)
        hint = f"did you mean {near[0]}?" if near else "see the page about the Python spelling"
        return self.wrong(node, f"this {what} is no part of the spelling", hint)

    @staticmethod
    def is_prefix(node: ast.expr) -> bool:
        """Say whether this is the name of our package."""
        return isinstance(node, ast.Name) and node.id in OURS

    @staticmethod
    def is_condition(found: object) -> bool:
        """Say whether it is a condition."""
        from segmentary.language.expressions import Condition

        return isinstance(found, Condition)

    @staticmethod
    def is_quantity(found: object) -> bool:
        """Say whether it is a quantity."""
        from segmentary.language.expressions import Quantity

        return isinstance(found, Quantity)


def is_fixed(found: object) -> bool:
    """Say whether it is a fixed value."""
    return isinstance(found, bool | str | int | float | Decimal | dt.date)
