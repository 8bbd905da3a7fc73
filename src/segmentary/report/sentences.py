"""The headlines: what a reader should know first, in sentences with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segmentary.models.intervals import wilson
from segmentary.report.figures import Comparison, ReportData
from segmentary.report.numbers import count, day, long_month, money, number, percent, percent_interval

# A segment is worth a headline when it brings so much more of the money than its share of customers.
REMARKABLE = 1.5


@dataclass(frozen=True, slots=True)
class Headline:
    """One sentence, and the section that shows more."""

    text: str
    section: str


def headlines(data: ReportData) -> list[Headline]:
    """Return the headlines, the most general first."""
    return [*about_everybody(data), *about_segments(data), *about_return(data), *about_time(data)]


def about_everybody(data: ReportData) -> Iterator[Headline]:
    people = data.population
    if not people.buyers:
        yield Headline(f"{count(people.customers)} customers are known; none of them has an order yet.", "segments")
        return
    yield Headline(
        f"{count(people.buyers)} of {count(people.customers)} customers have bought: {count(people.orders)} orders "
        f"worth {money(people.money, data.currency)} (gross, identified customers).",
        "sales",
    )
    again = wilson(people.repeat_buyers, people.buyers)
    yield Headline(
        f"{percent(again.estimate)} of buyers ordered more than once "
        f"(95% interval {percent_interval(again)}, n = {count(people.buyers)}).",
        "retention",
    )
    if people.best_fifth_share is not None and people.buyers >= 5 * data.suppress_below:
        best = f"{count(people.buyers // 5)} of {count(people.buyers)}"
        yield Headline(
            f"The best fifth of buyers ({best}) brings {percent(people.best_fifth_share)} of the money.", "segments"
        )


def about_segments(data: ReportData) -> Iterator[Headline]:
    strong = [
        s
        for s in data.segments
        if s.share is not None
        and s.money_share is not None
        and s.money_share.low > s.share.high
        and s.money_share.estimate >= REMARKABLE * s.share.estimate
    ]
    if strong:
        best = max(strong, key=lambda s: s.money_share.estimate - s.share.estimate if s.money_share and s.share else 0)
        if best.share is not None and best.money_share is not None:
            yield Headline(
                f"“{best.title}” is {percent(best.share.estimate)} of customers and "
                f"{percent(best.money_share.estimate)} of the money "
                f"(95% interval {percent_interval(best.money_share)}, n = {count(best.people)}).",
                "segments",
            )
    if data.rfm is not None:
        stopped = [c for c in data.rfm.cells if c.name in ("at risk", "can't lose")]
        if all(c.people is not None and c.money is not None for c in stopped):
            people = sum(c.people or 0 for c in stopped)
            worth = sum((c.money for c in stopped if c.money is not None), start=data.population.money * 0)
            if people:
                yield Headline(
                    f"{count(people)} customers who used to buy often have stopped (at risk, can't lose); "
                    f"they brought {money(worth, data.currency)}.",
                    "rfm",
                )
    if data.changes is not None:
        moved = [c for c in data.changes.segments if c.entered_total or c.left_total]
        if moved:
            most = max(moved, key=lambda c: (c.entered_total or 0) + (c.left_total or 0))
            parts = [
                f"{count(n)} {word}"
                for n, word in ((most.entered_total, "entered"), (most.left_total, "left"))
                if n is not None
            ]
            yield Headline(f"Since the last run “{most.title}” moved most: {' and '.join(parts)}.", "changes")


def about_return(data: ReportData) -> Iterator[Headline]:
    if data.retention is None:
        return
    first = [
        (c.size, cell.active)
        for c in data.retention.cohorts
        if not c.inherited and c.size is not None
        for cell in c.cells
        if cell.months_after == 1 and not cell.partial and cell.active is not None
    ]
    if first:
        people, back = sum(size for size, _ in first), sum(active for _, active in first)
        share = wilson(back, people)
        yield Headline(
            f"Of new customers, {percent(share.estimate)} order again in the month after their first order "
            f"(95% interval {percent_interval(share)}, n = {count(people)} in {len(first)} monthly cohorts).",
            "retention",
        )


def about_time(data: ReportData) -> Iterator[Headline]:
    last = data.months[-1] if data.months else None
    if last is not None and last.partial:
        yield Headline(
            f"{long_month(last.month)} had not ended (data until {day(data.population.last_order)}): "
            f"its {money(last.money, data.currency)} are a part of a month, not a fall.",
            "sales",
        )


def marker_sentence(c: Comparison, currency: str) -> str:
    """Return one difference in words: trait, members against others, effect size."""
    return (
        f"{c.label}: {figure(c, c.members, currency)} against {figure(c, c.others, currency)} of everybody else "
        f"(effect {c.difference.effect:+.2f})"
    )


def figure(c: Comparison, value: float, currency: str) -> str:
    """Return a mean or share of a comparison with its unit."""
    if c.kind == "share" or c.unit == "share":
        return percent(value)
    if c.unit.startswith("money"):
        return money(value, currency) + c.unit[len("money") :]
    return f"{number(value)} {c.unit}".rstrip()


def difference_figure(c: Comparison, currency: str) -> tuple[str, str]:
    """Return the difference and its interval, with unit."""
    d = c.difference
    if c.kind == "share" or c.unit == "share":
        return f"{d.estimate * 100:+.1f} points", f"{d.low * 100:+.1f} to {d.high * 100:+.1f}"
    if c.unit.startswith("money"):
        sign = "+" if d.estimate > 0 else ""
        return sign + money(d.estimate, currency), f"{money(d.low, currency)} to {money(d.high, currency)}"
    sign = "+" if d.estimate > 0 else ""
    return f"{sign}{number(d.estimate)} {c.unit}".rstrip(), f"{number(d.low)} to {number(d.high)}"
