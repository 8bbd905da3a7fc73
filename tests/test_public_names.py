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
    "consent",
    "define_segment",
    "define_segmentation",
    "define_trait",
    "end_of",
    "events",
    "fact",
    "ids",
    "init",
    "last",
    "members_of",
    "model",
    "near",
    "no",
    "open",
    "part",
    "previous",
    "prop",
    "related",
    "sample",
    "segment",
    "sequence",
    "sessions",
    "step",
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
