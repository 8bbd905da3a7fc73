"""Columns to segment by: traits of customers and answers of respondents, patterns, what cannot be segmented by."""

from __future__ import annotations

import pytest

import segmentary as sg
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.workspace.variables import KNOWN, customers, matching, respondents, survey_items, surveys, with_traits


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("variables")
    rows = "".join(f"c{n},{n * 2},{'' if n == 3 else 'Ulm'},2024-05-0{n + 1}\n" for n in range(6))
    (folder / "people.csv").write_text(f"customer_id,visits,city,joined\n{rows}")
    answers = ["respondent_id,weight,wave,customer_id,like_green,like_cheap,why"]
    answers += ["r1,1.5,a,c1,4,2,nice", "r2,,a,,5,,", "r3,0.5,b,c9,1,3,so so"]
    (folder / "mood.csv").write_text("\n".join(answers) + "\n")
    with sg.init(folder / "shop", environment={}) as workspace:
        workspace.add(folder / "people.csv", kind="customers")
        mapped = {"record_id": "respondent_id", "weight": "weight", "wave": "wave"}
        workspace.add(
            folder / "mood.csv", kind="responses", name="mood", survey="mood", id_space="market", columns=mapped
        )
        (workspace.folder.segments / "all.yaml").write_text("segment: none\nwhere: {trait: visits, gt: 99}\n")
        workspace.apply()
        yield workspace


def test_patterns_mean_each_name_once_in_their_order():
    known = ["b_two", "b_one", "a", "b_*"]
    assert matching(["a", "b_o*", "?_*"], known, what="trait", see="") == ["a", "b_one", "b_*", "b_two"]
    assert matching(["b_*"], known, what="trait", see="") == ["b_*"], "a name that looks like a pattern is the name"
    with pytest.raises(UnknownNameError, match="trait"):
        matching(["a", "z*"], known, what="trait", see="look")


def test_customers_come_with_their_traits_and_gaps(workspace):
    found = customers(workspace, ["visits", "cit?"], workspace.context(None))
    assert found.names == ("visits", "city")
    assert found.frame.column("visits").to_pylist() == [0, 2, 4, 6, 8, 10]
    assert found.frame.column("city").null_count == 1
    assert (found.source, found.weights) == ("traits", None)


def test_what_cannot_be_segmented_by_is_said_with_what_helps(workspace):
    context = workspace.context(None)
    for patterns in ([], ["joined"]):
        with pytest.raises(UsageError) as told:
            customers(workspace, patterns, context)
        assert told.value.hint
    assert "joined" not in customers(workspace, ["*"], context).names
    with pytest.raises(UnknownNameError, match="segment"):
        customers(workspace, ["visits"], context, within="rich")
    with pytest.raises(NoAnswerError, match="nobody"):
        customers(workspace, ["visits"], context, within="none")


def test_respondents_have_a_row_each_with_their_design(workspace):
    assert set(surveys(workspace)["mood"]) >= {"like_green", "like_cheap", "why"}
    found = respondents(workspace, "mood", ["like_*"])
    assert sorted(found.items) == ["like_cheap", "like_green"]
    green = next(name for name, item in survey_items(workspace, "mood").items() if item == "like_green")
    assert found.frame.column(green).to_pylist() == [4.0, 5.0, 1.0]
    assert found.weights.to_pylist() == [1.5, None, 0.5]
    assert set(found.titles.values()) == {"like green", "like cheap"}
    assert respondents(workspace, "mood", ["like_*"], wave="b").frame.num_rows == 1


def test_of_respondents_only_customers_have_traits(workspace):
    found = respondents(workspace, "mood", ["like_green"])
    both = with_traits(workspace, found, ["visits"], workspace.context(None))
    assert both.frame.column(KNOWN).to_pylist() == [True, False, False]
    assert both.frame.column("visits").to_pylist() == [2.0, None, None]
    assert with_traits(workspace, found, [], workspace.context(None)) is found


def test_a_survey_item_or_wave_that_is_not_there_is_named(workspace):
    with pytest.raises(UnknownNameError, match="survey"):
        respondents(workspace, "moods", [])
    with pytest.raises(UnknownNameError, match="item"):
        respondents(workspace, "mood", ["hate_*"])
    with pytest.raises(NoAnswerError, match="wave z") as told:
        respondents(workspace, "mood", [], wave="z")
    assert told.value.hint == "waves: a, b"
