"""Checks before anything runs: names exist, types fit, patterns compile, nothing refers to itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from zoneinfo import ZoneInfo

from segmentary.errors import CycleError, DefinitionError, Place
from segmentary.language.check_bygone import (
    SEE_TRAITS,
    check_consent,
    check_group_trait,
    check_keep,
    check_looked_up,
    check_membership,
    check_model,
    check_near,
    check_related,
    check_segment,
    check_segmentation,
    check_state,
    entity_of,
)
from segmentary.language.check_patterns import (
    check_counted,
    check_measured_window,
    check_periods,
    check_sequence,
    check_session,
    check_sliding,
)
from segmentary.language.fit import Examination, check_compare, check_value, check_window, described
from segmentary.language.operators import COUNTED
from segmentary.language.reading_bygone import PINNED
from segmentary.language.tree import (
    All,
    AnyOf,
    Binding,
    Compare,
    Consent,
    Definition,
    EntityType,
    EventFilter,
    EventMeasure,
    Had,
    HasBeen,
    ModelValue,
    Near,
    Not,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Sample,
    SegmentAt,
    SegmentationDefinition,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SinceEntry,
    Sliding,
    StaticList,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.types import type_of
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import Node, branches, depth, joined, segments_evaluated, traits_used
from segmentary.language.yaml import Parsed

DEEPEST = 64
UNFIT = re.compile("[\0\ud800-\udfff]")


def validate(parsed: Parsed | Definition, vocabulary: Vocabulary) -> None:
    """Check one definition against what exists.

    Raises
    ------
    UnknownNameError
        for a trait, event, property, segment or list that does not exist, with the nearest that does.
    DefinitionError
        for everything else that cannot be meant, with its place.
    """
    places: Mapping[str, Place] = {}
    if isinstance(parsed, Parsed):
        definition, places = parsed.definition, parsed.places
    else:
        definition = parsed
    exam = Examination(vocabulary.about(entity_of(definition)), places)
    if depth(definition) > DEEPEST:
        exam.refuse("", f"more than {DEEPEST} levels inside each other", "give the inner part a name and refer to it")
    check_head(exam, definition)
    # A stack, not recursion: events say which properties their conditions may read, and so does nothing else.
    waiting: list[tuple[str, Node, Surroundings]] = [("", definition, Surroundings(entity_of(definition)))]
    while waiting:
        pointer, node, around = waiting.pop()
        check_letters(exam, pointer, node)
        check_node(exam, pointer, node, around)
        for step, part in reversed(branches(node)):
            waiting.append((joined(pointer, step), part, around.inside(node, part)))


def check_letters(exam: Examination, pointer: str, node: object) -> None:
    """Refuse texts that no database can hold: half characters and NUL."""
    for name in (one.name for one in fields(node)):  # type: ignore[arg-type]
        content = getattr(node, name)
        for part in content if isinstance(content, tuple) else (content,):
            if isinstance(part, str) and UNFIT.search(part):
                exam.refuse(pointer, "the text holds half a character or a NUL", "write it again")
            elif isinstance(part, Binding):
                check_letters(exam, pointer, part)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around a part of a definition.

    events : the names of the events whose properties may be read here; () means every event, None that there is none.
    """

    entity: EntityType
    events: tuple[str, ...] | None = None
    related: bool = False

    def inside(self, node: Node, part: Node) -> Surroundings:
        """Return what is around a part of this node."""
        match node:
            case EventFilter(names=names):
                return replace(self, events=names)
            case EventMeasure(events=chosen) if isinstance(part, PropertyValue):
                return replace(self, events=chosen.names)
            case Related():
                return replace(self, entity="customer", related=True)
            case _:
                return self


def check_head(exam: Examination, definition: Definition) -> None:
    """Check what stands before the rule or value."""
    if not definition.name.strip():
        exam.refuse("", "the name is empty")
    if PINNED.fullmatch(definition.name):
        exam.refuse(
            "", f"{definition.name!r} would be a version of another segment", "choose a name without @v3 at its end"
        )
    if definition.timezone is not None:
        try:
            ZoneInfo(definition.timezone)
        except (KeyError, ValueError, OSError):
            hint = "use an IANA name such as Europe/London"
            exam.refuse("timezone", f"unknown time zone {definition.timezone!r}", hint)
    if isinstance(definition, SegmentationDefinition):
        check_segmentation(exam, definition)
    if isinstance(definition, TraitDefinition):
        if definition.type == "list":
            exam.refuse("type", "a computed trait cannot be a list", "compute a text, number, date, time or boolean")
        found = type_of(definition.value, exam.vocabulary)
        if found is not None and found != definition.type and not (definition.type == "date" and found == "time"):
            message = f"the value is {described(found)}, not {described(definition.type)}"
            exam.refuse("type", message, f"write type: {found}")


