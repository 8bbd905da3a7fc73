"""Ids that are no customers: by their name, or by the money of a whole shop on most days."""

from __future__ import annotations

import numpy as np

from segmentary.models.predict.fillers import filler_findings, filler_ids, without
from segmentary.models.value.purchases import Purchases


def bought(extra: str, days: int, amount: float, people: int = 300) -> Purchases:
    chance = np.random.default_rng(1)
    ids = np.concatenate([np.repeat([f"c{i}" for i in range(people)], 3), np.repeat(extra, days)])
    when = np.concatenate([chance.integers(0, 200, 3 * people), np.arange(days)])
    return Purchases.from_transactions(ids, when, np.where(ids == extra, amount, 20.0), until=200)


def test_a_fillers_name() -> None:
    assert filler_ids(bought("0", 50, 20.0)) == ("0",)
    assert filler_ids(bought("Guest", 50, 20.0)) == ("Guest",)
    assert filler_ids(bought("0", 5, 20.0)) == ()  # too few to be sure


def test_a_till() -> None:
    assert filler_ids(bought("K17", 180, 500.0)) == ("K17",)
    assert filler_ids(bought("K17", 180, 4.0)) == ()  # somebody who comes every day for little
    assert filler_ids(bought("K17", 20, 5_000.0)) == ()  # one who spends much, seldom
    assert filler_ids(bought("K17", 180, 500.0, people=50)) == ()  # among few customers one may well be the largest


def test_they_are_left_out_and_named() -> None:
    purchases = bought("0", 50, 20.0)
    assert "0" not in without(purchases, {"0"}).ids
    assert without(purchases, ()) is purchases
    assert "'0'" in filler_findings({"0"})[0].message
    assert filler_findings(()) == ()
    assert filler_ids(without(purchases, set(purchases.ids.tolist()))) == ()
