"""Golden vectors: the normalised text stands here, its hash is made by hashlib; some are printed by the platforms."""

from hashlib import sha256

import pytest

from segmentary.activation.ad_platforms import PLATFORMS, email, key_of, platform_named, row_of
from segmentary.errors import UsageError

ANN = {
    "email": "Ann.Lee+shop@Gmail.com",
    "phone": "+1 (650) 555-1212",
    "first_name": " Mary Jane",
    "last_name": "O'Neill",
    "country": "gb",
    "postcode": "SW1A 1AA",
    "city": "New York",
    "state": "N.Y.",
    "birth_date": "1980-02-29",
    "gender": "Female",
}


def h(text):
    return sha256(text.encode()).hexdigest()


GOLDEN = {
    "google_customer_match": [
        h("annlee+shop@gmail.com"), h("+16505551212"), h("maryjane"), h("o'neill"), "GB", "SW1A 1AA",
    ],
    "meta": [
        h("ann.lee+shop@gmail.com"), h("16505551212"), h("maryjane"), h("oneill"), h("newyork"), h("ny"),
        h("sw1a1aa"), h("gb"), h("19800229"), h("f"),
    ],
    "tiktok": [h("ann.lee@gmail.com"), h("16505551212")],
    "linkedin": [h("ann.lee+shop@gmail.com")],
    "x": [h("ann.lee+shop@gmail.com")],
}  # fmt: skip


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_person_as_each_platform_wants_them(name):
    assert list(row_of(PLATFORMS[name], ANN)) == GOLDEN[name]


@pytest.mark.parametrize(
    ("platform", "known", "column", "printed"),
    [
        # Meta, parameters of customer information.
        ("meta", {"email": "John_Smith@gmail.com"}, 0,
         "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),
        ("meta", {"phone": "+1 (650)555-1212"}, 1, "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
        ("meta", {"email": "a@b.example", "first_name": "Mary"}, 2,
         "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),
        ("meta", {"email": "a@b.example", "first_name": "Valéry"}, 2,
         "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),
    ],
)  # fmt: skip
def test_vectors_the_platforms_print(platform, known, column, printed):
    assert row_of(PLATFORMS[platform], known)[column] == printed


def test_a_vector_of_x():
    assert h(email(" AdsAPI ")) == "49e0be2aeccfb51a8dee4c945c8a70a9ac500cf6f5cb08112575f74db9b1470d"


@pytest.mark.parametrize("name", PLATFORMS)
def test_nobody_is_found_by_nothing(name):
    assert row_of(PLATFORMS[name], {}) is None
    assert row_of(PLATFORMS[name], {"first_name": "Ann", "phone": "020 7946 0018"}) is None


def test_a_postal_address_counts_only_whole():
    whole = {"first_name": "Ann", "last_name": "Lee", "country": "GB", "postcode": "N1"}
    google = PLATFORMS["google_customer_match"]
    assert row_of(google, whole) == ("", "", h("ann"), h("lee"), "GB", "N1")
    assert row_of(google, {**whole, "postcode": ""}) is None
    assert row_of(PLATFORMS["tiktok"], whole) is None


def test_keys_are_what_a_row_is_removed_by():
    google = PLATFORMS["google_customer_match"]
    assert key_of(google, row_of(google, ANN)) == f"{h('annlee+shop@gmail.com')},{h('+16505551212')}"


@pytest.mark.parametrize("value", ["", " ", "\0", "=1+1", "x" * 5_000, "Žluťoučký", "李"])
@pytest.mark.parametrize("name", PLATFORMS)
def test_hostile_values_stay_data(name, value):
    person = {**dict.fromkeys(ANN, value), "email": "a@b.example"}
    row = row_of(PLATFORMS[name], person)
    assert len(row) == len(PLATFORMS[name].fields)
    hashed = [cell for cell, one in zip(row, PLATFORMS[name].fields, strict=True) if one.hashed]
    assert all(cell == "" or len(cell) == 64 for cell in hashed)


def test_a_platform_nobody_knows():
    with pytest.raises(UsageError):
        platform_named("myspace")