ABOUT_EVENTS = (All, AnyOf, Not, Compare, PropertyValue, TraitAtEvent, ReferenceValue)


def check_node(exam: Examination, pointer: str, node: Node, around: Surroundings) -> None:
    """Check one node."""
    if around.events is not None and not isinstance(node, ABOUT_EVENTS):
        hint = "put customer-level conditions beside the event, in all"
        exam.refuse(pointer, "an event filter can only ask about properties of the event", hint)
    match node:
        case All(()) | AnyOf(()):
            exam.refuse(pointer, "a group without rules", "give it at least one rule, or remove it")
        case SegmentReference(name=name):
            check_segment(exam, pointer, name, around.entity)
        case StaticList(ids=ids, list_name=list_name):
            if list_name is not None:
                exam.known(joined(pointer, "list"), "list", list_name, exam.vocabulary.lists)
            if bool(ids) == (list_name is not None):
                exam.refuse(pointer, "a list is either a name or ids")
        case TraitValue(name=name):
            exam.known(joined(pointer, "trait"), "trait", name, exam.vocabulary.traits, SEE_TRAITS)
            check_group_trait(exam, joined(pointer, "trait"), name, around.entity)
        case PropertyValue(path=path):
            check_property(exam, pointer, path, around.events)
        case TraitAtEvent() | ReferenceValue():
            check_looked_up(exam, pointer, node, inside=around.events is not None)
        case Compare():
            check_compare(exam, pointer, node, around.events or ())
        case EventFilter(names=names):
            check_names(exam, pointer, names)
        case Sample(share=share):
            if not 0 < share <= 1:
                exam.refuse(joined(pointer, "sample/share"), "a share is above 0 % and up to 100 %")
        case _:
            check_inner(exam, pointer, node, around)


def check_inner(exam: Examination, pointer: str, node: Node, around: Surroundings) -> None:
    """Check the nodes that have a shape of their own."""
    match node:
        case EventMeasure():
            check_measure(exam, pointer, node)
        case Rank():
            check_rank(exam, pointer, node)
        case HasBeen() | Had():
            check_state(exam, pointer, node)
        case SegmentAt() | SegmentDuring() | SegmentMoved():
            check_membership(exam, pointer, node, around.entity)
        case SinceEntry(segment=name):
            exam.known(pointer, "segment", name, exam.vocabulary.segments)
        case Related():
            check_related(exam, pointer, node, around.entity, nested=around.related)
        case Near():
            check_near(exam, pointer, node)
        case Consent():
            check_consent(exam, pointer, node)
        case ModelValue():
            check_model(exam, pointer, node)
        case _:
            check_pattern_node(exam, pointer, node)


def check_pattern_node(exam: Examination, pointer: str, node: Node) -> None:
    """Check what is about the order of events, and calculated values."""
    match node:
        case Sequence():
            check_sequence(exam, pointer, node)
        case SequenceCount():
            check_counted(exam, pointer, node)
        case Session():
            check_session(exam, pointer, node)
        case Sliding():
            check_sliding(exam, pointer, node)
        case PeriodsWith():
            check_periods(exam, pointer, node)
        case _:
            check_value(exam, pointer, node)


def check_names(exam: Examination, pointer: str, names: tuple[str, ...]) -> None:
    """Check the names of events; none means every event."""
    for name in names:
        exam.known(joined(pointer, "event"), "event", name, exam.vocabulary.events)


def check_property(exam: Examination, pointer: str, path: tuple[str, ...], events: tuple[str, ...] | None) -> None:
    """Check that at least one of the events can have the property."""
    where = joined(pointer, "property")
    if events is None:
        hint = "ask about a trait, or put the condition under an event's where"
        exam.refuse(where, "a property belongs to an event, and there is none here", hint)
    if not path or not all(path):
        exam.refuse(where, "the name of a property is empty")
    possible = events or tuple(exam.vocabulary.events)
    for event in possible:
        try:
            exam.vocabulary.property_type(event, path)
            return
        except KeyError:
            continue
    if not possible:
        return
    names = list(dict.fromkeys(name for event in possible for name in exam.vocabulary.property_names(event)))
    of = " or ".join(events) if events else "any event"
    exam.known(where, f"property of {of}", ".".join(path), names)


