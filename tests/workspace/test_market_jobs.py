"""Markets as jobs: plans are kept whole or not at all, measuring is remembered until the plan or the weights change."""

from __future__ import annotations

import pytest

import segmentary as sg
from segmentary.errors import DataError, DefinitionError, UnknownNameError, UsageError
from segmentary.workspace.market_jobs import (
    folder_of,
    market_named,
    market_report_job,
    measure_job,
    measured,
    plan_named,
    plans,
    weights_of,
    write_plan,
)

PLAN = """market: gardeners
survey: mood
segments: {item: dwelling}
value: spend
criteria:
  - {name: size, weight: 3, of: share}
  - {name: money, weight: 2, of: mean_value}
  - {name: fit, axis: competitiveness, weight: 1, values: {flat: 3, house: 8}}
"""


def quiet(sentence, done):
    assert 0 <= done <= 1


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market_jobs")
    lines = [f"r{n},{'house' if n % 3 else 'flat'},{20 + n % 7 + 30 * (n % 3 > 0)}" for n in range(60)]
    (folder / "mood.csv").write_text("\n".join(["respondent_id,dwelling,spend", *lines]) + "\n")
    with sg.init(folder / "shop", environment={}) as workspace:
        mapped = {"record_id": "respondent_id"}
        named = {"name": "mood", "survey": "mood", "id_space": "market"}
        workspace.add(folder / "mood.csv", kind="responses", columns=mapped, **named)
        write_plan(workspace, "gardeners", PLAN)
        yield workspace


def test_what_was_measured_is_remembered_for_these_weights_and_this_plan_only(workspace):
    assert measured(workspace, "gardeners", {}, None) is None
    found = measure_job(workspace, {"market": "gardeners"}, quiet)
    document = measured(workspace, "gardeners", {}, None)
    assert (found.market, found.word, found.sentence) == ("gardeners", document.answer.word, document.answer.sentence)
    assert measured(workspace, "gardeners", {"size": 1.0}, None) is None
    assert measured(workspace, "gardeners", {}, 2) is None
    write_plan(workspace, "gardeners", PLAN + "choose: 1\n")
    assert measured(workspace, "gardeners", {}, None) is None


def test_a_plan_that_forgets_an_axis_says_so(workspace):
    one_sided = "".join(line for line in PLAN.splitlines(keepends=True) if "competitiveness" not in line)
    write_plan(workspace, "one_sided", one_sided.replace("gardeners", "one_sided"))
    with pytest.raises(DataError, match="no criterion is about competitiveness") as told:
        measure_job(workspace, {"market": "one_sided"}, quiet)
    (folder_of(workspace) / "one_sided.yaml").unlink()
    assert told.value.hint


def test_a_plan_that_was_broken_by_hand_is_told_without_its_place(workspace):
    path = folder_of(workspace) / "broken.yaml"
    path.write_text("market: [", encoding="utf-8")
    try:
        assert plan_named(workspace, "broken").wrong.startswith("broken.yaml is no YAML")
        with pytest.raises(DefinitionError) as told:
            market_named(workspace, "broken")
    finally:
        path.unlink()
    assert str(workspace.folder.root) not in str(told.value)


@pytest.mark.parametrize(
    "text", ["", "- a\n", "market: [", "market: others\nsurvey: mood\nsegments: {item: dwelling}\n", PLAN + "junk: 1\n"]
)
def test_a_wrong_plan_leaves_the_one_before_and_no_trace(workspace, text):
    before = plan_named(workspace, "gardeners").text
    with pytest.raises(DefinitionError) as told:
        write_plan(workspace, "gardeners", text)
    assert told.value.hint
    assert str(workspace.folder.root) not in str(told.value)
    assert plan_named(workspace, "gardeners").text == before
    assert [path.name for path in folder_of(workspace).iterdir()] == ["gardeners.yaml"]


@pytest.mark.parametrize("name", ["", "../x", "A", "a b", "1a"])
def test_a_market_has_a_plain_name(workspace, name):
    with pytest.raises(UsageError, match="cannot name"):
        write_plan(workspace, name, PLAN)


def test_a_plan_somebody_broke_by_hand_is_listed_with_what_is_wrong(workspace):
    path = folder_of(workspace) / "broken.yaml"
    path.write_text("market: {")
    try:
        broken, good = plans(workspace)
    finally:
        path.unlink()
    assert (broken.market, broken.plan) == ("broken", None)
    assert "no YAML" in broken.wrong
    assert good.plan.market == "gardeners"


@pytest.mark.parametrize("job", [measure_job, market_report_job])
def test_a_market_nobody_planned_is_named(workspace, job):
    with pytest.raises(UnknownNameError, match="ghosts"):
        job(workspace, {"market": "ghosts"}, quiet)
    with pytest.raises(UsageError, match="market is missing"):
        job(workspace, {}, quiet)


def test_weights_are_numbers_by_criterion():
    assert weights_of(None) == weights_of({}) == {}
    assert weights_of({"size": 0, "money": 100}) == {"size": 0.0, "money": 100.0}
    for given in ([1], {"size": -1}, {"size": 101}, {"size": True}, {"size": "3"}, {"size": float("nan")}):
        with pytest.raises(UsageError, match="weight"):
            weights_of(given)
