import csv

import pytest

import segmentary as sg
from segmentary.workspace.suppressed_people import suppressed_people


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suppressed")
    rows = "".join(f"c{n},c{n}@example.com,yes\n" for n in range(5))
    (folder / "customers.csv").write_text(f"customer_id,email,accepts_marketing\n{rows}")
    with sg.init(folder / "shop", environment={}) as workspace:
        workspace.add(folder / "customers.csv")
        (workspace.folder.segments / "all.yaml").write_text("segment: buyers\nwhere: {trait: email, exists: true}\n")
        workspace.apply()
        workspace.run()
        yield workspace


def test_a_file_for_contact_leaves_suppressed_people_out(shop, tmp_path):
    shop.consents.suppress("email", "C1@example.com ", "complained")
    shop.consents.suppress("any", "c2@example.com", "wrote to us")
    assert suppressed_people(shop, "email") == ["c1", "c2"]
    report = shop.segment("buyers").export(tmp_path / "out.csv", for_contact="email")
    assert report.left_out == {"suppressed": 2}
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["customer_id"] for row in csv.DictReader(file)] == ["c0", "c3", "c4"]


def test_what_is_suppressed_for_another_channel_or_nobody(shop):
    shop.consents.suppress("sms", "+4930123456", "number given up")
    shop.consents.suppress("email", "stranger@example.com", "bounced")
    assert suppressed_people(shop, "email") == ["c1", "c2"]
