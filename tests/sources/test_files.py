from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from segmentary.errors import SourceError
from segmentary.sources.files import Limits, head, text_facts, text_of


def put(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding", "bom"),
    [
        (b"id,name\n1,Zo\xc3\xab\n", "utf-8", 0),
        (b"\xef\xbb\xbfid,name\n1,Zo\xc3\xab\n", "utf-8", 3),
        ("id,name\n1,Zoë\n".encode("utf-16"), "utf-16-le", 2),
        ("id,name\n1,Zoë\n".encode("utf-16-be"), "utf-16-be", 0),
        ("id,name\n1,Zoë Müller\n2,José Pérez\n".encode("cp1252"), "cp1252", 0),
        (b"", "utf-8", 0),
    ],
)
def test_encodings_are_found(tmp_path: Path, content: bytes, encoding: str, bom: int) -> None:
    path = put(tmp_path, content)
    facts = text_facts(path)
    assert (facts.encoding, facts.bom) == (encoding, bom)
    text = "".join(text_of(path, facts))
    assert text == "" or text.startswith("id,name\n1,Zoë")
    assert bool(facts.warnings) == (encoding == "cp1252")


def test_a_guess_can_be_overruled(tmp_path: Path) -> None:
    path = put(tmp_path, "name;Łódź\n".encode("cp1250"))
    assert text_facts(path, encoding="windows-1250").encoding == "cp1250"
    with pytest.raises(SourceError, match="unknown encoding"):
        text_facts(path, encoding="klingon")


def test_a_late_foreign_byte_is_found(tmp_path: Path) -> None:
    path = put(tmp_path, b"a,b\n" + b"1,2\n" * 600_000 + b"3,caf\xe9\n")
    assert text_facts(path).encoding == "cp1252"


def test_a_few_bad_bytes_in_utf8_do_not_spoil_the_rest(tmp_path: Path) -> None:
    path = put(tmp_path, "é,ü\n".encode() * 100 + b"\xff,x\n")
    facts = text_facts(path)
    assert facts.encoding == "utf-8"
    assert facts.damaged


def test_packed_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    plain = b"a,b\n1,2\n"
    zipped = put(tmp_path, gzip.compress(plain), "lies.csv")
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(plain)
    zstd = put(tmp_path, sink.getvalue().to_pybytes(), "x.csv.zst")
    for path, kind in ((zipped, "gzip"), (zstd, "zstd")):
        facts = text_facts(path)
        assert facts.compressed == kind
        assert "".join(text_of(path, facts)).encode() == plain


def test_cut_archives_are_named(tmp_path: Path) -> None:
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 50_000)
    with pytest.raises(SourceError, match="damaged or cut off"):
        text_facts(put(tmp_path, whole[: len(whole) // 2]))


def test_bombs_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(b"a,b\n" * 2_000_000))
    with pytest.raises(SourceError, match="times its size"):
        text_facts(path, limits=Limits(expansion=100, expansion_from=1 << 20))
    with pytest.raises(SourceError, match="bytes once unpacked"):
        text_facts(path, limits=Limits(decoded_bytes=1 << 20))


def test_an_endless_line_is_refused_early(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(b"x" * (64 << 20)))
    with pytest.raises(SourceError, match="longer than"):
        text_facts(path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        head(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="not a file"):
        head(tmp_path)
    with pytest.raises(SourceError, match="not a text file"):
        text_facts(put(tmp_path, b"\x00\x01\x02\x00\x00\x03abc\x00" * 100))
