"""Answers of people who stand for a market: every column a question, nobody a customer by answering."""

import pytest
from sqlglot import exp

import segmentary as sg

CUSTOMERS = "customer_id,age\nann,30\nbob,40\n"
SURVEY = """respondent,wgt,region,wave,customer_id,likes_it,age,city
r1,100.5,north,2026,ann,1,33,Ulm
r2,99.5,south,2026,,5,,Kiel
r3,200,south,2026,,3,51,
"""
MAP = {"record_id": "respondent", "weight": "wgt", "stratum": "region", "wave": "wave"}


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "asked.csv").write_text(SURVEY)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "customers.csv", kind="customers")
        workspace.add(
            tmp_path / "asked.csv", kind="responses", name="asked", columns=MAP, id_space="market", survey="asked"
        )
        yield workspace


def test_respondents_of_the_market_are_no_customers(shop):
    shop.run("2026-06-01")
    assert [row[0] for row in shop.engine.rows(everything("customers"))] == ["ann", "bob"]
    assert not any(name.startswith("asked_") and fill.filled for name, fill in shop.traits().traits.items())
    assert shop.verify().equal


def everything(table: str) -> exp.Select:
    return exp.select("*").from_(exp.table_(table, quoted=True)).order_by("customer_id")


def test_every_column_but_the_design_is_a_question(shop):
    from segmentary.workspace.variables import respondents, surveys

    assert surveys(shop) == {"asked": ["age", "city", "customer_id", "likes_it", "region", "wave"]}
    found = respondents(shop, "asked", ["likes_it", "city"])
    assert found.frame.to_pydict() == {
        "customer_id": ["market r1 2026", "market r2 2026", "market r3 2026"],
        "asked_likes_it": [1.0, 5.0, 3.0],
        "asked_city": ["Ulm", "Kiel", None],
    }
    assert found.weights.to_pylist() == [100.5, 99.5, 200.0]
    assert found.design.to_pydict()["stratum"] == ["north", "south", "south"]
    assert found.design.to_pydict()["customer"] == ["ann", None, None]
