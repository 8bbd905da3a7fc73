"""The exports that are known: each named once, found by name and version, an unknown one refused with what helps."""

from __future__ import annotations

import pytest

from segmentary.errors import SourceError
from segmentary.sources.exports.registry import EXPORTS, export_named, exports


def test_every_line_is_an_export_and_none_has_the_name_of_another():
    found = exports()
    assert len(found) == len(EXPORTS)
    assert len({(one.name, one.version) for one in found}) == len(found)
    assert exports() is found


def test_what_a_mapping_names_is_found_again():
    for one in exports():
        assert export_named(one.name, one.version) is one


@pytest.mark.parametrize("name", ["abacus", "", "Shopify "])
def test_an_unknown_export_is_refused(name):
    with pytest.raises(SourceError, match="not known here") as told:
        export_named(name, 1)
    assert "newer" in told.value.hint


def test_a_version_of_tomorrow_is_not_read_as_todays():
    known = exports()[0]
    with pytest.raises(SourceError, match=f"version {known.version + 1}"):
        export_named(known.name, known.version + 1)
