"""Whatever stands in a market's file: a plan, or an error that says where and what belongs there."""

import pytest

from segmentary.errors import SegmentaryError
from segmentary.workspace.market_plan import plan_of, read_plan, to_document

PLAN = {"market": "m", "survey": "s", "segments": {"item": "kind"}}
CHANGES = [
    {"choose": "many"}, {"choose": 0}, {"choose": 1.5}, {"choose": True}, {"choose": None},
    {"scale": [5, 1]}, {"scale": [1]}, {"scale": "1-5"}, {"scale": 5}, {"scale": [float("nan"), 5]}, {"scale": None},
    {"trim": [1]}, {"trim": "x"}, {"trim": [5, 0.2]}, {"trim": {"low": 1}},
    {"criteria": "size"}, {"criteria": ["size"]}, {"criteria": {"name": "size"}}, {"criteria": [None]},
    {"criteria": [{"name": "x", "weight": -1}]}, {"criteria": [{"name": "x", "weight": "much"}]},
    {"criteria": [{"name": "x", "weight": float("inf")}]}, {"criteria": [{"name": "x", "of": ["share"]}]},
    {"criteria": [{"name": "x", "values": [1]}]}, {"criteria": [{"name": "x", "values": {"a": "b"}}]},
    {"criteria": [{"name": "x", "junk": 1}]},
    {"knockouts": [{"of": "size", "least": 1}]}, {"knockouts": [{"name": "x", "of": "size"}]},
    {"knockouts": [{"name": "x", "least": 1}]}, {"knockouts": [{"name": "x", "of": "size", "least": "lots"}]},
    {"blend": 2}, {"blend": "half"}, {"population": -5}, {"population": "many"},
    {"segments": ["kind"]}, {"segments": 3}, {"segments": {"item": None}}, {"segments": {"item": ["a"]}},
    {"value": ["spend"]}, {"wave": ["a"]}, {"wave": True}, {"people": ["x"]},
    {"margins": ["region"]}, {"margins": {"region": "x"}}, {"margins": {"region": {"n": -1}}},
    {"margins": {"region": {}}}, {"margins": {"region": {True: 1}}},
    {"brands": ["a"]}, {"brands": {"use": ["a"]}}, {"brands": {"junk": 1}}, {"brands": {"ours": None}},
    {"perception": ["x"]}, {"perception": {"cheap": "x"}}, {"needs": {"x": "y"}}, {"needs": {"x": {"importance": "y"}}},
    {"needs": {"x": None}}, {"replicates": "x"}, {"replicates": {"kind": "fay"}},
    {"replicates": {"items": "w*", "fay": "x"}},
    {"assumptions": "x"}, {"assumptions": ["x"]}, {"assumptions": [{"name": "x"}]},
    {"market": "../x"}, {"market": 3}, {"junk": 1}, {1: 2},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_does_not_belong_there_is_said(change):
    with pytest.raises(SegmentaryError) as caught:
        plan_of({**PLAN, **change}, "shoppers.yaml")
    assert caught.value.hint


FILES = {
    "list": "- a\n- b\n",
    "empty": "",
    "code": '!!python/object/apply:os.system ["true"]\n',
    "alias": "market: m\nsurvey: s\nsegments: {item: a}\nneeds: &n {x: *n}\n",
    "bomb": "a: &a [1, 1]\nb: &b [*a, *a]\nneeds: [*b, *b]\n",
    "twice": "market: m\nmarket: n\nsurvey: s\nsegments: x\n",
    "twice inside": "market: m\nsurvey: s\nsegments: x\nneeds: {a: {importance: i, importance: j}}\n",
    "deep": "[" * 5_000 + "]" * 5_000,
    "no date": "market: m\nsurvey: s\nsegments: x\nwave: 2025-13-45\n",
    "nul": 'market: "a\\0b"\nsurvey: s\nsegments: x\n',
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_plan_is_said(tmp_path, name):
    path, content = tmp_path / "m.yaml", FILES[name]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SegmentaryError) as caught:
        read_plan(path)
    assert caught.value.hint
    assert "m.yaml" in str(caught.value) or name == "nul"


def test_years_and_codes_are_texts(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text("market: m\nsurvey: s\nsegments: {item: 7}\nwave: 2025\nmargins: {member: {0: 1, 1: 2.5}}\n")
    plan = read_plan(path)
    assert (plan.wave, plan.item, plan.margins) == ("2025", "7", {"member": {"0": 1.0, "1": 2.5}})
    assert plan_of(to_document(plan)) == plan
