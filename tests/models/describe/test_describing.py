"""Everything put together, on planted and on real people."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.models.describe.people import people

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.describe.describing import describe
from segmentary.models.describe.description import Description
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def test_a_whole_description_comes_back_from_its_document():
    table, labels = people(0, n=700, weighted=True)
    labels[::10] = -1
    chance = np.random.default_rng(0)
    probabilities = chance.dirichlet(np.ones(3), 700)
    probabilities[::10] = np.nan
    money = chance.gamma(1, 100, 700)
    found = describe(
        table,
        labels,
        probabilities=probabilities,
        value=money,
        descriptors=table.select(["sex", "member"]),
        stability=[0.9, 0.8, float("nan")],
        seed=3,
    )
    document = json.loads(json.dumps(found.to_document(), allow_nan=False))
    assert Description.from_document(document) == found
    assert [one.place for one in found.segments] == [0, 1, 2]
    assert sum(one.n for one in found.segments) == 630
    assigned = float(table.weight[labels >= 0].sum() / table.weight.sum())
    assert sum(one.size.estimate for one in found.segments) == pytest.approx(assigned)
    earned = table.weight * money
    assert sum(one.value_share.estimate for one in found.segments) == pytest.approx(
        earned[labels >= 0].sum() / earned.sum()
    )
    members = labels == 1
    wanted = np.average(probabilities[members, 1], weights=table.weight[members])
    assert found.segments[1].confidence == pytest.approx(wanted)
    assert [one.stability for one in found.segments] == [0.9, 0.8, None]
    assert [one.name for one in found.descriptors] == ["member", "sex"]
    assert len(found.rules) == 3
    assert found.agreement.estimate > 0.7
    assert "member" in found.segments[1].markers


def test_weights_in_any_scale_and_the_order_of_rows_change_nothing():
    table, labels = people(1, n=300, weighted=True)
    found = describe(table, labels, rules=False)
    scaled = TypedTable(table.columns, table.values, table.weights * 1e6)
    assert [one.name for one in describe(scaled, labels, rules=False).segments] == [one.name for one in found.segments]
    order = np.random.default_rng(0).permutation(300)
    again = describe(table.take(order), labels[order], rules=False)
    assert [one.sentence for one in again.segments] == [one.sentence for one in found.segments]


def test_empty_segments_and_one_segment():
    table, labels = people(2, n=200)
    found = describe(table, labels * 2, rules=True)
    assert [one.n > 0 for one in found.segments] == [True, False, True, False, True]
    assert found.segments[1].sentence == "Nobody is in it."
    assert {one.segment for one in found.profile} == {0, 2, 4}
    alone = describe(table, np.zeros(200, dtype=np.intp), descriptors=table)
    assert alone.segments[0].name == "Close to average"
    assert alone.rules == ()
    assert alone.segments[0].size.estimate == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"labels": np.zeros(3, dtype=np.intp)}, DataError),
        ({"labels": np.full(50, -1)}, NoAnswerError),
        ({"probabilities": np.ones((50, 2))}, DataError),
        ({"value": np.ones(49)}, DataError),
        ({"stability": [0.5]}, DataError),
        ({"descriptors": people(0, n=49)[0]}, DataError),
    ],
)
def test_parts_that_do_not_fit(wrong, error):
    table, labels = people(0, n=50)
    with pytest.raises(error):
        describe(table, wrong.pop("labels", labels), **wrong)


def test_progress_is_told_and_cancels():
    told = []
    table, labels = people(0, n=200)
    describe(table, labels, descriptors=table, tell=lambda sentence, done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(sentence: str, done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        describe(table, labels, tell=stop)


@pytest.mark.real_data
def test_mcdonalds_four_segments(real_data):
    import pandas as pd
    from sklearn.cluster import KMeans

    frame = pd.read_csv(real_data / "statistics" / "mcdonalds.csv")
    items = [str(name) for name in frame.columns[:11]]
    x = (frame[items] == "Yes").to_numpy(float)
    labels = KMeans(4, n_init=30, random_state=1).fit(x).labels_.astype(np.intp)
    table = TypedTable(tuple(Column(name, "binary", ("No", "Yes")) for name in items), x)
    gender = (frame["Gender"] == "Female").to_numpy(float)[:, None]
    found = describe(table, labels, descriptors=TypedTable((Column("Gender", "binary", ("Male", "Female")),), gender))
    by_size = {one.n: one for one in found.segments}
    assert sorted(by_size) == [240, 309, 324, 580] or sorted(by_size) == [240, 315, 318, 580]
    assert {one.name for one in found.segments} == {
        "Disgusting, rarely yummy",
        "Tasty, rarely expensive",
        "Expensive, rarely cheap",
        "Cheap, rarely yummy",
    }
    assert by_size[240].markers[:3] == ("disgusting", "yummy", "tasty")
    assert found.agreement.estimate > 0.88
    (gender_found,) = found.descriptors
    assert gender_found.p < 1e-4
    assert "Disgusting" in gender_found.sentence


@pytest.mark.real_data
def test_vacation_motives(real_data):
    import pandas as pd

    frame = pd.read_parquet(real_data / "statistics" / "vacmot.parquet")
    names = [str(name) for name in frame.columns[:20]]
    table = TypedTable(tuple(Column(name, "binary", ("no", "yes")) for name in names), frame[names].to_numpy(float))
    labels = pd.factorize(frame["vacmot6"], sort=True)[0].astype(np.intp)
    found = describe(table, labels)
    assert [one.name for one in found.segments] == [
        "Low on nearly everything",
        "Not exceed planned budget, rarely cultural offers",
        "High on nearly everything",
        "Cultural offers, life style of the local people",
        "Not care about prices, fun and entertainment",
        "Maintain unspoilt surroundings, intense experience of nature",
    ]
    assert 0.65 < found.agreement.estimate < 0.8
