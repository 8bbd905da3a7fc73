import dataclasses

from segmentary.models.voice.agreement import agreement
from segmentary.models.voice.theme_results import NO_SHARES, CodeMentions, CountedMentions, as_json

SHARE = ("share", "percent", "interval", "rate", "population", "weight", "design")


def test_interviews_have_no_place_for_a_share():
    for kind in (CountedMentions, CodeMentions):
        names = [one.name for one in dataclasses.fields(kind)]
        assert not any(word in name for name in names for word in SHARE)


def test_and_say_so():
    found = CountedMentions("interview", 6, 20, (CodeMentions("a", "need", "A", 3, 4, ("late",)),))
    assert found.sentences == (NO_SHARES,)
    assert "%" not in str(found.to_document())


def test_what_is_not_a_number_is_missing():
    told = as_json(agreement([["a", "a"]] * 3))
    assert told["alpha"]["estimate"] is None
    assert told["verdict"] == "cannot say"
