"""A typing tool in the segment language: by what the model says, or by the points of its sheet alone.

By the model: a customer is in a segment when the model's label says so, with as much confidence as is asked for
(`ModelValue`); the model runs inside the engine. By points: every segment's points are a computed trait (a sum of
cases), and the segmentation takes the highest: the sheet exactly, without any model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from segmentary.errors import UsageError
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    Constant,
    ModelValue,
    Part,
    Rule,
    SegmentationDefinition,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
    Value,
    ValueType,
)
from segmentary.market.typing_sheet import PointSheet, Question
from segmentary.models.describe.rule_tests import among, trait_type


def label_rule(model: str, label: str, least: Decimal | None = None) -> Rule:
    """Return: the model's label is this one, with at least so much confidence (0 to 1; None: any)."""
    named = Compare(ModelValue(model, "label"), "is", label)
    if least is None:
        return named
    return All((named, Compare(ModelValue(model, "confidence"), "gte", least)))


def label_segments(
    model: str,
    labels: Sequence[str],
    *,
    least: Decimal | None = Decimal("0.8"),
    titles: Mapping[str, str] | None = None,
) -> tuple[SegmentDefinition, ...]:
    """Return one segment per label, named ``MODEL_LABEL``. They exclude each other: nobody has two labels.

    Raises
    ------
    UsageError
        when `least` is no share.
    """
    if least is not None and not 0 <= least <= 1:
        raise UsageError(f"the least confidence is a share between 0 and 1, not {least}")
    sure = "" if least is None else f", {100 * least:f}".rstrip("0").rstrip(".") + " % sure at least"
    return tuple(
        SegmentDefinition(
            f"{model}_{label}",
            label_rule(model, label, least),
            title=(titles or {}).get(label, ""),
            purpose=f"Whom {model} places in {label}{sure}.",
            base="psychographic",
        )
        for label in labels
    )


def label_segmentation(
    model: str,
    labels: Sequence[str],
    *,
    name: str,
    least: Decimal | None = Decimal("0.8"),
    otherwise: str = "unsure",
    titles: Mapping[str, str] | None = None,
) -> SegmentationDefinition:
    """Return the labels as one segmentation; whom the model is less sure of, or does not place, is `otherwise`."""
    parts = tuple(Part(label, label_rule(model, label, least), (titles or {}).get(label, "")) for label in labels)
    return SegmentationDefinition(name, parts, free(otherwise, labels), base="psychographic")


def sheet_definitions(
    sheet: PointSheet,
    name: str,
    *,
    types: Mapping[str, ValueType] | None = None,
    otherwise: str = "not_placed",
    titles: Mapping[str, str] | None = None,
) -> tuple[TraitDefinition | SegmentationDefinition, ...]:
    """Return the sheet as definitions: per segment the trait of its points, and the segmentation that compares them.

    name : of the segmentation; traits are called ``NAME_points_LABEL``. types : per column the type of its trait.
    """
    traits = tuple(
        TraitDefinition(
            f"{name}_points_{label}",
            points_value(sheet, place, types),
            "number",
            title=f"Points for {(titles or {}).get(label, label)}",
            unit="points",
            base="psychographic",
        )
        for place, label in enumerate(sheet.labels)
    )
    enough = known_rule(sheet)
    parts = []
    for place, label in enumerate(sheet.labels):
        ahead: list[Rule] = [enough]
        # The first part that holds wins, so nobody before it has to be beaten again.
        for other in range(place + 1, len(sheet.labels)):
            gap = Arithmetic("subtract", TraitValue(traits[place].name), TraitValue(traits[other].name))
            ahead.append(Compare(gap, "gte", Decimal(0)))
        parts.append(Part(label, ahead[0] if len(ahead) == 1 else All(tuple(ahead)), (titles or {}).get(label, "")))
    segmentation = SegmentationDefinition(name, tuple(parts), free(otherwise, sheet.labels), base="psychographic")
    return (*traits, segmentation)


def points_value(sheet: PointSheet, place: int, types: Mapping[str, ValueType] | None) -> Value:
    """Return one segment's points: what it begins with plus what each known answer gives."""
    parts: list[Value] = [Constant(Decimal(sheet.base[place]))]
    for question in sheet.questions:
        branches = answer_cases(question, place, types)
        if branches:
            parts.append(Case(branches, Constant(Decimal(0))))
    return summed(parts)


def summed(parts: Sequence[Value]) -> Value:
    """Return the sum of values, halves first: many questions do not make a deep tree."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return Arithmetic("add", summed(parts[:half]), summed(parts[half:]))


def answer_cases(
    question: Question, place: int, types: Mapping[str, ValueType] | None
) -> tuple[tuple[Rule, Value], ...]:
    """Return the cases of one question; answers that give nothing need none."""
    column = question.column
    branches: list[tuple[Rule, Value]] = []
    if column.coded:
        kind = trait_type(column, types)
        by_points: dict[int, set[int]] = {}
        for code, points in enumerate(question.points):
            if points[place]:
                by_points.setdefault(points[place], set()).add(code)
        for points_given, codes in by_points.items():
            branches.append((among(column, kind, frozenset(codes)), Constant(Decimal(points_given))))
        return tuple(branches)
    # Bands from the top: the first edge that is reached decides.
    value = TraitValue(column.name)
    for band in range(len(question.points) - 1, 0, -1):
        reached = Compare(value, "gte", question.edges[band - 1])
        branches.append((reached, Constant(Decimal(question.points[band][place]))))
    if question.points[0][place]:
        branches.append((Compare(value, "exists"), Constant(Decimal(question.points[0][place]))))
    return tuple(branches)


def known_rule(sheet: PointSheet) -> Rule:
    """Return: enough questions are answered."""
    answered: list[Rule] = [Compare(TraitValue(one.column.name), "exists") for one in sheet.questions]
    if sheet.least_known <= 1:
        return answered[0] if len(answered) == 1 else AnyOf(tuple(answered))
    counted = [Case(((rule, Constant(Decimal(1))),), Constant(Decimal(0))) for rule in answered]
    return Compare(summed(counted), "gte", Decimal(sheet.least_known))


def free(otherwise: str, labels: Sequence[str]) -> str:
    """Return a name for the rest that no segment has."""
    while otherwise in labels:
        otherwise += "_"
    return otherwise
