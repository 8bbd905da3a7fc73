"""How predictions are shown on a terminal."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from segmentary.interfaces.cli.discoveries import hundredths
from segmentary.interfaces.cli.output import percent, say, show, show_prose, show_table, warn

if TYPE_CHECKING:
    from segmentary.dynamics.drift import Drift
    from segmentary.dynamics.psi import Stability
    from segmentary.models.predict.card import Measured
    from segmentary.models.predict.offers import Offers
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.predictions import Fitted

MOST_FEATURES = 8


def fitted_document(fitted: Fitted) -> dict[str, Any]:
    """Return a prediction without the figures only machines read."""
    card = fitted.card.to_document()
    del card["baseline"]
    return {
        "name": fitted.name,
        "version": fitted.version,
        "number": fitted.number,
        "created_at": fitted.created_at,
        "asked": dict(fitted.asked),
        "outputs": {f"{fitted.name}.{output}": kind for output, kind in fitted.prediction.outputs.items()},
        "card": card,
    }


def at_home(instant: dt.datetime | None, zone: str) -> str | None:
    """Return a moment as the workspace's clock shows it."""
    return None if instant is None else f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def show_card(fitted: Fitted) -> None:
    """Show the card of a prediction."""
    card = fitted.card
    show_prose(card.target, style="bold")
    show_prose(card.method)
    events = "" if card.positives is None else f", it happened to {card.positives:,}"
    show_prose(f"fitted on {card.people:,} people{events}; data from {card.data_from} until {card.data_until}")
    show()
    show_table(["tested on people or time left out", "", "from", "to", "plain rival", "which"], measured(card.holdout))
    if card.calibration:
        show()
        show_table(
            ["people", "predicted", "happened", "from", "to"],
            [[one.people, figure(one.predicted), *(figure(v) for v in limits(one.actual))] for one in card.calibration],
        )
    if card.features:
        show()
        show_table(
            ["rests on", "weight", "more of it means"],
            [[one.title, percent(one.importance), told(one.direction)] for one in card.features[:MOST_FEATURES]],
        )
    show()
    for sentence in card.limits:
        show_prose(sentence)
    show_findings(card.findings)


def show_findings(findings: tuple[Finding, ...]) -> None:
    """Say what was noticed; of many notes of one sort the first, and how many there are."""
    kinds = Counter(one.code for one in findings if one.level == "note")
    told: set[str] = set()
    for one in findings:
        text = f"{one.message} ({one.hint})" if one.hint else one.message
        if one.level != "note":
            warn(text)
        elif one.code not in told:
            told.add(one.code)
            more = kinds[one.code] - 1
            say(f"{text} (and {more:,} more of the kind: see --json)" if more else text)


def measured(holdout: tuple[Measured, ...]) -> list[list[object]]:
    rows: list[list[object]] = []
    for one in holdout:
        rival = None if one.baseline is None else figure(one.baseline)
        rows.append([one.title, *(figure(v) for v in limits(one.estimate)), rival, one.baseline_name or None])
    return rows


def limits(interval: Any) -> tuple[float, float, float]:
    return interval.estimate, interval.low, interval.high


def figure(value: float) -> object:
    """Return a figure with as many digits as it deserves."""
    if not math.isfinite(value):
        return None
    return round(value, 3) if abs(value) < 1 and round(value, 3) != round(value, 2) else hundredths(value)


def told(direction: str) -> str | None:
    return None if direction == "unknown" else direction


def show_drift(found: Drift) -> None:
    """Show which features and scores have moved, the furthest first."""
    show_prose(found.sentence, style="bold")
    show()
    show_table(
        ["trait", "moved by (PSI)", "from", "to", "by chance up to", "verdict"],
        [
            [
                one.title,
                *moved_by(one.stability),
                one.verdict.replace("_", " "),
            ]
            for one in found.traits
        ],
    )
    show_findings(found.findings)


def moved_by(one: Stability | None) -> tuple[object, ...]:
    if one is None:
        return (None,) * 4
    return (*(hundredths(v) for v in limits(one.index)), hundredths(one.chance))


def show_offers(found: Offers) -> None:
    """Show how well the lists do, and what they would offer most."""
    for sentence in found.sentences:
        show_prose(sentence)
    show()
    show_table(
        ["list", "offer", "to", "share of the list"],
        [[one.list, one.name or one.item, one.people, percent(one.share)] for one in found.most_offered],
    )
