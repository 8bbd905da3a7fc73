"""Checks before anything runs: names exist, types fit, patterns compile, nothing refers to itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from segmentary.errors import CycleError, DefinitionError, Place
from segmentary.language.fit import Examination, check_compare, check_value, check_window, described
from segmentary.language.operators import COUNTED
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Definition,
    EventFilter,
    EventMeasure,
    Not,
    PropertyValue,
    Rank,
    Sample,
    SegmentDefinition,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.types import type_of
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import Node, branches, depth, joined, segments_used, traits_used
from segmentary.language.yaml import Parsed

DEEPEST = 64


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
    exam = Examination(vocabulary, places)
    if depth(definition) > DEEPEST:
        exam.refuse("", f"more than {DEEPEST} levels inside each other", "give the inner part a name and refer to it")
    check_head(exam, definition)
    # A stack, not recursion: events say which properties their conditions may read, and so does nothing else.
    waiting: list[tuple[str, Node, tuple[str, ...]]] = [("", definition, ())]
    while waiting:
        pointer, node, events = waiting.pop()
        check_node(exam, pointer, node, events)
        inner = node.names if isinstance(node, EventFilter) else events
        for step, part in reversed(branches(node)):
            taken = isinstance(part, PropertyValue)
            names = node.events.names if taken and isinstance(node, EventMeasure) else inner
            waiting.append((joined(pointer, step), part, names))


def check_head(exam: Examination, definition: Definition) -> None:
    """Check what stands before the rule or value."""
    if not definition.name.strip():
        exam.refuse("", "the name is empty")
    if definition.timezone is not None:
        try:
            ZoneInfo(definition.timezone)
        except (KeyError, ValueError, OSError):
            hint = "use an IANA name such as Europe/London"
            exam.refuse("timezone", f"unknown time zone {definition.timezone!r}", hint)
    if isinstance(definition, TraitDefinition):
        if definition.type == "list":
            exam.refuse("type", "a computed trait cannot be a list", "compute a text, number, date, time or boolean")
        found = type_of(definition.value, exam.vocabulary)
        if found is not None and found != definition.type and not (definition.type == "date" and found == "time"):
            message = f"the value is {described(found)}, not {described(definition.type)}"
            exam.refuse("type", message, f"write type: {found}")


def check_node(exam: Examination, pointer: str, node: Node, events: tuple[str, ...]) -> None:
    """Check one node; ``events`` are those whose properties may be read here, none outside event filters."""
    if events and not isinstance(node, All | AnyOf | Not | Compare | PropertyValue | EventFilter | SinceEvent):
        hint = "put customer-level conditions beside the event, in all"
        exam.refuse(pointer, "an event filter can only ask about properties of the event", hint)
    match node:
        case All(()) | AnyOf(()):
            exam.refuse(pointer, "a group without rules", "give it at least one rule, or remove it")
        case SegmentReference(name=name):
            exam.known(joined(pointer, "segment"), "segment", name, exam.vocabulary.segments)
        case StaticList(ids=ids, list_name=list_name):
            if list_name is not None:
                exam.known(joined(pointer, "list"), "list", list_name, exam.vocabulary.lists)
            if bool(ids) == (list_name is not None):
                exam.refuse(pointer, "a list is either a name or ids")
        case TraitValue(name=name):
            see = "`segmentary traits` lists what there is"
            exam.known(joined(pointer, "trait"), "trait", name, exam.vocabulary.traits, see)
        case EventFilter(names=names):
            check_names(exam, pointer, names)
        case _:
            check_inner(exam, pointer, node, events)


def check_inner(exam: Examination, pointer: str, node: Node, events: tuple[str, ...]) -> None:
    """Check the nodes that have a shape of their own."""
    match node:
        case PropertyValue(path=path):
            check_property(exam, pointer, path, events)
        case Compare():
            check_compare(exam, pointer, node, events)
        case EventMeasure():
            check_measure(exam, pointer, node)
        case Sample(share=share):
            if not 0 < share <= 1:
                exam.refuse(joined(pointer, "sample/share"), "a share is above 0 % and up to 100 %")
        case Rank():
            check_rank(exam, pointer, node)
        case _:
            check_value(exam, pointer, node)


def check_names(exam: Examination, pointer: str, names: tuple[str, ...]) -> None:
    """Check the names of events."""
    if not names:
        exam.refuse(pointer, "no event is named")
    for name in names:
        exam.known(joined(pointer, "event"), "event", name, exam.vocabulary.events)


def check_property(exam: Examination, pointer: str, path: tuple[str, ...], events: tuple[str, ...]) -> None:
    """Check that at least one of the events can have the property."""
    where = joined(pointer, "property")
    if not events:
        hint = "ask about a trait, or put the condition under an event's where"
        exam.refuse(where, "a property belongs to an event, and there is none here", hint)
    if not path or not all(path):
        exam.refuse(where, "the name of a property is empty")
    for event in events:
        try:
            exam.vocabulary.property_type(event, path)
            return
        except KeyError:
            continue
    names = list(dict.fromkeys(name for event in events for name in exam.vocabulary.property_names(event)))
    exam.known(where, f"property of {' or '.join(events)}", ".".join(path), names)


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
    needs = {name: needed(definition, made) for name, definition in made.items()}
    return sorted_by_need(needs, places)


def needed(definition: Definition, made: Mapping[str, Definition]) -> list[str]:
    """Return the names among ``made`` a definition refers to."""
    segments = {n for n in segments_used(definition) if isinstance(made.get(n), SegmentDefinition)}
    traits = {n for n in traits_used(definition) if isinstance(made.get(n), TraitDefinition)}
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
