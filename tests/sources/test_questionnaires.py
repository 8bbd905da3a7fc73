from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from segmentary.sources.look import Look
from segmentary.sources.open import open_source
from segmentary.sources.questionnaires import questionnaire, survey_weight


def look(**columns: list[Any]) -> Look:
    return Look(open_source(pa.table(columns), name="study")[0])


SCALE = ["1", "3", "5"]


def test_columns_on_one_scale_are_items() -> None:
    found = questionnaire(look(id=["1", "2", "3"], age=["20", "30", "40"], **{f"q{i}": SCALE for i in range(5)}))
    assert found is not None
    assert (found.respondent, len(found.items), found.weight) == ("id", 5, None)


@pytest.mark.parametrize("values", [["yes", "no", "yes"], ["agree", "strongly disagree", "neutral"], [1, 0, None]])
def test_scales_may_be_words(values: list[Any]) -> None:
    assert questionnaire(look(**{f"q{i}": values for i in range(4)})) is not None


def test_amounts_and_texts_are_no_items() -> None:
    assert questionnaire(look(**{f"q{i}": ["10.5", "200", "3000"] for i in range(6)})) is None
    assert questionnaire(look(**{f"q{i}": ["blue", "red", "green"] for i in range(6)})) is None
    assert questionnaire(look(q1=SCALE, q2=SCALE)) is None
    assert questionnaire(look(a=[], b=[])) is None


def test_a_group_number_among_binary_items_is_no_item() -> None:
    found = questionnaire(look(**{f"m{i}": ["0", "1", "0"] for i in range(10)}, group=["1", "4", "6"]))
    assert found is not None
    assert "group" not in found.items


def test_survey_weights_are_not_body_weights() -> None:
    assert survey_weight(look(weight=["60", "70", "80"], height=["160", "170", "180"])) is None
    assert survey_weight(look(weight=["0.8", "1.1", "1.3"], q=SCALE)) == "weight"


def test_weighted_surveys_take_all_columns_and_know_replicates() -> None:
    found = questionnaire(
        look(NWEIGHT=[100.5, 90.5, 80.1], BRRWT1=[1.0, 2.0, 3.0], spend=[10.5, 20.0, 30.0], a=SCALE, b=SCALE, c=SCALE)
    )
    assert found is not None
    assert (found.weight, found.replicates, found.items) == ("NWEIGHT", ("BRRWT1",), ("spend", "a", "b", "c"))
