"""What somebody says of a market, as a file: whose answers it is measured by, and what is to be weighed.

::

    market: shoppers
    survey: market_2026          # its respondents are the market
    segments: attitudes          # a solution, or item: NAME (an item that says the segment)
    base: attitudes_by_traits    # a model in force: where our customers are (default: the solution itself)
    people: households
    unit: EUR
    value: spend                 # an item: money per respondent
    replicates: {items: "brrwt*", kind: fay, fay: 0.5}
    margins: {region: {north: 0.3, south: 0.7}}
    brands: {ours: us, use: {us: uses_us, them: uses_them}}
    perception: {price: {us: price_us, them: price_them}}
    needs: {advice: {importance: imp_advice, satisfaction: sat_advice}}
    scale: [1, 5]
    assumptions: [{name: households, stage: tam, likely: 1000000, low: 900000, high: 1200000, source: census}]
    criteria: [{name: size, axis: attractiveness, weight: 3, of: share}, {name: fit, axis: competitiveness, weight: 1,
                values: {green: 8, thrifty: 3}}]
    knockouts: [{name: reachable, of: size, least: 10000}]
    choose: 2
    blend: 0.5                   # weight of attractiveness in the score; the rest is our strength
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from segmentary.errors import DefinitionError, UnknownNameError, UsageError
from segmentary.workspace.discoveries import NAME
from segmentary.workspace.market_plan_parts import parts_of

FIGURES = ("share", "size", "value", "mean_value", "growth", "gap", "base_share", "our_users", "unmet_need")

MOST_NESTED = 20


@dataclass(frozen=True)
class MarketPlan:
    """A market as its file says it; see the module's docstring for each part."""

    market: str
    survey: str
    segments: str | Mapping[str, str]
    base: str = ""
    wave: str = ""
    people: str = "people"
    unit: str = ""
    value: str = ""
    replicates: Mapping[str, Any] = field(default_factory=dict)
    margins: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    population: float | None = None
    trim: tuple[float, float] | None = None
    brands: Mapping[str, Any] = field(default_factory=dict)
    perception: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scale: tuple[float, float] = (1.0, 5.0)
    assumptions: tuple[Mapping[str, Any], ...] = ()
    criteria: tuple[Mapping[str, Any], ...] = ()
    knockouts: tuple[Mapping[str, Any], ...] = ()
    choose: int = 1
    blend: float = 0.5

    @property
    def solution(self) -> str:
        """Name of the solution that makes the segments; empty where an item says them."""
        return self.segments if isinstance(self.segments, str) else ""

    @property
    def item(self) -> str:
        """The item that says the segment; empty where a solution makes them."""
        return "" if isinstance(self.segments, str) else str(self.segments.get("item", ""))

    @property
    def items(self) -> list[str]:
        """Every item the plan names, each once."""
        named = [self.item, self.value, *self.margins]
        named += [str(one) for key in ("use", "amounts") for one in dict(self.brands.get(key, {})).values()]
        named += [str(one) for part in self.perception.values() for one in part.values()]
        named += [str(one) for part in self.needs.values() for one in part.values()]
        return list(dict.fromkeys(one for one in named if one))


def read_plan(path: Path, *, called: str = "") -> MarketPlan:
    """Return the plan of a file. called : what messages call it, where its place is nobody's business.

    Raises
    ------
    DefinitionError
        when it is no plan, saying where.
    """
    import yaml

    where = called or str(path)
    try:
        text = path.read_text(encoding="utf-8")
        refuse_traps(text, where)
        document = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise DefinitionError(f"{where} is no YAML: {reason}", hint="see the guide to markets") from error
    if not isinstance(document, dict):
        raise DefinitionError(f"{where} says no market", hint="market: NAME, survey: NAME, segments: NAME")
    return plan_of(document, where)


def refuse_traps(text: str, where: str) -> None:
    """Refuse what YAML allows and nobody means: a key twice (the second wins), aliases (ten lines become gigabytes)."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise DefinitionError(f"{where} has an alias (*{event.anchor})", hint="write the part again")
        if depth > MOST_NESTED:
            raise DefinitionError(f"{where} is nested too deeply", hint="see the guide to markets")
    waiting = [yaml.compose(text, Loader=yaml.SafeLoader)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            keys = [str(key.value) for key, _ in node.value]
            twice = [key for key in keys if keys.count(key) > 1]
            if twice:
                raise DefinitionError(f"{where}: the key {twice[0]!r} stands there twice", hint="remove one of the two")
            waiting += [value for _, value in node.value]


def plan_of(document: Mapping[str, Any], where: str = "the plan") -> MarketPlan:
    """Return the plan a document describes."""
    parts = parts_of(FIGURES)
    for key in document:
        if key not in parts:
            raise UnknownNameError(f"{where}: key", str(key), parts, see="there are: " + ", ".join(parts))
    for key in ("market", "survey", "segments"):
        if not document.get(key):
            raise DefinitionError(f"{where} has no {key}", hint="market: NAME, survey: NAME, segments: NAME")
    given = {key: parts[key](f"{where}: {key}", value) for key, value in document.items()}
    if not NAME.fullmatch(given["market"]):
        raise UsageError(
            f"{given['market']!r} cannot name a market", hint="small letters, digits, underscores; a letter first"
        )
    return MarketPlan(**given)


def to_document(plan: MarketPlan) -> dict[str, Any]:
    """Return what the ledger keeps of a plan: only what was said."""
    found: dict[str, Any] = {}
    for one in fields(MarketPlan):
        value = getattr(plan, one.name)
        if value not in (None, "", (), {}):
            found[one.name] = list(value) if isinstance(value, tuple) else value
    return found
