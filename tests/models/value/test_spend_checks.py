"""What is noticed about purchases: fillers, odd amounts, few shoulders, short histories, spend tied to frequency."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.models.value.people import UNTIL, shop

from segmentary.models.table.findings import Finding
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.spend_checks import spend_findings, suspects, without
from segmentary.models.value.spend_sums import Buyer, Odd, SpendSums, Together

GOOD = SpendSums(
    customers=1_000,
    orders=3_000,
    days=2_900,
    spend=90_000.0,
    zero=Odd(),
    negative=Odd(),
    unknown=Odd(),
    early=Odd(),
    first_day=dt.date(2023, 1, 1),
    last_day=dt.date(2025, 6, 30),
    log_mean=4.0,
    log_deviation=1.0,
    extreme=0,
    extreme_spend=0.0,
    most=0.0,
    loudest=(Buyer("anna", 30, 29, 2, 900.0), Buyer("bert", 25, 25, 2, 800.0)),
    together=Together(600, 2_000.0, 18_000.0, 10_000.0, 600_000.0, 60_100.0),
)


def codes(sums: SpendSums, horizon_days: int | None = None) -> dict[str, Finding]:
    return {one.code: one for one in spend_findings(sums, horizon_days=horizon_days)}


def test_good_data_have_nothing_to_mind() -> None:
    assert set(codes(GOOD, 365)) == {"spend_independent"}
    assert suspects(GOOD) == ()


@pytest.mark.parametrize(
    ("buyer", "rule"),
    [
        (Buyer("k17", 300, 290, 3, 9_000.0), "share of orders (10.0% of all, 10 times the next id's)"),
        (Buyer("k17", 40, 10, 28, 900.0), "orders a day (28 on one day, 14 times any other id's)"),
        (Buyer("k17", 1_500, 480, 7, 9_000.0), "every day (purchases on 480 of 912 days)"),
        (Buyer("Guest", 12, 12, 1, 300.0), "a filler's name ('Guest')"),
        (Buyer("0", 12, 12, 1, 300.0), "a filler's name ('0')"),
        (Buyer("99999", 12, 12, 1, 300.0), "a filler's name ('99999')"),
    ],
)
def test_each_rule_finds_its_filler(buyer: Buyer, rule: str) -> None:
    sums = replace(GOOD, loudest=tuple(sorted((buyer, *GOOD.loudest), key=lambda one: -one.orders)))
    (found,) = suspects(sums)
    assert found.buyer is buyer
    assert rule in found.rules
    assert rule in codes(sums)["filler_id"].message
    assert found.certain == (len(found.rules) > 1)


def test_ordinary_names_and_the_best_customer_are_no_fillers() -> None:
    loud = (Buyer("Testino & Sons", 60, 55, 3, 9_000.0), Buyer("10", 40, 40, 1, 900.0), *GOOD.loudest)
    assert [one.rules for one in suspects(replace(GOOD, loudest=loud[1:]))] == []
    few = replace(GOOD, customers=20, loudest=(Buyer("anna", 900, 300, 9, 9_000.0), Buyer("bert", 3, 3, 1, 8.0)))
    assert suspects(few) == ()  # of 20 customers one may well hold most purchases


def test_odd_amounts_are_counted() -> None:
    sums = replace(GOOD, zero=Odd(2, 2), negative=Odd(5, 4), unknown=Odd(600, 300), early=Odd(9, 3))
    found = codes(sums)
    assert "2 of 3,000 purchases (less than 0.1%) are of no value: 2 people" in found["zero_spend"].message
    assert found["zero_spend"].level == "note"
    assert found["negative_spend"].level == "warning"
    assert found["unknown_spend"].level == "warning"
    assert found["before_creation"].message.endswith("3 people")


def test_few_shoulders() -> None:
    sums = replace(GOOD, extreme=3, extreme_spend=45_000.0, most=30_000.0)
    found = codes(sums)["extreme_spenders"]
    assert found.level == "warning"
    assert "3 of 1,000 people" in found.message
    assert "(up to 30,000.00, 50.0% of all money)" in found.message
    till = Buyer("0", 600, 500, 4, 30_000.0)
    found = codes(replace(sums, loudest=(till, *GOOD.loudest)))["extreme_spenders"]
    assert "2 of 1,000 people spend far beyond everybody else (25.0% of all money)" in found.message
    alone = replace(sums, extreme=1, extreme_spend=30_000.0, loudest=(till, *GOOD.loudest))
    assert "extreme_spenders" not in codes(alone)


def test_short_histories() -> None:
    short = replace(GOOD, first_day=dt.date(2025, 3, 1), together=replace(GOOD.together, people=50))
    assert {"short_history", "far_horizon", "season_unknown", "few_repeaters"} <= set(codes(short, 365))
    year = replace(GOOD, first_day=dt.date(2024, 3, 1))
    assert "season_unknown" in codes(year)
    assert not {"short_history", "far_horizon"} & set(codes(year, 365))


@pytest.mark.parametrize(("xz", "level", "words"), [(63_700.0, "note", "too low"), (80_000.0, "warning", "not")])
def test_spend_tied_to_frequency(xz: float, level: str, words: str) -> None:
    found = codes(replace(GOOD, together=replace(GOOD.together, xz=xz)))["spend_dependent"]
    assert found.level == level
    assert words in found.message


def test_no_purchases_is_a_refusal() -> None:
    nothing = SpendSums.from_transactions([], np.zeros(0), [], until=UNTIL)
    (found,) = spend_findings(nothing)
    assert (found.code, found.level) == ("no_purchases", "refusal")


def test_one_purchase_ends() -> None:
    one = SpendSums.from_transactions(["a"], [3.0], [5.0], until=UNTIL)
    assert {"short_history", "few_repeaters"} <= set(codes(one))


def test_leaving_out_is_counted() -> None:
    purchases = Purchases.from_transactions(*shop(100, seed=1), until=UNTIL)
    kept, (found,) = without(purchases, [3, 4])
    assert len(kept) == 98
    assert "2 customers left out" in found.message
    assert without(purchases, []) == (purchases, ())
    assert without(purchases, [-5])[0] is without(purchases, ["nobody"])[0] is purchases


@pytest.mark.real_data
def test_the_guests_of_online_retail(real_data: Path) -> None:
    table = pq.read_table(real_data / "clv" / "uci_online_retail_cleaned.parquet")
    ids = np.nan_to_num(table["CustomerID"].to_numpy(zero_copy_only=False).astype(float)).astype(int)
    amounts = table["Quantity"].to_numpy() * table["UnitPrice"].to_numpy()
    days = table["InvoiceDate"].to_numpy().astype("datetime64[D]")
    sums = SpendSums.from_transactions(ids, days, amounts, until=np.datetime64("2011-12-10"))
    (guest,) = suspects(sums)
    assert (guest.buyer.customer_id, guest.buyer.orders) == ("0", 133_358)
    assert len(guest.rules) == 4
    known = ids != 0
    assert (
        suspects(
            SpendSums.from_transactions(ids[known], days[known], amounts[known], until=np.datetime64("2011-12-10"))
        )
        == ()
    )


@pytest.mark.real_data
def test_the_spend_of_cdnow(real_data: Path) -> None:
    table = pq.read_table(real_data / "clv" / "cdnow_master.parquet")
    columns = [table[name].to_numpy() for name in ("customer_id", "date", "value")]
    sums = SpendSums.from_transactions(*columns, until=dt.date(1998, 6, 30))
    assert (sums.customers, sums.orders, sums.zero) == (23_570, 69_659, Odd(80, 80))
    found = codes(sums, 91)
    assert "80 of 69,659 purchases" in found["zero_spend"].message
    assert set(found) == {"zero_spend", "season_unknown", "spend_independent"}
