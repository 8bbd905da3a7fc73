"""A message comes out of the outbox as it went in."""

import pytest
from tests.activation.channels.messages import outgoing

from segmentary.activation.envelope import packed, unpacked
from segmentary.errors import WorkspaceError


@pytest.mark.parametrize(
    "given",
    [
        {},
        {
            "subject": "",
            "text": "Grüße \u2028 ❤ \ud800",
            "html": "<p>x</p>",
            "offer": "ten",
            "data": {"a": [1, None, "ü"]},
        },
        {"unsubscribe_url": "https://shop.example/u?t=x", "not_before": "2026-03-02T12:00:00.000000Z"},
    ],
)
def test_there_and_back(given):
    message = outgoing(**given)
    entry = packed(message, "h")
    assert unpacked(entry) == message
    assert entry.address_hash == "h"
    assert entry.offer == message.content.offer


def test_damaged_content_is_named():
    from dataclasses import replace

    with pytest.raises(WorkspaceError, match=r"autumn-1\.c1"):
        unpacked(replace(packed(outgoing(), ""), payload=b"x"))
