"""Uploads: harmless names, private folders, limits, a day to live."""

import datetime as dt
import stat

import pytest

from segmentary.errors import SourceError, UnknownNameError
from segmentary.workspace.opening import init_workspace, open_workspace
from segmentary.workspace.uploading import NoRoomError, Uploads, harmless

NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "a\0b.csv", "a\nb.csv", "<img src=x onerror=alert(1)>.csv", "\u202egpj.csv",
    "/abs/orders.csv", ".hidden", "-rf", "~root", "C:orders.csv", "a" * 400 + ".csv.gz", "\ud800.csv", "   ", "é" * 300,
    "*.csv", "sqlite:///x?table=y", "postgresql://u@h/d", "$(id).csv", "`id`.csv", "orders.csv;rm", "con\tsole.csv",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path):
    moments = [dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)]
    with init_workspace(tmp_path / "shop", clock=lambda: moments[0]) as workspace:
        workspace.moments = moments  # type: ignore[attr-defined]
        yield workspace


def put(uploads, name, body=b"a,b\n1,2\n"):
    with uploads.begin(name, by="ann") as receiving:
        receiving.write(body)
        return receiving.end()


def test_any_name_becomes_harmless(shop):
    for name in NAMES:
        one = put(Uploads(shop), name)
        assert one.name == harmless(name) == harmless(one.name)
        assert not set(one.name) & set("/\\\0\n\t<>\u202e$`;*:\"'&|")
        assert not one.name.startswith((".", "-", "~"))
        assert len(one.name.encode()) <= 255
        path = Uploads(shop).path(one)
        assert path.resolve().is_relative_to(shop.folder.root.resolve() / "uploads" / one.upload)
        assert path.read_bytes() == b"a,b\n1,2\n"


def test_ordinary_names_stay_as_they_are():
    for name in ("orders.csv", "Aufträge März 2024 (1).xlsx", "visits_2024-01.jsonl.gz", "a+b=c@x.csv"):
        assert harmless(name) == name


def test_only_the_owner_may_look(shop):
    one = put(Uploads(shop), "orders.csv")
    for place in (shop.folder.root / "uploads", shop.folder.root / "uploads" / one.upload):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(Uploads(shop).path(one).stat().st_mode) == 0o600


def test_too_much_and_nothing_leave_nothing_behind(shop):
    uploads = Uploads(shop)
    uploads.limit = 10
    with pytest.raises(NoRoomError, match="larger"):
        uploads.begin("a.csv", declared=11)
    with pytest.raises(NoRoomError, match="larger"):
        put(uploads, "a.csv", b"x" * 11)
    with pytest.raises(SourceError, match="empty"):
        put(uploads, "a.csv", b"")
    assert not list((shop.folder.root / "uploads").iterdir())


def test_the_limit_is_a_setting(tmp_path):
    init_workspace(tmp_path / "shop").close()
    with open_workspace(tmp_path / "shop", environment={"SEGMENTARY_UPLOAD_LIMIT": "2MB"}) as workspace:
        assert Uploads(workspace).limit == 2 << 20


def test_an_upload_lives_a_day(shop):
    one = put(Uploads(shop), "orders.csv")
    assert Uploads(shop).get(one.upload) == one
    shop.moments[0] += dt.timedelta(hours=25)
    with pytest.raises(UnknownNameError):
        Uploads(shop).get(one.upload)
    put(Uploads(shop), "later.csv")
    assert not (shop.folder.root / "uploads" / one.upload).exists()


def test_only_names_that_were_given_out_are_known(shop):
    for name in ("", "..", "../..", "a" * 32, "0" * 31, "\0", "é"):
        with pytest.raises(UnknownNameError):
            Uploads(shop).get(name)
