"""The catalogue is counted once, until something changes."""

from __future__ import annotations

from segmentary.workspace.known_traits import known_traits


def test_the_catalogue_is_kept(preview_shop):
    found = known_traits(preview_shop)
    assert known_traits(preview_shop) is found
    assert dict(found) == dict(preview_shop.traits().traits)
