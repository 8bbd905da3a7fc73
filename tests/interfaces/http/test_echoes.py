"""Sentences lose what was sent, and keep what they say."""

from __future__ import annotations

import pytest

from segmentary.interfaces.http.echoes import described, texts_of, without_values
from segmentary.language.json_schema import json_schema

KEPT = frozenset(described(json_schema()))


@pytest.mark.parametrize(
    ("said", "sent", "told"),
    [
        ("unknown trait 'ab'", {"ab"}, "unknown trait '…'"),
        ("unknown key 'whre'; one of 'where', 'trait'", {"whre", "where"}, "unknown key '…'; one of 'where', 'trait'"),
        ("lapsed_customers is used", {"lapsed_customers"}, "… is used"),
        ("monetary is near", {"monetar"}, "monetary is near"),
        ("not a date: 'a\\nb'", {"a\nb"}, "not a date: '…'"),
        ('not a name: "a\'b"', {"a'b"}, 'not a name: "…"'),
        ("too many: 1234567", {"1234567"}, "too many: …"),
        ("at most 12 of them", {"12"}, "at most 12 of them"),
        ("not text: 'a very long sentence of somebo", {"a very long sentence of somebody else"}, "not text: '…"),
        ("nothing of it", {"…", "x"}, "nothing of it"),
        ("regular (.*)+ expression", {"(.*)+ expression"}, "regular …"),
    ],
)
def test_what_was_sent_is_gone(said, sent, told):
    assert without_values(said, sent, KEPT) == told


def test_every_text_of_a_document_is_found():
    document = {"a": ["b", {"c": 1.5}], "d": None, "e": True, "f": {"g": "h"}}
    assert set(texts_of(document)) == {"a", "b", "c", "1.5", "d", "e", "f", "g", "h"}
