"""From a document to a whole definition, or to a rule or value alone."""

from __future__ import annotations

from typing import cast, get_args

from segmentary.language.cursor import Cursor
from segmentary.language.reading import read_rule, read_value
from segmentary.language.tree import (
    Base,
    Definition,
    EntityType,
    Rule,
    SegmentDefinition,
    Sensitivity,
    TraitDefinition,
    Value,
    ValueType,
)

SEGMENT_KEYS = ("segment", "title", "purpose", "entity", "timezone", "base", "tags", "where")
TRAIT_KEYS = ("trait", "title", "description", "type", "unit", "base", "timezone", "sensitivity", "value")


def parse_document(document: object) -> Definition:
    """Read a definition from plain data (JSON).

    Raises
    ------
    DefinitionError
        naming what is wrong and where.
    """
    return read_definition(Cursor(document))


def parse_rule(document: object) -> Rule:
    """Read a rule from plain data (JSON).

    Raises
    ------
    DefinitionError
        naming what is wrong and where.
    """
    return read_rule(Cursor(document))


def parse_value(document: object) -> Value:
    """Read a value from plain data (JSON).

    Raises
    ------
    DefinitionError
        naming what is wrong and where.
    """
    return read_value(Cursor(document))


def read_definition(at: Cursor) -> Definition:
    keys = at.mapping("a definition")
    if "segment" in keys and "where" not in keys and "value" in keys:
        raise at.wrong("a segment has a rule under 'where', not a 'value'")
    if "segment" in keys:
        return read_segment(at)
    if "trait" in keys:
        return read_trait(at)
    at.only((*SEGMENT_KEYS, *TRAIT_KEYS), "a definition")
    raise at.wrong("a definition begins with 'segment: NAME' or 'trait: NAME'")


def read_segment(at: Cursor) -> SegmentDefinition:
    at.only(SEGMENT_KEYS, "a segment definition")
    tags = at.optional("tags")
    return SegmentDefinition(
        name=at.required("segment", "a segment definition").name(),
        where=read_rule(at.required("where", "a segment definition")),
        title=at.optional_text("title") or "",
        purpose=at.optional_text("purpose") or "",
        entity=cast(EntityType, at.optional_word("entity", get_args(EntityType), "customer")),
        timezone=at.optional_text("timezone") or None,
        base=cast(Base, at.optional_word("base", get_args(Base), "other")),
        tags=() if tags is None else tuple(tag.name() for tag in tags.items("tags")),
    )


def read_trait(at: Cursor) -> TraitDefinition:
    at.only(TRAIT_KEYS, "a trait definition")
    return TraitDefinition(
        name=at.required("trait", "a trait definition").name(),
        value=read_value(at.required("value", "a trait definition")),
        type=cast(ValueType, at.required("type", "a trait definition").word(get_args(ValueType))),
        title=at.optional_text("title") or "",
        unit=at.optional_text("unit") or "",
        base=cast(Base, at.optional_word("base", get_args(Base), "behavioural")),
        timezone=at.optional_text("timezone") or None,
        sensitivity=cast(Sensitivity, at.optional_word("sensitivity", get_args(Sensitivity), "ordinary")),
        description=at.optional_text("description") or "",
    )
