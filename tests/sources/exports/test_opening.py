"""Files are known by their shape; every row of every export is in a part, refused, or set aside; nothing breaks it."""

import copy
import gzip
import json
import random
from itertools import islice
from pathlib import Path

import pytest
from tests.sources.exports.bodies import SAMPLES, SEGMENT

from segmentary.errors import SegmentaryError
from segmentary.sources.exports.export import HEAD_ROWS
from segmentary.sources.exports.opening import Again, opened_exports, recognised
from segmentary.sources.exports.translation import ASIDE, ExportPart
from segmentary.sources.open import open_source


def written(path: Path, rows: list) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def parts_of(path: Path, tag: str | None = "") -> list[ExportPart]:
    found = opened_exports(path, name=None, table=None, tag_of=lambda source: tag)
    return [each for each in found if isinstance(each, ExportPart)]


def numbers_of(part: ExportPart) -> list[int]:
    return [n for batch in part.read() for n in batch.column("row_number").to_pylist()]


def check_account(parts: list[ExportPart], rows: int) -> None:
    """Every row of the file is in a part, or rejected with a reason, and never both."""
    account = parts[0].translation.account
    used = {number for part in parts for number in numbers_of(part)}
    rejected = [number for part in parts for number, _ in part.rejected]
    assert used | set(rejected) == set(range(1, rows + 1))
    assert not used & set(rejected)
    assert len(rejected) == len(set(rejected))
    assert account.rows == rows == account.used + len(account.refused) + len(account.set_aside)
    assert all(why.strip() for part in parts for _, why in part.rejected)
    assert sum(account.made.values()) == sum(part.facts.rows or 0 for part in parts)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_known_and_accounted_for(sample, tmp_path):
    export, rows = SAMPLES[sample]
    parts = parts_of(written(tmp_path / "x.jsonl", rows))
    assert {part.translation.export.name for part in parts} == {export}
    check_account(parts, len(rows))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_file_read_again_by_its_tag_gives_the_same_rows(sample, tmp_path):
    path = written(tmp_path / "x.jsonl", SAMPLES[sample][1])
    reader = Again()
    for part in parts_of(path):
        part.received_at = "2026-03-05T00:00:00Z"
        again = reader.part(path, part.name, part.tag, part=0, received_at=part.received_at)
        assert again.name == part.name
        assert again.read().read_all().equals(part.read().read_all())
        assert again.rejected == part.rejected


ODD = (None, "", "x", "ann@example.org", "\ud800", "\0", 0, -1, 1e300, 10**30, True, [], {}, [None], [{}], {"": None},
       {"a": {"b": [1, {"c": 2}]}}, "2026-03-01", "9999999999999999", [["x"]], "[{\"a\": 1}]")  # fmt: skip


