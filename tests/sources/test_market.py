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


def test_respondents_are_described_by_other_items_and_by_traits_of_those_who_are_customers(tmp_path):
    import random

    chance = random.Random(2)
    with (tmp_path / "asked.csv").open("w") as file:
        file.write("respondent,calm,price,mood,spend\n")
        for number in range(90):
            kind = number % 2
            calm, price = kind * 5 + chance.gauss(0, 1), -kind * 5 + chance.gauss(0, 1)
            file.write(f"r{number},{calm:.2f},{price:.2f},{'good' if kind else 'bad'},{chance.randint(1, 99)}\n")
    with sg.init(tmp_path / "shop") as workspace:
        design = {"record_id": "respondent"}
        workspace.add(tmp_path / "asked.csv", kind="responses", name="asked", columns=design, id_space="market")
        found = workspace.discoveries.run(
            "moods", survey="asked", describe_by=["mood"], value="spend", methods=["k_means"], k=[2], repetitions=3
        )
        assert found.people.table.names == ("asked_calm", "asked_price")
        assert [one.title for one in found.solution.description.descriptors] == ["mood"]
        assert found.solution.description.descriptors[0].effect.estimate > 0.9
        assert all(one.value_share is not None for one in found.solution.description.segments)
