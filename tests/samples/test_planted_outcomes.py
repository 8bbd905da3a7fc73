"""The generated subscription business: the same seed writes the same bytes, and what is said to be true of it is."""

import csv
import hashlib
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from segmentary.language.yaml import parse_yaml
from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, TRUTH_FILE, plant_outcomes
from segmentary.samples.planted_plans import CATEGORIES, PLAN, PLANS
from segmentary.settings import Settings
from segmentary.sources.mapping import propose, settled
from segmentary.sources.open import open_source

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    return folder, plant_outcomes(folder, customers=3_000, seed=11)


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def near(count, n, share):
    """Within four standard errors of a share."""
    return abs(count / n - share) < 4 * (share * (1 - share) / n) ** 0.5


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        plant_outcomes(tmp_path / name, customers=80, seed=seed)
    assert digests(tmp_path / "one") == digests(tmp_path / "again")
    assert digests(tmp_path / "one")["order_lines.csv"] != digests(tmp_path / "other")["order_lines.csv"]
    assert {path.name for path in (tmp_path / "one").iterdir()} == {s.file for s in SOURCES} | {TRUTH_FILE}


def test_nobody(tmp_path):
    truth = plant_outcomes(tmp_path, customers=0)
    assert truth.plan_of == {}
    assert {effect.eligible for effect in truth.effects.values()} == {0}


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.file)
def test_each_is_recognised_without_a_question(planted, source):
    (delivery,) = open_source(planted[0] / source.file)
    mapping = settled(propose(delivery, settings=Settings(timezone="Europe/Berlin"), kind=None, overrides={}))
    assert mapping.kind == source.kind
    assert dict(source.columns).items() <= dict(mapping.columns).items()


def test_the_definitions_are_definitions():
    names = [parsed.definition.name for parsed in parse_yaml(SEGMENTS.read_text(encoding="utf-8"), file=SEGMENTS.name)]
    assert names[:3] == [plan.name for plan in PLANS]
    assert len(names) == 8


def test_people_leave_as_they_should(planted):
    folder, truth = planted
    joined = {row["customer_id"]: datetime.fromisoformat(row["created_at"]) for row in rows(folder, "customers.csv")}
    left = {
        row["customer_id"]: datetime.fromisoformat(row["happened_at"])
        for row in rows(folder, "subscription_events.csv")
        if row["event"] == "subscription_cancelled"
    }
    for plan in PLAN:
        early = [who for who, of in truth.plan_of.items() if of == plan and joined[who].date() < date(2024, 12, 1)]
        stayed = sum(who not in left or (left[who] - joined[who]).days > 365 for who in early)
        assert near(stayed, len(early), truth.survival(plan, 365))


def test_answers_are_as_planted(planted):
    folder, truth = planted
    said = defaultdict(Counter)
    money = defaultdict(lambda: [0.0, 0.0])
    for row in rows(folder, "survey.csv"):
        plan, value = truth.plan_of[row["customer_id"]], float(row["answer"])
        match row["question"]:
            case "recommend":
                said[plan, row["wave"]][0 if value >= 9 else 1 if value >= 7 else 2] += 1
            case "satisfaction":
                said[plan, "satisfied"][value >= 4] += 1
            case question:
                money[plan][question != "spend_ours"] += value
    for plan, waves in truth.nps.items():
        for wave, shares in waves.items():
            counts = said[plan, wave]
            assert all(near(counts[k], counts.total(), share) for k, share in enumerate(shares))
        content = said[plan, "satisfied"]
        assert near(content[True], content.total(), truth.satisfied[plan])
        assert money[plan][0] / sum(money[plan]) == pytest.approx(truth.wallet[plan], abs=0.04)
    assert truth.score("pro", "2026-01") == pytest.approx(50)
    assert truth.score("plus", "2026-01") - truth.score("plus", "2025-06") == pytest.approx(25)


