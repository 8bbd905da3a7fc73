"""The Python spelling of who is in by segment, list, chance, rank, relation, place, consent or model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from segmentary.errors import DefinitionError
from segmentary.language.bygone import ModelOutput
from segmentary.language.cursor import Cursor
from segmentary.language.durations import parse_duration
from segmentary.language.expressions import Condition, Literally, Quantity, path_of, rule_of, scalar, value_of
from segmentary.language.expressions_windows import moment_of, window_of
from segmentary.language.reading_bygone import PINNED
from segmentary.language.scalars import parse_share
from segmentary.language.tree import (
    Consent,
    FixedWindow,
    Last,
    ModelValue,
    Moment,
    Near,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    StaticList,
    Value,
)

# ---------------------------------------------------------------- segments


@dataclass(frozen=True, slots=True)
class SegmentCondition(Condition):
    """Membership of a segment: now as it is, at another moment through its methods."""

    def named(self, *, versioned: bool = False) -> SegmentReference:
        """Return the segment this is."""
        if not isinstance(self.rule, SegmentReference):
            raise TypeError("only a segment has a past")
        if self.rule.version is not None and not versioned:
            hint = "leave out the version"
            raise DefinitionError("the log of memberships is that of every version", hint=hint)
        return self.rule

    def at(self, moment: Moment | str, *, evaluated: bool = False) -> Condition:
        """Ask who was a member at a day, an instant, ``"30d"`` ago or ``end_of("previous_quarter")``.

        By the log of memberships; ``evaluated`` asks the definition as it is now instead.
        """
        reference = self.named(versioned=True)
        return Condition(SegmentAt(reference.name, moment_of(moment), evaluated, reference.version))

    def during(
        self,
        window: FixedWindow | str,
        *,
        quantifier: Literal["any", "all", "at_end"] = "any",
        at_least: str | None = None,
    ) -> Condition:
        """Ask who was a member at any time of a window, all of it, at its end, or ``at_least`` that long in it."""
        name, fixed = self.named().name, window_of(window)
        if at_least is None:
            return Condition(SegmentDuring(name, fixed, quantifier))
        return Condition(SegmentDuring(name, fixed, "at_least", parse_duration(at_least)))

    def entered(
        self,
        *,
        last: str | None = None,
        during: FixedWindow | str | None = None,
        nth: int | None = None,
        stayed: str | None = None,
    ) -> Condition:
        """Ask who entered in a window (``last="7d"``), for the ``nth`` time, and ``stayed`` at least so long."""
        length = None if stayed is None else parse_duration(stayed)
        return Condition(SegmentMoved(self.named().name, "entered", one_window(last, during), nth, length))

    def exited(
        self, *, last: str | None = None, during: FixedWindow | str | None = None, nth: int | None = None
    ) -> Condition:
        """Ask who left in a window (``last="7d"``), for the ``nth`` time."""
        return Condition(SegmentMoved(self.named().name, "exited", one_window(last, during), nth))


def one_window(last: str | None, during: FixedWindow | str | None) -> FixedWindow | None:
    if last is not None and during is not None:
        raise DefinitionError("'last' and 'during' are two windows", hint="keep one of them")
    if last is not None:
        return Last(parse_duration(last))
    return None if during is None else window_of(during)


def segment(name: str, *, version: str | None = None) -> SegmentCondition:
    """Return membership of another segment; ``segment("vip@v3")`` is ``segment("vip", version="v3")``."""
    pinned = PINNED.fullmatch(name)
    if pinned is not None and version is not None:
        raise DefinitionError(f"{name!r} says its version already", hint="keep one of the two")
    return SegmentCondition(SegmentReference(*((name, version) if pinned is None else (pinned[1], pinned[2]))))


# ---------------------------------------------------------------- lists, chance, ranks


def members_of(list_name: str) -> Condition:
    """Return membership of a list of the workspace."""
    return Condition(StaticList(list_name=list_name))


def ids(*customers: str) -> Condition:
    """Return membership of exactly these customers."""
    return Condition(StaticList(ids=customers))


def sample(share: str, *, salt: str) -> Condition:
    """Return a stable random share of everybody, such as ``"5%"``."""
    return Condition(Sample(parse_share(share), salt))


def top(size: str | int, **given: Any) -> Condition:
    """Return the highest ``"10%"`` or ``50`` ``by`` a quantity; see `ranked` for the other arguments."""
    return ranked(size, "highest", **given)


def bottom(size: str | int, **given: Any) -> Condition:
    """Return the lowest ``"10%"`` or ``50`` ``by`` a quantity; see `ranked` for the other arguments."""
    return ranked(size, "lowest", **given)


def ranked(
    size: str | int,
    order: Literal["highest", "lowest"],
    *,
    by: Quantity | Value,
    within: Quantity | Value | None = None,
    over: Condition | Rule | None = None,
    ties: Literal["by_id", "include"] = "by_id",
    at_least: int = 1,
    keep: str | int | None = None,
) -> Condition:
    """Return the rank: ``within`` parts, ``over`` a population, parts below ``at_least`` yielding nobody.

    Who is a member already stays as long as within the wider rank ``keep``.
    """
    return Condition(
        Rank(
            by=value_of(by),
            share=parse_share(size) if isinstance(size, str) else None,
            number=None if isinstance(size, str) else size,
            order=order,
            within=None if within is None else value_of(within),
            over=None if over is None else rule_of(over),
            ties=ties,
            at_least=at_least,
            keep_share=parse_share(keep) if isinstance(keep, str) else None,
            keep_number=None if isinstance(keep, str) else keep,
        )
    )


# ---------------------------------------------------------------- related people


@dataclass(frozen=True, slots=True)
class People:
    """The people of the same account or household, to ask for how many of them a rule holds."""

    group: Literal["account", "household"]

    def any(self, rule: Condition | Rule) -> Condition:
        """Require that it holds for at least one of them."""
        return Condition(Related(self.group, "any", rule_of(rule)))

    def all(self, rule: Condition | Rule) -> Condition:
        """Require that it holds for every one of them, and there is one."""
        return Condition(Related(self.group, "all", rule_of(rule)))

    def none(self, rule: Condition | Rule) -> Condition:
        """Require that it holds for none of them."""
        return Condition(Related(self.group, "none", rule_of(rule)))

    def count(self, rule: Condition | Rule) -> PeopleCount:
        """Count those it holds for; compare to go on."""
        return PeopleCount(self.group, rule_of(rule))


@dataclass(frozen=True, slots=True, eq=False)
class PeopleCount:
    """How many of the people of a group satisfy a rule: compare it to a whole number."""

    group: Literal["account", "household"]
    rule: Rule

    def judged(self, operator: Literal["is", "lt", "lte", "gt", "gte"], other: object) -> Condition:
        """Return the condition with any operator of the tree."""
        number = Cursor(other).whole(least=0)
        return Condition(Related(self.group, "count", self.rule, operator, number))

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self.judged("is", other)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: int) -> Condition:
        return self.judged("lt", other)

    def __le__(self, other: int) -> Condition:
        return self.judged("lte", other)

    def __gt__(self, other: int) -> Condition:
        return self.judged("gt", other)

    def __ge__(self, other: int) -> Condition:
        return self.judged("gte", other)


def related(group: Literal["account", "household"]) -> People:
    """Return the people of the same account or household, to ask a rule about them."""
    return People(group)


# ---------------------------------------------------------------- places, consent, models, references


def near(
    kilometres: Literally,
    of: str | Iterable[Literally],
    *,
    latitude: Quantity | Value | None = None,
    longitude: Quantity | Value | None = None,
) -> Condition:
    """Return being within so many kilometres of a point, or of any place of a list of places."""
    distance = number(kilometres)
    point = None
    if not isinstance(of, str):
        north, east = (number(part) for part in of)
        point = (north, east)
    return Condition(
        Near(
            distance,
            point,
            of if isinstance(of, str) else None,
            None if latitude is None else value_of(latitude),
            None if longitude is None else value_of(longitude),
        )
    )


def number(given: object) -> Decimal:
    found = scalar(given)
    if not isinstance(found, Decimal):
        raise DefinitionError(f"{given!r} is not a number", hint="distances and degrees are numbers")
    return found


def consent(
    purpose: str, *, channel: str | None = None, decision: Literal["granted", "denied"] = "granted"
) -> Condition:
    """Return that the latest decision for a purpose says yes; ``decision="denied"``: no."""
    return Condition(Consent(purpose, channel, decision == "granted"))


@dataclass(frozen=True, slots=True)
class Model:
    """What a model says about a customer."""

    name: str

    def output(self, output: ModelOutput, *, of: str | None = None) -> Quantity:
        """Return any output."""
        return Quantity(ModelValue(self.name, output, of))

    @property
    def label(self) -> Quantity:
        """The label it gives."""
        return self.output("label")

    @property
    def confidence(self) -> Quantity:
        """How sure it is of its label, from 0 to 1."""
        return self.output("confidence")

    @property
    def probability(self) -> Quantity:
        """How likely what it predicts is, from 0 to 1."""
        return self.output("probability")

    @property
    def score(self) -> Quantity:
        """The score it gives."""
        return self.output("score")

    @property
    def decile(self) -> Quantity:
        """The tenth of the population its score falls into."""
        return self.output("decile")


def model(name: str) -> Model:
    """Return a model, to ask for what it says: ``model("churn").probability > 0.7``."""
    return Model(name)


def fact(name: str, *, of: str, by: str | Iterable[str]) -> Quantity:
    """Return a fact about what a property of the event names: ``fact("kind", of="stores", by="store_id")``."""
    key = path_of(by if isinstance(by, str) else list(by))
    return Quantity(ReferenceValue(of, PropertyValue(key), name))
