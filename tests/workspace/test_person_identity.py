"""Who somebody is, by any of their ids."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.person_identity import Identifier, because, identity_of, was_somebody, who_is


def test_records_and_identifiers():
    found = identity_of(shop(), "c01")
    assert [(one.record_id, one.because) for one in found.records] == [("c01", "the only record")]
    assert ("email", "c01@people.example") in [(one.kind, one.value) for one in found.identifiers]
    assert found.event_sources == (("till", 2),)


def test_nobody():
    assert who_is(shop(), "c01") == "c01"
    assert who_is(shop(), "nobody") is None
    assert not was_somebody(shop(), "nobody")


def test_why_records_are_one_person():
    keys = [("crm", "1"), ("web", "9")]
    mail = [(space, Identifier("email", "a@b.example", space, record, True)) for space, record in keys]
    assert because("crm", "1", keys, mail) == "the same e-mail address as web 9"
    assert because("crm", "1", keys, []).startswith("joined through")
