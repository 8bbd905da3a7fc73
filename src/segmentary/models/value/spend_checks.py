"""What to mind about purchases before believing a forecast of them: findings, each with its figures.

Filler ids are not people: a till, a guest checkout, a test account that many purchases are booked on. One of them can
change every figure. Four rules look for them; two of them together are called certain:

=================  ===========================================================================================
rule               what it says
=================  ===========================================================================================
share of orders    one id has at least 2% of all purchases of at least 200 customers, and 5 times the next id's
orders a day       at least 20 purchases on its busiest day, and 4 times any other id's (of all ids looked at)
every day          purchases on at least half of all days of the history (60 days or more), 3 a day on average
a filler's name    0, -1, 9999..., unknown, guest, anonymous, n/a, null, none, test, dummy, cash ... with 10 purchases
=================  ===========================================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.models.table.findings import Finding
from segmentary.models.value.holdout_data import among, part_of
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.spend_sums import Buyer, Odd, SpendSums, border_of

SHARE, TIMES = 0.02, 5.0
FEWEST_CUSTOMERS = 200
BUSY, BUSIER = 20, 4.0
HALF, A_DAY, DAYS = 0.5, 3.0, 60
NAMED = 10
FILLER_NAMES = re.compile(
    r"0+|-1|9{4,}|x+|-+|\?+|unknown|guests?|anonym(ous|e)?|n/?a|null|none|nan|test.*|dummy|default|cash|walk.?in"
    r"|undefined|missing|no.?customer|no.?name|admin",
    re.IGNORECASE,
)
TWO_YEARS_DAYS = 730
SHORT_DAYS = 180
FEW_REPEATERS = 100
WEAK, STRONG = 0.1, 0.3
"""Correlations of repeat purchases and spend: below the first nothing to mind, above the second the model is wrong."""
LARGE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Suspect:
    """An id that may stand for nobody in particular. rules : which of the four say so, with their figures."""

    buyer: Buyer
    rules: tuple[str, ...]
    share: float

    @property
    def certain(self) -> bool:
        """Whether at least two rules say so."""
        return len(self.rules) > 1


def suspects(sums: SpendSums) -> tuple[Suspect, ...]:
    """Return the ids that look like fillers, those with most purchases first."""
    found = []
    for buyer in sums.loudest:
        others = [one for one in sums.loudest if one is not buyer]
        next_orders = max((one.orders for one in others if one.orders <= buyer.orders), default=0)
        next_busy = max((one.busiest for one in others), default=0)
        share = buyer.orders / sums.orders if sums.orders else 0.0
        rules = []
        if sums.customers >= FEWEST_CUSTOMERS and share >= SHARE and buyer.orders >= TIMES * next_orders:
            rules.append(
                f"share of orders ({100 * share:.1f}% of all, {times(buyer.orders, next_orders)} the next id's)"
            )
        if buyer.busiest >= BUSY and buyer.busiest >= BUSIER * next_busy:
            rules.append(f"orders a day ({buyer.busiest} on one day, {times(buyer.busiest, next_busy)} any other id's)")
        if sums.history_days >= DAYS and buyer.days >= HALF * sums.history_days and buyer.orders >= A_DAY * buyer.days:
            rules.append(f"every day (purchases on {buyer.days} of {sums.history_days} days)")
        if buyer.orders >= NAMED and FILLER_NAMES.fullmatch(buyer.customer_id.strip()):
            rules.append(f"a filler's name ('{buyer.customer_id}')")
        if rules:
            found.append(Suspect(buyer, tuple(rules), share))
    return tuple(found)


def times(one: int, other: int) -> str:
    return f"{one / other:.0f} times" if other else "far above"


def spend_findings(sums: SpendSums, *, horizon_days: int | None = None) -> tuple[Finding, ...]:
    """Return what to mind about the purchases, the grave first.

    horizon_days : how far ahead will be asked.
    """
    if sums.customers == 0:
        return (Finding("no_purchases", "refusal", "there is no purchase", "load orders, or events named so"),)
    found = [
        *filler_findings(sums),
        *amount_findings(sums),
        *extreme_findings(sums),
        *history_findings(sums, horizon_days),
        *together_findings(sums),
    ]
    order = {"refusal": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda one: order[one.level]))


def filler_findings(sums: SpendSums) -> list[Finding]:
    """Return the ids that look like fillers."""
    return [
        Finding(
            "filler_id",
            "warning",
            f"customer '{one.buyer.customer_id}' {'is' if one.certain else 'may be'} no person: "
            f"{'; '.join(one.rules)}. "
            f"{one.buyer.orders:,} of {sums.orders:,} purchases stand on it",
            ("it is left out of fitting and testing" if one.certain else "if so, leave it out of fitting")
            + "; better load those purchases without a customer",
            ("customer_id",),
        )
        for one in suspects(sums)
    ]


def amount_findings(sums: SpendSums) -> list[Finding]:
    """Return purchases that carry no usable amount, and those before their customer."""
    found = []
    kinds: tuple[tuple[str, Odd, str, str], ...] = (
        ("zero_spend", sums.zero, "of no value", "they count as purchases, but not as spend"),
        ("negative_spend", sums.negative, "of negative value", "refunds belong into events of their own"),
        ("unknown_spend", sums.unknown, "without an amount", "they count as purchases, but not as spend"),
        (
            "before_creation",
            sums.early,
            "before the day their customer was created",
            "history moved from an older system, or a wrong creation date; they count all the same",
        ),
    )
    for code, one, what, hint in kinds:
        if one.purchases:
            share = one.purchases / sums.orders
            level: Any = "warning" if code == "negative_spend" or share >= LARGE_SHARE else "note"
            message = (
                f"{one.purchases:,} of {sums.orders:,} purchases ({percent(share)}) are {what}: {one.people:,} people"
            )
            found.append(Finding(code, level, message, hint, ("amount",) if "spend" in code else ("created_at",)))
    return found


def extreme_findings(sums: SpendSums) -> list[Finding]:
    """Return what lies on few shoulders; ids that are surely no persons are told apart."""
    border = border_of(sums.log_mean, sums.log_deviation)
    fillers = [one.buyer.spend for one in suspects(sums) if one.certain and border and one.buyer.spend > border]
    people, spend = sums.extreme - len(fillers), sums.extreme_spend - sum(fillers)
    if people <= 0 or sums.spend <= 0:
        return []
    others = sums.spend - sum(fillers)
    most = f"up to {sums.most:,.2f}, " if sums.most not in fillers else ""
    return [
        Finding(
            "extreme_spenders",
            "warning" if spend >= LARGE_SHARE * others else "note",
            f"{people:,} of {sums.customers:,} people spend far beyond everybody else ({most}{percent(spend / others)} "
            "of all money)",
            "look whether they are resellers, companies or mistakes; their own forecasts are the least certain",
            ("amount",),
        )
    ]


def history_findings(sums: SpendSums, horizon_days: int | None) -> list[Finding]:
    """Return what the length of the history does not allow to say."""
    found = []
    days = sums.history_days
    if days < SHORT_DAYS:
        found.append(
            Finding(
                "short_history",
                "warning",
                f"purchases of {days} days only: who has left cannot be told from who buys rarely",
                f"{SHORT_DAYS} days or more are better",
            )
        )
    if horizon_days is not None and horizon_days > days:
        found.append(
            Finding(
                "far_horizon",
                "warning",
                f"the forecast looks {horizon_days} days ahead, the purchases {days} days back",
                "ask for a nearer horizon",
            )
        )
    if days < TWO_YEARS_DAYS:
        found.append(
            Finding(
                "season_unknown",
                "warning",
                f"{days} days of purchases cannot tell a season from a trend: totals of a season will be off",
                "two years are needed; trust the order of customers more than totals",
            )
        )
    again = sums.together.people
    if again < FEW_REPEATERS:
        found.append(
            Finding(
                "few_repeaters",
                "warning",
                f"only {again:,} of {sums.customers:,} people bought and paid again: intervals will be wide",
            )
        )
    return found


def together_findings(sums: SpendSums) -> list[Finding]:
    """Return whether those who buy often spend more or less per purchase, and what that means."""
    r = sums.together.correlation()
    if math.isnan(r.estimate):
        return []
    figures = f"{r.estimate:.3f} ({r.low:.3f} to {r.high:.3f}, {r.n:,} people)"
    said = f"the correlation of how often people buy and what they spend per purchase is {figures}"
    more = "more" if r.estimate > 0 else "less"
    if abs(r.estimate) < WEAK or r.low <= 0 <= r.high:
        return [Finding("spend_independent", "note", f"{said}: the spend model may take them as unrelated")]
    wrong = "low" if r.estimate > 0 else "high"
    if abs(r.estimate) < STRONG:
        tell = f"{said}: weak. Frequent buyers spend a little {more}, so their values come out slightly too {wrong}"
        return [Finding("spend_dependent", "note", tell)]
    return [
        Finding(
            "spend_dependent",
            "warning",
            f"{said}: the spend model takes them as unrelated, which they are not. Frequent buyers spend {more}, so "
            f"the values of those with few purchases so far come out too {'high' if wrong == 'low' else 'low'}",
            "fit kinds of customers apart (companies and persons, for example)",
        )
    ]


def percent(share: float) -> str:
    """Return a share with one digit, never 0% of something."""
    return f"{100 * share:.1f}%" if share >= 0.001 else "less than 0.1%"


def without(purchases: Purchases, ids: Sequence[object]) -> tuple[Purchases, tuple[Finding, ...]]:
    """Return the purchases without some customers, and a finding of how many and how much was left out."""
    gone = among(purchases.ids, ids)
    if not gone.any():
        return purchases, ()
    kept = part_of(purchases, ~gone)
    days, total = int((purchases.repeat_count[gone] + 1).sum()), int((purchases.repeat_count + 1).sum())
    money, whole = float(purchases.total_spend[gone].sum()), float(purchases.total_spend.sum())
    share = f" and {percent(money / whole)} of all money" if whole > 0 else ""
    plural = "" if gone.sum() == 1 else "s"
    message = f"{int(gone.sum()):,} customer{plural} left out of fitting and testing, with "
    message += f"{percent(days / total)} of purchase days{share}"
    return kept, (Finding("left_out", "note", message, "", ("customer_id",)),)
