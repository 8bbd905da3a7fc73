"""The Liquid that messages are written in: these tags and filters, and nothing else.

Runs in the caged child only (`rendering_child`). What is not here does not exist: no files, no other templates, no
attributes of objects, no clock. A variable without a value is false, empty in a loop, and replaced by ``default``; to
print it without a fall-back is an error, so nobody ever gets "Dear ,".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from io import StringIO
from typing import Any

from liquid import BoundTemplate, Environment, Undefined  # noqa: TID253
from liquid.builtin import content, illegal, output  # noqa: TID253
from liquid.builtin.filters import array, math, misc, string  # noqa: TID253
from liquid.builtin.tags import (  # noqa: TID253
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    cycle_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import FilterArgumentError, OutputStreamLimitError, UndefinedError  # noqa: TID253
from liquid.stringify import to_liquid_string  # noqa: TID253

from segmentary.activation.html import CLOSE, OPEN, UNMARKED
from segmentary.activation.localised import Localised

TAGS = (
    content.Literal, illegal.Illegal, if_tag.IfTag, unless_tag.UnlessTag, case_tag.CaseTag, for_tag.ForTag,
    for_tag.BreakTag, for_tag.ContinueTag, assign_tag.AssignTag, capture_tag.CaptureTag, cycle_tag.CycleTag,
    comment_tag.CommentTag, inline_comment_tag.InlineCommentTag,
)  # fmt: skip
FILTERS: dict[str, Callable[..., Any]] = {
    "abs": math.abs_, "at_least": math.at_least, "at_most": math.at_most, "ceil": math.ceil,
    "divided_by": math.divided_by, "floor": math.floor, "minus": math.minus, "modulo": math.modulo,
    "plus": math.plus, "round": math.round_, "times": math.times,
    "append": string.append, "capitalize": string.capitalize, "downcase": string.downcase, "escape": string.escape,
    "lstrip": string.lstrip, "newline_to_br": string.newline_to_br, "prepend": string.prepend,
    "remove": string.remove, "remove_first": string.remove_first, "replace": string.replace,
    "replace_first": string.replace_first, "rstrip": string.rstrip, "slice": string.slice_, "split": string.split,
    "squish": string.squish, "strip": string.strip, "strip_html": string.strip_html,
    "strip_newlines": string.strip_newlines, "truncate": string.truncate, "truncatewords": string.truncatewords,
    "upcase": string.upcase, "url_encode": string.url_encode,
    "compact": array.compact, "concat": array.concat, "first": array.first, "join": array.join, "last": array.last,
    "map": array.map_, "reverse": array.reverse, "size": misc.size, "sort": array.sort, "sum": array.sum_,
    "uniq": array.uniq, "where": array.where,
}  # fmt: skip
OURS = ("date", "money", "number", "percent", "default")
LONGEST_RANGE = 1_000
BIGGEST = 10**30
DEEPEST = 20
LOOPS = 5_000
OUTPUT = 512 * 1024
LOCALS = 1024 * 1024
AUTHORS = frozenset({"offer", "campaign", "sender", "unsubscribe_url", "today"})
"""Variables whose words are ours: formatting in them is read."""


class Missing(Undefined):
    """A variable that has no value here. What it is asked for is written into `seen`."""

    __slots__ = ()
    seen: set[str] = set()  # noqa: RUF012 - of the message being rendered

    @property
    def force_liquid_default(self) -> bool:
        """Take the default, and remember that it was needed."""
        Missing.seen.add(self.name)
        return True

    def __str__(self) -> str:
        raise UndefinedError(f"{self.name} has no value and no fall-back", token=self.token)

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return False

    __le__ = __lt__
    __ge__ = __gt__


class OutputNode(output.OutputNode):
    """Print one value: what is missing is an error; in texts the value is marked."""

    __slots__ = ("ours",)

    def __init__(self, token: Any, expression: Any) -> None:
        super().__init__(token, expression)
        head = getattr(getattr(expression, "left", None), "path", None)
        self.ours = bool(head) and isinstance(head, list) and head[0] in AUTHORS

    def render_to_output(self, context: Any, buffer: Any) -> int:
        """Write the value."""
        value: Any = self.expression.evaluate(context)
        env = context.env
        kind = type(value)
        if kind is str and not env.autoescape:
            text = value
        elif kind is Missing:
            raise UndefinedError(f"{value.name} has no value and no fall-back", token=self.token)
        elif isinstance(value, str):
            text = to_liquid_string(value, env.autoescape)
        else:
            text = to_liquid_string(env.localised.plain(bounded(value)), env.autoescape)
        if not env.marks:
            return int(buffer.write(text))
        text = text.translate(UNMARKED)
        return int(buffer.write(text if self.ours else f"{OPEN}{text}{CLOSE}"))


class Output(output.Output):
    """``{{ ... }}``."""

    node_class = OutputNode


class Written(StringIO):
    """What a template writes, up to `OUTPUT` characters."""

    written = 0

    def write(self, text: str, /) -> int:
        """Write, within the limit."""
        self.written += len(text)
        if self.written > OUTPUT:
            raise OutputStreamLimitError("the message is longer than a message can be", token=None)
        return super().write(text)


class Template(BoundTemplate):
    """A parsed template that writes into a bounded buffer."""

    def _get_buffer(self) -> StringIO:
        return Written()


class Dialect(Environment):
    """The environment of one message part.

    marks : values are marked, for texts. autoescape : values become HTML.
    """

    loop_iteration_limit = LOOPS
    output_stream_limit = OUTPUT
    local_namespace_limit = LOCALS
    block_nesting_limit = DEEPEST
    context_depth_limit = DEEPEST + 10
    template_class = Template

    def __init__(self, localised: Localised, *, autoescape: bool = False, marks: bool = False) -> None:
        self.localised = localised
        self.marks = marks
        super().__init__(autoescape=autoescape, undefined=Missing, strict_filters=True)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register what there is."""
        del extra
        for tag in (*TAGS, Output):
            self.add_tag(tag)
        for name, made in FILTERS.items():
            self.add_filter(name, guarded(made))
        self.add_filter("default", default)
        for name in ("date", "money", "number", "percent"):
            self.add_filter(name, guarded(getattr(self.localised, name)))


