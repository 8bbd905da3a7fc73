"""From a document to a whole definition, or to a rule or value alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast, get_args

from segmentary.language.cursor import Cursor
from segmentary.language.reading import read_rule, read_value
from segmentary.language.reading_bygone import PINNED
from segmentary.language.tree import (
    Base,
    Definition,
    EntityType,
    History,
    Part,
    Rule,
    SegmentationDefinition,
    SegmentDefinition,
    Sensitivity,
    TraitDefinition,
    Value,
    ValueType,
)

SEGMENT_KEYS = ("segment", "title", "purpose", "entity", "timezone", "base", "tags", "history", "where")
SEGMENTATION_KEYS = ("segmentation", *SEGMENT_KEYS[1:-1], "parts", "otherwise")
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
    if "segmentation" in keys:
        return read_segmentation(at)
    if "trait" in keys:
        return read_trait(at)
    at.only((*SEGMENT_KEYS, *SEGMENTATION_KEYS, *TRAIT_KEYS), "a definition")
    raise at.wrong("a definition begins with 'segment: NAME', 'segmentation: NAME' or 'trait: NAME'")


def read_segment(at: Cursor) -> SegmentDefinition:
    at.only(SEGMENT_KEYS, "a segment definition")
    name = read_own_name(at.required("segment", "a segment definition"))
    return SegmentDefinition(name=name, where=read_rule(at.required("where", "a segment definition")), **read_words(at))


def read_own_name(at: Cursor) -> str:
    """Read the name of a segment that is defined here."""
    name = at.name()
    if PINNED.fullmatch(name):
        raise at.wrong(f"{name!r} would be a version of another segment", "choose a name without @v3 at its end")
    return name


def read_words(at: Cursor) -> dict[str, Any]:
    """Read what segments and segmentations say about themselves."""
    tags = at.optional("tags")
    return {
        "title": at.optional_text("title") or "",
        "purpose": at.optional_text("purpose") or "",
        "entity": cast(EntityType, at.optional_word("entity", get_args(EntityType), "customer")),
        "timezone": at.optional_text("timezone") or None,
        "base": cast(Base, at.optional_word("base", get_args(Base), "other")),
        "tags": () if tags is None else tuple(tag.name() for tag in tags.items("tags")),
        "history": read_history(at),
    }


def read_history(at: Cursor) -> History:
    """Read which past is to be computed: ``all``, ``none`` or ``{since: 2026-01-01}``."""
    part = at.optional("history")
    if part is None or part.content == "none":
        return None
    if not isinstance(part.content, Mapping):
        part.word(("all", "none"))
        return "all"
    part.only(("since",), "the history to compute")
    since = part.required("since", "the history to compute")
    day = since.scalar()
    if isinstance(day, dt.datetime) or not isinstance(day, dt.date):
        raise since.wrong(f"{since.content!r} is not a day", "for example since: 2026-01-01")
    return day


def read_segmentation(at: Cursor) -> SegmentationDefinition:
    what = "a segmentation"
    at.only(SEGMENTATION_KEYS, what)
    return SegmentationDefinition(
        name=read_own_name(at.required("segmentation", what)),
        parts=tuple(read_part(part) for part in at.required("parts", what).items("'parts'")),
        otherwise=read_own_name(at.required("otherwise", what)),
        **read_words(at),
    )


def read_part(at: Cursor) -> Part:
    what = "a part of a segmentation"
    at.only(("segment", "title", "where"), what)
    name = read_own_name(at.required("segment", what))
    return Part(name, read_rule(at.required("where", what)), at.optional_text("title") or "")


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
