"""Lists of ids are kept, and taken away where nothing uses them."""

from __future__ import annotations

import pytest

from segmentary.errors import ConflictError, DataError, UsageError
from segmentary.language.python import define_segment, members_of
from segmentary.ledger.definitions import lists
from segmentary.workspace.id_lists import drop_list, put_list


def test_a_list_is_kept_used_and_taken_away(preview_shop):
    assert put_list(preview_shop, "friends", ["p01", " p02 ", "p01", ""]) == ("p01", "p02")
    preview_shop.define(define_segment("are_friends", members_of("friends")))
    assert preview_shop.segment("are_friends").count(basis="evaluated").people == 2
    with pytest.raises(ConflictError):
        drop_list(preview_shop, "friends")
    put_list(preview_shop, "spare", ["p03"])
    drop_list(preview_shop, "spare")
    assert "spare" not in lists(preview_shop.ledger)
    assert put_list(preview_shop, "spare", ["p04"]) == lists(preview_shop.ledger)["spare"] == ("p04",)


@pytest.mark.parametrize("name", ["", " ", "a/b", "x" * 121, "a\0"])
def test_names_that_are_none_are_refused(preview_shop, name):
    with pytest.raises(UsageError):
        put_list(preview_shop, name, ["a"])


@pytest.mark.parametrize("one", ["a\0b", "\ud800"])
def test_ids_that_are_none_are_refused(preview_shop, one):
    with pytest.raises(DataError):
        put_list(preview_shop, "odd", [one])
