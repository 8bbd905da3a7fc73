from hashlib import sha256

import pytest

from segmentary.activation.addresses import address_hash, address_kind, consent_channel, normal_address


@pytest.mark.parametrize(
    ("kind", "written", "spelled"),
    [
        ("email", " Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("email", "none@none.com", None),
        ("email", "bad", None),
        ("phone", "+44 20 7946 0018", "+442079460018"),
        ("phone", "020 7946 0018", None),
        ("", " c1 ", "c1"),
    ],
)
def test_an_address_has_one_spelling(kind, written, spelled):
    assert normal_address(kind, written) == spelled
    expected = sha256(spelled.encode()).hexdigest() if spelled else ""
    assert address_hash(kind, written) == expected


def test_a_national_number_needs_its_country():
    assert normal_address("phone", "020 7946 0018", country="GB") == "+442079460018"


def test_settings_say_whose_consent_and_which_address():
    channels = {"crm": {"consent": "phone", "address": "phone"}, "file": {"consent": "post"}}
    assert consent_channel("crm", channels) == "phone"
    assert consent_channel("file", channels) == "post"
    assert consent_channel("file", {}) == "email"
    assert address_kind("crm", channels) == "phone"
    assert address_kind("chat", {}) == ""
