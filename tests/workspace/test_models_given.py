"""What a model says of customers arrives as attributes called MODEL.OUTPUT, and is asked for by model and output."""

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError

CUSTOMERS = """customer_id,email,churn.probability,churn.label
ann,a@example.org,0.9,leaves
bob,b@example.org,0.7,stays
cyd,c@example.org,0.71,leaves
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "customers.csv", kind="customers")
        yield workspace


def test_a_column_of_a_model_is_its_output(shop):
    text = "segment: leaving\nwhere: {model: churn, output: probability, gt: 0.7}\n"
    (shop.folder.segments / "leaving.yaml").write_text(text)
    shop.apply()
    shop.run()
    assert shop.segment("leaving").ids() == ["ann", "cyd"]
    assert shop.segment("leaving").explain("bob").member is False


def test_what_a_model_does_not_say_is_refused(shop):
    text = "segment: leaving\nwhere: {model: churn, output: decile, gt: 7}\n"
    (shop.folder.segments / "leaving.yaml").write_text(text)
    with pytest.raises(UnknownNameError, match="output of churn"):
        shop.validate()
