from __future__ import annotations

import csv
import gzip
import io
from decimal import Decimal

import pytest
from profiles_warehouse import at

from segmentary.errors import SettingsError
from segmentary.profiles.catalog import catalog
from segmentary.profiles.psychographics import Item, derive, item_names, items_of, reliability, scales_of
from segmentary.profiles.reliability import verdicts
from segmentary.settings import Settings


def likert(name, low=1, high=5, survey="s", numeric=True):
    return Item(survey, name, numeric, Decimal(low), Decimal(high))


def test_every_item_is_a_trait(warehouse):
    warehouse.customers("c")
    warehouse.answers("c", survey="NPS 2025", **{"Would you recommend us?": 9, "why": "fast"})
    derive(warehouse.engine, Settings(), frozenset())
    assert warehouse.derived("c") == {"nps_2025_would_you_recommend_us": "9", "nps_2025_why": "fast"}
    kinds = dict(warehouse.query("select name, value_type from customer_attributes"))
    assert kinds == {"nps_2025_would_you_recommend_us": "number", "nps_2025_why": "text"}


def test_no_answer_is_no_value(warehouse):
    warehouse.customers("c")
    warehouse.answers("c", a=None, b="")
    warehouse.add(
        "responses",
        {"id_space": "customer", "record_id": "c", "survey": "s", "item": "d", "value": "9", "missing_code": "refused"},
    )
    assert derive(warehouse.engine, Settings(), frozenset()) == 0


def test_names_that_would_be_equal_are_numbered():
    items = [likert("A b"), likert("a_b"), likert("", survey="")]
    assert list(item_names(items).values()) == ["s_a_b", "s_a_b_2", "item"]


def test_scales_are_found_by_the_numbers_of_their_items(warehouse):
    warehouse.customers("c", "half", "less")
    warehouse.answers("c", eco_1=5, eco_2=4, eco_3=5, eco_4r=2, other=3)
    warehouse.answers("half", eco_1=1, eco_2=2)
    warehouse.answers("less", eco_1=5)
    derive(warehouse.engine, Settings(), frozenset())
    # observed from 1 to 5, so the reversed 2 counts 4
    assert Decimal(warehouse.derived("c")["attitude_eco"]) == Decimal("4.5")
    assert Decimal(warehouse.derived("half")["attitude_eco"]) == Decimal("1.5")
    assert "attitude_eco" not in warehouse.derived("less")
    assert warehouse.derived("c", "2025-06-01") == {}


@pytest.mark.parametrize(
    ("answers", "mean"), [((1, 1, 2), "1.3333"), ((1, 2, 2), "1.6667"), ((4, 4, 4), "4"), ((0, 0, 1), "0.3333")]
)
def test_means_are_exact_to_four_decimals(warehouse, answers, mean):
    warehouse.customers("c")
    warehouse.answers("c", **{f"x_{i}": a for i, a in enumerate(answers)})
    derive(warehouse.engine, Settings(), frozenset())
    assert Decimal(warehouse.derived("c")["attitude_x"]) == Decimal(mean)


def test_amounts_and_texts_are_no_scales():
    items = [likert("spend_1", 0, 5000), likert("spend_2", 0, 100), likert("why_1", numeric=False), likert("eco_1")]
    assert scales_of(items, Settings()) == []


def test_a_scale_of_the_settings(warehouse):
    warehouse.customers("c")
    warehouse.answers("c", recycles=4, flies=1)
    scales = {"eco": {"items": ["recycles", "flies"], "reversed": ["flies"], "low": 1, "high": 7}}
    derive(warehouse.engine, Settings(scales=scales), frozenset())
    assert Decimal(warehouse.derived("c")["attitude_eco"]) == Decimal("5.5")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"items": ["a"]}, "two items"),
        ({"items": ["a", "b"], "reversed": ["c"]}, "'c' is reversed"),
        ({"items": ["a", "b"], "max": 5}, "unknown key 'max'"),
    ],
)
def test_a_wrong_scale_is_refused(document, says):
    with pytest.raises(SettingsError, match=says):
        scales_of([likert("a"), likert("b")], Settings(scales={"eco": document}))


def test_a_scale_without_its_items_waits_for_them():
    assert scales_of([likert("z")], Settings(scales={"eco": {"items": ["a", "b"]}})) == []


def test_waves_are_scored_by_themselves(warehouse):
    warehouse.customers("c")
    for wave, day, score in (("1", "2025-01-01", 1), ("2", "2025-07-01", 5)):
        warehouse.add(
            "responses",
            *(
                {
                    "id_space": "customer",
                    "record_id": "c",
                    "survey": "s",
                    "wave": wave,
                    "item": f"eco_{i}",
                    "value": str(score),
                    "answered_at": at(day),
                    "row_number": i,
                }
                for i in (1, 2)
            ),
        )
    derive(warehouse.engine, Settings(), frozenset())
    found = [Decimal(warehouse.derived("c", when)["attitude_eco"]) for when in ("2025-02-01", "2025-08-01")]
    assert found == [1, 5]


def test_reliability_turns_reversed_items(warehouse):
    people = [f"c{i}" for i in range(6)]
    warehouse.customers(*people)
    for i, who in enumerate(people):
        warehouse.answers(who, eco_1=i % 5 + 1, eco_2r=5 - i % 5)
    (found,) = reliability(warehouse.engine, Settings())
    assert found.scale == "eco"
    assert found.respondents == 6
    assert found.alpha == pytest.approx(1)


def test_the_catalogue_says_how_reliable_a_scale_is(warehouse):
    people = [f"c{i}" for i in range(6)]
    warehouse.customers(*people)
    for i, who in enumerate(people):
        warehouse.answers(who, eco_1=i % 5 + 1, eco_2=5 - i % 5)
    derive(warehouse.engine, Settings(), frozenset())
    description = catalog(warehouse.engine, {}).trait("attitude_eco").description
    assert "cannot be said" in description or "below .7" in description
    warehouse.query("delete from responses")
    derive(warehouse.engine, Settings(), frozenset())
    assert verdicts(warehouse.engine) == {}


def test_no_survey(warehouse):
    assert reliability(warehouse.engine, Settings()) == ()
    assert items_of(warehouse.engine) == []


@pytest.mark.real_data
def test_the_young_people_survey_has_no_numbered_scales_but_can_be_given_one(real_data, warehouse):
    """Three fears of the young people survey: alpha equals that of a plain computation on complete answers."""
    import numpy as np

    text = gzip.decompress((real_data / "surveys_psychographic" / "young_people_survey.csv.gz").read_bytes())
    people = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    items = ("Spiders", "Snakes", "Rats")
    warehouse.add(
        "responses",
        *(
            {"id_space": "customer", "record_id": str(i), "survey": "young", "item": item, "value": row[item]}
            for i, row in enumerate(people)
            for item in items
        ),
    )
    (found,) = reliability(warehouse.engine, Settings(scales={"fear": {"items": list(items)}}))
    held = np.array([[float(r[i]) for i in items] for r in people if all(r[i] for i in items)])
    whole = np.cov(held.T)
    assert found.respondents == len(held)
    assert found.alpha == pytest.approx(1.5 * (1 - np.trace(whole) / whole.sum()))
    assert found.low < found.alpha < found.high
