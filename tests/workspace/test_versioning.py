"""An edit is a new version, seen before it is published; nothing is ever lost."""

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError, UsageError

ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2026-01-10T10:00:00,10
o2,ann,2026-01-20T10:00:00,20
o3,bob,2026-01-25T10:00:00,5
o4,cyd,2025-06-03T10:00:00,7
"""
BUYER = "segment: buyer\nwhere: {event: order_completed, count: {gte: 2}}\n"
OTHERS = "segment: others\nwhere: {not: {segment: buyer}}\n"


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "orders.csv").write_text(ORDERS)
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "orders.csv")
        write(workspace, "buyer", BUYER)
        write(workspace, "others", OTHERS)
        workspace.apply()
        workspace.run(as_of="2026-02-01")
        yield workspace


def write(workspace, name, text):
    (workspace.folder.segments / f"{name}.yaml").write_text(text)


def test_an_edit_is_seen_before_it_is_published(shop):
    assert shop.history.preview() == []
    write(
        shop,
        "buyer",
        BUYER.replace("gte: 2", "gte: 1").replace("order_completed,", "order_completed, during: {last: 60d},"),
    )
    buyer, others = shop.history.preview()
    assert (buyer.segment, buyer.change, buyer.number_before, buyer.number_after) == ("buyer", "changed", 1, 2)
    assert (buyer.people_before, buyer.people_after) == (1, 2)
    assert (buyer.entering, buyer.leaving, buyer.entering_count, buyer.leaving_count) == (("bob",), (), 1, 0)
    assert buyer.sentence_before != buyer.sentence_after
    assert [line[0] for line in buyer.diff if line[0] in "+-"] == ["-", "+"]
    # The other one is not touched and yet loses somebody.
    assert (others.segment, others.change, others.leaving) == ("others", "rests on", ("bob",))
    assert others.number_before == others.number_after == 1
    # Nothing was done, and then what was said happens.
    assert shop.segment("buyer").count().people == 1
    shop.apply()
    shop.run(as_of="2026-02-01")
    assert (shop.segment("buyer").ids(), shop.segment("others").ids()) == (["ann", "bob"], ["cyd"])


def test_new_and_retired_definitions_are_among_them(shop):
    write(shop, "others", "segment: everyone\nwhere: {any: [{segment: buyer}, {not: {segment: buyer}}]}\n")
    found = {one.segment: one for one in shop.history.preview(prune=True)}
    assert {name: one.change for name, one in found.items()} == {"others": "retired", "everyone": "added"}
    assert (found["everyone"].people_before, found["everyone"].people_after) == (0, 3)
    assert (found["others"].number_after, found["others"].leaving_count) == (None, 2)
    assert (found["everyone"].before, found["everyone"].number_before) == ("", None)


def test_more_than_are_named_are_counted(shop):
    write(shop, "buyer", BUYER.replace("gte: 2", "gte: 0"))
    (buyer, _) = shop.history.preview(limit=1)
    assert (buyer.entering, buyer.entering_count, buyer.leaving_count) == (("bob",), 2, 0)


def test_versions_have_numbers_and_words_do_not_count(shop):
    write(shop, "buyer", "title: Buyers\n" + BUYER)
    shop.apply()
    assert [one.number for one in shop.history.versions("buyer")] == [1]
    write(shop, "buyer", BUYER.replace("gte: 2", "gte: 1"))
    shop.apply()
    first, second = shop.history.versions("buyer")
    assert (first.number, first.current, second.number, second.current) == (1, False, 2, True)
    difference = shop.history.diff("buyer")
    assert (difference.before, difference.after) == (first.version, second.version)
    assert shop.history.diff("buyer", "v1", "v2") == difference
    assert shop.history.diff("buyer", first.version[:8]) == difference
    assert shop.history.diff("buyer", "v2", "v1").leaving == difference.entering
    with pytest.raises(UnknownNameError, match="v7"):
        shop.history.diff("buyer", "v7")


def test_the_way_back_is_a_new_version_equal_to_the_old_one(shop):
    write(shop, "buyer", BUYER.replace("gte: 2", "gte: 1"))
    shop.apply()
    shop.run(as_of="2026-02-01")
    change = shop.history.rollback("buyer", "v1")
    versions = shop.history.versions("buyer")
    assert [one.number for one in versions] == [1, 2, 3]
    assert versions[2].version == versions[0].version == change.version
    shop.run(as_of="2026-02-01")
    assert shop.segment("buyer").ids() == ["ann"]
    assert [(s.size, s.left_by_reason) for s in shop.segment("buyer").history()] == [(1, {}), (3, {}), (1, {"edit": 2})]
    assert shop.segment("buyer").count().version_number == 3
    with pytest.raises(UsageError, match="already"):
        shop.history.rollback("buyer", "v3")


def test_an_older_version_can_be_referred_to(shop):
    write(shop, "buyer", BUYER.replace("gte: 2", "gte: 1"))
    write(shop, "new", "segment: new\nwhere: {all: [{segment: buyer}, {not: {segment: buyer, version: v1}}]}\n")
    shop.apply()
    assert [(one.segment, one.people_after) for one in shop.history.preview()] == []
    shop.run(as_of="2026-02-01")
    assert shop.segment("new").ids() == ["bob", "cyd"]
    assert shop.segment("new").ids(basis="evaluated") == ["bob", "cyd"]
    assert shop.verify().equal
    write(shop, "new", "segment: new\nwhere: {segment: buyer, version: v9}\n")
    with pytest.raises(UnknownNameError, match="v9"):
        shop.apply()


def test_reads_say_how_old_they_are(shop, tmp_path):
    reading = shop.segment("buyer").count()
    assert (reading.status, reading.basis, reading.version_number, reading.loads_since) == ("fresh", "served", 1, 0)
    assert reading.lag_seconds == int((reading.read_at - reading.as_of).total_seconds()) > 0
    moment = reading.read_at
    (tmp_path / "more.csv").write_text("order_id,customer_id,ordered_at,amount\no9,bob,2026-01-31T09:00:00,7\n")
    shop.add(tmp_path / "more.csv", name="orders")
    stale = shop.segment("buyer").count()
    assert (stale.status, stale.loads_since) == ("stale: 1 load came since the run", 1)
    assert shop.segment("buyer").count(basis="evaluated", as_of="2026-02-01").people == 2
    assert shop.segment("buyer").count(as_of="2026-02-01", known_at=moment).people == 1
    # Then it was fresh; a moment later it was not.
    assert shop.segment("buyer").count(served_at=moment).status == "fresh"
    assert shop.segment("buyer").count(served_at=stale.read_at).status.startswith("stale")
    with pytest.raises(UsageError, match="one of them"):
        shop.segment("buyer").count(served_at=moment, basis="evaluated")
    states = []
    shop.run(as_of="2026-02-01", progress=lambda _: states.append(shop.segment("buyer").count().status))
    assert set(states) == {"running"}
    assert shop.segment("buyer").count().status == "fresh"


def test_a_run_that_fails_leaves_what_was_served_and_says_so(shop):
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.run(as_of="2026-02-05", progress=stop)
    reading = shop.segment("buyer").count()
    assert reading.people == 1
    assert reading.as_of.day == 1
    assert "did not finish" in reading.status
    shop.run(as_of="2026-02-05")
    assert shop.segment("buyer").count().status == "fresh"


def test_point_lookups_read_the_mask(shop):
    assert shop.segments_of("ann") == ("buyer",)
    assert shop.segments_of("nobody") == ()
    assert (shop.is_member("ann", "buyer"), shop.is_member("bob", "buyer"), shop.is_member("?", "buyer")) == (
        True,
        False,
        False,
    )
    assert shop.lookup.segments_of_all(["ann", "cyd"]) == {"ann": ("buyer",), "cyd": ("others",)}
    assert shop.lookup.members_among(["cyd", "ann", "bob"], "others") == ["cyd", "bob"]
    with pytest.raises(UnknownNameError, match="buyr"):
        shop.is_member("ann", "buyr")
    write(shop, "buyer", BUYER.replace("gte: 2", "gte: 1"))
    write(shop, "late", "segment: late\nwhere: {segment: buyer}\n")
    shop.apply()
    with pytest.raises(UsageError, match="not part of the last run"):
        shop.is_member("ann", "late")
    shop.run(as_of="2026-02-01")
    assert shop.segments_of("bob") == ("buyer", "late")
