"""Members page by page, and whom a segment shares with others."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.segment_people import is_served, members_page, shared_with


def test_pages_of_members_are_the_members():
    view = shop().segment("buyers")
    first = members_page(shop(), "buyers", limit=25, traits=("order_count",))
    rest = members_page(shop(), "buyers", after=str(first[-1]["customer_id"]), limit=100)
    assert [row["customer_id"] for row in (*first, *rest)] == view.ids()
    assert first[0].keys() == {"customer_id", "order_count"}
    assert is_served(view, "c01")
    assert not is_served(view, "nobody")


def test_shared_people_are_those_of_the_overlap():
    found = {one.segment: one for one in shared_with(shop(), "often")}
    (pair,) = shop().overlap("often", "buyers").pairs
    assert (found["buyers"].shared, found["buyers"].jaccard) == (pair.shared, pair.jaccard)
