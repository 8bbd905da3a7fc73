"""Sending needs the number of people and the audience that was looked at; nothing else may be said of it."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from tests.workspace.audience_world import START, Hand

from segmentary.errors import ConflictError, UsageError
from segmentary.workspace import campaign_jobs as jobs
from segmentary.workspace import campaign_looking as looking
from segmentary.workspace.opening import open_workspace


def tell(text, share):
    pass


@pytest.fixture(scope="module")
def shop(audience_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs") / "shop"
    shutil.copytree(audience_template, folder)
    with open_workspace(folder, clock=Hand(START + dt.timedelta(hours=1))) as workspace:
        yield workspace


def test_sending_needs_the_number_and_the_audience(shop):
    shop.campaigns.freeze("autumn")
    shown = looking.audience_shown(shop, "autumn")
    name, many = shown.audience.audience, shown.audience.written_to
    for confirm in (None, True, many - 1, str(many)):
        with pytest.raises(UsageError, match="your word"):
            jobs.send_job(shop, {"audience": name, "confirm": confirm, "match": shown.tag}, tell)
    with pytest.raises(ConflictError):
        jobs.send_job(shop, {"audience": name, "confirm": many, "match": "1-another"}, tell)
    with pytest.raises(UsageError, match="not its campaign"):
        jobs.send_job(shop, {"audience": "autumn", "confirm": many, "match": shown.tag}, tell)
    with pytest.raises(UsageError, match="does not take"):
        jobs.send_job(shop, {"audience": name, "confirm": many, "match": shown.tag, "holdout": 0}, tell)
    with pytest.raises(UsageError):
        jobs.freeze_job(shop, {"campaign": "nothing"}, tell)
    with pytest.raises(UsageError):
        jobs.report_job(shop, {"campaign": "autumn", "margin": 7}, tell)


def test_cancelled_it_is_another_and_cannot_be_sent(shop):
    shop.campaigns.freeze("autumn")
    shown = looking.audience_shown(shop, "autumn")
    looking.cancel_at(shop, "autumn", "changed our mind")
    again = looking.audience_shown(shop, "autumn")
    assert again.tag != shown.tag
    assert looking.standing(shop)[0].state == "cancelled"
    with pytest.raises(ConflictError):
        jobs.confirmed(shop, shown.audience.audience, shown.audience.written_to, shown.tag)