def check_measure(exam: Examination, pointer: str, node: EventMeasure) -> None:
    """Check that a measure has what it needs, of a type it can take."""
    where = joined(pointer, node.measure)
    if (node.of is None) != (node.measure in COUNTED):
        exam.refuse(where, f"{node.measure!r} {'needs' if node.of is None else 'takes no'} 'of'")
    if (node.nth is not None) != (node.measure == "nth") or (node.nth is not None and node.nth < 1):
        exam.refuse(where, "'nth' needs a whole number from 1 up, and nothing else takes one")
    if node.of is not None:
        kind = type_of(node.of, exam.vocabulary, node.events.names)
        wanted: tuple[ValueType, ...] = ()
        if node.measure in ("sum", "mean"):
            wanted = ("number",)
        elif node.measure in ("min", "max"):
            wanted = ("number", "date", "time")
        if wanted and kind is not None and kind not in wanted:
            name = ".".join(node.of.path)
            exam.refuse(where, f"the {node.measure} of {name!r}, which is {described(kind)}", "choose a number")
    check_window(exam, joined(pointer, "during"), node.during)
    check_measured_window(exam, pointer, node)


def check_rank(exam: Examination, pointer: str, node: Rank) -> None:
    """Check size, measure and population of a rank."""
    where = joined(pointer, "rank")
    if (node.share is None) == (node.number is None):
        exam.refuse(where, "a rank has either a share or a number", "for example top: 10% or top: 50")
    if node.share is not None and not 0 < node.share <= 1:
        exam.refuse(where, "a share is above 0 % and up to 100 %")
    if node.at_least < 1 or (node.number is not None and node.number < 1):
        exam.refuse(where, "numbers in a rank are 1 or more")
    kind = type_of(node.by, exam.vocabulary)
    if kind is not None and kind not in ("number", "date", "time"):
        exam.refuse(f"{where}/by", f"{described(kind)} has no order to rank by", "rank by a number, date or time")
    check_keep(exam, pointer, node)


# ---------------------------------------------------------------- references


def order(definitions: Iterable[Definition | Parsed]) -> list[str]:
    """Return the names so that everything comes after what it refers to; otherwise in the order given.

    Names nothing here defines are left to `validate`.

    Raises
    ------
    CycleError
        with the way around.
    DefinitionError
        when a name is defined twice.
    """
    made: dict[str, Definition] = {}
    places: dict[str, Place | None] = {}
    for item in definitions:
        definition = item.definition if isinstance(item, Parsed) else item
        place = item.place("") if isinstance(item, Parsed) else None
        if definition.name in made:
            first = places[definition.name]
            hint = f"the first one: {first}" if first is not None else "rename one of them"
            raise DefinitionError(f"the name {definition.name!r} is defined twice", hint=hint, place=place)
        made[definition.name] = definition
        places[definition.name] = place
    parts = {
        f"{one.name}.{part}": one.name
        for one in made.values()
        if isinstance(one, SegmentationDefinition)
        for part in (*(part.name for part in one.parts), one.otherwise)
    }
    needs = {name: needed(definition, made, parts) for name, definition in made.items()}
    return sorted_by_need(needs, places)


def needed(definition: Definition, made: Mapping[str, Definition], parts: Mapping[str, str]) -> list[str]:
    """Return the names among ``made`` a definition depends on; what is asked of the log is no dependency.

    parts : the segmentation of every segment that is a part of one.
    """
    segments = {parts.get(name, name) for name in segments_evaluated(definition)}
    segments = {n for n in segments if isinstance(made.get(n), SegmentDefinition | SegmentationDefinition)}
    traits = {n for n in traits_used(definition) if isinstance(made.get(n), TraitDefinition | SegmentationDefinition)}
    return sorted(segments | traits)


def sorted_by_need(needs: Mapping[str, list[str]], places: Mapping[str, Place | None]) -> list[str]:
    """Return a topological order, without recursion."""
    done: dict[str, None] = {}
    for start in needs:
        path: list[str] = [start]
        open_parts = [iter(needs[start])]
        while path and start not in done:
            for name in open_parts[-1]:
                if name in path:
                    around = [*path[path.index(name) :], name]
                    raise CycleError(
                        f"definitions refer to each other in a circle: {' -> '.join(around)}",
                        hint="one of them has to be said without the others",
                        place=places.get(name),
                    )
                if name not in done:
                    path.append(name)
                    open_parts.append(iter(needs[name]))
                    break
            else:
                done[path.pop()] = None
                open_parts.pop()
    return list(done)
