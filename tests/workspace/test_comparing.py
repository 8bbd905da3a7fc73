"""Comparisons and campaigns of a workspace, as of its newest run."""

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.comparing import campaigns

CUSTOMERS = "customer_id,country,newsletter,points\nann,France,yes,10\nbob,France,no,20\ncyd,Germany,yes,\ndan,,no,40\n"
FRENCH = "segment: french\nwhere: {trait: country, is: France}\n---\nsegment: country\nwhere: {trait: points, gt: 15}\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("comparing")
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (folder / "sent.csv").write_text(
        "customer_id,campaign,arm\nann,spring,treated\nbob,spring,control\n", encoding="utf-8"
    )
    with sg.init(folder / "shop") as workspace:
        workspace.add(folder / "customers.csv", kind="customers")
        workspace.add(folder / "sent.csv", kind="exposures")
        (workspace.folder.segments / "french.yaml").write_text(FRENCH, encoding="utf-8")
        workspace.apply()
        workspace.run(as_of="2026-03-01")
        yield workspace


def found(comparison):
    return {group.value: (group.people, group.estimate.n, group.total) for group in comparison.groups}


def test_a_yes_or_no_by_a_trait(shop):
    result = shop.compare("newsletter", by="country")
    assert result.kind == "share"
    assert found(result) == {"France": (2, 2, 1), "Germany": (1, 1, 1), None: (1, 1, 0)}
    assert [group.value for group in result.groups][-1] is None


def test_a_number_by_a_segment(shop):
    assert found(shop.compare("points", by="french")) == {"yes": (2, 2, 30), "no": (2, 1, 40)}


def test_a_segment_by_a_trait_among_a_segment(shop):
    result = shop.compare("french", by="newsletter", within="french")
    assert found(result) == {"yes": (1, 1, 1), "no": (1, 1, 1)}
    assert result.overall.people == 2


def test_a_trait_goes_before_a_segment_of_its_name(shop):
    """Except after `within`, where only a segment makes sense."""
    assert set(found(shop.compare("points", by="country"))) == {"France", "Germany", None}
    assert shop.compare("points", by="newsletter", within="country").overall.people == 2


def test_a_trait_by_itself(shop):
    assert found(shop.compare("newsletter", by="newsletter")) == {"yes": (2, 2, 2), "no": (2, 2, 0)}


def test_what_cannot_be_compared(shop):
    with pytest.raises(UsageError, match="nothing to average"):
        shop.compare("country", by="newsletter")
    with pytest.raises(UnknownNameError, match="newsleter"):
        shop.compare("points", by="newsleter")
    with pytest.raises(UnknownNameError, match="frnch"):
        shop.compare("points", by="country", within="frnch")


def test_campaigns_and_their_arms(shop):
    rows = campaigns(shop, None, {}, None).rows
    assert [(row.campaign, row.arm, row.contacted, row.responded) for row in rows] == [
        ("spring", "control", 1, 0),
        ("spring", "treated", 1, 0),
    ]
    with pytest.raises(UnknownNameError, match="redeemed"):
        campaigns(shop, "redeemed", {}, None)


def test_nothing_is_compared_before_a_run(tmp_path):
    with sg.init(tmp_path / "new") as workspace, pytest.raises(UsageError, match="nothing has been computed"):
        workspace.compare("a", by="b")
