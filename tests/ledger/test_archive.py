"""The archive keeps every file once, whole, and notices a changed one."""

import pyarrow as pa
import pytest

from segmentary.errors import VerificationError, WorkspaceError
from segmentary.ledger.archive import Archive, hash_of, safe_name


def test_a_text_file_is_compressed_and_comes_back(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n1,2\n" * 1000)
    archive = Archive(tmp_path / "archive")
    kept = archive.keep(path)
    stored = archive.path(kept.file)
    assert stored.name == "orders.csv.zst"
    assert stored.stat().st_size < path.stat().st_size
    with pa.input_stream(str(stored), compression="zstd") as stream:
        assert stream.read() == path.read_bytes()
    assert kept.content_hash == hash_of(path)


def test_the_same_content_is_kept_once(tmp_path):
    path = tmp_path / "orders.parquet"
    path.write_bytes(b"PAR1")
    archive = Archive(tmp_path / "archive")
    assert archive.keep(path) == archive.keep(path)
    assert sum(1 for one in (tmp_path / "archive").rglob("*") if one.is_file()) == 1


def test_a_failed_write_leaves_nothing(tmp_path):
    archive = Archive(tmp_path / "archive")

    def fail(place):
        place.write_text("half")
        raise OSError("No space left on device")

    with pytest.raises(WorkspaceError, match="No space left"):
        archive.write("membership/1.parquet", fail)
    assert [one for one in (tmp_path / "archive").rglob("*") if one.is_file()] == []


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    archive = Archive(tmp_path / "archive")
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n1,2\n")
    kept = archive.keep(path)
    (archive.folder / "tmp0jyyue9w" / "0").mkdir(parents=True)
    (archive.folder / "tmp0jyyue9w" / "0" / "scores.parquet").write_bytes(b"half")
    archive.tidy()
    assert [one.name for one in archive.folder.iterdir()] == ["files"]
    assert archive.holds(kept.file, kept.content_hash)


def test_a_changed_file_is_noticed(tmp_path):
    archive = Archive(tmp_path / "archive")
    place = archive.write("membership/1.parquet", lambda p: p.write_text("right"))
    archive.check("membership/1.parquet", hash_of(place))
    digest = hash_of(place)
    place.write_text("wrong")
    with pytest.raises(VerificationError):
        archive.check("membership/1.parquet", digest)


def test_a_lost_file_is_named(tmp_path):
    with pytest.raises(WorkspaceError, match=r"lost files/ab/x\.csv\.zst"):
        Archive(tmp_path).path("files/ab/x.csv.zst")


@pytest.mark.parametrize(
    ("name", "safe"), [("../../etc/passwd", "_.._etc_passwd"), ("a b.csv", "a_b.csv"), ("...", "file")]
)
def test_names_cannot_leave_the_folder(name, safe):
    assert safe_name(name) == safe
