"""Assemble a report from the warehouse of a finished run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.language.tree import Context
from segmentary.measurement.retention import cohorts
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


# Traits that are made from another one and would only repeat its bars.
SAME_AGAIN = {"country_name": "country", "country_code": "country"}


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
    flags : query with customer_id and one boolean column per segment, in their order.
    segments : name, title, purpose, sentence, base and (optionally) the traits its rule uses.
    traits : the trait catalogue; values come from tables ``traits`` (computed, model) and ``profile`` (attributes).
    quality : the quality account of `sources.quality`.
    changes : who entered and left since the last run; small numbers are hidden here.
    rfm_cuts : cut points per measure, shown under the RFM map.
    """
    inputs = tuple(s if isinstance(s, SegmentInput) else SegmentInput(*s) for s in segments)
    catalogue = tuple(traits)
    told = ReportData(
        title=title,
        as_of=context.as_of,
        known_at=context.known_at,
        timezone=context.timezone,
        currency=settings.currency,
        suppress_below=settings.suppress_below,
        population=Population(customers=0),
        sources=quality_sources(quality),
        money_totals=quality_money(quality),
        changes=hidden_changes(changes, inputs, settings.suppress_below),
        traits=tuple(trait_figure(t) for t in catalogue),
    )
    if engine.has_table("events"):
        told = with_sales(told, engine, context)
    return with_segments(told, engine, flags, inputs, catalogue, rfm_cuts or {})


def with_sales(told: ReportData, engine: Engine, context: Context) -> ReportData:
    """Add what was bought, month by month, and who came back."""
    table = cohorts(engine, context)
    below = told.suppress_below
    return replace(
        told,
        population=tallies.population(engine, context),
        months=month_figures(tallies.monthly(engine, context), table, below),
        retention=retention(table, below) if table.cohorts else None,
    )


def with_segments(
    told: ReportData,
    engine: Engine,
    flags: exp.Query,
    segments: Sequence[SegmentInput],
    catalogue: Sequence[Trait],
    rfm_cuts: Mapping[str, Sequence[object]],
) -> ReportData:
    """Add everything that is counted per customer."""
    below = told.suppress_below
    compared, left_out, wanted, country = columns_of(engine, catalogue)
    customers = tallies.people_table(engine, flags=flags, segments=[s.name for s in segments], wanted=wanted)
    has_money, has_rfm = (any(name == made for _, _, name in wanted) for made in ("money", "rfm"))
    counted = tallied(engine, compared, len(segments), floor=max(below, customers // 50), has_money=has_money)
    by_rfm = tallies.money_by(engine, "rfm") if has_rfm and has_money else {}
    by_country = tallies.money_by(engine, "country") if country and has_money else {}
    groups = audited(engine, len(segments), has_rfm=has_rfm, has_country=bool(country), below=below)
    sizes = [groups.people("segment", str(i)) for i in range(len(segments))]
    own = [
        *(groups.labels.index(("segment", str(i))) for i in range(len(segments))),
        groups.labels.index(("everybody",)),
    ]
    engine.drop(PEOPLE)
    return replace(
        told,
        population=replace(told.population, customers=customers),
        segments=tuple(
            segment_figure(segment, tally, counted.everybody, size)
            for segment, tally, size in zip(segments, counted.members, sizes, strict=True)
        ),
        rfm=rfm_figure(by_rfm, groups, counted.everybody, rfm_cuts) if by_rfm else None,
        comparisons=compare(
            segments,
            compared,
            counted.members,
            counted.everybody,
            counted.centre,
            shown=[size is not None for size in sizes],
            gram=groups.gram[np.ix_(own, own)],
            below=below,
        ),
        left_out=tuple(left_out),
        overlap=overlap(segments, groups) if len(segments) > 1 else None,
        geography=geography(by_country, groups, counted.everybody, country) if by_country else None,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """Tallies of everybody and of each segment; sums are around `centre`."""

    everybody: Tally
    members: tuple[Tally, ...]
    centre: Mapping[str, float]


def tallied(engine: Engine, traits: Sequence[TraitColumn], segments: int, *, floor: int, has_money: bool) -> Counted:
    """Count everybody and each segment; a level of a text trait counts when `floor` customers have it."""
    centre = tallies.centres(engine, traits)
    levels = {t.name: tallies.levels_of(engine, t, at_least=floor) for t in traits if t.kind == "levels"}

    asked = tallies.question(traits, levels, centre, has_money=has_money)
    members = tuple(tallies.tally(engine, asked, member_of=f"s{i}") for i in range(segments))
    everybody = tallies.tally(engine, asked, member_of=None)
    return Counted(everybody, members, {name: float(value) for name, value in centre.items()})


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
        twin = SAME_AGAIN.get(trait.name)
        if twin is not None and table_of(twin) is not None:
            kind, reason = None, f"says the same as {twin}"
        if kind is None:
            left_out.append((title, reason))
            continue
        name = f"v{len(compared)}"
        wanted.append((table, trait.name, name))
        compared.append(TraitColumn(trait.name, title, trait.unit, kind, name))
    numbers = {trait.name for trait in catalogue if trait.type == "number"}
    country = next((name for name in COUNTRY_TRAITS if table_of(name)), "")
    for source, name in (("monetary", "money"), ("rfm_segment", "rfm"), (country, "country")):
        table = table_of(source)
        # A source may have an attribute of this name that is no number.
        if table is not None and (name != "money" or source in numbers):
            wanted.append((table, source, name))
    return compared, left_out, wanted, country


def comparable(trait: Trait) -> tuple[Literal["mean", "share", "levels"] | None, str]:
    """Return how a trait is compared, or None and why it is not."""
    if trait.sensitivity in ("identifier", "special"):
        return None, f"{trait.sensitivity} data is not compared"
    match trait.type:
        case "number" if trait.unit.startswith(("hour of", "weekday")):
            return None, "a code, not an amount"
        case "number" if trait.name in ("latitude", "longitude"):
            return None, "a place, not an amount"
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