def default(value: object, other: object = "", **options: object) -> object:
    """Return the value, or the other one where there is none (missing, empty text, false)."""
    if type(value) is Missing:
        return other if value.force_liquid_default else value
    if isinstance(value, str) and not value.strip():
        return other
    return misc.default(value, other, **options)


def guarded(made: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that leaves what is missing alone, and refuses what is too big to be meant."""

    @wraps(made)
    def checked(value: object, *others: Any, **options: Any) -> Any:
        if type(value) is Missing:
            return value
        for one in (value, *others):
            bounded(one)
        return bounded(made(value, *others, **options))

    return checked


def bounded(value: Any) -> Any:
    """Return a value that is of the size of a message.

    Raises
    ------
    FilterArgumentError
        when it is not: such a template is a mistake or an attack.
    """
    match value:
        case str() if len(value) > OUTPUT:
            raise FilterArgumentError("a text is longer than a message can be", token=None)
        case range() | list() | tuple() if len_of(value) > LONGEST_RANGE:
            raise FilterArgumentError(f"a list has more than {LONGEST_RANGE:,} entries", token=None)
        case bool() | None:
            return value
        case int() if abs(value) > BIGGEST:
            raise FilterArgumentError("a number is too big to be meant", token=None)
        case Decimal() if not value.is_finite() or value.adjusted() > 30:
            raise FilterArgumentError("a number is too big to be meant", token=None)
    return value


def len_of(value: Any) -> int:
    """Return the length, also of a range that is longer than Python counts."""
    return value.stop - value.start if isinstance(value, range) else len(value)


def as_value(kind: str, given: Any, zone: dt.tzinfo) -> Any:
    """Return a value of a row in its type; nothing for what is empty.

    kind : text, number, date, time, boolean, list, or plain (JSON as it is).
    """
    if given is None:
        return None
    match kind:
        case "text":
            text = str(given)
            if not text.isascii():
                text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return text if text.strip() else None
        case "number":
            return number(given)
        case "date":
            return dt.date.fromisoformat(str(given)[:10])
        case "time":
            moment = dt.datetime.fromisoformat(str(given))
            return (moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)).astimezone(zone)
        case "boolean":
            return bool(given)
        case "offer":
            return offer_of(given, zone)
    return given or None if isinstance(given, list) else given


def number(given: Any) -> int | Decimal:
    """Return an exact number: whole where it is whole."""
    exact = Decimal(str(given))
    if not exact.is_finite() or exact.adjusted() > 30:
        raise ValueError("not a number of this world")
    whole = exact.to_integral_value()
    return int(whole) if whole == exact else exact


def offer_of(given: dict[str, Any], zone: dt.tzinfo) -> dict[str, Any]:
    """Return an offer's fields in their types; empty ones are left out."""
    kinds = {"value": "number", "from": "time", "until": "time"}
    found = {key: as_value(kinds.get(key, "plain"), value, zone) for key, value in given.items()}
    return {key: value for key, value in found.items() if value not in (None, "")}
