"""Lints say what the data makes of a definition: never true and why, never seen, only through missing, overlaps."""

import pytest

import segmentary as sg

ORDERS = "order_id,customer_id,ordered_at,amount,category\n" + "".join(
    f"o{n},c{n % 30},2026-01-{n % 27 + 1:02d}T10:00:00,{n + 1}.00,{'shoes' if n % 2 else 'hats'}\n" for n in range(90)
)
CUSTOMERS = "customer_id,country,age\n" + "".join(f"c{n},{'France' if n % 3 else ''},{20 + n}\n" for n in range(30))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lint")
    (folder / "orders.csv").write_text(ORDERS)
    (folder / "customers.csv").write_text(CUSTOMERS)
    with sg.init(folder / "shop", environment={}) as workspace:
        workspace.add(folder / "orders.csv", folder / "customers.csv")
        workspace.define(sg.define_segment("buyers", sg.events("order_completed").count() >= 1))
        workspace.run(as_of="2026-02-01")
        yield workspace


def linted(shop, text):
    path = shop.folder.segments / "checked.yaml"
    path.write_text(text)
    found = shop.lint(path)
    path.unlink()
    return [(one.place.rsplit("/", 1)[-1], one.message) for one in found]


def test_nothing_to_say(shop):
    assert linted(shop, "segment: fine\nwhere: {trait: age, lt: 30}\n") == []


def test_never_true_and_why(shop):
    ((place, message),) = linted(shop, "segment: old\nwhere: {trait: age, gt: 90}\n")
    assert place.startswith("checked.yaml:2")
    assert "never true" in message
    assert "49" in message


def test_events_too_old_for_the_window(shop):
    text = "segment: fresh\nwhere: {event: order_completed, during: {last: 3d}, count: {gte: 1}}\n"
    assert any("2026-01-27" in message for _, message in linted(shop, text))


def test_a_value_never_seen(shop):
    assert any("Frence" in message for _, message in linted(shop, "segment: x\nwhere: {trait: country, is: Frence}\n"))


def test_in_only_through_missing_values(shop):
    found = linted(shop, "segment: x\nwhere: {not: {trait: country, is: France}}\n")
    assert any("missing" in message and "10" in message for _, message in found)


def test_overlap_with_another_segment(shop):
    found = linted(shop, "segment: x\nwhere: {trait: order_count, gte: 1}\n")
    assert any("buyers" in message and "100" in message for _, message in found)
