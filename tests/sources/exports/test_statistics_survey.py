"""Surveys of statistics programs keep their wordings and labels; what was not answered stays missing."""

import json

import pandas as pd
import pyreadstat
import pytest
from tests.sources.exports.made import made_of

from segmentary.sources.exports.opening import opened_exports

ANSWERS = pd.DataFrame({
    "id": [1.0, 2.0, 3.0, 4.0], "q1": [1.0, 3.0, 99.0, 2.0], "q2": [1.0, 2.0, 3.0, 1.0], "q3": [2.0, 2.0, 3.0, 1.0],
    "q4": [2.0, 1.0, 3.0, 1.0], "sex": [1.0, 2.0, 2.0, 1.0],
})  # fmt: skip
SCALE = {1: "disagree", 2: "neutral", 3: "agree", 99: "don't know"}


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "study.sav"
    pyreadstat.write_sav(
        ANSWERS,
        str(path),
        column_labels=["", "I like it", "I use it", "I need it", "I want it", "Sex"],
        variable_value_labels={**dict.fromkeys(("q1", "q2", "q3", "q4"), SCALE), "sex": {1: "male", 2: "female"}},
        missing_ranges={"q1": [99]},
        variable_measure={**dict.fromkeys(("q1", "q2", "q3", "q4"), "ordinal"), "sex": "nominal"},
    )
    return path


def test_answers_and_questions(survey):
    rows = made_of(survey)
    assert [each.get("q1") for each in rows[""]] == ["1", "3", None, "2"]
    assert [each["sex"] for each in rows[""]] == ["male", "female", "female", "male"]
    told = {each["reference_id"]: each for each in rows["questions"]}
    assert told["q1"]["wording"] == "I like it"
    assert json.loads(told["q2"]["labels"])["3"] == "agree"


def test_the_mapping_is_a_survey(survey):
    (answers, questions) = opened_exports(survey, name=None, table=None, tag_of=lambda source: "")
    mapping = answers.proposal.mapping
    assert (mapping.kind, mapping.survey, mapping.items) == ("responses", "study", ("q1", "q2", "q3", "q4"))
    assert mapping.columns["record_id"] == "id"
    assert questions.proposal.mapping.constants == {"table_name": "study_questions"}


def test_a_table_that_is_no_survey_is_read_as_one_table(tmp_path):
    path = tmp_path / "people.dta"
    pyreadstat.write_dta(pd.DataFrame({"name": ["a", "b"], "town": ["x", "y"]}), str(path), column_labels=["N", "T"])
    (delivery,) = opened_exports(path, name=None, table=None, tag_of=lambda source: "")
    assert not hasattr(delivery, "export_part")
