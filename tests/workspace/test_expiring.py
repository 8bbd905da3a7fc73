"""What has expired goes by itself; what has not stays."""

import datetime as dt

from segmentary.ledger import jobs
from segmentary.workspace.expiring import throw_away_expired
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.uploading import Uploads

TOKEN = "0123456789abcdef"


def test_files_of_people_and_uploads_go_when_their_time_is_over(tmp_path):
    moments = [dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)]
    with init_workspace(tmp_path / "shop", clock=lambda: moments[0]) as workspace:
        throw_away_expired(workspace)
        with Uploads(workspace).begin("orders.csv") as receiving:
            receiving.write(b"a,b\n1,2\n")
            one = receiving.end()
        left_behind = workspace.folder.root / "exports" / TOKEN
        left_behind.mkdir(parents=True)
        (left_behind / "buyers.csv").write_text("customer_id\nc1\n", encoding="utf-8")
        upload = workspace.folder.root / "uploads" / one.upload
        throw_away_expired(workspace)
        assert upload.is_dir()
        assert not left_behind.exists()
        moments[0] += dt.timedelta(hours=25)
        throw_away_expired(workspace)
        assert not upload.exists()


def test_ended_jobs_go_after_their_time_and_waiting_ones_stay(tmp_path):
    moments = [dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)]
    with init_workspace(tmp_path / "shop", clock=lambda: moments[0]) as workspace:
        for name in ("ended", "waits"):
            jobs.add(workspace.ledger, name, "run", "{}", "ines", at=workspace.tick())
        jobs.ask_to_stop(workspace.ledger, "ended", at=workspace.tick())
        assert jobs.find(workspace.ledger, "ended").state == "cancelled"
        moments[0] += dt.timedelta(days=29)
        throw_away_expired(workspace)
        assert jobs.find(workspace.ledger, "ended") is not None
        moments[0] += dt.timedelta(days=2)
        throw_away_expired(workspace)
        assert jobs.find(workspace.ledger, "ended") is None
        assert jobs.find(workspace.ledger, "waits").state == "waiting"
