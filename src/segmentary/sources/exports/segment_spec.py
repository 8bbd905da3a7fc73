"""Segment's spec (also RudderStack's and PostHog's batches): thin first version."""

from __future__ import annotations

from collections.abc import Iterator

from segmentary.sources.exports.export import Export, Made, Part, Raw, Reader, Record, SetAside, events_part
from segmentary.sources.exports.fields import document, first, moment, row_id, table, text


class SegmentSpec(Export):
    """Calls of Segment's tracking spec."""

    name = "segment_spec"
    title = "Segment spec"
    form = "objects"
    follows = True

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export."""
        rows = [table(row, "payload") or row for row in raw.head]
        fitting = [r for r in rows if text(r, "type") in ("track", "identify", "page", "screen", "group", "alias")]
        return "rows have type, userId, event" if len(fitting) > len(rows) / 3 else ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts."""
        return (events_part(),)

    def reader(self, raw: Raw) -> Reader:
        """Return the reader of rows."""
        seen: dict[str, int] = {}

        def read(number: int, record: Record) -> Iterator[Made]:
            body = table(record, "payload") or record
            if text(body, "type") is None and text(body, "event") is None:
                raise SetAside("a fragment without type")
            yield Made(
                "",
                {
                    "name": first(body, "event", "type"),
                    "happened_at": moment(body, "timestamp"),
                    "record_id": text(body, "userId"),
                    "message_id": text(body, "messageId") or row_id(record, seen),
                    "properties": document(table(body, "properties")),
                },
            )

        return read
