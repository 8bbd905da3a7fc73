"""The planted future: what is true of it, and that only the arm makes people of a segment differ."""

import csv
import datetime as dt
import json

import numpy as np
import pytest

from segmentary.samples.planted_campaign import LIFTS, ORDERS, Drawn, main, plant_future, share_of_buyers

AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
PEOPLE = [
    Drawn(f"{segment}{n:04d}", segment, "holdout" if n % 2 else "treated") for segment in LIFTS for n in range(2_000)
]


@pytest.fixture(scope="module")
def future(tmp_path_factory):
    folder = tmp_path_factory.mktemp("future")
    truth = plant_future(folder, PEOPLE, campaign="spring", starts=AT)
    read = lambda name: list(csv.DictReader((folder / name).open(encoding="utf-8")))  # noqa: E731
    return folder, truth, read("order_lines.csv"), read("email_events.csv")


def buyers(lines, days):
    until = AT + dt.timedelta(days=days)
    return {row["customer_id"] for row in lines if dt.datetime.fromisoformat(row["ordered_at"]) < until}


def test_shares_of_buyers_are_those_planted(future):
    _, truth, lines, _ = future
    bought = buyers(lines, 28)
    for segment, one in truth.segments.items():
        for arm, expected in (("holdout", one.buys_held_out), ("treated", one.buys_treated)):
            share = np.mean([p.customer_id in bought for p in PEOPLE if (p.segment, p.arm) == (segment, arm)])
            assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / 1_000)
    assert truth.segments["basic"].effect == 0
    assert truth.segments["plus"].effect > 0.2
    assert truth.segments["pro"].effect < -0.2
    assert share_of_buyers(ORDERS["pro"]) == truth.segments["pro"].buys_held_out


def test_reactions_are_of_those_treated_only(future):
    _, _, _, mails = future
    treated = {one.customer_id for one in PEOPLE if one.arm == "treated"}
    assert {row["customer_id"] for row in mails} <= treated
    assert {row["campaign"] for row in mails} == {"spring"}
    assert {row["machine"] for row in mails if row["event"] == "email_clicked"} == {"true", "false"}
    assert min(row["happened_at"] for row in mails) > AT.isoformat()


def test_the_same_again_is_the_same(future, tmp_path):
    folder, truth, _, _ = future
    plant_future(tmp_path, list(reversed(PEOPLE)), campaign="spring", starts=AT)
    for name in ("order_lines.csv", "email_events.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    kept = json.loads((folder / "truth_of_campaign.json").read_text())
    assert kept["segments"]["plus"]["effect"] == pytest.approx(truth.segments["plus"].effect)


def test_people_come_as_the_command_line_says_them(tmp_path):
    people = {"people": [{"customer": "a", "segment": "plus", "arm": "treated", "variant": "x"}]}
    (tmp_path / "people.json").write_text(json.dumps(people))
    main([str(tmp_path / "people.json"), "--into", str(tmp_path / "out"), "--campaign", "c", "--at", AT.isoformat()])
    assert json.loads((tmp_path / "out" / "truth_of_campaign.json").read_text())["people"] == {"plus": {"treated": 1}}
