"""Which library segments a data set can support, and what the others lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.tree import (
    EventFilter,
    EventMeasure,
    PropertyValue,
    SegmentDefinition,
    SegmentReference,
    TraitValue,
)
from segmentary.language.validate import validate
from segmentary.language.vocabulary import Vocabulary
from segmentary.language.walk import walk
from segmentary.profiles.standard import Fitting, properties_of, standard_traits, usable
from segmentary.segments.library import library


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One library segment and whether the data supports it.

    Attributes
    ----------
    definition : the segment.
    missing : what it needs and the data lacks, such as ``trait birth_date`` or ``event page_viewed``.
    """

    definition: SegmentDefinition
    missing: tuple[str, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether the data has everything the segment needs."""
        return not self.missing


def suggest(vocabulary: Vocabulary, definitions: Mapping[str, SegmentDefinition] | None = None) -> list[Suggestion]:
    """Return every library segment, supported ones first, each with what it lacks.

    vocabulary : attributes, model outputs and events of the data; the standard traits these make possible are added.
    definitions : another library than our own.
    """
    offered = library() if definitions is None else definitions
    made = usable(standard_traits(), vocabulary)
    known = replace(
        vocabulary, traits={**vocabulary.traits, **{name: trait.type for name, trait in made.definitions.items()}}
    )
    suggestions = []
    for definition in offered.values():
        lacking = dict.fromkeys(missing(definition, known, offered, made.left_out))
        if not lacking:
            lacking = dict.fromkeys(unfit(definition, replace(known, segments=known.segments | offered.keys())))
        suggestions.append(Suggestion(definition, tuple(lacking)))
    return sorted(suggestions, key=lambda suggestion: not suggestion.supported)


def unfit(definition: SegmentDefinition, known: Vocabulary) -> Iterator[str]:
    """Yield what the data has under a name the definition uses, but of another type."""
    try:
        validate(definition, known)
    except UnknownNameError:
        return  # one of several event names is enough, and properties nobody has described may exist
    except DefinitionError as error:
        yield error.reason


def missing(
    definition: SegmentDefinition,
    known: Vocabulary,
    offered: Mapping[str, SegmentDefinition],
    reasons: Mapping[str, str],
) -> Iterator[str]:
    """Yield what a definition needs and the data lacks; a trait that is computed says what it lacks in turn."""
    for node in walk(definition):
        match node:
            case TraitValue(name=name) if name not in known.traits:
                yield f"trait {name} ({reasons[name]})" if name in reasons else f"trait {name}"
            case EventFilter(names=names) if not any(name in known.events for name in names):
                yield f"event {' or '.join(names)}"
            case EventFilter(names=names, where=condition):
                yield from lacking(known, names, properties_of(condition))
            case EventMeasure(events=EventFilter(names=names), of=PropertyValue(path=(first, *_))):
                yield from lacking(known, names, frozenset((first,)))
            case SegmentReference(name=name) if name not in known.segments:
                if name in offered:
                    yield from missing(offered[name], known, offered, reasons)
                else:
                    yield f"segment {name}"
            case _:
                continue


def lacking(known: Vocabulary, names: tuple[str, ...], wanted: frozenset[str]) -> Iterator[str]:
    """Yield the properties that no event of these names has; names the data does not know are told elsewhere."""
    there = [name for name in names if name in known.events]
    fitting = Fitting(known, frozenset())
    for each in sorted(wanted):
        if there and not any(fitting.has(name, each) for name in there):
            yield f"property {each} of {' or '.join(there)}"
