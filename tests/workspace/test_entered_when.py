"""Since when everybody is in their segments, as stays have it."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.lookup import Lookup


def test_moments_are_those_of_the_open_stays():
    stays = shop().history.stays().to_pylist()
    wanted = {(one["customer_id"], one["segment"], one["entered_at"]) for one in stays if one["left_at"] is None}
    lookup = Lookup(shop())
    found = {
        (f"c{number:02d}", name, at.replace(tzinfo=None))
        for number in range(60)
        for name, at in lookup.entered(f"c{number:02d}")
    }
    assert found == wanted
    assert len({at for _, _, at in found}) == 2
    assert lookup.is_ready
    assert lookup.entered("nobody") == ()
    assert lookup.knows("c01")
    assert not lookup.knows("nobody")


def test_names_are_those_of_the_masks():
    lookup = Lookup(shop())
    assert tuple(name for name, _ in lookup.entered("c03")) == lookup.segments_of("c03")
