"""What a job was asked for is read value by value; what it cannot be is refused."""

from __future__ import annotations

import pytest

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.asked_arguments import AskedArguments

KNOWN = ("name", "by", "most", "share", "yes", "kinds")


def asked(**given):
    return AskedArguments(given, KNOWN)


def test_values_are_read_by_their_kind():
    found = asked(name=" a b ", by=["x", "y", "x"], most=3, share=0.5, yes=True, kinds={"a": "count"})
    assert found.text("name") == "a b"
    assert found.texts("by") == ["x", "y"]
    assert (found.whole("most", 1, least=1, most=9), found.share("share", 1.0), found.yes("yes")) == (3, 0.5, True)
    assert found.mapping("kinds") == {"a": "count"}
    assert asked(by="x").texts("by") == ["x"]


def test_what_is_not_said_is_the_default():
    found = asked()
    assert found.text("name", "n") == "n"
    assert found.maybe("name") is None
    assert (found.texts("by"), found.mapping("kinds"), found.yes("yes"), found.seed()) == ([], {}, False, 0)
    with pytest.raises(UsageError, match="missing"):
        found.needed("name", "why")


def test_what_is_unknown_is_refused():
    with pytest.raises(UnknownNameError):
        AskedArguments({"nmae": 1}, KNOWN)


@pytest.mark.parametrize("value", [1, ["a"], "x" * 201, "nul\x00", "half \ud800", True])
def test_odd_texts_are_refused(value):
    with pytest.raises(UsageError):
        asked(name=value).text("name")


@pytest.mark.parametrize("value", [{"a": 1}, [1], [""], ["x"] * 201, ["half \udfff"], 3])
def test_odd_lists_are_refused(value):
    with pytest.raises(UsageError):
        asked(by=value).texts("by")


@pytest.mark.parametrize("value", [True, 0, 10**30, 1.5, "3", float("nan")])
def test_odd_numbers_are_refused(value):
    with pytest.raises(UsageError):
        asked(most=value).whole("most", 1, least=1, most=9)
    with pytest.raises(UsageError):
        asked(share=value if value != 0 else -1).share("share", 1.0)


@pytest.mark.parametrize("value", ["a", {"a": 1}, {1: "a"}, {"a": "\x00"}, {str(n): "" for n in range(201)}])
def test_odd_objects_are_refused(value):
    with pytest.raises(UsageError):
        asked(kinds=value).mapping("kinds")
