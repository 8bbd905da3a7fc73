"""Files of members: whole, described, found again, gone when they expire."""

import datetime as dt

import pytest
from tests.workspace.segment_shop import shop

from segmentary.errors import UsageError
from segmentary.models.progress import quiet
from segmentary.workspace import export_job as exporting


def test_a_file_holds_the_members_until_it_expires(monkeypatch):
    made = exporting.export_job(shop(), {"segment": "buyers", "traits": ["order_count"], "by": "ann", "days": 1}, quiet)
    about, path = exporting.exported(shop(), made.export)
    assert about == made
    assert (about.exported_by, about.people) == ("ann", shop().segment("buyers").count().people)
    assert len(path.read_text().splitlines()) == about.people + 1
    assert exporting.all_exports(shop())[0] == made
    later = shop().tick() + dt.timedelta(days=2)
    monkeypatch.setattr(shop(), "tick", lambda: later)
    assert exporting.exported(shop(), made.export) is None
    assert exporting.tidy(shop()) == 1
    assert not path.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"segment": "buyers", "format": "exe"},
        {"segment": "buyers", "days": 0},
        {"segment": "buyers", "traits": "tier"},
        {"segment": "buyers", "path": "/etc/passwd"},
        {"segment": 7},
        {"segment": "buyers", "format": "meta", "traits": ["tier"]},
    ],
)
def test_wrong_wishes_are_refused(wrong):
    with pytest.raises(UsageError):
        exporting.wish_of(wrong)


@pytest.mark.parametrize("token", ["", "..", "../shop", "0" * 16, "x" * 16])
def test_only_tokens_name_files(token):
    assert exporting.exported(shop(), token) is None
