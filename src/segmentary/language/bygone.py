"""The part of the tree about other moments and other entities: states, memberships, relations, places, consent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from segmentary.language.spans import Duration, Moment

if TYPE_CHECKING:
    from segmentary.language.tree import Compare, FixedWindow, PropertyValue, Rule, Value

# ---------------------------------------------------------------- values


ModelOutput: TypeAlias = Literal[
    "label", "confidence", "probability", "score", "decile", "low", "high",
    "value", "purchases", "alive", "spend", "spend_low", "spend_high",
]  # fmt: skip
"""What models say: of found segments, of what is likely, of money and purchases expected."""
MODEL_OUTPUTS: tuple[ModelOutput, ...] = get_args(ModelOutput)


@dataclass(frozen=True, slots=True)
class TraitAtEvent:
    """Inside an event filter: the attribute as it was at the moment of the event (``city`` when they ordered).

    The version chosen is the one that holds at the event's ``happened_at`` (a version that begins at that very instant
    included), the latest begun, of those the latest known. Only attributes have a past: computed traits are refused.
    """

    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """Inside an event filter: a fact about what a property names (the type of the store of the order).

    ``table`` is a reference table of the workspace (stores, products, campaigns); ``key`` the event's property that
    holds the id; ``name`` the fact. Missing where there is no such row. Facts have no history.
    """

    table: str
    key: PropertyValue
    name: str


@dataclass(frozen=True, slots=True)
class ModelValue:
    """What a model says about the entity: its label and how sure; a probability, score or decile; money expected.

    ``of`` names the label a probability is of. It is the given value ``model.output`` (or ``model.output.of``).
    """

    model: str
    output: ModelOutput
    of: str | None = None


# ---------------------------------------------------------------- states


@dataclass(frozen=True, slots=True)
class HasBeen:
    """The comparison with an attribute holds at as-of, and has held without a break for (less than) so long.

    Over the versions of the attribute: the value at any instant is the version chosen as at as-of; begin is the
    earliest instant since which every value passed. ``at_least``: begin <= as-of - duration (undated versions have
    always held). ``less_than``: begin > as-of - duration. At least one of the two is given.
    """

    condition: Compare
    at_least: Duration | None = None
    less_than: Duration | None = None


@dataclass(frozen=True, slots=True)
class Had:
    """The comparison with an attribute held at some instant of the window."""

    condition: Compare
    during: FixedWindow


# ---------------------------------------------------------------- memberships of other moments


@dataclass(frozen=True, slots=True)
class SegmentAt:
    """Members of a segment at another moment, by the log of entries and exits.

    A member at T: inside a stay ``[entry, exit)`` at the moment just before T, so entries with ``valid_at < T``.
    ``evaluated`` asks for the definition instead, as it is now, evaluated as of that moment: then the log's coverage
    does not matter. ``version`` pins the definition to evaluate. A moment after as-of counts as as-of. RFM scores are
    made again as of that moment; what other models say is given, and as it is now.
    """

    name: str
    at: Moment
    evaluated: bool = False
    version: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentDuring:
    """Member during a window, by the log of entries and exits (``valid_at``); history begins at the first run.

    A stay is ``[entry, exit)``; an open stay lasts until as-of. any: some stay meets the window; all: one stay covers
    it (as far as as-of); at_end: a stay covers the last moment of the window; at_least: stays within the window add up
    to ``length`` (minutes to weeks). A window without a beginning is covered by no stay, an empty one neither met nor
    covered.
    """

    name: str
    during: FixedWindow
    quantifier: Literal["any", "all", "at_end", "at_least"] = "any"
    length: Duration | None = None


@dataclass(frozen=True, slots=True)
class SegmentMoved:
    """Entered or left a segment in a window, by the log.

    during : the window of the entry (exit); None is any time before as-of.
    nth : only the n-th entry (exit) ever, from 1.
    stayed : for entries: the stay lasted at least so long (until its exit, or as-of while open); minutes to weeks.
    """

    name: str
    direction: Literal["entered", "exited"]
    during: FixedWindow | None = None
    nth: int | None = None
    stayed: Duration | None = None


# ---------------------------------------------------------------- other entities, places, consent


@dataclass(frozen=True, slots=True)
class Related:
    """A rule about the people of the same group.

    In a segment of accounts (households): its members as of now. In a segment of customers: the *other* members of the
    customer's groups of kind ``group``, each once; members are in the universe. ``rule`` is a rule about customers
    (``Rank.keep_*`` has no effect in it). any: at least one satisfies it; none: nobody does; all: everyone does, and
    there is somebody; count: how many do compares with ``operand``.
    """

    group: Literal["account", "household"]
    quantifier: Literal["any", "all", "none", "count"]
    rule: Rule
    operator: Literal["is", "lt", "lte", "gt", "gte"] | None = None
    operand: int | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """Within so many kilometres (the bound included) of a point, or of any place of a named list.

    The great circle on a sphere of 6371.0088 km (haversine), in whole metres, rounded down. Unknown coordinates are
    near nothing. ``latitude`` and ``longitude`` are numbers in degrees (None: the attribute of that name); outside
    [-90, 90] and [-180, 180] they are missing.
    """

    kilometres: Decimal
    point: tuple[Decimal, Decimal] | None = None
    places: str | None = None
    latitude: Value | None = None
    longitude: Value | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """The latest decision of the customer for a purpose (and channel) says yes, or with ``granted`` false says no.

    Decisions before as-of with that purpose, and with that channel or channel ``any``; without ``channel`` all of the
    purpose. Latest by happened_at (missing: before everything), then known_at; of equals, no wins. Without any
    decision both are false.
    """

    purpose: str
    channel: str | None = None
    granted: bool = True
