"""Evaluating what is asked for in the light of all definitions: those in force, or those that would be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.language.kinds import model_key
from segmentary.language.tree import Context, ModelValue, SegmentDefinition, TraitDefinition
from segmentary.language.walk import walk
from segmentary.ledger.definitions import lists
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.versions import resolve
from segmentary.workspace.evaluation import Evaluation, Request, evaluate, needed
from segmentary.workspace.scoring import models_in_force, used

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything definitions may refer to: segments, computed traits, lists of ids."""

    segments: Mapping[str, SegmentDefinition]
    traits: Mapping[str, TraitDefinition]
    lists: Mapping[str, tuple[str, ...]]


def in_force(workspace: Workspace) -> Definitions:
    """Return the definitions in force."""
    return Definitions(workspace.segments_defined(), workspace.traits_defined(), lists(workspace.ledger))


def evaluate_segments(
    workspace: Workspace,
    segments: Mapping[str, SegmentDefinition],
    context: Context,
    *,
    definitions: Definitions | None = None,
    traits: Iterable[str] = (),
    prefix: str = "now",
    tell: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Evaluate segments and what they need, without writing anything that lasts.

    Raises
    ------
    CoverageError
        when one asks the log about a time before it begins.
    """
    one = request_of(workspace, segments, context, definitions=definitions, traits=traits, prefix=prefix, tell=tell)
    return evaluate(
        workspace.warehouse,
        segments=one.segments,
        traits=one.traits,
        attributes=one.attributes,
        context=one.context,
        lists=one.lists,
        prefix=one.prefix,
        tell=one.tell,
        models=one.models,
    )


def request_of(
    workspace: Workspace,
    segments: Mapping[str, SegmentDefinition],
    context: Context,
    *,
    definitions: Definitions | None = None,
    traits: Iterable[str] = (),
    prefix: str = "now",
    tell: Callable[[str], None] = lambda _: None,
) -> Request:
    """Return segments with everything they rest on: other segments, computed traits, attributes, models.

    Raises
    ------
    CoverageError
        when one asks the log about a time before it begins.
    """
    from segmentary.workspace.coverage import refuse

    workspace.derived.ensure()
    known = definitions if definitions is not None else in_force(workspace)
    refuse(workspace.ledger, known, segments, context)
    available = {**known.segments, **segments}
    available |= pinned(workspace.ledger, available, known.traits)
    models = models_in_force(workspace.ledger)
    closed, wanted, names = needed(segments, available, known.traits, also=traits, models=models)
    closed |= pinned(workspace.ledger, closed, wanted)
    closed, wanted, names = needed(closed, available, known.traits, also=names, models=models)
    asked: list[SegmentDefinition | TraitDefinition] = [*closed.values(), *wanted.values()]
    names |= {model_key(node) for one in asked for node in walk(one) if isinstance(node, ModelValue)}
    types = workspace.derived.attribute_types()
    attributes = {name: types[name] for name in types if name in names}
    return Request(
        closed, wanted, attributes, context, known.lists, prefix, tell=tell, models=used(models, names, asked)
    )


def pinned(
    ledger: Ledger, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> dict[str, SegmentDefinition]:
    """Return the older definitions that these refer to, under ``name@version`` as it is written there.

    Raises
    ------
    UnknownNameError
        when there is no such version.
    """
    from segmentary.language.yaml import parse_document

    found: dict[str, SegmentDefinition] = {}
    waiting: list[SegmentDefinition | TraitDefinition] = [*segments.values(), *traits.values()]
    while waiting:
        for name, version in versions_used(waiting.pop()):
            key = f"{name}@{version}"
            if key in found or key in segments:
                continue
            definition = parse_document(resolve(ledger, "segment", name, version).entry.document)
            if isinstance(definition, SegmentDefinition):
                found[key] = definition
                waiting.append(definition)
    return found


def versions_used(definition: SegmentDefinition | TraitDefinition) -> list[tuple[str, str]]:
    """Return the segments and versions a definition pins."""
    found = []
    for node in walk(definition):
        version = getattr(node, "version", None)
        if isinstance(version, str):
            found.append((str(getattr(node, "name", "")), version))
    return found
