"""Snowplow's events: the sessions, users and page views that its own web model finds, id by id."""

import csv
import datetime as dt
import gzip

import pytest
from tests.sources.exports.bodies import SNOWPLOW
from tests.sources.exports.made import made

import segmentary as sg
from segmentary.engine.sqlfile import parse_query


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return made(tmp_path_factory.mktemp("snowplow"), SNOWPLOW)


def test_an_event_belongs_to_its_session_unless_it_came_days_late(rows):
    sessions = {(each["message_id"], each.get("session_id")) for each in rows[""]}
    assert sessions == {("e1", "s1"), ("e2", "s1"), ("e4", "s1"), ("e5", None)}
    late = next(each for each in rows[""] if each["message_id"] == "e5")
    assert late["properties"]["outside_session"] == "sent days after it happened"
    assert "1.2.3.4" not in str(rows)


def test_a_cookie_banner_consents_to_cookies_and_to_nothing_else(rows):
    assert [(each["purpose"], each["granted"]) for each in rows["consents"]] == [("cookies_analytics", "true")]


def test_items_of_a_transaction_are_lines(rows):
    assert [(each["order_id"], each["amount"]) for each in rows["order_lines"]] == [("o1", "8")]


def expected(folder, name):
    with gzip.open(folder / "web" / f"snowplow_web_{name}_expected.csv.gz", "rt") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def web(real_data, tmp_path_factory):
    with sg.init(tmp_path_factory.mktemp("web") / "shop", environment={}) as workspace:
        (events, _consents) = workspace.add(real_data / "web" / "snowplow_web_events.csv.gz", name="web")
        assert (events.rows_read, events.rows_kept, events.rows_known, events.rows_refused) == (160, 157, 3, 0)
        workspace.run("2026-01-01")
        yield workspace


def asked(workspace, text):
    return workspace.engine.rows(parse_query(text))


@pytest.mark.real_data
def test_the_vendors_page_views(web, real_data):
    found = asked(
        web,
        "select json_extract_string(properties, '$.page_view_id'), message_id, session_id from events"
        " where name = 'page_viewed' and session_id is not null",
    )
    views = {(v["page_view_id"], v["event_id"], v["domain_sessionid"]) for v in expected(real_data, "page_views")}
    assert len(found) == len(views) == 43
    assert set(found) == views


@pytest.mark.real_data
def test_the_vendors_sessions_with_their_views_events_and_times(web, real_data):
    found = asked(
        web,
        "select session_id, min(happened_at), max(happened_at), count(*),"
        " count(distinct json_extract_string(properties, '$.page_view_id')) filter (where name like 'page_%'),"
        " min(name) = 'page_pinged' from events where session_id in"
        " (select session_id from events where name in ('page_viewed', 'page_pinged')) group by session_id",
    )
    # The vendor lets a session that is only pings begin five seconds before the first of them.
    ours = {
        session: (start - dt.timedelta(seconds=5 * only_pings), end, events, views)
        for session, start, end, events, views, only_pings in found
    }
    theirs = {
        each["domain_sessionid"]: (
            dt.datetime.fromisoformat(each["start_tstamp"]), dt.datetime.fromisoformat(each["end_tstamp"]),
            int(each["total_events"]), int(each["page_views"]),
        )
        for each in expected(real_data, "sessions")
    }  # fmt: skip
    assert len(theirs) == 18
    assert ours == theirs


@pytest.mark.real_data
def test_the_vendors_users_with_their_sessions_and_views(web, real_data):
    found = asked(
        web,
        "select any_value(i.cookies), count(distinct e.session_id), min(e.happened_at), max(e.happened_at)"
        " from events as e inner join (select m.customer_id, list(distinct i.value) as cookies from identifiers as i"
        " inner join identity_map as m on m.id_space = i.id_space and m.record_id = i.record_id"
        " where i.kind = 'cookie' group by m.customer_id) as i on i.customer_id = e.customer_id"
        " where e.session_id in (select session_id from events where name in ('page_viewed', 'page_pinged'))"
        " group by e.customer_id",
    )
    theirs = expected(real_data, "users")
    assert len(found) == len(theirs) == 11
    for cookies, sessions, _, end in found:
        (user,) = [each for each in theirs if each["domain_userid"] in cookies]
        assert sessions == int(user["sessions"])
        assert end == dt.datetime.fromisoformat(user["end_tstamp"])


@pytest.mark.real_data
def test_the_pings_of_the_vitals(real_data, tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        (report,) = workspace.add(real_data / "web" / "snowplow_web_vital_events.csv.gz")
        assert report.rows_read == report.rows_kept + report.rows_known + report.rows_refused == 1_001
