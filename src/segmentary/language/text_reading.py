"""From the parse tree of a text to rules and values; what stands where is remembered for complaints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from lark import ParseTree, Token, Tree

from segmentary.errors import DefinitionError
from segmentary.language.bygone import MODEL_OUTPUTS
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.operators import OPERATORS, WEEKDAY_NAMES
from segmentary.language.scalars import parse_date, parse_number, parse_share, parse_time
from segmentary.language.text_errors import TextError, nearest
from segmentary.language.text_words import unquoted, word_scalar
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Calendar,
    Case,
    Compare,
    Constant,
    DatePart,
    Duration,
    Elapsed,
    FirstKnown,
    ModelValue,
    Not,
    Operand,
    Operator,
    PropertyValue,
    Rank,
    ReferenceValue,
    Rule,
    Sample,
    Scalar,
    StaticList,
    TraitAtEvent,
    TraitValue,
    Value,
)

SIGNS: dict[str, Operator] = {
    "=": "is",
    "is": "is",
    "!=": "is_not",
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
}
UNKNOWN = ("missing", "unknown", "null", "none", "empty")
PERCENT_OR_NUMBER = tuple[Decimal | None, int | None]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fixed value as it is written."""

    token: Token
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a value has to be; ``against`` is another value."""

    operator: Operator
    operand: Operand = None
    ignore_case: bool = False
    against: Value | None = None


class Reader:
    """What each rule of the grammar means: a method of its name, called with what its parts mean."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen: dict[int, tuple[object, int]] = {}

    def read(self, tree: ParseTree) -> Any:
        """Return what a parse tree means, from the leaves up and without recursion."""
        meanings: dict[int, object] = {}
        for part in tree.iter_subtrees():
            parts = [meanings[id(child)] if isinstance(child, Tree) else child for child in part.children]
            start, end = (0, 0) if part.meta.empty else (part.meta.start_pos, part.meta.end_pos)
            try:
                node = getattr(self, f"_{part.data}")(*parts)
            except TextError:
                raise
            except DefinitionError as error:
                raise TextError(self.text, start, end, error.reason, error.hint) from None
            meanings[id(part)] = node
            self.seen[id(node)] = (node, start)
        return meanings[id(tree)]

    def wrong(self, token: Token, message: str, hint: str | None = None) -> TextError:
        """Return the complaint about a word."""
        start = token.start_pos or 0
        return TextError(self.text, start, start + len(token), message, hint)

    def chosen(self, token: Token, options: Collection[str], what: str) -> Any:
        """Return the one of these words that stands here."""
        for option in options:
            if option == str(token):
                return option
        raise self.wrong(token, f"{str(token)!r} is no {what}", nearest(str(token), options))

    def whole(self, token: Token) -> int:
        """Return a whole number from 1 up."""
        if not token.isdigit() or int(token) < 1:
            raise self.wrong(token, "a whole number from 1 up belongs here")
        return int(token)

    def duration(self, token: Token) -> Duration:
        """Read a length of time."""
        try:
            return parse_duration(str(token))
        except DefinitionError as error:
            raise self.wrong(token, error.reason, error.hint) from None

    def scalar(self, fixed: Fixed) -> Scalar:
        """Read a fixed value."""
        token, text = fixed.token, fixed.text
        try:
            match token.type:
                case "STRING":
                    return unquoted(text)
                case "NUMBER":
                    return parse_number(text)
                case "DATE":
                    return parse_date(text)
                case "TIME":
                    return parse_time(text)
                case "WORD":
                    return word_scalar(text)
        except DefinitionError as error:
            raise self.wrong(token, error.reason, error.hint) from None
        raise self.wrong(token, f"{text!r} is no fixed value here", f'as a text it stands in quotes: "{text}"')

    def textual(self, fixed: Fixed) -> str:
        """Read a text; a number or word is taken as it is written."""
        return unquoted(fixed.text) if fixed.token.type == "STRING" else fixed.text


