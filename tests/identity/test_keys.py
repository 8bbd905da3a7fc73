"""Keys: one spelling for what is the same, nothing for what says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.identity.keys import normalize, normalize_email, normalize_external, normalize_phone


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("Ann Lee <ann@example.org>", "ann@example.org"),
        ("ann+shop@gmail.com", "ann+shop@gmail.com"),
        ("müller@bücher.example", "müller@bücher.example"),
        ("a@a.com", None),
        ("none@none.com", None),
        ("noreply@shop.example", None),
        ("ann@example", None),
        ("ann example.org", None),
        ("", None),
        ("@", None),
        ("a@b@c.org", None),
    ],
)
def test_email(text, key):
    assert normalize_email(text) == key


def test_dots_of_google_addresses_only_when_asked():
    assert normalize_email("ann.lee@gmail.com") != normalize_email("annlee@gmail.com")
    assert normalize_email("ann.lee+x@googlemail.com", provider_rules="gmail") == "annlee@gmail.com"


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("+44 20 7946 0018", "", "+442079460018"),
        ("0044 20 7946 0018", "", "+442079460018"),
        ("(020) 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("020 7946 0018", "", "local:02079460018"),
        ("0000000000", "GB", None),
        ("1234567890", "", None),
        ("99999999", "FR", None),
        ("12", "GB", None),
        ("call me", "GB", None),
        ("", "", None),
    ],
)
def test_phone(text, country, key):
    assert normalize_phone(text, country=country) == key


def test_external():
    assert [normalize_external(t) for t in (" 0017 ", "0000", "n/a", "", "undefined")] == [
        "0017",
        None,
        None,
        None,
        None,
    ]


@given(st.sampled_from(["email", "phone", "external", "cookie"]), st.text(max_size=30))
def test_a_key_is_its_own_key(kind, text):
    key = normalize(kind, text, country="GB")
    if key is not None and not key.startswith("local:"):
        assert normalize(kind, key, country="GB") == key
