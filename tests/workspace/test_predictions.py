"""Predictions through a whole workspace: fitted on its past, kept, scored, used in segments, drifted, retired."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest
from sqlglot import exp

import segmentary as sg
from segmentary.errors import NoAnswerError, UnknownNameError, UsageError, WorkspaceError
from segmentary.language.tree import Compare, ModelValue, SegmentDefinition
from segmentary.ledger.records import append_record
from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes

OUTPUTS = {
    "worth": ("value", "low", "high", "purchases", "alive"),
    "soon": ("spend", "spend_low", "spend_high", "probability"),
    "silent": ("probability", "low", "high", "decile", "alive"),
    "garden": ("probability", "low", "high", "decile"),
    "like_pro": ("score", "decile"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predicted")
    truth = plant_outcomes(folder / "files", customers=1_200, seed=11)
    with sg.init(folder / "shop", timezone=truth.timezone, currency=truth.currency, environment={}) as workspace:
        workspace.add(*(folder / "files" / source.file for source in SOURCES))
        workspace.apply(SEGMENTS)
        workspace.run(truth.as_of)
        predictions = workspace.predictions
        predictions.clv("worth", days=365)
        predictions.next("soon")
        predictions.churn("silent")
        predictions.propensity("garden", "did product_purchased where (category = garden)")
        predictions.lookalike("like_pro", "pro")
        predictions.score()
        workspace.run(truth.as_of)
        yield workspace


def scores(workspace, *names):
    table = workspace.engine.table(
        exp.select("customer_id", *(exp.column(name, quoted=True) for name in names)).from_("profile")
    )
    return table.to_pydict()


def known(values):
    return [value for value in values if value is not None]


def test_everything_is_kept_scored_and_listed(shop):
    listed = {one.name: one for one in shop.predictions.kept()}
    assert {name: one.outputs for name, one in listed.items()} == OUTPUTS
    assert {one.scored_as_of for one in listed.values()} == {shop.last_run().as_of}
    traits = {entry.name for entry in shop.traits()}
    assert traits >= {f"{name}.{output}" for name, outputs in OUTPUTS.items() for output in outputs}


def test_cards_tell_data_tests_rivals_and_limits(shop):
    for name in OUTPUTS:
        card = shop.predictions.fitted(name).card
        assert card.limits, name
        assert card.holdout, name
        assert card.people > 0
        assert card.data_from < card.data_until
    garden = shop.predictions.fitted("garden").card
    assert "product" in garden.target
    auc = next(one for one in garden.holdout if one.name == "auc")
    assert auc.estimate.low > 0.7
    assert auc.beats


@pytest.mark.parametrize("name", ["soon", "silent", "garden"])
def test_probabilities_are_probabilities_and_lie_within_their_intervals(shop, name):
    found = scores(shop, f"{name}.probability")
    assert all(0 <= float(value) <= 1 for value in known(found[f"{name}.probability"]))
    if name != "soon":
        both = scores(shop, f"{name}.low", f"{name}.probability", f"{name}.high")
        rows = [row for row in zip(*list(both.values())[1:], strict=True) if row[1] is not None]
        assert all(low <= middle <= high for low, middle, high in rows)


def test_money_lies_within_its_interval(shop):
    for low, middle, high in (
        ("worth.low", "worth.value", "worth.high"),
        ("soon.spend_low", "soon.spend", "soon.spend_high"),
    ):
        found = scores(shop, low, middle, high)
        rows = [row for row in zip(found[low], found[middle], found[high], strict=True) if row[1] is not None]
        assert rows
        assert all(a <= b <= c for a, b, c in rows)


def test_who_never_bought_has_no_value_and_everybody_else_has(shop):
    buyers = shop.engine.value(
        exp.select(exp.Count(this=exp.Distinct(expressions=[exp.column("customer_id")])))
        .from_("events")
        .where("name = 'order_completed'")
    )
    assert len(known(scores(shop, "worth.value")["worth.value"])) == buyers


def test_segments_use_scores_and_are_explained_by_them(shop):
    rule = "model worth.value > 500 and model silent.probability < 0.3"
    count = shop.where(rule).count(as_of=shop.last_run().as_of).people
    found = scores(shop, "worth.value", "silent.probability")
    both = zip(found["worth.value"], found["silent.probability"], strict=True)
    assert count == sum(a is not None and b is not None and a > 500 and float(b) < 0.3 for a, b in both) > 0


def test_the_same_options_and_data_give_the_same_version(shop):
    again = shop.predictions.propensity("garden", "did product_purchased where (category = garden)")
    assert again.number == 1


def test_warehouse_and_truth_agree(shop):
    check = shop.verify()
    assert check.problems == ()


def test_drift_is_told_for_features_and_scores(shop):
    found = shop.predictions.drift("garden")
    names = {one.name for one in found.traits}
    assert "probability" in names
    assert len(names) > 5
    newest = max(shop.predictions.fitted("garden").card.cutoffs)
    assert f"the newest moment it learnt from ({newest})" in found.sentence
    assert "when it was fitted (2026-03-01)" in shop.predictions.drift("worth").sentence


def test_an_old_score_is_said_by_the_run(shop):
    as_of = shop.last_run().as_of
    report = shop.run(as_of + dt.timedelta(days=40))
    assert any("the scores of soon are of" in one for one in report.warnings)
    assert not any("the scores of worth are of" in one for one in report.warnings)
    shop.run(as_of)


def test_a_prediction_in_use_cannot_be_retired_and_one_out_of_use_ends(shop):
    shop.predictions.propensity("chat", "did product_purchased where (category = garden)", days=60)
    shop.predictions.score("chat")
    asked = Compare(ModelValue("chat", "probability"), "gt", Decimal("0.5"))
    shop.define(SegmentDefinition("chatty", asked))
    with pytest.raises(UsageError, match="chatty"):
        shop.predictions.retire("chat")
    shop.predictions.propensity("other", "did product_purchased where (category = garden)", days=50)
    scored = shop.predictions.score("other")[0].people
    assert shop.predictions.retire("other") == scored
    assert "other" not in {one.name for one in shop.predictions.kept()}
    shop.run(shop.last_run().as_of + dt.timedelta(days=400))
    assert not known(scores(shop, "other.probability")["other.probability"])
    shop.run(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


def test_names_and_horizons_that_mean_nothing_are_refused(shop):
    predictions = shop.predictions
    with pytest.raises(UsageError, match="cannot name"):
        predictions.clv("My CLV")
    with pytest.raises(UsageError, match="cannot name"):
        predictions.clv("x" * 200)
    with pytest.raises(UsageError, match="another sort already"):
        predictions.churn("garden")
    with pytest.raises(UsageError, match="horizon"):
        predictions.propensity("x", "did order_completed", days=10**9)
    with pytest.raises(UsageError, match="named twice"):
        predictions.score("garden", "garden@v1")
    with pytest.raises(UnknownNameError):
        predictions.score("unknown")
    with pytest.raises(UnknownNameError):
        predictions.lookalike("x", "no_such_segment")
    with pytest.raises(UsageError, match="tenure"):
        predictions.churn("x", tenure="age")
    with pytest.raises(NoAnswerError, match="days before") as error:
        predictions.propensity("x", "did order_completed", days=800)
    assert "days" in str(error.value)
    with pytest.raises(NoAnswerError, match="no past to learn from"):
        predictions.propensity("x", "did order_completed", days=30, as_of="2027-06-01")


def test_contracts_are_predicted_from_tenure_and_end(tmp_path):
    import random

    chance = random.Random(3)
    rows = []
    for number in range(900):
        monthly = chance.random() < 0.5
        hazard = 0.06 if monthly else 0.012
        tenure = 1
        while tenure < 60 and chance.random() > hazard:
            tenure += 1
        limit = chance.randint(1, 60)
        rows.append(
            (f"c{number}", min(tenure, limit), "yes" if tenure <= limit else "no", "monthly" if monthly else "yearly")
        )
    columns = list(zip(*rows, strict=True))
    table = pa.table(dict(zip(("customer_id", "tenure", "churned", "contract"), map(list, columns), strict=True)))
    with sg.init(tmp_path / "telco", environment={}) as workspace:
        workspace.add(table, name="customers", kind="customers")
        fitted = workspace.predictions.churn("leaving", days=91, tenure="tenure", left="churned", by=["contract"])
        assert fitted.card.kind == "churn"
        workspace.predictions.score("leaving")
        workspace.run()
        found = scores(workspace, "contract", "churned", "leaving.probability")
        scored = dict(zip(found["customer_id"], found["leaving.probability"], strict=True))
        left = dict(zip(found["customer_id"], found["churned"], strict=True))
        assert all((scored[who] is None) == (left[who] in (True, "yes")) for who in scored)
        still = [
            (kind, float(p))
            for kind, left, p in zip(found["contract"], found["churned"], found["leaving.probability"], strict=True)
            if p is not None and left in (False, "no")
        ]
        means = {
            kind: sum(p for k, p in still if k == kind) / sum(k == kind for k, _ in still)
            for kind in ("monthly", "yearly")
        }
        assert means["monthly"] > 2 * means["yearly"]


def test_a_prediction_another_version_kept_is_told_from_a_defect(tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        document = {"type": "propensity", "prediction": {"card": []}, "asked": {}}
        append_record(workspace.ledger, "prediction", "old", document, at=workspace.tick())
        with pytest.raises(WorkspaceError, match="another version") as error:
            workspace.predictions.fitted("old")
        assert "fit it again" in str(error.value.hint)
