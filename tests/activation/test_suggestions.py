"""Suggestions: the person's own, never what they just bought or what is gone."""

from segmentary.activation.suggestions import Ranked, favourite, suggestions

ROWS = [
    Ranked("c", "buy again", 1, "milk", "Milk", "bought 9 times"),
    Ranked("c", "buy again", 2, "tea", "Tea", "bought 3 times"),
    Ranked("c", "discover", 1, "jam", "Jam", "often bought with tea"),
    Ranked("c", "discover", 2, "tea", "Tea", "often bought with milk"),
    Ranked("d", "buy again", 1, "milk", "", "bought twice"),
]


def names(found, who="c"):
    return [one["name"] for one in found.get(who, [])]


def test_new_things_and_known_ones_in_turn_each_once():
    found = suggestions(ROWS, most=5)
    assert names(found) == ["Jam", "Milk", "Tea"]
    assert found["c"][0]["reason"] == "often bought with tea"
    assert names(found, "d") == ["milk"]


def test_never_what_was_bought_just_now_or_is_gone():
    assert names(suggestions(ROWS, most=5, leave_out=["JAM"], bought_lately={"c": {"tea"}})) == ["Milk"]
    assert suggestions(ROWS[4:], most=1, leave_out=["milk"]) == {}


def test_the_favourite_is_all_there_is_to_say_of_some():
    assert favourite("tea", "category")[0]["reason"] == "your favourite category"
    assert favourite("", "category") == []
    assert suggestions([], most=3) == {}
