"""What `import segmentary` offers, written down: a change here is a change of the promise."""

import pytest

import segmentary

PUBLIC = {
    "RFM",
    "SegmentaryError",
    "Workspace",
    "__version__",
    "all_of",
    "any_of",
    "bottom",
    "define_segment",
    "define_trait",
    "events",
    "ids",
    "init",
    "members_of",
    "open",
    "prop",
    "sample",
    "segment",
    "top",
    "trait",
}


def test_the_public_names_are_these():
    assert set(segmentary.__all__) == PUBLIC
    assert set(dir(segmentary)) == PUBLIC


def test_every_public_name_loads():
    for name in segmentary.__all__:
        assert getattr(segmentary, name) is not None


def test_every_public_name_says_what_it_is():
    missing = [n for n in segmentary.__all__ if n != "__version__" and not getattr(segmentary, n).__doc__]
    assert missing == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = segmentary.nothing_of_the_kind
