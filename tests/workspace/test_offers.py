"""Offers in a workspace: checked against what it knows, judged for one customer, within their limits."""

import pytest
from tests.workspace.message_shop import START, Hand, make_shop

from segmentary.errors import DefinitionError
from segmentary.language.yaml import cursors
from segmentary.ledger.offer_uses import Wish


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with make_shop(tmp_path_factory.mktemp("offers"), clock=Hand(START)) as workspace:
        yield workspace


def apply(workspace, text):
    return workspace.offers.apply(cursors(text, file="o.yaml")[0])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("for: golden", "golden"),
        ("for: 'pionts > 3'", "pionts"),
        ("for: 'points >'", ""),
        ("expected: plan", "number"),
    ],
)
def test_what_is_not_there_is_refused(shop, row, said):
    with pytest.raises(DefinitionError) as error:
        apply(shop, f"offers: x\nrows:\n  - id: a\n    words: A\n    {row}\n")
    assert said in str(error.value)
    assert error.value.place.line == 5


def test_judged_for_one_customer(shop):
    by_offer = {one.offer: one for one in shop.offers.for_customer("c051")}
    assert by_offer["autumn.voucher"].rank == 1
    assert by_offer["autumn.voucher"].expected == 51.0
    assert by_offer["autumn.ten_off"].rank == 2
    assert [one.why for one in shop.offers.for_customer("c010")] == ["it is for gold", "it is for points >= 50"]
    assert shop.offers.for_customer("nobody")[0].rank is None
    assert shop.offers.best_for("c051", "", "autumn")["id"] == "autumn.voucher"
    assert shop.offers.best_for("c010", "", "autumn") is None


def test_promised_until_nothing_is_left(shop):
    made = shop.offers.promise([Wish(f"p.{n}", f"c{n:03d}", ("autumn.voucher",)) for n in range(50, 55)], "autumn")
    assert [one["code"] for _, one in made.values()] == ["V1", "V2", "V3"]
    state = {one.offer: one for one in shop.offers.state("autumn")}["autumn.voucher"]
    assert (state.standing, state.promised, state.left, state.cost, state.budget_left) == ("used up", 3, 0, 60, 0)
    assert shop.offers.kept()[0].promised == 3
    assert shop.offers.costs("autumn")["autumn.voucher"].people == 3
    assert shop.offers.best_for("c055", "gold", "autumn")["id"] == "autumn.ten_off"
    assert shop.offers.release("p.50") == 1
    assert {one.offer: one for one in shop.offers.for_customer("c051")}[
        "autumn.voucher"
    ].why == "it was promised to them already"
