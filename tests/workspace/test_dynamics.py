"""The dynamics of a workspace: a small shop by hand, and Online Retail as of every month."""

import csv
import datetime as dt

import numpy as np
import pytest

import segmentary as sg
from segmentary.dynamics.states import NO_PART
from segmentary.errors import CoverageError, NoAnswerError, UnknownNameError, UsageError

LIFE = """segmentation: life
parts:
  - {segment: active, where: {trait: recency, lte: 31}}
  - {segment: cooling, where: {trait: recency, lte: 75}}
otherwise: asleep
---
segment: buyers
where: {event: order_completed, count: {gte: 1}}
---
segment: often
where: {event: order_completed, count: {gte: 3}}
"""
# Who ordered in which months of 2026 (on the 10th).
ORDERS = {"ann": (1, 2, 3, 4, 5, 6), "bob": (1, 2), "cyd": (1, 5), "dan": (4,), "eve": (2, 3, 6)}


def days(*dates):
    return [dt.date.fromisoformat(one) for one in dates]


@pytest.fixture
def shop(tmp_path):
    rows = [
        (f"{who}{month}", who, f"2026-{month:02d}-10T10:00:00", 10 * month)
        for who, months in ORDERS.items()
        for month in months
    ]
    with (tmp_path / "orders.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["order_id", "customer_id", "ordered_at", "amount"])
        out.writerows(rows)
    with sg.init(tmp_path / "shop", currency="EUR", timezone="UTC") as workspace:
        workspace.add(tmp_path / "orders.csv")
        (workspace.folder.segments / "life.yaml").write_text(LIFE)
        workspace.apply()
        yield workspace


def moved(found, step=0):
    return {(m["from"], m["to"]): m["people"] for m in found.step(step)["moves"]}


def test_without_a_log_the_definitions_are_judged_as_of_each_moment(shop):
    shop.run(as_of="2026-07-01")
    found = shop.dynamics.transitions("life", since="2026-02-01", until="2026-07-01")
    assert found.source == "evaluated"
    assert found.labels == tuple(f"2026-{month:02d}-01" for month in range(2, 8))
    assert moved(found) == {("active", "active"): 2, ("active", "cooling"): 1, ("(not a customer yet)", "active"): 1}
    sizes = shop.dynamics.sizes("life", since="2026-02-01", until="2026-07-01")
    assert [one.people for one in sizes.by_part["asleep"]] == [0, 0, 1, 2, 2, 2]
    assert [one.spend for one in sizes.by_part["active"]] == [30.0, 60.0, 60.0, 80.0, 100.0, 120.0]
    assert sizes.everybody == (3, 4, 4, 5, 5, 5)
    assert any(one.code == "evaluated" for one in found.findings)


def test_before_any_run_the_data_say_where_the_series_ends(shop):
    assert shop.dynamics.moments()[-1] == dt.datetime(2026, 6, 11, tzinfo=dt.UTC)
    assert shop.dynamics.sizes("life").everybody[-1] == 5


def test_the_log_says_the_same_where_it_reaches(shop):
    for month in range(2, 8):
        shop.run(as_of=f"2026-{month:02d}-01")
    wish = {"since": "2026-02-01", "until": "2026-07-01"}
    logged = shop.dynamics.transitions("life", **wish, source="log")
    judged = shop.dynamics.transitions("life", **wish, source="evaluated")
    assert shop.dynamics.transitions("life", **wish).source == "log"
    assert np.array_equal(logged.steps, judged.steps)
    assert logged.sizes.tolist() == judged.sizes.tolist()
    moves = shop.dynamics.moves("life", **wish)
    assert {one.reason for one in moves.moves} <= {"event", "ageing"}
    assert sum(one.people for one in moves.moves if one.label == "2026-03-01" and not one.entered) == 1
    assert moves.edits == ()


def test_what_backfills_wrote_is_read_too(shop):
    shop.run(as_of="2026-07-01")
    with pytest.raises(CoverageError, match="begins at 2026-07-01"):
        shop.dynamics.transitions("life", since="2026-03-01", until="2026-07-01", source="log")
    for part in ("active", "cooling", "asleep"):
        shop.history.backfill(f"life.{part}", "2026-02-01", every="month")
    wish = {"since": "2026-03-01", "until": "2026-07-01"}
    logged = shop.dynamics.transitions("life", **wish, source="log")
    assert np.array_equal(logged.steps, shop.dynamics.transitions("life", **wish, source="evaluated").steps)


def test_an_edited_definition_is_never_shown_as_people_moving(shop):
    shop.run(as_of="2026-06-01")
    (shop.folder.segments / "life.yaml").write_text(LIFE.replace("lte: 31", "lte: 60"))
    shop.apply()
    shop.run(as_of="2026-06-02")
    wish = {"since": "2026-06-01", "until": "2026-06-02", "every": "day"}
    found = shop.dynamics.transitions("life", **wish, source="log")
    moves = shop.dynamics.moves("life", **wish)
    assert moves.moves == ()
    assert {one.reason for one in moves.edits} == {"edit"}
    assert "nobody moved" in moves.sentence
    assert all(end == origin or "edited" in origin + end for origin, end in moved(found))
    assert found.steps.sum(axis=1)[0, :3].tolist() == found.sizes[1, :3].tolist()


def test_segments_that_share_people_are_refused_and_one_alone_is_fine(shop):
    shop.run(as_of="2026-07-01")
    with pytest.raises(UsageError, match="in several of these segments at once"):
        shop.dynamics.sizes(["buyers", "often"], since="2026-06-01", until="2026-07-01")
    found = shop.dynamics.sizes("often", since="2026-06-01", until="2026-07-01")
    assert [one.people for one in found.by_part["often"]] == [1, 2]
    assert [one.people for one in found.by_part[NO_PART]] == [4, 3]


def test_names_and_moments_that_mean_nothing(shop):
    shop.run(as_of="2026-07-01")
    with pytest.raises(UnknownNameError, match="lief"):
        shop.dynamics.sizes("lief")
    with pytest.raises(UsageError, match="is a number"):
        shop.dynamics.sizes("recency")
    with pytest.raises(UsageError, match="before it begins"):
        shop.dynamics.sizes("life", since="2026-07-02", until="2026-07-01")
    with pytest.raises(UsageError, match="no distance"):
        shop.dynamics.sizes("life", every="year")
    with pytest.raises(UsageError, match="is a trait"):
        shop.dynamics.moves("rfm_segment")
    assert shop.dynamics.moments(every="month")[0] == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert shop.dynamics.moments("2026-05-31", "2026-07-31", "month")[1].date() == dt.date(2026, 6, 30)


def test_drift_tenure_leaving_seasons_and_a_report_of_little(shop, tmp_path):
    shop.run(as_of="2026-07-01")
    drift = shop.dynamics.drift("2026-03-01", "2026-07-01")
    assert drift.together is None
    assert {one.verdict for one in drift.drift.traits} == {"too_few"}
    tenure = shop.dynamics.tenure("life", since="2026-02-01", until="2026-07-01")
    assert tenure.part("cooling").begun == 5
    with pytest.raises(NoAnswerError, match="too few to learn"):
        shop.dynamics.leaving("life.active", as_of="2026-07-01")
    assert not shop.dynamics.seasons().may_claim
    files = shop.dynamics.report("life", path=tmp_path / "report", since="2026-02-01", leaving="life.active")
    page = files.html.read_text()
    assert "What could not be said" in page
    assert "too few to learn who leaves" in page
    assert files.xlsx.is_file()


# ---------------------------------------------------------------- real data


@pytest.fixture(scope="module")
def retail(real_data, tmp_path_factory):
    with sg.init(tmp_path_factory.mktemp("retail") / "shop", currency="GBP", timezone="UTC") as workspace:
        workspace.add(real_data / "online_retail" / "online_retail.parquet")
        (workspace.folder.segments / "life.yaml").write_text(
            LIFE.replace("lte: 31", "lte: 60").replace("lte: 75", "lte: 120")
        )
        workspace.apply()
        workspace.run(as_of="2011-12-10")
        yield workspace


SERIES = {"since": "2011-03-01", "until": "2011-12-01"}


@pytest.mark.real_data
@pytest.mark.parametrize("cuts", ["each", "first"])
def test_online_retail_matrix_totals_are_the_sizes_of_every_month(retail, cuts):
    found = retail.dynamics.transitions("rfm_segment", **SERIES, cuts=cuts)
    sizes = retail.dynamics.sizes("rfm_segment", **SERIES, cuts=cuts)
    assert len(found.labels) == 10
    by_part = np.array([[one.people for one in sizes.by_part[part]] for part in (*sizes.parts, NO_PART)]).T
    k = len(sizes.parts)
    assert np.array_equal(found.steps.sum(axis=2)[:, : k + 1], by_part[:-1])
    assert np.array_equal(found.steps.sum(axis=1)[:, : k + 1], by_part[1:])
    assert sizes.everybody[0] == 1749
    assert sizes.everybody[-1] == 4331


@pytest.mark.real_data
def test_online_retail_sizes_are_those_of_each_segment_evaluated_alone(retail):
    sizes = retail.dynamics.sizes("life", **SERIES)
    for t, label in enumerate(sizes.labels[::4]):
        for part in sizes.parts:
            assert sizes.by_part[part][4 * t].people == retail.segment(f"life.{part}").count(as_of=label).people


@pytest.mark.real_data
def test_online_retail_forecast_is_scored_against_naive(retail):
    life = retail.dynamics.forecast("life", **SERIES)
    chain = next(one for one in life.scores if one.method == "markov")
    assert life.shown.startswith("markov")
    assert chain.relative < 0.85
    assert "no season can be claimed" in " ".join(one.message for one in life.findings)
    # Scores cut anew each month: nothing beats standing still, and it is said.
    rfm = retail.dynamics.forecast("rfm_segment", **SERIES)
    assert rfm.naive_wins
    assert "“As large as last time” wins" in rfm.sentence
    assert {one.origins for one in rfm.scores} == {6}


@pytest.mark.real_data
def test_online_retail_who_leaves_is_told_better_than_by_chance(retail):
    found = retail.dynamics.leaving("life.active", as_of="2011-12-10")
    assert found.usable
    assert found.holdout[0].estimate.low > 0.9
    assert found.by_time_alone is not None
    assert found.expected.high < found.by_time_alone, "many order in time"
    assert sum(bool(one.ageing) for one in found.leavers) > 10
