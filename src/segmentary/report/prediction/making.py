"""The card of the model: how it was made, enough to make it again, and all that was noticed."""

from __future__ import annotations

from segmentary.report.document import Field, Grid, Part, Value
from segmentary.report.numbers import count
from segmentary.report.prediction.data import PredictionReportData
from segmentary.report.prediction.words import ended, upper

LEVELS = {"refusal": "not done", "warning": "mind this", "note": "worth knowing"}


def making(data: PredictionReportData) -> Part:
    """Return the section of the card."""
    card = data.card
    facts: list[tuple[str, str]] = [
        ("Prediction", f"{data.name} {data.label}"),
        *([("Made", data.created)] if data.created else []),
        ("Says", ended(card.target)),
        ("How", ended(card.method)),
        ("Data", f"{card.data_from} until {card.data_until} (exclusive)"),
        ("Fitted as of", ", ".join(map(str, card.cutoffs)) or "–"),
        (
            "Tested as of",
            str(card.test_cutoff)
            if card.test_cutoff is not None
            else "people left out"
            if card.holdout
            else "not tested",
        ),
        *([("Looks ahead", f"{count(card.horizon_days)} days")] if card.horizon_days else []),
        ("People", count(card.people) + (" (people times moments)" if len(card.cutoffs) > 1 else "")),
        *(
            []
            if card.positives is None
            else [
                (
                    "Of whom the seed" if card.kind == "lookalike" else "Of whom it happened to",
                    "hidden" if data.small(card.positives) else count(card.positives),
                )
            ]
        ),
        ("Seed of chance", str(card.seed)),
        *(
            (f"Asked: {name.replace('_', ' ')}", str(value))
            for name, value in data.asked.items()
            if name != "seed" and value not in (0, "0", None)
        ),
    ]
    made = Grid(
        "Card",
        "The model card; the same data, options and seed give the same figures",
        (Field("What"), Field("How")),
        tuple(facts),
    )
    grids = [made]
    if card.findings:
        rows: tuple[tuple[Value, ...], ...] = tuple(
            (LEVELS[o.level], ended(o.message), ended(o.hint)) for o in card.findings
        )
        grids.append(
            Grid(
                "Findings",
                "All that was noticed",
                (Field("Weight"), Field("What"), Field("What to do")),
                rows,
                shown=12,
            )
        )
    return Part("card", "The model card", (), (), (), tuple(grids), open_grids=True)


def features(data: PredictionReportData) -> Part | None:
    """Return what it reads of a person, as definitions in words."""
    if not data.features:
        return None
    used = {one.name: one.title for one in data.card.features}
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.name, upper(used.get(one.name, "") or one.title), one.words) for one in data.features
    )
    grid = Grid(
        "Features",
        "What it reads of a person, as of the moment of scoring",
        (Field("Name"), Field("Title"), Field("In words")),
        rows,
        shown=100,
    )
    lead = f"{count(len(rows))} features, frozen when it was fitted: a later edit of a trait does not change them."
    return Part("features", "What it reads", (lead,), grids=(grid,))
