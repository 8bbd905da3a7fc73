"""What a definition rests on: attributes, computed traits, events, segments, tables, and what of it is sensitive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from segmentary.language.kinds import model_key
from segmentary.language.segmentations import expand
from segmentary.language.tree import (
    Consent,
    Definition,
    EventFilter,
    EventMeasure,
    Had,
    HasBeen,
    ModelValue,
    Near,
    PropertyValue,
    ReferenceValue,
    Related,
    SegmentationDefinition,
    SegmentDefinition,
    Sensitivity,
    Sequence,
    SessionMeasure,
    SinceEntry,
    StaticList,
    TraitAtEvent,
    TraitDefinition,
)
from segmentary.language.walk import (
    Node,
    events_used,
    lists_used,
    models_used,
    places_used,
    purposes_used,
    references_used,
    segments_evaluated,
    segments_remembered,
    traits_used,
    walk,
)

ORDER: tuple[Sensitivity, ...] = ("special", "identifier", "personal", "ordinary")


@dataclass(frozen=True, slots=True)
class Lineage:
    """Everything below a definition, through all it refers to; each in order of name.

    Attributes
    ----------
    traits : computed traits; attributes : what comes from sources; given : what models put out.
    events : names of events, ``("*",)`` alone meaning every event; properties : what is read of them.
    segments : those evaluated with it; remembered : those it asks the log of memberships about.
    references : facts of reference tables, as ``table.fact``; purposes : consent asked about.
    tables : tables of the warehouse that are read.
    sensitive : name -> special, identifier or personal; what is ordinary is left out. Consent is personal.
    """

    traits: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    remembered: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    sensitive: Mapping[str, Sensitivity] = field(default_factory=dict)

    @property
    def most_sensitive(self) -> Sensitivity:
        """The strictest class of all it touches."""
        return next((one for one in ORDER if one in self.sensitive.values()), "ordinary")


def lineage(
    definition: Definition,
    definitions: Iterable[Definition] = (),
    *,
    sensitivity: Mapping[str, Sensitivity] | None = None,
    given: Iterable[str] = (),
) -> Lineage:
    """Return what a definition rests on.

    Parameters
    ----------
    definitions : all others there are; names nothing here defines are attributes, or given.
    sensitivity : what is known of traits and attributes; a computed trait's own word counts as well.
    given : the traits that models put out.
    """
    made = by_name(definitions)
    parts = closure(definition, made)
    nodes = [node for part in parts for node in walk(part)]
    used = {name for part in parts for name in traits_used(part)}
    computed = {name for name in used if ("trait", name) in made}
    models = used & set(given) | {model_key(node) for node in nodes if isinstance(node, ModelValue)}
    attributes = used - computed - models | implied(nodes)
    purposes = {name for part in parts for name in purposes_used(part)}
    every = any(isinstance(node, EventFilter) and not node.names for node in nodes)
    touched: dict[str, Sensitivity] = {name: (sensitivity or {}).get(name, "ordinary") for name in used | attributes}
    for part in parts:
        if isinstance(part, TraitDefinition):
            touched[part.name] = stricter(part.sensitivity, touched.get(part.name, "ordinary"))
    touched |= {f"consent to {purpose}": "personal" for purpose in purposes}
    return Lineage(
        traits=ordered(computed),
        attributes=ordered(attributes),
        given=ordered(models),
        events=("*",) if every else ordered(name for part in parts for name in events_used(part)),
        properties=ordered(".".join(node.path) for node in nodes if isinstance(node, PropertyValue)),
        segments=ordered(name for part in parts for name in segments_evaluated(part)),
        remembered=ordered(name for part in parts for name in segments_remembered(part)),
        lists=ordered(name for part in parts for name in lists_used(part)),
        places=ordered(name for part in parts for name in places_used(part)),
        references=ordered(".".join(pair) for part in parts for pair in references_used(part)),
        models=ordered(name for part in parts for name in models_used(part)),
        purposes=ordered(purposes),
        tables=ordered({"customers"}.union(*map(tables_of, nodes), {"customer_attributes"} if attributes else ())),
        sensitive={name: touched[name] for name in sorted(touched) if touched[name] != "ordinary"},
    )


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def stricter(left: Sensitivity, right: Sensitivity) -> Sensitivity:
    return left if ORDER.index(left) <= ORDER.index(right) else right


def implied(nodes: Iterable[Node]) -> set[str]:
    """Return the attributes that are read without being named."""
    unsaid = any(isinstance(node, Near) and node.latitude is None for node in nodes)
    return {"latitude", "longitude"} if unsaid else set()


def tables_of(node: Node) -> set[str]:
    """Return the tables of the warehouse one node reads beside those of its parts."""
    match node:
        case EventMeasure() | SessionMeasure() | Sequence():
            return {"events"}
        case HasBeen() | Had() | TraitAtEvent():
            return {"customer_attributes"}
        case ReferenceValue():
            return {"reference_values"}
        case Consent():
            return {"customer_consents"}
        case Related():
            return {"belongings"}
        case Near(places=str()):
            return {"places"}
        case SinceEntry():
            return {"membership_log"}
        case StaticList():
            return set()
        case _:
            return {"membership_log"} if segments_remembered_here(node) else set()


def segments_remembered_here(node: Node) -> bool:
    from segmentary.language.tree import SegmentAt, SegmentDuring, SegmentMoved

    if isinstance(node, SegmentAt):
        return not node.evaluated
    return isinstance(node, SegmentDuring | SegmentMoved)


# ---------------------------------------------------------------- everything below


def by_name(definitions: Iterable[Definition]) -> dict[tuple[str, str], Definition]:
    """Return definitions by what they are and their name; a segmentation is its trait and its segments."""
    made: dict[tuple[str, str], Definition] = {}
    for one in definitions:
        match one:
            case SegmentationDefinition():
                trait, segments = expand(one)
                made["trait", trait.name] = trait
                made |= {("segment", name): segment for name, segment in segments.items()}
            case SegmentDefinition():
                made["segment", one.name] = one
            case TraitDefinition():
                made["trait", one.name] = one
    return made


def closure(definition: Definition, made: Mapping[tuple[str, str], Definition]) -> list[Definition]:
    """Return a definition and every definition it depends on, each once; a circle ends where it closes."""
    found: dict[tuple[str, str], Definition] = {}
    waiting: list[tuple[tuple[str, str], Definition]] = [(("", definition.name), definition)]
    while waiting:
        key, one = waiting.pop()
        if key in found:
            continue
        found[key] = one
        below = [("trait", name) for name in sorted(traits_used(one))]
        below += [("segment", name) for name in sorted(segments_evaluated(one))]
        waiting.extend((name, made[name]) for name in below if name in made)
    return list(found.values())
