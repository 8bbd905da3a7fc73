"""The generated business as a whole: the same again, its truth beside it, fast."""

import datetime as dt
import json

import pytest

from segmentary.samples.generated import SCALES, TRUTH_FILE, GeneratedTruth, generate, make_business
from segmentary.segments.library import library


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        generate(tmp_path / name, customers=60, seed=9)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_writes_another_business(tmp_path):
    generate(tmp_path / "a", customers=60, seed=9)
    generate(tmp_path / "b", customers=60, seed=10)
    changed = {name for name, body in contents(tmp_path / "a").items() if contents(tmp_path / "b")[name] != body}
    assert {"customers.csv", "order_lines.csv", "web_events.jsonl.gz", TRUTH_FILE} <= changed


def test_the_truth_can_be_read_back(tmp_path):
    truth = generate(tmp_path, customers=60, seed=9)
    assert GeneratedTruth.read(tmp_path / TRUTH_FILE) == truth
    document = json.loads((tmp_path / TRUTH_FILE).read_text(encoding="utf-8"))
    assert document["as_of"] == "2026-03-01"
    assert document["boundary"]["vips"] == {"inside": "edge_vips_in", "outside": "edge_vips_out"}


def test_every_library_segment_has_its_truth_and_border(tmp_path):
    truth = generate(tmp_path, customers=300, seed=7)
    assert set(truth.segments) == set(truth.boundary) == set(library())
    for name, pair in truth.boundary.items():
        assert pair.inside in truth.segments[name], name
        assert pair.outside not in truth.segments[name], name
        assert pair.outside, name


@pytest.mark.parametrize("as_of", [dt.date(2024, 3, 1), dt.date(2025, 7, 31)])
def test_any_day_will_do(tmp_path, as_of):
    truth = generate(tmp_path, customers=30, as_of=as_of)
    assert truth.as_of == as_of
    assert all(truth.boundary[name].inside in ids for name, ids in truth.segments.items() if ids)


def test_nobody_at_all(tmp_path):
    truth = generate(tmp_path, customers=0)
    assert truth.customers == 2 * (len(library()) - 5)
    assert (tmp_path / "survey.csv").exists()


def test_the_scales_are_those_of_the_survey():
    business, _ = make_business(customers=60)
    asked = {answer.item for who in business.customers for answer in who.answers}
    assert asked == {item for scale in SCALES.values() for item in scale["items"]}
