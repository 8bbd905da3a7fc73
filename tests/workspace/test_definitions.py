"""Definitions come in whole or not at all, under names that files and columns can carry."""

import pytest

import segmentary as sg
from segmentary.errors import DefinitionError
from segmentary.ledger.definitions import lists

RULE = "segment: {}\nwhere: {{event: order_completed, count: {{gte: 1}}}}\n"
TRAIT = "trait: {}\ntype: {}\nvalue: {}\n"
COUNT = "{event: order_completed, count: true}"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\no1,ann,2026-01-05,10\n")
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", kind="orders")
        yield workspace


def put(shop, text):
    (shop.folder.segments / "given.yaml").write_text(text)
    return shop.apply()


def test_lists_of_a_refused_folder_stay_out(shop):
    (shop.folder.segments / "key.txt").write_text("ann\n")
    with pytest.raises(DefinitionError):
        put(shop, "segment: one\nwhere: {trait: no_such, is: 3}\n")
    assert lists(shop.ledger) == {}
    put(shop, "segment: one\nwhere: {list: key}\n")
    assert lists(shop.ledger) == {"key": ("ann",)}


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "a\\\\b", ".hidden", "n" * 200, '"a\\tb"', '" a"'])
def test_names_that_are_no_file_names(shop, name):
    with pytest.raises(DefinitionError, match="cannot be a name"):
        put(shop, RULE.format(name))


@pytest.mark.parametrize(
    "text",
    [
        RULE.format("Vip") + "---\n" + RULE.format("vip"),
        TRAIT.format("Recency", "number", COUNT),
        TRAIT.format("customer_id", "number", COUNT),
        TRAIT.format("Customer_ID", "number", COUNT),
    ],
)
def test_names_that_cannot_be_told_apart(shop, text):
    with pytest.raises(DefinitionError, match="cannot be told apart"):
        put(shop, text)


def test_odd_names_are_names(shop, tmp_path):
    names = ["😀", "x'; drop table events; --", "été", "a b", "select"]
    put(shop, "---\n".join(RULE.format(f'"{name}"') for name in names))
    shop.run("2026-02-01")
    assert [shop.segment(name).ids() for name in names] == [["ann"]] * len(names)
    assert len(shop.dump(tmp_path / "dump")) == len(names)
    assert {one.change for one in shop.apply(tmp_path / "dump")} <= {"unchanged", "changed"}


def test_a_standard_trait_of_another_type_costs_the_scores_not_the_run(shop):
    put(shop, TRAIT.format("monetary", "text", "{constant: a}"))
    assert shop.run("2026-02-01").customers == 1
    assert shop.verify().problems == ()


def test_a_column_that_is_a_word_where_the_library_wants_a_number_supports_no_such_segment(shop, tmp_path):
    (tmp_path / "people.csv").write_text("customer_id,email,age\nann,a@example.com,young\nbob,b@example.com,old\n")
    shop.add(tmp_path / "people.csv", kind="customers")
    refused = {one.definition.name: one.missing for one in shop.suggest() if not one.supported}
    assert any("age" in reason and "text" in reason for reasons in refused.values() for reason in reasons)
    shop.adopt()
    assert shop.run("2026-02-01").customers == 2
