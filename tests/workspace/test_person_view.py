"""Facts and the timeline of one person."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.person_view import facts_of, timeline


def test_facts_say_where_they_come_from():
    facts = {one.name: one for one in facts_of(shop(), "c01")}
    assert (facts["tier"].value, facts["tier"].source, facts["tier"].kind) == ("gold", "crm", "attribute")
    assert facts["order_count"].kind == "computed"
    assert facts_of(shop(), "nobody") == []


def test_a_timeline_page_by_page_is_the_whole():
    whole = timeline(shop(), "c04", limit=100)
    assert whole.following is None
    events, before = [], None
    while True:
        part = timeline(shop(), "c04", before=before, limit=2)
        events += part.events
        before = part.following
        if before is None:
            break
    assert tuple(events) == whole.events
    assert len(events) == 5
    assert [one.happened_at for one in events] == sorted((one.happened_at for one in events), reverse=True)