def spots(value, path=()):
    """Yield the path of every value inside a body."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from spots(each, (*path, key))


def mutated(body, spot, odd):
    body = copy.deepcopy(body)
    place = body
    for key in spot[:-1]:
        place = place[key]
    if odd is ODD:
        del place[spot[-1]]
    else:
        place[spot[-1]] = odd
    return body


@pytest.mark.parametrize("sample", SAMPLES)
def test_whatever_stands_in_a_field_nothing_breaks_and_no_row_vanishes(sample, tmp_path):
    rows = SAMPLES[sample][1]
    chance = random.Random(6)
    every = [mutated(row, spot, odd) for row in rows for spot in spots(row) for odd in (*chance.sample(ODD, 4), ODD)]
    # Sound rows come first, so that the file is known for what it is.
    mixed = [*rows * (HEAD_ROWS // len(rows) + 1), *every][:3_000]
    parts = parts_of(written(tmp_path / "x.jsonl", mixed))
    assert parts
    check_account(parts, len(mixed))


HOSTILE = (
    b'{"a":' * 100_000,
    b"[" * 100_000,
    b'{"type": "track", "event": "x", "userId": "u", "properties": {"n": NaN}}',
    b'{"type": "track", "event": "x", "userId": "u", "properties": {"n": ' + b"9" * 10_000 + b"}}",
    b'{"type": "track", "event": "\\ud800", "userId": "u", "properties": {}}',
    b'{"type": "identify", "userId": "u", "traits": {"a": "\\udfff"}}',
    b'{"type": "track", "event": "x", "userId": "\xff\xfe", "properties": {}}',
    b"17",
    b'"text"',
    b"{}",
    b'{"type": "track"',
)


def test_hostile_lines_are_refused_in_words(tmp_path):
    sound = [json.dumps(row).encode() for row in SEGMENT]
    (tmp_path / "x.jsonl").write_bytes(b"\n".join([*sound, *HOSTILE]) + b"\n")
    parts = parts_of(tmp_path / "x.jsonl")
    check_account(parts, len(sound) + len(HOSTILE))
    refused = dict(parts[0].rejected)
    assert refused[len(sound) + 1] in ("the object is nested too deeply", "the line is cut off or no JSON")
    assert "half a character" in refused[len(sound) + 5]
    # A number of 10,000 digits is kept as the text it is.
    assert len(sound) + 4 not in refused


@pytest.mark.parametrize("body", HOSTILE)
def test_a_hostile_file_is_an_error_in_words_or_no_export(body, tmp_path):
    (tmp_path / "x.json").write_bytes(body)
    try:
        found = opened_exports(tmp_path / "x.json", name=None, table=None, tag_of=lambda source: "")
        for each in found:
            list(islice(each.read(), 3))
    except SegmentaryError:
        pass


def test_a_webhook_body_is_one_row_although_it_holds_a_list(tmp_path):
    body = {"FromFull": {"Email": "ann@example.org"}, "ToFull": [{"Email": "shop@example.org"}], "MessageID": "m",
            "TextBody": "Hello"}  # fmt: skip
    (tmp_path / "x.json").write_text(json.dumps(body, indent=2))
    parts = parts_of(tmp_path / "x.json")
    check_account(parts, 1)
    assert "/body/" in parts[0].tag


def test_a_folder_of_daily_files_is_one_source(tmp_path):
    folder = tmp_path / "calls"
    folder.mkdir()
    for day in (1, 2):
        rows = [{**row, "messageId": f"{day}-{n}"} if "type" in row else row for n, row in enumerate(SEGMENT)]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"2026-03-0{day}.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    parts = parts_of(folder)
    assert {part.name for part in parts} >= {"calls", "calls_order_lines", "calls_profiles"}
    assert len([part for part in parts if part.name == "calls"]) == 2
    for path in {part.path for part in parts}:
        check_account([part for part in parts if part.path == path], len(SEGMENT))


def test_other_files_of_a_folder_stay_what_they_are(tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    written(folder / "calls.jsonl", SEGMENT)
    (folder / "people.csv").write_text("customer_id,city\na,Rome\nb,Bonn\n")
    found = opened_exports(folder, name=None, table=None, tag_of=lambda source: "")
    assert {each.name for each in found} >= {"mixed_segment_spec", "people"}


def test_what_was_loaded_as_plain_rows_stays_plain_rows(tmp_path):
    assert parts_of(written(tmp_path / "x.jsonl", SEGMENT), tag=None) == []


def test_a_quiet_day_of_a_known_source_follows_its_export(tmp_path):
    path = written(tmp_path / "x.jsonl", [{"integrations": {"All": True}}])
    (plain,) = open_source(path)
    assert recognised(plain) is None
    parts = parts_of(path, tag="segment_spec/1/rows/")
    assert parts[0].translation.export.name == "segment_spec"
    check_account(parts, 1)
    assert parts[0].rejected[0][1].startswith(ASIDE)


@pytest.mark.parametrize("tag", ["unknown/1/rows/", "segment_spec/99/rows/", "nonsense", "segment_spec/x/rows/"])
def test_a_tag_nobody_knows_is_an_error_in_words(tag, tmp_path):
    path = written(tmp_path / "x.jsonl", SEGMENT)
    with pytest.raises(SegmentaryError):
        Again().part(path, "x", tag, part=0, received_at="")


def test_one_list_a_line_is_one_row_a_list(tmp_path):
    path = tmp_path / "bodies.jsonl"
    event = {"event": "open", "email": "ann@example.org", "timestamp": 1772359200, "sg_message_id": "m"}
    path.write_text("".join(json.dumps([{**event, "sg_event_id": f"e{n}"}] * 2) + "\n" for n in range(3)))
    parts = parts_of(path)
    check_account(parts, 3)
    assert numbers_of(parts[0]) == [1, 1, 2, 2, 3, 3]


def test_of_many_files_only_one_holds_its_rows(tmp_path):
    folder = tmp_path / "days"
    folder.mkdir()
    for day in range(4):
        written(folder / f"{day}.jsonl", SEGMENT)
    parts = parts_of(folder)
    translations = {id(part.translation): part.translation for part in parts}
    assert len(translations) == 4
    assert [each.spools is not None for each in translations.values()] == [False, False, False, True]
    first = parts[0]
    before = first.read().read_all()
    assert [each.spools is not None for each in translations.values()] == [True, False, False, False]
    assert before.num_rows == first.facts.rows
