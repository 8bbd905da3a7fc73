import datetime as dt
import json

from segmentary.profiles.voices import grown

JANUARY, MAY = dt.datetime(2026, 1, 1), dt.datetime(2026, 5, 1)


def said(who, at, **codes):
    return who, at, at, json.dumps(codes)


def test_a_list_holds_until_it_grows():
    rows = [said("a", JANUARY, need="price"), said("a", MAY, need="delivery"), said("a", MAY, need="price")]
    found = list(grown(rows, "need", "voice_needs"))
    assert [(row["value"], row["valid_from"], row.get("valid_to")) for row in found] == [
        ('["price"]', JANUARY, MAY),
        ('["delivery","price"]', MAY, None),
    ]


def test_two_in_one_moment_are_one_list():
    rows = [said("a", JANUARY, need="price"), said("a", JANUARY, need="delivery"), said("b", MAY, pain="late")]
    (found,) = grown(rows, "need", "voice_needs")
    assert found["value"] == '["delivery","price"]'
    assert found["valid_from"] == JANUARY