def test_tastes_are_as_planted(planted):
    folder, truth = planted
    category = {row["product_id"]: row["category"] for row in rows(folder, "products.csv")}
    lines = rows(folder, "order_lines.csv")
    orders = {row["order_id"]: row for row in lines}
    seen, whole = defaultdict(Counter), Counter()
    for row in lines:
        at = datetime.fromisoformat(row["ordered_at"]).astimezone(BERLIN)
        seen[truth.plan_of[row["customer_id"]], f"{at:%Y}" if at < datetime(2024, 12, 1, tzinfo=BERLIN) else "after"][
            category[row["product_id"]]
        ] += 1
        whole[truth.plan_of[row["customer_id"]], f"{at:%Y-%m}"] += 1
    for plan, one in PLAN.items():
        before = seen[plan, "2023"] + seen[plan, "2024"]
        for k, name in enumerate(CATEGORIES):
            # People's own tastes make lines alike: a wider bound than independent lines would need.
            assert before[name] / before.total() == pytest.approx(one.categories[k], abs=0.03)
            late = seen[plan, "after"]
            months = {m: n for (p, m), n in whole.items() if p == plan and m >= "2024-12"}
            expected = sum(n * truth.categories[plan][m][name] for m, n in months.items()) / sum(months.values())
            assert late[name] / late.total() == pytest.approx(expected, abs=0.03)
        placed = [row for row in orders.values() if truth.plan_of[row["customer_id"]] == plan]
        at = [datetime.fromisoformat(row["ordered_at"]).astimezone(BERLIN) for row in placed]
        assert near(sum(one.weekday() >= 5 for one in at), len(at), truth.weekend[plan])
        assert near(sum(one.hour >= 18 for one in at), len(at), truth.evening[plan])
        assert near(sum(row["channel"] == "app" for row in placed), len(placed), truth.channels[plan]["app"])
    assert truth.categories["plus"]["2026-02"]["garden"] == pytest.approx(0.39)
    assert truth.categories["plus"]["2024-11"]["garden"] == pytest.approx(0.15)
    assert all(sum(shares.values()) == pytest.approx(1) for shares in truth.categories["plus"].values())


def window_spend(folder, truth):
    start = datetime(2025, 10, 6, tzinfo=BERLIN)
    end = start + timedelta(days=truth.window_days)
    spent = Counter()
    for row in rows(folder, "order_lines.csv"):
        if start <= datetime.fromisoformat(row["ordered_at"]) < end:
            spent[row["customer_id"]] += float(row["amount"])
    return spent


def test_the_campaign_did_what_the_truth_says(planted):
    folder, truth = planted
    spent = window_spend(folder, truth)
    arms = defaultdict(list)
    for row in rows(folder, "exposures.csv"):
        if row["campaign"] == truth.campaign:
            arms[truth.plan_of[row["customer_id"]], row["arm"] == "treated"].append(spent[row["customer_id"]])
    for plan, effect in truth.effects.items():
        treated, others = np.array(arms[plan, True]), np.array(arms[plan, False])
        assert len(treated) + len(others) == effect.eligible
        error = (treated.var() / len(treated) + others.var() / len(others)) ** 0.5
        assert abs(treated.mean() - others.mean() - effect.revenue) < 3 * error
        assert near(int((others > 0).sum()), len(others), effect.converts_untreated)
        assert near(int((treated > 0).sum()), len(treated), effect.converts)
    assert truth.effects["basic"].revenue == 0
    assert truth.effects["pro"].revenue < 0 < truth.effects["plus"].revenue


def test_without_and_with_a_broken_experiment(tmp_path):
    none = plant_outcomes(tmp_path / "none", customers=400, experiment="none")
    assert none.campaign == ""
    assert none.effects == {}
    assert {row["campaign"] for row in rows(tmp_path / "none", "exposures.csv")} == {"loyal_letter"}
    plant_outcomes(tmp_path / "broken", customers=400, experiment="broken")
    plant_outcomes(tmp_path / "clean", customers=400)
    arms = {name: Counter(row["arm"] for row in rows(tmp_path / name, "exposures.csv")) for name in ("broken", "clean")}
    assert arms["broken"]["control"] < arms["clean"]["control"]
    assert arms["broken"]["treated"] == arms["clean"]["treated"]


def test_the_letter_goes_to_the_best(planted):
    folder, truth = planted
    got = {row["customer_id"] for row in rows(folder, "exposures.csv") if row["campaign"] == truth.letter}
    count = Counter(row["customer_id"] for row in rows(folder, "order_lines.csv"))
    assert np.mean([count[who] for who in got]) > 2 * np.mean([count[who] for who in truth.plan_of])


def test_the_truth_is_written_down(planted):
    folder, truth = planted
    document = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
    assert document["effects"]["plus"]["lift"] == 0.35
    assert document["plan_of"] == dict(truth.plan_of)
