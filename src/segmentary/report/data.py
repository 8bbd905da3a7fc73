"""Assemble a report from the warehouse of a finished run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.language.tree import Context
from segmentary.measurement.retention import RetentionTable, cohorts
from segmentary.models.rfm import OUTPUTS
from segmentary.profiles.catalog import Trait
from segmentary.report import tallies
from segmentary.report.account import quality_money, quality_sources
from segmentary.report.compare import compare
from segmentary.report.figures import Change, Population, ReportData, SegmentChange, SegmentInput, TraitFigure
from segmentary.report.groups import audited
from segmentary.report.sections import (
    geography,
    hidden_changes,
    month_figures,
    overlap,
    retention,
    rfm_figure,
    segment_figure,
)
from segmentary.report.tallies import PEOPLE, Tally, TraitColumn
from segmentary.settings import Settings

__all__ = ["Change", "ReportData", "SegmentChange", "SegmentInput", "gather"]

COUNTRY_TRAITS = ("country_name", "country", "country_code")


def gather(
    engine: Engine,
    *,
    context: Context,
    settings: Settings,
    flags: exp.Query,
    segments: Sequence[SegmentInput | tuple[Any, ...]],
    traits: Iterable[Trait] = (),
    quality: object | None = None,
    changes: Change | None = None,
    rfm_cuts: Mapping[str, Sequence[object]] | None = None,
    title: str = "Customer segments",
) -> ReportData:
    """Return everything the report shows, counted, compared and with small groups hidden.

    Parameters
    ----------
    flags : query with customer_id and one boolean column per segment: named like them, or in their order.
    segments : name, title, purpose, sentence, base and (optionally) the traits its rule uses.
    traits : the trait catalogue; values come from tables ``traits`` (computed, model) and ``profile`` (attributes).
    quality : the quality account of `sources.quality`.
    changes : who entered and left since the last run; small numbers are hidden here.
    rfm_cuts : cut points per measure, shown under the RFM map.
    """
    inputs = tuple(s if isinstance(s, SegmentInput) else SegmentInput(*s) for s in segments)
    below = settings.suppress_below
    catalogue = tuple(traits)
    compared, left_out, wanted, country = columns_of(engine, catalogue)
    customers = tallies.people_table(engine, flags=flags, segments=[s.name for s in inputs], wanted=wanted)
    has_money, has_rfm = (any(name == made for _, _, name in wanted) for made in ("money", "rfm"))
    centre = tallies.centres(engine, compared)
    floor = max(below, customers // 50)
    levels = {t.name: tallies.levels_of(engine, t, at_least=floor) for t in compared if t.kind == "levels"}

    def counted(member_of: str | None) -> Tally:
        return tallies.tally(engine, compared, levels, centre, member_of=member_of, has_money=has_money)

    everybody = counted(None)
    members = [counted(f"s{i}") for i in range(len(inputs))]
    by_rfm = tallies.money_by(engine, "rfm") if has_rfm and has_money else {}
    by_country = tallies.money_by(engine, "country") if country and has_money else {}
    groups = audited(engine, len(inputs), has_rfm=has_rfm, has_country=bool(country), below=below)
    shown = [groups.people("segment", str(i)) is not None for i in range(len(inputs))]
    own = [groups.labels.index(label) for label in (*(("segment", str(i)) for i in range(len(inputs))), ("everybody",))]
    has_events = engine.has_table("events")
    table = cohorts(engine, context) if has_events else RetentionTable((), None, None)
    result = ReportData(
        title=title,
        as_of=context.as_of,
        known_at=context.known_at,
        timezone=context.timezone,
        currency=settings.currency,
        suppress_below=below,
        population=tallies.population(engine, context, customers) if has_events else Population(customers),
        months=month_figures(tallies.monthly(engine, context), table, below) if has_events else (),
        sources=quality_sources(quality),
        money_totals=quality_money(quality),
        segments=tuple(
            segment_figure(s, members[i], everybody, groups.people("segment", str(i))) for i, s in enumerate(inputs)
        ),
        rfm=rfm_figure(by_rfm, groups, everybody, rfm_cuts or {}) if by_rfm else None,
        comparisons=compare(
            inputs,
            compared,
            members,
            everybody,
            {name: float(value) for name, value in centre.items()},
            shown=shown,
            gram=groups.gram[np.ix_(own, own)],
            below=below,
        ),
        left_out=tuple(left_out),
        overlap=overlap(inputs, groups) if len(inputs) > 1 else None,
        retention=retention(table, below) if table.cohorts else None,
        geography=geography(by_country, groups, everybody, country) if by_country else None,
        changes=hidden_changes(changes, inputs, below),
        traits=tuple(trait_figure(t) for t in catalogue),
    )
    engine.drop(PEOPLE)
    return result


def columns_of(
    engine: Engine, catalogue: Sequence[Trait]
) -> tuple[list[TraitColumn], list[tuple[str, str]], list[tuple[str, str, str]], str]:
    """Return the traits to compare, those left out with the reason, the columns wanted, and the country trait."""
    held = {name: set(engine.columns(name)) if engine.has_table(name) else set() for name in ("traits", "profile")}

    def table_of(column: str) -> str | None:
        return next((table for table, columns in held.items() if column in columns), None)

    compared: list[TraitColumn] = []
    left_out: list[tuple[str, str]] = []
    wanted: list[tuple[str, str, str]] = []
    for trait in catalogue:
        table = table_of(trait.name)
        if table is None or trait.name in OUTPUTS:
            continue
        title = trait.title or trait.name
        kind, reason = comparable(trait)
        if kind is None:
            left_out.append((title, reason))
            continue
        name = f"v{len(compared)}"
        wanted.append((table, trait.name, name))
        compared.append(TraitColumn(trait.name, title, trait.unit, kind, name))
    country = next((name for name in COUNTRY_TRAITS if table_of(name)), "")
    for source, name in (("monetary", "money"), ("rfm_segment", "rfm"), (country, "country")):
        table = table_of(source)
        if table is not None:
            wanted.append((table, source, name))
    return compared, left_out, wanted, country


def comparable(trait: Trait) -> tuple[Literal["mean", "share", "levels"] | None, str]:
    """Return how a trait is compared, or None and why it is not."""
    if trait.sensitivity in ("identifier", "special"):
        return None, f"{trait.sensitivity} data is not compared"
    match trait.type:
        case "number" if trait.unit.startswith(("hour of", "weekday")):
            return None, "a code, not an amount"
        case "number":
            return "mean", ""
        case "boolean":
            return "share", ""
        case "text":
            return "levels", ""
        case _:
            return None, f"a {trait.type}, not an amount"


def trait_figure(trait: Trait) -> TraitFigure:
    return TraitFigure(
        name=trait.name,
        title=trait.title or trait.name,
        type=trait.type,
        unit=trait.unit,
        base=trait.base,
        kind=trait.kind,
        fill=trait.fill_rate,
        description=trait.description,
    )
