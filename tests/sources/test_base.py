from __future__ import annotations

import json

import pytest

from segmentary.errors import MappingError
from segmentary.sources.base import SourceMapping

FULL = SourceMapping(
    kind="orders",
    columns={"order_id": "id"},
    attributes={"country": "Country"},
    ignored=("x",),
    date_order="day_first",
    decimal_mark=",",
    items=("q1", "q2"),
    sale_status=("Won",),
    missing_codes={"q1": ("99",)},
    constants={"channel": "web"},
    cancellation_prefix="C",
    drop_duplicates=True,
)


def test_documents_come_back() -> None:
    document = json.loads(json.dumps(FULL.to_document()))
    assert SourceMapping.from_document(document) == FULL
    assert SourceMapping(kind="events").to_document() == {"kind": "events"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "needs a kind"),
        ({"kind": "orders", "colums": {}}, "no field 'colums'"),
        ({"kind": "orders", "date_order": "backwards"}, "no value 'backwards'"),
        ({"kind": "orders", "columns": ["a"]}, "table of names"),
        ({"kind": "orders", "items": "a"}, "is a list"),
        ({"kind": "orders", "timezone": 3}, "is a text"),
        ({"kind": "orders", "drop_duplicates": "yes"}, "true or false"),
    ],
)
def test_documents_without_meaning_are_refused(document: dict[str, object], message: str) -> None:
    with pytest.raises(MappingError, match=message):
        SourceMapping.from_document(document)