class ValueReader(Reader):
    """Conditions and values."""

    def _name(self, token: Token) -> str:
        return unquoted(str(token)) if token.type == "STRING" else str(token)

    def _path(self, *steps: str) -> tuple[str, ...]:
        return steps

    def _mword(self, token: Token) -> Token:
        return token

    def _cmp(self, token: Token) -> Token:
        return token

    def _opword(self, token: Token) -> Token:
        return token

    def _literal(self, token: Token) -> Fixed:
        return Fixed(token, str(token))

    def _negative(self, token: Token) -> Fixed:
        return Fixed(token, f"-{token}")

    def _signed(self, token: Token) -> Fixed:
        return Fixed(token, str(token))

    def _items(self, *parts: Fixed) -> tuple[Fixed, ...]:
        return parts

    # ------------------------------------------------------------ conditions

    def _compare(self, value: Value, judgement: Judgement) -> Compare:
        if judgement.against is not None:
            difference = Arithmetic("subtract", value, judgement.against)
            return Compare(difference, judgement.operator, Decimal(0))
        return Compare(value, judgement.operator, judgement.operand, judgement.ignore_case)

    def _wrapped(self, value: Value) -> Value:
        return value

    def _judged_sign(self, sign: Token, operand: Fixed | Value, ignoring: Token | None) -> Judgement:
        operator = SIGNS[sign]
        if isinstance(operand, Fixed):
            if operand.token.type == "WORD" and sign == "is" and operand.text in (*UNKNOWN, "known"):
                return Judgement("exists" if operand.text == "known" else "missing")
            return self.made(operator, (operand,), ignoring, sign)
        if isinstance(operand, Constant):
            return Judgement(operator, operand.value, ignoring is not None)
        if ignoring is not None:
            raise self.wrong(ignoring, "ignore_case has no meaning between two values", "remove it")
        return Judgement(operator, against=operand)

    def _judged_is_not(self, sign: Token, operand: Fixed, ignoring: Token | None) -> Judgement:
        if sign != "is":
            raise self.wrong(sign, f"{sign} and not", "write != or is not")
        if operand.token.type == "WORD" and operand.text in (*UNKNOWN, "known"):
            return Judgement("missing" if operand.text == "known" else "exists")
        return self.made("is_not", (operand,), ignoring, sign)

    def _judged_in(self, options: tuple[Fixed, ...], ignoring: Token | None) -> Judgement:
        return Judgement("in", tuple(map(self.scalar, options)), ignoring is not None)

    def _judged_not_in(self, options: tuple[Fixed, ...], ignoring: Token | None) -> Judgement:
        return Judgement("not_in", tuple(map(self.scalar, options)), ignoring is not None)

    def _judged_between(self, low: Fixed, high: Fixed) -> Judgement:
        return Judgement("between", (self.scalar(low), self.scalar(high)))

    def _judged_flag(self, word: Token) -> Judgement:
        operator = self.chosen(word, OPERATORS, "operator")
        if OPERATORS[cast(Operator, operator)].takes != "flag":
            raise self.wrong(word, f"{word!s} lacks what to compare with", f'for example: {word} "Paris"')
        return Judgement(operator)

    def _judged_word(self, word: Token, operand: Fixed, ignoring: Token | None) -> Judgement:
        return self.made(self.chosen(word, OPERATORS, "operator"), (operand,), ignoring, word)

    def _judged_items(self, word: Token, options: tuple[Fixed, ...], ignoring: Token | None) -> Judgement:
        return self.made(self.chosen(word, OPERATORS, "operator"), options, ignoring, word)

    def made(self, operator: Operator, parts: tuple[Fixed, ...], ignoring: Token | None, word: Token) -> Judgement:
        """Return the judgement of an operator with what stands behind it."""
        takes = OPERATORS[operator].takes
        several = takes in ("scalars", "pair", "durations", "weekdays")
        if takes == "flag":
            raise self.wrong(parts[0].token, f"{word!s} takes nothing", "remove what follows it, or join with and")
        if not several and len(parts) > 1:
            raise self.wrong(parts[1].token, f"{word!s} takes one value")
        if takes in ("pair", "durations") and len(parts) != 2:
            raise self.wrong(parts[-1].token, f"{word!s} takes two values", f"write {word} (3d, 5d)")
        read = tuple(self.operand(takes, part) for part in parts)
        return Judgement(operator, read if several else read[0], ignoring is not None)

    def operand(self, takes: str, part: Fixed) -> Any:
        """Read one part of an operand."""
        match takes:
            case "duration" | "durations":
                return self.duration(part.token)
            case "period":
                try:
                    return parse_calendar(part.text)
                except DefinitionError as error:
                    raise self.wrong(part.token, error.reason, error.hint) from None
            case "weekdays":
                return Decimal(WEEKDAY_NAMES.index(self.chosen(part.token, WEEKDAY_NAMES, "weekday")) + 1)
            case "text" | "version":
                return self.textual(part)
            case _:
                return self.scalar(part)

    # ------------------------------------------------------------ groups and choices

    def _rule(self, rule: Rule) -> Rule:
        return rule

    def _all_of(self, *rules: Rule) -> All:
        return All(rules)

    def _any_of(self, *rules: Rule) -> AnyOf:
        return AnyOf(rules)

    def _group_all(self, *rules: Rule | None) -> All:
        return All(tuple(rule for rule in rules if rule is not None))

    def _group_any(self, *rules: Rule | None) -> AnyOf:
        return AnyOf(tuple(rule for rule in rules if rule is not None))

    def _negated(self, rule: Rule) -> Not:
        return Not(rule)

    def _listed(self, name: str) -> StaticList:
        return StaticList(list_name=name)

    def _ids(self, *names: str) -> StaticList:
        return StaticList(ids=names)

    def _sample(self, share: Token, salt: str) -> Sample:
        return Sample(parse_share(str(share)), salt)

    def _extreme(self, token: Token) -> Token:
        return token

    def _size(self, token: Token) -> PERCENT_OR_NUMBER:
        return (parse_share(str(token)), None) if token.type == "PERCENT" else (None, self.whole(token))

    def _ranked(
        self,
        extreme: Token,
        size: PERCENT_OR_NUMBER,
        by: Value,
        within: Value | None,
        over: Rule | None,
        ties: Token | None,
        least: Token | None,
        keep: PERCENT_OR_NUMBER | None,
    ) -> Rank:
        keep_share, keep_number = keep or (None, None)
        return Rank(
            by,
            *size,
            order="highest" if extreme == "top" else "lowest",
            within=within,
            over=over,
            ties="by_id" if ties is None else "include",
            at_least=1 if least is None else self.whole(least),
            keep_share=keep_share,
            keep_number=keep_number,
        )

    # ------------------------------------------------------------ values

    def _bare(self, first: Token, *steps: str) -> Value:
        if not steps and str(first) in ("true", "false"):
            return Constant(word_scalar(str(first)))
        return TraitValue(str(first), steps)

    def _trait(self, path: tuple[str, ...]) -> TraitValue:
        return TraitValue(path[0], path[1:])

    def _trait_at_event(self, path: tuple[str, ...]) -> TraitAtEvent:
        return TraitAtEvent(path[0], path[1:])

    def _property(self, path: tuple[str, ...]) -> PropertyValue:
        return PropertyValue(path)

    _outer_property = _property

    def _fact(self, name: str, table: str, key: tuple[str, ...]) -> ReferenceValue:
        return ReferenceValue(table, PropertyValue(key), name)

    def _model(self, path: tuple[str, ...]) -> ModelValue:
        if not 2 <= len(path) <= 3 or path[1] not in MODEL_OUTPUTS:
            hint = f"write for example churn.probability; there are: {', '.join(MODEL_OUTPUTS)}"
            raise DefinitionError("a model's value is written model NAME.OUTPUT", hint=hint)
        return ModelValue(path[0], cast(Any, path[1]), path[2] if len(path) == 3 else None)

    def _constant(self, token: Token) -> Constant:
        return Constant(self.scalar(Fixed(token, str(token))))

    def _negative_constant(self, token: Token) -> Constant:
        return Constant(parse_number(f"-{token}"))

    def _add(self, left: Value, right: Value) -> Arithmetic:
        return Arithmetic("add", left, right)

    def _subtract(self, left: Value, right: Value) -> Arithmetic:
        return Arithmetic("subtract", left, right)

    def _multiply(self, left: Value, right: Value) -> Arithmetic:
        return Arithmetic("multiply", left, right)

    def _divide(self, left: Value, right: Value) -> Arithmetic:
        return Arithmetic("divide", left, right)

    def _elapsed(self, unit: Token, since: Value) -> Elapsed:
        return Elapsed(since, self.chosen(unit, ("days", "months", "years"), "unit of the time since"))

    def _date_part(self, part: Token, of: Value) -> DatePart:
        return DatePart(of, self.chosen(part, ("year", "month", "day", "weekday", "hour"), "part of a date"))

    def _branch(self, rule: Rule, value: Value) -> tuple[Rule, Value]:
        return rule, value

    def _case(self, *parts: Any) -> Case:
        *branches, otherwise = parts
        return Case(tuple(branches), otherwise)

    def _band(self, of: Value, *rest: Fixed | str) -> Band:
        edges = tuple(self.scalar(part) for part in rest if isinstance(part, Fixed))
        numbers = tuple(edge for edge in edges if isinstance(edge, Decimal))
        return Band(of, numbers, tuple(part for part in rest if isinstance(part, str)))

    def _first_known(self, *values: Value) -> FirstKnown:
        return FirstKnown(values)

    # ------------------------------------------------------------ spans

    def _last(self, length: Token) -> Any:
        from segmentary.language.tree import Last

        return Last(self.duration(length))

    def _calendar(self, token: Token) -> Calendar:
        return parse_calendar(str(token))

    def _bound(self, token: Token) -> dt.date:
        return parse_date(str(token)) if token.type == "DATE" else parse_time(str(token))
