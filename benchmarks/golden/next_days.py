"""The next 91 days of three shops and a grocer's next offers, beside what was measured when the method was chosen.

The reference ensemble used another library's trees; .01 of Gini and AUC are allowed for that. Rivals are the Gini of
BG/NBD x Gamma-Gamma as lifetimes fits it.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.golden.row import GoldenRow
from benchmarks.next import models, offers
from benchmarks.next_data import SHOPS, opened, orders_file, tested

TOPIC = "next days"
PROTOTYPE = "measured with the prototype of the method"
LIFETIMES = "lifetimes 0.11.3, BG/NBD x Gamma-Gamma"


def rows(data: Path) -> list[GoldenRow]:
    """Return the comparisons of every shop that is here."""
    found: list[GoldenRow] = []
    for shop in SHOPS:
        if orders_file(shop, data) is None:
            continue
        with opened(shop, data) as workspace:
            learnt = tested(workspace, shop)
        ours = models(learnt)["mean of the three"]
        # Orders of no value are no orders to a workspace: at CDNOW 70 customers had no other.
        slack = 0.003 * shop.people if shop.title == "CDNOW" else 0.0
        held = learnt.held
        found += [
            GoldenRow(TOPIC, f"{shop.title}: customers", len(held), shop.people, "equal", slack, PROTOTYPE),
            GoldenRow(TOPIC, f"{shop.title}: bought again", held.bought.mean(), shop.bought, "equal", 0.002, PROTOTYPE),
            GoldenRow(TOPIC, f"{shop.title}: Gini of spend", ours["gini"], shop.gini, "at_least", 0.01, PROTOTYPE),
            GoldenRow(
                TOPIC, f"{shop.title}: Gini of spend, BG/NBD", ours["gini"], shop.plain_gini, "at_least", 0, LIFETIMES
            ),
            GoldenRow(TOPIC, f"{shop.title}: AUC of buying", ours["auc"], shop.auc, "at_least", 0.01, PROTOTYPE),
        ]
        if shop.decile is not None:
            what = f"{shop.title}: error of the tenths' sums"
            found.append(GoldenRow(TOPIC, what, ours["deciles"], shop.decile, "at_most", 0.0, PROTOTYPE))
    return found + offer_rows(data)


def offer_rows(data: Path) -> list[GoldenRow]:
    """Return the comparisons of the lists."""
    made = offers(data)
    if made is None:
        return []
    scores = {(one.list, one.method): one for one in made.scores}
    again = scores["buy again", made.methods["buy again"]]
    near, popular = scores["discover", "near"], scores["discover", "popular"]
    first, second = near.precision.estimate, popular.precision.estimate
    return [
        GoldenRow(TOPIC, "offers: buy again, P@10", again.precision.estimate, 0.595, "at_least", 0.0, PROTOTYPE),
        GoldenRow(TOPIC, "offers: popularity, P@10", again.plain, 0.487, "equal", 0.001, PROTOTYPE),
        GoldenRow(TOPIC, "offers: discover, kNN, P@10", first, 0.112, "at_least", 0.003, PROTOTYPE),
        GoldenRow(TOPIC, "offers: discover, kNN over popularity", first, second, "at_least", 0.0, "in this run"),
    ]
