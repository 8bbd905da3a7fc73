"""A segmentation is one definition: a trait and a segment per part, put into force and taken out together."""

import pytest

import segmentary as sg
from segmentary.errors import DefinitionError

ORDERS = "order_id,customer_id,ordered_at,amount\n" + "".join(
    f"o{who}{n},{who},2026-01-{n + 1:02d}T10:00:00,10\n"
    for who, count in (("ann", 5), ("bob", 3), ("cyd", 1))
    for n in range(count)
)
LOYALTY = """segmentation: loyalty
parts:
  - {segment: gold, where: {event: order_completed, count: {gte: 5}}}
  - {segment: silver, where: {event: order_completed, count: {gte: 2}}}
otherwise: bronze
"""


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "orders.csv")
        (workspace.folder.segments / "loyalty.yaml").write_text(LOYALTY)
        yield workspace


def test_parts_and_the_remainder_are_segments_that_leave_nobody_out(shop):
    (change,) = shop.apply()
    assert (change.kind, change.name, change.change) == ("segmentation", "loyalty", "added")
    shop.run(as_of="2026-02-01")
    sizes = {one.name: one.people for one in shop.segments()}
    assert sizes == {"loyalty.gold": 1, "loyalty.silver": 1, "loyalty.bronze": 1}
    assert shop.segments_of("bob") == ("loyalty.silver",)
    assert [row["loyalty"] for row in shop.segment("loyalty.gold").people(traits=["loyalty"]).to_pylist()] == ["gold"]
    assert [one.change for one in shop.apply()] == ["unchanged"]
    assert shop.verify().equal


def test_taking_a_part_out_lets_its_members_out(shop):
    shop.apply()
    shop.run(as_of="2026-02-01")
    (shop.folder.segments / "loyalty.yaml").write_text(
        LOYALTY.replace("  - {segment: silver, where: {event: order_completed, count: {gte: 2}}}\n", "")
    )
    found = {one.segment: (one.change, one.entering, one.leaving) for one in shop.history.preview()}
    assert found["loyalty.silver"] == ("retired", (), ("bob",))
    assert found["loyalty.bronze"][1] == ("bob",)
    shop.apply()
    report = shop.run(as_of="2026-02-01")
    moved = {one.segment: (one.entered, one.left) for one in report.segments}
    assert moved["loyalty.silver"] == (0, 1)
    assert shop.segments_of("bob") == ("loyalty.bronze",)
    assert shop.verify().equal


def test_what_it_makes_cannot_be_defined_apart(shop):
    (shop.folder.segments / "gold.yaml").write_text("segment: loyalty.gold\nwhere: {trait: order_count, gte: 1}\n")
    with pytest.raises(DefinitionError, match="defined apart"):
        shop.apply()


def test_it_is_written_out_as_one_definition(shop, tmp_path):
    shop.apply()
    (path,) = shop.dump(tmp_path / "out")
    assert path.name == "loyalty.segmentation.yaml"
    assert "gold" in path.read_text()
