"""A model in force places everybody in every run: evaluation, serving, explanation, rebuilding, reasons."""

import numpy as np
import pytest

import segmentary as sg
from segmentary.errors import DataError, UnknownNameError
from segmentary.ledger.records import append_record, record
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import Terms
from segmentary.models.table.columns import Column

CUSTOMERS = """customer_id,age,town
ann,20,Ulm
bob,50,Ulm
cyd,48,Kiel
dan,,
eve,22,Kiel
"""
ORDERS = """order_id,customer_id,ordered_at,amount
1,ann,2026-01-05 10:00,10
2,bob,2026-01-06 10:00,20
3,bob,2026-01-07 10:00,20
"""


def assigner(border: float = 30.0, *, trait: str = "age") -> Assigner:
    """Older than the border, by a distance of two centres ten away from it."""
    centres = np.array([[border - 10, 0], [border + 10, 0]])
    terms = Terms(-(centres[:, 0] ** 2) / 20, centres / 10, np.zeros((2, 2)))
    columns = (Column(trait, "numeric"), Column("city", "nominal", ("Kiel", "Ulm")))
    return Assigner(("young", "old"), columns, None, terms)


def put_in_force(workspace: sg.Workspace, made: Assigner, name: str = "ages") -> None:
    document = {"assigner": made.to_document()}
    entry = append_record(workspace.ledger, "solution", name, document, at=workspace.tick())
    append_record(workspace.ledger, "model", name, {"version": entry.version}, at=workspace.tick())


@pytest.fixture
def shop(tmp_path):
    for name, text in (("customers", CUSTOMERS), ("orders", ORDERS)):
        (tmp_path / f"{name}.csv").write_text(text)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "customers.csv", tmp_path / "orders.csv")
        yield workspace


def define(workspace: sg.Workspace, name: str, rule: str) -> None:
    (workspace.folder.segments / f"{name}.yaml").write_text(f"segment: {name}\nwhere: {rule}\n")
    workspace.apply()


def test_a_found_segment_is_served_and_explained_and_rebuilt(shop):
    put_in_force(shop, assigner())
    define(shop, "old", "{model: ages, output: label, is: old}")
    define(shop, "surely_young", "{model: ages, output: confidence, gte: 0.9}")
    shop.run("2026-02-01")
    assert shop.segment("old").ids() == ["bob", "cyd"]
    assert shop.segment("surely_young").ids() == ["ann", "bob", "cyd", "eve"]
    assert shop.segment("old").explain("bob").member is True
    assert shop.segment("old").explain("dan").member is False
    assert shop.segment("old").count().status == "fresh"
    assert "ages.label" in shop.traits().traits
    before = shop.engine.rows(sg_query("traits"))
    assert shop.verify().equal
    shop.rebuild()
    assert shop.engine.rows(sg_query("traits")) == before
    assert shop.segment("old").ids() == ["bob", "cyd"]


def sg_query(name: str):
    from sqlglot import exp

    return exp.select("*").from_(exp.table_(name, quoted=True)).order_by("customer_id")


def test_what_a_model_is_made_of_is_computed_where_it_is_asked_for(shop):
    put_in_force(shop, assigner(1.5, trait="order_count"))
    assert shop.where('model ages.label = "old"').ids() == ["bob"]


def test_a_new_version_of_a_model_is_a_new_definition(shop):
    put_in_force(shop, assigner())
    define(shop, "old", "{model: ages, output: label, is: old}")
    shop.run("2026-02-01")
    put_in_force(shop, assigner(49.0))
    assert shop.segment("old").count().status.startswith("stale")
    report = shop.run("2026-02-01")
    change = next(one for one in report.segments if one.segment == "old")
    assert (change.members, change.left) == (1, 1)
    assert set(change.left_by_reason) == {"edit"}
    assert record(shop.ledger, "solution", "ages", "v1").version != record(shop.ledger, "solution", "ages").version
    assert shop.verify().equal


@pytest.mark.postgres
def test_a_model_in_force_places_people_alike_in_postgres(tmp_path):
    from tests.engine.engines import postgres_server

    for name, text in (("customers", CUSTOMERS), ("orders", ORDERS)):
        (tmp_path / f"{name}.csv").write_text(text)
    with postgres_server() as address, sg.init(tmp_path / "shop", warehouse=address) as workspace:
        workspace.add(tmp_path / "customers.csv", tmp_path / "orders.csv")
        assert workspace.warehouse is not workspace.engine
        put_in_force(workspace, assigner())
        define(workspace, "old", "{model: ages, output: label, is: old}")
        define(workspace, "surely_young", "{model: ages, output: confidence, gte: 0.9}")
        workspace.run("2026-02-01")
        assert workspace.segment("old").ids() == ["bob", "cyd"]
        assert workspace.segment("surely_young").ids() == ["ann", "bob", "cyd", "eve"]
        assert workspace.segment("old").explain("bob").member is True
        assert workspace.verify().equal


@pytest.mark.parametrize(
    ("again", "error", "said"),
    [
        (None, UnknownNameError, "unknown trait 'big'"),
        ("type: date\nvalue: {trait: born}", DataError, "big is a date now"),
    ],
)
def test_a_trait_of_a_model_that_is_gone_is_said_and_nobody_leaves(tmp_path, again, error, said):
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "customers.csv").write_text("customer_id,town,born\nann,Ulm,1990-01-01\nbob,Kiel,1980-01-01\n")
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "customers.csv", kind="customers")
        workspace.add(tmp_path / "orders.csv")
        file = workspace.folder.segments / "big.yaml"
        file.write_text("trait: big\ntype: number\nvalue: {event: order_completed, count: true}\n")
        workspace.apply()
        put_in_force(workspace, assigner(1.5, trait="big"))
        define(workspace, "old", "{model: ages, output: label, is: old}")
        workspace.run("2026-02-01")
        assert workspace.segment("old").ids() == ["bob"]
        if again is None:
            file.unlink()
        else:
            file.write_text(f"trait: big\n{again}\n")
        workspace.apply(prune=True)
        with pytest.raises(error, match=said) as caught:
            workspace.run("2026-02-02")
        assert "discover retire ages" in caught.value.hint
        assert workspace.segment("old").ids() == ["bob"]
