"""A file is read once for all its parts; long parts wait in a temporary file; rows get the moment of loading."""

import json

from segmentary.sources.exports import translation
from segmentary.sources.exports.opening import opened_exports
from segmentary.sources.exports.translation import Spool, storable
from segmentary.sources.open import open_source


def call(number, **more):
    return {
        "type": "track",
        "event": "Seen",
        "userId": f"u{number}",
        "messageId": f"m{number}",
        "properties": {},
        **more,
    }


def parts(path):
    return opened_exports(path, name=None, table=None, tag_of=lambda source: "")


def test_many_rows_wait_outside_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(translation, "ROWS_IN_MEMORY", 10)
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(call(n)) + "\n" for n in range(95)))
    (events,) = parts(path)
    assert events.facts.rows == 95
    spools = events.translation.spools
    assert isinstance(spools[""], Spool)
    assert spools[""].folder is not None
    assert [batch.num_rows for batch in events.read()] == [10] * 9 + [5]
    for _ in range(2):
        ids = events.read().read_all().column("message_id").to_pylist()
        assert ids == [f"m{n}" for n in range(95)]


def test_rows_without_a_time_take_the_moment_of_loading_and_say_so(tmp_path):
    path = tmp_path / "x.jsonl"
    rows = [call(1), call(2, timestamp="2026-03-01T10:00:00Z")]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (events,) = parts(path)
    assert "1 rows do not say when: the moment of loading is taken" in events.proposal.reasons
    assert events.read().read_all().column("happened_at").to_pylist() == [None, "2026-03-01T10:00:00Z"]
    events.received_at = "2026-04-01T00:00:00Z"
    assert events.read().read_all().column("happened_at").to_pylist() == [
        "2026-04-01T00:00:00Z",
        "2026-03-01T10:00:00Z",
    ]


def test_a_part_is_a_delivery_like_any_other(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(call(1)) + "\n")
    (events,) = parts(path)
    assert events.facts.rows == 1
    assert events.facts.format == "jsonl"
    assert events.proposal.questions == ()
    assert events.proposal.mapping.export == "segment_spec/1/rows/"
    names = {column.name for column in events.columns}
    assert names == set(events.names) == set(events.export_part.columns)
    assert {column.name for column in events.columns if column.filled} >= {"name", "record_id", "message_id"}
    assert open_source(path)[0].facts.rows is None


def test_reasons_that_quote_a_row_can_be_stored():
    assert storable("an event '\ud800\0\nx'") == "an event '? x'"
