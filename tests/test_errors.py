"""Every error is in the tree at the top of errors.py, and says what, where and how to mend it."""

import inspect

import pytest

from segmentary import errors
from segmentary.errors import (
    DefinitionError,
    Place,
    SegmentaryError,
    UnknownNameError,
    UsageError,
)

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, SegmentaryError) and value.__module__ == errors.__name__
}


def drawn_tree() -> dict[str, int]:
    """Class name -> depth, read from the drawing."""
    found = {}
    for line in (errors.__doc__ or "").splitlines():
        stripped = line.lstrip(" │├└─")
        word = stripped.split(" ")[0]
        if word.endswith("Error") and (line.startswith("    ")):
            found[word] = (len(line) - len(stripped) - 4) // 4
    return found


def test_the_drawing_shows_every_class_at_its_place():
    depths = {name: len(value.__mro__) - len(SegmentaryError.__mro__) for name, value in CLASSES.items()}
    assert drawn_tree() == depths


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_has_a_sentence(name):
    assert (CLASSES[name].__doc__ or "").strip()


def test_a_message_and_its_hint():
    error = SegmentaryError("the file is empty", hint="give another one")
    assert str(error) == "the file is empty\n  hint: give another one"
    assert str(SegmentaryError("the file is empty")) == "the file is empty"


def test_a_definition_error_begins_with_its_place():
    place = Place("segments/vip.yaml", 7, 5)
    assert str(DefinitionError("unknown key 'wher'", place=place)) == "segments/vip.yaml:7:5: unknown key 'wher'"
    assert str(DefinitionError("too deep", pointer="where/all/1")) == "where/all/1: too deep"
    assert str(DefinitionError("too deep")) == "too deep"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), "<definition>"),
        (Place("a.yaml"), "a.yaml"),
        (Place("a.yaml", 3), "a.yaml:3"),
        (Place(None, 3, 4), "<definition>:3:4"),
        (Place("a.yaml", None, 4), "a.yaml"),
    ],
)
def test_places(place, text):
    assert str(place) == text


def test_an_unknown_name_offers_the_nearest():
    error = UnknownNameError("trait", "monetry", ["monetary", "recency"])
    assert error.hint == "did you mean 'monetary'?"
    assert (
        UnknownNameError("trait", "zzz", ["monetary"], see="see `segmentary traits`").hint == "see `segmentary traits`"
    )
    assert UnknownNameError("trait", "zzz", []).hint is None


def test_an_unknown_name_with_several_near_ones():
    error = UnknownNameError("trait", "order_cuont", ["order_count", "order_count_90d", "city"])
    assert error.hint is not None
    assert "'order_count' or 'order_count_90d'" in error.hint


def test_wrong_usage_is_told_apart_from_wrong_data():
    usage = {name for name, value in CLASSES.items() if issubclass(value, UsageError)}
    assert usage == {"UsageError", "SettingsError"}
