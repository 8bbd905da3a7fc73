import datetime as dt

import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.errors import NoAnswerError
from segmentary.language.tree import EventFilter, EventMeasure, TraitDefinition
from segmentary.ledger.loads import loads
from segmentary.models.predict.prediction import Prediction, ScoreInputs
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.scores import ToScore, last_scored
from segmentary.workspace.scores import score as score_all

FIRST, LATER = "2025-04-01", "2025-06-01"


class Tenfold(Prediction):
    """Says ten times the number of orders, of whom has at least so many."""

    card = None
    features = {"orders": TraitDefinition("orders", EventMeasure(EventFilter(("order_completed",)), "count"), "number")}
    attributes = {}
    wants_purchases = False
    outputs = {"value": "number", "label": "text"}

    def __init__(self, least=0):
        self.least = least

    def score_query(self, inputs: ScoreInputs):
        place = exp.column(inputs.columns["orders"], quoted=True)
        return (
            exp.select(
                exp.column("customer_id", quoted=True),
                exp.Mul(this=place, expression=exp.Literal.number(10)).as_("value", quoted=True),
                exp.cast(place.copy(), "varchar").as_("label", quoted=True),
            )
            .from_(inputs.people)
            .where(place.copy() >= self.least)
        )

    def to_document(self):
        return {}

    @classmethod
    def from_document(cls, document):
        return cls()


def score(workspace, name, prediction, version, context):
    return score_all(workspace, [ToScore(name, prediction, version)], context)[0]


@pytest.fixture
def shop(tmp_path):
    orders = pa.table(
        {
            "order_id": [f"o{i}" for i in range(60)],
            "customer_id": [f"c{i % 12}" for i in range(48)] + ["late"] * 12,
            "ordered_at": [dt.datetime(2025, 1, 1) + dt.timedelta(days=3 * i) for i in range(60)],
            "amount": [10.0 + i for i in range(60)],
        }
    )
    with init_workspace(tmp_path / "shop", timezone="UTC") as workspace:
        workspace.add(orders, name="orders")
        yield workspace


def served(workspace, name):
    table = workspace.engine.table(exp.select("customer_id", exp.column(name, quoted=True).as_("v")).from_("profile"))
    return dict(zip(table.column("customer_id").to_pylist(), table.column("v").to_pylist(), strict=True))


def test_scores_are_dated_attributes_that_segments_may_use(shop):
    found = score(shop, "clv", Tenfold(), "v1 abc", shop.context(FIRST))
    assert (found.people, found.ended) == (12, 0)
    shop.run(FIRST)
    assert served(shop, "clv.value") == {f"c{i}": (30 if i < 6 else 20) for i in range(12)}
    assert set(served(shop, "clv.version").values()) == {"v1 abc"}
    assert set(served(shop, "clv.as_of").values()) == {dt.date(2025, 4, 1)}
    assert shop.where("model clv.value > 25").count(as_of=FIRST).people == 6
    assert shop.where('trait "clv.label" is "3"').count(as_of=FIRST).people == 6


def test_a_score_holds_from_its_moment_and_a_later_one_replaces_it(shop):
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    score(shop, "clv", Tenfold(), "v1", shop.context(LATER))
    shop.run(LATER)
    assert served(shop, "clv.value")["c0"] == 40
    assert last_scored(shop) == {"clv": dt.datetime(2025, 6, 1, tzinfo=dt.UTC)}


def test_who_gets_no_score_any_more_loses_the_old_one(shop):
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    found = score(shop, "clv", Tenfold(least=4), "v2", shop.context(LATER))
    assert found.ended == 12 - found.people
    shop.run(LATER)
    assert sum(value is not None for value in served(shop, "clv.value").values()) == found.people


def test_nobody_to_speak_of_is_said(shop):
    with pytest.raises(NoAnswerError, match="nobody"):
        score(shop, "clv", Tenfold(least=99), "v1", shop.context(FIRST))


def test_scores_are_part_of_the_truth(shop, tmp_path):
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    shop.run(FIRST)
    check = shop.verify()
    assert check.problems == ()
    shop.rebuild()
    assert served(shop, "clv.value")["c0"] == 30


def test_predictions_make_nobody_known_earlier_or_later(shop):
    people = (
        shop.engine.rows(exp.select("customer_id", "first_seen_at").from_("customers")) if shop.derived.ensure() else []
    )
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    shop.derived.ensure()
    assert sorted(shop.engine.rows(exp.select("customer_id", "first_seen_at").from_("customers"))) == sorted(people)


def test_history_keeps_both_scores(shop):
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    score(shop, "clv", Tenfold(), "v1", shop.context(LATER))
    rule = 'trait "clv.value" >= 40'
    assert shop.where(rule).count(as_of="2025-03-31").people == 0
    assert shop.where(rule).count(as_of=FIRST).people == 0
    assert shop.where(rule).count(as_of=LATER).people > 0


def test_scores_end_in_every_space_of_ids(shop):
    web = pa.table(
        {
            "order_id": [f"w{i}" for i in range(12)],
            "visitor_id": [f"v{i % 6}" for i in range(12)],
            "ordered_at": [dt.datetime(2025, 1, 1) + dt.timedelta(days=3 * i) for i in range(12)],
            "amount": [5.0] * 12,
        }
    )
    shop.add(web, name="web", kind="orders", columns={"record_id": "visitor_id"}, id_space="web")
    assert score(shop, "clv", Tenfold(), "v1", shop.context(FIRST)).people == 18
    found = score(shop, "clv", Tenfold(least=4), "v2", shop.context(LATER))
    assert found.ended == 18 - found.people
    shop.run(LATER)
    assert sum(value is not None for value in served(shop, "clv.value").values()) == found.people


@pytest.mark.parametrize("back", [False, True])
def test_of_scores_as_of_one_moment_the_last_made_hold_though_they_were_made_before(shop, back):
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    score(shop, "clv", Tenfold(least=3), "v2", shop.context(FIRST))
    if back:
        score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    shop.run(FIRST)
    found = served(shop, "clv.version")
    assert [one for one in found.values() if one is not None] == (["v1"] * 12 if back else ["v2"] * 6)
    assert shop.verify().problems == ()
    shop.rebuild()
    assert served(shop, "clv.version") == found


def test_the_same_scores_again_are_not_kept_twice(shop):
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    kept = len(loads(shop.ledger))
    score(shop, "clv", Tenfold(), "v1", shop.context(FIRST))
    assert len(loads(shop.ledger)) == kept


def test_a_late_scoring_of_an_older_moment_ends_what_it_does_not_find(shop):
    score(shop, "clv", Tenfold(), "v1", shop.context("2025-03-01"))
    score(shop, "clv", Tenfold(), "v1", shop.context(LATER))
    between = score(shop, "clv", Tenfold(least=3), "v1", shop.context(FIRST))
    assert between.ended == 12 - between.people
    assert shop.where('trait "clv.value" exists').count(as_of="2025-03-15").people == 12
    assert shop.where('trait "clv.value" exists').count(as_of="2025-04-15").people == between.people
    assert shop.where('trait "clv.value" exists').count(as_of="2025-06-15").people == 13
