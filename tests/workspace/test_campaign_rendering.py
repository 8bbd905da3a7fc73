"""A frozen audience becomes messages in the outbox: once, whatever is killed; with offers within their limits."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.workspace.message_shop import START, Hand, make_shop, with_mail

from segmentary.errors import UsageError
from segmentary.workspace.opening import open_workspace

ROOT = Path(__file__).resolve().parents[2]
ROWS = "select message, customer_id, variant, offer, expires_at, address from outbox order by message"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """The folder of a shop whose audience is frozen and nothing rendered."""
    folder = tmp_path_factory.mktemp("frozen")
    with make_shop(folder) as workspace:
        workspace.campaigns.freeze("autumn_offer")
    with_mail(folder)
    return folder / "shop"


@pytest.fixture(scope="module")
def rendered(frozen, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rendered") / "shop"
    shutil.copytree(frozen, folder)
    with open_workspace(folder, clock=Hand(START)) as workspace:
        yield workspace, workspace.campaigns.render("autumn_offer")


def test_everybody_who_is_written_to_has_one_message(rendered):
    workspace, found = rendered
    audience = workspace.campaigns.audience("autumn_offer")
    assert found.people == audience.written_to == found.put
    assert found.offers["autumn.ten_off"] == 4
    assert found.offers["autumn.voucher"] == 3
    rows = workspace.ledger.rows(ROWS)
    assert len(rows) == found.put == len({row[1] for row in rows})
    ends = {offer: expires for _, _, _, offer, expires, _ in rows}
    assert ends["autumn.ten_off"].startswith("2026-03-15T23")  # the end of the offer's last day in Berlin
    assert ends["autumn.voucher"].startswith("2026-03-20T23")  # the end of the campaign


def test_what_is_scarce_goes_to_those_who_bring_most(rendered):
    workspace, _ = rendered
    treated = [one.customer_id for one in workspace.campaigns.people("autumn_offer") if one.segment == "gold"]
    promised = workspace.ledger.rows("select customer_id from offer_uses where offer = 'autumn.voucher' order by 1")
    assert [one for (one,) in promised] == sorted(treated)[-3:]


def test_again_changes_nothing(rendered):
    workspace, found = rendered
    before = workspace.ledger.rows(ROWS), workspace.ledger.rows("select * from offer_uses")
    again = workspace.campaigns.render("autumn_offer")
    assert (again.put, again.before) == (0, found.put)
    assert (workspace.ledger.rows(ROWS), workspace.ledger.rows("select * from offer_uses")) == before


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.workspace.message_shop import START, Hand
from segmentary.ledger import outbox
from segmentary.workspace import campaign_rendering
from segmentary.workspace.opening import open_workspace
campaign_rendering.BATCH = outbox.BATCH = 10
left = int(sys.argv[2])
def tell(what, done):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
with open_workspace(Path(sys.argv[1]), clock=Hand(START)) as workspace:
    workspace.campaigns.render("autumn_offer", tell=tell)
"""


def test_killed_and_repeated_it_is_the_same_messages_once(frozen, rendered, tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(frozen, folder)
    for batches in (1, 3):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(batches), str(ROOT)], timeout=120, check=False
        )
        assert done.returncode == -9
    with open_workspace(folder, clock=Hand(START)) as workspace:
        there = len(workspace.ledger.rows(ROWS))
        found = workspace.campaigns.render("autumn_offer")
        assert 0 < there == found.before
        assert workspace.ledger.rows(ROWS) == rendered[0].ledger.rows(ROWS)
        uses = "select offer, count(*), count(distinct message) from offer_uses group by offer order by offer"
        assert workspace.ledger.rows(uses) == [("autumn.ten_off", 4, 4), ("autumn.voucher", 3, 3)]


def test_cancelled_audiences_give_back_what_they_promised(frozen, tmp_path):
    shutil.copytree(frozen, tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START)) as workspace:
        workspace.campaigns.render("autumn_offer")
        workspace.campaigns.cancel("autumn_offer")
        assert workspace.offers.release_unsent() == 7
        assert [one.promised for one in workspace.offers.state("autumn")] == [0, 0]
        with pytest.raises(UsageError, match="cancelled"):
            workspace.campaigns.render("autumn_offer")


def test_previews_before_anything_is_frozen_and_as_a_page(rendered, tmp_path):
    workspace, _ = rendered
    found = workspace.campaigns.preview("autumn_offer", 2)
    assert [one.variant for one in found] == ["thanks"] * 2 + ["come_back"] * 2
    page = workspace.campaigns.write_preview("autumn_offer", tmp_path / "look" / "preview.html")
    assert page.read_text(encoding="utf-8").count("<iframe sandbox ") >= 8
