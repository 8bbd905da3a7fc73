"""The files of the story: of eight kinds, ending when they should, the same people in every tool."""

import csv
import datetime as dt

import pytest

from segmentary.samples.planted_story import plant_story

ENDS = dt.date(2026, 7, 15)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    return folder, plant_story(folder, ends=ENDS, customers=60)


def rows(story, name):
    with (story[0] / "files" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_kind_of_source_is_there(story):
    assert set(story[1]) == {
        "consents.csv", "customers.csv", "hubspot_contacts.csv", "interviews.txt", "mailchimp_activity.csv",
        "mailchimp_members.csv", "order_lines.csv", "posts.csv", "products.csv", "subscription_events.csv",
        "survey.csv", "web_visits.jsonl", "zendesk_tickets.csv", "zendesk_users.csv",
    }  # fmt: skip
    documents = {path.name for path in (story[0] / "documents").iterdir()}
    assert documents == {"bot.yaml", "campaign.yaml", "message.yaml", "offers.yaml", "segments.yaml"}
    assert (story[0] / "codebook.yaml").exists()
    assert story[1]["customers.csv"] == 60


def test_nothing_lies_after_the_day(story):
    end = dt.datetime(ENDS.year, ENDS.month, ENDS.day, tzinfo=dt.UTC)
    newest = max(dt.datetime.fromisoformat(row["ordered_at"]) for row in rows(story, "order_lines.csv"))
    assert end - dt.timedelta(days=14) < newest < end


def test_people_are_the_same_in_every_tool(story):
    known = {row["email"] for row in rows(story, "customers.csv")}
    assert len(known) == 60
    assert {row["email"] for row in rows(story, "hubspot_contacts.csv")} == known
    assert {row["email_address"] for row in rows(story, "mailchimp_members.csv")} <= known
    assert all(one.endswith(".example") for one in known)
